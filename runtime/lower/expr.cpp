// Expressions: dispatch, literals and names.
#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {

HNode* Body::value(const Expr& e, const Type* hint) {
  HNode* n = expr(e, hint && hint->is(TypeKind::void_) ? nullptr : hint);
  if (!n->type->is(TypeKind::void_)) return n;
  const bool function = hint && hint->is(TypeKind::func) && hint->args.empty() && e.kind == Expr::Kind::call;
  report(Code::void_value, e.span, "this gives no value",
         function ? "to pass a function, write `() => " + std::string(text(e.span)) + "`" : "");
  return error_node(e.span);
}

HNode* Body::value_as(const Expr& e, const Type* to, const Purpose& purpose) {
  return coerce(value(e, to), to, purpose);
}

HNode* Body::expr(const Expr& e, const Type* hint) {
  DepthGuard guard(checker_.expression_depth);
  if (guard.too_deep(1400)) {
    report(Code::nesting_too_deep, e.span, "expressions of this program depend on each other too deeply");
    return error_node(e.span);
  }
  const bool used = !hint || !hint->is(TypeKind::void_);
  switch (e.kind) {
    case Expr::Kind::error:
      return error_node(e.span);
    case Expr::Kind::int_lit: {
      if (hint &&
          (hint->is(TypeKind::float_) || (hint->is(TypeKind::nullable) && hint->args[0]->is(TypeKind::float_)))) {
        HNode* n = node(HOp::const_float, basic(TypeKind::float_), e.span);
        n->fval = static_cast<double>(e.int_value);
        return n;
      }
      if (e.int_value > static_cast<std::uint64_t>(INT64_MAX)) {
        report(Code::number_too_large, e.span, "`" + std::string(text(e.span)) + "` does not fit an int");
        return error_node(e.span);
      }
      return const_int(static_cast<std::int64_t>(e.int_value), basic(TypeKind::int_), e.span);
    }
    case Expr::Kind::float_lit: {
      HNode* n = node(HOp::const_float, basic(TypeKind::float_), e.span);
      n->fval = e.float_value;
      return n;
    }
    case Expr::Kind::bool_lit:
      return const_int(e.int_value != 0, basic(TypeKind::bool_), e.span);
    case Expr::Kind::null_lit:
      return node(HOp::const_null, basic(TypeKind::null), e.span);
    case Expr::Kind::string_lit:
      return const_string(e.text, e.span);
    case Expr::Kind::duration_lit:
      return const_int(static_cast<std::int64_t>(e.int_value), basic(TypeKind::duration), e.span);
    case Expr::Kind::interp:
      return interpolation(e);
    case Expr::Kind::name:
      return name(e, hint);
    case Expr::Kind::self:
      return self_value(e);
    case Expr::Kind::super:
      report(Code::outside_class, e.span, "`super` is only used to call: super.method(...) or super(...)");
      return error_node(e.span);
    case Expr::Kind::member:
      return member(e, hint);
    case Expr::Kind::safe_member:
      return safe_member(e, hint);
    case Expr::Kind::call:
      return call(e, hint);
    case Expr::Kind::index:
      return index(e);
    case Expr::Kind::unary:
      return unary(e, hint);
    case Expr::Kind::binary:
      return binary(e, hint);
    case Expr::Kind::assign:
      return assign(e, used);
    case Expr::Kind::inc_dec:
      return increment(e, used);
    case Expr::Kind::cond:
      return conditional(e, hint);
    case Expr::Kind::is:
      return is_test(e, nullptr);
    case Expr::Kind::as:
      return cast(e);
    case Expr::Kind::lambda:
      return lambda(e, hint);
    case Expr::Kind::list:
      return list_literal(e, hint);
    case Expr::Kind::object:
      return object_literal(e, hint);
    case Expr::Kind::match:
      return match(e, hint);
    case Expr::Kind::spawn:
      return spawn(e);
    case Expr::Kind::ask:
      return ask(e);
    case Expr::Kind::new_:
      return new_expr(e, hint);
    case Expr::Kind::paren:
      return e.a ? expr(*e.a, hint) : error_node(e.span);
  }
  return error_node(e.span);
}

