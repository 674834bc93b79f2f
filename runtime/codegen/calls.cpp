// Calls: arguments in a window above everything live, the result in its first register.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

/// Opens a call window. A destination that is still empty and topmost is given up, so that the result lands in it.
Mark FunctionGen::begin_call(Reg dest) {
  Mark mark = registers_.mark();
  if (dest && dest.fresh && registers_.is_top(dest)) {
    --(dest.rep == Rep::s ? mark.s : mark.p);
    registers_.release(mark);
  }
  return mark;
}

Reg FunctionGen::finish_call(Op op, Mark window, std::uint32_t extra, Rep result, Reg dest) {
  code_.emit_extra(op, window.s, window.p, 0, extra);
  registers_.release(window);
  if (result == Rep::none) return {};
  const Reg r = alloc(result);
  if (!dest || r.same(dest)) return r;
  registers_.release(window);
  move(dest, r);
  return dest;
}

void FunctionGen::push_arguments(const HNode* node, std::size_t first) {
  for (std::size_t i = first; i < node->kids.size(); ++i) push(node->kids[i]);
}

Reg FunctionGen::call(const HNode* node, Reg dest) {
  switch (node->op) {
    case HOp::call:
      return call_function(node, node->func, concrete(node->targs), dest);
    case HOp::call_native:
      return call_native(node, dest);
    case HOp::call_interface:
      return call_interface(node, dest);
    case HOp::call_virtual: {
      const Type* self = type_of(node->kids[0]);
      if (HFunc* only = builder_.only_target(node->func)) {
        const Type* owner = builder_.types.view_as(self, only->owner);
        return call_function(node, only, owner ? owner->args : concrete(node->targs), dest);
      }
      const Mark window = begin_call(dest);
      push_arguments(node);
      at(node);
      return finish_call(Op::vcall, window, builder_.types.vtable_slot(node->func), rep(node), dest);
    }
    case HOp::call_bound: {
      const Type* self = type_of(node->kids[0]);
      if (self->decl && self->decl->kind == HClass::Kind::interface) return call_interface(node, dest);
      const TypeMap::Method found = builder_.types.find_method(self, local_name(*node->func));
      if (!found.func) {
        builder_.report(
            Code::bound_not_satisfied, instance_.func->file, node->span,
            "`" + check::to_string(self) + "` has no method `" + std::string(local_name(*node->func)) + "`");
        return dest;
      }
      if (!found.func->is_virtual || builder_.only_target(found.func)) {
        return call_function(node, found.func, found.owner->args, dest);
      }
      const Mark window = begin_call(dest);
      push_arguments(node);
      at(node);
      return finish_call(Op::vcall, window, builder_.types.vtable_slot(found.func), rep(node), dest);
    }
    default: {
      const Type* type = type_of(node->kids[0]);
      const Mark window = begin_call(dest);
      push_arguments(node);
      at(node);
      return finish_call(Op::ccall, window, builder_.types.index(type), rep(node), dest);
    }
  }
}

Reg FunctionGen::call_function(const HNode* node, HFunc* func, const std::vector<const Type*>& targs, Reg dest) {
  at(node);
  if (can_inline(func)) return inline_call(node, func, targs, {}, dest);
  const Mark window = begin_call(dest);
  push_arguments(node);
  at(node);
  const std::uint32_t callee = builder_.function(func, targs);
  return finish_call(Op::call, window, callee, rep(node), dest);
}

Reg FunctionGen::call_interface(const HNode* node, Reg dest) {
  const Type* self = type_of(node->kids[0]);
  const Type* interface = builder_.types.view_as(self, node->func->owner);
  const Mark window = begin_call(dest);
  push_arguments(node);
  at(node);
  return finish_call(Op::icall, window, builder_.selector(interface ? interface : self, node->func), rep(node), dest);
}

Reg FunctionGen::call_native(const HNode* node, Reg dest) {
  Reg result;
  if (intrinsic(node, dest, result)) return result;
  const Mark window = begin_call(dest);
  push_arguments(node);
  at(node);
  return finish_call(Op::ncall, window, builder_.native(node->func, concrete(node->targs)), rep(node), dest);
}

Reg FunctionGen::native_call(Mark window, const char* name, bytecode::Signature signature, const HNode* node,
                             Reg dest) {
  at(node);
  const bytecode::TypeIndex type = signature.result.index;
  const bool scalar = bytecode::is_scalar_kind(builder_.module.types[type].kind);
  const Rep result = type == bytecode::kVoid ? Rep::none : scalar ? Rep::s : Rep::p;
  return finish_call(Op::ncall, window, builder_.native(name, std::move(signature)), result, dest);
}

}  // namespace noodle::codegen
