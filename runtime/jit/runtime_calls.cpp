#include "runtime/jit/runtime_calls.hpp"

#include <cmath>

#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/instruction_support.hpp"

namespace noodle::jit {

using namespace vm;

namespace {

/// The instruction a helper works for, with the run saved in the Context.
struct Call {
  Context& context;
  Process& process;
  std::uint64_t word;
  const std::uint64_t* pc;
  Slot* s;
  Object** p;

  Call(Context* to, const std::uint64_t* at, Slot* scalars, Object** pointers, Frame* frame, const Function* function)
      : context(*to), process(*to->process), word(*at), pc(at), s(scalars), p(pointers) {
    context.pc = at;
    context.function = function;
    context.s = scalars;
    context.p = pointers;
    context.frame = frame;
    process.fuel = context.fuel;
  }
  ~Call() { context.fuel = process.fuel; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Slot& scalar(unsigned place) { return s[operand(place) / sizeof(Slot)]; }
  Object*& pointer(unsigned place) { return p[operand(place) / sizeof(Object*)]; }
  std::uint16_t operand(unsigned place) const { return static_cast<std::uint16_t>(word >> (16 + 16 * place)); }
  std::uint64_t fail(MachineExit why, std::uint64_t result = 0) {
    context.machine_exit = why;
    return result;
  }
};

constexpr unsigned kA = 0, kB = 1, kC = 2;

template <Storage kKind, class Store>
std::uint64_t push(Call& call, Store store) {
  auto* list = static_cast<ListObject*>(call.pointer(kA));
  const std::int64_t index = list->count;
  if (!list->storage || index >= static_cast<std::int64_t>(list->storage->length())) {
    const std::size_t bytes = static_cast<std::size_t>(index) * sizeof(Slot);
    if (wants_collector(call.process, 3 * bytes)) return call.fail(MachineExit::preempted);
    if (is_bulk(call.process.heap, bytes)) return call.fail(MachineExit::preempted);
    if (!grow_list_by_one(call.process, call.pointer(kA), kKind)) return call.fail(MachineExit::thrown);
    list = static_cast<ListObject*>(call.pointer(kA));
  }
  store(list->storage, index);
  list->count = index + 1;
  return 1;
}

/// What the status of a native or actor operation of so many words means for machine code.
std::uint64_t finish(Call& call, NativeStatus status, int words) {
  switch (status) {
    case NativeStatus::ok:
      return 1;
    case NativeStatus::trap:
      return call.fail(MachineExit::thrown);
    case NativeStatus::again:  // the call is charged when it is run again
      ++call.process.fuel;
      return call.fail(MachineExit::preempted);
    case NativeStatus::park:
      break;
  }
  call.context.pc = call.pc + words;
  return call.fail(MachineExit::parked);
}

std::uint64_t equal(Call& call, unsigned left, unsigned right) {
  switch (texts_equal(call.process, call.pointer(left), call.pointer(right))) {
    case Answer::yes:
      return 1;
    case Answer::no:
      return 0;
    default:
      return call.fail(MachineExit::thrown, 2);
  }
}

}  // namespace

std::uint64_t help_new(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                       const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const auto size = static_cast<std::size_t>(call.word >> 32);
  if (wants_collector(call.process, size)) return call.fail(MachineExit::preempted);
  Object* object = make_plain(call.process, pc[1], size);
  if (!object) return call.fail(MachineExit::thrown);
  call.pointer(kA) = object;
  return reinterpret_cast<std::uintptr_t>(object);
}

std::uint64_t help_box(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                       const Function* function) {
  Call call(context, pc, s, p, frame, function);
  constexpr std::size_t size = sizeof(Object) + sizeof(Slot);
  if (wants_collector(call.process, size)) return call.fail(MachineExit::preempted);
  Object* object = make_plain(call.process, pc[1], size);
  if (!object) return call.fail(MachineExit::thrown);
  object->slots()[0] = call.scalar(kB);
  call.pointer(kA) = object;
  return reinterpret_cast<std::uintptr_t>(object);
}

std::uint64_t help_new_list(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                            const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const std::int64_t capacity = call.scalar(kB).i;
  if (capacity < 0) return call.fail(MachineExit::resume);
  Object* list = new_list(call.process, static_cast<std::uint32_t>(pc[1]), capacity);
  if (!list) return call.fail(MachineExit::thrown);
  call.pointer(kA) = list;
  return reinterpret_cast<std::uintptr_t>(list);
}

std::uint64_t help_concatenate(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                               const Function* function) {
  Call call(context, pc, s, p, frame, function);
  Object* text = concatenate(call.process, &call.pointer(kB), call.operand(kC));
  if (!text) return call.fail(MachineExit::thrown);
  call.pointer(kA) = text;
  return reinterpret_cast<std::uintptr_t>(text);
}

std::uint64_t help_native(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                          const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const auto& bound = *reinterpret_cast<const BoundNative*>(pc[1]);
  return finish(call, call_native(call.process, bound, &call.scalar(kA), &call.pointer(kB)), 2);
}

std::uint64_t help_spawn(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                         const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const auto actor = static_cast<std::uint32_t>(pc[1]);
  return finish(call, actor_ops().spawn(call.process, actor, &call.scalar(kA), &call.pointer(kB), call.pointer(kC)), 2);
}

std::uint64_t help_spawn_function(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                                  const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const auto& body = *reinterpret_cast<const Function*>(pc[1]);
  return finish(
      call, actor_ops().spawn_function(call.process, body, &call.scalar(kA), &call.pointer(kB), call.pointer(kC)), 2);
}

std::uint64_t help_send(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                        const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const auto handler = static_cast<std::uint32_t>(pc[1]);
  return finish(call, actor_ops().send(call.process, handler, &call.scalar(kA), &call.pointer(kB)), 2);
}

std::uint64_t help_send_value(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                              const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return finish(call, actor_ops().send_raw(call.process, call.pointer(kA), call.pointer(kB)), 1);
}

std::uint64_t help_push_scalar(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                               const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return push<Storage::scalar>(call, [&](Object* storage, std::int64_t k) { storage->slots()[k] = call.scalar(kB); });
}

std::uint64_t help_push_byte(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                             const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return push<Storage::byte>(call, [&](Object* storage, std::int64_t k) {
    storage->bytes()[k] = static_cast<std::uint8_t>(call.scalar(kB).u);
  });
}

std::uint64_t help_push_pointer(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                                const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return push<Storage::pointer>(call,
                                [&](Object* storage, std::int64_t k) { storage->pointers()[k] = call.pointer(kB); });
}

std::uint64_t help_compare_texts(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                                 const Function* function) {
  Call call(context, pc, s, p, frame, function);
  bool failed = false;
  const int order = compare_texts(call.process, call.pointer(kB), call.pointer(kC), failed);
  if (failed) return call.fail(MachineExit::thrown);
  call.scalar(kA).i = order;
  return 1;
}

std::uint64_t help_equal_ab(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                            const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return equal(call, kA, kB);
}

std::uint64_t help_equal_bc(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                            const Function* function) {
  Call call(context, pc, s, p, frame, function);
  return equal(call, kB, kC);
}

std::uint64_t help_text_byte(Context* context, const std::uint64_t* pc, Slot* s, Object** p, Frame* frame,
                             const Function* function) {
  Call call(context, pc, s, p, frame, function);
  const int byte = rope_byte(call.process, call.pointer(kB), call.scalar(kC).u);
  if (byte >= 0) return static_cast<std::uint64_t>(byte);
  return call.fail(byte == -2 ? MachineExit::thrown : MachineExit::resume, ~std::uint64_t{0});
}

std::uint64_t text_length(const Object* text) {
  return text_bytes(text);
}

std::uint64_t is_of_type(const Program* program, const Object* object, std::uint64_t type) {
  return is_instance(*program, object->class_id(), static_cast<bytecode::TypeIndex>(type));
}

std::uint64_t is_subclass(const Program* program, const Object* object, std::uint64_t target) {
  return vm::is_subclass(*program, object, target);
}

const Function* find_method(const Program* program, const Object* object, std::uint64_t selector) {
  return vm::find_method(program->classes[object->class_id()], static_cast<std::uint32_t>(selector));
}

std::uint64_t flat_texts_equal(const Object* left, const Object* right) {
  return static_cast<std::uint64_t>(text_equality(left, right));
}

double remainder_of(double a, double b) {
  return std::fmod(a, b);
}

}  // namespace noodle::jit