HNode* Body::interpolation(const Expr& e) {
  HNode* n = node(HOp::concat, basic(TypeKind::string), e.span);
  for (const Expr* part : e.items) {
    if (part->kind == Expr::Kind::string_lit && part->text.empty()) continue;
    n->kids.push_back(to_text(value(*part)));
  }
  if (n->kids.empty()) return const_string({}, e.span);
  if (n->kids.size() == 1) return n->kids[0];
  return checker_.fold(n);
}

HNode* Body::local_value(Local* local, Span span) {
  HNode* n = read(variable(local), span);
  if (env_.facts.empty()) return n;
  const Type* type = narrowed(local);
  if (type == n->type) return n;
  if (n->type->is(TypeKind::nullable) && n->type->args[0] == type) return non_null(n);
  return node(HOp::assume_type, type, span, {n});
}

HNode* Body::self_object(Span span) {
  return read(self_variable(*context_), span);
}

HNode* Body::self_value(const Expr& e) {
  if (func_.self) {
    const HClass::Kind kind = func_.owner->kind;
    if (kind == HClass::Kind::actor || kind == HClass::Kind::agent || kind == HClass::Kind::supervisor) {
      return node(HOp::self_ref, checker_.program.types.actor_ref(func_.owner->self_type), e.span);
    }
    return self_object(e.span);
  }
  if (func_.kind == HFunc::Kind::function || func_.kind == HFunc::Kind::test) {
    return node(HOp::self_ref, checker_.program.types.actor_ref(basic(TypeKind::any)), e.span);
  }
  report(Code::outside_class, e.span, "`self` is not available here");
  return error_node(e.span);
}

HNode* Body::name(const Expr& e, const Type* hint) {
  const Ref ref = resolve_ref(e);
  switch (ref.kind) {
    case Ref::Kind::local:
      return local_value(ref.local, e.span);
    case Ref::Kind::member: {
      if (!func_.self) {
        report(Code::outside_class, e.span,
               "`" + std::string(e.text) + "` needs an object: static functions have none");
        return error_node(e.span);
      }
      return field_value(self_object(e.span), ref.member, e.span);
    }
    case Ref::Kind::static_member:
      if (ref.member.member->constant) return constant_use(*ref.member.member->constant, e.span);
      return function_value(*ref.member.member->func, e, hint);
    case Ref::Kind::symbol:
      return symbol_value(*ref.symbol, e, hint);
    case Ref::Kind::builtin_type:
      report(Code::not_a_value, e.span, "`" + std::string(e.text) + "` is a type, not a value");
      return error_node(e.span);
    case Ref::Kind::error:
      return error_node(e.span);
    default:
      return unknown_name(e);
  }
}

