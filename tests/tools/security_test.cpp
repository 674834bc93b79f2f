// `noodle cert`, `token`, `audit` and `context` as operators meet them: a cluster's keys from nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cluster/security/node_actions.hpp"
#include "runtime/vm/capability.hpp"
#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

CommandResult noodle_run(const std::vector<std::string>& arguments) {
  return noodle::test::run_command(NOODLE_BINARY, arguments);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A cluster's CA in a folder, with a node and a client.
struct Cluster {
  TemporaryFolder folder;
  std::string ca = folder.path() + "/ca";
  std::string node = folder.path() + "/n1";
  std::string client = folder.path() + "/alice";
  Cluster() {
    REQUIRE(noodle_run({"cert", "init", "production", "--ca", ca}).exit_code == 0);
    REQUIRE(noodle_run({"cert", "node", "n1", "--ca", ca, "-o", node, "--host", "localhost,127.0.0.1"}).exit_code == 0);
    REQUIRE(noodle_run({"cert", "client", "alice", "--ca", ca, "-o", client}).exit_code == 0);
  }
  std::string issue(const std::string& name, std::vector<std::string> more = {}) {
    const std::string file = folder.path() + "/" + name + ".token";
    std::vector<std::string> arguments{"token",   "issue", name, "--ca", ca, "--cap", "fs.read:/data,mesh.send",
                                       "--level", "2",     "-o", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CommandResult issued = noodle_run(arguments);
    CAPTURE(issued.err);
    REQUIRE(issued.exit_code == 0);
    return file;
  }
};

bool is_private(const std::string& path) {
  return (fs::status(path).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none;
}

}  // namespace

TEST_CASE("a CA issues certificates, keeps its keys to itself, and shows what it has issued") {
  const Cluster cluster;
  CHECK(is_private(cluster.ca + "/ca.key"));
  CHECK(is_private(cluster.ca + "/token.key"));
  CHECK(is_private(cluster.node + "/n1.key"));
  CHECK_FALSE(fs::exists(cluster.node + "/ca.key"));
  const CommandResult shown = noodle_run({"cert", "show", "--ca", cluster.ca});
  CHECK(shown.exit_code == 0);
  CHECK(contains(shown.out, "n1"));
  CHECK(contains(shown.out, "alice"));
  CHECK(noodle_run({"cert", "init", "again", "--ca", cluster.ca}).exit_code != 0);
  CHECK(noodle_run({"cert", "node", "../evil", "--ca", cluster.ca, "-o", cluster.folder.path() + "/x"}).exit_code != 0);

  const CommandResult revoked = noodle_run({"cert", "revoke", "alice", "--ca", cluster.ca, "--reason", "left"});
  CAPTURE(revoked.err);
  CHECK(revoked.exit_code == 0);
  CHECK(contains(noodle_run({"cert", "show", "--ca", cluster.ca}).out, "revoked"));
}

TEST_CASE("keys that others can read are refused") {
  const Cluster cluster;
  fs::permissions(cluster.ca + "/ca.key", fs::perms::others_read, fs::perm_options::add);
  const CommandResult refused =
      noodle_run({"cert", "node", "n2", "--ca", cluster.ca, "-o", cluster.folder.path() + "/n2"});
  CHECK(refused.exit_code != 0);
  CHECK(contains(refused.err, "error 80"));
}

TEST_CASE("a token counts until it is revoked, and its holder can pass on less of it only") {
  Cluster cluster;
  const std::string token = cluster.issue("alice");
  CHECK(is_private(token));
  CHECK(noodle_run({"token", "show", token, "--check", "--ca", cluster.ca}).exit_code == 0);

  const std::string less = cluster.folder.path() + "/job.token";
  const CommandResult delegated = noodle_run(
      {"token", "delegate", token, "--name", "job", "--cap", "fs.read:/data/in", "--expires", "10m", "-o", less});
  CAPTURE(delegated.err);
  CHECK(delegated.exit_code == 0);
  const CommandResult shown = noodle_run({"token", "show", less, "--check", "--ca", cluster.ca});
  CHECK(shown.exit_code == 0);
  CHECK(contains(shown.out, "alice/job"));
  for (const char* more : {"fs.write", "fs.read:/etc", "net.http"}) {
    CHECK(noodle_run({"token", "delegate", token, "--name", "x", "--cap", more}).exit_code != 0);
  }
  CHECK(noodle_run({"token", "delegate", less, "--name", "x", "--cap", "fs.read:/data"}).exit_code != 0);
  CHECK(noodle_run({"token", "delegate", token, "--name", "x", "--level", "3"}).exit_code != 0);

  CHECK(noodle_run({"token", "revoke", token, "--ca", cluster.ca}).exit_code == 0);
  for (const std::string& file : {token, less}) {
    CHECK(noodle_run({"token", "show", file, "--check", "--ca", cluster.ca}).exit_code == 1);
  }
}

TEST_CASE("a token can hold one action on a cluster, of one actor, and pass on less of it") {
  Cluster cluster;
  const auto with = [&cluster](const std::string& capability, const std::string& name) {
    return noodle_run({"token", "issue", "alice", "--ca", cluster.ca, "--cap", capability, "-o",
                       cluster.folder.path() + "/" + name + ".token"});
  };
  int number = 0;
  for (const std::string_view action : noodle::security::kNodeActions) {
    CAPTURE(std::string(action));
    CHECK(with(std::string(action), std::to_string(++number)).exit_code == 0);
  }
  const CommandResult actors = with("cluster.actor.*:n1:node/work", "actors");
  CAPTURE(actors.err);
  CHECK(actors.exit_code == 0);
  const CommandResult misspelt = with("cluster.inspct", "misspelt");
  CHECK(contains(misspelt.err, "error 8002"));
  CHECK(contains(misspelt.err, "did you mean cluster.inspect?"));

  const std::string less = cluster.folder.path() + "/less.token";
  const auto delegate = [&](const std::string& capability) {
    return noodle_run({"token", "delegate", cluster.folder.path() + "/actors.token", "--name", "night", "--cap",
                       capability, "-o", less});
  };
  CHECK(delegate("cluster.actor.kill:n2:node/work").exit_code != 0);
  const CommandResult delegated = delegate("cluster.actor.kill:n1:node/work");
  CAPTURE(delegated.err);
  CHECK(delegated.exit_code == 0);
  CHECK(contains(noodle_run({"token", "show", less}).out, "cluster.actor.kill:n1:node/work"));
}

TEST_CASE("docs/capabilities.md lists what people do on a cluster, and nothing else of that kind") {
  std::ifstream file(std::string(NOODLE_SOURCE_DIR) + "/docs/capabilities.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(page.empty());
  const auto& actions = noodle::security::kNodeActions;
  for (const std::string_view action : actions) {
    CAPTURE(std::string(action));
    CHECK(contains(page, "`" + std::string(action) + "`"));
  }
  for (std::size_t at = page.find("\n| `cluster."); at != page.npos; at = page.find("\n| `cluster.", at + 1)) {
    const std::string name = page.substr(at + 4, page.find('`', at + 4) - at - 4);
    CAPTURE(name);
    const auto programs = noodle::vm::capability_names();
    const bool known = std::find(actions.begin(), actions.end(), name) != actions.end() ||
                       std::find(programs.begin(), programs.end(), name) != programs.end();
    CHECK(known);
  }
}

TEST_CASE("what is no token, and one of another cluster, do not count") {
  Cluster cluster, other;
  const std::string token = cluster.issue("alice");
  CHECK(noodle_run({"token", "show", token, "--check", "--ca", other.ca}).exit_code == 1);
  const std::string nonsense = cluster.folder.write("nonsense.token", "eyJhbGciOiJub25lIn0.e30.");
  const CommandResult shown = noodle_run({"token", "show", nonsense, "--check", "--ca", cluster.ca});
  CHECK(shown.exit_code != 0);
  CHECK(contains(shown.err, "error 80"));
}

TEST_CASE("the audit log of a folder that has none, and contexts that do not exist, are told as such") {
  const Cluster cluster;
  const CommandResult none = noodle_run(
      {"audit", "verify", "--certificate", cluster.node + "/n1.crt", "--data", cluster.folder.path() + "/nothing"});
  CHECK(none.exit_code != 0);
  CHECK(contains(none.err, "error "));
  CHECK(noodle_run({"context", "use", "nowhere"}).exit_code != 0);
}

TEST_CASE("a context shows whether its token file is there") {
  Cluster cluster;
  const std::string token = cluster.folder.path() + "/alice.token";
  const std::string contexts = cluster.folder.write(
      "contexts.toml", "current = \"here\"\n[contexts.here]\nnodes = [\"127.0.0.1:7700\"]\nca = \"" + cluster.client +
                           "/ca.crt\"\ncertificate = \"" + cluster.client + "/alice.crt\"\nkey = \"" + cluster.client +
                           "/alice.key\"\ntoken = \"" + token + "\"\n");
  setenv("NOODLE_CONTEXTS", contexts.c_str(), 1);
  const CommandResult missing = noodle_run({"context", "show"});
  CAPTURE(missing.err);
  CHECK(missing.exit_code == 0);
  CHECK(contains(missing.out, token + "  (missing: "));
  CHECK(contains(missing.out, "alice of production"));
  CHECK(contains(noodle_run({"context", "show", "--json"}).out, "\"token_missing\":true"));
  cluster.issue("alice");
  CHECK(contains(noodle_run({"context", "show"}).out, token + "\n"));
  unsetenv("NOODLE_CONTEXTS");
}
