#include "runtime/vm/interpreter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

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

struct DispatchTable {
  std::uint16_t codes[kHandlerCount];
  const void* labels[kHandlerCount + 1];
  std::uint64_t halt[3];  // return address of the outermost frame is behind the first two words
};

DispatchTable dispatch;

RunStatus interpret(Process* process, std::int64_t fuel);

const DispatchTable& initialised_dispatch() {
  static const bool done = (interpret(nullptr, 0), true);
  static_cast<void>(done);
  return dispatch;
}

// ---- slow paths: out of line, state saved in the context

/// The process layer shall collect a large heap before `size_bytes` are allocated.
bool wants_collector(Process& process, std::size_t size_bytes) {
  Heap& heap = process.heap;
  if (LIKELY(!heap.background) || heap.capacity_bytes() < kBackgroundHeapBytes) return false;
  if (static_cast<std::size_t>(heap.end - heap.next) >= size_bytes) return false;
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

[[gnu::noinline]] NativeStatus call_native(Process& process, const BoundNative& bound, Slot* s, Object** p) {
  if (UNLIKELY(!bound.entry)) {
    raise_trap(process, Code::host_module_missing);
    return NativeStatus::trap;
  }
  if (UNLIKELY(bound.capability_bit & ~process.capabilities)) {
    raise_trap(process, Code::capability_missing);
    return NativeStatus::trap;
  }
  NativeContext native{*process.context, process, *process.program, bound, s, p};
  return bound.entry->function(native);
}

// ---- the loop

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

// clang-format off
RunStatus interpret(Process* process, std::int64_t fuel) {
  if (UNLIKELY(!process)) {
    static const void* const labels[] = {
#define NOODLE_HANDLER(name, words, layout) &&L_##name,
#define NOODLE_FUSED(name, first, second) &&L_##name,
#include "runtime/vm/handlers.def"
#undef NOODLE_FUSED
#undef NOODLE_HANDLER
    };
    const auto code_of = [&](const void* label, std::size_t number) -> std::uint16_t {
#if NOODLE_DIRECT_DISPATCH
      static_cast<void>(number);
      const std::ptrdiff_t offset = static_cast<const char*>(label) - static_cast<const char*>(labels[0]);
      if (offset != static_cast<std::int16_t>(offset)) {
        std::fputs("interpreter: a handler is out of reach; build with -DNOODLE_LARGE_INTERPRETER\n", stderr);
        std::abort();
      }
      return static_cast<std::uint16_t>(offset);
#else
      static_cast<void>(label);
      return static_cast<std::uint16_t>(number);
#endif
    };
    for (std::size_t k = 0; k < kHandlerCount; ++k) {
      dispatch.labels[k] = labels[k];
      dispatch.codes[k] = code_of(labels[k], k);
    }
    dispatch.labels[kHandlerCount] = &&L_halt;
    dispatch.halt[2] = code_of(&&L_halt, kHandlerCount);
    return RunStatus::done;
  }

  Context* const context = process->context;
  const std::uint64_t* pc;
  const Function* function;
  char* sp;
  char* pp;
  Frame* frame;
  std::uint64_t ins;
  Code trap_code;

  if (UNLIKELY(process->pending_error)) goto unwind_frames;
resume:
  pc = context->pc;
  function = context->function;
  sp = reinterpret_cast<char*>(context->s);
  pp = reinterpret_cast<char*>(context->p);
  frame = context->frame;
  NEXT

  // ---- moves and constants
  OP(mov) { S(A) = S(B); NEXT }
  OP(mvp) { P(A) = P(B); NEXT }
  OP(ldi) { S(A).i = D_SIGNED; NEXT }
  OP(ldk) { S(A).u = *pc++; NEXT }
  OP(ldn) { P(A) = nullptr; NEXT }
  OP(ldo) { P(A) = reinterpret_cast<Object*>(*pc++); NEXT }

  // ---- int
  INT_OP(add, __builtin_add_overflow, S(C).i)
  INT_OP(sub, __builtin_sub_overflow, S(C).i)
  INT_OP(mul, __builtin_mul_overflow, S(C).i)
  INT_OP(addk, __builtin_add_overflow, C_SIGNED)
  INT_OP(mulk, __builtin_mul_overflow, C_SIGNED)
  OP(div) {
    const std::int64_t divisor = S(C).i;
    if (UNLIKELY(static_cast<std::uint64_t>(divisor) + 1 <= 1)) {
      if (divisor == 0) TRAP(division_by_zero)
      if (S(B).i == std::numeric_limits<std::int64_t>::min()) TRAP(integer_overflow)
      S(A).i = -S(B).i;
      NEXT
    }
    S(A).i = S(B).i / divisor;
    NEXT
  }
  OP(mod) {
    const std::int64_t divisor = S(C).i;
    if (UNLIKELY(static_cast<std::uint64_t>(divisor) + 1 <= 1)) {
      if (divisor == 0) TRAP(division_by_zero)
      S(A).i = 0;
      NEXT
    }
    S(A).i = S(B).i % divisor;
    NEXT
  }
  OP(divk) { S(A).i = S(B).i / C_SIGNED; NEXT }
  OP(modk) { S(A).i = S(B).i % C_SIGNED; NEXT }
  OP(neg) {
    if (UNLIKELY(S(B).i == std::numeric_limits<std::int64_t>::min())) TRAP(integer_overflow)
    S(A).i = -S(B).i;
    NEXT
  }
  OP(band) { S(A).u = S(B).u & S(C).u; NEXT }
  OP(bor) { S(A).u = S(B).u | S(C).u; NEXT }
  OP(bxor) { S(A).u = S(B).u ^ S(C).u; NEXT }
  OP(bandk) { S(A).i = S(B).i & C_SIGNED; NEXT }
  OP(bnot) { S(A).u = ~S(B).u; NEXT }
  OP(shl) {
    const std::uint64_t count = S(C).u;
    if (UNLIKELY(count > 63)) TRAP(bad_shift)
    S(A).u = S(B).u << count;
    NEXT
  }
  OP(shr) {
    const std::uint64_t count = S(C).u;
    if (UNLIKELY(count > 63)) TRAP(bad_shift)
    S(A).i = S(B).i >> count;
    NEXT
  }
  OP(shlk) { S(A).u = S(B).u << (C & 63); NEXT }
  OP(shrk) { S(A).i = S(B).i >> (C & 63); NEXT }
  OP(wadd) { S(A).u = S(B).u + S(C).u; NEXT }
  OP(wsub) { S(A).u = S(B).u - S(C).u; NEXT }
  OP(wmul) { S(A).u = S(B).u * S(C).u; NEXT }

  // ---- float
  OP(fadd) { S(A).f = S(B).f + S(C).f; NEXT }
  OP(fsub) { S(A).f = S(B).f - S(C).f; NEXT }
  OP(fmul) { S(A).f = S(B).f * S(C).f; NEXT }
  OP(fdiv) { S(A).f = S(B).f / S(C).f; NEXT }
  OP(fmod) { S(A).f = std::fmod(S(B).f, S(C).f); NEXT }
  OP(fneg) { S(A).f = -S(B).f; NEXT }
  OP(fabs) { S(A).f = std::fabs(S(B).f); NEXT }
  OP(fsqrt) { S(A).f = std::sqrt(S(B).f); NEXT }
  OP(i2f) { S(A).f = static_cast<double>(S(B).i); NEXT }
  OP(f2i) {
    const double value = S(B).f;
    if (UNLIKELY(!(value >= -0x1p63 && value < 0x1p63))) TRAP(float_to_int)
    S(A).i = static_cast<std::int64_t>(value);
    NEXT
  }
  OP(i2b) {
    if (UNLIKELY(S(B).u > 255)) TRAP(integer_overflow)
    S(A) = S(B);
    NEXT
  }

  // ---- comparison into a register
  COMPARE(seq, i, ==)
  COMPARE(sne, i, !=)
  COMPARE(slt, i, <)
  COMPARE(sle, i, <=)
  COMPARE(fseq, f, ==)
  COMPARE(fsne, f, !=)
  COMPARE(fslt, f, <)
  COMPARE(fsle, f, <=)
  OP(not_) { S(A).i = S(B).i == 0; NEXT }
  OP(pnul) { S(A).i = P(B) == nullptr; NEXT }
  OP(peq) { S(A).i = P(B) == P(C); NEXT }

  // ---- branches, forward and back
  OP(jmp) { pc += C_SIGNED; NEXT }
  OP(ljmp) { BURN pc += C_SIGNED; NEXT }
  BRANCH(jt, S(A).i != 0)
  BRANCH(jf, S(A).i == 0)
  BRANCH(jeq, S(A).i == S(B).i)
  BRANCH(jne, S(A).i != S(B).i)
  BRANCH(jlt, S(A).i < S(B).i)
  BRANCH(jle, S(A).i <= S(B).i)
  BRANCH(jeqk, S(A).i == B_SIGNED)
  BRANCH(jnek, S(A).i != B_SIGNED)
  BRANCH(jltk, S(A).i < B_SIGNED)
  BRANCH(jlek, S(A).i <= B_SIGNED)
  BRANCH(jgtk, S(A).i > B_SIGNED)
  BRANCH(jgek, S(A).i >= B_SIGNED)
  BRANCH(jfeq, S(A).f == S(B).f)
  BRANCH(jfne, S(A).f != S(B).f)
  BRANCH(jflt, S(A).f < S(B).f)
  BRANCH(jfle, S(A).f <= S(B).f)
  BRANCH(jfnlt, !(S(A).f < S(B).f))
  BRANCH(jfnle, !(S(A).f <= S(B).f))
  BRANCH(jnul, P(A) == nullptr)
  BRANCH(jnnul, P(A) != nullptr)
  TEXT_BRANCH(jstreq, Answer::yes)
  TEXT_BRANCH(jstrne, Answer::no)

  // ---- objects
  OP(new_) {
    const auto size = static_cast<std::size_t>(ins >> 32);
    Heap& heap = process->heap;
    char* object = heap.next;
    if (UNLIKELY(static_cast<std::size_t>(heap.end - object) < size)) {
      SAVE(pc - 1)
      if (wants_collector(*process, size)) goto stop_for_collection;
      Object* made = make_plain(*process, *pc, size);
      fuel = process->fuel;
      if (UNLIKELY(!made)) goto thrown;
      ++pc;
      P(A) = made;
      NEXT
    }
    heap.next = object + size;
    *reinterpret_cast<std::uint64_t*>(object) = *pc++;
    for (std::size_t k = sizeof(Object); k < size; k += sizeof(Slot)) *reinterpret_cast<std::uint64_t*>(object + k) = 0;
    P(A) = reinterpret_cast<Object*>(object);
    NEXT
  }
  OP(gets) { S(A) = FIELD(P(B), C, Slot); NEXT }
  OP(sets) { FIELD(P(A), B, Slot) = S(C); NEXT }
  OP(getp) { P(A) = FIELD(P(B), C, Object*); NEXT }
  OP(getpc) {
    Object* value = FIELD(P(B), C, Object*);
    if (UNLIKELY(!value)) TRAP(null_use)
    P(A) = value;
    NEXT
  }
  OP(setp) { FIELD(P(A), B, Object*) = P(C); NEXT }
  OP(isa) {
    const Object* object = P(B);
    const auto type = static_cast<std::uint32_t>(*pc++);
    S(A).i = object && is_of_type(*process, object, type);
    NEXT
  }
  OP(isa_exact) {
    const Object* object = P(B);
    const auto type = static_cast<std::uint32_t>(*pc++);
    S(A).i = object && is_exactly(object, type);
    NEXT
  }
  OP(isa_class) {
    const Object* object = P(B);
    const std::uint64_t target = *pc++;
    S(A).i = object && is_subclass(*process, object, target);
    NEXT
  }
  CAST(cast, is_of_type(*process, object, static_cast<std::uint32_t>(target)))
  CAST(cast_exact, is_exactly(object, static_cast<std::uint32_t>(target)))
  CAST(cast_class, is_subclass(*process, object, target))
  CAST_NULLABLE(castn, is_of_type(*process, object, static_cast<std::uint32_t>(target)))
  CAST_NULLABLE(castn_exact, is_exactly(object, static_cast<std::uint32_t>(target)))
  CAST_NULLABLE(castn_class, is_subclass(*process, object, target))
  OP(nnul) {
    Object* object = P(B);
    if (UNLIKELY(!object)) TRAP(null_use)
    P(A) = object;
    NEXT
  }
  OP(box) {
    constexpr std::size_t size = sizeof(Object) + sizeof(Slot);
    Heap& heap = process->heap;
    Object* object = reinterpret_cast<Object*>(heap.next);
    if (UNLIKELY(static_cast<std::size_t>(heap.end - heap.next) < size)) {
      SAVE(pc - 1)
      if (wants_collector(*process, size)) goto stop_for_collection;
      object = make_plain(*process, *pc, size);
      fuel = process->fuel;
      if (UNLIKELY(!object)) goto thrown;
    } else {
      heap.next += size;
      object->header = *pc;
    }
    ++pc;
    object->slots()[0] = S(B);
    P(A) = object;
    NEXT
  }
  OP(unbox) { S(A) = P(B)->slots()[0]; NEXT }
  OP(etag) { S(A).i = process->program->classes[P(B)->class_id()].tag; NEXT }

  // ---- lists
  OP(newl) {
    const std::int64_t capacity = S(B).i;
    if (UNLIKELY(capacity < 0)) TRAP(negative_size)
    Object* list;
    SLOW(list = new_list(*process, static_cast<std::uint32_t>(*pc), capacity))
    if (UNLIKELY(!list)) goto thrown;
    ++pc;
    P(A) = list;
    NEXT
  }
  OP(llen) { S(A).i = LIST_OF(B)->count; NEXT }
  LIST_GET(lgs, S(A), slots()[index])
  LIST_GET(lgb, S(A).u, bytes()[index])
  LIST_GET(lgp, P(A), pointers()[index])
  LIST_SET(lss, slots()[index], S(C))
  LIST_SET(lsb, bytes()[index], static_cast<std::uint8_t>(S(C).u))
  LIST_SET(lsp, pointers()[index], P(C))
  LIST_PUSH(lps, scalar, slots()[index], S(B))
  LIST_PUSH(lpb, byte, bytes()[index], static_cast<std::uint8_t>(S(B).u))
  LIST_PUSH(lpp, pointer, pointers()[index], P(B))
  OP(lres) {
    if (UNLIKELY(LIST_OF(A)->count != S(B).i)) TRAP(resized_in_loop)
    NEXT
  }

  // ---- strings
  OP(slen) { S(A).i = static_cast<std::int64_t>(text_bytes(P(B))); NEXT }
  OP(sbyte) {
    const Object* text = P(B);
    const std::uint64_t index = S(C).u;
    if (LIKELY(text->class_id() == bytecode::kString)) {
      if (UNLIKELY(index >= text->length())) TRAP(index_out_of_range)
      S(A).u = static_cast<const std::uint8_t*>(text->bytes())[sizeof(Slot) + index];
      NEXT
    }
    int byte;
    SLOW(byte = rope_byte(*process, P(B), index))
    if (UNLIKELY(byte < 0)) {
      if (byte == -2) goto thrown;
      TRAP(index_out_of_range)
    }
    S(A).i = byte;
    NEXT
  }
  OP(scat) {
    Object* text;
    SLOW(text = concatenate(*process, &P(B), static_cast<unsigned>(C)))
    if (UNLIKELY(!text)) goto thrown;
    P(A) = text;
    NEXT
  }
  OP(streq) {
    EQUALITY(B, C)
    S(A).i = answer == Answer::yes;
    NEXT
  }
  OP(strcmp) {
    bool failed = false;
    int order;
    SLOW(order = compare_texts(*process, P(B), P(C), failed))
    if (UNLIKELY(failed)) goto thrown;
    S(A).i = order;
    NEXT
  }

  // ---- calls
  OP(call) { BURN ENTER(reinterpret_cast<const Function*>(*pc)) }
  OP(vcall) {
    BURN
    const char* vtable = reinterpret_cast<const char*>(process->program->classes[P(B)->class_id()].vtable);
    ENTER(*reinterpret_cast<const Function* const*>(vtable + *pc))
  }
  OP(icall) {
    BURN
    const Class& cls = process->program->classes[P(B)->class_id()];
    ENTER(find_method(cls, static_cast<std::uint32_t>(*pc)))
  }
  OP(ccall) { BURN ENTER(process->program->classes[P(B)->class_id()].function) }
  OP(ncall)
    OUTSIDE(call_native(*process, *reinterpret_cast<const BoundNative*>(*pc), &S(A), &P(B)), 1)
  OP(ret) LEAVE
  OP(rets) { S(0) = S(A); LEAVE }
  OP(retp) { P(0) = P(A); LEAVE }
  OP(throw_) {
    SAVE(pc - 1)
    process->pending_error = P(A);
    goto thrown;
  }

  // ---- actors
  OP(spawn)
    OUTSIDE(actor_ops().spawn(*process, static_cast<std::uint32_t>(*pc), &S(A), &P(B), P(C)), 1)
  OP(spawnf)
    OUTSIDE(actor_ops().spawn_function(*process, *reinterpret_cast<const Function*>(*pc), &S(A), &P(B), P(C)), 1)
  OP(send)
    OUTSIDE(actor_ops().send(*process, static_cast<std::uint32_t>(*pc), &S(A), &P(B)), 1)
  OP(ask)
    OUTSIDE(actor_ops().ask(*process, static_cast<std::uint32_t>(*pc), &S(A), &P(B)), 1)
  OP(sendv)
    OUTSIDE(actor_ops().send_raw(*process, P(A), P(B)), 0)

L_halt:
  context->function = nullptr;
  context->s = context->scalars;
  context->p = context->pointers;
  context->frame = context->frames;
  context->pointers_top = context->pointers + 1;
  process->fuel = fuel;
  return RunStatus::done;

raise:
  SAVE(pc - 1)
  raise_trap(*process, trap_code);
thrown:   // state is saved, the error is pending
  add_trace(*process);
  fuel = process->fuel;
unwind_frames:
  if (unwind(*process)) goto resume;
  return RunStatus::failed;

again:   // the call is charged when it is run again
  ++fuel;
  process->fuel = fuel;
  return RunStatus::preempted;
parked:
  process->after_call = true;
  return RunStatus::parked;
stop_for_collection:   // state is saved
  return RunStatus::preempted;
preempt:
  ++fuel;
  SAVE(pc - 1)
  return RunStatus::preempted;
}
// clang-format on

}  // namespace

