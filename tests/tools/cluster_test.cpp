// A cluster of real processes as people meet it: the shell over the mesh, a node that stands still, who listens.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/background_command.hpp"
#include "tests/tools/local_cluster.hpp"

using namespace noodle::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// Looks again until it holds; false after half a minute.
bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

/// A cluster that runs for one test.
struct Running : LocalCluster {
  Running() {
    const CommandResult started = up({"--detach"});
    CAPTURE(started.err);
    REQUIRE(started.exit_code == 0);
  }
  ~Running() { CHECK(up({"--stop"}).exit_code == 0); }

  static CommandResult exec(const std::string& input, const std::string& node = "n1", bool as_json = false) {
    std::vector<std::string> arguments{"exec", "--node", node, "-e", input};
    if (as_json) arguments.push_back("--json");
    return run_command(NOODLE_BINARY, arguments);
  }
  /// What `node` thinks of `other`.
  static json member(const std::string& other, const std::string& node = "n1") {
    const CommandResult told = exec(":nodes", node, true);
    if (told.exit_code != 0) return json::object();
    const json all = json::parse(told.out);
    for (const json& row : all["rows"]) {
      if (row["name"] == other) return row;
    }
    return json::object();
  }
};

/// Ports on which a process listens for TCP.
std::set<std::uint16_t> listening_ports(pid_t process) {
  std::set<std::string> inodes;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(process) + "/fd")) {
    std::error_code ignored;
    const std::string target = fs::read_symlink(entry.path(), ignored).string();
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  std::set<std::uint16_t> ports;
  for (const char* table : {"/net/tcp", "/net/tcp6"}) {
    std::ifstream file("/proc/" + std::to_string(process) + table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string number, local, remote, state, queues, timer, retries, user, timeout, inode;
      fields >> number >> local >> remote >> state >> queues >> timer >> retries >> user >> timeout >> inode;
      if (state != "0A" || !inodes.contains(inode)) continue;
      ports.insert(static_cast<std::uint16_t>(std::stoul(local.substr(local.rfind(':') + 1), nullptr, 16)));
    }
  }
  return ports;
}