HNode* Body::unknown_name(const Expr& e) {
  std::vector<std::string_view> names;
  for (const Local* local : stack_) names.push_back(local->name);
  if (owner_) {
    const auto members = checker_.member_names(owner_->cls->self_type);
    names.insert(names.end(), members.begin(), members.end());
  }
  const auto visible = checker_.visible_names(*module_, false);
  names.insert(names.end(), visible.begin(), visible.end());
  const std::string_view near = nearest_name(e.text, names);
  auto& diagnostic = report(Code::unknown_name, e.span, "no such name `" + std::string(e.text) + "`",
                            near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
  if (!near.empty()) diagnostic.fixes.push_back({e.span, std::string(near)});
  return error_node(e.span);
}

HNode* Body::symbol_value(Symbol& symbol, const Expr& e, const Type* hint) {
  switch (symbol.kind) {
    case Symbol::Kind::func:
      return function_value(*symbol.func, e, hint);
    case Symbol::Kind::constant:
      return constant_use(*symbol.constant, e.span);
    case Symbol::Kind::host_object: {
      if (symbol.stage == Stage::todo) {
        symbol.stage = Stage::done;
        symbol.type = checker_.resolve(symbol.decl->type, {symbol.module, {}, nullptr});
      }
      HNode* n = node(HOp::host_object, symbol.type, e.span);
      n->text = symbol.decl->name.text;
      return n;
    }
    case Symbol::Kind::import:
      if (symbol.target) {
        report(Code::not_a_value, e.span, "`" + std::string(text(e.span)) + "` is a module, not a value");
      }
      return error_node(e.span);
    case Symbol::Kind::class_:
    case Symbol::Kind::alias:
      break;
  }
  report(
      Code::not_a_value, e.span, "`" + std::string(text(e.span)) + "` is a type, not a value",
      symbol.kind == Symbol::Kind::class_ && symbol.cls->kind != HClass::Kind::enum_ && symbol.cls->kind != HClass::Kind::interface ? "write `" +
                                                                                                                                          std::string(text(
                                                                                                                                              e.span)) +
                                                                                                                                          "(...)` to make one"
                                                                                                                                    : "");
  return error_node(e.span);
}

HNode* Body::constant_use(Constant& constant, Span span) {
  if (!checker_.ensure_constant(constant) || !constant.value) return error_node(span);
  return checker_.copy_constant(constant.value, span);
}

HNode* Body::conditional(const Expr& e, const Type* hint) {
  if (!e.a || !e.b || !e.c) return error_node(e.span);
  Facts facts;
  HNode* test = condition(*e.a, facts);
  const Env before = env_;
  apply(facts.when_true);
  HNode* then = expr(*e.b, hint);
  Env after_then = env_;
  env_ = before;
  apply(facts.when_false);
  HNode* other = expr(*e.c, hint);
  env_ = merge(after_then, env_);
  test = with_edges(test, e.b->span);
  const Type* type = nullptr;
  if (hint && hint->is(TypeKind::void_)) {
    HNode* n = node(HOp::if_, void_type(), e.span, {test, then, other});
    for (std::size_t i = 1; i < 3; ++i) n->kids[i] = node(HOp::expr, void_type(), e.span, {n->kids[i]});
    return n;
  }
  for (HNode* branch : {then, other}) {
    if (!branch->type->is(TypeKind::void_)) continue;
    report(Code::void_value, branch->span, "this gives no value");
    return error_node(e.span);
  }
  type = is_known(hint) && converts(then->type, hint) && converts(other->type, hint) ? hint
                                                                                     : join(then->type, other->type);
  if (!type) {
    report(Code::type_mismatch, e.span,
           "the branches of `? :` are a `" + to_string(then->type) + "` and a `" + to_string(other->type) + "`");
    return error_node(e.span);
  }
  if (type->is(TypeKind::error)) return error_node(e.span);
  then = coerce(then, type, {"branch"});
  other = coerce(other, type, {"branch"});
  if (test->op == HOp::const_int) return test->ival ? then : other;
  return node(HOp::cond, type, e.span, {test, then, other});
}

HNode* Body::is_test(const Expr& e, Facts* facts) {
  if (!e.a) return error_node(e.span);
  HNode* operand = value(*e.a);
  const Type* target = resolve(e.type);
  if (operand->type->is(TypeKind::error) || target->is(TypeKind::error)) return error_node(e.span);
  if (target->is(TypeKind::nullable)) {
    report(Code::type_mismatch, e.type->span, "`is` tests for a type that is never null", "test `== null` on its own");
    return error_node(e.span);
  }
  if (!castable(operand->type, target)) {
    report(Code::type_mismatch, e.span, "a `" + to_string(operand->type) + "` is never a `" + to_string(target) + "`");
    return error_node(e.span);
  }
  if (facts && operand->type != target) type_facts(*e.a, target, *facts);
  if (is_scalar(operand->type) || operand->type->is(TypeKind::param)) operand = to_any(operand);
  HNode* n = node(HOp::is_type, basic(TypeKind::bool_), e.span, {operand});
  n->target = target;
  return n;
}

HNode* Body::cast(const Expr& e) {
  if (!e.a) return error_node(e.span);
  const Type* target = resolve(e.type);
  HNode* operand = value(*e.a, target);
  if (operand->type->is(TypeKind::error) || target->is(TypeKind::error)) return error_node(e.span);
  if (HNode* converted = convert(operand, target)) {
    if (converted->type == target) converted->span = e.span;
    return converted;
  }
  if (!castable(operand->type, target)) {
    const bool numbers = (operand->type->is_number() || operand->type->is(TypeKind::bool_)) && target->is_number();
    report(Code::type_mismatch, e.span, "a `" + to_string(operand->type) + "` is never a `" + to_string(target) + "`",
           numbers ? "write `" + to_string(target) + "(" + std::string(text(e.a->span)) + ")`" : "");
    return error_node(e.span);
  }
  if (is_scalar(operand->type) || operand->type->is(TypeKind::param)) operand = to_any(operand);
  HNode* n = node(HOp::cast, target, e.span, {operand});
  n->target = target;
  return n;
}

}  // namespace noodle::check
