// Closures: lambdas with their captures, functions and methods as values.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using bytecode::kNone;
using check::TypeKind;

Reg FunctionGen::lambda(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  const ModuleBuilder::Lambda made = builder_.lambda(node->func, instance_, type);
  at(node);
  const TypeIndex func_type = builder_.types.index(type);
  if (node->func->captures.empty()) {
    const Reg r = target_or_new(dest, Rep::p);
    code_.emit_extra(Op::ldf, r.index, 0, 0, made.function);
    code_.emit_extra(Op::upc, r.index, r.index, 0, func_type);
    return r;
  }
  const Reg closure = dest && dest.fresh ? dest : alloc(Rep::p);
  code_.emit_d(Op::new_, closure.index, made.type);
  std::uint32_t numbers[3] = {};
  for (const HFunc::Capture& capture : node->func->captures) {
    const Mark mark = registers_.mark();
    const Place from = place(capture.outer);
    Reg r = from.reg;
    if (from.kind == Place::Kind::capture || from.kind == Place::Kind::capture_cell) {
      const Rep kind = from.kind == Place::Kind::capture ? from.reg.rep : Rep::p;
      r = alloc(kind);
      code_.emit(kind == Rep::s ? Op::gets : Op::getp, r.index, from.reg.index, from.field);
    }
    if (r) set_slot(closure, {numbers[static_cast<int>(r.rep)]++, r.rep, nullptr}, r);
    registers_.release(mark);
  }
  code_.emit_extra(Op::upc, closure.index, closure.index, 0, func_type);
  return deliver(closure, dest);
}

Reg FunctionGen::func_ref(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  at(node);
  const ModuleBuilder::Lambda made = builder_.adapter(node->func, concrete(node->targs), type, nullptr);
  const Reg r = target_or_new(dest, Rep::p);
  code_.emit_extra(Op::ldf, r.index, 0, 0, made.function);
  code_.emit_extra(Op::upc, r.index, r.index, 0, builder_.types.index(type));
  return r;
}

Reg FunctionGen::bound_method(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  const Type* self = type_of(node->kids[0]);
  const Mark mark = registers_.mark();
  const Reg object = value(node->kids[0]);
  at(node);
  const ModuleBuilder::Lambda made = builder_.adapter(node->func, concrete(node->targs), type, self);
  const Reg closure = alloc(Rep::p);
  code_.emit_d(Op::new_, closure.index, made.type);
  if (object) set_slot(closure, {0, object.rep, nullptr}, object);
  code_.emit_extra(Op::upc, closure.index, closure.index, 0, builder_.types.index(type));
  registers_.release(mark);
  const Reg r = target_or_new(dest, Rep::p);
  move(r, closure);
  return r;
}

/// Adapter with signature (closure, arguments): calls the function with its arguments, before them `self` if bound.
ModuleBuilder::Lambda ModuleBuilder::adapter(HFunc* func, const std::vector<const Type*>& targs, const Type* func_type,
                                             const Type* self_type) {
  const std::pair<FunctionKey, const Type*> key{{func, targs}, self_type};
  if (auto found = adapters_.find(key); found != adapters_.end()) return found->second;
  const bool is_interface = func->owner && func->owner->kind == HClass::Kind::interface && func->native.empty();
  const bool is_native = !func->native.empty() && !func->has_body;
  const std::string name = (self_type ? "$bound." : "$value.") + func->name;  // traces do not show it
  const std::uint32_t index = new_function(name, {}, *func);
  std::vector<TypeRef> captures;
  if (self_type) captures.push_back(types.ref(self_type));
  const TypeIndex type = types.closure(func_type, index, name, captures);
  adapters_[key] = {type, index};

  bytecode::Signature signature;
  signature.params.push_back({type, false});
  for (const Type* arg : func_type->args) signature.params.push_back(types.ref(arg));
  signature.result = types.ref(func_type->result);

  CodeBuffer code;
  code.set_position(func->span.start);
  Mark next{0, 1};  // arguments as they arrive
  for (const Type* arg : func_type->args) ++(check::rep_of(arg) == Rep::s ? next.s : next.p);
  const Mark window = next;
  if (self_type) {
    const bool scalar = check::rep_of(self_type) == Rep::s;
    code.emit(scalar ? bytecode::Op::gets : bytecode::Op::getp, scalar ? next.s++ : next.p++, 0, 0);
  }
  Mark from{0, 1};
  for (const Type* arg : func_type->args) {
    if (check::rep_of(arg) == Rep::s) {
      code.emit(bytecode::Op::mov, next.s++, from.s++);
    } else {
      code.emit(bytecode::Op::mvp, next.p++, from.p++);
    }
  }
  if (is_interface && self_type) {
    const Type* interface = types.view_as(self_type, func->owner);
    code.emit_extra(bytecode::Op::icall, window.s, window.p, 0, selector(interface ? interface : self_type, func));
  } else if (is_native) {
    code.emit_extra(bytecode::Op::ncall, window.s, window.p, 0, native(func, targs));
  } else if (self_type && func->is_virtual && !only_target(func)) {
    code.emit_extra(bytecode::Op::vcall, window.s, window.p, 0, types.vtable_slot(func));
  } else {
    const Type* owner = self_type ? types.view_as(self_type, func->owner) : nullptr;
    const bool own_params = func->tparams.size() > (owner ? owner->args.size() : 0);
    code.emit_extra(bytecode::Op::call, window.s, window.p, 0,
                    function(func, owner && !own_params ? owner->args : targs));
  }
  const Rep result = check::rep_of(func_type->result);
  if (result == Rep::none) {
    code.emit(bytecode::Op::ret, 0);
  } else {
    code.emit(result == Rep::s ? bytecode::Op::rets : bytecode::Op::retp, result == Rep::s ? window.s : window.p);
  }
  bytecode::FunctionDef& def = module.functions[index];
  def.signature = std::move(signature);
  def.scalar_registers = std::max(next.s, window.s + 1);
  def.pointer_registers = std::max(next.p, window.p + 1);
  code.assemble(def, func->file);
  return {type, index};
}

}  // namespace noodle::codegen
