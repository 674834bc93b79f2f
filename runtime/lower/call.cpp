// Calls: what is called, and how.
#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

const Type* without_null(const Type* type) {
  return type && type->is(TypeKind::nullable) ? type->args[0] : type;
}

bool covers(const std::string& declared, std::string_view needed) {
  std::string_view name = declared;
  if (name.size() > 2 && name.substr(name.size() - 2) == ".*") name.remove_suffix(2);
  return needed == name ||
         (needed.size() > name.size() && needed.substr(0, name.size()) == name && needed[name.size()] == '.');
}

}  // namespace

HNode* Body::call(const Expr& e, const Type* hint) {
  if (!e.a) return error_node(e.span);
  const Expr* callee = e.a;
  while (callee->kind == Expr::Kind::paren && callee->a) callee = callee->a;
  if (callee->kind == Expr::Kind::super) {
    report(Code::invalid_constructor, e.span, "`super(...)` is only allowed as the first statement of a constructor");
    return error_node(e.span);
  }
  if (callee->kind == Expr::Kind::safe_member) return safe_call(e, *callee, hint);
  if (callee->kind != Expr::Kind::name && callee->kind != Expr::Kind::member) return call_closure(value(*callee), e);
  const Ref ref = resolve_ref(*callee);
  switch (ref.kind) {
    case Ref::Kind::error:
      return error_node(e.span);
    case Ref::Kind::local:
      return call_closure(local_value(ref.local, callee->span), e);
    case Ref::Kind::builtin_type:
      return conversion(ref.type, e);
    case Ref::Kind::symbol:
      return call_symbol(*ref.symbol, e, hint);
    case Ref::Kind::enum_case:
      return construct_case(*ref.type->decl, ref.member.member->case_index, e.args, true, e.span, hint);
    case Ref::Kind::static_member:
      if (ref.member.member->constant) return call_closure(constant_use(*ref.member.member->constant, callee->span), e);
      return invoke({ref.member.member->func, nullptr, nullptr, false}, e.args, e.type_args, e.span, hint);
    case Ref::Kind::member:
      if (!func_.self) {
        report(Code::outside_class, callee->span,
               "`" + std::string(callee->text) + "` needs an object: static functions have none");
        return error_node(e.span);
      }
      return call_member(self_object(callee->span), {callee->text, callee->span}, e, hint);
    case Ref::Kind::none:
      break;
  }
  if (callee->kind == Expr::Kind::name) return unknown_name(*callee);
  if (!callee->a) return error_node(e.span);
  if (callee->a->kind == Expr::Kind::super) return call_super(e, hint);
  if (callee->a->kind == Expr::Kind::self && func_.self)
    return call_member(self_object(callee->a->span), callee->name, e, hint);
  return call_member(value(*callee->a), callee->name, e, hint);
}

HNode* Body::safe_call(const Expr& e, const Expr& callee, const Type* hint) {
  if (!callee.a) return error_node(e.span);
  HNode* object = value(*callee.a);
  if (object->type->is(TypeKind::error)) return object;
  if (!object->type->is(TypeKind::nullable)) {
    report(Code::invalid_operands, callee.op_span.end ? callee.op_span : callee.span,
           "a `" + to_string(object->type) + "` is never null", "write `.` instead of `?.`");
    return error_node(e.span);
  }
  HVar* held = temp(object->type, callee.a->span);
  const Env before = env_;
  HNode* result = call_member(non_null(read(held, callee.a->span)), callee.name, e, without_null(hint));
  env_ = merge(before, env_);
  if (result->type->is(TypeKind::error)) return result;
  HNode* test = with_edges(is_null(read(held, callee.a->span)), callee.op_span);
  if (result->type->is(TypeKind::void_)) {
    HNode* run = node(HOp::expr, void_type(), e.span, {result});
    return seq({let(held, object, e.span), node(HOp::if_, void_type(), e.span, {not_(test), run})}, void_type(),
               e.span);
  }
  const Type* type = checker_.program.types.nullable(result->type);
  HNode* pick = node(HOp::cond, type, e.span, {test, node(HOp::const_null, type, e.span), convert(result, type)});
  return seq({let(held, object, e.span), pick}, type, e.span);
}

