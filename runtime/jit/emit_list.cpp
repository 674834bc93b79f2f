// Lists and texts.
#include <cstddef>

#include "runtime/jit/emitter.hpp"

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;
using x86::CondCode;

namespace {

constexpr std::int32_t kElements = sizeof(vm::Object);  // behind the header of a storage
constexpr std::int32_t kText = sizeof(vm::StringObject);

}  // namespace

bool Emitter::list_op(std::uint32_t k) {
  const Op& o = at(k);
  switch (o.handler) {
    case Handler::newl:
      store(home(o.portable.b), now_[o.portable.b]);
      by_helper(k, &help_new_list);
      return true;
    case Handler::llen:
      pointer(o.portable.b);
      define(k, length(o.portable.b));
      return true;
    case Handler::lgs:
    case Handler::lgb:
    case Handler::lgp:
      get_element(k);
      return true;
    case Handler::lss:
    case Handler::lsb:
    case Handler::lsp:
      set_element(k);
      return true;
    case Handler::lps:
      push(k, &help_push_scalar);
      return true;
    case Handler::lpb:
      push(k, &help_push_byte);
      return true;
    case Handler::lpp:
      push(k, &help_push_pointer);
      return true;
    case Handler::lres: {
      pointer(o.portable.a);
      const Gp count = length(o.portable.a);
      cc_.cmp(count, general(o.portable.b));
      cc_.jne(leave(k));
      return true;
    }
    case Handler::slen:
      text_size(k);
      return true;
    case Handler::sbyte:
      text_byte(k);
      return true;
    case Handler::scat:
      by_helper(k, &help_concatenate);
      return true;
    case Handler::streq:
      text_equal(k);
      return true;
    case Handler::strcmp:
      by_helper(k, &help_compare_texts);
      load_web(flow_.web_of_result(k), home(o.portable.a));
      return true;
    default:
      return false;
  }
}

/// An instruction done by a helper as a whole, with its operands in memory.
void Emitter::by_helper(std::uint32_t k, Helper helper) {
  const Gp answer = call_helper(at(k), helper);
  cc_.test(answer, answer);
  leave_after(k, CondCode::kZ);
}

void Emitter::check_index(std::uint32_t k, Gp index, Gp length) {
  cc_.cmp(index, length);
  cc_.jae(leave(k));
}

void Emitter::get_element(std::uint32_t k) {
  const Op& o = at(k);
  pointer(o.portable.b);
  const Gp index = general(o.portable.c);
  check_index(k, index, length(o.portable.b));
  const Gp elements = storage(o.portable.b);
  if (o.handler == Handler::lgb) {
    const Gp value = result(k);
    cc_.movzx(value.r32(), x86::byte_ptr(elements, index, 0, kElements));
    define(k, value);
    return;
  }
  const Mem element = x86::qword_ptr(elements, index, 3, kElements);
  if (o.handler == Handler::lgp) {
    const Gp value = temp();
    cc_.mov(value, element);
    set_pointer(o.portable.a, value);
    return;
  }
  load_web(flow_.web_of_result(k), element);
}

void Emitter::set_element(std::uint32_t k) {
  const Op& o = at(k);
  pointer(o.portable.a);
  const Gp index = general(o.portable.b);
  check_index(k, index, length(o.portable.a));
  const Gp elements = storage(o.portable.a);
  if (o.handler == Handler::lsb) {
    cc_.mov(x86::byte_ptr(elements, index, 0, kElements), general(o.portable.c).r8());
    return;
  }
  const Mem element = x86::qword_ptr(elements, index, 3, kElements);
  if (o.handler == Handler::lsp) {
    cc_.mov(element, pointer(o.portable.c));
    return;
  }
  store(element, now_[o.portable.c]);
}

