// Members and elements: a.b, a?.b, a[b].
#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

bool has_length(const Type* type) {
  switch (type->kind) {
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::list:
    case TypeKind::map:
    case TypeKind::set:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Body::check_private(const Member& m, const Type* owner, const lang::Name& name) {
  if (!m.is_private) return true;
  const HClass* home = checker_.class_of(owner);
  if (owner_ && owner_->cls == home) return true;
  report(Code::private_member, name.span, "`" + std::string(name.text) + "` is private to `" + home->name + "`");
  return false;
}

HNode* Body::unknown_member(const Type* type, const lang::Name& name) {
  const std::string_view near = nearest_name(name.text, checker_.member_names(type));
  std::string suggestion;
  if (!near.empty()) {
    suggestion = "did you mean `" + std::string(near) + "`?";
  } else if (type->is(TypeKind::any)) {
    suggestion = "an `any` allows only ==, text, is, as and match";
  } else if (type->is(TypeKind::param)) {
    suggestion = type->bound ? "`" + type->name + "` has the methods of `" + to_string(type->bound) + "`"
                             : "give the type parameter a bound: <" + type->name + ": Interface>";
  }
  auto& diagnostic = report(Code::unknown_member, name.span,
                            "`" + to_string(type) + "` has no member `" + std::string(name.text) + "`", suggestion);
  if (!near.empty()) diagnostic.fixes.push_back({name.span, std::string(near)});
  return error_node(name.span);
}

HNode* Body::member(const Expr& e, const Type* hint) {
  const Ref ref = resolve_ref(e);
  switch (ref.kind) {
    case Ref::Kind::symbol:
      return symbol_value(*ref.symbol, e, hint);
    case Ref::Kind::enum_case:
      return construct_case(*ref.type->decl, ref.member.member->case_index, {}, false, e.span, hint);
    case Ref::Kind::static_member:
      if (ref.member.member->constant) return constant_use(*ref.member.member->constant, e.span);
      return function_value(*ref.member.member->func, e, hint);
    case Ref::Kind::error:
      return error_node(e.span);
    default:
      break;
  }
  if (!e.a) return error_node(e.span);
  if (e.a->kind == Expr::Kind::self && func_.self) {
    // In an actor `self.x` means the member; everywhere else it is the same anyway.
    return member_of(self_object(e.a->span), e.name, e.span, hint);
  }
  if (e.a->kind == Expr::Kind::super) {
    report(Code::outside_class, e.a->span, "`super` is only used to call: super.method(...)");
    return error_node(e.span);
  }
  return member_of(value(*e.a), e.name, e.span, hint);
}

HNode* Body::member_of(HNode* object, const lang::Name& name, Span span, const Type* hint) {
  const Type* type = object->type;
  checker_.note_receiver(*module_, name.span, type);
  if (type->is(TypeKind::error) || type->is(TypeKind::never) || name.text.empty()) return error_node(span);
  const MemberRef found = checker_.find_member(type, name.text);
  if (has_length(type) && name.text == "length") {
    if (found) note_use(name.span, checker_.place_of(found));
    return node(HOp::length, basic(TypeKind::int_), span, {object});
  }
  if (!found || found.member->kind == Member::Kind::none) {
    if (report_null_use(*object, {"an object"})) return error_node(span);
    if (name.text == "toString") return unknown_member(type, name);
    if (type->is(TypeKind::actor_ref)) {
      report(Code::unknown_member, name.span,
             "`" + std::string(name.text) + "` is not a member of `" + to_string(type) + "`",
             "an actor is used by `send ref.handler(...)` and `ask ref.handler(...)`");
      return error_node(span);
    }
    return unknown_member(type, name);
  }
  note_use(name.span, checker_.place_of(found));
  if (!check_private(*found.member, found.owner, name)) return error_node(span);
  switch (found.member->kind) {
    case Member::Kind::field:
      return field_value(object, found, span);
    case Member::Kind::method:
      if (!found.member->func->owner) break;
      if (checker_.info(found.member->func).is_property)
        return invoke({found.member->func, object, found.owner, false}, {}, {}, span, hint);
      return bound_method(object, found, span, hint);
    default:
      break;
  }
  report(Code::not_a_value, name.span,
         "`" + std::string(name.text) + "` belongs to the type `" + to_string(type) + "`, not to its values",
         found.member->kind == Member::Kind::handler
             ? "handlers are called by `send` and `ask`"
             : "write `" + to_string(found.owner) + "." + std::string(name.text) + "`");
  return error_node(span);
}

HNode* Body::field_value(HNode* object, const MemberRef& found, Span span) {
  if (found.member->kind == Member::Kind::method) return bound_method(object, found, span, nullptr);
  if (found.member->kind != Member::Kind::field) {
    report(Code::not_a_value, span, "`" + std::string(text(span)) + "` is not a value",
           found.member->kind == Member::Kind::handler ? "handlers are called by `send` and `ask`" : "");
    return error_node(span);
  }
  const HField* field = found.member->field;
  const Type* type =
      found.owner->args.empty() ? field->type : checker_.subst(field->type, checker_.substitution(found.owner));
  HNode* n = node(HOp::get_field, type, span, {object});
  n->field = field;
  return n;
}

HNode* Body::bound_method(HNode* object, const MemberRef& found, Span span, const Type* hint) {
  HFunc& func = *found.member->func;
  checker_.ensure_signature(func);
  if (checker_.info(func).is_property) return invoke({&func, object, found.owner, false}, {}, {}, span, hint);
  Inference inference(checker_, func.tparams);
  const HClass* owner = checker_.class_of(found.owner);
  for (std::size_t i = 0; i < owner->tparams.size(); ++i) inference.bind(owner->tparams[i], found.owner->args[i]);
  std::vector<const Type*> params;
  for (const HVar* param : func.params) params.push_back(param->type);
  const Type* type = checker_.program.types.func(std::move(params), func.result);
  if (hint && hint->is(TypeKind::func)) inference.unify(type, hint);
  if (!finish_inference(inference, func.name, span)) return error_node(span);
  type = inference.apply(type);
  std::vector<const Type*> targs;
  for (const Type* param : func.tparams) targs.push_back(inference.bound(param));
  checker_.reference(&func);
  check_capability(func, span);
  const bool plain = func.native.empty() && found.owner->is(TypeKind::object) && !object->type->is(TypeKind::param);
  if (!plain) return forwarding_lambda(func, object, found.owner, targs, type, span);
  HNode* n = node(HOp::bound_method, type, span, {object});
  n->func = &func;
  n->targs = std::move(targs);
  return n;
}

HNode* Body::safe_member(const Expr& e, const Type* hint) {
  if (!e.a) return error_node(e.span);
  HNode* object = value(*e.a);
  if (object->type->is(TypeKind::error)) return object;
  if (!object->type->is(TypeKind::nullable)) {
    if (object->type->is(TypeKind::null)) return object;
    auto& diagnostic = report(Code::invalid_operands, e.op_span.end ? e.op_span : e.span,
                              "a `" + to_string(object->type) + "` is never null", "write `.` instead of `?.`");
    diagnostic.note = {};
    return error_node(e.span);
  }
  HVar* held = temp(object->type, e.a->span);
  HNode* found = member_of(non_null(read(held, e.a->span)), e.name, e.span, hint);
  if (found->type->is(TypeKind::error)) return found;
  const Type* type = checker_.program.types.nullable(found->type);
  HNode* absent = node(HOp::const_null, type, e.span);
  HNode* test = with_edges(is_null(read(held, e.a->span)), e.op_span);
  HNode* pick = node(HOp::cond, type, e.span, {test, absent, convert(found, type)});
  return seq({let(held, object, e.a->span), pick}, type, e.span);
}

HNode* Body::index(const Expr& e) {
  if (!e.a || !e.b) return error_node(e.span);
  HNode* object = value(*e.a);
  const Type* type = object->type;
  const Type* hint = type->is(TypeKind::map) ? type->args[0] : nullptr;
  return indexed(object, value(*e.b, hint), e);
}

HNode* Body::indexed(HNode* object, HNode* key, const Expr& e) {
  const Type* type = object->type;
  if (type->is(TypeKind::error) || key->type->is(TypeKind::error)) return error_node(e.span);
  const Type* result = nullptr;
  switch (type->kind) {
    case TypeKind::list:
      result = type->args[0];
      break;
    case TypeKind::string:
      result = type;
      break;
    case TypeKind::bytes:
      result = basic(TypeKind::byte);
      break;
    case TypeKind::map:
      key = coerce(key, type->args[0], {"key"});
      return node(HOp::index, type->args[1], e.span, {object, key});
    default:
      break;
  }
  if (!result) {
    const HClass* cls = checker_.class_of(type);
    if (cls && !type->is(TypeKind::nullable)) {
      ClassInfo& side = checker_.info(cls);
      checker_.complete_members(side);
      for (HFunc* method : side.index_methods) {
        checker_.ensure_signature(*method);
        if (method->params.size() != 1 || !converts(key->type, method->params[0]->type)) continue;
        return finish_call({method, object, type, false}, {convert(key, method->params[0]->type)}, type->args,
                           method->result, e.span);
      }
    }
    if (report_null_use(*object, {"a collection"})) return error_node(e.span);
    const bool is_set = type->is(TypeKind::set);
    report(Code::not_indexable, e.span,
           "a `" + to_string(type) + "` cannot be indexed" +
               (cls && !checker_.info(cls).index_methods.empty() ? " by a `" + to_string(key->type) + "`" : ""),
           is_set ? "use `has(value)`, or `values()` for a list" : "");
    return error_node(e.span);
  }
  if (key->type->is(TypeKind::byte)) key = node(HOp::byte_to_int, basic(TypeKind::int_), key->span, {key});
  key = coerce(key, basic(TypeKind::int_), {"index"});
  return node(HOp::index, result, e.span, {object, key});
}

}  // namespace noodle::check
