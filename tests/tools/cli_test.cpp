// The program `noodle` as its users meet it: real processes, real files, both outputs and exit codes.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

CommandResult noodle_run(std::vector<std::string> arguments, const std::string& input = {},
                         const std::string& folder = {}) {
  return noodle::test::run_command(NOODLE_BINARY, arguments, input, folder);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kSource = NOODLE_SOURCE_DIR;

}  // namespace

TEST_CASE("a program's exit code is the result of main") {
  const TemporaryFolder folder;
  CHECK(noodle_run({"run", folder.write("a.nc", "func main(): int { return 7; }")}).exit_code == 7);
  CHECK(noodle_run({"run", folder.write("b.nc", "func main() { }")}).exit_code == 0);
  CHECK(noodle_run({"run", folder.write("c.nc", "print(1)")}).exit_code == 0);
  const CommandResult large = noodle_run({"run", folder.write("d.nc", "func main(): int { return 300; }")});
  CHECK(large.exit_code == 125);
  CHECK(contains(large.err, "300"));
}

TEST_CASE("an uncaught error exits with 1 and shows code, message and trace") {
  const TemporaryFolder folder;
  const CommandResult result =
      noodle_run({"run", folder.write("a.nc", "func half(n: int): int { return 1 / n; }\nprint(half(0));\n")});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error 1601"));
  CHECK(contains(result.err, "half ("));
  CHECK(contains(result.err, "a.nc:1:"));
  CHECK(contains(result.err, "a.nc:2:"));
}

TEST_CASE("a compile error exits with 2 and points at the place") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc", "let total = 1;\nprint(totl);\n");
  const CommandResult result = noodle_run({"run", path});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "error 1100"));
  CHECK(contains(result.err, "a.nc:2:7"));
  CHECK(contains(result.err, "^^^^"));
  CHECK(contains(result.err, "total"));
  const CommandResult as_json = noodle_run({"run", "--json", path});
  CHECK(as_json.exit_code == 2);
  const auto object = nlohmann::json::parse(as_json.err.substr(0, as_json.err.find('\n')));
  CHECK(object["code"] == 1100);
  CHECK(object["line"] == 2);
}

TEST_CASE("of many errors the first 20 are shown") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30; ++i) text += "print(unknown" + std::to_string(i) + ");\n";
  const CommandResult result = noodle_run({"run", folder.write("a.nc", text)});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "unknown19"));
  CHECK(!contains(result.err, "unknown20"));
  CHECK(contains(result.err, "error 1021: too many errors; the first 20 are shown"));
}

TEST_CASE("wrong usage exits with 64 and suggests the nearest command") {
  const CommandResult result = noodle_run({"rnu", "x.nc"});
  CHECK(result.exit_code == 64);
  CHECK(contains(result.err, "noodle run"));
  CHECK(noodle_run({"run"}).exit_code == 64);
  CHECK(noodle_run({"run", "--workers", "0", "x.nc"}).exit_code == 64);
  CHECK(noodle_run({"explain", "abc"}).exit_code == 64);
}

TEST_CASE("a file that is not there is named") {
  const CommandResult result = noodle_run({"run", "/nowhere/x.nc"});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "error 7001"));
  CHECK(contains(result.err, "/nowhere/x.nc"));
}

TEST_CASE("the time limit ends a run with 124") {
  const TemporaryFolder folder;
  const CommandResult result = noodle_run({"run", "--time-limit", "100ms", folder.write("a.nc", "while (true) { }")});
  CHECK(result.exit_code == 124);
  CHECK(contains(result.err, "1709"));
}

TEST_CASE("arguments after -- reach main, standard input is a program with -") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc", "func main(args: List<String>) { print(args); }");
  CHECK(noodle_run({"run", path, "--", "--json", "b c"}).out == "[\"--json\", \"b c\"]\n");
  CHECK(noodle_run({"run", "-"}, "print(6 * 7)").out == "42\n");
}