void Emitter::push(std::uint32_t k, Helper slow) {
  const Op& o = at(k);
  const std::uint32_t p = o.portable.a;
  const Gp list = pointer(p);
  const Gp elements = storage(p);
  const Gp count = length(p);
  const bool scalar = o.handler != Handler::lpp;
  const Gp value = scalar ? Gp() : pointer(o.portable.b);
  Facts after = facts_;
  step(o, after);
  const Label done = cc_.newLabel();
  const auto registers = now_;
  const Label full = cold([this, k, slow, scalar, after, done, registers] {
    const auto saved = std::exchange(now_, registers);
    if (scalar) store(home(at(k).portable.b), now_[at(k).portable.b]);
    const Gp answer = call_helper(at(k), slow);
    cc_.test(answer, answer);
    leave_after(k, CondCode::kZ);
    load(after);
    cc_.jmp(done);
    now_ = saved;
  });
  const Gp room = temp();
  cc_.test(elements, elements);
  cc_.jz(full);
  cc_.mov(room.r32(), x86::dword_ptr(elements, 4));
  cc_.cmp(count, room);
  cc_.jae(full);
  if (o.handler == Handler::lpb) {
    cc_.mov(x86::byte_ptr(elements, count, 0, kElements), general(o.portable.b).r8());
  } else {
    const Mem element = x86::qword_ptr(elements, count, 3, kElements);
    if (!scalar) {
      cc_.mov(element, value);
    } else {
      store(element, now_[o.portable.b]);
    }
  }
  cc_.inc(count);
  cc_.mov(x86::qword_ptr(list, kListLength), count);
  cc_.bind(done);
}

void Emitter::text_size(std::uint32_t k) {
  const Gp text = pointer(at(k).portable.b);
  const Gp value = temp();
  const Gp id = temp();
  const Label done = cc_.newLabel();
  cc_.mov(id.r32(), x86::dword_ptr(text));
  cc_.mov(value.r32(), x86::dword_ptr(text, 4));
  cc_.shr(id.r32(), 8);
  cc_.cmp(id.r32(), static_cast<std::uint32_t>(bytecode::kString));
  cc_.jne(cold([this, text, value, done] {
    InvokeNode* call = nullptr;
    cc_.invoke(&call, imm(reinterpret_cast<std::uintptr_t>(&text_length)),
               FuncSignatureT<std::uint64_t, std::uintptr_t>());
    call->setArg(0, text);
    call->setRet(0, value);
    cc_.jmp(done);
  }));
  cc_.bind(done);
  define(k, value);
}

void Emitter::text_byte(std::uint32_t k) {
  const Op& o = at(k);
  const Gp text = pointer(o.portable.b);
  const Gp index = general(o.portable.c);
  const Gp value = temp();
  const Gp id = temp();
  const Gp size = temp();
  const Label done = cc_.newLabel();
  Facts after = facts_;
  step(o, after);
  cc_.mov(id.r32(), x86::dword_ptr(text));
  cc_.shr(id.r32(), 8);
  cc_.cmp(id.r32(), static_cast<std::uint32_t>(bytecode::kString));
  cc_.jne(slow_path(
      k, &help_text_byte, 255, after, done, [this, k, web = now_[o.portable.c]] { store(home(at(k).portable.c), web); },
      [this, value](Gp answer) { cc_.mov(value, answer); }));
  cc_.mov(size.r32(), x86::dword_ptr(text, 4));
  cc_.cmp(index, size);
  cc_.jae(leave(k));
  cc_.movzx(value.r32(), x86::byte_ptr(text, index, 0, kText));
  cc_.bind(done);
  define(k, value);
}

/// 0 or 1. Ropes are made flat by the helper.
Emitter::Gp Emitter::texts_equal(std::uint32_t k, std::uint32_t left, std::uint32_t right, Helper slow) {
  const Gp value = temp();
  const Label done = cc_.newLabel();
  const Gp a = pointer(left);
  const Gp b = pointer(right);
  Facts after = facts_;
  step(at(k), after);
  InvokeNode* call = nullptr;
  cc_.invoke(&call, imm(reinterpret_cast<std::uintptr_t>(&flat_texts_equal)),
             FuncSignatureT<std::uint64_t, std::uintptr_t, std::uintptr_t>());
  call->setArg(0, a);
  call->setArg(1, b);
  call->setRet(0, value);
  cc_.cmp(value, 1);
  cc_.ja(slow_path(k, slow, 1, after, done, {}, [this, value](Gp answer) { cc_.mov(value, answer); }));
  cc_.bind(done);
  return value;
}

void Emitter::text_equal(std::uint32_t k) {
  const Op& o = at(k);
  define(k, texts_equal(k, o.portable.b, o.portable.c, &help_equal_bc));
}

}  // namespace noodle::jit
