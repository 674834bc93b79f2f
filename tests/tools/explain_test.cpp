// Every error code is explained, and what the explanation shows is true: the wrong program meets the error, the right
// one runs.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "messages/error.hpp"
#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every code has an explanation with an example") {
  for (const noodle::ErrorInfo& info : noodle::error_table()) {
    const std::string code = std::to_string(static_cast<int>(info.code));
    CAPTURE(code);
    CHECK(std::filesystem::exists(std::string(NOODLE_SOURCE_DIR) + "/tools/noodle/explain/" + code + ".nc"));
    CHECK(!info.title.empty());
    CHECK(!info.advice.empty());
  }
}

TEST_CASE("the examples of the explanations meet their error, and what is shown instead runs") {
  const TemporaryFolder folder;
  const std::string separator = "// ---- instead\n";
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(NOODLE_SOURCE_DIR) + "/tools/noodle/explain")) {
    const std::string code = entry.path().stem().string();
    const std::string text = read_text(entry.path().string());
    CAPTURE(code);
    if (text.starts_with("$ ")) continue;  // a session, not a program: the layer that raises it tests it
    const std::size_t split = text.find(separator);
    const bool warning = code.starts_with("14");
    const CommandResult wrong = noodle::test::run_command(
        NOODLE_BINARY, {warning ? "lint" : "run", folder.write(code + ".nc", text.substr(0, split))});
    CAPTURE(wrong.err);
    CHECK(wrong.err.find((warning ? "warning " : "error ") + code) != std::string::npos);
    if (split == std::string::npos) continue;
    const CommandResult right = noodle::test::run_command(
        NOODLE_BINARY,
        {warning ? "lint" : "run", folder.write("right" + code + ".nc", text.substr(split + separator.size()))});
    CAPTURE(right.err);
    CHECK(right.exit_code == 0);
  }
}

TEST_CASE("an unknown configuration key is referred to the page of all keys") {
  const noodle::ErrorInfo* info = noodle::find_error(7011);
  REQUIRE(info != nullptr);
  CHECK(info->advice.find("docs/configuration.md") != std::string::npos);
  CHECK(read_text(std::string(NOODLE_SOURCE_DIR) + "/docs/configuration.md").find("seeds") != std::string::npos);
}

TEST_CASE("docs/errors.md is what the table says") {
  const CommandResult markdown = noodle::test::run_command(NOODLE_BINARY, {"explain", "--all", "--markdown"});
  const std::string path = std::string(NOODLE_SOURCE_DIR) + "/docs/errors.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << markdown.out;
  CHECK(read_text(path) == markdown.out);
}