TEST_CASE("a built module runs, verifies and disassembles; a damaged one is refused") {
  const TemporaryFolder folder;
  const std::string source = folder.write("a.nc", "func main() { print(\"built\"); }");
  const std::string module = folder.path() + "/a.nbc";
  REQUIRE(noodle_run({"build", source, "-o", module}).exit_code == 0);
  CHECK(noodle_run({"run", module}).out == "built\n");
  CHECK(noodle_run({"verify", module}).exit_code == 0);
  CHECK(contains(noodle_run({"disasm", module, "--function", "main"}).out, "main"));
  std::ifstream file(module, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  std::string damaged = bytes.str();
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x40);
  const CommandResult refused = noodle_run({"run", folder.write("bad.nbc", damaged)});
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.err, "error 150"));
}

TEST_CASE("fmt is idempotent on all examples and kernels, and --check tells") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc", "func main( ){print( 1 );}");
  CHECK(noodle_run({"fmt", "--check", path}).exit_code == 1);
  CHECK(noodle_run({"fmt", path}).exit_code == 0);
  CHECK(noodle_run({"fmt", "--check", path}).exit_code == 0);
  CHECK(noodle_run({"fmt", "--check", kSource + "/examples"}).exit_code == 0);
}

TEST_CASE("noodle test runs test blocks, filters them and shows what differs") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc",
                                        "func add(a: int, b: int): int { return a + b; }\n"
                                        "test \"adds\" { assert_eq(add(1, 2), 3); }\n"
                                        "test \"fails\" { assert_eq(add(1, 2), 4); }\n");
  const CommandResult all = noodle_run({"test", path});
  CHECK(all.exit_code == 1);
  CHECK(contains(all.out, "1 passed, 1 failed"));
  CHECK(contains(all.out, "FAILED fails"));
  const CommandResult some = noodle_run({"test", path, "--filter", "adds"});
  CHECK(some.exit_code == 0);
  CHECK(contains(some.out, "1 passed, 0 failed"));
}

TEST_CASE("noodle test --coverage tells what ran, and writes lcov where it is told") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc",
                                        "func pick(a: bool): int {\n"
                                        "  if (a) { return 1; }\n"
                                        "  return 2;\n"
                                        "}\n"
                                        "test \"t\" { assert_eq(pick(true), 1); }\n");
  const CommandResult table = noodle_run({"test", "--coverage", path});
  CHECK(table.exit_code == 0);
  CHECK(contains(table.out, "1/2  50.0 %  1/2  50.0 %  3; branches at 2"));
  const std::string file = folder.path() + "/a.info";
  const CommandResult both = noodle_run({"test", "--coverage=" + file, "--json", path});
  CHECK(both.exit_code == 0);
  CHECK(contains(both.out, "\"linesHit\":1,\"lines\":2"));
  std::ostringstream lcov;
  lcov << std::ifstream(file).rdbuf();
  CHECK(contains(lcov.str(), "BRDA:2,0,0,1\nBRDA:2,0,1,0\n"));
  CHECK(noodle_run({"test", "--coverage=/nowhere/a.info", path}).exit_code == 2);
}

TEST_CASE("noodle doc writes pages, lists what lacks a comment and runs examples") {
  const TemporaryFolder folder;
  folder.write("noodle.toml", "[package]\nname = \"geo\"\nversion = \"1.2.0\"\ntype = \"library\"\n");
  folder.write("src/lib.nc",
               "/// Twice `n`.\n///\n/// ```nc\n/// import size;\n/// print(size.three());  // prints: 3\n"
               "/// ```\nexport func twice(n: int): int { return n * 2; }\n");
  folder.write("src/size.nc", "/// Three.\nexport func three(): int { return 3; }\n");
  const std::string out = folder.path() + "/pages";
  CHECK(noodle_run({"doc", folder.path(), "-o", out}).exit_code == 0);
  for (const char* page : {"/index.html", "/geo.html", "/size.html", "/search.js"})
    CHECK(std::filesystem::exists(out + page));
  CHECK(noodle_run({"doc", folder.path(), "-o", out, "--format", "markdown"}).exit_code == 0);
  CHECK(std::filesystem::exists(out + "/size.md"));
  const CommandResult good = noodle_run({"doc", folder.path(), "--check"});
  CHECK(good.exit_code == 0);
  CHECK(good.out == "1 examples passed, 0 failed\n");
  folder.write("src/size.nc", "export func three(): int { return 4; }\n");
  const CommandResult bad = noodle_run({"doc", folder.path(), "--check"});
  CHECK(bad.exit_code == 1);
  CHECK(contains(bad.out, "size.nc:1: function three has no comment"));
  CHECK(contains(bad.out, "lib.nc:4: the example of twice fails"));
  CHECK(contains(noodle_run({"doc", folder.path(), "--check", "--json"}).out, "\"undocumented\":\"three\""));
  CHECK(noodle_run({"doc", "/nowhere"}).exit_code == 2);
  CHECK(noodle_run({"doc", "--std", "-o", out}).exit_code == 0);
  CHECK(std::filesystem::exists(out + "/std.text.html"));
}

