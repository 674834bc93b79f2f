// Actor instructions: spawn, send, ask, stop.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

Reg FunctionGen::spawn(const HNode* node, Reg dest) {
  const Mark start = registers_.mark();
  const Reg options = alloc(Rep::p);
  if (node->opt) {
    value_to(node->opt, options);
  } else {
    code_.emit(Op::ldn, options.index);
  }
  const Mark window = registers_.mark();
  push_arguments(node);
  if (node->place) {  // the last thing before the spawn, which it is for
    const Mark place = registers_.mark();
    const Reg r = push(node->place);
    if (r && r.rep == Rep::s) {
      const Reg boxed = alloc(Rep::p);
      code_.emit_extra(Op::box, boxed.index, r.index, 0, builder_.types.box(type_of(node->place)));
    }
    native_call(place, "process.place", {{{bytecode::kAny, true}}, {}}, node, {});
  }
  at(node);
  if (node->op == HOp::spawn) {
    const Type* actor = concrete(node->target);
    builder_.types.index(type_of(node));
    code_.emit_extra(Op::spawn, window.s, window.p, options.index, builder_.types.index(actor));
  } else {
    const std::uint32_t function = builder_.function(node->func, concrete(node->targs));
    code_.emit_extra(Op::spawnf, window.s, window.p, options.index, function);
  }
  registers_.release(window);
  const Reg result = alloc(Rep::p);
  registers_.release(start);
  const Reg r = target_or_new(dest, Rep::p);
  move(r, result);
  return r;
}

std::uint32_t FunctionGen::handler_of(const HNode* node) {
  const Type* actor = type_of(node->kids[0])->args[0];
  const Type* owner = builder_.types.view_as(actor, node->func->owner);
  return builder_.handler(owner ? owner : actor, node->func);
}

/// Also raw sends and stop.
Reg FunctionGen::send(const HNode* node) {
  const Mark mark = registers_.mark();
  if (node->op == HOp::send_raw) {
    const Reg ref = protect(value(node->kids[0]), mark, node->kids[1]);
    const Reg message = value(node->kids[1]);
    at(node);
    code_.emit(Op::sendv, ref.index, message.index);
  } else if (node->op == HOp::stop) {
    push(node->kids[0]);
    native_call(mark, "process.stop", {{{bytecode::kActorRefAny, false}}, {}}, node, {});
  } else {
    push_arguments(node);
    at(node);
    code_.emit_extra(Op::send, mark.s, mark.p, 0, handler_of(node));
  }
  registers_.release(mark);
  return {};
}

Reg FunctionGen::ask(const HNode* node, Reg dest) {
  const Mark window = begin_call(dest);
  push_arguments(node);  // ref, time limit, arguments: each kind in order
  at(node);
  return finish_call(Op::ask, window, handler_of(node), rep(node), dest);
}

}  // namespace noodle::codegen
