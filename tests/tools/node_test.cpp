// `noodle node`: a node as a process, from its configuration to its end.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/background_command.hpp"
#include "tests/support/run_command.hpp"

using namespace noodle::test;
using nlohmann::json;

namespace {

CommandResult noodle_run(const std::vector<std::string>& arguments) {
  return run_command(NOODLE_BINARY, arguments);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A node's folder, as `noodle cert` makes it, and its configuration.
struct Home {
  TemporaryFolder folder;
  std::string data = folder.path() + "/data";
  std::string certificate = folder.path() + "/n1/n1.crt";

  Home() {
    const std::string ca = folder.path() + "/ca";
    REQUIRE(noodle_run({"cert", "init", "demo", "--ca", ca}).exit_code == 0);
    REQUIRE(noodle_run({"cert", "node", "n1", "--ca", ca, "-o", folder.path() + "/n1"}).exit_code == 0);
  }
  std::string config(const std::string& more = {}) const {
    return folder.write("node.toml", "[log]\nfile = \"" + folder.path() +
                                         "/node.log\"\n[vm]\nworkers = 1\n[net]\nport = 0\n" + "certificate = \"" +
                                         certificate + "\"\n" + more);
  }
  std::vector<std::string> arguments(const std::string& file) const {
    return {"node", "--config", file, "--data", data, "--json"};
  }
  std::string log() const {
    std::ifstream file(folder.path() + "/node.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t count_in_log(const std::string& part) const {
    const std::string text = log();
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
  }
  bool comes_to_log(const std::string& part) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!contains(log(), part)) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }
};

}  // namespace

TEST_CASE("a configuration that is not good is refused with its place, before anything starts") {
  const Home home;
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"seeds = [\"n2\"]\n",
       "node.toml:8:1: `net.seeds` must hold entries such as 10.0.0.7:7700, not `n2`; did you mean"},
      {"seeds = [\"n2:seven\"]\n", "not `n2:seven`"},
      {"profile = \"lam\"\n", "did you mean `lan`?"},
      {"probe_intervall = \"1s\"\n", "did you mean `net.probe_interval`?"},
      {"probe_timeout = \"300ms\"\n", "`net.probe_timeout` does not fit: probe_interval has to be at least twice"},
      {"suspicion = \"10ms\"\n", "`net.suspicion` does not fit"},
      {"listen = \"0.0.0.0\"\n", "say in `net.advertise`"},
      {"degree = 0\n", "`net.degree` must be an integer from 1 to 256"},
      {"[node]\nlabels = [\"zone\"]\n", "entries such as zone=a, not `zone`"},
      {"[node]\nstop_limit = 0\n", "`node.stop_limit` must be"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.text);
    const CommandResult refused = noodle_run({"node", "--config", home.config(one.text), "--data", home.data});
    CAPTURE(refused.err);
    CHECK(refused.exit_code == 64);
    CHECK(contains(refused.err, one.message));
  }
  const CommandResult none = noodle_run({"node", "--data", home.data});
  CHECK(none.exit_code == 64);
  CHECK(contains(none.err, "`net.certificate` must be given"));
  CHECK(noodle_run({"node", "--config", home.config(), "--listen", "7700"}).exit_code == 64);
  CHECK_FALSE(std::filesystem::exists(home.data));
  const CommandResult good = noodle_run({"node", "--config", home.config(), "--check"});
  CHECK(good.exit_code == 0);
  CHECK(contains(good.out, "the configuration of n1 is good"));
}

