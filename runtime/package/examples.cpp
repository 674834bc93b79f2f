#include "runtime/package/examples.hpp"

#include <cstdlib>

#include "runtime/base/lines.hpp"
#include "runtime/package/comment_text.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::documentation {

namespace {

constexpr std::int64_t kTimeLimitMs = 10'000;
constexpr std::size_t kMaxOutputBytes = 1 << 20;
constexpr std::string_view kPrints = "// prints: ";
constexpr std::string_view kFails = "nc fails ";

void add_examples(const std::string& path, const std::string& owner, std::uint32_t line, const std::string& comment,
                  std::vector<Example>& found) {
  for (Block& block : blocks_of(comment)) {
    const bool fails = block.info.starts_with(kFails);
    if (block.kind != Block::Kind::code || (block.info != "nc" && !fails)) continue;
    Example& example = found.emplace_back(Example{path, line + block.line, owner, std::move(block.text), 0});
    if (fails) example.fails = static_cast<std::uint16_t>(std::atoi(block.info.c_str() + kFails.size()));
  }
}

void add_examples(const std::string& path, const std::vector<Entry>& entries, std::vector<Example>& found) {
  for (const Entry& entry : entries) {
    add_examples(path, entry.anchor, entry.comment_line, entry.comment, found);
    add_examples(path, entry.members, found);
  }
}

std::string expected_output(std::string_view text) {
  std::string expected;
  for (const std::string_view line : lines_of(text)) {
    if (const std::size_t at = line.find(kPrints); at != std::string_view::npos)
      expected += std::string(line.substr(at + kPrints.size())) + "\n";
  }
  return expected;
}

struct Outcome {
  std::uint16_t code = 0;
  std::string problem;  // with code
  std::string output;
};

Outcome run(const std::shared_ptr<const vm::Program>& program, std::uint32_t function) {
  Outcome outcome;
  process::RunOptions options;
  options.workers = 1;
  options.time_limit_ms = kTimeLimitMs;
  options.output = [&outcome](std::string_view text) {
    outcome.output += text.substr(0, kMaxOutputBytes - std::min(outcome.output.size(), kMaxOutputBytes));
  };
  const process::RunResult result = process::run_function(program, function, options);
  outcome.code = result.error_code;
  if (result.error_code != 0)
    outcome.problem = "error " + std::to_string(result.error_code) + ": " + result.error_message;
  return outcome;
}

/// Main, then the test blocks, until one fails.
Outcome run_all(const std::shared_ptr<const vm::Program>& program) {
  Outcome all;
  std::vector<std::uint32_t> functions;
  if (program->module.main != bytecode::kNone) functions.push_back(program->module.main);
  for (const bytecode::TestDef& test : program->module.tests) functions.push_back(test.function);
  for (const std::uint32_t function : functions) {
    const Outcome one = run(program, function);
    all.output += one.output;
    if (one.code == 0) continue;
    all.code = one.code;
    all.problem = one.problem;
    break;
  }
  return all;
}

std::string first_error(const lang::Diagnostics& diagnostics, std::uint16_t& code) {
  for (const lang::Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity != lang::Severity::error) continue;
    code = static_cast<std::uint16_t>(diagnostic.code);
    return lang::render(diagnostic, false);
  }
  return {};
}

}  // namespace

std::vector<Example> examples_of(const Documentation& documentation) {
  std::vector<Example> found;
  for (const ModulePage& module : documentation.modules) {
    add_examples(module.path, module.name, 1, module.comment, found);
    add_examples(module.path, module.entries, found);
  }
  return found;
}

std::string problem_of(const Example& example, const std::string& folder) {
  package::CompileOptions options;
  options.need_main = false;
  options.tests = true;
  options.folder = folder;
  const auto compilation = package::compile_text("example", example.text, options);
  Outcome outcome;
  outcome.problem = first_error(compilation->diagnostics, outcome.code);
  if (compilation->module) {
    const auto program = vm::link(std::move(*compilation->module));
    if (program) {
      outcome = run_all(*program);
    } else {
      outcome = {program.error().number(), program.error().message, {}};
    }
  }
  if (example.fails != 0) {
    if (outcome.code == example.fails) return {};
    return "it should fail with " + std::to_string(example.fails) + " and " +
           (outcome.code == 0 ? "does not fail" : "fails otherwise: " + outcome.problem);
  }
  if (outcome.code != 0) return outcome.problem;
  const std::string expected = expected_output(example.text);
  if (!expected.empty() && outcome.output != expected)
    return "it should print\n" + expected + "and prints\n" + outcome.output;
  return {};
}

}  // namespace noodle::documentation
