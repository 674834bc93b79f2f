// Calls and returns.
#include <cstddef>

#include "runtime/jit/emitter.hpp"

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;
using x86::CondCode;

#define FIELD(field) x86::qword_ptr(context_, static_cast<std::int32_t>(offsetof(vm::Context, field)))

bool Emitter::call_op(std::uint32_t k) {
  const Op& o = at(k);
  switch (o.handler) {
    case Handler::call:
      burn(k);
      call(k, constant(second_word(k)));
      return true;
    case Handler::vcall: {
      burn(k);
      const Gp function = class_of(pointer(o.portable.b));
      cc_.mov(function, x86::qword_ptr(function, static_cast<std::int32_t>(offsetof(vm::Class, vtable))));
      cc_.mov(function, x86::qword_ptr(function, static_cast<std::int32_t>(second_word(k))));
      call(k, function);
      return true;
    }
    case Handler::ccall: {
      burn(k);
      const Gp function = class_of(pointer(o.portable.b));
      cc_.mov(function, x86::qword_ptr(function, static_cast<std::int32_t>(offsetof(vm::Class, function))));
      call(k, function);
      return true;
    }
    case Handler::icall: {
      burn(k);
      const Gp receiver = pointer(o.portable.b);
      const Gp function = temp();
      InvokeNode* find = nullptr;
      cc_.invoke(&find, imm(reinterpret_cast<std::uintptr_t>(&find_method)),
                 FuncSignatureT<std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uint64_t>());
      find->setArg(0, imm(reinterpret_cast<std::uintptr_t>(function_.program)));
      find->setArg(1, receiver);
      find->setArg(2, imm(static_cast<std::uint32_t>(second_word(k))));
      find->setRet(0, function);
      call(k, function);
      return true;
    }
    case Handler::ncall:
      outside(k, &help_native);
      return true;
    case Handler::spawn:
      outside(k, &help_spawn);
      return true;
    case Handler::spawnf:
      outside(k, &help_spawn_function);
      return true;
    case Handler::send:
      outside(k, &help_send);
      return true;
    case Handler::sendv:
      outside(k, &help_send_value);
      return true;
    case Handler::ret: {
      const Gp nothing = temp();
      save_fuel();
      cc_.xor_(nothing, nothing);
      cc_.ret(nothing);
      return true;
    }
    case Handler::rets:
      give_back(general(o.portable.a));
      return true;
    case Handler::retp: {
      const Gp value = pointer(o.portable.a);
      if (o.portable.a != 0) cc_.mov(pointer_home(0), value);
      give_back(value);
      return true;
    }
    default:
      return false;
  }
}

void Emitter::give_back(Gp value) {
  save_fuel();
  cc_.ret(value);
}

/// Calls the machine code of a function. Its frame is written first: a collection walks the frames.
void Emitter::call(std::uint32_t k, Gp function) {
  const Op& o = at(k);
  const std::uint32_t a = o.portable.a;
  for (std::uint32_t s = a; s < a + o.scalar_args; ++s) store(home(s), now_[s]);
  save_fuel();
  const std::uint64_t record[2] = {reinterpret_cast<std::uintptr_t>(flow_.words(o) + 2),
                                   reinterpret_cast<std::uintptr_t>(&function_)};
  static_assert(offsetof(vm::Frame, return_pc) == 0 && offsetof(vm::Frame, function) == 8 && sizeof(vm::Frame) == 16);
  const Xmm both = cc_.newXmm();
  cc_.movups(both, cc_.newConst(ConstPoolScope::kLocal, record, sizeof record));
  cc_.movups(x86::xmmword_ptr(frame_), both);
  const Gp callee_s = temp();
  const Gp callee_p = temp();
  const Gp callee_frame = temp();

  cc_.lea(callee_s, home(a));
  cc_.lea(callee_p, pointer_home(o.portable.b));
  cc_.lea(callee_frame, x86::ptr(frame_, static_cast<std::int32_t>(sizeof(vm::Frame))));
  const Gp value = temp();
  InvokeNode* call = nullptr;
  cc_.invoke(
      &call, x86::qword_ptr(function, static_cast<std::int32_t>(offsetof(vm::Function, machine))),
      FuncSignatureT<std::uint64_t, std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uintptr_t, std::uint64_t>());

  call->setArg(0, context_);
  call->setArg(1, callee_s);
  call->setArg(2, callee_p);
  call->setArg(3, callee_frame);
  call->setArg(4, imm(0));
  call->setRet(0, value);
  load_fuel();
  const Mem why = x86::dword_ptr(context_, static_cast<std::int32_t>(offsetof(vm::Context, machine_exit)));
  cc_.cmp(why, 0);
  cc_.jne(cold([this, k, why, value, function, kept = kept(k, a)] {
    write_back(kept);
    const Label refused = cc_.newLabel();
    cc_.cmp(why, static_cast<int>(vm::MachineExit::refused));
    cc_.je(refused);
    cc_.ret(value);
    cc_.bind(refused);  // nothing has happened yet: the interpreter makes the call
    cc_.mov(FIELD(refused), function);
    refund();
    cc_.mov(exit_word_.r32(), at(k).word);
    cc_.jmp(exit_);
  }));
  if (o.scalar_result) define(k, value);
}

/// A native or actor operation, which may throw or park.
void Emitter::outside(std::uint32_t k, Helper helper) {
  const Op& o = at(k);
  burn(k);
  const std::uint32_t a = o.portable.a;
  for (std::uint32_t s = a; s < a + o.scalar_args; ++s) store(home(s), now_[s]);
  by_helper(k, helper);
  if (o.scalar_result) load_web(flow_.web_of_result(k), home(a));
}

}  // namespace noodle::jit
