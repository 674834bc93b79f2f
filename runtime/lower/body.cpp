#include "runtime/lower/body.hpp"

#include <algorithm>

namespace noodle::check {

Body::Body(Checker& checker, HFunc& func) : checker_(checker), func_(func) {
  FuncInfo& side = checker.info(func);
  module_ = side.module;
  owner_ = side.owner ? side.owner : side.home;
  scope_ = checker.scope_of(func);
  root_.func = &func;
  root_.result = func.result;
}

void Checker::ensure_body(HFunc& func) {
  if (func.checked) return;
  func.checked = true;
  ensure_signature(func);
  if (!func.has_body) return;
  Body(*this, func).check();
  if (program.types.take_too_large()) {
    report(Code::instantiation_too_deep, func.file, func.span,
           "types in `" + func.name + "` grow without bound: one has more than " + std::to_string(kMaxTypeWeight) +
               " parts");
  }
}

// ---------------------------------------------------------------- scopes

void Body::open_scope() {
  scopes_.push_back(stack_.size());
}

void Body::close_scope() {
  while (stack_.size() > scopes_.back()) {
    Local* local = stack_.back();
    stack_.pop_back();
    if (local->shadowed) {
      names_[local->name] = local->shadowed;
    } else {
      names_.erase(local->name);
    }
  }
  scopes_.pop_back();
}

HVar* Body::new_var(std::string_view name, const Type* type, Span span) {
  HFunc& func = *context_->func;
  HVar& var = func.vars.emplace_back();
  var.name = name;
  var.type = type;
  var.id = static_cast<std::uint32_t>(func.vars.size() - 1);
  var.span = span;
  return &var;
}

Local* Body::declare(std::string_view name, HVar* var, bool is_const, Span span) {
  Local& local = locals_.emplace_back();
  local.name = name;
  local.var = var;
  local.context = context_;
  local.is_const = is_const;
  checker_.note_local(*module_, *var, is_const);
  local.scope = static_cast<std::uint32_t>(scopes_.size());
  if (name.empty() || name == "_") return &local;
  const auto [it, is_new] = names_.emplace(name, &local);
  if (!is_new) {
    Local* other = it->second;
    if (other->scope == local.scope && other->context == context_) {
      auto& diagnostic =
          report(Code::duplicate_name, span, "`" + std::string(name) + "` is declared twice in this scope");
      diagnostic.note = "first declared here";
      diagnostic.note_file = module_->file;
      diagnostic.note_span = other->var->span;
    }
    local.shadowed = other;
    it->second = &local;
  }
  stack_.push_back(&local);
  return &local;
}

Local* Body::declare_new(const lang::Name& name, const Type* type, bool is_const) {
  return declare(name.text, new_var(name.text, type, name.span), is_const, name.span);
}

Local* Body::find_local(std::string_view name) const {
  const auto it = names_.find(name);
  return it == names_.end() ? nullptr : it->second;
}

HVar* Body::variable(Local* local, FuncContext& context) {
  if (local->context == &context) return local->var;
  const auto it = context.captured.find(local);
  if (it != context.captured.end()) return it->second;
  HVar* outer = variable(local, *context.outer);
  HVar& inner = context.func->vars.emplace_back();
  inner.name = local->name;
  inner.type = local->var->type;
  inner.id = static_cast<std::uint32_t>(context.func->vars.size() - 1);
  inner.span = local->var->span;
  context.func->captures.push_back({outer, &inner});
  context.captured.emplace(local, &inner);
  inner_.emplace_back(&inner, local);
  local->captured = true;
  return &inner;
}

HVar* Body::self_variable(FuncContext& context) {
  if (!context.outer) return context.func->self;
  if (context.captured_self) return context.captured_self;
  HVar* outer = self_variable(*context.outer);
  HVar& inner = context.func->vars.emplace_back();
  inner.name = "self";
  inner.type = outer->type;
  inner.id = static_cast<std::uint32_t>(context.func->vars.size() - 1);
  inner.span = outer->span;
  context.func->captures.push_back({outer, &inner});
  return context.captured_self = &inner;
}

void Body::finish_variables() {
  for (Local& local : locals_) local.var->in_cell = local.captured && local.assigned;
  for (auto& [inner, local] : inner_) inner->in_cell = local->captured && local->assigned;
}

// ---------------------------------------------------------------- kinds of bodies

void Body::enter(HFunc& func) {
  const FuncInfo& side = checker_.info(func);
  for (std::size_t i = 0; i < func.params.size(); ++i) {
    HVar* param = func.params[i];
    Local& local = locals_.emplace_back();
    local.name = param->name;
    local.var = param;
    checker_.note_local(*module_, *param, false);
    local.context = context_;
    local.scope = static_cast<std::uint32_t>(scopes_.size());
    if (param->name.empty() || param->name == "_") continue;
    const auto [it, is_new] = names_.emplace(param->name, &local);
    if (!is_new) {
      local.shadowed = it->second;
      it->second = &local;
    }
    stack_.push_back(&local);
  }
  // Default values are functions of their own; checking them here reports their mistakes even when nobody uses them.
  if (!side.params || side.defaults_from || side.module->is_library || func.kind == HFunc::Kind::lambda) return;
  for (std::size_t i = 0; i < side.params->size() && i < func.params.size(); ++i) {
    if ((*side.params)[i].init) checker_.default_value(func, i);
  }
}

void Body::check() {
  FuncInfo& side = checker_.info(func_);
  const Decl* decl = func_.decl;
  open_scope();
  HNode* body = nullptr;
  switch (func_.kind) {
    case HFunc::Kind::constructor:
      body = constructor_body();
      break;
    case HFunc::Kind::field_init:
      func_.result = side.field->type;
      body = side.init ? check_value_body(*side.init, side.field->type, {"field `%a`", side.field->name})
                       : node(HOp::return_, basic(TypeKind::never), func_.span, {zero(func_.result, func_.span)});
      break;
    case HFunc::Kind::thunk:
      func_.result = side.result_type;
      if (side.is_child) {
        root_.result = func_.result;
        HNode* ref = side.init ? coerce(spawn_call(*side.init, side.options, side.init->span), func_.result, {"child"})
                               : error_node(func_.span);
        body = node(HOp::return_, basic(TypeKind::never), func_.span, {ref});
      } else {
        body = side.init ? check_value_body(*side.init, func_.result, {side.owner ? "interval" : "default value"})
                         : error_node(func_.span);
      }
      break;
    default:
      enter(func_);
      body = decl->body ? check_block_body(*decl->body) : error_node(func_.span);  // none: a syntax error
      break;
  }
  close_scope();
  finish_variables();
  func_.body = body;
}

HNode* Body::check_block_body(const Stmt& s) {
  HNode* body = stmt(s);
  if (env_.reachable && context_->result && !context_->result->is(TypeKind::void_) &&
      !context_->result->is(TypeKind::error) && !checker_.has_syntax_errors(module_->file)) {
    const Span end{s.span.end > s.span.start ? s.span.end - 1 : s.span.start, s.span.end};
    auto& diagnostic =
        report(Code::missing_return, end,
               "`" + context_->func->name + "` can end here without returning a `" + to_string(context_->result) + "`");
    diagnostic.note = "its result is declared here";
    diagnostic.note_file = module_->file;
    diagnostic.note_span = context_->func->span;
  }
  return body ? body : block({}, s.span);
}

HNode* Body::check_value_body(const Expr& e, const Type* type, Purpose purpose) {
  root_.result = type;
  HNode* result = value_as(e, type, purpose);
  return node(HOp::return_, basic(TypeKind::never), e.span, {result});
}

HNode* Body::constant_value(const Expr& e, const Type* type, std::string_view name) {
  open_scope();
  HNode* result = type ? value_as(e, type, {"constant `%a`", name}) : value(e);
  close_scope();
  finish_variables();
  return result;
}

void Body::check_statements(const std::vector<const Decl*>& list) {
  open_scope();
  std::vector<HNode*> out;
  for (const Decl* decl : list) {
    if (!decl->stmt || checker_.full()) continue;
    HNode* n = stmt(*decl->stmt);
    if (n) out.push_back(n);
  }
  close_scope();
  finish_variables();
  const Span span = list.empty() ? Span{} : Span{list.front()->span.start, list.back()->span.end};
  func_.body = block(std::move(out), span);
}

// ---------------------------------------------------------------- nodes

HNode* Body::const_int(std::int64_t number, const Type* type, Span span) {
  HNode* n = node(HOp::const_int, type, span);
  n->ival = number;
  return n;
}

HNode* Body::const_string(std::string_view content, Span span) {
  HNode* n = node(HOp::const_string, basic(TypeKind::string), span);
  n->text = content;
  return n;
}

HNode* Body::read(HVar* var, Span span) {
  HNode* n = node(HOp::local, var->type, span);
  n->var = var;
  return n;
}

HNode* Body::let(HVar* var, HNode* initial, Span span) {
  HNode* n = node(HOp::let, void_type(), span);
  n->var = var;
  if (initial) n->kids.push_back(initial);
  return n;
}

HNode* Body::statement(HNode* n) {
  return n->op >= HOp::leave ? n : node(HOp::expr, n->type->is(TypeKind::never) ? n->type : void_type(), n->span, {n});
}

HNode* Body::seq(std::vector<HNode*> kids, const Type* type, Span span) {
  HNode* n = node(HOp::seq, type, span);
  const std::size_t count = type->is(TypeKind::void_) ? kids.size() : kids.size() - 1;
  for (std::size_t i = 0; i < count; ++i) kids[i] = statement(kids[i]);
  n->kids = std::move(kids);
  return n;
}

HNode* Body::block(std::vector<HNode*> kids, Span span) {
  HNode* n = node(HOp::block, void_type(), span);
  if (!kids.empty() && kids.back()->type->is(TypeKind::never)) n->type = basic(TypeKind::never);
  n->kids = std::move(kids);
  return n;
}

HNode* Body::not_(HNode* condition) {
  if (condition->op == HOp::const_int) {
    condition->ival = !condition->ival;
    return condition;
  }
  if (condition->op == HOp::logical_not) return condition->kids[0];
  return node(HOp::logical_not, basic(TypeKind::bool_), condition->span, {condition});
}

HNode* Body::is_null(HNode* operand) {
  return node(HOp::is_null, basic(TypeKind::bool_), operand->span, {operand});
}

HNode* Body::zero(const Type* type, Span span) {
  switch (type->kind) {
    case TypeKind::float_:
      return node(HOp::const_float, type, span);
    case TypeKind::string:
      return const_string({}, span);
    case TypeKind::bytes:
      return make_method_call(const_string({}, span), "bytes", {}, span);
    case TypeKind::list:
      return node(HOp::new_list, type, span);
    case TypeKind::map:
      return node(HOp::new_map, type, span);
    case TypeKind::set:
      return node(HOp::new_set, type, span);
    case TypeKind::int_:
    case TypeKind::bool_:
    case TypeKind::byte:
    case TypeKind::duration:
    case TypeKind::time:
      return const_int(0, type, span);
    case TypeKind::any:
    case TypeKind::json:
    case TypeKind::nullable:
      return node(HOp::const_null, type, span);
    default:
      return nullptr;
  }
}

}  // namespace noodle::check
