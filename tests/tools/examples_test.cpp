// The examples run and print what a newcomer should see.
#include <doctest/doctest.h>

#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;

namespace {

CommandResult run_example(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  return noodle::test::run_command(NOODLE_BINARY, arguments, {}, NOODLE_SOURCE_DIR);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("hello greets the world or who is named") {
  CHECK(contains(run_example({"examples/hello.nc"}).out, "Hello, world!"));
  CHECK(contains(run_example({"examples/hello.nc", "--", "Ada"}).out, "Hello, Ada!"));
}

TEST_CASE("wordcount counts over actors, whatever their number") {
  const CommandResult one = run_example({"--allow", "fs.read", "examples/wordcount.nc", "--", "README.md", "1"});
  const CommandResult nine = run_example({"--allow", "fs.read", "examples/wordcount.nc", "--", "README.md", "9"});
  CHECK(one.exit_code == 0);
  CHECK(one.out.substr(one.out.find('\n')) == nine.out.substr(nine.out.find('\n')));
}

TEST_CASE("the pipeline survives the crash of a stage") {
  const CommandResult result = run_example({"examples/pipeline.nc"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "12 squared is 144 (line 2 of this parser)"));
}

TEST_CASE("a node without gateway and database says so with 1890, which the program catches") {
  const CommandResult result = run_example({"examples/lonely_node.nc"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "register with the gateway: error 1890"));
  CHECK(contains(result.out, "ask the database: error 1890"));
  CHECK(contains(result.err, "Resource efficiency below target: 0.75"));
}

TEST_CASE("a message runs along a chain of processes and home") {
  const CommandResult result = run_example({"examples/ring.nc", "--", "20000"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "20000 hops"));
}