HNode* Body::call_symbol(Symbol& symbol, const Expr& e, const Type* hint) {
  switch (symbol.kind) {
    case Symbol::Kind::func:
      return invoke({symbol.func, nullptr, nullptr, false}, e.args, e.type_args, e.span, hint);
    case Symbol::Kind::class_:
      return construct(*symbol.cls, e.args, e.type_args, e.span, hint);
    case Symbol::Kind::alias: {
      const Type* type = checker_.resolve_alias(symbol);
      if (type->is(TypeKind::error)) return error_node(e.span);
      if (type->is(TypeKind::object) && e.type_args.empty()) return construct(*type->decl, e.args, {}, e.span, type);
      return conversion(type, e);
    }
    default:
      return call_closure(symbol_value(symbol, *e.a, nullptr), e);
  }
}

HNode* Body::call_member(HNode* object, const lang::Name& name, const Expr& e, const Type* hint) {
  const Type* type = object->type;
  checker_.note_receiver(*module_, name.span, type);
  if (type->is(TypeKind::error) || type->is(TypeKind::never) || name.text.empty()) return error_node(e.span);
  if (type->is(TypeKind::void_)) {
    report(Code::void_value, object->span, "this gives no value");
    return error_node(e.span);
  }
  const MemberRef found = checker_.find_member(type, name.text);
  if (!found || found.member->kind == Member::Kind::none) {
    if (report_null_use(*object, {"an object"})) return error_node(e.span);
    if (name.text == "toString" && e.args.empty()) {
      HNode* text_node = to_text(object);
      text_node->span = e.span;
      return text_node;
    }
    if (type->is(TypeKind::actor_ref)) {
      report(Code::not_callable, name.span,
             "`" + std::string(name.text) + "` of a `" + to_string(type) + "` cannot be called directly",
             "write `ask " + std::string(text(e.span)) + "` for its answer, or `send` without one");
      return error_node(e.span);
    }
    return unknown_member(type, name);
  }
  note_use(name.span, checker_.place_of(found));
  if (!check_private(*found.member, found.owner, name)) return error_node(e.span);
  switch (found.member->kind) {
    case Member::Kind::method:
      if (!found.member->func->owner) break;
      if (checker_.info(found.member->func).is_property) {
        auto& diagnostic = report(Code::not_callable, e.span,
                                  "`" + std::string(name.text) + "` is a property: it is used without a call",
                                  "remove the parentheses");
        diagnostic.fixes.push_back({{name.span.end, e.span.end}, ""});
        return error_node(e.span);
      }
      return invoke({found.member->func, object, found.owner, false}, e.args, e.type_args, e.span, hint);
    case Member::Kind::field:
      return call_closure(field_value(object, found, name.span), e);
    case Member::Kind::handler:
      report(Code::not_callable, name.span, "handler `" + found.member->func->name + "` cannot be called directly",
             "put what both need into a `func`, or use `send` and `ask` on an ActorRef");
      return error_node(e.span);
    default:
      break;
  }
  report(Code::not_callable, name.span,
         "`" + std::string(name.text) + "` belongs to the type `" + to_string(found.owner) + "`, not to its values",
         "write `" + to_string(found.owner) + "." + std::string(name.text) + "(...)`");
  return error_node(e.span);
}

