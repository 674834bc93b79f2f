// Golden programs: every .nc file here (and every folder with a noodle.toml) states in comments what it does.
//
//   // expect: LINE                          next line of its output
//   // expect error: NNNN [line N]           it ends with this error (thrown in that line of the file)
//   // expect compile error: NNNN line N     it is not compiled, for exactly these reasons
//   // grants: NAME:RESOURCE ...             capabilities of the run; $TMP is an empty folder of its own
//   // args: WORD ...                        arguments of main
//   // heavy                                 runs calmly only, not under stress
//
// UPDATE_GOLDEN=1 moves expectations that do not hold to the end of the file and makes them hold. GOLDEN=part runs only
// programs whose path contains that part.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "runtime/codegen/coverage.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/recorded_run.hpp"
#include "tests/support/run_source.hpp"

namespace {

namespace fs = std::filesystem;
using namespace noodle;

const fs::path kRoot = fs::path(NOODLE_SOURCE_DIR) / "tests/golden";

struct Golden {
  fs::path path;  // what is compiled
  fs::path file;  // what holds the expectations
  std::vector<std::string> output, compile_errors, grants, args;
  std::string error;  // "1602 line 7"
  bool heavy = false;
};

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word);
  return result;
}

bool directive(const std::string& line, const std::string& name, std::string& rest) {
  const std::size_t start = line.find_first_not_of(' ');
  if (start == std::string::npos || line.compare(start, name.size(), name) != 0) return false;
  rest = line.substr(start + name.size());
  if (!rest.empty() && rest[0] == ' ') rest.erase(0, 1);
  return true;
}

Golden read_golden(const fs::path& path) {
  Golden golden{.path = path,
                .file = fs::is_directory(path) ? path / "src/main.nc" : path,
                .output = {},
                .compile_errors = {},
                .grants = {},
                .args = {},
                .error = {}};
  std::ifstream in(golden.file);
  std::string rest;
  for (std::string line; std::getline(in, line);) {
    if (directive(line, "// expect compile error:", rest)) {
      golden.compile_errors.push_back(rest);
    } else if (directive(line, "// expect error:", rest)) {
      golden.error = rest;
    } else if (directive(line, "// expect:", rest)) {
      golden.output.push_back(rest);
    } else if (directive(line, "// grants:", rest)) {
      golden.grants = words(rest);
    } else if (directive(line, "// args:", rest)) {
      golden.args = words(rest);
    } else if (line == "// heavy") {
      golden.heavy = true;
    }
  }
  return golden;
}

std::vector<Golden> all_goldens() {
  const char* part = std::getenv("GOLDEN");
  std::vector<Golden> goldens;
  for (auto at = fs::recursive_directory_iterator(kRoot); at != fs::recursive_directory_iterator(); ++at) {
    const fs::path& path = at->path();
    const bool package = at->is_directory() && fs::exists(path / "noodle.toml");
    if (package) at.disable_recursion_pending();
    if (!package && path.extension() != ".nc") continue;
    if (package && !fs::exists(path / "src/main.nc")) continue;  // a library that others use
    if (!part || path.string().find(part) != std::string::npos) goldens.push_back(read_golden(path));
  }
  std::sort(goldens.begin(), goldens.end(), [](const Golden& a, const Golden& b) { return a.path < b.path; });
  return goldens;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// "1602 line 7": the line is that of the innermost frame in the golden file.
std::string error_text(const Golden& golden, const test::RunOutcome& outcome) {
  if (outcome.error_code == 0) return {};
  std::string text = std::to_string(outcome.error_code);
  if (golden.error.find("line") == std::string::npos) return text;
  const std::string name = golden.file.filename().string() + ":";
  for (const std::string& frame : lines_of(outcome.error_trace)) {
    const std::size_t at = frame.find(name);
    if (at == std::string::npos) continue;
    return text + " line " + std::to_string(std::atoi(frame.c_str() + at + name.size()));
  }
  return text + " without a line";
}

void update(const Golden& golden, const std::vector<std::string>& expectations, const char* kind) {
  std::ifstream in(golden.file);
  std::string text;
  std::string rest;
  for (std::string line; std::getline(in, line);) {
    if (!directive(line, kind, rest)) text += line + "\n";
  }
  in.close();
  std::ofstream out(golden.file);
  out << text;
  for (const std::string& expectation : expectations)
    out << kind << (expectation.empty() ? "" : " ") << expectation << "\n";
}

template <class T>
std::string joined(const std::vector<T>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> compile_errors(const package::Compilation& compilation) {
  std::vector<std::string> errors;
  for (const lang::Diagnostic& diagnostic : compilation.diagnostics.all()) {
    if (diagnostic.severity != lang::Severity::error) continue;
    const auto line = diagnostic.file ? diagnostic.file->position(diagnostic.span.start).line : 0;
    errors.push_back(std::to_string(static_cast<int>(diagnostic.code)) + " line " + std::to_string(line));
  }
  return errors;
}

std::string rendered(const package::Compilation& compilation) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : compilation.diagnostics.all())
    text += lang::render(diagnostic, false) + "\n";
  return text;
}

