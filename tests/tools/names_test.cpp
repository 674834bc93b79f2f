// Names and leases of the cluster as programs of different sessions use them, on real nodes.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/tools/local_cluster.hpp"

using namespace noodle::test;

namespace {

bool holds_soon(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

CommandResult exec_on(const std::string& node, const std::string& input) {
  return run_command(NOODLE_BINARY, {"exec", "--node", node, "-e", input});
}

constexpr const char* kCounter = R"(actor Counter() {
  total: int = 0;
  on started() { cluster.register_unique("counter", self); }
  on add(n: int): int { total += n; return total; }
  on finish() { stop self; }
}
)";

/// Writes down each act with its token.
constexpr const char* kLeader = R"(actor Leader(name: String, path: String) {
  every 20ms {
    let token = cluster.lease("leader");
    if (token != null) { fs.append(path, `${name} ${token}\n`); }
  }
}
)";

struct Act {
  std::string node;
  std::uint64_t token = 0;
};
std::vector<Act> acts(const std::string& path) {
  std::vector<Act> all;
  std::ifstream file(path);
  for (Act one; file >> one.node >> one.token;) all.push_back(one);
  return all;
}
bool has_acted(const std::string& path, const std::string& node, std::uint64_t least_token) {
  for (const Act& one : acts(path)) {
    if (one.node == node && one.token >= least_token) return true;
  }
  return false;
}

/// n1 keeps leases, for a second each.
struct LeasingCluster : LocalCluster {
  LeasingCluster() {
    folder.write("cluster.toml",
                 "[cluster]\nname = \"demo\"\nlease_node = \"n1\"\nlease_duration = \"1s\"\n[[node]]\nname = \"n\"\n"
                 "count = 3\n[vm]\nworkers = 1\n[log]\nlevel = \"INFO\"\n");
    const CommandResult started = up({"--detach"});
    CAPTURE(started.err);
    REQUIRE(started.exit_code == 0);
  }
  static nlohmann::json leases() {
    const CommandResult told = run_command(NOODLE_BINARY, {"exec", "--node", "n2", "--json", "-e", ":leases"});
    return told.exit_code == 0 ? nlohmann::json::parse(told.out)["rows"] : nlohmann::json::array();
  }
};

}  // namespace

TEST_CASE("sessions on all nodes use the actor that a program has registered, until it ends") {
  LocalCluster cluster;
  REQUIRE(cluster.up({"--detach"}).exit_code == 0);
  CommandResult served;
  std::thread service([&served] {
    served = exec_on("n1", std::string(kCounter) + R"(func main() {
  let counter = spawn Counter() on "n2";
  print(ask counter.add(1));
  monitor(counter);
  receive { case down(ref, reason) => print("ended", reason.code) }
}
main())");
  });
  // From a node where nothing of that program runs, from the node where its session is, and from that of the actor.
  int expected = 1;
  for (const char* node : {"n3", "n1", "n2"}) {
    CHECK(holds_soon([&] { return exec_on(node, "cluster.names()").out.find("counter") != std::string::npos; }));
    const CommandResult used = exec_on(node, std::string(kCounter) + R"(func use() {
  let counter = cluster.find<Counter>("counter");
  if (counter == null) { print("nobody"); return; }
  print(ask counter.add(1) within 20s);
}
use())");
    CAPTURE(node);
    CAPTURE(used.err);
    CHECK(used.out == std::to_string(++expected) + "\n");
  }
  const CommandResult taken =
      exec_on("n3", std::string(kCounter) + "func main() { cluster.register_unique(\"counter\", self); }\nmain()");
  CHECK(taken.err.find("error 6132") != std::string::npos);
  const CommandResult ended = exec_on("n3", std::string(kCounter) + R"(func end() {
  let counter = cluster.find<Counter>("counter");
  if (counter == null) { print("nobody"); return; }
  monitor(counter);
  send counter.finish();
  receive { case down(ref, reason) => print("down", reason.code) }
}
end())");
  service.join();
  CAPTURE(ended.err);
  CAPTURE(served.err);
  CHECK(ended.out == "down 1801\n");
  CHECK(served.out == "1\nended 1801\n");
  CHECK(holds_soon([] { return exec_on("n1", "cluster.names()").out.find("counter") == std::string::npos; }));
  CHECK(cluster.up({"--stop"}).exit_code == 0);
}

TEST_CASE(
    "while its holder stands still another one takes a lease over, with a higher token, and the old one is done") {
  LeasingCluster cluster;
  const std::string path = cluster.folder.path() + "/acts";
  std::thread running([&path] {
    (void)exec_on("n1", std::string(kLeader) + "func main() {\n  spawn Leader(\"n2\", \"" + path +
                            "\") on \"n2\";\n  for (i in 0..<3000) {\n    if (fs.exists(\"" + path +
                            "\")) { break; }\n    sleep(20ms);\n  }\n  spawn Leader(\"n3\", \"" + path +
                            "\") on \"n3\";\n  sleep(300s);\n}\nmain()");
  });
  CHECK(holds_soon([&] { return has_acted(path, "n2", 1); }));
  const pid_t process = cluster.status().at("n2").pid;
  REQUIRE(kill(process, SIGSTOP) == 0);
  CHECK(holds_soon([&] { return has_acted(path, "n3", 2); }));
  REQUIRE(kill(process, SIGCONT) == 0);
  CHECK(holds_soon([&cluster] { return cluster.log("n2").find("this node acts again") != std::string::npos; }));
  const std::size_t before = acts(path).size();
  CHECK(holds_soon([&] { return acts(path).size() > before + 20; }));
  CHECK(cluster.up({"--stop"}).exit_code == 0);
  running.join();
  std::uint64_t highest = 0, stale = 0;
  for (const Act& one : acts(path)) {
    stale += one.token < highest;
    highest = std::max(highest, one.token);
  }
  CHECK(stale <= 1);  // a step that had begun when the process was stopped ends
}

TEST_CASE("the node that keeps leases is killed and comes back: the holder goes on, and later tokens are higher") {
  LeasingCluster cluster;
  const std::string path = cluster.folder.path() + "/acts";
  std::thread running([&path] {
    (void)exec_on(
        "n3", std::string(kLeader) + "func main() { spawn Leader(\"n3\", \"" + path + "\"); sleep(300s); }\nmain()");
  });
  CHECK(holds_soon([&] { return has_acted(path, "n3", 1); }));
  const auto before = cluster.status().at("n1");
  REQUIRE(kill(before.pid, SIGKILL) == 0);
  CHECK(holds_soon([&] { return cluster.status().at("n1").incarnation > before.incarnation; }));
  CHECK(holds_soon([] {
    const auto rows = LeasingCluster::leases();
    return rows.size() == 1 && rows[0]["name"] == "leader" && rows[0]["renewals"] > 0;
  }));
  const CommandResult other = exec_on("n2",
                                      "func hold(): int { for (i in 0..<1000) { let t = cluster.lease(\"other\"); "
                                      "if (t != null) { return t; } sleep(20ms); } return 0; }\nprint(hold())");
  CAPTURE(other.err);
  CHECK(std::atoi(other.out.c_str()) > 1);
  CHECK(cluster.up({"--stop"}).exit_code == 0);
  running.join();
}
