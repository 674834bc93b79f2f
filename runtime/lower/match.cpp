// match, and the arms that catch and receive share with it.
#include "runtime/lower/body.hpp"

namespace noodle::check {

namespace {

bool is_irrefutable(const CheckedPattern& p) {
  return p.kind == CheckedPattern::Kind::any || p.kind == CheckedPattern::Kind::error;
}

bool has_error(const CheckedPattern& p) {
  if (p.kind == CheckedPattern::Kind::error) return true;
  for (const CheckedPattern* item : p.items) {
    if (has_error(*item)) return true;
  }
  return false;
}

}  // namespace

HNode* Body::arm_value(const lang::Arm& arm, const Type* hint, bool value_used) {
  if (arm.value) return value_used ? value(*arm.value, hint) : expr(*arm.value, void_type());
  if (!arm.body) return error_node(arm.span);
  if (!value_used || arm.body->kind != Stmt::Kind::block) {
    HNode* n = scoped(*arm.body);
    if (value_used && env_.reachable) {
      report(Code::void_value, arm.body->span, "this arm gives no value");
      return error_node(arm.span);
    }
    if (!env_.reachable) n->type = basic(TypeKind::never);
    return n;
  }
  // A block has the value of its last expression statement.
  open_scope();
  std::vector<HNode*> out;
  const std::vector<Stmt*>& body = arm.body->body;
  const Stmt* last = body.empty() ? nullptr : body.back();
  const bool gives = last && last->kind == Stmt::Kind::expr && last->a;
  statements(gives ? std::vector<Stmt*>(body.begin(), body.end() - 1) : body, out);
  HNode* result = nullptr;
  if (gives && env_.reachable) {
    result = value(*last->a, hint);
    if (result->type->is(TypeKind::never)) env_.reachable = false;
  } else if (env_.reachable) {
    report(Code::void_value, last ? last->span : arm.body->span, "this arm gives no value",
           "end its block with an expression");
    result = error_node(arm.span);
  }
  close_scope();
  if (!result) {
    HNode* n = block(std::move(out), arm.body->span);
    n->type = basic(TypeKind::never);
    return n;
  }
  if (out.empty()) return result;
  out.push_back(result);
  return seq(std::move(out), result->type, arm.body->span);
}

void Body::match_arm(const lang::Arm& arm, const CheckedPattern& pattern, HVar* subject, bool total, Arms& arms,
                     HNode* before) {
  std::vector<HNode*> statements;
  std::vector<HNode*>* out = &statements;
  lower(pattern, subject, total, out);
  if (arm.guard) {
    Facts facts;
    HNode* guard = with_edges(condition(*arm.guard, facts), arm.guard->span);
    apply(facts.when_true);
    HNode* inner = block({}, arm.guard->span);
    out->push_back(node(HOp::if_, void_type(), arm.guard->span, {guard, inner}));
    out = &inner->kids;
  }
  if (before) out->push_back(before);
  if (for_coverage()) out->push_back(edge(0, arm.span));
  HNode* result = arm_value(arm, arms.hint, arms.value_used);
  if (result->type->is(TypeKind::never)) {
    env_.reachable = false;
    out->push_back(statement(result));
  } else {
    HNode* leave = node(HOp::leave, basic(TypeKind::never), arm.span);
    leave->label = arms.label;
    if (arms.value_used) {
      leave->kids.push_back(result);
      arms.leaves.push_back(leave);
    } else {
      out->push_back(statement(result));
    }
    out->push_back(leave);
  }
  arms.end = merge(arms.end, env_);
  if (statements.size() == 1) {
    arms.statements.push_back(statements[0]);
  } else {
    arms.statements.push_back(block(std::move(statements), arm.span));
  }
}

HNode* Body::finish_arms(Arms& arms, const Type* hint, Span span) {
  env_ = arms.end;
  const Type* type = arms.end.reachable ? void_type() : basic(TypeKind::never);
  if (arms.value_used && !arms.leaves.empty()) {
    type = nullptr;
    bool fits = is_known(hint);
    for (const HNode* leave : arms.leaves) fits = fits && converts(leave->kids[0]->type, hint);
    if (fits) {
      type = hint;
    } else {
      for (const HNode* leave : arms.leaves) {
        const Type* both = type ? join(type, leave->kids[0]->type) : leave->kids[0]->type;
        if (!both) {
          report(Code::type_mismatch, leave->kids[0]->span,
                 "the arms are a `" + to_string(type) + "` and a `" + to_string(leave->kids[0]->type) + "`");
          return error_node(span);
        }
        type = both;
      }
    }
    if (type->is(TypeKind::error)) return error_node(span);
    for (HNode* leave : arms.leaves) leave->kids[0] = coerce(leave->kids[0], type, {"arm"});
  }
  HNode* n = node(HOp::labeled, type, span, {block(std::move(arms.statements), span)});
  n->label = arms.label;
  return n;
}

HNode* Body::match(const Expr& e, const Type* hint) {
  if (!e.a) return error_node(e.span);
  HNode* subject = value(*e.a);
  const Type* type = subject->type;
  Arms arms;
  arms.label = new_label();
  arms.value_used = !(hint && hint->is(TypeKind::void_));
  arms.hint = arms.value_used ? hint : nullptr;
  arms.end.reachable = false;
  HVar* held = temp(type, e.a->span);
  arms.statements.push_back(let(held, subject, e.a->span));
  Local* local = type->is(TypeKind::nullable) ? narrowable(*e.a) : nullptr;
  const Env before = env_;
  Coverage coverage(checker_);
  bool null_covered = false;
  bool known = !type->has_error;
  if (e.arms.empty() && known) {
    report(Code::non_exhaustive_match, e.span, "match without cases");
    return error_node(e.span);
  }
  for (std::size_t i = 0; i < e.arms.size(); ++i) {
    const lang::Arm& arm = e.arms[i];
    if (!arm.pattern) continue;
    env_ = before;
    if (null_covered && local) apply({{local, type->args[0], local->version}});
    open_scope();
    const bool top_binding = arm.pattern->kind == Pattern::Kind::bind || arm.pattern->kind == Pattern::Kind::wildcard;
    PatternScope scope;
    CheckedPattern* pattern_ = pattern(
        *arm.pattern, null_covered && top_binding && type->is(TypeKind::nullable) ? type->args[0] : type, scope);
    if (has_error(*pattern_)) known = false;
    const bool matches_all = is_irrefutable(*pattern_);
    if (known && !coverage.useful(*pattern_)) {
      report(Code::unreachable_case, arm.pattern->span,
             "this case can never match: the ones before it take all its values");
    }
    bool total = false;
    if (!arm.guard) {
      coverage.add(*pattern_);
      if (pattern_->kind == CheckedPattern::Kind::null) null_covered = true;
      total = matches_all;
      if (i + 1 == e.arms.size() && known && !matches_all) {
        const auto missing = coverage.missing(type);
        if (missing || coverage.gave_up()) {
          report_missing(e, type, missing);
        } else {
          total = true;
        }
      }
    } else if (i + 1 == e.arms.size() && known) {
      const auto missing = coverage.missing(type);
      if (missing || coverage.gave_up()) report_missing(e, type, missing);
    }
    match_arm(arm, *pattern_, held, total, arms);
    close_scope();
  }
  return finish_arms(arms, hint, e.span);
}

void Body::report_missing(const Expr& e, const Type* type, const std::optional<std::string>& missing) {
  if (!missing) {
    report(Code::non_exhaustive_match, e.a->span, "this match is too complex to see that it covers every case",
           "add a last `case _ => ...`");
    return;
  }
  const bool listed = type->is(TypeKind::enum_) || type->is(TypeKind::bool_) || type->is(TypeKind::nullable);
  report(Code::non_exhaustive_match, e.a->span,
         *missing == "_" ? "match on a `" + to_string(type) + "` does not cover every value"
                         : "match on a `" + to_string(type) + "` does not cover `" + *missing + "`",
         *missing == "_" || !listed ? "add a last `case _ => ...`"
                                    : "add `case " + *missing + " => ...`, or a last `case _ => ...`");
}

HNode* Body::catch_arms(const Stmt& s, HVar* error) {
  Arms arms;
  arms.label = new_label();
  arms.end.reachable = false;
  const Env before = env_;
  Coverage coverage(checker_);
  bool covered = false;
  bool known = true;
  for (const lang::Arm& arm : s.arms) {
    if (!arm.pattern) continue;
    env_ = before;
    open_scope();
    PatternScope scope;
    CheckedPattern* pattern_ = pattern(*arm.pattern, error->type, scope);
    known = known && !has_error(*pattern_);
    if (known && !coverage.useful(*pattern_)) {
      report(Code::unreachable_case, arm.pattern->span,
             "this case can never match: the ones before it take all its values");
    }
    if (!arm.guard) coverage.add(*pattern_);
    covered |= !arm.guard && is_irrefutable(*pattern_);
    match_arm(arm, *pattern_, error, !arm.guard && is_irrefutable(*pattern_), arms);
    close_scope();
  }
  if (!covered)
    arms.statements.push_back(
        node(HOp::throw_, basic(TypeKind::never), Span{s.span.start, s.span.start}, {read(error, s.span)}));
  return statement(finish_arms(arms, nullptr, s.span));
}

}  // namespace noodle::check
