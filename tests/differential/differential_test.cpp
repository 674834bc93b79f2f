// Differential tests: interpreter, machine code and the reference evaluator must agree on output, error (code, message,
// trace with lines and columns) and exit code of generated programs, calmly, under fuel slices of 1 to 7 (so machine
// code is entered at its loops) and with a collection at every allocation; the first two also on fuel, messages and the
// contents of every heap.
//
// NOODLE_SEED sets the first seed, NOODLE_PROGRAMS the number of programs; docs/data/differential.json has the long
// runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <string>

#include "runtime/package/compile.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tests/differential/program_generator.hpp"
#include "tests/differential/reference_evaluator.hpp"
#include "tests/support/driven_run.hpp"
#include "tests/support/recorded_run.hpp"
#include "tests/support/run_source.hpp"

namespace {

using namespace noodle;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// `2 * n` and `n * 2` are one instruction, `n - 1` and `n + -1` too, and its message of an overflow does not know
/// which was written: differences become sums, operands are sorted.
std::string same_operations(const std::string& text) {
  static const std::regex kOverflow("integer overflow: (-?[0-9]+) ([-+*]) (-?[0-9]+)");
  if (text.find("integer overflow") == std::string::npos) return text;
  std::string out;
  auto from = text.cbegin();
  for (std::sregex_iterator found(text.begin(), text.end(), kOverflow), end; found != end; ++found) {
    const std::smatch& match = *found;
    std::string left = match.str(1), op = match.str(2), right = match.str(3);
    if (op == "-") {
      op = "+";
      right = right[0] == '-' ? right.substr(1) : "-" + right;
    }
    if (right < left) std::swap(left, right);
    out.append(from, match[0].first);
    out += "integer overflow: " + left + " " + op + " " + right;
    from = match[0].second;
  }
  return out.append(from, text.cend());
}

/// What a run shows to its user, as one text to compare. Which of two moments finds out that a process has ended is up
/// to the scheduler, and the number of a process is nobody's business.
std::string shown(const std::string& output, int code, const std::string& message, const std::string& trace,
                  std::int64_t exit_code) {
  static const std::regex kGone("the (asked )?process( [^ ]+)? has ended");
  const std::string end =
      code == 0 ? "exit " + std::to_string(exit_code) : "error " + std::to_string(code) + ": " + message + "\n" + trace;
  const std::string all = output + end;
  const bool gone = all.find("has ended") != std::string::npos;
  return same_operations(gone ? std::regex_replace(all, kGone, "it has ended") : all);
}

constexpr std::uint64_t kThreadedEach = 8;  // programs are run by a worker's thread, and recorded and replayed, too

enum class Verdict { agree, left_out, differ };

Verdict compare(std::uint64_t seed) {
  const std::string text = reference::generate_program(seed);
  INFO("NOODLE_SEED=" << seed << "\n" << text);
  auto compilation = package::compile_text("generated.nc", text, {});
  std::string problems;
  for (const auto& diagnostic : compilation->diagnostics.all()) problems += lang::render(diagnostic, false);
  INFO(problems);
  CHECK(compilation->module.has_value());
  if (!compilation->module) return Verdict::differ;
  const reference::Outcome expected = reference::evaluate(*compilation->program, 2'000'000);
  if (expected.gave_up) return Verdict::left_out;
  auto program = vm::link(*compilation->module);
  CHECK_MESSAGE(program.ok(), (program ? "" : program.error().to_string()));
  if (!program) return Verdict::differ;
  const std::string wanted =
      shown(expected.output, expected.error_code, expected.error_message, expected.error_trace, expected.exit_code);
  const test::RunMode modes[] = {test::RunMode{}, test::RunMode{.slice_fuel = 1 + seed % 7},
                                 test::RunMode{.collect_always = true}};
  const auto agrees = [&](const test::RunOutcome& actual) {
    const std::string met =
        shown(actual.output, actual.error_code, actual.error_message, actual.error_trace, actual.exit_code);
    CHECK(met == wanted);
    return met == wanted;
  };
  test::RunOutcome interpreted[std::size(modes)];
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {  // a compiled program stays so
    for (std::size_t k = 0; k < std::size(modes); ++k) {
      test::RunMode mode = modes[k];
      mode.jit = jit;
      INFO("slice " << mode.slice_fuel << ", collect at every allocation: " << mode.collect_always
                    << ", machine code: " << (jit == jit::Mode::eager));
      const test::RunOutcome actual = test::drive_program(*program, mode);
      if (!agrees(actual)) return Verdict::differ;
      if (jit == jit::Mode::off) {
        interpreted[k] = actual;
        continue;
      }
      const test::RunOutcome& other = interpreted[k];
      CHECK(actual.fuel == other.fuel);
      CHECK(actual.messages == other.messages);
      CHECK(actual.heaps == other.heaps);
      if (actual.fuel != other.fuel || actual.messages != other.messages || actual.heaps != other.heaps) {
        return Verdict::differ;
      }
    }
  }
  if (seed % kThreadedEach == 0) {
    for (const test::RunMode& mode : modes) {
      if (!agrees(test::run_program(*program, mode))) return Verdict::differ;
    }
    // Recorded with machine code, found again without, and the other way round.
    test::check_replays(*program, {.slice_fuel = 1 + seed % 97});
  }
  return Verdict::agree;
}

}  // namespace

TEST_CASE("interpreter, machine code and reference evaluator agree on generated programs") {
  stdlib::register_stdlib_natives();
  process::install();
  const std::uint64_t first = number_from("NOODLE_SEED", 1);
  const std::uint64_t count = number_from("NOODLE_PROGRAMS", 300);
  std::uint64_t found[3] = {};
  constexpr std::uint64_t kMostShown = 10;
  for (std::uint64_t seed = first; seed < first + count && found[static_cast<int>(Verdict::differ)] < kMostShown;
       ++seed) {
    ++found[static_cast<int>(compare(seed))];
  }
  MESSAGE("seeds " << first << " to " << first + count - 1 << ": " << found[0] << " agree, " << found[1]
                   << " left out by the evaluator's limits, " << found[2] << " differ");
  CHECK(found[static_cast<int>(Verdict::agree)] > found[static_cast<int>(Verdict::left_out)] * 4);
}
