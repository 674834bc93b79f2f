// Narrowing of locals by conditions (rule 12).
#include <algorithm>

#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

const Expr& strip(const Expr& e) {
  const Expr* inner = &e;
  while (inner->kind == Expr::Kind::paren && inner->a) inner = inner->a;
  return *inner;
}

bool is_null_literal(const Expr* e) {
  return e && strip(*e).kind == Expr::Kind::null_lit;
}

}  // namespace

void Body::apply(const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) add_fact(env_.facts, fact);
}

void Body::forget(Local* local) {
  ++local->version;
  local->assigned = true;
  env_.facts.erase(
      std::remove_if(env_.facts.begin(), env_.facts.end(), [&](const Fact& f) { return f.local == local; }),
      env_.facts.end());
}

void Body::forget_assigned(const AssignedNames& names) {
  env_.facts.erase(std::remove_if(env_.facts.begin(), env_.facts.end(),
                                  [&](const Fact& f) { return AssignedNames::has(names.all, f.local->name); }),
                   env_.facts.end());
}

bool Body::closure_assigns(const Local& local) {
  if (!has_assigned_names_) {
    has_assigned_names_ = true;
    const Decl* decl = func_.decl;
    if (decl && decl->body) assigned_names_.add(decl->body);
    if (const Expr* init = checker_.info(func_).init) assigned_names_.add(init);
    for (const Decl* statement : module_->statements) assigned_names_.add(statement->stmt);
    assigned_names_.finish();
  }
  return AssignedNames::has(assigned_names_.in_closures, local.name);
}

bool Body::assigned_anywhere(const Local& local) {
  closure_assigns(local);
  return AssignedNames::has(assigned_names_.all, local.name);
}

const Type* Body::narrowed(Local* local) const {
  for (const Fact& fact : env_.facts) {
    if (fact.local == local) return fact.type;
  }
  return local->var->type;
}

Local* Body::narrowable(const Expr& e) {
  const Expr& inner = strip(e);
  if (inner.kind == Expr::Kind::name) {
    Local* local = find_local(inner.text);
    if (local && !(!local->is_const && closure_assigns(*local))) return local;
  }
  // Remembered to explain why the test did not help.
  if (inner.kind == Expr::Kind::name || inner.kind == Expr::Kind::member) env_.tested.push_back(text(inner.span));
  return nullptr;
}

void Body::null_facts(const Expr& operand, bool equal, Facts& facts) {
  Local* local = narrowable(operand);
  if (!local) return;
  const Type* type = narrowed(local);
  if (!type->is(TypeKind::nullable)) return;
  (equal ? facts.when_false : facts.when_true).push_back({local, type->args[0], local->version});
}

void Body::type_facts(const Expr& operand, const Type* type, Facts& facts) {
  Local* local = narrowable(operand);
  if (local && !type->has_error) facts.when_true.push_back({local, type, local->version});
}

HNode* Body::condition(const Expr& e, Facts& facts) {
  HNode* test = tested_condition(e, facts);
  // A part of the condition may assign to what an earlier part has tested.
  for (std::vector<Fact>* list : {&facts.when_true, &facts.when_false}) {
    list->erase(std::remove_if(list->begin(), list->end(), [](const Fact& f) { return f.version != f.local->version; }),
                list->end());
  }
  return test;
}

HNode* Body::tested_condition(const Expr& e, Facts& facts) {
  switch (e.kind) {
    case Expr::Kind::paren:
      if (e.a) return condition(*e.a, facts);
      break;
    case Expr::Kind::unary:
      if (e.unary_op == lang::UnaryOp::logical_not && e.a) {
        HNode* inner = condition(*e.a, facts);
        std::swap(facts.when_true, facts.when_false);
        return not_(inner);
      }
      break;
    case Expr::Kind::binary:
      if (!e.a || !e.b) break;
      if (e.binary_op == lang::BinaryOp::logical_and || e.binary_op == lang::BinaryOp::logical_or)
        return logical(e, facts);
      if (e.binary_op == lang::BinaryOp::eq || e.binary_op == lang::BinaryOp::ne) {
        HNode* test = equality(e, nullptr);
        const bool equal = e.binary_op == lang::BinaryOp::eq;
        if (is_null_literal(e.b)) {
          null_facts(*e.a, equal, facts);
        } else if (is_null_literal(e.a)) {
          null_facts(*e.b, equal, facts);
        }
        return test;
      }
      break;
    case Expr::Kind::is:
      return is_test(e, &facts);
    default:
      break;
  }
  HNode* test = value(e, basic(TypeKind::bool_));
  if (test->type->is(TypeKind::bool_) || test->type->is(TypeKind::error) || test->type->is(TypeKind::never))
    return test;
  std::string suggestion;
  std::string replacement;
  const std::string source(text(e.span));
  if (test->type->is(TypeKind::nullable)) {
    replacement = source + (test->type->args[0]->is(TypeKind::bool_) ? " ?? false" : " != null");
  } else if (test->type->is_number()) {
    replacement = source + " != 0";
  } else if (test->type->is(TypeKind::string) || test->type->is(TypeKind::list) || test->type->is(TypeKind::map)) {
    replacement = source + ".length > 0";
  }
  const bool simple = source.size() < 60 && (strip(e).kind == Expr::Kind::name || strip(e).kind == Expr::Kind::member ||
                                             strip(e).kind == Expr::Kind::call);
  if (!replacement.empty() && simple) suggestion = "write `" + replacement + "`";
  auto& diagnostic = report(Code::condition_not_bool, e.span,
                            "condition is a `" + to_string(test->type) + "`, not a `bool`", suggestion);
  if (!suggestion.empty()) diagnostic.fixes.push_back({e.span, replacement});
  return error_node(e.span);
}

HNode* Body::logical(const Expr& e, Facts& facts) {
  const bool is_and = e.binary_op == lang::BinaryOp::logical_and;
  Facts left, right;
  HNode* a = condition(*e.a, left);
  const Env before = env_;
  apply(is_and ? left.when_true : left.when_false);
  HNode* b = condition(*e.b, right);
  env_ = merge(before, env_);
  // Both hold on one side, one of them is enough to fail on the other.
  std::vector<Fact>& sure = is_and ? facts.when_true : facts.when_false;
  std::vector<Fact>& either = is_and ? facts.when_false : facts.when_true;
  sure = is_and ? std::move(left.when_true) : std::move(left.when_false);
  for (const Fact& fact : is_and ? right.when_true : right.when_false) add_fact(sure, fact);
  either = is_and ? common_facts(left.when_false, right.when_false) : common_facts(left.when_true, right.when_true);
  a = with_edges(a, e.op_span);
  return checker_.fold(node(is_and ? HOp::logical_and : HOp::logical_or, basic(TypeKind::bool_), e.span, {a, b}));
}

/// For coverage: `test`, which tells on the way which way it goes.
HNode* Body::with_edges(HNode* test, Span span) {
  const Type* boolean = basic(TypeKind::bool_);
  if (!for_coverage() || test->op == HOp::const_int || test->type != boolean) return test;
  HNode* yes = seq({edge(0, span), const_int(1, boolean, span)}, boolean, span);
  HNode* no = seq({edge(1, span), const_int(0, boolean, span)}, boolean, span);
  return node(HOp::cond, boolean, span, {test, yes, no});
}

HNode* Body::edge(std::int64_t way, Span span) {
  HNode* n = node(HOp::edge, void_type(), span);
  n->ival = way;
  return n;
}

}  // namespace noodle::check
