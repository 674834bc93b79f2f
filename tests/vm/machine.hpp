// Runs functions of hand-made modules: calmly, with a collection at every allocation, and in slices of 1 to 7 units of
// fuel. All runs must agree.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/values/value.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"
#include "tests/support/module_builder.hpp"

namespace noodle::test {

/// What a run left: its value as text, or its error.
struct Outcome {
  vm::RunStatus status{};
  std::string value;       // text of the result; "" for none
  std::uint16_t code = 0;  // of an uncaught error
  std::string message, trace;
  std::uint64_t fuel = 0;
  std::uint64_t collections = 0;

  bool operator==(const Outcome& other) const {
    return status == other.status && value == other.value && code == other.code && message == other.message &&
           trace == other.trace;
  }
};

/// A process with its context, for one program.
class Machine {
 public:
  explicit Machine(std::shared_ptr<const vm::Program> program) : program_(std::move(program)) {
    context_ = vm::create_context();
    REQUIRE(context_);
    process_.program = program_.get();
    process_.limits = &limits_;
    process_.heap.limit_bytes = limits_.memory_bytes;
  }
  ~Machine() {
    vm::discard_frames(process_);
    vm::release_heap(process_);
    vm::destroy_context(context_);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  vm::Process& process() { return process_; }
  vm::ProcessLimits& limits() { return limits_; }
  vm::Context& context() { return *context_; }
  const vm::Program& program() const { return *program_; }

  /// Fills the arguments at the base of the stacks.
  using Arguments = std::function<void(vm::Process&)>;

  /// Calls a function by index and runs it to its end in slices of `slice` units.
  Outcome call(std::uint32_t function, std::int64_t slice, const Arguments& arguments = {}) {
    process_.heap.limit_bytes = limits_.memory_bytes;
    vm::bind(process_, *context_);
    if (arguments) arguments(process_);
    vm::begin_call(process_, program_->functions[function]);
    Outcome out;
    std::uint64_t runs = 0;
    do {
      out.status = vm::run(process_, slice);
      if (++runs % 3 == 0 && out.status == vm::RunStatus::preempted) {  // park and resume now and then
        if (vm::save_frames(process_)) vm::restore_frames(process_, *context_);
      }
    } while (out.status == vm::RunStatus::preempted);
    out.fuel = process_.fuel_spent;
    out.collections = process_.heap.collected;
    if (out.status == vm::RunStatus::done) out.value = result(program_->functions[function]);
    if (out.status == vm::RunStatus::failed) {
      const vm::Object* error = process_.pending_error;
      out.code = static_cast<std::uint16_t>(error->slots()[vm::kErrorCode].i);
      out.message = vm::value_text(*program_, error->pointers()[vm::kErrorMessage], 1 << 20);
      out.trace = vm::value_text(*program_, error->pointers()[vm::kErrorTrace], 1 << 20);
    }
    return out;
  }

 private:
  std::string result(const vm::Function& function) {
    const TypeIndex type = function.def->signature.result.index;
    if (function.result == 's') return vm::scalar_text(*program_, type, context_->scalars[0]);
    if (function.result == 'p') return vm::value_text(*program_, context_->pointers[0], 1 << 20);
    return "";
  }

  std::shared_ptr<const vm::Program> program_;
  vm::ProcessLimits limits_;
  vm::Process process_;
  vm::Context* context_ = nullptr;
};

/// Collects at every allocation while it lives.
struct GcStress {
  GcStress() { vm::set_gc_stress(true); }
  ~GcStress() { vm::set_gc_stress(false); }
};

inline std::shared_ptr<const vm::Program> link_program(const ModuleBuilder& builder) {
  auto linked = vm::link(builder.build());
  if (!linked) FAIL(linked.error().to_string());
  return *linked;
}

/// Runs a function in every mode; the modes must agree. Fuel must be the same in all slices.
inline Outcome run_everywhere(const std::shared_ptr<const vm::Program>& program, std::uint32_t function,
                              const Machine::Arguments& arguments = {},
                              const std::function<void(vm::ProcessLimits&)>& limit = {}) {
  const auto once = [&](std::int64_t slice) {
    Machine machine(program);
    if (limit) limit(machine.limits());
    return machine.call(function, slice, arguments);
  };
  constexpr std::int64_t kWhole = 1'000'000'000'000;
  const Outcome calm = once(kWhole);
  for (const std::int64_t slice : {1, 2, 3, 5, 7}) {
    const Outcome sliced = once(slice);
    CAPTURE(slice);
    CHECK(sliced.value == calm.value);
    CHECK(sliced.code == calm.code);
    CHECK(sliced.message == calm.message);
    CHECK(sliced.trace == calm.trace);
    CHECK(sliced.fuel == calm.fuel);
    CHECK(sliced.collections == calm.collections);
  }
  const GcStress stress;
  for (const std::int64_t slice : {kWhole, std::int64_t{1}, std::int64_t{3}}) {
    const Outcome stressed = once(slice);
    CAPTURE(slice);
    CHECK(stressed.value == calm.value);
    CHECK(stressed.code == calm.code);
    CHECK(stressed.message == calm.message);
    CHECK(stressed.trace == calm.trace);
  }
  return calm;
}

inline Outcome run_everywhere(const ModuleBuilder& builder, std::uint32_t function = 0,
                              const Machine::Arguments& arguments = {},
                              const std::function<void(vm::ProcessLimits&)>& limit = {}) {
  return run_everywhere(link_program(builder), function, arguments, limit);
}

/// Builds a module whose function 0 is made by `body`, and runs it everywhere.
inline Outcome run_code(TypeRef result, const std::function<void(ModuleBuilder&, FunctionBuilder&)>& body) {
  ModuleBuilder builder;
  FunctionBuilder& function = builder.function("main", {}, result);
  body(builder, function);
  return run_everywhere(builder);
}

}  // namespace noodle::test
