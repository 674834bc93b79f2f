// Objects, boxes and tests of types.
#include <cstddef>

#include "runtime/jit/emitter.hpp"

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;
using x86::CondCode;

namespace {

constexpr std::size_t kInlineBytes = 136;  // larger objects are made by the helper

constexpr std::int32_t heap_offset(std::size_t field) {
  return static_cast<std::int32_t>(offsetof(vm::Process, heap) + field);
}

std::int32_t field_of(std::uint64_t word, unsigned place) {
  return static_cast<std::int32_t>(word >> (16 + 16 * place) & 0xffff);
}

}  // namespace

bool Emitter::object_op(std::uint32_t k) {
  const Op& o = at(k);
  switch (o.handler) {
    case Handler::mvp: {
      const Gp value = pointer(o.portable.b);
      if (o.portable.a != o.portable.b) set_pointer(o.portable.a, value);
      return true;
    }
    case Handler::ldn:
      set_pointer(o.portable.a, constant(0));
      return true;
    case Handler::ldo:
      set_pointer(o.portable.a, constant(second_word(k)));
      return true;
    case Handler::pnul: {
      const Gp value = temp();
      const Gp object = pointer(o.portable.b);
      cc_.xor_(value, value);
      cc_.test(object, object);
      cc_.setz(value.r8());
      define(k, value);
      return true;
    }
    case Handler::peq: {
      const Gp value = temp();
      const Gp left = pointer(o.portable.b);
      const Gp right = pointer(o.portable.c);
      cc_.xor_(value, value);
      cc_.cmp(left, right);
      cc_.sete(value.r8());
      define(k, value);
      return true;
    }
    case Handler::new_:
      allocate(k, static_cast<std::size_t>(word(k) >> 32), second_word(k), &help_new, false);
      return true;
    case Handler::box:
      allocate(k, sizeof(vm::Object) + sizeof(vm::Slot), second_word(k), &help_box, true);
      return true;
    case Handler::gets:
      get_field(k);
      return true;
    case Handler::unbox:
      get_field(k);
      return true;
    case Handler::sets: {
      const Mem field = x86::qword_ptr(pointer(o.portable.a), field_of(word(k), 1));
      store(field, now_[o.portable.c]);
      return true;
    }
    case Handler::getp:
      get_pointer_field(k, false);
      return true;
    case Handler::getpc:
      get_pointer_field(k, true);
      return true;
    case Handler::setp: {
      const Gp value = pointer(o.portable.c);
      cc_.mov(x86::qword_ptr(pointer(o.portable.a), field_of(word(k), 1)), value);
      return true;
    }
    case Handler::isa:
    case Handler::isa_exact:
    case Handler::isa_class:
      type_test(k);
      return true;
    case Handler::cast:
    case Handler::cast_exact:
    case Handler::cast_class:
    case Handler::castn:
    case Handler::castn_exact:
    case Handler::castn_class:
      cast(k);
      return true;
    case Handler::nnul: {
      const Gp object = pointer(o.portable.b);
      cc_.test(object, object);
      cc_.jz(leave(k));
      set_pointer(o.portable.a, object);
      return true;
    }
    case Handler::etag: {
      const Gp cls = class_of(pointer(o.portable.b));
      const Gp value = temp();
      cc_.mov(value.r32(), x86::dword_ptr(cls, static_cast<std::int32_t>(offsetof(vm::Class, tag))));
      define(k, value);
      return true;
    }
    default:
      return false;
  }
}

/// Bump allocation; a box also takes its value.
void Emitter::allocate(std::uint32_t k, std::size_t size, std::uint64_t header, Helper slow, bool box) {
  const Op& o = at(k);
  const Gp object = temp();
  Facts after = facts_;
  step(o, after);
  after.forget(o.portable.a);  // reloaded below
  const auto make = [this, k, object, slow, box, s = o.portable.b, web = box ? now_[o.portable.b] : 0] {
    if (box) store(home(s), web);
    const Gp made = call_helper(at(k), slow);
    cc_.test(made, made);
    cc_.mov(object, made);
  };
  if (size > kInlineBytes) {
    make();
    leave_after(k, CondCode::kZ);
    load(after);
    set_pointer(o.portable.a, object);
    return;
  }
  const Gp process = temp();
  const Gp end = temp();
  const Label done = cc_.newLabel();
  // The cold part reloads what a collection has moved.
  const auto registers = now_;
  const Label out_of_room = cold([this, k, make, after, done, registers] {
    const auto saved = std::exchange(now_, registers);
    make();
    leave_after(k, CondCode::kZ);
    load(after);
    cc_.jmp(done);
    now_ = saved;
  });
  cc_.mov(process, x86::qword_ptr(context_, static_cast<std::int32_t>(offsetof(vm::Context, process))));
  cc_.mov(object, x86::qword_ptr(process, heap_offset(offsetof(vm::Heap, next))));
  cc_.lea(end, x86::ptr(object, static_cast<std::int32_t>(size)));
  cc_.cmp(end, x86::qword_ptr(process, heap_offset(offsetof(vm::Heap, end))));
  cc_.ja(out_of_room);
  cc_.mov(x86::qword_ptr(process, heap_offset(offsetof(vm::Heap, next))), end);
  cc_.mov(x86::qword_ptr(object), constant(header));
  if (box) {
    store(x86::qword_ptr(object, sizeof(vm::Object)), now_[o.portable.b]);
  } else if (size > sizeof(vm::Object)) {
    const Xmm zero = constant_vector(0);
    std::size_t at_byte = sizeof(vm::Object);
    for (; at_byte + 16 <= size; at_byte += 16)
      cc_.movups(x86::xmmword_ptr(object, static_cast<std::int32_t>(at_byte)), zero);
    if (at_byte < size) cc_.movq(x86::qword_ptr(object, static_cast<std::int32_t>(at_byte)), zero);
  }
  cc_.bind(done);
  set_pointer(o.portable.a, object);
}

