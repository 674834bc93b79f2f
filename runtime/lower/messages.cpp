// Messages: send, ask, stop and receive.
#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

constexpr std::int64_t kDefaultAskTimeoutNs = 5'000'000'000;

const Expr* strip(const Expr* e) {
  while (e && e->kind == Expr::Kind::paren) e = e->a;
  return e;
}

}  // namespace

HNode* Body::ask(const Expr& e) {
  if (!e.a) return error_node(e.span);
  return message(*e.a, HOp::ask, e.b, e.span);
}

HNode* Body::message(const Expr& written, HOp op, const Expr* within, Span span) {
  const std::string verb = op == HOp::ask ? "ask" : "send";
  const Expr* call = strip(&written);
  const Expr* callee = call && call->kind == Expr::Kind::call ? strip(call->a) : nullptr;
  if (!call || call->kind == Expr::Kind::error) return error_node(span);
  if (!callee || callee->kind != Expr::Kind::member || !callee->a) {
    report(Code::unknown_handler, call->span, "this is no message", "write `" + verb + " ref.handler(args)`");
    return error_node(span);
  }
  HNode* ref = value(*callee->a);
  const Type* type = ref->type;
  if (type->is(TypeKind::error)) return error_node(span);
  if (!type->is(TypeKind::actor_ref)) {
    if (report_null_use(*ref, {"an ActorRef"})) return error_node(span);
    report(Code::type_mismatch, callee->a->span, "`" + verb + "` needs an ActorRef, found a `" + to_string(type) + "`",
           type->is(TypeKind::object) ? "objects are called directly, without `" + verb + "`" : "");
    return error_node(span);
  }
  const Type* actor = type->args[0];
  const lang::Name& name = callee->name;
  checker_.note_receiver(*module_, name.span, type);
  if (actor->is(TypeKind::any)) {
    report(Code::unknown_handler, name.span, "the handlers of an `ActorRef<any>` are not known",
           "declare it as `ActorRef<Actor>`, or cast it: `ref as ActorRef<Actor>`");
    return error_node(span);
  }
  const MemberRef found = actor->decl || actor->bound ? checker_.find_member(actor, name.text) : MemberRef{};
  HFunc* handler = nullptr;
  const Type* owner = nullptr;
  if (found && found.member->kind == Member::Kind::handler && !is_system_handler(name.text)) {
    handler = found.member->func;
    owner = found.owner;
  } else if (found && found.member->kind == Member::Kind::method && actor->decl) {
    // Methods count when an implemented interface declares them.
    if (actor->decl->kind == HClass::Kind::interface) {
      handler = found.member->func;
      owner = found.owner;
    } else {
      for (const Type* interface : checker_.all_interfaces(actor)) {
        const MemberRef declared = checker_.find_member(interface, name.text);
        if (!declared) continue;
        handler = found.member->func;
        owner = found.owner;
      }
    }
  }
  if (!handler) {
    std::vector<std::string_view> names;
    if (actor->decl) {
      for (const HFunc* h : actor->decl->handlers) {
        if (!is_system_handler(h->decl->name.text)) names.push_back(h->decl->name.text);
      }
      for (const Type* interface : checker_.all_interfaces(actor)) {
        for (const std::string_view member : checker_.member_names(interface)) names.push_back(member);
      }
    }
    const std::string_view near = nearest_name(name.text, names);
    const bool method = found && found.member->kind == Member::Kind::method;
    const bool half_read = actor->decl && checker_.has_syntax_errors(actor->decl->file);
    if (half_read && near.empty() && !method) return error_node(span);
    auto& diagnostic =
        report(Code::unknown_handler, name.span,
               method ? "`" + std::string(name.text) + "` is a func of `" + to_string(actor) + "`, not a handler"
                      : "`" + to_string(actor) + "` has no handler `" + std::string(name.text) + "`",
               !near.empty() ? "did you mean `" + std::string(near) + "`?"
               : method      ? "declare it with `on`, or in an interface that the actor implements"
                             : "");
    if (!near.empty()) diagnostic.fixes.push_back({name.span, std::string(near)});
    return error_node(span);
  }
  note_use(name.span, Checker::place_of(*handler));
  checker_.ensure_signature(*handler);
  Inference inference(checker_, handler->tparams);
  for (std::size_t i = 0; i < owner->decl->tparams.size(); ++i) inference.bind(owner->decl->tparams[i], owner->args[i]);
  std::vector<Formal> formals;
  for (std::size_t i = 0; i < handler->params.size(); ++i) {
    const bool optional = i < handler->decl->params.size() && handler->decl->params[i].init;
    formals.push_back({handler->params[i]->name, handler->params[i]->type, optional, checker_.place_of(*handler, i)});
  }
  std::vector<HNode*> setup;
  bool failed = false;
  std::vector<HNode*> kids =
      arguments(formals, call->args, name.text, inference, nullptr, nullptr, call->span, true, setup, failed);
  HNode* timeout = nullptr;
  if (op == HOp::ask) {
    const Type* duration = basic(TypeKind::duration);
    timeout = within ? value_as(*within, duration, {"`within`"}) : const_int(kDefaultAskTimeoutNs, duration, span);
  }
  if (failed) return error_node(span);
  if (!inference.empty() && !finish_inference(inference, name.text, span)) return error_node(span);
  std::vector<const Type*> targs;
  for (const Type* param : handler->tparams) targs.push_back(inference.bound(param));
  fill_defaults(*handler, kids, targs, span);
  for (const HNode* kid : kids) check_sendable(*kid, "argument of `" + std::string(name.text) + "`");
  const Type* result = op == HOp::ask ? inference.apply(handler->result) : void_type();
  HNode* n = node(op, result, span, {ref});
  if (timeout) n->kids.push_back(timeout);
  n->kids.insert(n->kids.end(), kids.begin(), kids.end());
  n->func = handler;
  n->targs = std::move(targs);
  return with_setup(std::move(setup), n);
}

