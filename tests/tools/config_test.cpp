// `noodle run` takes its limits from the configuration: file < NOODLE_ variables < flags.
#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

CommandResult noodle_run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  return noodle::test::run_command(NOODLE_BINARY, arguments);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A variable of the environment for one scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

constexpr const char* kLoop = "for (i in 1..100000) { }\nprint(\"through\");\n";
constexpr const char* kLarge = "let xs = list<int>(200000, 0);\nprint(xs.length);\n";

}  // namespace

TEST_CASE("limits in the configuration file hold") {
  const TemporaryFolder folder;
  const std::string loop = folder.write("loop.nc", kLoop);
  const std::string large = folder.write("large.nc", kLarge);
  const std::string deep =
      folder.write("deep.nc", "func f(n: int): int { return n == 0 ? 0 : 1 + f(n - 1); }\nprint(f(500));\n");
  const std::string children = folder.write("c.nc", "func f() { sleep(1s); }\nfor (i in 1..5) { spawn f(); }\n");
  const std::string config =
      folder.write("noodle.toml", "[vm]\nfuel = 1000\nprocess_memory = \"1MB\"\nstack_frames = 100\nchildren = 2\n");
  CHECK(contains(noodle_run({loop, "--config", config}).err, "error 1702"));
  CHECK(contains(noodle_run({large, "--config", config}).err, "error 1701"));
  CHECK(contains(noodle_run({deep, "--config", config}).err, "error 1700"));
  CHECK(contains(noodle_run({children, "--config", config}).err, "error 1704"));
  CHECK(noodle_run({loop}).out == "through\n");
  CHECK(noodle_run({large}).out == "200000\n");
  CHECK(noodle_run({deep}).out == "500\n");
}

TEST_CASE("JSON configuration, time limit and number of processes") {
  const TemporaryFolder folder;
  const std::string endless = folder.write("endless.nc", "while (true) { }\n");
  const CommandResult late =
      noodle_run({endless, "--config", folder.write("t.json", R"({"vm": {"time_limit": "200ms"}})")});
  CHECK(late.exit_code == 124);
  const std::string many = folder.write("many.nc", "func f() { sleep(10s); }\nfor (i in 1..2000) { spawn f(); }\n");
  CHECK(contains(noodle_run({many, "--config", folder.write("p.toml", "vm.processes = 300\n")}).err, "error 1705"));
}

TEST_CASE("a variable wins over the file, a flag over both") {
  const TemporaryFolder folder;
  const std::string loop = folder.write("loop.nc", kLoop);
  const std::string config = folder.write("noodle.toml", "vm.fuel = 1000\n");
  {
    const Variable fuel("NOODLE_VM_FUEL", "1000000");
    CHECK(noodle_run({loop, "--config", config}).out == "through\n");
    CHECK(contains(noodle_run({loop, "--config", config, "--fuel", "1000"}).err, "error 1702"));
  }
  {
    const Variable path("NOODLE_NET_CONFIG_PATH", config.c_str());
    CHECK(contains(noodle_run({loop}).err, "error 1702"));
    CHECK(noodle_run({loop, "--fuel", "1000000"}).out == "through\n");
  }
  const Variable misspelt("NOODLE_VM_FULE", "7");
  CHECK(contains(noodle_run({loop}).err, "did you mean `NOODLE_VM_FUEL`?"));
}

TEST_CASE("grants and the level of the log come from the configuration") {
  const TemporaryFolder folder;
  const std::string file = folder.write("data.txt", "content");
  const std::string reader = folder.write("r.nc", "print(fs.read(\"" + file + "\"));\n");
  const std::string config = folder.write("g.toml", "[vm]\ngrants = [\"fs.read:" + folder.path() + "\"]\n");
  CHECK(contains(noodle_run({reader}).err, "error 8001"));
  CHECK(noodle_run({reader, "--config", config}).out == "content\n");
  CHECK(contains(noodle_run({reader, "--config", folder.write("w.toml", "vm.grants = [\"fs.reed\"]\n")}).err, "8002"));

  const std::string logs = folder.write("l.nc", "logger.info(\"quiet\");\nlogger.error(\"loud\");\n");
  const CommandResult all = noodle_run({logs});
  CHECK(contains(all.err, "quiet"));
  const CommandResult few = noodle_run({logs, "--config", folder.write("e.toml", "log.level = \"ERROR\"\n")});
  CHECK_FALSE(contains(few.err, "quiet"));
  CHECK(contains(few.err, "loud"));
}

TEST_CASE("unknown keys and bad values are errors with their line and a suggestion") {
  const TemporaryFolder folder;
  const std::string program = folder.write("p.nc", "print(1);\n");
  struct Row {
    const char* text;
    const char* code;
    const char* message;
  };
  const std::vector<Row> rows = {
      {"[vm]\nworkrs = 2\n", "7011", "noodle.toml:2:1"},
      {"[vm]\nworkrs = 2\n", "7011", "did you mean"},
      {"[vm]\nworkers = \"many\"\n", "7012", "noodle.toml:2:1"},
      {"[vm]\nworkers = 100000\n", "7012", "1024"},
      {"[vm]\nmailbox_policy = \"drop\"\n", "7012", "drop_oldest"},
      {"[vm\n", "7010", "noodle.toml:1:"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const CommandResult result = noodle_run({program, "--config", folder.write("noodle.toml", row.text)});
    CHECK(result.exit_code == 64);
    CHECK(result.out.empty());
    CHECK(contains(result.err, row.code));
    CHECK(contains(result.err, row.message));
  }
  CHECK(contains(noodle_run({program, "--config", folder.path() + "/none.toml"}).err, "error 7001"));
}
