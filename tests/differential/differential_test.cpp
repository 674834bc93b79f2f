// Differential tests: the VM and the reference evaluator must agree on output, error code and exit code of generated
// programs; the VM must agree with itself under tiny fuel slices and with a collection at every allocation.
//
// NOODLE_SEED sets the first seed, NOODLE_PROGRAMS the number of programs (tools/bench soak differential runs 100 000).
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "runtime/package/compile.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tests/differential/program_generator.hpp"
#include "tests/differential/reference_evaluator.hpp"
#include "tests/support/run_source.hpp"

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("interpreter and reference evaluator agree on generated programs") {
  using namespace noodle;
  stdlib::register_stdlib_natives();
  process::install();
  const std::uint64_t first = number_from("NOODLE_SEED", 1);
  const std::uint64_t count = number_from("NOODLE_PROGRAMS", 300);
  std::uint64_t compared = 0;
  std::uint64_t given_up = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string text = reference::generate_program(seed);
    INFO("NOODLE_SEED=" << seed << "\n" << text);
    package::CompileOptions options;
    auto compilation = package::compile_text("generated.nc", text, options);
    std::string problems;
    for (const auto& diagnostic : compilation->diagnostics.all()) problems += lang::render(diagnostic, false);
    INFO(problems);
    REQUIRE(compilation->module.has_value());
    const reference::Outcome expected = reference::evaluate(*compilation->program, 2'000'000);
    if (expected.gave_up) {
      ++given_up;
      continue;
    }
    auto program = vm::link(*compilation->module);
    REQUIRE_MESSAGE(program.ok(), program.error().to_string());
    for (const test::RunMode& mode :
         {test::RunMode{}, test::RunMode{.slice_fuel = 1 + seed % 7}, test::RunMode{.collect_always = true}}) {
      INFO("slice " << mode.slice_fuel << ", collect at every allocation: " << mode.collect_always);
      const test::RunOutcome actual = test::run_program(*program, mode);
      CHECK(actual.output == expected.output);
      CHECK(actual.error_code == expected.error_code);
      if (expected.error_code == 0) CHECK(actual.exit_code == expected.exit_code);
      if (actual.output != expected.output || actual.error_code != expected.error_code) return;
    }
    ++compared;
  }
  MESSAGE("compared " << compared << " programs from seed " << first << ", " << given_up
                      << " left out by the evaluator's limits");
  CHECK(compared > given_up * 4);
}
