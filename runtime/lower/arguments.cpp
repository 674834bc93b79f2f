// Arguments: matching them to parameters, inference of type arguments (rule 11), default values.
#include <algorithm>

#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

const Expr& strip(const Expr& e) {
  const Expr* inner = &e;
  while (inner->kind == Expr::Kind::paren && inner->a) inner = inner->a;
  return *inner;
}

bool is_untyped_lambda(const Expr& e) {
  if (e.kind != Expr::Kind::lambda) return false;
  return std::any_of(e.params.begin(), e.params.end(), [](const lang::Param& param) { return !param.type; });
}

std::string count_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

std::string parameters_text(const std::vector<Formal>& formals) {
  std::string text;
  for (const Formal& formal : formals) {
    if (!text.empty()) text += ", ";
    text += std::string(formal.name) + ": " + to_string(formal.type) + (formal.optional ? " = ..." : "");
  }
  return text;
}

}  // namespace

bool Body::needs_context(const Expr& written) {
  const Expr& e = strip(written);
  switch (e.kind) {
    case Expr::Kind::null_lit:
    case Expr::Kind::object:
      return true;
    case Expr::Kind::list:
      for (const Expr* item : e.items) {
        if (!needs_context(*item)) return false;
      }
      return true;
    case Expr::Kind::member: {
      const Ref ref = resolve_ref(e);
      return ref.kind == Ref::Kind::enum_case && !ref.type->decl->tparams.empty();
    }
    default:
      return false;
  }
}

bool Inference::owns(const Type* param) const {
  return std::find(params_.begin(), params_.end(), param) != params_.end();
}

const Type* Inference::bound(const Type* param) const {
  const auto it = bound_.find(param);
  return it == bound_.end() ? nullptr : it->second;
}

void Inference::unify(const Type* formal, const Type* actual) {
  if (!formal->has_param || actual->is(TypeKind::error) || actual == hole()) return;
  if (formal->is(TypeKind::param)) {
    if (!owns(formal)) return;
    if (actual->is(TypeKind::null) || actual->is(TypeKind::never) || actual->is(TypeKind::void_) || has_hole(actual))
      return;
    const auto [it, is_new] = bound_.emplace(formal, actual);
    if (is_new || it->second == actual) return;
    // Two arguments give two types: the one that the other converts to.
    const Type* have = it->second;
    const bool wider = (actual->is(TypeKind::float_) && have->is(TypeKind::int_)) || actual->is(TypeKind::any) ||
                       (actual->is(TypeKind::nullable) && actual->args[0] == have) || checker_.is_subtype(have, actual);
    if (wider) it->second = actual;
    return;
  }
  if (formal->is(TypeKind::nullable)) {
    unify(formal->args[0], actual->is(TypeKind::nullable) ? actual->args[0] : actual);
    return;
  }
  if (formal->kind == actual->kind && formal->decl == actual->decl && formal->args.size() == actual->args.size()) {
    for (std::size_t i = 0; i < formal->args.size(); ++i) unify(formal->args[i], actual->args[i]);
    if (formal->result && actual->result) unify(formal->result, actual->result);
    return;
  }
  if (!formal->is(TypeKind::object) || !actual->decl || depth_ > 8) return;
  // A subclass or implementation: look for the base with the same declaration.
  for (const Type* t = actual; t;) {
    if (t->decl == formal->decl) return unify(formal, t);
    checker_.complete_header(checker_.info(t->decl));
    t = t->decl->base ? checker_.subst(t->decl->base, checker_.substitution(t)) : nullptr;
  }
  for (const Type* interface : checker_.all_interfaces(actual)) {
    if (interface->decl == formal->decl) return unify(formal, interface);
  }
}

const Type* Inference::apply(const Type* formal) {
  if (!formal->has_param || params_.empty()) return formal;
  if (complete()) return checker_.subst(formal, bound_);
  Substitution s = bound_;
  for (const Type* param : params_) s.emplace(param, hole());
  return checker_.subst(formal, s);
}

bool Body::bind_type_args(Inference& inference, const std::vector<const Type*>& params,
                          const std::vector<TypeExpr*>& written, std::string_view callee, Span span) {
  if (written.size() != params.size()) {
    report(Code::wrong_type_argument_count, span,
           "`" + std::string(callee) + "` takes " + std::to_string(params.size()) +
               (params.size() == 1 ? " type argument, " : " type arguments, ") + std::to_string(written.size()) +
               " given");
    return false;
  }
  bool ok = true;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Type* type = type_argument(written[i]);
    ok &= !type->is(TypeKind::error);
    inference.bind(params[i], type);
  }
  return ok;
}

