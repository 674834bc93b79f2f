// `noodle repl` on a pseudo-terminal and in a pipe.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/run_command.hpp"
#include "tests/support/terminal.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;
using noodle::test::Terminal;

namespace {

CommandResult repl(const std::string& input, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), "repl");
  return noodle::test::run_command(NOODLE_BINARY, arguments, input);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A REPL with a history file of its own.
struct Repl {
  TemporaryFolder folder;
  Terminal terminal;

  explicit Repl(std::vector<std::string> arguments = {})
      : terminal(NOODLE_BINARY, with_command(std::move(arguments)),
                 {{"XDG_STATE_HOME", folder.path()}, {"NO_COLOR", "1"}}) {
    REQUIRE(terminal.wait_for("1> "));
  }
  static std::vector<std::string> with_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "repl");
    return arguments;
  }
  /// Types a line and waits for what it shows, and for the next prompt.
  bool enter(const std::string& line, const std::string& shown) {
    terminal.type(line + "\r");
    return terminal.wait_for(shown) && terminal.wait_for_prompt();
  }
};

constexpr const char* kControlC = "\x03";
constexpr const char* kControlD = "\x04";

}  // namespace

TEST_CASE("the REPL shows values, asks for more lines, and ends with Ctrl-D") {
  Repl repl;
  CHECK(repl.enter("1 + 1", "2 : int"));
  repl.terminal.type("func twice(n: int): int {\r");
  CHECK(repl.terminal.wait_for(".| "));
  repl.terminal.type("return n * 2\r");
  CHECK(repl.terminal.wait_for(".| "));
  CHECK(repl.enter("}", "defined func twice"));
  CHECK(repl.enter("twice(21)", "42 : int"));
  CHECK(repl.enter("tiwce(1)", "did you mean `twice`?"));
  CHECK(repl.terminal.takes_keys());
  repl.terminal.type(kControlD);
  CHECK(repl.terminal.wait_for_end() == 0);
}

TEST_CASE("Ctrl-C ends an endless loop and an endless wait, and the REPL goes on") {
  Repl repl;
  CHECK(repl.enter("let n = 5", "n : int = 5"));
  for (const char* input :
       {"print(\"on\"); while (true) { }\r", "print(\"on\"); receive { case x: int => print(x) }\r"}) {
    repl.terminal.type(input);
    CHECK(repl.terminal.wait_for("\non\n"));
    repl.terminal.type(kControlC);
    CHECK(repl.terminal.wait_for("killed: the variables are as before this input"));
    CHECK(repl.enter("n", "5 : int"));
  }
}

TEST_CASE("Ctrl-C clears the line, also in the middle of an input") {
  Repl repl;
  repl.terminal.type("let x = 1 + nonsense");
  CHECK(repl.terminal.wait_for("nonsense"));
  repl.terminal.type(kControlC);
  CHECK(repl.terminal.wait_for("^C"));
  repl.terminal.type("[1,\r");
  CHECK(repl.terminal.wait_for(".| "));
  repl.terminal.type(kControlC);
  CHECK(repl.terminal.wait_for("^C"));
  CHECK(repl.terminal.wait_for("1> "));
  CHECK(repl.enter("1 + 1", "2 : int"));
}

TEST_CASE("output of actors comes above the line that is being typed") {
  Repl repl;
  CHECK(repl.enter("actor Clock { left: int = 1; every 50ms { if (left > 0) { left -= 1; print(\"tick\"); } } }",
                   "defined actor Clock"));
  CHECK(repl.enter("let go = () => spawn Clock()", "go : func"));
  repl.terminal.type("go()\r");
  CHECK(repl.terminal.wait_for_prompt());
  repl.terminal.type("40 + ");
  CHECK(repl.terminal.wait_for("tick"));
  CHECK(repl.terminal.wait_for("40 + "));  // drawn again
  CHECK(repl.enter("2", "42 : int"));
}

TEST_CASE("Tab completes names, members, commands and files") {
  Repl repl;
  CHECK(repl.enter("let numbers = [3, 1, 2]", "numbers : List<int>"));
  repl.terminal.type("num\t.so\t()\r");
  CHECK(repl.terminal.wait_for("[1, 2, 3] : List<int>"));
  repl.terminal.type(":ty\t 1.5\r");
  CHECK(repl.terminal.wait_for("float"));
  const std::string file = repl.folder.write("some_program.nc", "let loaded = 7\n");
  repl.terminal.type(":load " + repl.folder.path() + "/some_\t\r");
  CHECK(repl.terminal.wait_for("loaded : int = 7"));
  repl.terminal.type("numbers.\t\t");
  CHECK(repl.terminal.wait_for("groupBy"));
}

