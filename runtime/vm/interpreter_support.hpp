// What the handlers of the interpreter (interpreter.cpp, its only user) are written in: slow paths that stay out of
// line, and the notation of a handler.
//
// A handler sees the running word `ins`, its operands A, B, C (byte offsets or numbers), the registers S(offset) and
// P(offset), and ends with NEXT, TRAP or a jump. SAVE writes the loop's state to the context for code outside the loop.
#pragma once

#include <cstring>

#include "runtime/values/list.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/unwind.hpp"

// Running words hold the distance of a handler's label from the first label. Unoptimised and instrumented builds are
// too large for 16 bits; there they hold the handler's number.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__) && \
    !defined(NOODLE_LARGE_INTERPRETER)
#define NOODLE_DIRECT_DISPATCH 1
#else
#define NOODLE_DIRECT_DISPATCH 0
#endif

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace noodle::vm {
namespace {

// ---- slow paths: out of line, state saved in the context

/// The process layer shall collect a large heap before `size_bytes` are allocated.
bool wants_collector(Process& process, std::size_t size_bytes) {
  Heap& heap = process.heap;
  if (LIKELY(!heap.background) || heap.capacity_bytes() < kBackgroundHeapBytes) return false;
  if (static_cast<std::size_t>(heap.end - heap.next) >= size_bytes || heap.full) return false;
  heap.wanted_bytes = size_bytes;
  return true;
}

[[gnu::noinline]] Object* make_plain(Process& process, std::uint64_t header, std::size_t size_bytes) {
  Object* object = allocate(process, 0, 0, size_bytes);
  if (!object) return nullptr;
  object->header = header;
  std::memset(object->slots(), 0, size_bytes - sizeof(Object));
  return object;
}

/// Answer of a question that a slow path may have to decide, and that may trap.
enum class Answer : std::uint8_t { no, yes, unknown, trap };

[[gnu::noinline]] Answer texts_equal(Process& process, Object*& left, Object*& right) {
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
[[gnu::noinline]] int rope_byte(Process& process, Object*& text, std::uint64_t index) {
  if (index >= text_bytes(text)) return -1;
  std::string_view view;
  if (!contiguous_text(text, view)) {
    if (!flat_string(process, text)) return -2;
    contiguous_text(text, view);
  }
  return static_cast<std::uint8_t>(view[index]);
}

[[gnu::noinline]] bool is_of_type(const Process& process, const Object* object, std::uint32_t type) {
  return is_instance(*process.program, object->class_id(), type);
}

inline bool is_exactly(const Object* object, std::uint32_t type) {
  const std::uint32_t id = object->class_id();
  return id == type || (id == kRope && type == bytecode::kString);
}

inline bool is_subclass(const Process& process, const Object* object, std::uint64_t target) {
  const Class& cls = process.program->classes[object->class_id()];
  const auto depth = static_cast<std::uint32_t>(target >> 32);
  return cls.depth >= depth && cls.ancestors && cls.ancestors[depth] == static_cast<std::uint32_t>(target);
}

inline const Function* find_method(const Class& cls, std::uint32_t selector) {
  for (std::uint32_t at = selector;; ++at) {
    const Class::InterfaceEntry& entry = cls.interface_table[at & cls.interface_mask];
    if (LIKELY(entry.selector == selector)) return entry.function;
  }
}

constexpr std::size_t kNativeRoom = 256 << 10;  // in large heaps, so that few natives collect

/// Bytes of a String or Bytes; 0 for other objects.
inline std::size_t bulk_of(const Object* object) {
  if (!object || object->length() == 0) return 0;
  const std::uint32_t id = object->class_id();
  return id == bytecode::kString || id == bytecode::kBytes ? object->length() : id == kRope ? text_bytes(object) : 0;
}

[[gnu::noinline]] NativeStatus call_native(Process& process, const BoundNative& bound, Slot* s, Object** p) {
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

}  // namespace
}  // namespace noodle::vm

#define A static_cast<std::uint16_t>(ins >> 16)
#define B static_cast<std::uint16_t>(ins >> 32)
#define C (ins >> 48)
#define B_SIGNED                         \
  std::int64_t {                         \
    static_cast<std::int16_t>(ins >> 32) \
  }
#define C_SIGNED (static_cast<std::int64_t>(ins) >> 48)
#define D_SIGNED (static_cast<std::int64_t>(ins) >> 32)
#define S(offset) (*reinterpret_cast<Slot*>(sp + (offset)))
#define P(offset) (*reinterpret_cast<Object**>(pp + (offset)))
#define FIELD(object, offset, type) (*reinterpret_cast<type*>(reinterpret_cast<char*>(object) + (offset)))

#if NOODLE_DIRECT_DISPATCH
#define NEXT                                                                   \
  {                                                                            \
    ins = *pc++;                                                               \
    goto*(static_cast<const char*>(&&L_mov) + static_cast<std::int16_t>(ins)); \
  }
#else
#define NEXT                                                \
  {                                                         \
    ins = *pc++;                                            \
    goto* dispatch.labels[static_cast<std::uint16_t>(ins)]; \
  }
#endif
#define OP(name) L_##name:

// Saves the run at `at`, which is the instruction to continue with.
#define SAVE(at)                                 \
  {                                              \
    context->pc = (at);                          \
    context->function = function;                \
    context->s = reinterpret_cast<Slot*>(sp);    \
    context->p = reinterpret_cast<Object**>(pp); \
    context->frame = frame;                      \
    process->fuel = fuel;                        \
  }
#define TRAP(code)          \
  {                         \
    trap_code = Code::code; \
    goto raise;             \
  }
// Evaluates `call`, a slow path that may collect, charge fuel or set the pending error.
#define SLOW(call) \
  SAVE(pc - 1)     \
  call;            \
  fuel = process->fuel;
#define BURN \
  if (UNLIKELY(--fuel < 0)) goto preempt;

#define INT_OP(name, builtin, right)                                      \
  OP(name) {                                                              \
    std::int64_t result;                                                  \
    if (UNLIKELY(builtin(S(B).i, right, &result))) TRAP(integer_overflow) \
    S(A).i = result;                                                      \
    NEXT                                                                  \
  }
#define BINARY(name, field, expression) \
  OP(name) {                            \
    const auto x = S(B).field;          \
    const auto y = S(C).field;          \
    S(A) = Slot{expression};            \
    NEXT                                \
  }
#define COMPARE(name, field, operation)               \
  OP(name) {                                          \
    S(A).i = S(B).field operation S(C).field ? 1 : 0; \
    NEXT                                              \
  }
#define BRANCH(name, condition)         \
  OP(name) {                            \
    if (condition) pc += C_SIGNED;      \
    NEXT                                \
  }                                     \
  OP(l##name) {                         \
    BURN if (condition) pc += C_SIGNED; \
    NEXT                                \
  }
// Sets `answer` to the equality of the texts in two P registers.
#define EQUALITY(left, right)                               \
  Answer answer = text_equality(P(left), P(right));         \
  if (UNLIKELY(answer == Answer::unknown)) {                \
    SLOW(answer = texts_equal(*process, P(left), P(right))) \
    if (UNLIKELY(answer == Answer::trap)) goto thrown;      \
  }
#define TEXT_BRANCH(name, wanted)           \
  OP(l##name) BURN OP(name) {               \
    EQUALITY(A, B)                          \
    if (answer == (wanted)) pc += C_SIGNED; \
    NEXT                                    \
  }
#define CAST(name, test)                  \
  OP(name) {                              \
    Object* object = P(B);                \
    if (UNLIKELY(!object)) TRAP(null_use) \
    const std::uint64_t target = *pc;     \
    if (UNLIKELY(!(test))) TRAP(bad_cast) \
    ++pc;                                 \
    P(A) = object;                        \
    NEXT                                  \
  }
#define CAST_NULLABLE(name, test)                   \
  OP(name) {                                        \
    Object* object = P(B);                          \
    const std::uint64_t target = *pc;               \
    if (UNLIKELY(object && !(test))) TRAP(bad_cast) \
    ++pc;                                           \
    P(A) = object;                                  \
    NEXT                                            \
  }
#define LIST_OF(register) static_cast<ListObject*>(P(register))
#define CHECKED_INDEX(list, register) \
  const auto index = S(register).u;   \
  if (UNLIKELY(index >= static_cast<std::uint64_t>((list)->count))) TRAP(index_out_of_range)
#define LIST_GET(name, target, element)  \
  OP(name) {                             \
    const ListObject* list = LIST_OF(B); \
    CHECKED_INDEX(list, C)               \
    target = list->storage->element;     \
    NEXT                                 \
  }
#define LIST_SET(name, element, value)   \
  OP(name) {                             \
    const ListObject* list = LIST_OF(A); \
    CHECKED_INDEX(list, B)               \
    list->storage->element = value;      \
    NEXT                                 \
  }
#define LIST_PUSH(name, kind, element, value)                                                        \
  OP(name) {                                                                                         \
    ListObject* list = LIST_OF(A);                                                                   \
    const std::int64_t index = list->count;                                                          \
    if (UNLIKELY(!list->storage || index >= static_cast<std::int64_t>(list->storage->length()))) {   \
      SAVE(pc - 1)                                                                                   \
      if (wants_collector(*process, 24 * static_cast<std::size_t>(index))) goto stop_for_collection; \
      if (is_bulk(process->heap, 8 * static_cast<std::size_t>(index))) goto stop_for_collection;     \
      const bool grown = grow_list_by_one(*process, P(A), Storage::kind);                            \
      fuel = process->fuel;                                                                          \
      if (UNLIKELY(!grown)) goto thrown;                                                             \
      list = LIST_OF(A);                                                                             \
    }                                                                                                \
    list->storage->element = value;                                                                  \
    list->count = index + 1;                                                                         \
    NEXT                                                                                             \
  }
// Enters `callee`, whose window is at A and B. pc is behind the call's first word.
#define ENTER(callee_expression)                                                                                     \
  {                                                                                                                  \
    const Function* callee = (callee_expression);                                                                    \
    char* new_sp = sp + A;                                                                                           \
    char* new_pp = pp + B;                                                                                           \
    if (UNLIKELY(reinterpret_cast<std::uintptr_t>(new_sp) + reinterpret_cast<std::uintptr_t>(new_pp) +               \
                         sizeof(Slot) * (std::size_t{callee->scalar_registers} + callee->pointer_registers) >        \
                     context->stack_limit ||                                                                         \
                 frame >= context->frames_end))                                                                      \
      TRAP(stack_overflow)                                                                                           \
    frame->return_pc = pc + 1;                                                                                       \
    frame->function = function;                                                                                      \
    ++frame;                                                                                                         \
    sp = new_sp;                                                                                                     \
    pp = new_pp;                                                                                                     \
    function = callee;                                                                                               \
    pc = callee->code;                                                                                               \
    for (std::size_t k = callee->pointer_args; k < callee->pointer_registers; ++k) P(k * sizeof(Object*)) = nullptr; \
    NEXT                                                                                                             \
  }
#define LEAVE                                          \
  {                                                    \
    --frame;                                           \
    pc = frame->return_pc;                             \
    function = frame->function;                        \
    const std::uint64_t call_word = pc[-2];            \
    sp -= static_cast<std::uint16_t>(call_word >> 16); \
    pp -= static_cast<std::uint16_t>(call_word >> 32); \
    NEXT                                               \
  }
// Runs a native or actor operation; `words` behind pc belong to the instruction.
#define OUTSIDE(call, words)                              \
  {                                                       \
    BURN SAVE(pc - 1) const NativeStatus status = (call); \
    fuel = process->fuel;                                 \
    if (UNLIKELY(status != NativeStatus::ok)) {           \
      if (status == NativeStatus::trap) goto thrown;      \
      if (status == NativeStatus::again) goto again;      \
      context->pc = pc + (words);                         \
      goto parked;                                        \
    }                                                     \
    pc += (words);                                        \
    NEXT                                                  \
  }
