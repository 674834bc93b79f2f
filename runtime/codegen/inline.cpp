// Inlining of small leaf functions, methods and constructors at their call sites.
//
// The callee must be in the same source file (line tables have one file), not call anything itself, and bind each
// parameter to an argument already evaluated. Its returns become results of a block; traces show it like a call.
#include <algorithm>

#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

namespace {

constexpr std::uint32_t kMaxNodes = 24;            // of an inlined body
constexpr std::uint32_t kMaxInlinedNodes = 4'000;  // in one function

/// Counts nodes; above the limit when something must not be inlined.
std::uint32_t cost(const HNode* node) {
  if (!node) return 0;
  switch (node->op) {
    case HOp::call:
    case HOp::call_virtual:
    case HOp::call_interface:
    case HOp::call_bound:
    case HOp::call_closure:
    case HOp::lambda:
    case HOp::func_ref:
    case HOp::bound_method:
    case HOp::new_object:
    case HOp::new_map:
    case HOp::new_set:
    case HOp::spawn:
    case HOp::spawn_func:
    case HOp::send:
    case HOp::ask:
    case HOp::send_raw:
    case HOp::stop:
    case HOp::self_ref:
    case HOp::loop:
    case HOp::for_range:
    case HOp::for_list:
    case HOp::for_map:
    case HOp::for_set:
    case HOp::for_string:
    case HOp::throw_:
    case HOp::try_:
      return kMaxNodes + 1;
    default:
      break;
  }
  std::uint32_t sum = 1;
  for (const HNode* kid : node->kids) {
    if ((sum += cost(kid)) > kMaxNodes) break;
  }
  return sum;
}

}  // namespace

bool FunctionGen::can_inline(HFunc* func) {
  if (!builder_.options.optimise.inlining || !func->has_body || func == instance_.func || frames_.size() > 1)
    return false;
  if (inlined_nodes_ > kMaxInlinedNodes || func->file != instance_.func->file) return false;
  if (builder_.program.ensure_body) builder_.program.ensure_body(*func);
  if (!func->body || !func->captures.empty()) return false;
  if (func->self && func->self->in_cell) return false;
  for (const HVar* param : func->params) {
    if (param->in_cell) return false;
  }
  return cost(func->body) <= kMaxNodes;
}

/// `object`: self of a constructor or initialiser, else none (self is the first argument of the node).
Reg FunctionGen::inline_call(const HNode* node, HFunc* func, const std::vector<const Type*>& targs, Reg object,
                             Reg dest) {
  const check::Substitution types = builder_.substitution(*func, targs);
  const Rep kind = func->result ? check::rep_of(builder_.concrete(func->result, types)) : Rep::none;
  Reg result = dest;
  if (!result && kind != Rep::none) {
    result = alloc(kind);
    result.fresh = true;
  }
  const Mark mark = registers_.mark();
  std::vector<const HVar*> params;
  if (func->self && !object) params.push_back(func->self);
  params.insert(params.end(), func->params.begin(), func->params.end());
  std::vector<Place> arguments;
  for (std::size_t i = 0; i < params.size(); ++i) arguments.push_back(inline_argument(node, i, params[i], *func));

  Frame callee;
  callee.func = func;
  callee.types = &types;
  callee.places.resize(func->vars.size());
  callee.inlined = true;
  callee.end = code_.new_label();
  callee.result = result;
  callee.tries = tries_.size();
  frames_.push_back(std::move(callee));
  inlined_nodes_ += cost(func->body);
  const Label start = code_.new_label();
  const Label end = frame().end;
  code_.bind(start);
  cover_entry(*func);
  if (object && func->self) place(func->self) = {Place::Kind::reg, object};
  for (std::size_t i = 0; i < params.size(); ++i) place(params[i]) = arguments[i];
  if (func->kind == HFunc::Kind::constructor && object) skip_zero_stores(*func);
  if (targs.empty() || is_finite(func->body)) statement(func->body);
  frames_.pop_back();
  skipped_.clear();
  code_.bind(end);
  code_.add_inlined({start, end, instance_name(*func, targs), node->span.start});
  at(node);
  registers_.release(mark);
  result.fresh = false;
  return result;
}

/// A variable or literal is used in place when neither side changes it; everything else is evaluated into a register.
FunctionGen::Place FunctionGen::inline_argument(const HNode* node, std::size_t i, const HVar* param,
                                                const HFunc& func) {
  const HNode* kid = node->kids[i];
  if (assigned_in(param, func.body)) {
    const Reg copy = push(kid);
    if (copy && kid->op == HOp::upcast) widen(copy, type_of(kid));
    return {Place::Kind::reg, copy};
  }
  if (kid->op == HOp::const_int || kid->op == HOp::const_float || kid->op == HOp::const_null) {
    return {Place::Kind::constant, {}, 0, kid};
  }
  const Mark mark = registers_.mark();
  Reg r = value(kid);
  if (r && mark.is_below(r)) {
    for (std::size_t later = i + 1; later < node->kids.size(); ++later) r = protect(r, mark, node->kids[later]);
  }
  return {Place::Kind::reg, r};
}

namespace {

/// Values whose evaluation cannot see or change the object under construction.
bool is_detached(const HNode* node) {
  if (node->op == HOp::local) return true;
  if (node->op < HOp::const_int || (node->op > HOp::const_null && node->op != HOp::new_list &&
                                    node->op != HOp::upcast && node->op != HOp::box && node->op != HOp::new_map)) {
    return false;
  }
  for (const HNode* kid : node->kids) {
    if (!is_detached(kid)) return false;
  }
  return true;
}

}  // namespace

/// Objects are born with all bits zero: the first stores of a constructor need not store zeros.
void FunctionGen::skip_zero_stores(const HFunc& constructor) {
  if (!builder_.options.optimise.stores) return;
  std::vector<const HField*> stored;
  const std::vector<HNode*> whole = {constructor.body};
  const std::vector<HNode*>& statements = constructor.body->op == HOp::block ? constructor.body->kids : whole;
  for (const HNode* statement : statements) {
    const HNode* node = statement->op == HOp::expr ? statement->kids[0] : statement;
    const bool sets_self = node->op == HOp::set_field && node->kids[0]->op == HOp::local &&
                           node->kids[0]->var == constructor.self && is_detached(node->kids[1]);
    if (!sets_self) return;
    if (std::find(stored.begin(), stored.end(), node->field) != stored.end()) return;
    stored.push_back(node->field);
    if (is_zero(resolved(node->kids[1]))) skipped_.insert(node);
  }
}

}  // namespace noodle::codegen
