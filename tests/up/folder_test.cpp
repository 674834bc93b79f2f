// The folder of a local cluster: lock, ports, keys, contexts.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cluster/security/contexts.hpp"
#include "cluster/security/key_file.hpp"
#include "cluster/security/token.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/up/child_process.hpp"
#include "tools/up/credentials.hpp"
#include "tools/up/follow_logs.hpp"
#include "tools/up/ports.hpp"

using namespace noodle;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

struct Place {
  test::TemporaryFolder folder;
  up::Layout layout = up::layout_of(folder.path() + "/cluster.toml");
  Place() { setenv("NOODLE_CONTEXTS", (folder.path() + "/contexts.toml").c_str(), 1); }
  ~Place() { unsetenv("NOODLE_CONTEXTS"); }
  security::Contexts contexts() const { return *security::read_contexts(security::contexts_path()); }
};

security::Context other_context() {
  return {{"10.0.0.1:7700"}, "/o/ca.crt", "/o/a.crt", "/o/a.key", ""};
}

}  // namespace

TEST_CASE("the folder is private, ignored by git, and belongs to one at a time") {
  const Place place;
  CHECK(place.layout.root == place.folder.path() + "/.noodle");
  {
    const auto lock = up::take_folder(place.layout);
    REQUIRE(lock.ok());
    struct stat facts {};
    REQUIRE(stat(place.layout.root.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0700);
    CHECK(*security::read_public_file(place.layout.root + "/.gitignore") == "*\n");
    const auto second = up::take_folder(place.layout);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().code == Code::cluster_runs);
  }
  CHECK(up::take_folder(place.layout).ok());
}

