// What instructions do beyond their few machine instructions: used by the interpreter and by machine code's helpers.
//
// Slow paths are out of line and find the state of the run saved in the Context.
#pragma once

#include <atomic>
#include <cstring>

#include "runtime/values/list.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/unwind.hpp"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace noodle::vm {

/// The process layer shall collect a large heap before `size_bytes` are allocated.
inline bool wants_collector(Process& process, std::size_t size_bytes) {
  Heap& heap = process.heap;
  if (LIKELY(!heap.background) || heap.capacity_bytes() < kBackgroundHeapBytes) return false;
  if (static_cast<std::size_t>(heap.end - heap.next) >= size_bytes || heap.full) return false;
  heap.wanted_bytes = size_bytes;
  return true;
}

[[gnu::noinline]] inline Object* make_plain(Process& process, std::uint64_t header, std::size_t size_bytes) {
  Object* object = allocate(process, 0, 0, size_bytes);
  if (!object) return nullptr;
  object->header = header;
  std::memset(object->slots(), 0, size_bytes - sizeof(Object));
  return object;
}

/// Answer of a question that a slow path may have to decide, and that may trap.
enum class Answer : std::uint8_t { no, yes, unknown, trap };

[[gnu::noinline]] inline Answer texts_equal(Process& process, Object*& left, Object*& right) {
  bool failed = false;
  const bool equal = equal_texts(process, left, right, failed);
  return failed ? Answer::trap : equal ? Answer::yes : Answer::no;
}

/// Equality of two texts, unknown when one is a rope.
inline Answer text_equality(const Object* a, const Object* b) {
  if (a == b) return Answer::yes;
  if (UNLIKELY(a->class_id() != bytecode::kString || b->class_id() != bytecode::kString)) return Answer::unknown;
  if (a->length() != b->length()) return Answer::no;
  return std::memcmp(a->slots() + 1, b->slots() + 1, a->length()) == 0 ? Answer::yes : Answer::no;
}

/// Byte of a text that is not a flat String; -1 out of range, -2 trap pending.
[[gnu::noinline]] inline int rope_byte(Process& process, Object*& text, std::uint64_t index) {
  if (index >= text_bytes(text)) return -1;
  std::string_view view;
  if (!contiguous_text(text, view)) {
    if (!flat_string(process, text)) return -2;
    contiguous_text(text, view);
  }
  return static_cast<std::uint8_t>(view[index]);
}

[[gnu::noinline]] inline bool is_of_type(const Process& process, const Object* object, std::uint32_t type) {
  return is_instance(*process.program, object->class_id(), type);
}

inline bool is_exactly(const Object* object, std::uint32_t type) {
  const std::uint32_t id = object->class_id();
  return id == type || (id == kRope && type == bytecode::kString);
}

inline bool is_subclass(const Program& program, const Object* object, std::uint64_t target) {
  const Class& cls = program.classes[object->class_id()];
  const auto depth = static_cast<std::uint32_t>(target >> 32);
  return cls.depth >= depth && cls.ancestors && cls.ancestors[depth] == static_cast<std::uint32_t>(target);
}

inline const Function* find_method(const Class& cls, std::uint32_t selector) {
  for (std::uint32_t at = selector;; ++at) {
    const Class::InterfaceEntry& entry = cls.interface_table[at & cls.interface_mask];
    if (LIKELY(entry.selector == selector)) return entry.function;
  }
}

inline MachineCode machine_code(const Function& function) {
  return std::atomic_ref(function.machine).load(std::memory_order_acquire);
}

constexpr std::size_t kNativeRoom = 256 << 10;  // in large heaps, so that few natives collect

/// Bytes of a String or Bytes; 0 for other objects.
inline std::size_t bulk_of(const Object* object) {
  if (!object || object->length() == 0) return 0;
  const std::uint32_t id = object->class_id();
  return id == bytecode::kString || id == bytecode::kBytes ? object->length() : id == kRope ? text_bytes(object) : 0;
}

[[gnu::noinline]] inline NativeStatus call_native(Process& process, const BoundNative& bound, Slot* s, Object** p) {
  if (UNLIKELY(!bound.entry)) {
    raise_trap(process, Code::host_module_missing);
    return NativeStatus::trap;
  }
  if (UNLIKELY(bound.capability_bit & ~process.capabilities)) {
    raise_trap(process, Code::capability_missing);
    return NativeStatus::trap;
  }
  if (UNLIKELY(wants_collector(process, kNativeRoom))) return NativeStatus::again;
  if (bound.pointer_args > 0 && UNLIKELY(is_bulk(process.heap, bulk_of(p[0])))) return NativeStatus::again;
  NativeContext native{*process.context, process, *process.program, bound, s, p};
  return bound.entry->function(native);
}

}  // namespace noodle::vm
