// Runs a program on the calling thread, in virtual time, and takes a digest of its heaps: what two engines must agree
// on to the last byte.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "runtime/replay/drive.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/run/turn_watcher.hpp"
#include "tests/support/run_source.hpp"

namespace noodle::test {

/// Digest of the heap of every process at the end of each of its activities: all objects that no collection has removed
/// yet, in the order in which they lie, pointers relative to the heap.
class HeapDigest final : public process::TurnWatcher {
 public:
  void at_boundary(process::ProcessControl&, const process::Message*) override {}
  void begun(process::ProcessControl&) override {}
  void resumed(process::ProcessControl&, process::Wait) override {}
  void ended(process::ProcessControl& control, bool) override {
    const vm::Heap& heap = control.process.heap;
    start_ = reinterpret_cast<std::uintptr_t>(heap.start);
    used_ = heap.used_bytes();
    add(control.process.pid);
    add(heap.collected);
    add(heap.allocated_bytes_before + used_);
    for (std::size_t at = 0; at < used_;) {
      const auto* object = reinterpret_cast<const vm::Object*>(heap.start + at);
      add_object(control.process.program->classes[object->class_id()], object);
      at += vm::object_size(object);
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  /// Only what has been written: neither padding nor the free part of a storage.
  void add_object(const vm::Class& cls, const vm::Object* object) {
    add(object->header);
    const std::uint32_t id = object->class_id();
    if (id == vm::kScalarArray || id == vm::kByteArray) return;  // with the list or map that it belongs to
    std::size_t bytes = vm::object_size(object) - sizeof(vm::Object);
    if (id == bytecode::kString) bytes = sizeof(vm::StringObject) - sizeof(vm::Object) + object->length();
    if (id == bytecode::kBytes) bytes = object->length();
    add_bytes(object + 1, bytes);
    if (cls.kind == bytecode::TypeKind::list) {
      const auto* list = static_cast<const vm::ListObject*>(object);
      add_storage(list->storage, list->count);
    } else if (cls.kind == bytecode::TypeKind::map || cls.kind == bytecode::TypeKind::set) {
      const auto* map = static_cast<const vm::MapObject*>(object);
      add_storage(map->keys, map->used);
      add_storage(map->values, map->used);
      add_storage(map->live, map->used);
    }
  }
  void add_storage(const vm::Object* storage, std::int64_t count) {
    if (!storage || storage->class_id() == vm::kPointerArray) return;
    add_bytes(storage + 1, static_cast<std::size_t>(count) * (storage->class_id() == vm::kByteArray ? 1 : 8));
  }
  void add_bytes(const void* from, std::size_t bytes) {
    for (std::size_t k = 0; k < bytes; k += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<const char*>(from) + k, std::min(sizeof word, bytes - k));
      add(word - start_ < used_ ? word - start_ : word);
    }
  }
  void add(std::uint64_t word) {
    sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15;
    sum_ ^= sum_ >> 29;
  }

  std::uintptr_t start_ = 0;
  std::size_t used_ = 0;
  std::uint64_t sum_ = 0;
};

class NobodyOutside final : public process::Outside {
 public:
  bool replays() const override { return false; }
  void keep(const vm::NativeContext&, std::string_view) override {}
  std::string recall(const vm::NativeContext&) override { return {}; }
};

/// Time passes only when every process waits.
class VirtualPace final : public replay::Pace {
 public:
  explicit VirtualPace(ManualClock& clock) : clock_(clock) {}
  bool next_turn() override { return true; }
  void pause(std::int64_t due_ns) override {
    REQUIRE(due_ns != process::TimerWheel::kNever);  // else nothing would ever happen again
    clock_.advance_ns(std::max<std::int64_t>(due_ns - clock_.monotonic_ns(), 0));
  }

 private:
  ManualClock& clock_;
};

inline RunOutcome drive_program(const std::shared_ptr<const vm::Program>& program, const RunMode& mode) {
  RunOutcome outcome;
  process::RunOptions options;
  options.jit = mode.jit;
  options.slice_fuel = static_cast<std::int64_t>(mode.slice_fuel);
  options.grants = mode.grants;
  options.output = [&outcome](std::string_view text) { outcome.output += text; };
  ManualClock clock(1'000'000'000, 1'700'000'000'000'000'000);
  VirtualPace pace(clock);
  NobodyOutside outside;
  HeapDigest digest;
  vm::set_gc_stress(mode.collect_always);
  {
    replay::Drive drive(options, 64 << 20, clock, outside, &digest);
    const Result<void> started = drive.start(program, program->module.main, mode.args);
    REQUIRE(started.ok());
    REQUIRE(drive.run(pace));
    const process::RunResult result = drive.result();
    outcome.error_code = result.error_code;
    outcome.exit_code = result.exit_code;
    outcome.fuel = result.statistics.fuel;
    outcome.messages = result.statistics.messages;
    outcome.error_message = result.error_message;
    outcome.error_trace = result.error_trace;
  }
  vm::set_gc_stress(false);
  outcome.heaps = digest.sum();
  return outcome;
}

}  // namespace noodle::test