TEST_CASE("ports are chosen once, all different, and replaced when somebody else has taken one") {
  const Place place;
  REQUIRE(up::take_folder(place.layout).ok());
  up::Ports ports;
  REQUIRE(up::complete_ports(ports, {"a", "b.c"}, {}).ok());
  REQUIRE(ports.size() == 2);
  CHECK(ports["a"] != ports["b.c"]);
  REQUIRE(up::write_ports(place.layout.ports(), ports).ok());
  up::Ports kept = *up::read_ports(place.layout.ports());
  CHECK(kept == ports);
  REQUIRE(up::complete_ports(kept, {"a", "b.c", "d"}, {}).ok());
  CHECK(kept["a"] == ports["a"]);
  CHECK(kept["b.c"] == ports["b.c"]);
  CHECK(kept.size() == 3);

  const up::Descriptor taken(socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(ports["a"]);
  REQUIRE(bind(taken.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK_FALSE(up::is_free(ports["a"]));
  REQUIRE(up::complete_ports(kept, {"a", "b.c"}, {"a"}).ok());
  CHECK(kept["a"] == ports["a"]);  // it is the node itself that has it
  REQUIRE(up::complete_ports(kept, {"a", "b.c"}, {}).ok());
  CHECK(kept["a"] != ports["a"]);
  CHECK(kept["b.c"] == ports["b.c"]);
}

TEST_CASE("nodes and the operator get what the cluster's members check, and keep it") {
  const Place place;
  auto authority = up::prepare_authority(place.layout, "demo", kNow);
  REQUIRE_MESSAGE(authority.ok(), authority.error().message);
  REQUIRE(up::prepare_identity(place.layout, *authority, "n1", kNow).ok());
  REQUIRE(up::prepare_operator(place.layout, *authority, kNow).ok());
  const std::string path = place.layout.identity("n1") + "/n1.crt";
  const std::string first = *security::read_public_file(path);
  const security::Trust trust = *security::read_trust(place.layout.identity("n1"));
  const auto info = trust.authorities.check(first, security::CertificateUse::node, nullptr, kNow);
  REQUIRE(info.ok());
  CHECK(security::read_secret_file(place.layout.identity("n1") + "/gossip.key").ok());
  CHECK_FALSE(fs::exists(place.layout.identity("n1") + "/ca.key"));
  auto text = security::read_secret_file(place.layout.token())->reveal();
  text.pop_back();
  const auto token = security::verify_token(text, {trust.token_keys, "demo", {}}, kNow);
  REQUIRE(token.ok());
  CHECK(token->claims.capabilities[0].allows("mesh.send", "anything"));

  auto again = up::prepare_authority(place.layout, "demo", kNow);
  REQUIRE(up::prepare_identity(place.layout, *again, "n1", kNow + 86'400).ok());
  CHECK(*security::read_public_file(path) == first);
  constexpr std::int64_t kLater = kNow + 350 * 86'400;  // it ends soon
  REQUIRE(up::prepare_identity(place.layout, *again, "n1", kLater).ok());
  const auto renewed = security::read_certificate(*security::read_public_file(path));
  CHECK(renewed->not_after_s > info->not_after_s);
  CHECK(renewed->id() == info->id());

  const auto other = up::prepare_authority(place.layout, "other", kNow);
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().code == Code::cluster_invalid);
  CHECK(other.error().message.find("--fresh") != std::string::npos);
}

TEST_CASE("the context of the cluster comes and goes; others stay as they are") {
  const Place place;
  REQUIRE(up::take_folder(place.layout).ok());
  REQUIRE(security::write_contexts(security::contexts_path(), {"work", {{"work", other_context()}}}).ok());
  CHECK(*up::enter_context(place.layout, "demo", {"127.0.0.1:1"}) == "demo");
  CHECK(place.contexts().current == "demo");
  CHECK(place.contexts().all["demo"].nodes == std::vector<std::string>{"127.0.0.1:1"});
  CHECK(*up::enter_context(place.layout, "demo", {"127.0.0.1:2"}) == "demo");
  REQUIRE(up::leave_context(place.layout, "demo").ok());
  CHECK(place.contexts().current == "work");
  CHECK(place.contexts().all["work"].authority == "/o/ca.crt");
  CHECK(place.contexts().all["demo"].nodes == std::vector<std::string>{"127.0.0.1:2"});
}

TEST_CASE("a context of that name of another cluster is not touched, nor one that was chosen meanwhile") {
  const Place place;
  REQUIRE(up::take_folder(place.layout).ok());
  REQUIRE(security::write_contexts(security::contexts_path(), {"", {{"demo", other_context()}}}).ok());
  CHECK(*up::enter_context(place.layout, "demo", {"127.0.0.1:1"}) == "demo-local");
  CHECK(place.contexts().all["demo"].nodes == std::vector<std::string>{"10.0.0.1:7700"});
  auto chosen = place.contexts();
  chosen.current = "demo";
  REQUIRE(security::write_contexts(security::contexts_path(), chosen).ok());
  REQUIRE(up::leave_context(place.layout, "demo-local").ok());
  CHECK(place.contexts().current == "demo");
}

TEST_CASE("a context is taken over when the folder it came from is no more") {
  const Place place;
  REQUIRE(up::take_folder(place.layout).ok());
  security::Context old = other_context();
  old.certificate = place.folder.path() + "/gone/.noodle/client/operator.crt";
  REQUIRE(security::write_contexts(security::contexts_path(), {"", {{"demo", old}}}).ok());
  CHECK(*up::enter_context(place.layout, "demo", {"127.0.0.1:1"}) == "demo");
  place.folder.write("gone/.noodle/client/operator.crt", "");
  REQUIRE(security::write_contexts(security::contexts_path(), {"", {{"demo", old}}}).ok());
  CHECK(*up::enter_context(place.layout, "demo", {"127.0.0.1:1"}) == "demo-local");
}

TEST_CASE("the explanation of a node that did not start names the log where it is") {
  std::ifstream file(std::string(NOODLE_SOURCE_DIR) + "/tools/noodle/explain/7104.nc");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(text.find("its log is " + up::layout_of("/home/alice/cluster.toml").log("beta") + "\n") != std::string::npos);
}

TEST_CASE("--fresh forgets everything but the lock") {
  const Place place;
  const auto lock = up::take_folder(place.layout);
  REQUIRE(lock.ok());
  REQUIRE(up::prepare_authority(place.layout, "demo", kNow).ok());
  place.folder.write(".noodle/nodes/n1/data/incarnation", "x");
  place.folder.write(".noodle/logs/n1.log", "x");
  REQUIRE(up::clear_folder(place.layout).ok());
  CHECK(fs::exists(place.layout.lock()));
  CHECK_FALSE(fs::exists(place.layout.authority()));
  CHECK_FALSE(fs::exists(place.layout.node("n1")));
  CHECK_FALSE(fs::exists(place.layout.log("n1")));
  CHECK(up::prepare_authority(place.layout, "other", kNow).ok());
}

TEST_CASE("a ready line is understood, anything else is not") {
  const auto line = up::parse_ready_line(
      R"({"event":"ready","name":"n1","id":"00ff","host":"127.0.0.1","port":7700,"pid":7,"incarnation":18000000000})");
  REQUIRE(line.ok());
  CHECK(line->port == 7700);
  CHECK(line->id == "00ff");
  CHECK(line->incarnation == 18'000'000'000u);
  for (const char* other : {"", "{}", "error 7105: in use", R"({"event":"start"})", "[1]"}) {
    CHECK(up::parse_ready_line(other).error().code == Code::node_not_started);
  }
}

TEST_CASE("the last lines of a log") {
  const test::TemporaryFolder folder;
  CHECK(up::tail_of(folder.path() + "/none", 3).empty());
  CHECK(up::tail_of(folder.write("empty", ""), 3).empty());
  CHECK(up::tail_of(folder.write("one", "a\n"), 3) == "a");
  CHECK(up::tail_of(folder.write("four", "a\nb\nc\nd\n"), 3) == "b\nc\nd");
  CHECK(up::tail_of(folder.write("long", std::string(9000, 'x') + "\nend"), 2).size() == 4096);
}

TEST_CASE("logs of several nodes are told apart, and a name that there is not is met with the nearest") {
  const Place place;
  place.folder.write(".noodle/logs/n1.log", "one\ntwo\n");
  place.folder.write(".noodle/logs/n2.log", "three\n");
  std::ostringstream both, single, other;
  REQUIRE(up::print_logs(place.layout, {}, false, true, both).ok());
  CHECK(both.str() == "n1 | one\nn1 | two\nn2 | three\n");
  REQUIRE(up::print_logs(place.layout, {"n2"}, false, true, single).ok());
  CHECK(single.str() == "three\n");
  const auto wrong = up::print_logs(place.layout, {"m2"}, false, true, other);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.find("did you mean `n") != std::string::npos);
}
