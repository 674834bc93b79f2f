// Functions as values: lambdas, local functions, named functions and methods.
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

const Type* without_null(const Type* type) {
  return type && type->is(TypeKind::nullable) ? type->args[0] : type;
}

}  // namespace

HNode* Body::lambda(const Expr& e, const Type* hint) {
  hint = without_null(hint);
  if (hint && hint->is(TypeKind::error)) return error_node(e.span);
  if (hint && !hint->is(TypeKind::func)) hint = nullptr;
  if (hint && hint->args.size() != e.params.size()) {
    // The expected type explains the mistake better than a missing parameter type would.
    report(Code::wrong_argument_count, e.span,
           "this function takes " + std::to_string(e.params.size()) +
               (e.params.size() == 1 ? " parameter, a `" : " parameters, a `") + to_string(hint) + "` is expected");
    return error_node(e.span);
  }
  std::vector<const Type*> params;
  bool known = true;
  for (std::size_t i = 0; i < e.params.size(); ++i) {
    const lang::Param& param = e.params[i];
    if (param.type) {
      params.push_back(resolve(param.type));
    } else if (hint && !has_hole(hint->args[i])) {
      params.push_back(hint->args[i]);
    } else {
      if (known) {
        report(Code::cannot_infer, param.name.span,
               "the type of parameter `" + std::string(param.name.text) + "` cannot be told from here",
               "write it: `(" + std::string(param.name.text) + ": Type) => ...`");
      }
      known = false;
      params.push_back(basic(TypeKind::error));
    }
  }
  const Type* result = nullptr;
  if (e.result_type) {
    result = checker_.resolve_result(e.result_type, scope_);
  } else if (hint && !has_hole(hint->result)) {
    result = hint->result;
  }
  return check_lambda(e, std::move(params), result, {});
}

HNode* Body::check_lambda(const Expr& e, std::vector<const Type*> params, const Type* result, std::string_view name) {
  HFunc* func = checker_.new_func(
      HFunc::Kind::lambda,
      root_.func->name + "$" + (name.empty() ? "lambda" + std::to_string(++lambda_count_) : std::string(name)), nullptr,
      *module_, nullptr);
  func->has_body = true;
  func->checked = true;
  func->span = e.span;
  func->tparams = func_.tparams;
  checker_.info(func).signature = Stage::done;
  FuncContext& inner = lambda_contexts_.emplace_back();
  inner.func = func;
  inner.outer = context_;
  inner.result = result;
  for (std::size_t i = 0; i < params.size(); ++i) {
    func->params.push_back(checker_.add_param(*func, e.params[i].name.text, params[i], e.params[i].name.span));
    for (std::size_t j = 0; j < i; ++j) {
      if (e.params[j].name.text != e.params[i].name.text || e.params[i].name.text == "_") continue;
      report(Code::duplicate_name, e.params[i].name.span,
             "parameter `" + std::string(e.params[i].name.text) + "` is declared twice");
      break;
    }
  }
  const Env before = env_;
  // A closure runs later: only what can never change is still known then.
  env_ = Env{};
  for (const Fact& fact : before.facts) {
    if (fact.local->is_const || !assigned_anywhere(*fact.local)) env_.facts.push_back(fact);
  }
  FuncContext* outer = context_;
  context_ = &inner;
  open_scope();
  enter(*func);
  HNode* body = nullptr;
  if (e.body) {
    body = check_block_body(*e.body);
  } else if (e.a) {
    HNode* n = expr(*e.a, result);
    const bool drops = (result && result->is(TypeKind::void_)) || (!result && n->type->is(TypeKind::void_));
    if (drops) {
      body = node(HOp::expr, void_type(), e.a->span, {n});
      inner.result = void_type();
    } else {
      if (result) n = coerce(n, result, {"result of the function"});
      if (n->type->is(TypeKind::null)) {
        report(Code::cannot_infer, e.a->span, "the result type of this function cannot be told from `null`",
               "declare what it is given to, or write `as (Type?)`");
        n = error_node(e.a->span);
      }
      inner.result = result ? result : n->type;
      body = node(HOp::return_, basic(TypeKind::never), e.a->span, {n});
    }
  } else {
    inner.result = basic(TypeKind::error);
    body = block({}, e.span);
  }
  if (!inner.result) {
    // Returns decide: all values convert to one type, or none has a value.
    const Type* joined = nullptr;
    bool failed = false;
    for (HNode* r : inner.returns) {
      if (r->kids.empty()) continue;
      const Type* both = joined ? join(joined, r->kids[0]->type) : r->kids[0]->type;
      if (!both) {
        report(Code::type_mismatch, r->span,
               "this function returns a `" + to_string(joined) + "` and a `" + to_string(r->kids[0]->type) + "`",
               "write its result type: `func(...): Type { ... }`");
        failed = true;
        break;
      }
      joined = both;
    }
    if (joined && joined->is(TypeKind::null)) {
      report(Code::cannot_infer, e.span, "the result type of this function cannot be told from `null`");
      failed = true;
    }
    if (failed) joined = basic(TypeKind::error);
    const bool ends = env_.reachable;
    if (joined && !failed) {
      for (HNode* r : inner.returns) {
        if (r->kids.empty()) {
          report(Code::return_mismatch, r->span,
                 "this returns no value, other returns give a `" + to_string(joined) + "`");
        } else {
          r->kids[0] = coerce(r->kids[0], joined, {"result of the function"});
        }
      }
      if (ends) {
        report(Code::missing_return, {e.span.end > 0 ? e.span.end - 1 : 0, e.span.end},
               "this function can end here without returning a `" + to_string(joined) + "`");
      }
    }
    inner.result = joined ? joined : ends || !inner.returns.empty() ? void_type() : basic(TypeKind::void_);
  }
  close_scope();
  context_ = outer;
  env_ = before;
  // What the closure assigns is no longer known out here either; closure_assigns() keeps such locals from narrowing.
  func->result = inner.result;
  func->body = body;
  const Type* type = checker_.program.types.func(std::move(params), inner.result);
  return lambda_value(*func, type, e.span);
}

