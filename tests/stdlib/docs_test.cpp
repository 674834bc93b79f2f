// The examples of docs/language.md and docs/guide: every ```nc block compiles (or fails with the code it names), and
// prints what it says.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/run_source.hpp"

namespace {

using namespace noodle;

struct Example {
  int line = 0;
  int fails = 0;  // code, 0: compiles
  std::string text;
  std::string prints;
};

std::vector<Example> examples(const std::string& path) {
  std::ifstream in(path);
  std::vector<Example> found;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!inside && line.rfind("```nc", 0) == 0) {
      inside = true;
      found.push_back({.line = number, .fails = 0, .text = {}, .prints = {}});
      if (line.rfind("```nc fails ", 0) == 0) found.back().fails = std::stoi(line.substr(12));
      continue;
    }
    if (line.rfind("```", 0) == 0) inside = false;
    if (!inside) continue;
    found.back().text += line + "\n";
    const std::size_t at = line.find("// prints: ");
    if (at != std::string::npos) found.back().prints += line.substr(at + 11) + "\n";
  }
  return found;
}

std::string errors(const package::Compilation& compilation) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : compilation.diagnostics.all())
    text += lang::render(diagnostic, false) + "\n";
  return text;
}

bool has_error(const package::Compilation& compilation, int code) {
  for (const lang::Diagnostic& diagnostic : compilation.diagnostics.all()) {
    if (diagnostic.severity == lang::Severity::error && static_cast<int>(diagnostic.code) == code) return true;
  }
  return false;
}

void check_examples(const std::vector<Example>& all) {
  for (const Example& example : all) {
    CAPTURE(example.line);
    package::CompileOptions options;
    options.need_main = false;
    const auto compilation = package::compile_text("language.md", example.text, options);
    INFO(errors(*compilation));
    if (example.fails != 0) {
      CHECK(has_error(*compilation, example.fails));
      continue;
    }
    CHECK(compilation->module.has_value());
    if (!compilation->module || compilation->module->main == bytecode::kNone) continue;
    const auto program = vm::link(*compilation->module);
    REQUIRE_MESSAGE(program.ok(), (program ? "" : program.error().message));
    const test::RunOutcome outcome = test::run_program(*program, {});
    INFO(outcome.error_message);
    CHECK(outcome.output == example.prints);
    CHECK(outcome.error_code == 0);
  }
}

}  // namespace

TEST_CASE("the examples of the language guide do what they say") {
  process::install();
  stdlib::register_stdlib_natives();
  const std::vector<Example> all = examples(std::string(NOODLE_SOURCE_DIR) + "/docs/language.md");
  CHECK(all.size() > 25);
  check_examples(all);
}

TEST_CASE("the examples of the guide pages do what they say") {
  process::install();
  stdlib::register_stdlib_natives();
  for (const auto& page : std::filesystem::directory_iterator(std::string(NOODLE_SOURCE_DIR) + "/docs/guide")) {
    CAPTURE(page.path().string());
    check_examples(examples(page.path().string()));
  }
}
