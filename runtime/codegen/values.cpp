// Expressions: dispatch, constants, variables, fields, blocks with a value, elements.
#include <bit>

#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using bytecode::kVoid;
using check::TypeKind;

/// Result: `dest`, the register of a variable, or a fresh temporary at the current mark; none for void and never.
Reg FunctionGen::value(const HNode* node, Reg dest) {
  cover(node);
  switch (node->op) {
    case HOp::const_int:
      return constant(node->ival, dest);
    case HOp::const_float:
      return constant_float(node->fval, dest);
    case HOp::const_string:
      return constant_string(node->text, dest);
    case HOp::const_null: {
      const Reg r = target_or_new(dest, Rep::p);
      code_.emit(Op::ldn, r.index);
      return r;
    }
    case HOp::local:
      return local(node, dest);
    case HOp::set_local: {
      const Reg r = set_local(node);
      if (dest) move(dest, r);
      return dest ? dest : r;
    }
    case HOp::get_field:
      return get_field(node, dest);
    case HOp::set_field:
      set_field(node);
      return {};
    case HOp::neg:
    case HOp::bit_not:
    case HOp::add:
    case HOp::sub:
    case HOp::mul:
    case HOp::div:
    case HOp::mod:
    case HOp::bit_and:
    case HOp::bit_or:
    case HOp::bit_xor:
    case HOp::shl:
    case HOp::shr:
      return arithmetic(node, dest);
    case HOp::logical_not:
      return unary(Op::not_, node, dest);
    case HOp::eq:
    case HOp::ne:
      return equality(node, dest);
    case HOp::lt:
    case HOp::le:
    case HOp::gt:
    case HOp::ge:
      return comparison(node, dest);
    case HOp::logical_and:
    case HOp::logical_or:
      return truth(node, dest);
    case HOp::cond:
      return conditional(node, dest);
    case HOp::concat:
      return concat(node, dest);
    case HOp::to_text:
      return to_text(node, dest);
    case HOp::int_to_float:
      return unary(Op::i2f, node, dest);
    case HOp::float_to_int:
      return unary(Op::f2i, node, dest);
    case HOp::int_to_byte:
      return unary(Op::i2b, node, dest);
    case HOp::byte_to_int:
      return value(node->kids[0], dest);
    case HOp::upcast:
      return upcast(node, dest);
    case HOp::box:
    case HOp::unbox:
    case HOp::assume_not_null:
      return conversion(node, dest);
    case HOp::assume_type:
    case HOp::cast:
      return cast(node, dest);
    case HOp::is_type: {
      const Mark mark = registers_.mark();
      const Reg object = value(node->kids[0]);
      registers_.release(mark);
      const Reg r = target_or_new(dest, Rep::s);
      at(node);
      const Type* target = concrete(node->target);
      if (target->is(TypeKind::any) || target->is(TypeKind::json)) {
        code_.emit(Op::pnul, r.index, object.index);
        code_.emit(Op::not_, r.index, r.index);
      } else {
        code_.emit_extra(Op::isa, r.index, object.index, 0, builder_.types.object_index(target));
      }
      return r;
    }
    case HOp::is_null:
      return unary(Op::pnul, node, dest);
    case HOp::call:
    case HOp::call_virtual:
    case HOp::call_interface:
    case HOp::call_bound:
    case HOp::call_closure:
    case HOp::call_native:
      return call(node, dest);
    case HOp::new_object:
      return new_object(node, dest);
    case HOp::new_fields:
      return new_fields(node, dest);
    case HOp::new_enum:
      return new_enum(node, dest);
    case HOp::new_list:
      return new_list(node, dest);
    case HOp::new_map:
    case HOp::new_set:
      return new_map(node, dest);
    case HOp::lambda:
      return lambda(node, dest);
    case HOp::func_ref:
      return func_ref(node, dest);
    case HOp::bound_method:
      return bound_method(node, dest);
    case HOp::host_object: {
      const Mark window = begin_call(dest);
      constant_string(node->text, alloc(Rep::p));
      return native_call(window, "host.object", {{{bytecode::kString, false}}, builder_.types.ref(type_of(node))}, node,
                         dest);
    }
    case HOp::index:
      return index(node, dest);
    case HOp::set_index:
      set_index(node);
      return {};
    case HOp::length:
      return length(node, dest);
    case HOp::enum_tag: {
      const bool scalar = check::is_scalar(type_of(node->kids[0]));
      return scalar ? value(node->kids[0], dest) : unary(Op::etag, node, dest);
    }
    case HOp::enum_field:
      return enum_field(node, dest);
    case HOp::self_ref:
      return native_call(begin_call(dest), "process.self", {{}, builder_.types.ref(type_of(node))}, node, dest);
    case HOp::spawn:
    case HOp::spawn_func:
      return spawn(node, dest);
    case HOp::ask:
      return ask(node, dest);
    case HOp::send:
    case HOp::send_raw:
    case HOp::stop:
      return send(node);
    case HOp::seq:
      return sequence(node, dest);
    case HOp::labeled:
      return labeled(node, dest);
    default:
      statement(node);
      return {};
  }
}

