#include "tools/up/cluster_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace noodle;
using up::parse_cluster_file;

namespace {

constexpr const char* kHead = "[cluster]\nname = \"c\"\n[[node]]\nname = \"n\"\n";

std::vector<std::string> names_of(const std::vector<up::PlannedNode>& nodes) {
  std::vector<std::string> names;
  for (const up::PlannedNode& node : nodes) names.push_back(node.name);
  return names;
}

std::vector<up::PlannedNode> named(const std::vector<std::string>& names) {
  std::vector<up::PlannedNode> nodes;
  for (const std::string& name : names) nodes.push_back({name, {}, {}});
  return nodes;
}

}  // namespace

TEST_CASE("the example is a cluster of three nodes") {
  const auto file = up::read_cluster_file(std::string(NOODLE_SOURCE_DIR) + "/examples/cluster.toml");
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  CHECK(file->name == "demo");
  CHECK(file->profile == "local");
  CHECK(names_of(file->nodes) == std::vector<std::string>{"n1", "n2", "n3"});
  CHECK(file->nodes[0].roles == std::vector<std::string>{"gateway"});
  CHECK(file->nodes[2].labels == std::vector<std::string>{"zone=b"});
  CHECK(file->settings == "cluster.lease_node = \"n1\"\nlog.level = \"INFO\"\nvm.workers = 1\n");
}

TEST_CASE("a count makes numbered nodes, and other sections are settings of all") {
  const auto file = parse_cluster_file(
      "[cluster]\nname = \"c\"\nprofile = \"wan\"\n[[node]]\nname = \"a\"\n[[node]]\nname = \"w\"\ncount = 2\n"
      "labels = [\"k=v\"]\n[vm]\nprocess_memory = \"1MB\"\ngrants = [\"fs.read:/a\", \"env\"]\nmemory_share = 0.5\n",
      "c.toml");
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  CHECK(file->profile == "wan");
  CHECK(names_of(file->nodes) == std::vector<std::string>{"a", "w1", "w2"});
  CHECK(file->nodes[2].labels == std::vector<std::string>{"k=v"});
  CHECK(file->settings.find("vm.process_memory = \"1MB\"\n") != std::string::npos);
  CHECK(file->settings.find("vm.grants = [\"fs.read:/a\", \"env\"]\n") != std::string::npos);
  CHECK(file->settings.find("vm.memory_share = 0.5\n") != std::string::npos);
}

TEST_CASE("what is wrong is told with its place and a suggestion") {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "c.toml: [cluster] has no `name`"},
      {"[cluster]\nname = \"c\"\n", "c.toml: there is no [[node]]"},
      {"[cluster]\nname = \"a b\"\n", "c.toml:2:1: `name` must be"},
      {"[cluster]\nnmae = \"c\"\n", "c.toml:2:1: unknown key `cluster.nmae`; did you mean `cluster.name`?"},
      {"[cluster]\nname = \"c\"\nprofile = \"fast\"\n", "c.toml:3:1: `profile` must be one of local, lan and wan"},
      {"[node]\nname = \"n\"\n", "nodes are written as [[node]]"},
      {std::string(kHead) + "count = 0\n", "c.toml:5:1: `count` must be an integer from 1 to 200"},
      {std::string(kHead) + "lables = []\n", "c.toml:5:1: unknown key `node.0.lables`; did you mean `labels`?"},
      {std::string(kHead) + "labels = \"a=b\"\n", "c.toml:5:1: `labels` must be a list"},
      {std::string(kHead) + "labels = [\"a\"]\n", "entries such as zone=a, not `a`"},
      {std::string(kHead) + "[[node]]\nname = \"n\"\n", "there are two nodes named `n`"},
      {std::string(kHead) + "[[node]]\ncount = 2\n", "c.toml:6:1: this [[node]] has no `name`"},
      {std::string(kHead) + "[vm]\nworkers = 5000\n", "c.toml:6:1: `vm.workers` must be an integer from 0 to 1024"},
      {std::string(kHead) + "[vm]\nworkres = 5\n", "c.toml:6:1: unknown key `vm.workres`; did you mean `vm.workers`?"},
      {std::string(kHead) + "[vn]\nworkers = 5\n", "unknown key `vn`; did you mean `vm`?"},
      {std::string(kHead) + "[net]\nport = 5\n", "`net.port` is chosen by `noodle up`"},
      {std::string(kHead) + "[net]\ndegree = 2026-01-01\n", "c.toml:6:1: `net.degree` must be an integer"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.text);
    const auto file = parse_cluster_file(one.text, "c.toml");
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().code == Code::cluster_invalid);
    CAPTURE(file.error().message);
    CHECK(file.error().message.find(one.message) != std::string::npos);
  }
  CHECK(parse_cluster_file("[cluster\n", "c.toml").error().code == Code::config_syntax);
  CHECK(up::read_cluster_file("/nowhere/c.toml").error().code == Code::file_not_found);
}

TEST_CASE("other counts keep the first nodes and number on from the last") {
  using Names = std::vector<std::string>;
  CHECK(names_of(up::with_count(named({"n1", "n2", "n3"}), 2)) == Names{"n1", "n2"});
  CHECK(names_of(up::with_count(named({"n1", "n2", "n3"}), 5)) == Names{"n1", "n2", "n3", "n4", "n5"});
  CHECK(names_of(up::with_count(named({"seed"}), 3)) == Names{"seed", "seed2", "seed3"});
  CHECK(names_of(up::with_count(named({"w3", "w1"}), 4)) == Names{"w3", "w1", "w2", "w4"});
  CHECK(names_of(up::with_count(named({"a", "7"}), 3)) == Names{"a", "7", "8"});
}