void Emitter::get_field(std::uint32_t k) {
  const Op& o = at(k);
  const std::int32_t offset =
      o.handler == Handler::unbox ? static_cast<std::int32_t>(sizeof(vm::Object)) : field_of(word(k), 2);
  const Mem field = x86::qword_ptr(pointer(o.portable.b), offset);
  load_web(flow_.web_of_result(k), field);
}

void Emitter::get_pointer_field(std::uint32_t k, bool checked) {
  const Op& o = at(k);
  const Gp value = temp();
  cc_.mov(value, x86::qword_ptr(pointer(o.portable.b), field_of(word(k), 2)));
  if (checked) {
    cc_.test(value, value);
    cc_.jz(leave(k));
  }
  set_pointer(o.portable.a, value);
}

Emitter::Gp Emitter::class_of(Gp object) {
  const Gp cls = temp();
  cc_.mov(cls.r32(), x86::dword_ptr(object));
  cc_.shr(cls.r32(), 8);
  cc_.imul(cls, cls, sizeof(vm::Class));
  cc_.add(cls, constant(reinterpret_cast<std::uintptr_t>(function_.program->classes.data())));
  return cls;
}

/// Not zero when a non-null object is of the type a test or cast names.
Emitter::Gp Emitter::test_type(std::uint32_t k, Gp object) {
  const Handler handler = at(k).handler;
  const Gp answer = temp();
  if (handler == Handler::isa_exact || handler == Handler::cast_exact || handler == Handler::castn_exact) {
    const auto type = static_cast<std::uint32_t>(second_word(k));
    const Gp id = temp();
    cc_.mov(id.r32(), x86::dword_ptr(object));
    cc_.xor_(answer, answer);
    cc_.shr(id.r32(), 8);
    cc_.cmp(id.r32(), type);
    cc_.sete(answer.r8());
    if (type == bytecode::kString) {
      const Gp rope = temp();
      cc_.xor_(rope, rope);
      cc_.cmp(id.r32(), static_cast<std::uint32_t>(vm::kRope));
      cc_.sete(rope.r8());
      cc_.or_(answer, rope);
    }
    return answer;
  }
  const bool by_class =
      handler == Handler::isa_class || handler == Handler::cast_class || handler == Handler::castn_class;
  InvokeNode* call = nullptr;
  cc_.invoke(
      &call,
      imm(by_class ? reinterpret_cast<std::uintptr_t>(&is_subclass) : reinterpret_cast<std::uintptr_t>(&is_of_type)),
      FuncSignatureT<std::uint64_t, std::uintptr_t, std::uintptr_t, std::uint64_t>());
  call->setArg(0, imm(reinterpret_cast<std::uintptr_t>(function_.program)));
  call->setArg(1, object);
  call->setArg(2, imm(by_class ? second_word(k) : static_cast<std::uint32_t>(second_word(k))));
  call->setRet(0, answer);
  return answer;
}

void Emitter::type_test(std::uint32_t k) {
  const Gp object = pointer(at(k).portable.b);
  const Gp value = temp();
  const Label done = cc_.newLabel();
  cc_.xor_(value, value);
  cc_.test(object, object);
  cc_.jz(done);
  cc_.mov(value, test_type(k, object));
  cc_.bind(done);
  define(k, value);
}

void Emitter::cast(std::uint32_t k) {
  const Op& o = at(k);
  const Gp object = pointer(o.portable.b);
  const bool nullable =
      o.handler == Handler::castn || o.handler == Handler::castn_exact || o.handler == Handler::castn_class;
  const Label done = cc_.newLabel();
  cc_.test(object, object);
  cc_.jz(nullable ? done : leave(k));
  const Gp fits = test_type(k, object);
  cc_.test(fits, fits);
  cc_.jz(leave(k));
  cc_.bind(done);
  if (o.portable.a != o.portable.b) {
    set_pointer(o.portable.a, object);
  }
}

}  // namespace noodle::jit