/// Value into `dest`.
void FunctionGen::value_to(const HNode* node, Reg dest) {
  const Reg r = value(node, dest);
  if (r && !r.same(dest)) move(dest, r);
}

bool is_zero(const HNode* node) {
  return node->op == HOp::const_null || (node->op == HOp::const_int && node->ival == 0) ||
         (node->op == HOp::const_float && std::bit_cast<std::uint64_t>(node->fval) == 0);
}

/// Evaluates for side effects only.
void FunctionGen::effect(const HNode* node) {
  const Mark mark = registers_.mark();
  switch (node->op) {
    case HOp::const_int:
    case HOp::const_float:
    case HOp::const_string:
    case HOp::const_null:
    case HOp::local:
      break;
    case HOp::cond: {
      const Label otherwise = code_.new_label(), end = code_.new_label();
      branch(node->kids[0], false, otherwise);
      effect(node->kids[1]);
      code_.jump(end);
      code_.bind(otherwise);
      effect(node->kids[2]);
      code_.bind(end);
      break;
    }
    case HOp::logical_and:
    case HOp::logical_or: {
      const Label end = code_.new_label();
      branch(node->kids[0], node->op == HOp::logical_or, end);
      effect(node->kids[1]);
      code_.bind(end);
      break;
    }
    case HOp::upcast:
    case HOp::byte_to_int:
      effect(node->kids[0]);
      break;
    case HOp::seq:
      if (!node->kids.empty()) {
        block(node->kids, 0, node->kids.size() - 1);
        effect(node->kids.back());
      }
      break;
    default:
      value(node);
  }
  leave_scope(mark);
}

/// Evaluates into the next free register of its kind: arguments of call windows.
Reg FunctionGen::push(const HNode* node) {
  const Mark mark = registers_.mark();
  const Reg r = value(node);
  if (!r || !mark.is_below(r)) return r;
  const Reg top = alloc(r.rep);
  move(top, r);
  return top;
}

// ---------------------------------------------------------------- constants

Reg FunctionGen::constant(std::int64_t bits, Reg dest) {
  if (auto found = hoisted_scalars_.find(static_cast<std::uint64_t>(bits)); found != hoisted_scalars_.end() && !dest) {
    return found->second;
  }
  const Reg r = target_or_new(dest, Rep::s);
  if (bits >= INT16_MIN && bits <= INT16_MAX) {
    code_.emit_d(Op::ldi, r.index, static_cast<std::uint32_t>(bits) & 0xffff);
  } else {
    code_.emit_d(Op::ldk, r.index, builder_.scalar(static_cast<std::uint64_t>(bits)));
  }
  return r;
}

Reg FunctionGen::constant_float(double number, Reg dest) {
  return constant(std::bit_cast<std::int64_t>(number), dest);
}

Reg FunctionGen::constant_string(std::string_view text, Reg dest) {
  if (auto found = hoisted_strings_.find(text); found != hoisted_strings_.end() && !dest) return found->second;
  const Reg r = target_or_new(dest, Rep::p);
  code_.emit_d(Op::lds, r.index, builder_.string(text));
  return r;
}

/// Value of a variable or field without initialiser.
Reg FunctionGen::zero(const Type* type, Reg dest) {
  const Rep kind = check::rep_of(type);
  if (kind == Rep::s) return constant(0, dest);
  switch (type->kind) {
    case TypeKind::string:
      return constant_string("", dest);
    case TypeKind::bytes:
    case TypeKind::list:
    case TypeKind::map:
    case TypeKind::set:
      return new_collection(type, dest);
    default: {
      const Reg r = target_or_new(dest, Rep::p);
      code_.emit(Op::ldn, r.index);
      return r;
    }
  }
}

// ---------------------------------------------------------------- variables and fields

Reg FunctionGen::local(const HNode* node, Reg dest) {
  const Place p = place(node->var);
  switch (p.kind) {
    case Place::Kind::reg:
      if (!dest) return p.reg;
      move(dest, p.reg);
      return dest;
    case Place::Kind::cell: {
      const Rep kind = rep(node);
      const Reg r = target_or_new(dest, kind);
      code_.emit(kind == Rep::s ? Op::gets : Op::getp, r.index, p.reg.index, 0);
      return r;
    }
    case Place::Kind::capture: {
      const Reg r = target_or_new(dest, p.reg.rep);
      code_.emit(p.reg.rep == Rep::s ? Op::gets : Op::getp, r.index, p.reg.index, p.field);
      return r;
    }
    case Place::Kind::capture_cell: {
      const Mark mark = registers_.mark();
      const Reg cell = alloc(Rep::p);
      code_.emit(Op::getp, cell.index, p.reg.index, p.field);
      registers_.release(mark);
      const Rep kind = rep(node);
      const Reg r = target_or_new(dest, kind);
      code_.emit(kind == Rep::s ? Op::gets : Op::getp, r.index, cell.index, 0);
      return r;
    }
    case Place::Kind::constant:
      return value(p.literal, dest);
    case Place::Kind::none:
      break;
  }
  return dest ? dest : alloc(rep(node));  // unreachable code
}