const std::uint16_t* handler_offsets() {
  return initialised_dispatch().codes;
}

void begin_call(Process& process, const Function& function) {
  Context& context = *process.context;
  context.frames[0] = {initialised_dispatch().halt + 2, nullptr};
  context.frame = context.frames + 1;
  context.function = &function;
  context.pc = function.code;
  context.s = context.scalars;
  context.p = context.pointers;
  for (std::size_t k = function.pointer_args; k < function.pointer_registers; ++k) context.pointers[k] = nullptr;
  if (function.pointer_registers == 0) context.pointers[0] = nullptr;  // the place of the result
  process.after_call = false;
  process.heap.recent = 0;
}

RunStatus run(Process& process, std::int64_t fuel) {
  const std::int64_t given = fuel + std::min<std::int64_t>(process.fuel, 0);  // debts are paid first
  if (process.resume_native) {
    process.context->pc -= process.after_call ? 2 : 0;
    process.resume_native = false;
    process.after_call = false;
  }
  if (given <= 0) {
    process.fuel = given;
    return RunStatus::preempted;
  }
  if (!process.pending_error) process.after_call = false;
  const RunStatus status = interpret(&process, given);
  process.fuel_spent += static_cast<std::uint64_t>(given - process.fuel);
  return status;
}

void inject_error(Process& process, Object* error) {
  process.pending_error = error;
  add_trace(process);
}

}  // namespace noodle::vm
