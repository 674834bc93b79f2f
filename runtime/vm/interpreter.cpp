#include "runtime/vm/interpreter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "runtime/values/list.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/debugger.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/interpreter_support.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/predecode.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/unwind.hpp"

namespace noodle::vm {
namespace {

struct DispatchTable {
  std::uint16_t codes[kHandlerCount];
  const void* labels[kHandlerCount + 1];
  std::uint64_t halt[3];  // return address of the outermost frame is behind the first two words
};

DispatchTable dispatch;

const DispatchTable& initialised_dispatch() {
  static const bool done = (interpret(nullptr, 0), true);
  static_cast<void>(done);
  return dispatch;
}

}  // namespace

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
  OP(mark) { reach_mark(pc - 1); NEXT }
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
    S(A).i = object && is_subclass(*process->program, object, target);
    NEXT
  }
  CAST(cast, is_of_type(*process, object, static_cast<std::uint32_t>(target)))
  CAST(cast_exact, is_exactly(object, static_cast<std::uint32_t>(target)))
  CAST(cast_class, is_subclass(*process->program, object, target))
  CAST_NULLABLE(castn, is_of_type(*process, object, static_cast<std::uint32_t>(target)))
  CAST_NULLABLE(castn_exact, is_exactly(object, static_cast<std::uint32_t>(target)))
  CAST_NULLABLE(castn_class, is_subclass(*process->program, object, target))
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

  // ---- machine code
  OP(enter_machine) {
    context->fuel = fuel;
    const std::uint64_t result =
        machine_code(*function)(context, reinterpret_cast<Slot*>(sp), reinterpret_cast<Object**>(pp), frame, 0);
    fuel = context->fuel;
    if (UNLIKELY(context->machine_exit != MachineExit::none)) {
      if (context->machine_exit != MachineExit::refused) goto left_machine;
      context->machine_exit = MachineExit::none;
      pc = function->code;
      NEXT
    }
    if (function->result == 's') S(0).u = result;
    LEAVE
  }
  OP(continue_machine) {
    if (UNLIKELY(fuel <= 0)) {
      --fuel;
      goto preempt;
    }
    context->fuel = fuel;
    const auto entry = static_cast<std::uint64_t>(pc - function->code);
    const std::uint64_t result =
        machine_code(*function)(context, reinterpret_cast<Slot*>(sp), reinterpret_cast<Object**>(pp), frame, entry);
    fuel = context->fuel;
    if (UNLIKELY(context->machine_exit != MachineExit::none)) goto left_machine;
    if (function->result == 's') S(0).u = result;
    LEAVE
  }

  // ---- debuggers
  OP(breakpoint) {
    SAVE(pc - 1)
    const std::optional<std::uint16_t> handler = process->program->debugger->at_breakpoint(*process, pc - 1);
    if (!handler) return RunStatus::preempted;
    GO_TO(*handler)
  }

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
  if (UNLIKELY(stops_at_error(*process, fuel))) return RunStatus::preempted;
  if (unwind(*process)) goto resume;
  return RunStatus::failed;

left_machine:   // the Context says where
  process->fuel = fuel;
  switch (std::exchange(context->machine_exit, MachineExit::none)) {
    case MachineExit::thrown:
      goto thrown;
    case MachineExit::parked:
      goto parked;
    case MachineExit::preempted:
      return RunStatus::preempted;
    default:
      goto resume;
  }

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

const std::uint16_t* handler_offsets() {
  return initialised_dispatch().codes;
}

const std::uint64_t* halt_word() {
  return initialised_dispatch().halt + 2;
}

}  // namespace noodle::vm
