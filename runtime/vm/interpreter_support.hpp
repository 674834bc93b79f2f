// The notation that the handlers of the interpreter (interpreter.cpp, its only user) are written in.
//
// A handler sees the running word `ins`, its operands A, B, C (byte offsets or numbers), the registers S(offset) and
// P(offset), and ends with NEXT, TRAP or a jump. SAVE writes the loop's state to the context for code outside the loop.
#pragma once

#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/instruction_support.hpp"

// Running words hold the distance of a handler's label from the first label. Unoptimised and instrumented builds are
// too large for 16 bits; there they hold the handler's number.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__) && \
    !defined(NOODLE_LARGE_INTERPRETER)
#define NOODLE_DIRECT_DISPATCH 1
#else
#define NOODLE_DIRECT_DISPATCH 0
#endif

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

// Back edges and entries change once, when a function gets machine code. On x86-64 any load of them is atomic; only
// TSan has to be told.
#if defined(__SANITIZE_THREAD__)
#define FETCH(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#else
#define FETCH(place) (*(place))
#endif
#if NOODLE_DIRECT_DISPATCH
#define GO_TO(handler) goto*(static_cast<const char*>(&&L_mov) + static_cast<std::int16_t>(handler));
#else
#define GO_TO(handler) goto* dispatch.labels[static_cast<std::uint16_t>(handler)];
#endif
// Tests look at every instruction (tests/support/shadow.hpp).
#if defined(NOODLE_WATCH_INSTRUCTIONS)
#define WATCH watch_instruction(function, pc, reinterpret_cast<Object**>(pp));
#else
#define WATCH
#endif
#define NEXT                 \
  {                          \
    WATCH ins = FETCH(pc++); \
    GO_TO(ins)               \
  }
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
    pc = FETCH(&callee->entry);                                                                                      \
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
