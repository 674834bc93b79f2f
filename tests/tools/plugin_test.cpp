// Agents in C++, as somebody writes them who has noodle installed: built, run in a cluster, found, restarted.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "tests/tools/local_cluster.hpp"

using namespace noodle::test;
namespace fs = std::filesystem;

namespace {

bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
  }
  return true;
}

void run(const std::vector<std::string>& words) {
  const CommandResult done = run_command("/usr/bin/env", words);
  CAPTURE(done.out);
  CAPTURE(done.err);
  REQUIRE(done.exit_code == 0);
}

/// The example, built with the installed package alone.
std::string build_example(const std::string& folder) {
  const std::string prefix = folder + "/prefix", build = folder + "/build";
  run({"cmake", "--install", fs::path(NOODLE_BINARY).parent_path(), "--prefix", prefix});
  fs::copy(NOODLE_SOURCE_DIR "/examples/agents", folder + "/agents");
  run({"cmake", "-S", folder + "/agents", "-B", build, "-DCMAKE_PREFIX_PATH=" + prefix});
  run({"cmake", "--build", build});
  return build + "/greeter.so";
}

std::string with_plugin(const TemporaryFolder& folder, const std::string& file) {
  return folder.write("cluster.toml",
                      "[cluster]\nname = \"demo\"\n[[node]]\nname = \"n\"\ncount = 2\n[vm]\nworkers = 1\n"
                      "[agents]\nplugins = [\"" +
                          file + "\"]\n");
}

CommandResult exec(const std::string& input, const std::string& node) {
  return run_command(NOODLE_BINARY, {"exec", "--node", node, "-e", input});
}

}  // namespace

TEST_CASE("An agent built with the installed package is found from other nodes, inspected and restarted") {
  LocalCluster cluster;
  with_plugin(cluster.folder, build_example(cluster.folder.path()));
  const CommandResult started = cluster.up({"--detach"});
  CAPTURE(started.err);
  REQUIRE(started.exit_code == 0);
  const auto hears = [&cluster](const std::string& node, const std::string& text) {
    return comes_true([&] { return cluster.log(node).find(text) != std::string::npos; });
  };
  CHECK(hears("n1", "Hello, n1! This is n1."));  // its own, when there is one
  CHECK(exec(":kill node/agents/greeter", "n1").exit_code == 0);
  CHECK(hears("n1", "Hello, n1! This is n2."));
  CHECK(exec(":restart node/agents/guest", "n2").exit_code == 0);
  CHECK(comes_true([] { return exec(":inspect node/agents/guest", "n2").out.find("running") != std::string::npos; }));
  CHECK(exec(":deaths node/agents", "n2").out.find("node/agents/guest") != std::string::npos);
  CHECK(cluster.up({"--stop"}).exit_code == 0);
}

TEST_CASE("What is no plug-in, or one of another noodle, keeps the node from starting and says why") {
  const LocalCluster cluster;
  const auto refusal = [&cluster](const std::string& file) {
    with_plugin(cluster.folder, file);
    const CommandResult started = cluster.up({"--detach"});
    CHECK(started.exit_code != 0);
    return started.err + cluster.log("n1");
  };
  const std::string missing = refusal(cluster.folder.path() + "/nothing.so");
  CHECK(missing.find("6401") != std::string::npos);
  CHECK(missing.find("No such file or directory") != std::string::npos);

  const std::string source = cluster.folder.write("other.c",
                                                  "const char* noodle_plugin_build() { return \"noodle 0.0 x\"; }\n"
                                                  "void noodle_plugin_agents() {}\n");
  const std::string other = cluster.folder.path() + "/other.so", none = cluster.folder.path() + "/none.so";
  run({"cc", "-shared", "-fPIC", "-o", other, source});
  CHECK(refusal(other).find("was built with noodle 0.0 x, this is noodle ") != std::string::npos);
  run({"cc", "-shared", "-fPIC", "-o", none, cluster.folder.write("none.c", "int nothing;\n")});
  CHECK(refusal(none).find("it is no plug-in") != std::string::npos);
}
