#include "cluster/security/capability.hpp"

#include <doctest/doctest.h>

#include "tests/process/random_seed.hpp"

using namespace noodle;
using namespace noodle::security;

namespace {

Capability cap(std::string_view text) {
  auto made = Capability::parse(text);
  REQUIRE_MESSAGE(made.ok(), made.error().message);
  return *made;
}

}  // namespace

TEST_CASE("capabilities are an action and a resource pattern") {
  CHECK(cap("fs.read").to_string() == "fs.read");
  CHECK(cap("fs.read:*").to_string() == "fs.read");
  CHECK(cap("fs.read:/data/*").to_string() == "fs.read:/data");
  CHECK(cap("fs.read:/a//b/./../c/").to_string() == "fs.read:/a/c");
  CHECK(cap("net.http:example.com:443").pattern == "example.com:443");
  for (const char* text : {"", ":", "FS.read", "fs..read", ".fs", "fs.", "f*", "*.fs", "fs.*.x", "fs read",
                           "fs.read:data", "fs.read:/../etc", "fs.read:../x"}) {
    CAPTURE(text);
    CHECK_FALSE(Capability::parse(text).ok());
  }
  CHECK_FALSE(Capability::parse("a:" + std::string(600, 'x')).ok());
}

TEST_CASE("a capability allows what its pattern covers and nothing beside it") {
  CHECK(cap("fs.read:/data").allows("fs.read", "/data/a/b"));
  CHECK(cap("fs.read:/data").allows("fs.read", "/data/../data/a"));
  CHECK_FALSE(cap("fs.read:/data").allows("fs.read", "/data/../etc/passwd"));
  CHECK_FALSE(cap("fs.read:/data").allows("fs.read", "/database"));
  CHECK_FALSE(cap("fs.read:/data").allows("fs.read", "data/a"));
  CHECK_FALSE(cap("fs.read:/data").allows("fs.read", ""));
  CHECK_FALSE(cap("fs.read:/data").allows("fs.write", "/data/a"));
  CHECK(cap("fs.*").allows("fs.write", "/x"));
  CHECK_FALSE(cap("fs.*").allows("fsx.write", "/x"));
  CHECK(cap("*").allows("cluster.admin", "node/n1"));
  CHECK(cap("mesh.send:agents/*").allows("mesh.send", "agents/7"));
  CHECK_FALSE(cap("mesh.send:agents/*").allows("mesh.send", "agent"));
  CHECK_FALSE(cap("mesh.send:agents").allows("mesh.send", "agents/7"));
}

TEST_CASE("what a covered capability allows, the covering one allows too") {
  NOODLE_RANDOM(random);
  const char* const actions[] = {"*", "fs.*", "fs.read", "fs.write", "mesh.*", "mesh.send", "cluster.admin"};
  const char* const patterns[] = {"", "/", "/a", "/a/b", "/ab", "/a*", "a*", "ab*", "ab", "a/b", "/a/../b", "a"};
  const char* const wanted[] = {"fs.read", "fs.write", "mesh.send", "cluster.admin"};
  const char* const resources[] = {"",      "/", "/a", "/a/b", "/ab", "/ab/c", "/a*",
                                   "/a*/x", "a", "ab", "abc",  "a/b", "/b"};
  const auto pick = [&random](const auto& table) { return table[random() % std::size(table)]; };
  int covered = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto held = Capability::parse(std::string(pick(actions)) + ":" + pick(patterns));
    const auto child = Capability::parse(std::string(pick(actions)) + ":" + pick(patterns));
    if (!held || !child || !held->covers(*child)) continue;
    ++covered;
    for (const char* action : wanted) {
      for (const char* resource : resources) {
        if (!child->allows(action, resource)) continue;
        CHECK_MESSAGE(held->allows(action, resource), held->to_string(), " covers ", child->to_string(),
                      " which allows ", action, ":", resource);
      }
    }
  }
  CHECK(covered > 1000);
}