HNode* Body::call_super(const Expr& e, const Type* hint) {
  const Expr& callee = *e.a;
  if (!func_.self || !func_.owner || !func_.owner->base) {
    report(Code::outside_class, callee.a->span, "`super` is not available here",
           func_.owner ? "`" + func_.owner->name + "` extends no class" : "use it in a method");
    return error_node(e.span);
  }
  const Type* base = func_.owner->base;
  checker_.note_receiver(*module_, callee.name.span, base);
  const MemberRef found = checker_.find_member(base, callee.name.text);
  if (!found || found.member->kind != Member::Kind::method || !found.member->func->owner)
    return unknown_member(base, callee.name);
  note_use(callee.name.span, checker_.place_of(found));
  if (!check_private(*found.member, found.owner, callee.name)) return error_node(e.span);
  if (found.member->func->is_abstract) {
    report(Code::abstract_instance, callee.name.span, "`" + found.member->func->name + "` has no body to call");
    return error_node(e.span);
  }
  return invoke({found.member->func, self_object(callee.a->span), found.owner, true}, e.args, e.type_args, e.span,
                hint);
}

HNode* Body::call_closure(HNode* callee, const Expr& e) {
  const Type* type = callee->type;
  if (type->is(TypeKind::error) || type->is(TypeKind::never)) return error_node(e.span);
  if (!type->is(TypeKind::func)) {
    if (type->is(TypeKind::nullable) && type->args[0]->is(TypeKind::func) && report_null_use(*callee, {"a function"})) {
      return error_node(e.span);
    }
    report(Code::not_callable, e.a->span, "a `" + to_string(type) + "` cannot be called");
    return error_node(e.span);
  }
  if (!e.type_args.empty()) {
    report(Code::wrong_type_argument_count, e.span, "a function value takes no type arguments");
    return error_node(e.span);
  }
  if (e.args.size() != type->args.size()) {
    report(Code::wrong_argument_count, e.span,
           "a `" + to_string(type) + "` takes " + std::to_string(type->args.size()) +
               (type->args.size() == 1 ? " argument, " : " arguments, ") + std::to_string(e.args.size()) + " given");
    return error_node(e.span);
  }
  HNode* n = node(HOp::call_closure, type->result, e.span, {callee});
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    if (!e.args[i].name.text.empty()) {
      report(Code::unknown_argument, e.args[i].name.span, "parameters of function values have no names");
    }
    if (!e.args[i].value) return error_node(e.span);
    n->kids.push_back(value_as(*e.args[i].value, type->args[i], {"argument"}));
  }
  return n;
}

HNode* Body::conversion(const Type* to, const Expr& e) {
  const std::string name = to_string(to);
  if (e.args.size() != 1 || !e.args[0].name.text.empty() || !e.args[0].value) {
    report(to->is_number() || to->is(TypeKind::string) ? Code::wrong_argument_count : Code::not_callable, e.span,
           to->is_number() || to->is(TypeKind::string) ? "`" + name + "(...)` converts one value"
                                                       : "`" + name + "` cannot be constructed");
    return error_node(e.span);
  }
  HNode* n = value(*e.args[0].value);
  const Type* from = n->type;
  if (from->is(TypeKind::error)) return n;
  if (to->is(TypeKind::string)) {
    HNode* out = to_text(n);
    out->span = e.span;
    return out;
  }
  if (to->is(TypeKind::any)) return to_any(n);
  const Type* integer = basic(TypeKind::int_);
  if (to->is_number()) {
    if (from == to || from->is(TypeKind::never)) return n;
    if (from->is(TypeKind::byte)) {
      n = node(HOp::byte_to_int, integer, e.span, {n});
      return to->is(TypeKind::int_) ? n : node(HOp::int_to_float, to, e.span, {n});
    }
    if (to->is(TypeKind::int_) && from->is(TypeKind::float_)) return node(HOp::float_to_int, to, e.span, {n});
    if (to->is(TypeKind::byte) && from->is(TypeKind::int_)) return node(HOp::int_to_byte, to, e.span, {n});
    if (to->is(TypeKind::float_) && from->is(TypeKind::int_))
      return checker_.fold(node(HOp::int_to_float, to, e.span, {n}));
    if (report_null_use(*n, {"a number"})) return error_node(e.span);
    std::string suggestion;
    if (from->is(TypeKind::string)) suggestion = to->is(TypeKind::float_) ? "use `parseFloat()`" : "use `parseInt()`";
    if (from->is(TypeKind::duration)) suggestion = "use `nanos()`, `millis()` or `seconds()`";
    if (from->is(TypeKind::any) || from->is(TypeKind::json))
      suggestion = "cast it: `" + std::string(text(e.args[0].value->span)) + " as " + name + "`";
    report(Code::type_mismatch, e.span, "`" + name + "(...)` does not take a `" + to_string(from) + "`", suggestion);
    return error_node(e.span);
  }
  report(Code::not_callable, e.a->span, "`" + name + "` cannot be constructed");
  return error_node(e.span);
}