/// What a stranger without TLS gets to read from a port.
std::string told_to_a_stranger(std::uint16_t port) {
  const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  REQUIRE(connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const std::string question = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  REQUIRE(send(peer, question.data(), question.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(question.size()));
  std::string told;
  char bytes[256];
  for (ssize_t count; (count = recv(peer, bytes, sizeof bytes, 0)) > 0;)
    told.append(bytes, static_cast<std::size_t>(count));
  close(peer);
  return told;
}

}  // namespace

TEST_CASE("the shell sees and steers actors of every node") {
  const Running cluster;
  REQUIRE(comes_true([] { return Running::member("n3").value("state", "") == "alive"; }));
  const CommandResult tree = Running::exec(":tree");
  CHECK(tree.exit_code == 0);
  for (const char* part : {"node (n1)", "n2:node", "n3:node", "membership"})
    CHECK(tree.out.find(part) != tree.out.npos);
  CHECK(comes_true([] {
    const json links = json::parse(Running::exec(":links", "n1", true).out);
    return std::all_of(links["rows"].begin(), links["rows"].end(),
                       [](const json& link) { return link["kind"] == "client" || link["round_trip_ns"] > 0; });
  }));
  CHECK(Running::exec("1 + 2").out.find("3 : int") != std::string::npos);

  const CommandResult killed = Running::exec(":kill n2:node/work too hot");
  CAPTURE(killed.err);
  CHECK(killed.exit_code == 0);
  const CommandResult deaths = Running::exec(":deaths n2:node/work");
  CHECK(deaths.out.find("killed by operator: too hot") != std::string::npos);
  CHECK(Running::exec(":inspect n2:node/work").err.find("error 6305") != std::string::npos);
  CHECK(Running::exec(":restart n3:node/audit").exit_code == 0);
  // To the others a node with a new membership is a new incarnation, so the answer may be void.
  const CommandResult renewed = Running::exec(":restart n3:node/mesh/membership");
  CAPTURE(renewed.err);
  CHECK((renewed.exit_code == 0 || renewed.err.find("error 6207: node n3 has restarted") != std::string::npos));
  CHECK(comes_true([] { return Running::member("n3").value("state", "") == "alive"; }));
  CHECK(Running::exec(":inspect n3:node/mesh/membership").out.find("restarted by operator") != std::string::npos);
  CHECK(Running::exec(":nods").exit_code != 0);
}

TEST_CASE("a program counts words on all nodes, and right, though one of them is killed meanwhile") {
  const Running cluster;
  REQUIRE(comes_true([] { return Running::member("n3").value("state", "") == "alive"; }));
  REQUIRE(comes_true([] { return Running::member("n2").value("state", "") == "alive"; }));
  fs::create_directory(cluster.folder.path() + "/text");
  std::string text;
  for (int k = 0; k < 20'000; ++k) text += "the quick brown fox\n";
  for (const char* name : {"a", "b", "c"}) (void)cluster.folder.write(std::string("text/") + name, text);
  const std::string input = "main(\"" + cluster.folder.path() + "/text\", 40)";
  const std::string out = cluster.folder.path() + "/out";
  CommandResult counted;
  std::thread counting([&] {
    counted = run_command("/bin/sh", {"-c", NOODLE_BINARY " exec --node n1 ':load " NOODLE_SOURCE_DIR
                                                          "/examples/cluster_wordcount.nc' '" +
                                                input + "' >" + out});
  });
  const auto printed = [&out] {
    std::ifstream file(out);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CHECK(comes_true([&printed] { return printed().find("3 counters at work") != std::string::npos; }));
  CHECK(kill(cluster.status().at("n2").pid, SIGKILL) == 0);
  counting.join();
  CAPTURE(counted.err);
  CAPTURE(printed());
  CHECK(counted.exit_code == 0);
  CHECK(printed().find("the counter on n2 is lost") != std::string::npos);
  CHECK(printed().find("9600000 words, 4 different ones, in 120 files") != std::string::npos);
  CHECK(comes_true([&cluster] { return cluster.status().at("n2").restarts == 1; }));
}

TEST_CASE("what fails on another node is told here, with code and node") {
  const Running cluster;
  REQUIRE(comes_true([] { return Running::member("n2").value("state", "") == "alive"; }));
  // The news of the failure and of the end come one after the other: the program outlasts both.
  const CommandResult failed = Running::exec(
      "actor Shaky() { on fall() { throw Error(2001, \"slipped\"); } on ping(): int { return 1; } }\n"
      "func main() {\n"
      "  let there = spawn Shaky() on \"n2\";\n"
      "  print(ask there.ping());\n"
      "  send there.fall();\n"
      "  for (i in 0..<1000) { try { ask there.ping(); } catch (e) { print(e.code >= 1810); break; } sleep(5ms); }\n"
      "  sleep(500ms);\n"
      "}\nmain()");
  CAPTURE(failed.err);
  CHECK(failed.out == "1\ntrue\n");
  CHECK(failed.err.find("2001: slipped (on n2)") != std::string::npos);
  const CommandResult nowhere = Running::exec("actor A() { on ping(): int { return 1; } }\nspawn A() on \"n7\"");
  CHECK(nowhere.err.find("error 6107") != std::string::npos);
}

TEST_CASE("a node that is told to leave says so, ends in order, and stays away until it is restarted") {
  const Running cluster;
  REQUIRE(comes_true([] { return Running::member("n3").value("state", "") == "alive"; }));
  const int process = open_process(cluster.status().at("n3").pid);
  const CommandResult left = Running::exec(":leave n3");
  CAPTURE(left.err);
  CHECK(left.exit_code == 0);
  CHECK(left.out.find("n3 has left the cluster") != std::string::npos);
  CHECK(Running::member("n3").value("state", "") == "left");
  CHECK(wait_for_process(process));
  CHECK(comes_true([&cluster] { return cluster.status().at("n3").state == "left"; }));
  CHECK(cluster.status().at("n3").restarts == 0);
  CHECK(cluster.log("n3").find("was told to leave the cluster") != std::string::npos);
  CHECK(cluster.log("n3").find("node has stopped") != std::string::npos);

  CHECK(cluster.up({"--restart", "n3"}).exit_code == 0);
  CHECK(comes_true([] { return Running::member("n3").value("state", "") == "alive"; }));
  // It is asked itself: the answer comes before the end.
  const CommandResult itself = Running::exec(":leave n2", "n2");
  CAPTURE(itself.err);
  CHECK(itself.exit_code == 0);
  CHECK(comes_true([&cluster] { return cluster.status().at("n2").state == "left"; }));
}

TEST_CASE("a node that stands still is found out, nobody waits for it, and it comes back as a new incarnation") {
  const Running cluster;
  REQUIRE(comes_true([] { return Running::member("n2").value("state", "") == "alive"; }));
  const json before = Running::member("n2");
  const pid_t process = cluster.status().at("n2").pid;
  REQUIRE(kill(process, SIGSTOP) == 0);
  CHECK(comes_true([] { return Running::member("n2").value("state", "") == "dead"; }));
  const CommandResult tree = Running::exec(":tree");
  CHECK(tree.out.find("n3:node") != std::string::npos);
  REQUIRE(kill(process, SIGCONT) == 0);
  CHECK(comes_true([&before] {
    const json now = Running::member("n2");
    return now.value("state", "") == "alive" && now["incarnation"] > before["incarnation"];
  }));
  CHECK(cluster.status().at("n2").restarts == 0);
  CHECK(comes_true([&cluster] { return cluster.log("n2").find("this node acts again") != std::string::npos; }));
  // It knew before it acted.
  const std::string log = cluster.log("n2");
  const std::size_t again = log.find("this node acts again");
  CHECK(log.find("this node stood still") < again);
  CHECK(log.find("\"declared_dead\":\"true\"", again) != std::string::npos);
}

TEST_CASE("a node listens on its mesh port only, and says nothing there to who shows no certificate") {
  const Running cluster;
  for (const auto& [name, node] : cluster.status()) {
    CAPTURE(name);
    // They have called each other; that one of two calls is enough is no news.
    const std::string log = cluster.log(name);
    for (const char* harmless : {"error 6016", "error 6022"}) CHECK(log.find(harmless) == log.npos);
    const auto port = node.port;
    CHECK(listening_ports(node.pid) == std::set<std::uint16_t>{port});
    const std::string told = told_to_a_stranger(port);
    CHECK(told.size() <= 7);  // a TLS alert, if anything
    CHECK(told.find("noodle") == std::string::npos);
  }
}