Reg FunctionGen::set_local(const HNode* node) {
  const Place p = place(node->var);
  if (p.kind == Place::Kind::reg) {
    value_to(node->kids[0], p.reg);
    return p.reg;
  }
  const Mark mark = registers_.mark();
  Reg r = value(node->kids[0]);
  if (!r || p.kind == Place::Kind::none) return r;
  Reg cell = p.reg;
  const Mark before_cell = registers_.mark();
  if (p.kind == Place::Kind::capture_cell) {
    cell = alloc(Rep::p);
    code_.emit(Op::getp, cell.index, p.reg.index, p.field);
  }
  set_slot(cell, {0, r.rep, nullptr}, r);
  registers_.release(before_cell);
  if (mark.is_below(r)) registers_.release(mark);
  return r;
}

Reg FunctionGen::get_field(const HNode* node, Reg dest) {
  const Mark mark = registers_.mark();
  const FieldSlot slot = builder_.types.field(type_of(node->kids[0]), node->field);
  const Reg object = value(node->kids[0]);
  registers_.release(mark);
  const Reg r = target_or_new(dest, slot.rep);
  at(node);
  code_.emit(slot.rep == Rep::s ? Op::gets : Op::getp, r.index, object.index, slot.number);
  return r;
}

void FunctionGen::set_field(const HNode* node) {
  if (skipped_.contains(node)) return;
  const Mark mark = registers_.mark();
  const FieldSlot slot = builder_.types.field(type_of(node->kids[0]), node->field);
  Reg object = value(node->kids[0]);
  object = protect(object, mark, node->kids[1]);
  const Reg from = value(node->kids[1]);
  at(node);
  if (from) set_slot(object, slot, from);
  registers_.release(mark);
}

void FunctionGen::set_slot(Reg object, FieldSlot slot, Reg from) {
  code_.emit(slot.rep == Rep::s ? Op::sets : Op::setp, object.index, slot.number, from.index);
}

// ---------------------------------------------------------------- blocks with a value

Reg FunctionGen::conditional(const HNode* node, Reg dest) {
  const Rep kind = rep(node);
  Reg r = dest;
  if (!r && kind != Rep::none) {
    r = alloc(kind);
    r.fresh = true;
  }
  const Mark mark = registers_.mark();
  const Label otherwise = code_.new_label(), end = code_.new_label();
  branch(node->kids[0], false, otherwise);
  for (int way = 1; way <= 2; ++way) {
    if (r) {
      value_to(node->kids[way], r);
    } else {
      effect(node->kids[way]);
    }
    registers_.release(mark);
    if (way == 1) {
      code_.jump(end);
      code_.bind(otherwise);
    }
  }
  code_.bind(end);
  r.fresh = false;
  return r;
}

Reg FunctionGen::sequence(const HNode* node, Reg dest) {
  const Rep kind = rep(node);
  Reg r = dest;
  if (!r && kind != Rep::none) {
    r = alloc(kind);
    r.fresh = true;
  }
  const Mark mark = registers_.mark();
  if (!node->kids.empty()) {
    block(node->kids, 0, node->kids.size() - 1);
    if (r) {
      value_to(node->kids.back(), r);
    } else {
      effect(node->kids.back());
    }
  }
  leave_scope(mark);
  r.fresh = false;
  return r;
}

Reg FunctionGen::labeled(const HNode* node, Reg dest) {
  const Rep kind = rep(node);
  Target target;
  target.end = code_.new_label();
  target.result = dest;
  target.tries = tries_.size();
  if (!dest && kind != Rep::none) {
    target.result = alloc(kind);
    target.result.fresh = true;
  }
  Reg r = target.result;
  frame().targets[node->label] = target;
  const Mark mark = registers_.mark();
  statement(node->kids[0]);
  leave_scope(mark);
  code_.bind(target.end);
  r.fresh = false;
  return r;
}

/// A condition as a value 0 or 1.
Reg FunctionGen::truth(const HNode* node, Reg dest) {
  const Mark mark = registers_.mark();
  const Label no = code_.new_label(), end = code_.new_label();
  branch(node, false, no);
  registers_.release(mark);
  const Reg r = target_or_new(dest, Rep::s);
  code_.emit_d(Op::ldi, r.index, 1);
  code_.jump(end);
  code_.bind(no);
  code_.emit_d(Op::ldi, r.index, 0);
  code_.bind(end);
  return r;
}

}  // namespace noodle::codegen