HNode* Body::send_stmt(const Stmt& s) {
  if (!s.a) return nullptr;
  if (!s.flag) return statement(message(*s.a, HOp::send, nullptr, s.span));
  HNode* ref = value(*s.a);
  HNode* sent = s.b ? value(*s.b) : error_node(s.span);
  if (ref->type->is(TypeKind::error) || sent->type->is(TypeKind::error)) return statement(error_node(s.span));
  if (!ref->type->is(TypeKind::actor_ref)) {
    if (!report_null_use(*ref, {"an ActorRef"})) {
      report(Code::type_mismatch, s.a->span, "`send` needs an ActorRef, found a `" + to_string(ref->type) + "`");
    }
    return statement(error_node(s.span));
  }
  check_sendable(*sent, "the message");
  return statement(node(HOp::send_raw, void_type(), s.span, {ref, to_any(sent)}));
}

HNode* Body::stop_stmt(const Stmt& s) {
  if (!s.a) return nullptr;
  HNode* ref = value(*s.a);
  if (!ref->type->is(TypeKind::actor_ref) && !ref->type->is(TypeKind::error)) {
    if (!report_null_use(*ref, {"an ActorRef"})) {
      report(Code::type_mismatch, s.a->span, "`stop` needs an ActorRef, found a `" + to_string(ref->type) + "`");
    }
    ref = error_node(s.span);
  }
  return statement(node(HOp::stop, void_type(), s.span, {ref}));
}

/// labeled { begin(timeout); loop { let m = next(); if (m == null) { after; leave } tests... { take(); arm; leave } } }
HNode* Body::receive(const Stmt& s) {
  const Type* any = basic(TypeKind::any);
  const Type* timeout_type = checker_.program.types.nullable(basic(TypeKind::duration));
  const lang::Arm* after = nullptr;
  for (const lang::Arm& arm : s.arms) {
    if (!arm.after) continue;
    if (after) report(Code::duplicate_name, arm.span, "receive has two `after` arms");
    after = &arm;
  }
  HNode* timeout = after ? convert(value_as(*after->after, basic(TypeKind::duration), {"`after`"}), timeout_type)
                         : node(HOp::const_null, timeout_type, s.span);
  Arms arms;
  arms.label = new_label();
  arms.end.reachable = false;
  const Env before = env_;
  HVar* held = temp(any, s.span);
  HNode* next = let(held, make_call("$receive_next", {}, s.span), s.span);
  if (after) {
    HNode* body = arm_value(*after, nullptr, false);
    const bool ends = env_.reachable;
    arms.end = merge(arms.end, env_);
    std::vector<HNode*> kids{statement(body)};
    if (for_coverage()) kids.insert(kids.begin(), edge(0, after->span));
    if (ends) {
      HNode* leave = node(HOp::leave, basic(TypeKind::never), after->span);
      leave->label = arms.label;
      kids.push_back(leave);
    }
    arms.statements.push_back(node(HOp::if_, void_type(), after->span,
                                   {is_null(read(held, after->span)), block(std::move(kids), after->span)}));
  }
  Coverage coverage(checker_);
  bool known = true;
  for (const lang::Arm& arm : s.arms) {
    if (!arm.pattern) continue;
    env_ = before;
    open_scope();
    PatternScope scope;
    scope.receive = true;
    CheckedPattern* checked = pattern(*arm.pattern, any, scope);
    known = known && checked->kind != CheckedPattern::Kind::error;
    if (known && !coverage.useful(*checked)) {
      report(Code::unreachable_case, arm.pattern->span,
             "this case can never match: the ones before it take all its values");
    }
    if (!arm.guard) coverage.add(*checked);
    match_arm(arm, *checked, held, false, arms, statement(make_call("$receive_take", {}, arm.span)));
    close_scope();
  }
  std::vector<HNode*> round{next};
  round.insert(round.end(), arms.statements.begin(), arms.statements.end());
  HNode* loop = node(HOp::loop, basic(TypeKind::never), s.span, {nullptr, block(std::move(round), s.span), nullptr});
  loop->label = new_label();
  arms.statements = {statement(make_call("$receive_begin", {timeout}, s.span)), loop};
  return statement(finish_arms(arms, nullptr, s.span));
}

}  // namespace noodle::check
