// `noodle up`: a cluster of real processes.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/background_command.hpp"
#include "tests/tools/local_cluster.hpp"

using namespace noodle::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

using Place = LocalCluster;

bool listens(std::uint16_t port) {
  const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected = connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(peer);
  return connected;
}

/// No process and no port is left of these nodes.
void check_gone(const std::map<std::string, NodeStatus>& nodes) {
  for (const auto& [name, node] : nodes) {
    CAPTURE(name);
    CHECK(wait_for_process(open_process(node.pid)));
    CHECK_FALSE(listens(node.port));
  }
}

json wait(BackgroundCommand& up, const std::string& event) {
  return json::parse(up.wait_for(event));
}

}  // namespace

TEST_CASE("three nodes become ready, one that is killed comes back, and nothing is left at the end") {
  const Place place;
  BackgroundCommand up(NOODLE_BINARY, {"up", place.config, "--json"});
  const json ready = wait(up, "ready");
  REQUIRE_MESSAGE(ready.is_object(), up.output() << place.log("n1"));
  CHECK(ready["nodes"] == 3);
  CHECK(ready["context"] == "demo");
  const auto before = place.status();
  REQUIRE(before.size() == 3);
  for (const auto& [name, node] : before) {
    CHECK(node.state == "ready");
    CHECK(listens(node.port));
  }
  CHECK(contains(run_command(NOODLE_BINARY, {"context", "show"}).out, "operator of demo"));
  const CommandResult second = place.up({});
  CHECK(second.exit_code == 1);
  CHECK(contains(second.err, "error 7102"));

  kill(before.at("n2").pid, SIGKILL);
  const json ended = wait(up, "node_ended");
  REQUIRE(ended.is_object());
  CHECK(ended["name"] == "n2");
  CHECK(contains(ended["why"], "signal 9"));
  const json again = wait(up, "node_ready");
  REQUIRE(again.is_object());
  CHECK(again["name"] == "n2");
  CHECK(again["incarnation"] > before.at("n2").incarnation);
  const auto after = place.status();
  CHECK(after.at("n2").restarts == 1);
  CHECK(after.at("n2").id == before.at("n2").id);
  CHECK(after.at("n2").port == before.at("n2").port);
  CHECK(after.at("n1").pid == before.at("n1").pid);

  up.signal(SIGTERM);
  for (const char* name : {"n3", "n2", "n1"}) {
    const json stopped = wait(up, "node_stopped");
    REQUIRE(stopped.is_object());
    CHECK(stopped["name"] == name);
    CHECK(stopped["how"] == "exit code 0");
  }
  CHECK(up.wait_for_end() == 0);
  check_gone(before);
  check_gone(after);
  CHECK(contains(place.log("n3"), "node has stopped"));
  const CommandResult gone = place.up({"--status"});
  CHECK(gone.exit_code == 1);
  CHECK(contains(gone.err, "error 7103"));
}

TEST_CASE("a cluster in the background is steered from outside") {
  const Place place;
  const CommandResult started = place.up({"--detach", "--nodes", "2"});
  CAPTURE(started.err);
  REQUIRE(started.exit_code == 0);
  CHECK(contains(started.out, "is in use; `noodle up --stop` ends it"));
  const auto first = place.status();
  CHECK(first.size() == 2);

  const CommandResult restarted = place.up({"--restart", "n1"});
  CAPTURE(restarted.err);
  CHECK(restarted.exit_code == 0);
  const auto second = place.status();
  CHECK(second.at("n1").state == "ready");
  CHECK(second.at("n1").pid != first.at("n1").pid);
  CHECK(second.at("n1").incarnation > first.at("n1").incarnation);
  CHECK(second.at("n2").pid == first.at("n2").pid);

  CHECK(place.up({"--kill", "n2"}).exit_code == 0);
  CHECK(place.status().at("n2").pid != first.at("n2").pid);

  CHECK(place.up({"--scale", "4"}).exit_code == 0);
  const auto four = place.status();
  CHECK(four.size() == 4);
  CHECK(four.at("n4").state == "ready");
  CHECK(place.up({"--scale", "1"}).exit_code == 0);
  const auto one = place.status();
  CHECK(one.size() == 1);
  check_gone({{"n4", four.at("n4")}, {"n3", four.at("n3")}});

  const CommandResult unknown = place.up({"--kill", "m1"});
  CHECK(unknown.exit_code == 64);
  CHECK(contains(unknown.err, "did you mean `n1`?"));
  CHECK(contains(place.up({"--logs", "n1"}).out, "node is ready"));
  CHECK(contains(place.up({"--logs"}).out, "n2 | "));

  CHECK(place.up({"--stop"}).exit_code == 0);
  check_gone(first);
  check_gone(four);
  CHECK(contains(place.up({"--stop"}).err, "error 7103"));

  REQUIRE(place.up({"--detach", "--nodes", "2"}).exit_code == 0);
  const auto third = place.status();
  for (const char* name : {"n1", "n2"}) {
    CHECK(third.at(name).port == first.at(name).port);
    CHECK(third.at(name).id == first.at(name).id);
  }
  CHECK(place.up({"--stop"}).exit_code == 0);
  REQUIRE(place.up({"--detach", "--nodes", "1", "--fresh"}).exit_code == 0);
  CHECK(place.status().at("n1").id != first.at("n1").id);
  CHECK(place.up({"--stop"}).exit_code == 0);
}

TEST_CASE("nodes end with the process that watches them, however that ends") {
  const Place place;
  BackgroundCommand up(NOODLE_BINARY, {"up", place.config, "--json"});
  REQUIRE_MESSAGE(wait(up, "ready").is_object(), up.output());
  const auto nodes = place.status();
  up.signal(SIGKILL);
  CHECK(up.wait_for_end() == 137);
  check_gone(nodes);
  BackgroundCommand again(NOODLE_BINARY, {"up", place.config, "--json"});
  CHECK(wait(again, "ready").is_object());
  again.signal(SIGINT);
  CHECK(again.wait_for_end() == 0);
}

TEST_CASE("a node that cannot start is told with the end of its log, and the others do not stay") {
  const Place place;
  place.folder.write(".noodle/nodes/n2/data/incarnation", "nonsense");
  const CommandResult failed = place.up({});
  CHECK(failed.exit_code == 1);
  CAPTURE(failed.err);
  CHECK(contains(failed.err, "error 7104"));
  CHECK(contains(failed.err, "node n2 ended with exit code 1"));
  CHECK(contains(failed.err, "is damaged"));
  CHECK(contains(failed.out, "has stopped"));
}

TEST_CASE("a cluster file that is not good is refused with its place") {
  const Place place;
  place.folder.write("cluster.toml", "[cluster]\nname = \"demo\"\n[[node]]\nnmae = \"n\"\n");
  const CommandResult refused = place.up({});
  CHECK(refused.exit_code == 64);
  CHECK(contains(refused.err, "cluster.toml:4:1: unknown key `node.0.nmae`; did you mean `name`?"));
  CHECK_FALSE(fs::exists(place.folder.path() + "/.noodle"));
  CHECK(place.up({"--stop", "--status"}).exit_code == 64);
}
