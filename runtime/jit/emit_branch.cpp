// Branches. A back edge burns its fuel before it compares, like the interpreter's.
#include "runtime/jit/emitter.hpp"

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;
using x86::CondCode;

namespace {

CondCode condition_of(Handler handler) {
  switch (handler) {
    case Handler::jf:
    case Handler::jeq:
    case Handler::jeqk:
    case Handler::jnul:
      return CondCode::kE;
    case Handler::jlt:
    case Handler::jltk:
      return CondCode::kL;
    case Handler::jle:
    case Handler::jlek:
      return CondCode::kLE;
    case Handler::jgtk:
      return CondCode::kG;
    case Handler::jgek:
      return CondCode::kGE;
    default:
      return CondCode::kNE;
  }
}

}  // namespace

void Emitter::branch_op(std::uint32_t k) {
  const Op& o = at(k);
  const Handler handler = forward_form(o.handler);
  if (is_back_edge(o.handler)) burn(k);
  switch (handler) {
    case Handler::jmp:
      go(o.target);
      return;
    case Handler::jt:
    case Handler::jf: {
      const Gp a = general(o.portable.a);
      cc_.test(a, a);
      branch(condition_of(handler), o.target);
      break;
    }
    case Handler::jeq:
    case Handler::jne:
    case Handler::jlt:
    case Handler::jle:
      cc_.cmp(general(o.portable.a), general(o.portable.b));
      branch(condition_of(handler), o.target);
      break;
    case Handler::jeqk:
    case Handler::jnek:
    case Handler::jltk:
    case Handler::jlek:
    case Handler::jgtk:
    case Handler::jgek:
      cc_.cmp(general(o.portable.a), static_cast<std::int16_t>(word(k) >> 32));
      branch(condition_of(handler), o.target);
      break;
    case Handler::jfeq: {
      const Label other = cc_.newLabel();
      cc_.ucomisd(vector(o.portable.a), vector(o.portable.b));
      cc_.jp(other);
      branch(CondCode::kE, o.target);
      cc_.bind(other);
      break;
    }
    case Handler::jfne:
      cc_.ucomisd(vector(o.portable.a), vector(o.portable.b));
      branch(CondCode::kP, o.target);
      branch(CondCode::kNE, o.target);
      break;
    case Handler::jflt:
      cc_.ucomisd(vector(o.portable.b), vector(o.portable.a));
      branch(CondCode::kA, o.target);
      break;
    case Handler::jfle:
      cc_.ucomisd(vector(o.portable.b), vector(o.portable.a));
      branch(CondCode::kAE, o.target);
      break;
    case Handler::jfnlt:
      cc_.ucomisd(vector(o.portable.b), vector(o.portable.a));
      branch(CondCode::kBE, o.target);
      break;
    case Handler::jfnle:
      cc_.ucomisd(vector(o.portable.b), vector(o.portable.a));
      branch(CondCode::kB, o.target);
      break;
    case Handler::jnul:
    case Handler::jnnul: {
      const Gp a = pointer(o.portable.a);
      cc_.test(a, a);
      branch(condition_of(handler), o.target);
      break;
    }
    default:
      text_branch(k, handler == Handler::jstreq);
      break;
  }
  step(o, facts_);
}

void Emitter::text_branch(std::uint32_t k, bool wanted) {
  const Op& o = at(k);
  const Gp equal = texts_equal(k, o.portable.a, o.portable.b, &help_equal_ab);
  cc_.test(equal, equal);
  branch(wanted ? CondCode::kNE : CondCode::kE, o.target);
}

}  // namespace noodle::jit