TEST_CASE("a certificate that does not count is refused") {
  const Home home;
  const std::string ca = home.folder.path() + "/ca";
  const auto refused = [&home] { return noodle_run({"node", "--config", home.config(), "--data", home.data}); };
  REQUIRE(noodle_run({"cert", "client", "alice", "--ca", ca, "-o", home.folder.path() + "/alice"}).exit_code == 0);
  std::filesystem::copy(home.folder.path() + "/alice/alice.key", home.folder.path() + "/other.key");
  const CommandResult key =
      noodle_run({"node", "--config", home.config("key = \"" + home.folder.path() + "/other.key\"\n")});
  CHECK(contains(key.err, "error 8017"));
  std::filesystem::permissions(home.folder.path() + "/n1/n1.key", std::filesystem::perms(0644));
  CHECK(contains(refused().err, "error 8015"));
  std::filesystem::permissions(home.folder.path() + "/n1/n1.key", std::filesystem::perms(0600));
  REQUIRE(noodle_run({"cert", "revoke", "n1", "--ca", ca, "--reason", "lost"}).exit_code == 0);
  std::filesystem::copy_file(ca + "/revocations", home.folder.path() + "/n1/revocations",
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(contains(refused().err, "error 8013"));
  CHECK(refused().exit_code == 1);
}

TEST_CASE("a node tells when it is ready, holds its data folder, and ends in order") {
  const Home home;
  BackgroundCommand node(NOODLE_BINARY,
                         home.arguments(home.config("[node]\nlabels = [\"zone=a\"]\nroles = [\"x\"]\n")));
  const auto ready = json::parse(node.wait_for("ready"));
  REQUIRE_MESSAGE(ready.is_object(), home.log());
  CHECK(ready["name"] == "n1");
  CHECK(ready["pid"] == node.process());
  CHECK(ready["port"] != 0);
  CHECK(ready["id"].get<std::string>().size() == 32);

  const CommandResult second = noodle_run(home.arguments(home.config()));
  CHECK(second.exit_code == 1);
  CHECK(contains(second.err, "\"code\":7105"));
  CHECK(contains(second.err, "process " + std::to_string(node.process())));

  node.signal(SIGHUP);
  node.signal(SIGTERM);
  CHECK(node.wait_for_end() == 0);
  CHECK(contains(home.log(), "configuration read again"));
  CHECK(contains(home.log(), "node has stopped"));
  const CommandResult audit = noodle_run({"audit", "verify", "--certificate", home.certificate, "--data", home.data});
  CAPTURE(audit.err);
  CHECK(audit.exit_code == 0);
  CHECK(contains(audit.out, "2 records"));
}

TEST_CASE("a seed that cannot be used is told once for each reason, and when it answers") {
  const Home home, other;
  BackgroundCommand foreign(NOODLE_BINARY, other.arguments(other.config()));
  const auto ready = json::parse(foreign.wait_for("ready"));
  REQUIRE(ready.is_object());
  const std::string wrong = "127.0.0.1:" + std::to_string(ready["port"].get<int>());
  REQUIRE(noodle_run({"cert", "node", "n2", "--ca", home.folder.path() + "/ca", "-o", home.folder.path() + "/n1"})
              .exit_code == 0);
  const auto second = [&home](const std::string& listen) {
    const std::string config =
        home.folder.write("second.toml", "[log]\nfile = \"" + home.folder.path() +
                                             "/second.log\"\n[vm]\nworkers = 1\n[net]\nport = 0\ncertificate = \"" +
                                             home.folder.path() + "/n1/n2.crt\"\n");
    return std::vector<std::string>{"node",   "--config", config, "--data", home.folder.path() + "/data2",
                                    "--json", "--listen", listen};
  };
  std::string late;  // where nobody listens now
  {
    BackgroundCommand early(NOODLE_BINARY, second("127.0.0.1:0"));
    const auto told = json::parse(early.wait_for("ready"));
    REQUIRE(told.is_object());
    late = "127.0.0.1:" + std::to_string(told["port"].get<int>());
    early.signal(SIGTERM);
    CHECK(early.wait_for_end() == 0);
  }
  BackgroundCommand node(NOODLE_BINARY, home.arguments(home.config("profile = \"local\"\nseeds = [\"" + wrong +
                                                                   "\", \"" + late + "\"]\n")));
  REQUIRE(json::parse(node.wait_for("ready")).is_object());
  CHECK(home.comes_to_log("\"seed\":\"" + wrong + "\",\"why\":\"error 8011"));
  CHECK(home.comes_to_log("\"seed\":\"" + late + "\",\"why\":\"error 6019"));
  CHECK(home.comes_to_log("Check address, port, firewall"));
  BackgroundCommand seed(NOODLE_BINARY, second(late));
  REQUIRE(json::parse(seed.wait_for("ready")).is_object());
  CHECK(home.comes_to_log("seed answers"));
  CHECK(home.count_in_log("seed cannot be used") == 2);
  for (BackgroundCommand* one : {&node, &seed, &foreign}) {
    one->signal(SIGTERM);
    CHECK(one->wait_for_end() == 0);
  }
  // The node of the other cluster tells it as well.
  CHECK(contains(other.log(), "link refused"));
}

TEST_CASE("an older revocation list is refused, while the node runs and when it starts again") {
  const Home home;
  const std::string ca = home.folder.path() + "/ca", list = home.folder.path() + "/n1/revocations";
  const auto give = [&list](const std::string& from) {
    std::filesystem::copy_file(from, list, std::filesystem::copy_options::overwrite_existing);
  };
  const std::string older = home.folder.path() + "/older";
  std::filesystem::copy_file(ca + "/revocations", older);
  REQUIRE(noodle_run({"token", "revoke", std::string(32, 'a'), "--ca", ca}).exit_code == 0);
  {
    BackgroundCommand node(NOODLE_BINARY, home.arguments(home.config()));
    REQUIRE(json::parse(node.wait_for("ready")).is_object());
    give(ca + "/revocations");
    node.signal(SIGHUP);
    CHECK(home.comes_to_log("were read again"));
    give(older);
    node.signal(SIGHUP);
    CHECK(home.comes_to_log("the node keeps certificate, trust and keys as they were"));
    CHECK(contains(home.log(), "error 8018"));
    CHECK(contains(home.log(), "number 1 is older than 2, which is known"));
    node.signal(SIGTERM);
    CHECK(node.wait_for_end() == 0);
  }
  const CommandResult refused = noodle_run(home.arguments(home.config()));
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "\"code\":8018"));
  CHECK(contains(refused.err, "is number 1, and 2 is known"));
  give(ca + "/revocations");
  BackgroundCommand node(NOODLE_BINARY, home.arguments(home.config()));
  CHECK(json::parse(node.wait_for("ready")).is_object());
  node.signal(SIGTERM);
  CHECK(node.wait_for_end() == 0);
}

TEST_CASE("the incarnation rises with every start, also when the one before was ahead of the clock") {
  const Home home;
  const auto start = [&home](int last_signal) {
    BackgroundCommand node(NOODLE_BINARY, home.arguments(home.config()));
    const auto ready = json::parse(node.wait_for("ready"));
    REQUIRE_MESSAGE(ready.is_object(), home.log());
    node.signal(last_signal);
    CHECK(node.wait_for_end() == (last_signal == SIGKILL ? 137 : 0));
    return ready["incarnation"].get<std::uint64_t>();
  };
  const std::uint64_t first = start(SIGKILL);
  CHECK(first > 1'700'000'000'000);
  CHECK(start(SIGTERM) > first);
  home.folder.write("data/incarnation", "noodle incarnation 99999999999999\n");
  CHECK(start(SIGKILL) == 100'000'000'000'000);
  CHECK(start(SIGINT) == 100'000'000'000'001);
  home.folder.write("data/incarnation", "");
  const CommandResult damaged = noodle_run(home.arguments(home.config()));
  CHECK(damaged.exit_code == 1);
  CHECK(contains(damaged.err, "\"code\":5012"));
}