bool Body::finish_inference(Inference& inference, std::string_view callee, Span span) {
  for (const Type* param : inference.params()) {
    const Type* arg = inference.bound(param);
    if (!arg) {
      report(Code::cannot_infer, span,
             "type argument `" + param->name + "` of `" + std::string(callee) + "` cannot be told from here",
             "write it: `" + std::string(callee) + "<...>(...)`, or declare the type of the result");
      return false;
    }
  }
  for (const Type* param : inference.params()) {
    const Type* arg = inference.bound(param);
    if (!checker_.check_bound(param, arg, inference.substitution(), module_->file, span)) return false;
    checker_.note_instantiation(param, arg, module_->file, span);
  }
  return true;
}

bool Body::check_needs(HFunc& func, Inference& inference, Span span, bool inferred) {
  const std::string_view needs = checker_.info(func).needs;
  if (needs.empty() || func.tparams.empty()) return true;
  const Type* type = inference.bound(func.tparams[0]);
  if (!type || type->has_error) return true;
  const std::string name(func.decl ? func.decl->name.text : std::string_view(func.name));
  auto fail = [&](Code code, const std::string& what) {
    report(code, span, "`" + name + "` needs " + what + ", not a `" + to_string(type) + "`");
    return false;
  };
  if (needs.substr(0, 5) == "List<") {
    if (!type->is(TypeKind::list)) return fail(Code::type_mismatch, "a list of lists; its elements are not lists");
    inference.bind(func.tparams.back(), type->args[0]);
    return true;
  }
  if (!inferred) return true;
  const bool number = type->is(TypeKind::int_) || type->is(TypeKind::float_) || type->is(TypeKind::duration);
  if (needs == "number") return number || fail(Code::invalid_operands, "numbers or durations");
  if (needs == "ordered") {
    return number || type->is(TypeKind::byte) || type->is(TypeKind::string) || type->is(TypeKind::time) ||
           fail(Code::not_comparable, "values that have `<`");
  }
  return true;
}

std::vector<HNode*> Body::arguments(const std::vector<Formal>& formals, const std::vector<lang::Arg>& args,
                                    std::string_view callee, Inference& inference, const Type* formal_result,
                                    const Type* hint, Span span, bool positional, std::vector<HNode*>& setup,
                                    bool& failed) {
  std::vector<HNode*> slots(formals.size(), nullptr);
  std::vector<std::size_t> target(args.size(), kNone);
  bool any_named = !positional;
  std::size_t next = 0;
  std::vector<bool> given(formals.size(), false);
  for (std::size_t i = 0; i < args.size(); ++i) {
    const lang::Arg& arg = args[i];
    std::size_t at = kNone;
    if (arg.name.text.empty()) {
      if (!positional || next >= formals.size()) {
        const Span place = arg.value ? arg.value->span : span;
        if (!positional) {
          report(Code::wrong_argument_count, place, "the fields of `" + std::string(callee) + "` are given by name",
                 formals.empty() ? "" : "write `" + std::string(formals[0].name) + ": ...`");
        } else {
          report(Code::wrong_argument_count, place,
                 "`" + std::string(callee) + "` takes " + count_text(formals.size()) + ", " +
                     std::to_string(args.size()) + " given",
                 "its parameters are (" + parameters_text(formals) + ")");
        }
        failed = true;
        return slots;
      }
      at = next++;
    } else {
      any_named = true;
      for (std::size_t j = 0; j < formals.size() && at == kNone; ++j) {
        if (formals[j].name == arg.name.text) at = j;
      }
      if (at == kNone) {
        std::vector<std::string_view> names;
        for (const Formal& formal : formals) names.push_back(formal.name);
        const std::string_view near = nearest_name(arg.name.text, names);
        auto& diagnostic = report(
            Code::unknown_argument, arg.name.span,
            "`" + std::string(callee) + "` has no parameter or field `" + std::string(arg.name.text) + "`",
            near.empty() ? "it has (" + parameters_text(formals) + ")" : "did you mean `" + std::string(near) + "`?");
        if (!near.empty()) diagnostic.fixes.push_back({arg.name.span, std::string(near)});
        failed = true;
        continue;
      }
    }
    if (given[at]) {
      report(Code::duplicate_name, arg.name.text.empty() ? span : arg.name.span,
             "argument `" + std::string(formals[at].name) + "` of `" + std::string(callee) + "` is given twice");
      failed = true;
      continue;
    }
    given[at] = true;
    target[i] = at;
    note_use(arg.name.span, formals[at].declared);
  }
  std::string missing;
  std::size_t missing_count = 0;
  for (std::size_t i = 0; i < formals.size(); ++i) {
    if (given[i] || formals[i].optional) continue;
    missing += (missing.empty() ? "`" : ", `") + std::string(formals[i].name) + "`";
    ++missing_count;
  }
  if (missing_count && !failed) {
    failed = true;
    if (any_named) {
      report(Code::missing_argument, span,
             (missing_count == 1 ? "argument " : "arguments ") + missing + " of `" + std::string(callee) +
                 (missing_count == 1 ? "` is missing" : "` are missing"),
             "it has (" + parameters_text(formals) + ")");
    } else {
      report(Code::wrong_argument_count, span,
             "`" + std::string(callee) + "` takes " + count_text(formals.size()) + ", " + std::to_string(args.size()) +
                 " given; " + missing + (missing_count == 1 ? " is missing" : " are missing"),
             "its parameters are (" + parameters_text(formals) + ")");
    }
  }
  auto check_one = [&](std::size_t i) {
    const Formal& formal = formals[target[i]];
    HNode* n = value(*args[i].value, inference.apply(formal.type));
    if (n->type->has_error) failed = true;
    inference.unify(formal.type, n->type);
    slots[target[i]] = n;
  };
  bool seen_hint = false;
  for (int phase = 0; phase < 3; ++phase) {
    bool deferred = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (target[i] == kNone || slots[target[i]]) continue;
      if (!args[i].value) {
        failed = true;
        slots[target[i]] = error_node(span);
        continue;
      }
      const Expr& e = strip(*args[i].value);
      const bool open = !inference.empty() && has_hole(inference.apply(formals[target[i]].type));
      const int when = !open ? 0 : is_untyped_lambda(e) ? 2 : needs_context(e) ? 1 : 0;
      if (when > phase) {
        deferred = true;
        continue;
      }
      check_one(i);
    }
    if (!deferred) break;
    if (phase == 0 && hint && formal_result && !seen_hint) {
      seen_hint = true;
      // Only what the arguments leave open comes from the expected type.
      learn_from_hint(inference, formal_result, hint);
    }
  }
  if (!inference.empty() && !inference.complete() && hint && formal_result)
    learn_from_hint(inference, formal_result, hint);
  if (failed) return slots;
  if (!inference.empty() && !inference.complete()) return slots;  // finish_inference reports it
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!slots[i]) continue;
    HNode* n = coerce(slots[i], inference.apply(formals[i].type), {"argument `%a` of `%b`", formals[i].name, callee});
    if (n->type->is(TypeKind::error)) failed = true;
    slots[i] = n;
  }
  if (!std::is_sorted(target.begin(), target.end())) {
    for (const std::size_t at : target) {
      if (at == kNone || Checker::is_constant(slots[at])) continue;
      HVar* held = temp(slots[at]->type, slots[at]->span);
      setup.push_back(let(held, slots[at], slots[at]->span));
      slots[at] = read(held, slots[at]->span);
    }
  }
  return slots;
}

