// Loops.
#include "runtime/lower/body.hpp"

namespace noodle::check {

void Body::enter_loop(const Stmt& s) {
  // The second round starts with what the first one left: assigned variables are not narrowed.
  if (env_.facts.empty()) return;
  AssignedNames assigned;
  assigned.add(s.a);
  assigned.add(s.b);
  assigned.add(s.then_);
  assigned.finish();
  forget_assigned(assigned);
}

void Body::leave_loop(LoopContext& loop, bool can_end, const Env& at_end) {
  context_->loops.pop_back();
  env_ = at_end;
  if (!can_end) env_.reachable = false;
  for (const Env& env : loop.breaks) {
    const bool reachable = env_.reachable || env.reachable;
    env_ = merge(env_, env);
    env_.reachable = reachable;
  }
}

HNode* Body::loop_body(const Stmt& body, LoopContext& loop) {
  loop.finally_depth = context_->finally_depth;
  context_->loops.push_back(&loop);
  return scoped(body);
}

HNode* Body::while_stmt(const Stmt& s) {
  if (!s.a || !s.then_) return nullptr;
  enter_loop(s);
  Facts facts;
  HNode* test = condition(*s.a, facts);
  const bool forever = test->op == HOp::const_int && test->ival != 0;
  Env at_end = env_;
  {
    const Env head = env_;
    apply(facts.when_false);
    at_end = env_;
    env_ = head;
  }
  apply(facts.when_true);
  LoopContext loop;
  loop.label = new_label();
  HNode* body = loop_body(*s.then_, loop);
  leave_loop(loop, !forever, at_end);
  HNode* n = node(HOp::loop, forever && loop.breaks.empty() ? basic(TypeKind::never) : void_type(), s.span,
                  {forever ? nullptr : with_edges(test, s.span), body, nullptr});
  n->label = loop.label;
  return n;
}

HNode* Body::for_c(const Stmt& s) {
  if (!s.then_) return nullptr;
  open_scope();
  HNode* init = s.init ? stmt(*s.init) : nullptr;
  enter_loop(s);
  Facts facts;
  HNode* test = s.a ? condition(*s.a, facts) : nullptr;
  const bool forever = !test || (test->op == HOp::const_int && test->ival != 0);
  const Env head = env_;
  apply(facts.when_false);
  const Env at_end = env_;
  env_ = head;
  apply(facts.when_true);
  LoopContext loop;
  loop.label = new_label();
  HNode* body = loop_body(*s.then_, loop);
  HNode* step = nullptr;
  if (s.b) {
    const Env after = env_;
    env_ = head;
    step = statement(expr(*s.b, void_type()));
    env_ = after;
  }
  leave_loop(loop, !forever, at_end);
  HNode* n = node(HOp::loop, forever && loop.breaks.empty() ? basic(TypeKind::never) : void_type(), s.span,
                  {forever ? nullptr : with_edges(test, s.span), body, step});
  n->label = loop.label;
  close_scope();
  return init ? block({init, n}, s.span) : n;
}

/// A loop variable that the body assigns is a copy, fresh in each round.
HNode* Body::loop_variables(HNode* loop, std::initializer_list<Local*> locals, HNode* body, Span span) {
  std::vector<HNode*> copies;
  for (Local* local : locals) {
    if (!local || !local->assigned) continue;
    HVar* hidden = temp(local->var->type, local->var->span);
    if (loop->var == local->var) loop->var = hidden;
    if (loop->var2 == local->var) loop->var2 = hidden;
    copies.push_back(let(local->var, read(hidden, local->var->span), local->var->span));
  }
  if (copies.empty()) return body;
  copies.push_back(body);
  return block(std::move(copies), span);
}

HNode* Body::for_in(const Stmt& s) {
  if (!s.a || !s.then_) return nullptr;
  open_scope();
  LoopContext loop;
  loop.label = new_label();
  const Expr* iterable = s.a;
  while (iterable->kind == Expr::Kind::paren && iterable->a) iterable = iterable->a;
  const bool literal_range =
      iterable->kind == Expr::Kind::binary && iterable->a && iterable->b &&
      (iterable->binary_op == lang::BinaryOp::range_incl || iterable->binary_op == lang::BinaryOp::range_excl);
  HNode* n = literal_range && s.name2.text.empty() ? for_range(s, *iterable, loop) : for_values(s, value(*s.a), loop);
  close_scope();
  return n;
}

HNode* Body::for_range(const Stmt& s, const Expr& range, LoopContext& loop) {
  const Type* type = basic(TypeKind::int_);
  HNode* from = value_as(*range.a, type, {"start of the range"});
  HNode* to = value_as(*range.b, type, {"end of the range"});
  enter_loop(s);
  const Env head = env_;
  HNode* n = node(HOp::for_range, void_type(), s.span, {from, to, nullptr});
  n->label = loop.label;
  n->ival = range.binary_op == lang::BinaryOp::range_incl;
  Local* local = declare_new(s.name, type, false);
  n->var = local->var;
  HNode* body = loop_body(*s.then_, loop);
  leave_loop(loop, true, head);
  n->kids[2] = loop_variables(n, {local}, body, s.span);
  return n;
}

HNode* Body::for_values(const Stmt& s, HNode* all, LoopContext& loop) {
  const Type* type = all->type;
  const bool two = !s.name2.text.empty();
  const Type* integer = basic(TypeKind::int_);
  const HClass* range = checker_.program.range_class;
  const bool is_range = range && type == range->self_type;
  HOp op = HOp::for_list;
  const Type* first = nullptr;  // type of the first name written
  const Type* second = nullptr;
  switch (type->kind) {
    case TypeKind::list:
      first = two ? integer : type->args[0];
      second = type->args[0];
      break;
    case TypeKind::string:
      op = HOp::for_string;
      first = two ? integer : type;
      second = type;
      break;
    case TypeKind::map:
      op = HOp::for_map;
      first = type->args[0];
      second = type->args[1];
      break;
    case TypeKind::set:
      op = HOp::for_set;
      first = type->args[0];
      if (two) {
        report(Code::not_iterable, s.name2.span, "a set gives its values only",
               "write `for (" + std::string(s.name.text) + " in ...)`");
        second = basic(TypeKind::error);
      }
      break;
    case TypeKind::bytes:
      op = HOp::for_range;
      first = two ? integer : basic(TypeKind::byte);
      second = basic(TypeKind::byte);
      break;
    case TypeKind::error:
    case TypeKind::never:
      first = second = basic(TypeKind::error);
      break;
    default:
      if (is_range) {
        op = HOp::for_range;
        first = second = integer;
        break;
      }
      if (!report_null_use(*all, {"a collection to iterate"})) {
        report(Code::not_iterable, all->span, "a `" + to_string(type) + "` cannot be iterated",
               type->is(TypeKind::int_) ? "write `0..<" + std::string(text(all->span)) + "`" : "");
      }
      first = second = basic(TypeKind::error);
      break;
  }
  HNode* n = node(op, void_type(), s.span);
  n->label = loop.label;
  std::vector<HNode*> setup;
  enter_loop(s);
  const Env head = env_;
  Local* a = declare_new(s.name, first, false);
  Local* b = two ? declare_new(s.name2, second, false) : nullptr;
  HNode* body = loop_body(*s.then_, loop);
  leave_loop(loop, true, head);
  if (op == HOp::for_range) {
    // Bytes go by index; a Range by value, its index is the distance from the start.
    HVar* held = temp(type, all->span);
    setup.push_back(let(held, all, all->span));
    HVar* counter = temp(integer, s.name.span);
    n->var = counter;
    HNode* from = const_int(0, integer, all->span);
    HNode* to = nullptr;
    std::vector<HNode*> inside;
    auto field = [&](std::size_t index) {
      HNode* get = node(HOp::get_field, integer, all->span, {read(held, all->span)});
      get->field = &range->fields[index];
      return get;
    };
    if (is_range) {
      from = field(0);
      to = field(1);
      HNode* position =
          two ? node(HOp::sub, integer, s.span, {read(counter, s.span), field(0)}) : read(counter, s.span);
      inside.push_back(let(a->var, position, s.span));
      if (b) inside.push_back(let(b->var, read(counter, s.span), s.span));
    } else {
      to = node(HOp::length, integer, all->span, {read(held, all->span)});
      HNode* element = node(HOp::index, basic(TypeKind::byte), s.span, {read(held, s.span), read(counter, s.span)});
      if (b) inside.push_back(let(a->var, read(counter, s.span), s.span));
      inside.push_back(let(b ? b->var : a->var, element, s.span));
    }
    inside.push_back(body);
    n->kids = {from, to, block(std::move(inside), s.span)};
    setup.push_back(n);
    return block(std::move(setup), s.span);
  }
  const bool index_first = two && (op == HOp::for_list || op == HOp::for_string);
  n->var = index_first ? b->var : a->var;
  n->var2 = index_first ? a->var : b ? b->var : nullptr;
  body = loop_variables(n, {a, b}, body, s.span);
  n->kids = {all, body};
  return n;
}

}  // namespace noodle::check
