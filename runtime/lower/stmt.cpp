// Statements, except loops and what only actors have.
#include "runtime/lower/body.hpp"

namespace noodle::check {

HNode* Body::stmt(const Stmt& s) {
  DepthGuard guard(checker_.expression_depth);
  if (guard.too_deep(1400)) return nullptr;  // reported by expr()
  switch (s.kind) {
    case Stmt::Kind::error:
    case Stmt::Kind::empty:
      return nullptr;
    case Stmt::Kind::block: {
      open_scope();
      std::vector<HNode*> out;
      statements(s.body, out);
      close_scope();
      return block(std::move(out), s.span);
    }
    case Stmt::Kind::local_func: {
      if (!s.decl) return nullptr;
      std::vector<HNode*> out;
      HNode* n = local_func(s, out);
      if (!n) return nullptr;
      out.push_back(n);
      return block(std::move(out), s.span);
    }
    case Stmt::Kind::let:
      return let_stmt(s);
    case Stmt::Kind::if_:
      return if_stmt(s);
    case Stmt::Kind::while_:
      return while_stmt(s);
    case Stmt::Kind::for_in:
      return for_in(s);
    case Stmt::Kind::for_c:
      return for_c(s);
    case Stmt::Kind::return_:
      return return_stmt(s);
    case Stmt::Kind::break_:
    case Stmt::Kind::continue_:
      return jump(s);
    case Stmt::Kind::throw_:
      return throw_stmt(s);
    case Stmt::Kind::try_:
      return try_stmt(s);
    case Stmt::Kind::send:
      return send_stmt(s);
    case Stmt::Kind::stop:
      return stop_stmt(s);
    case Stmt::Kind::receive:
      return receive(s);
    case Stmt::Kind::expr: {
      if (!s.a) return nullptr;
      HNode* n = expr(*s.a, void_type());
      if (n->type->is(TypeKind::never)) env_.reachable = false;
      return statement(n);
    }
  }
  return nullptr;
}

void Body::statements(const std::vector<Stmt*>& list, std::vector<HNode*>& out) {
  out.reserve(list.size());
  for (const Stmt* s : list) {
    if (checker_.full()) return;
    const bool reached = env_.reachable;
    const std::size_t mark = out.size();
    HNode* n = s->kind == Stmt::Kind::local_func && s->decl ? local_func(*s, out) : stmt(*s);
    if (n) out.push_back(n);
    // What comes after a `return` is checked, but makes no code.
    if (!reached) out.resize(mark);
  }
}

HNode* Body::scoped(const Stmt& s) {
  if (s.kind == Stmt::Kind::block) return stmt(s);
  open_scope();
  HNode* n = stmt(s);
  close_scope();
  return n ? n : block({}, s.span);
}

HNode* Body::let_stmt(const Stmt& s) {
  const Type* type = s.type ? resolve(s.type) : nullptr;
  HNode* initial = nullptr;
  const std::string name(s.name.text);
  if (s.a) {
    initial = value(*s.a, type);
    if (type) {
      initial = coerce(initial, type, {"variable `%a`", s.name.text});
    } else if (initial->type->is(TypeKind::null)) {
      report(Code::cannot_infer, s.a->span, "the type of `" + name + "` cannot be told from `null`",
             "write it: `let " + name + ": Type? = null;`");
      type = basic(TypeKind::error);
    } else {
      type = initial->type;
      if (type->is(TypeKind::never)) {
        env_.reachable = false;
        type = basic(TypeKind::error);
      }
    }
  } else if (!type) {
    type = basic(TypeKind::error);  // the parser has reported it
  } else if (!type->is(TypeKind::error)) {
    initial = zero(type, s.span);
    if (!initial) {
      report(Code::uninitialised, s.name.span, "`" + name + "` has no value: a `" + to_string(type) + "` has no zero",
             "give it a value, or make it `" + to_string(checker_.program.types.nullable(type)) + "`");
    }
  }
  Local* local = declare_new(s.name, type, s.flag);
  return let(local->var, initial, s.span);
}

HNode* Body::if_stmt(const Stmt& s) {
  if (!s.a) return nullptr;
  Facts facts;
  HNode* test = condition(*s.a, facts);
  const Env before = env_;
  apply(facts.when_true);
  HNode* then = s.then_ ? scoped(*s.then_) : block({}, s.span);
  Env after_then = std::move(env_);
  env_ = before;
  apply(facts.when_false);
  HNode* other = s.else_ ? scoped(*s.else_) : nullptr;
  test = with_edges(test, s.span);
  const bool ends = !after_then.reachable && !env_.reachable;
  env_ = merge(after_then, env_);
  if (ends) env_.reachable = false;
  HNode* n = node(HOp::if_, ends && before.reachable ? basic(TypeKind::never) : void_type(), s.span, {test, then});
  if (other) n->kids.push_back(other);
  return n;
}

HNode* Body::return_stmt(const Stmt& s) {
  FuncContext& context = *context_;
  HNode* n = node(HOp::return_, basic(TypeKind::never), s.span);
  if (context.finally_depth > 0) report(Code::leave_finally, s.span, "`return` leaves `finally`");
  if (context.func->kind == HFunc::Kind::function && !context.func->decl && context.func == checker_.program.main) {
    report(Code::outside_function, s.span, "`return` outside a function");
  }
  if (&context == &root_ && !required_.empty() && env_.reachable) require_fields(s.span, env_);
  const Type* result = context.result;
  if (s.a) {
    HNode* given = expr(*s.a, result);
    if (given->type->is(TypeKind::never)) {
      env_.reachable = false;
      return statement(given);
    }
    if (result && result->is(TypeKind::void_)) {
      if (given->type->is(TypeKind::void_)) {
        env_.reachable = false;
        return block({statement(given), n}, s.span);
      }
      if (!given->type->is(TypeKind::error)) {
        const bool lambda = context.func->kind == HFunc::Kind::lambda;
        report(Code::return_mismatch, s.a->span,
               lambda ? std::string("this function gives no value, `return` has one")
                      : "`" + context.func->name + "` gives no value, `return` has one",
               context.func->kind == HFunc::Kind::function || context.func->kind == HFunc::Kind::method ||
                       context.func->kind == HFunc::Kind::handler
                   ? "declare its result: `: " + to_string(given->type) + "`"
                   : "");
      }
    } else if (given->type->is(TypeKind::void_)) {
      report(Code::void_value, s.a->span, "this gives no value to return");
      given = error_node(s.a->span);
    } else if (result) {
      given =
          coerce(given, result,
                 {"result of `%a`",
                  context.func->kind == HFunc::Kind::lambda ? "the function" : std::string_view(context.func->name)});
    }
    n->kids.push_back(given);
  } else if (result && !result->is(TypeKind::void_) && !result->is(TypeKind::error)) {
    report(Code::return_mismatch, s.span, "`" + context.func->name + "` must return a `" + to_string(result) + "`");
  }
  if (!result) context.returns.push_back(n);
  env_.reachable = false;
  return n;
}

HNode* Body::jump(const Stmt& s) {
  const bool is_break = s.kind == Stmt::Kind::break_;
  if (context_->loops.empty()) {
    report(Code::outside_loop, s.span, is_break ? "`break` outside a loop" : "`continue` outside a loop");
    return nullptr;
  }
  LoopContext& loop = *context_->loops.back();
  if (loop.finally_depth < context_->finally_depth) {
    report(Code::leave_finally, s.span, is_break ? "`break` leaves `finally`" : "`continue` leaves `finally`");
  }
  HNode* n = node(is_break ? HOp::break_ : HOp::continue_, basic(TypeKind::never), s.span);
  n->label = loop.label;
  if (is_break) loop.breaks.push_back(env_);
  env_.reachable = false;
  return n;
}

HNode* Body::throw_stmt(const Stmt& s) {
  if (!s.a) return nullptr;
  const HClass* cls = checker_.program.error_class;
  HNode* thrown = value(*s.a, cls ? cls->self_type : nullptr);
  env_.reachable = false;
  if (!thrown->type->is(TypeKind::error) && !thrown->type->is(TypeKind::never) &&
      (!cls || thrown->type != cls->self_type)) {
    if (!report_null_use(*thrown, {"an Error"})) {
      report(Code::only_error_thrown, s.a->span, "a `" + to_string(thrown->type) + "` is thrown",
             "throw Error(code, message), with a code of 1001 to 9999");
    }
    return node(HOp::throw_, basic(TypeKind::never), s.span, {error_node(s.a->span)});
  }
  return node(HOp::throw_, basic(TypeKind::never), s.span, {thrown});
}

HNode* Body::try_stmt(const Stmt& s) {
  const Type* error = checker_.program.error_class ? checker_.program.error_class->self_type : basic(TypeKind::error);
  const Env before = env_;
  HNode* n = node(HOp::try_, void_type(), s.span, {nullptr, nullptr, nullptr});
  n->kids[0] = s.then_ ? scoped(*s.then_) : block({}, s.span);
  Env after = env_;
  // The error may come from anywhere in the body.
  Env anywhere = before;
  AssignedNames assigned;
  auto forget_in = [&](const Stmt* part) {
    if (anywhere.facts.empty() || !part) return;
    assigned.add(part);
    assigned.finish();
    env_ = anywhere;
    forget_assigned(assigned);
    anywhere = env_;
  };
  forget_in(s.then_);
  if (s.has_catch) {
    env_ = anywhere;
    open_scope();
    if (s.catch_type) {
      const Type* type = resolve(s.catch_type);
      if (type != error && !type->has_error) {
        report(Code::only_error_thrown, s.catch_type->span, "a `" + to_string(type) + "` is never thrown",
               "catch an `Error`, and use `case` to tell errors apart");
      }
    }
    n->var = new_var(s.catch_name.text, error, s.catch_name.span);
    if (!s.catch_name.text.empty()) declare(s.catch_name.text, n->var, false, s.catch_name.span);
    n->kids[1] = s.catch_body ? scoped(*s.catch_body) : catch_arms(s, n->var);
    close_scope();
    after = merge(after, env_);
    if (s.catch_body) {
      forget_in(s.catch_body);
    } else {
      anywhere.facts.clear();
    }
  }
  if (s.else_) {
    env_ = anywhere;
    ++context_->finally_depth;
    n->kids[2] = scoped(*s.else_);
    --context_->finally_depth;
    const bool leaves = !env_.reachable;
    AssignedNames in_finally;
    if (!after.facts.empty()) {
      in_finally.add(s.else_);
      in_finally.finish();
    }
    for (std::size_t i = 0; i < after.assigned_fields.size(); ++i) {
      if (env_.assigned_fields[i]) after.assigned_fields[i] = true;
    }
    env_ = after;
    if (!after.facts.empty()) forget_assigned(in_finally);
    if (leaves) env_.reachable = false;
  } else {
    env_ = after;
  }
  if (!env_.reachable && before.reachable) n->type = basic(TypeKind::never);
  return n;
}

}  // namespace noodle::check
