// Programs from source text, values made by them, and systems that run them.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::test {

/// Compiles and links; throws when the text is not a program. Without optimisation every function stays.
inline std::shared_ptr<const vm::Program> program_of(const std::string& text, bool optimise = true) {
  stdlib::register_stdlib_natives();
  process::install();
  auto compilation = package::compile_text("test.nc", text, {.optimise = optimise});
  if (!compilation->module) {
    std::string message = "does not compile";
    for (const auto& diagnostic : compilation->diagnostics.all()) message += "\n" + diagnostic.message;
    throw std::runtime_error(message);
  }
  auto program = vm::link(std::move(*compilation->module));
  if (!program) throw std::runtime_error(program.error().to_string());
  return *program;
}

/// A process without process layer, for making and looking at values.
class BareProcess {
 public:
  explicit BareProcess(std::shared_ptr<const vm::Program> program)
      : program_(std::move(program)), context_(vm::create_context()) {
    process.program = program_.get();
    vm::bind(process, *context_);
  }
  ~BareProcess() {
    vm::discard_frames(process);
    vm::release_heap(process);
    vm::destroy_context(context_);
  }
  BareProcess(const BareProcess&) = delete;

  /// Result of a function without parameters that returns an object.
  vm::Object* call(const std::string& name) {
    for (const vm::Function& function : program_->functions) {
      if (function.def->name != name) continue;
      vm::begin_call(process, function);
      if (vm::run(process, 100'000'000) != vm::RunStatus::done) throw std::runtime_error(name + " did not end");
      return context_->pointers[0];
    }
    throw std::runtime_error("no function " + name);
  }
  std::string text(const vm::Object* value) const { return vm::value_text(*program_, value, 1 << 20); }
  const vm::Program& program() const { return *program_; }

  vm::Process process;

 private:
  std::shared_ptr<const vm::Program> program_;
  vm::Context* context_;
};

/// What a program printed and how it ended.
struct Ran {
  std::string output;
  process::RunResult result;
};

inline Ran run_text(const std::string& text, unsigned workers = 2, process::RunOptions options = {}) {
  Ran ran;
  options.workers = workers;
  options.output = [&ran](std::string_view line) { ran.output += line; };
  if (options.time_limit_ms == 0) options.time_limit_ms = 120'000;
  ran.result = process::run_program(program_of(text), {}, options);
  return ran;
}

}  // namespace noodle::test