void Body::check_capability(const HFunc& func, Span span) {
  if (func.capability.empty() || !module_->has_requires) return;
  for (const std::string& declared : module_->requires_) {
    if (covers(declared, func.capability)) return;
  }
  if (owner_) {
    for (const std::string& declared : owner_->cls->requires_) {
      if (covers(declared, func.capability)) return;
    }
  }
  report(Code::undeclared_capability, span,
         "`" + (func.native.empty() ? func.name : std::string(func.native)) + "` needs capability `" +
             std::string(func.capability) + "`, which this module does not require",
         "add `" + std::string(func.capability) + "` to the module's `requires`");
}

HNode* Body::invoke(const Callee& callee, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args,
                    Span span, const Type* hint) {
  HFunc& func = *callee.func;
  checker_.ensure_signature(func);
  FuncInfo& side = checker_.info(func);
  Inference inference(checker_, func.tparams);
  std::size_t owned = 0;
  if (callee.owner) {
    const HClass* owner = checker_.class_of(callee.owner);
    owned = owner->tparams.size();
    for (std::size_t i = 0; i < owned; ++i) inference.bind(owner->tparams[i], callee.owner->args[i]);
  }
  const std::string_view name =
      func.decl && !func.decl->name.text.empty() ? func.decl->name.text : std::string_view(func.name);
  if (!type_args.empty()) {
    const std::vector<const Type*> own(func.tparams.begin() + static_cast<std::ptrdiff_t>(owned), func.tparams.end());
    if (!bind_type_args(inference, own, type_args, name, span)) return error_node(span);
  }
  if (!check_needs(func, inference, span, false)) return error_node(span);
  std::vector<Formal> formals;
  formals.reserve(func.params.size());
  for (std::size_t i = 0; i < func.params.size(); ++i) {
    const bool optional = side.params && i < side.params->size() && (*side.params)[i].init != nullptr;
    formals.push_back({func.params[i]->name, func.params[i]->type, optional, checker_.place_of(func, i)});
  }
  std::vector<lang::Arg> rest;
  const std::vector<lang::Arg>* fixed = &args;
  std::vector<lang::Arg> shortened;
  if (side.is_varargs && !formals.empty()) {
    const std::size_t count = formals.size() - 1;
    formals.pop_back();
    if (args.size() > count) {
      shortened.assign(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(count));
      rest.assign(args.begin() + static_cast<std::ptrdiff_t>(count), args.end());
      fixed = &shortened;
    }
  }
  HNode* self = callee.self;
  std::vector<HNode*> setup;
  bool failed = false;
  std::vector<HNode*> kids = arguments(formals, *fixed, name, inference, func.result, hint, span, true, setup, failed);
  if (side.is_varargs) {
    HNode* list = node(HOp::new_list, checker_.program.types.list(basic(TypeKind::any)), span);
    for (const lang::Arg& arg : rest) {
      if (!arg.name.text.empty()) {
        report(Code::unknown_argument, arg.name.span,
               "`" + std::string(name) + "` has no parameter `" + std::string(arg.name.text) + "`");
      }
      if (!arg.value) continue;
      HNode* n = value(*arg.value);
      failed |= n->type->is(TypeKind::error);
      list->kids.push_back(to_any(n));
    }
    kids.push_back(list);
  }
  if (failed || (hint && hint->has_error && !inference.complete())) return error_node(span);
  if (!inference.empty() && !finish_inference(inference, name, span)) return error_node(span);
  if (!check_needs(func, inference, span, true)) return error_node(span);
  std::vector<const Type*> targs;
  targs.reserve(func.tparams.size());
  for (const Type* param : func.tparams) targs.push_back(inference.bound(param));
  fill_defaults(func, kids, targs, span);
  const Type* result = inference.empty() ? func.result : inference.apply(func.result);
  if (setup.empty())
    return finish_call({&func, self, callee.owner, callee.is_super}, std::move(kids), std::move(targs), result, span);
  // Arguments out of order are held in temporaries; the object comes before them.
  if (self && self->op != HOp::local) {
    HVar* held = temp(self->type, self->span);
    setup.insert(setup.begin(), let(held, self, self->span));
    self = read(held, span);
  }
  HNode* made =
      finish_call({&func, self, callee.owner, callee.is_super}, std::move(kids), std::move(targs), result, span);
  setup.push_back(made);
  return seq(std::move(setup), result, span);
}