/// A folder of its own for a run, removed afterwards.
struct Scratch {
  Scratch() {
    std::string name = (fs::temp_directory_path() / "noodle-golden-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::vector<std::string> fill(std::vector<std::string> texts) const {
    for (std::string& text : texts) {
      const std::size_t at = text.find("$TMP");
      if (at != std::string::npos) text.replace(at, 4, path);
    }
    return texts;
  }
  std::string path;
};

struct Mode {
  const char* name;
  std::uint64_t slice_fuel;
  bool collect_always;
  std::uint32_t workers;
  jit::Mode jit = jit::Mode::on;
};
constexpr Mode kModes[] = {{"calm", 4000, false, 1},
                           {"slices of 1", 1, false, 1},
                           {"collections at every allocation", 4000, true, 1},
                           {"two workers", 100, false, 2}};

/// True if the program did what it states.
bool run(const Golden& golden, const std::shared_ptr<const vm::Program>& program, const Mode& mode) {
  const Scratch scratch;
  const test::RunOutcome outcome = test::run_program(program, {.slice_fuel = mode.slice_fuel,
                                                               .collect_always = mode.collect_always,
                                                               .workers = mode.workers,
                                                               .jit = mode.jit,
                                                               .grants = scratch.fill(golden.grants),
                                                               .args = scratch.fill(golden.args)});
  CAPTURE(std::string(mode.name));
  CAPTURE(outcome.error_message);
  CAPTURE(outcome.error_trace);
  const std::vector<std::string> output = lines_of(outcome.output);
  const std::string error = error_text(golden, outcome);
  if (std::getenv("UPDATE_GOLDEN") && &mode == kModes) {
    if (output != golden.output) update(golden, output, "// expect:");
    if (error != golden.error)
      update(golden, error.empty() ? std::vector<std::string>{} : std::vector{error}, "// expect error:");
    return true;
  }
  CHECK(joined(output) == joined(golden.output));
  CHECK(error == golden.error);
  return output == golden.output && error == golden.error;
}

/// Marks change nothing, and what is compiled has a mark for each of its points.
void check_coverage(const Golden& golden) {
  package::CompileOptions options;
  options.coverage = true;
  auto compiled = package::compile_path(golden.path.string(), options);
  REQUIRE((compiled.ok() && (*compiled)->module));
  auto program = vm::link(*(*compiled)->module);
  REQUIRE(program.ok());
  for (const jit::Mode jit : {jit::Mode::eager, jit::Mode::off})
    run(golden, *program, {"marks for coverage", 4000, false, 1, jit});
  using bytecode::CoveragePoint;
  std::map<std::string, std::set<CoveragePoint>> marked;
  for (const vm::Function& function : (*program)->functions) {
    for (const auto& [word, point] : function.def->marks) {
      std::set<CoveragePoint>& points = marked[(*program)->module.files[function.def->file]];
      points.insert(point);
      if (point.kind == CoveragePoint::Kind::edge) points.insert({CoveragePoint::Kind::line, point.line});
    }
  }
  for (const auto& [file, points] : codegen::points_of(*(*compiled)->program)) {
    const auto is_marked = [&points = marked[file]](const auto& item) { return points.contains(item.first); };
    const bool all_used = std::all_of(points.begin(), points.end(), [&is_marked](const auto& item) {
      return item.first.kind != CoveragePoint::Kind::function || is_marked(item);
    });
    const auto missing = std::find_if_not(points.begin(), points.end(), is_marked);
    if (all_used) CHECK_MESSAGE(missing == points.end(), file << ":" << missing->first.line << " has no mark");
  }
}

void check_golden(const Golden& golden) {
  package::CompileOptions options;
  options.need_main = true;
  auto compiled = package::compile_path(golden.path.string(), options);
  CHECK_MESSAGE(compiled.ok(), (compiled ? "" : compiled.error().message));
  if (!compiled) return;
  const package::Compilation& compilation = **compiled;
  if (!compilation.module || !golden.compile_errors.empty()) {
    const std::vector<std::string> errors = compile_errors(compilation);
    if (errors != golden.compile_errors && std::getenv("UPDATE_GOLDEN"))
      return update(golden, errors, "// expect compile error:");
    INFO(rendered(compilation));
    CHECK(joined(errors) == joined(golden.compile_errors));
    CHECK((compilation.module.has_value() || !errors.empty()));
    return;
  }
  auto program = vm::link(*compilation.module);
  if (!program) {
    INFO(program.error().message);
    CHECK(std::to_string(program.error().number()) == golden.error);
    return;
  }
  for (const Mode& mode : kModes) {
    if (&mode != kModes && golden.heavy) break;
    if (!run(golden, *program, mode)) break;
  }
  check_coverage(golden);
  if (golden.heavy) return;
  const Scratch scratch;
  INFO("recorded and replayed");
  test::check_replays(*program, {.grants = scratch.fill(golden.grants), .args = scratch.fill(golden.args)});
}

}  // namespace

TEST_CASE("golden programs do what they state") {
  process::install();
  stdlib::register_stdlib_natives();
  for (const Golden& golden : all_goldens()) {
    INFO(golden.path.string());
    check_golden(golden);
  }
}