TEST_CASE("noodle run --profile tells where fuel went, and draws it") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.nc",
                                        "func busy(): int {\n"
                                        "  let s = 0;\n"
                                        "  for (k in 0..<200000) { s += k; }\n"
                                        "  return s;\n"
                                        "}\n"
                                        "func main() { print(busy()); }\n");
  const std::string file = folder.path() + "/a.svg";
  const CommandResult table = noodle_run({"run", "--profile-out", file, path});
  CHECK(table.exit_code == 0);
  CHECK(table.out == "19999900000\n");
  CHECK(contains(table.err, "profile: 20 samples, one every 9973 units of fuel"));
  CHECK(contains(table.err, "100.0 %  100.0 %  busy (" + path + ":3)"));
  std::ostringstream svg;
  svg << std::ifstream(file).rdbuf();
  CHECK(contains(svg.str(), "<title>busy ("));
  CHECK(contains(noodle_run({"run", "--profile", "--json", path}).err, "\"samples\":20,\"period\":9973"));
  CHECK(noodle_run({"run", "--profile-out", "/nowhere/a.svg", path}).exit_code == 2);
}

#if defined(__x86_64__)
TEST_CASE("noodle run --perf-map names the functions of machine code for Linux perf") {
  noodle::test::TemporaryFolder folder;
  const std::string path = folder.write("a.nc",
                                        "func slow(n: int): int { return n < 2 ? n : slow(n - 1) + slow(n - 2); }\n"
                                        "func main() { print(slow(20)); }\n");
  const auto run = noodle_run({"run", "--perf-map", "--jit", "eager", path});
  CHECK(run.exit_code == 0);
  CHECK(run.out == "6765\n");
  REQUIRE(run.err.starts_with("perf map: /tmp/perf-"));
  const std::string map = run.err.substr(10, run.err.find('\n') - 10);
  std::stringstream names;
  names << std::ifstream(map).rdbuf();
  CHECK(names.str().find(" slow\n") != std::string::npos);
  std::filesystem::remove(map);
}
#endif

TEST_CASE("completion scripts are valid shell and know every command") {
  const CommandResult script = noodle_run({"completion", "bash"});
  REQUIRE(script.exit_code == 0);
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "noodle.bash", script.out + "\nCOMP_WORDS=(noodle ru) COMP_CWORD=1; _noodle; echo ${COMPREPLY[@]}\n");
  CHECK(noodle::test::run_command("/bin/bash", {path}).out == "run\n");
}

TEST_CASE("capabilities are refused by default and granted by --allow") {
  const TemporaryFolder folder;
  folder.write("data.txt", "hello");
  const std::string path = folder.write("a.nc", "print(fs.read(\"" + folder.path() + "/data.txt\"));");
  const CommandResult refused = noodle_run({"run", path});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "fs.read"));
  CHECK(contains(refused.err, "--allow"));
  CHECK(noodle_run({"run", "--allow", "fs.read:" + folder.path(), path}).out == "hello\n");
  CHECK(noodle_run({"run", "--allow", "fs.read:/elsewhere", path}).exit_code == 1);
}
