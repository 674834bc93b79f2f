// Assignments: =, +=, ++ and their like, to variables, fields and elements.
#include "runtime/lower/body.hpp"

namespace noodle::check {

/// Target of an assignment. Parts that would be evaluated twice are in temporaries, set up by `setup`.
struct Body::Place {
  enum class Kind : std::uint8_t { variable, field, element };
  Kind kind = Kind::variable;
  const Type* type = nullptr;
  Local* local = nullptr;
  const HField* field = nullptr;
  HNode* object = nullptr;
  HNode* key = nullptr;
  bool own_field = false;  // field of self
  std::vector<HNode*> setup;
};

bool Body::place(const Expr& target, Place& out) {
  const Expr* e = &target;
  while (e->kind == Expr::Kind::paren && e->a) e = e->a;
  auto not_assignable = [&](const std::string& what, std::string suggestion = {}) {
    report(Code::const_assignment, e->span, what, std::move(suggestion));
    return false;
  };
  auto field_place = [&](HNode* object, const MemberRef& found, const lang::Name& name) {
    if (found.member->kind != Member::Kind::field) {
      return not_assignable("`" + std::string(name.text) + "` is not a variable or field");
    }
    note_use(name.span, checker_.place_of(found));
    if (!check_private(*found.member, found.owner, name)) return false;
    const HClass& owner = *found.member->field->owner;
    if (owner.kind == HClass::Kind::record || owner.kind == HClass::Kind::enum_) {
      report(Code::immutable_assignment, e->span,
             "`" + owner.name + "` is a record: its field `" + std::string(name.text) + "` cannot be changed",
             "build a new `" + owner.name + "(...)`");
      return false;
    }
    out.kind = Place::Kind::field;
    out.object = object;
    out.field = found.member->field;
    out.type = checker_.subst(out.field->type, checker_.substitution(found.owner));
    return true;
  };
  switch (e->kind) {
    case Expr::Kind::error:
      return false;
    case Expr::Kind::name: {
      const Ref ref = resolve_ref(*e);
      switch (ref.kind) {
        case Ref::Kind::local:
          if (ref.local->is_const) {
            auto& diagnostic = report(Code::const_assignment, e->span, "`" + std::string(e->text) + "` is a constant",
                                      "declare it with `let`");
            diagnostic.note = "declared here";
            diagnostic.note_file = module_->file;
            diagnostic.note_span = ref.local->var->span;
            return false;
          }
          out.local = ref.local;
          out.type = ref.local->var->type;
          return true;
        case Ref::Kind::member:
          if (!func_.self) {
            report(Code::outside_class, e->span,
                   "`" + std::string(e->text) + "` needs an object: static functions have none");
            return false;
          }
          out.own_field = true;
          return field_place(self_object(e->span), ref.member, {e->text, e->span});
        case Ref::Kind::none:
          unknown_name(*e);
          return false;
        case Ref::Kind::error:
          return false;
        case Ref::Kind::symbol:
          return not_assignable("`" + std::string(e->text) + "` cannot be assigned",
                                ref.symbol->kind == Symbol::Kind::constant
                                    ? "module constants never change; state lives in actors and objects"
                                    : "");
        default:
          return not_assignable("`" + std::string(e->text) + "` cannot be assigned");
      }
    }
    case Expr::Kind::member: {
      const Ref ref = resolve_ref(*e);
      if (ref.kind == Ref::Kind::error) return false;
      if (ref.kind != Ref::Kind::none && ref.kind != Ref::Kind::local) {
        return not_assignable("`" + std::string(text(e->span)) + "` cannot be assigned");
      }
      if (!e->a) return false;
      const bool own = e->a->kind == Expr::Kind::self && func_.self;
      HNode* object = own ? self_object(e->a->span) : value(*e->a);
      if (object->type->is(TypeKind::error) || object->type->is(TypeKind::never)) return false;
      checker_.note_receiver(*module_, e->name.span, object->type);
      const MemberRef found = checker_.find_member(object->type, e->name.text);
      if (!found || found.member->kind == Member::Kind::none) {
        if (!report_null_use(*object, {"an object"})) unknown_member(object->type, e->name);
        return false;
      }
      out.own_field = own;
      return field_place(object, found, e->name);
    }
    case Expr::Kind::index: {
      if (!e->a || !e->b) return false;
      out.kind = Place::Kind::element;
      out.object = value(*e->a);
      const Type* type = out.object->type;
      HNode* key = value(*e->b, type->is(TypeKind::map) ? type->args[0] : nullptr);
      if (type->is(TypeKind::error) || key->type->is(TypeKind::error)) return false;
      if (type->is(TypeKind::list)) {
        out.type = type->args[0];
        if (key->type->is(TypeKind::byte)) key = node(HOp::byte_to_int, basic(TypeKind::int_), key->span, {key});
        out.key = coerce(key, basic(TypeKind::int_), {"index"});
        return true;
      }
      if (type->is(TypeKind::map)) {
        out.type = type->args[1];
        out.key = coerce(key, type->args[0], {"key"});
        return true;
      }
      if (report_null_use(*out.object, {"a collection"})) return false;
      report(type->is(TypeKind::string) || type->is(TypeKind::bytes) ? Code::immutable_assignment : Code::not_indexable,
             e->span, "elements of a `" + to_string(type) + "` cannot be assigned");
      return false;
    }
    default:
      report(Code::invalid_assignment_target, e->span, "this cannot be assigned to");
      return false;
  }
}

HNode* Body::load(const Place& p, Span span) {
  switch (p.kind) {
    case Place::Kind::variable:
      return local_value(p.local, span);
    case Place::Kind::field: {
      HNode* n = node(HOp::get_field, p.type, span, {p.object});
      n->field = p.field;
      return n;
    }
    case Place::Kind::element:
      return node(HOp::index, p.type, span, {p.object, p.key});
  }
  return nullptr;
}

HNode* Body::store(const Place& p, HNode* stored, Span span) {
  switch (p.kind) {
    case Place::Kind::variable: {
      HVar* var = variable(p.local);
      HNode* n = node(HOp::set_local, void_type(), span, {stored});
      n->var = var;
      return n;
    }
    case Place::Kind::field: {
      HNode* n = node(HOp::set_field, void_type(), span, {p.object, stored});
      n->field = p.field;
      return n;
    }
    case Place::Kind::element:
      return node(HOp::set_index, void_type(), span, {p.object, p.key, stored});
  }
  return nullptr;
}

HNode* Body::assign(const Expr& e, bool value_used) {
  if (!e.a || !e.b) return error_node(e.span);
  return assign_to(e, *e.a, e.b, e.assign_op, 0, false, value_used);
}

HNode* Body::increment(const Expr& e, bool value_used) {
  if (!e.a) return error_node(e.span);
  const int step = static_cast<std::int64_t>(e.int_value) < 0 ? -1 : 1;
  return assign_to(e, *e.a, nullptr, lang::AssignOp::add, step, e.flag, value_used);
}

/// One lowering for all: `operand` null means `++` (step 1) or `--` (step -1).
HNode* Body::assign_to(const Expr& e, const Expr& target, const Expr* operand, lang::AssignOp op, int step, bool prefix,
                       bool value_used) {
  Place p;
  if (!place(target, p)) {
    if (operand) value(*operand);
    return error_node(e.span);
  }
  const bool compound = !operand || op != lang::AssignOp::assign;
  std::vector<HNode*> out;
  if (compound) {
    // The object and the key are used twice.
    for (HNode** part : {&p.object, &p.key}) {
      if (!*part || (*part)->op == HOp::local || Checker::is_constant(*part)) continue;
      HVar* held = temp((*part)->type, (*part)->span);
      out.push_back(let(held, *part, (*part)->span));
      *part = read(held, (*part)->span);
    }
  }
  HNode* stored = nullptr;
  HNode* before = nullptr;      // value of a postfix operator
  const Type* found = nullptr;  // type of the value before conversion
  if (!compound) {
    stored = value(*operand, p.type);
    found = stored->type;
    const char* what = p.kind == Place::Kind::variable ? "variable `%a`"
                       : p.kind == Place::Kind::field  ? "field `%a`"
                                                       : "element";
    stored = coerce(stored, p.type,
                    {what, p.kind == Place::Kind::variable ? p.local->name
                           : p.field                       ? p.field->name
                                                           : std::string_view{}});
  } else {
    lang::BinaryOp binary_op = lang::BinaryOp::add;
    switch (op) {
      case lang::AssignOp::sub:
        binary_op = lang::BinaryOp::sub;
        break;
      case lang::AssignOp::mul:
        binary_op = lang::BinaryOp::mul;
        break;
      case lang::AssignOp::div:
        binary_op = lang::BinaryOp::div;
        break;
      default:
        break;
    }
    HNode* current = load(p, target.span);
    if (!operand) {
      if (!current->type->is_number() && !current->type->is(TypeKind::error)) {
        if (!report_null_use(*current, {step > 0 ? "operand of `++`" : "operand of `--`"})) {
          invalid_operands(step > 0 ? "++" : "--", current->type, nullptr, e.span);
        }
        return error_node(e.span);
      }
      if (value_used && !prefix) {
        HVar* held = temp(current->type, e.span);
        out.push_back(let(held, current, e.span));
        before = read(held, e.span);
        current = read(held, e.span);
      }
      HNode* one = const_int(1, basic(TypeKind::int_), e.span);
      stored = arithmetic(step > 0 ? lang::BinaryOp::add : lang::BinaryOp::sub, current, one, e.span, e.op_span);
    } else {
      stored = arithmetic(binary_op, current, value(*operand), e.span, e.op_span);
    }
    if (stored->type->is(TypeKind::error)) return stored;
    found = stored->type;
    // byte += int stays a byte, with the check of byte(x).
    if (p.type->is(TypeKind::byte) && stored->type->is(TypeKind::int_)) {
      stored = node(HOp::int_to_byte, p.type, e.span, {stored});
    }
    stored = coerce(stored, p.type, {"result of the assignment"});
  }
  HNode* after = nullptr;
  if (value_used && !before) {
    HVar* held = temp(stored->type, e.span);
    out.push_back(let(held, stored, e.span));
    stored = read(held, e.span);
    after = read(held, e.span);
  }
  out.push_back(store(p, stored, e.span));
  if (p.kind == Place::Kind::variable) {
    forget(p.local);
    // A value that is never null narrows the variable until the next assignment.
    const bool narrows = p.type->is(TypeKind::nullable) && p.type->args[0] == found && p.local->context == context_ &&
                         !closure_assigns(*p.local);
    if (narrows) env_.facts.push_back({p.local, found, p.local->version});
  }
  if (p.own_field && context_ == &root_ && p.field) {
    for (std::size_t i = 0; i < required_.size(); ++i) {
      if (required_[i] == p.field) env_.assigned_fields[i] = true;
    }
  }
  if (value_used) {
    HNode* result = before ? before : after;
    out.push_back(result);
    return seq(std::move(out), result->type, e.span);
  }
  if (out.size() == 1) return out[0];
  return seq(std::move(out), void_type(), e.span);
}

}  // namespace noodle::check