TEST_CASE("the history is kept in a file and found again") {
  const TemporaryFolder folder;
  const std::map<std::string, std::string> environment{{"XDG_STATE_HOME", folder.path()}, {"NO_COLOR", "1"}};
  {
    Terminal first(NOODLE_BINARY, {"repl"}, environment);
    REQUIRE(first.wait_for("1> "));
    first.type("6 * 7\r");
    CHECK(first.wait_for("42 : int"));
    first.type(":quit\r");
    CHECK(first.wait_for_end() == 0);
  }
  CHECK(std::filesystem::exists(folder.path() + "/noodle/repl_history"));
  Terminal second(NOODLE_BINARY, {"repl"}, environment);
  REQUIRE(second.wait_for("1> "));
  second.type("\x10\x10\r");  // Ctrl-P twice: over `:quit` to the expression
  CHECK(second.wait_for("42 : int"));
}

TEST_CASE("nonsense, garbage and huge input leave the REPL alive") {
  Repl repl;
  CHECK(repl.enter("}}}}", "error 10"));
  CHECK(repl.enter("let let = let 3", "error 10"));
  CHECK(repl.enter("@#$%^&", "error 10"));
  CHECK(repl.enter("\xff\xfe\x80 garbage", "error"));
  CHECK(
      repl.enter("Gr\xc3\xbc\xc3\x9f"
                 "e",
                 "error 1100"));
  CHECK(repl.enter(std::string(300, '(') + std::string(300, ')'), "error 1016"));
  CHECK(repl.enter("\"" + std::string(3'000, 'a') + "\".length", "3000 : int"));
  CHECK(repl.enter(":", "no such command"));
  CHECK(repl.enter(":tpye 1", "did you mean `:type`?"));
  CHECK(repl.enter("'un", "error 100"));
  CHECK(repl.enter("1 + 1", "2 : int"));
}

TEST_CASE("a pipe runs input by input and exits with 1 when one fails") {
  const CommandResult good = repl("1 + 1\nlet xs = [1,\n  2]\nxs\n  .map(x => x * 2)\nprint(\"p\")");
  CHECK(good.exit_code == 0);
  CHECK(good.out == "2 : int\n[2, 4] : List<int>\np\n");
  CHECK(good.err.empty());
  const CommandResult bad = repl("1 / 0\nnothing\n2 + 2\n");
  CHECK(bad.exit_code == 1);
  CHECK(bad.out == "4 : int\n");
  CHECK(contains(bad.err, "error 1601"));
  CHECK(contains(bad.err, "error 1100"));
  CHECK(repl("").exit_code == 0);
  CHECK(repl("if (true) {\n print(1)\n}\nelse {\n print(2)\n}\n").out == "1\n");
  CHECK(repl(":type 1\n:tpye 1\n").exit_code == 1);
  CHECK(repl("func f() {").exit_code == 1);
  CHECK(repl(std::string(1000, '\0') + "\xff\n1 + 1\n").out == "2 : int\n");
}

TEST_CASE("--json prints one object for each input, and one for what is printed") {
  const CommandResult result = repl("1 + 1\nprint(\"a\")\nnothing\n1 / 0\n:fuel\n", {"--json"});
  CHECK(result.exit_code == 1);
  std::istringstream lines(result.out);
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  REQUIRE(objects.size() == 6);
  CHECK(objects[0]["value"] == "2");
  CHECK(objects[0]["type"] == "int");
  CHECK(objects[1]["output"] == "a\n");
  CHECK(objects[3]["diagnostics"][0]["code"] == 1100);
  CHECK(objects[4]["error"]["code"] == 1601);
  CHECK(objects[5]["command"] == "fuel");
}

TEST_CASE("files are entered first; grants and limits are those of the command line") {
  const TemporaryFolder folder;
  const std::string file = folder.write("start.nc", "func f(): int { return 5; }\n");
  CHECK(repl("f()", {file}).out == "5 : int\n");
  CHECK(repl("f()", {folder.path() + "/none.nc"}).exit_code == 1);
  CHECK(contains(repl("fs.read(\"" + file + "\")").err, "error 8001"));
  CHECK(contains(repl("fs.read(\"" + file + "\")", {"--allow", "fs.read"}).out, "return 5"));
  CHECK(contains(repl("while (true) { }", {"--fuel", "1000"}).err, "error 1702"));
  CHECK(contains(repl("list<int>(1000000, 0)", {"--memory", "1MB"}).err, "error 1701"));
  const CommandResult wrong = repl("1", {"--allow", "fs.reed"});
  CHECK(wrong.exit_code == 64);
  CHECK(contains(wrong.err, "error 8002"));
}
