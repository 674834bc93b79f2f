// What a newcomer meets: every example broken on purpose, one mistake at a time. The first error must stand at the line
// of the mistake and say how to mend it, and the mistake must not look like several.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/support/run_command.hpp"

namespace {

struct Mistake {
  std::string example;
  std::string before;  // first occurrence is replaced
  std::string after;
  int code;
  int line;
  const char* hint;  // part of message, help or note
  int errors = 1;
};

const Mistake kMistakes[] = {
    // ---- hello
    {"hello", "greeting.mood}", "greting.mood}", 1100, 9, "did you mean `greeting`?"},
    {"hello", "squares.sum()", "squares.summ()", 1102, 12, "did you mean `sum`?"},
    {"hello", "Greeting(name: name)", "Greeting(nam: name)", 1123, 8, "did you mean `name`?"},
    {"hello", "name: name)", "name: 7)", 1120, 8, "write ``${7}``"},
    {"hello", "return 0;", "return \"0\";", 1120, 13, "`parseInt()` reads a number"},
    {"hello", "today.`);\n  }", "today.`);\n", 1011, 14, "7 |   for (name in names) {"},
    {"hello", "n => n * n);", "n => n * n;", 1011, 11, "expected `)` after the arguments"},
    {"hello", "today.`)", "today.)", 1002, 9, "end the text with `"},
    {"hello", "func main(", "def main(", 1010, 5, "write `func`"},
    {"hello", "args: List", "args List", 1011, 5, "write `args: List`"},
    {"hello", "args.length > 0 ?", "args.length ?", 1126, 6, "write `args.length != 0`"},
    {"hello", "name in names", "name of names", 1010, 7, "write `in`"},
    // ---- lonely_node
    {"lonely_node", "calculateEfficiency(metrics);", "calculateEfficiency();", 1122, 20, "`metrics` is missing"},
    {"lonely_node", "usedCpuCores: 6", "usedCpuCore: 6", 1123, 11, "did you mean `usedCpuCores`?"},
    {"lonely_node", "logger.warning", "logger.warn", 1102, 22, "did you mean `warning`?"},
    {"lonely_node", "): ResourceMetrics", "): ResourceMetric", 1101, 10, "did you mean `ResourceMetrics`?"},
    {"lonely_node", "() => register()", "register()", 1166, 53, "write `() => register()`"},
    {"lonely_node", "} catch (e) {", "} except (e) {", 1011, 43, "add `catch (e) { ... }`", 2},
    {"lonely_node", "gateway.register", "throw \"no\";\n  gateway.register", 1155, 28, "throw Error(code, message)"},
    {"lonely_node", "class ResourceMetrics", "requires log, agents.register, db.execute;\nclass ResourceMetrics", 1157,
     24, "add `events` to the module's `requires`"},
    // ---- pipeline
    {"pipeline", "let number = line.parseInt();\n    if (number == null) {",
     "let number = line.parseInt();\n    if (false) {", 1127, 28, "test it with `!= null`"},
    {"pipeline", "send parser.parse(line)", "parser.parse(line)", 1121, 49, "write `ask parser.parse(line)`"},
    {"pipeline", "sink.done", "sink.doen", 1111, 28, "did you mean `done`?"},
    {"pipeline", "let parser: ActorRef<Parser>", "let parser: Parser", 1108, 47, "held as `ActorRef<Parser>`"},
    {"pipeline", "let collector: ActorRef<Collector> =", "let collector =", 1128, 53, "declare the type of the result"},
    {"pipeline", "one_for_one", "one_for_on", 1158, 37, "strategies: one_for_one"},
    {"pipeline", "child Parser()", "child Parse()", 1100, 41, "did you mean `Parser`?"},
    {"pipeline", "of this parser)`);\n  }", "of this parser)`);\n", 1144, 31, "close the braces opened before it", 2},
    {"pipeline", "Error(5001", "Error(51", 1156, 24, "not in 1001 to 9999"},
    {"pipeline", "on report()", "func report()", 1111, 54, "declare it with `on`"},
    {"pipeline", "return true;", "return 1;", 1120, 32, "write `true` or `false`"},
    // ---- ring
    {"ring", "let to = next;\n    if (to == null)", "let to = next;\n    if (hops < 0)", 1127, 21,
     "test it with `!= null`"},
    {"ring", "spawn Member(size - 1, self)", "spawn Member(size - 1)", 1122, 30, "`home` is missing"},
    {"ring", "spawn Member(size - 1, self)", "spawn Member(\"a\", self)", 1120, 30, "must be `int`, found `String`"},
    {"ring", "send first.build();", "first.build();", 1121, 31, "write `ask first.build()`"},
    {"ring", "args[0].parseInt() ?? 1000000 : 1000000", "args[0].parseInt() : 1000000", 1127, 30, "`??`"},
    {"ring", "case \"built\" =>", "case \"built\":", 1010, 33, "write `=>`"},
    {"ring", "receive {", "recieve {", 1010, 32, "did you mean `receive`?"},
    {"ring", "after 60s", "after 60", 1120, 34, "a Duration has a unit: `60s`"},
    // ---- wordcount
    {"wordcount", "let n = 0;", "const n = 0;", 1131, 15, "declare it with `let`"},
    {"wordcount", "    return n;\n", "", 1129, 18, "can end here without returning an `int`"},
    {"wordcount", "List<ActorRef<Counter>>", "List<Counter>", 1108, 31, "held as `ActorRef<Counter>`"},
    {"wordcount", "clean == \"\"", "clean = \"\"", 1010, 11, "write `==`"},
    {"wordcount", "(words.get(clean) ?? 0) + 1", "words.get(clean) + 1", 1127, 14, "`??`"},
    {"wordcount", "args[0] : ", "args[0 : ", 1011, 27, "expected `]` after the index"},
    {"wordcount", "  return 0;\n}", "  return 0;\n", 1011, 57, "26 | func main(args: List<String>): int {"},
    {"wordcount", "let portion", "var portion", 1010, 37, "write `let`"},
    {"wordcount", "spawn Counter()", "spawn Counter() with { memmory: 16MB }", 1160, 33, "did you mean `memory`?"},
    {"wordcount", "let n = 0;", "break;\n    let n = 0;", 1141, 7, "`break` outside a loop"},
    {"wordcount", "on totals(): Map<String, int>", "on totals(): Map<String, String>", 1120, 22,
     "found `Map<String, int>`", 2},
};

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

int errors_in(const std::string& text) {
  int count = text.starts_with("error ") ? 1 : 0;
  for (std::size_t at = text.find("\nerror "); at != std::string::npos; at = text.find("\nerror ", at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("the first error of a broken example stands at the mistake and leads to the fix") {
  const noodle::test::TemporaryFolder folder;
  for (const Mistake& mistake : kMistakes) {
    std::string text = read_text(std::string(NOODLE_SOURCE_DIR) + "/examples/" + mistake.example + ".nc");
    CAPTURE(mistake.example);
    CAPTURE(mistake.after);
    const std::size_t at = text.find(mistake.before);
    REQUIRE(at != std::string::npos);
    text.replace(at, mistake.before.size(), mistake.after);
    const auto run = noodle::test::run_command(NOODLE_BINARY, {"run", folder.write("broken.nc", text)});
    CAPTURE(run.err);
    CHECK(run.exit_code == 2);
    CHECK(run.err.starts_with("error " + std::to_string(mistake.code) + ":"));
    const std::size_t place = run.err.find("broken.nc:");
    REQUIRE(place != std::string::npos);
    CHECK(std::atoi(run.err.c_str() + place + 10) == mistake.line);
    CHECK(run.err.find(mistake.hint) != std::string::npos);
    CHECK(errors_in(run.err) == mistake.errors);
  }
}

TEST_CASE("a program that lacks a capability is told how to grant it") {
  const std::string examples = std::string(NOODLE_SOURCE_DIR) + "/examples/";
  const auto run = noodle::test::run_command(NOODLE_BINARY, {"run", examples + "wordcount.nc"});
  CHECK(run.exit_code == 1);
  CHECK(run.err.starts_with("error 8001"));
  CHECK(run.err.find("wordcount.nc:29:") != std::string::npos);
  CHECK(run.err.find("--allow fs.read") != std::string::npos);
}