void Body::learn_from_hint(Inference& inference, const Type* formal, const Type* hint) {
  if (hint->is(TypeKind::nullable) && !formal->is(TypeKind::nullable)) hint = hint->args[0];
  if (hint->is(TypeKind::void_) || hint->is(TypeKind::any) || hint->is(TypeKind::json)) return;
  Inference fresh(checker_, inference.params());
  fresh.unify(formal, hint);
  for (const Type* param : inference.params()) {
    if (!inference.bound(param) && fresh.bound(param)) inference.bind(param, fresh.bound(param));
  }
}

void Body::fill_defaults(HFunc& func, std::vector<HNode*>& args, const std::vector<const Type*>& targs, Span span) {
  const FuncInfo& side = checker_.info(func);
  for (std::size_t i = 0; i < args.size() && i < func.params.size(); ++i) {
    if (args[i] || !side.params || i >= side.params->size()) continue;
    const Expr* init = (*side.params)[i].init;
    if (!init) continue;
    auto bind = [](const HFunc& f, const std::vector<const Type*>& list) {
      Substitution s;
      for (std::size_t j = 0; j < f.tparams.size() && j < list.size(); ++j) s[f.tparams[j]] = list[j];
      return s;
    };
    const Type* type = func.params[i]->type;
    if (type->has_param) type = checker_.subst(type, bind(func, targs));
    // Plain literals are written out, everything else is computed by a function in the callee's module.
    HNode* literal = nullptr;
    switch (init->kind) {
      case Expr::Kind::int_lit:
        if (init->int_value > static_cast<std::uint64_t>(INT64_MAX)) break;
        [[fallthrough]];
      case Expr::Kind::float_lit:
      case Expr::Kind::bool_lit:
      case Expr::Kind::string_lit:
      case Expr::Kind::duration_lit:
      case Expr::Kind::null_lit:
        literal = convert(expr(*init, type), type);
        break;
      default:
        break;
    }
    if (literal) {
      literal->span = span;
      args[i] = literal;
      continue;
    }
    // An inherited constructor has the defaults of its base, with the base's type arguments.
    const HFunc* from = &func;
    std::vector<const Type*> made_targs = targs;
    while (HFunc* base = checker_.info(*from).defaults_from) {
      const Substitution s = bind(*from, made_targs);
      made_targs.clear();
      for (const Type* arg : from->owner->base->args) made_targs.push_back(checker_.subst(arg, s));
      from = base;
    }
    HNode* n = node(HOp::call, type, span);
    n->func = checker_.default_value(func, i);
    n->targs = std::move(made_targs);
    args[i] = n;
  }
}

}  // namespace noodle::check