HNode* Body::lambda_value(HFunc& func, const Type* type, Span span) {
  HNode* n = node(HOp::lambda, type, span);
  n->func = &func;
  n->targs = func.tparams;
  return n;
}

HNode* Body::function_value(HFunc& func, const Expr& e, const Type* hint) {
  hint = without_null(hint);
  checker_.ensure_signature(func);
  Inference inference(checker_, func.tparams);
  std::vector<const Type*> params;
  for (const HVar* param : func.params) params.push_back(param->type);
  const Type* type =
      checker_.program.types.func(std::move(params), func.result->is(TypeKind::never) ? void_type() : func.result);
  if (hint && hint->is(TypeKind::func)) inference.unify(type, hint);
  if (!finish_inference(inference, func.name, e.span)) return error_node(e.span);
  type = inference.apply(type);
  std::vector<const Type*> targs;
  for (const Type* param : func.tparams) targs.push_back(inference.bound(param));
  checker_.reference(&func);
  check_capability(func, e.span);
  if (!func.native.empty() || !func.has_body) return forwarding_lambda(func, nullptr, nullptr, targs, type, e.span);
  HNode* n = node(HOp::func_ref, type, e.span);
  n->func = &func;
  n->targs = std::move(targs);
  return n;
}

/// `(a, b) => target(a, b)`: natives and methods of built-in types are no functions of byte code themselves.
HNode* Body::forwarding_lambda(HFunc& target, HNode* self, const Type* owner, const std::vector<const Type*>& targs,
                               const Type* type, Span span) {
  HFunc* func = checker_.new_func(HFunc::Kind::lambda, root_.func->name + "$lambda" + std::to_string(++lambda_count_),
                                  nullptr, *module_, nullptr);
  func->has_body = true;
  func->checked = true;
  func->span = span;
  func->tparams = func_.tparams;
  func->result = type->result;
  checker_.info(func).signature = Stage::done;
  HVar* held = self ? temp(self->type, span) : nullptr;
  FuncContext inner;
  inner.func = func;
  inner.outer = context_;
  std::vector<HNode*> args;
  for (const Type* param : type->args) {
    HVar* var = checker_.add_param(*func, {}, param, span);
    func->params.push_back(var);
    args.push_back(read(var, span));
  }
  HNode* object = nullptr;
  if (held) {
    HVar& captured = func->vars.emplace_back();
    captured.type = held->type;
    captured.id = static_cast<std::uint32_t>(func->vars.size() - 1);
    captured.span = span;
    func->captures.push_back({held, &captured});
    object = read(&captured, span);
  }
  HNode* call = finish_call({&target, object, owner, false}, std::move(args), targs, type->result, span);
  func->body = type->result->is(TypeKind::void_) ? node(HOp::expr, void_type(), span, {call})
                                                 : node(HOp::return_, basic(TypeKind::never), span, {call});
  HNode* n = lambda_value(*func, type, span);
  if (!held) return n;
  return seq({let(held, self, span), n}, type, span);
}

HNode* Body::local_func(const Stmt& s, std::vector<HNode*>& out) {
  const Decl& decl = *s.decl;
  if (!decl.type_params.empty()) {
    report(Code::misplaced_statement, decl.name.span, "local functions have no type parameters of their own",
           "move `" + std::string(decl.name.text) + "` out of the function");
    return nullptr;
  }
  if (!decl.body) {
    report(Code::missing_implementation, decl.name.span,
           "local function `" + std::string(decl.name.text) + "` has no body");
    return nullptr;
  }
  std::vector<const Type*> params;
  for (const lang::Param& param : decl.params) {
    params.push_back(resolve(param.type));
    if (param.init) {
      report(Code::misplaced_statement, param.init->span, "parameters of local functions have no default values");
    }
  }
  const Type* result = checker_.resolve_result(decl.type, scope_);
  Local* local = declare_new(decl.name, checker_.program.types.func(params, result), true);
  Expr e;
  e.kind = Expr::Kind::lambda;
  e.span = decl.span;
  e.params = decl.params;
  e.body = decl.body;
  HNode* made = check_lambda(e, std::move(params), result, decl.name.text);
  if (!local->captured) return let(local->var, made, s.span);
  // It calls itself: the closure is stored in a cell that it captures.
  local->assigned = true;
  HNode* set = node(HOp::set_local, void_type(), s.span, {made});
  set->var = local->var;
  out.push_back(let(local->var, nullptr, s.span));
  return set;
}

}  // namespace noodle::check