HNode* Body::finish_call(const Callee& callee, std::vector<HNode*> kids, std::vector<const Type*> targs,
                         const Type* result, Span span) {
  HFunc& func = *callee.func;
  checker_.reference(&func);
  check_capability(func, span);
  HOp op = HOp::call;
  HNode* self = callee.self;
  if (!func.native.empty()) {
    op = HOp::call_native;
  } else if (self && callee.owner && !callee.is_super) {
    if (self->type->is(TypeKind::param)) {
      op = HOp::call_bound;
    } else if (callee.owner->is(TypeKind::object) && callee.owner->decl->kind == HClass::Kind::interface) {
      op = HOp::call_interface;
    } else if (func.is_virtual) {
      op = HOp::call_virtual;
    }
  }
  if (self && callee.owner && op != HOp::call_bound && self->type != callee.owner) {
    if (HNode* converted = convert(self, callee.owner)) self = converted;
  }
  HNode* n = node(op, result, span);
  n->func = &func;
  n->targs = std::move(targs);
  n->kids.reserve(kids.size() + 1);
  if (self) n->kids.push_back(self);
  n->kids.insert(n->kids.end(), kids.begin(), kids.end());
  return n;
}

HNode* Body::make_call(std::string_view prelude_func, std::vector<HNode*> args, Span span) {
  const auto it = checker_.prelude->names.find(prelude_func);
  if (it == checker_.prelude->names.end() || !it->second->func) {
    report(Code::unknown_name, span, "the prelude has no `" + std::string(prelude_func) + "`");
    return error_node(span);
  }
  HFunc& func = *it->second->func;
  checker_.ensure_signature(func);
  return finish_call({&func, nullptr, nullptr, false}, std::move(args), {}, func.result, span);
}

HNode* Body::make_method_call(HNode* object, std::string_view name, std::vector<HNode*> args, Span span) {
  const MemberRef found = checker_.find_member(object->type, name);
  if (!found || found.member->kind != Member::Kind::method) return unknown_member(object->type, {name, span});
  HFunc& func = *found.member->func;
  checker_.ensure_signature(func);
  const Substitution s = checker_.substitution(found.owner);
  for (std::size_t i = 0; i < args.size() && i < func.params.size(); ++i) {
    args[i] = coerce(args[i], checker_.subst(func.params[i]->type, s), {"operand"});
  }
  return finish_call({&func, object, found.owner, false}, std::move(args), found.owner->args,
                     checker_.subst(func.result, s), span);
}

}  // namespace noodle::check
