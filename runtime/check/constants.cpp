// Compile-time constants, folding of operators on literals, and functions for default values.
#include <cmath>
#include <limits>

#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

constexpr std::size_t kMaxConstantNodes = 1000;
constexpr std::size_t kMaxFoldedText = 1 << 20;

bool is_int_constant(const HNode* n) {
  return n->op == HOp::const_int;
}

/// Result of an int operator, or nothing when it would trap at run time.
std::optional<std::int64_t> fold_int(HOp op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  switch (op) {
    case HOp::add:
      return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case HOp::sub:
      return __builtin_sub_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case HOp::mul:
      return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional(out);
    case HOp::div:
      if (b == 0 || (a == std::numeric_limits<std::int64_t>::min() && b == -1)) return std::nullopt;
      return a / b;
    case HOp::mod:
      if (b == 0) return std::nullopt;
      return b == -1 ? 0 : a % b;
    case HOp::bit_and:
      return a & b;
    case HOp::bit_or:
      return a | b;
    case HOp::bit_xor:
      return a ^ b;
    case HOp::shl:
      if (b < 0 || b > 63) return std::nullopt;
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << b);
    case HOp::shr:
      if (b < 0 || b > 63) return std::nullopt;
      return a >> b;
    case HOp::eq:
      return a == b;
    case HOp::ne:
      return a != b;
    case HOp::lt:
      return a < b;
    case HOp::le:
      return a <= b;
    case HOp::gt:
      return a > b;
    case HOp::ge:
      return a >= b;
    default:
      return std::nullopt;
  }
}

/// Float arithmetic never traps; comparisons give 0 or 1 in `number`.
bool fold_float(HOp op, double a, double b, double& real, std::int64_t& number, bool& is_bool) {
  is_bool = false;
  switch (op) {
    case HOp::add:
      real = a + b;
      return true;
    case HOp::sub:
      real = a - b;
      return true;
    case HOp::mul:
      real = a * b;
      return true;
    case HOp::div:
      real = a / b;
      return true;
    case HOp::mod:
      real = std::fmod(a, b);
      return true;
    default:
      break;
  }
  is_bool = true;
  switch (op) {
    case HOp::eq:
      number = a == b;
      return true;
    case HOp::ne:
      number = a != b;
      return true;
    case HOp::lt:
      number = a < b;
      return true;
    case HOp::le:
      number = a <= b;
      return true;
    case HOp::gt:
      number = a > b;
      return true;
    case HOp::ge:
      number = a >= b;
      return true;
    default:
      return false;
  }
}

bool count_nodes(const HNode* n, std::size_t& left) {
  if (left == 0) return false;
  --left;
  for (const HNode* kid : n->kids) {
    if (kid && !count_nodes(kid, left)) return false;
  }
  return true;
}

}  // namespace

HNode* Checker::fold(HNode* n) {
  auto become_int = [&](std::int64_t number) {
    n->op = HOp::const_int;
    n->ival = number;
    n->kids.clear();
    return n;
  };
  if (n->kids.empty()) return n;
  HNode* a = n->kids[0];
  if (n->kids.size() == 1) {
    switch (n->op) {
      case HOp::neg:
        if (a->op == HOp::const_float) {
          n->op = HOp::const_float;
          n->fval = -a->fval;
          n->kids.clear();
        } else if (is_int_constant(a) && a->ival != std::numeric_limits<std::int64_t>::min()) {
          return become_int(-a->ival);
        }
        return n;
      case HOp::bit_not:
        return is_int_constant(a) ? become_int(~a->ival) : n;
      case HOp::logical_not:
        return is_int_constant(a) ? become_int(!a->ival) : n;
      case HOp::int_to_float:
        if (!is_int_constant(a)) return n;
        n->op = HOp::const_float;
        n->fval = static_cast<double>(a->ival);
        n->kids.clear();
        return n;
      case HOp::to_text:
        if (!is_int_constant(a) || (!a->type->is(TypeKind::int_) && !a->type->is(TypeKind::bool_))) return n;
        n->op = HOp::const_string;
        n->text = keep(a->type->is(TypeKind::bool_) ? (a->ival ? "true" : "false") : std::to_string(a->ival));
        n->kids.clear();
        return n;
      default:
        return n;
    }
  }
  if (n->op == HOp::concat) {
    std::size_t size = 0;
    for (const HNode* kid : n->kids) {
      if (kid->op != HOp::const_string) return n;
      size += kid->text.size();
    }
    if (size > kMaxFoldedText) return n;
    std::string text;
    text.reserve(size);
    for (const HNode* kid : n->kids) text += kid->text;
    n->op = HOp::const_string;
    n->text = keep(std::move(text));
    n->kids.clear();
    return n;
  }
  if (n->kids.size() != 2) return n;
  HNode* b = n->kids[1];
  if (n->op == HOp::logical_and || n->op == HOp::logical_or) {
    if (!is_int_constant(a)) return n;
    const bool decided = n->op == HOp::logical_and ? a->ival == 0 : a->ival != 0;
    return decided ? become_int(a->ival) : b;
  }
  if (is_int_constant(a) && is_int_constant(b)) {
    if (const auto number = fold_int(n->op, a->ival, b->ival)) return become_int(*number);
    return n;
  }
  if (a->op == HOp::const_float && b->op == HOp::const_float) {
    double real = 0;
    std::int64_t number = 0;
    bool is_bool = false;
    if (!fold_float(n->op, a->fval, b->fval, real, number, is_bool)) return n;
    if (is_bool) return become_int(number);
    n->op = HOp::const_float;
    n->fval = real;
    n->kids.clear();
    return n;
  }
  if (a->op == HOp::const_string && b->op == HOp::const_string && (n->op == HOp::eq || n->op == HOp::ne)) {
    return become_int((a->text == b->text) == (n->op == HOp::eq));
  }
  return n;
}

bool Checker::is_constant(const HNode* n) {
  switch (n->op) {
    case HOp::const_int:
    case HOp::const_float:
    case HOp::const_string:
    case HOp::const_null:
      return true;
    case HOp::new_enum:
    case HOp::new_fields:
      if (n->type->decl && n->type->decl->kind == HClass::Kind::class_) return false;
      break;
    case HOp::neg:
    case HOp::bit_not:
    case HOp::logical_not:
    case HOp::add:
    case HOp::sub:
    case HOp::mul:
    case HOp::div:
    case HOp::mod:
    case HOp::bit_and:
    case HOp::bit_or:
    case HOp::bit_xor:
    case HOp::shl:
    case HOp::shr:
    case HOp::eq:
    case HOp::ne:
    case HOp::lt:
    case HOp::le:
    case HOp::gt:
    case HOp::ge:
    case HOp::logical_and:
    case HOp::logical_or:
    case HOp::cond:
    case HOp::concat:
    case HOp::to_text:
    case HOp::int_to_float:
    case HOp::float_to_int:
    case HOp::byte_to_int:
    case HOp::int_to_byte:
    case HOp::box:
    case HOp::upcast:
      break;
    default:
      return false;
  }
  for (const HNode* kid : n->kids) {
    if (kid && !is_constant(kid)) return false;
  }
  return true;
}

HNode* Checker::copy_constant(const HNode* constant, Span span) {
  HNode& copy = program.nodes.emplace_back(*constant);
  copy.span = span;
  for (HNode*& kid : copy.kids) {
    if (kid) kid = copy_constant(kid, span);
  }
  return &copy;
}

bool Checker::ensure_constant(Constant& constant) {
  if (constant.stage == Stage::done) return !constant.type->is(TypeKind::error);
  const Decl& decl = *constant.decl;
  const std::string name =
      (constant.owner ? constant.owner->cls->name + "." : std::string()) + std::string(constant.name);
  DepthGuard guard(depth_);
  if (constant.stage == Stage::busy || guard.too_deep()) {
    if (constant.stage == Stage::busy) {
      report(Code::constant_required, constant.module->file, decl.name.span,
             "constant `" + name + "` depends on itself");
    } else {
      report(Code::nesting_too_deep, constant.module->file, decl.name.span, "chain of constants is too long");
    }
    constant.type = basic(TypeKind::error);
    return false;
  }
  constant.stage = Stage::busy;
  const Type* type = nullptr;
  if (decl.type) {
    type = resolve(decl.type, constant.owner ? scope_of(*constant.owner) : TypeScope{constant.module, {}, nullptr});
  }
  HNode* value = nullptr;
  if (decl.init) {
    HFunc* func = new_func(HFunc::Kind::thunk, name + "$const", nullptr, *constant.module, nullptr);
    func->checked = true;
    func->span = decl.name.span;
    info(func).home = constant.owner;
    ensure_signature(*func);
    value = Body(*this, *func).constant_value(*decl.init, type, constant.name);
  } else if (type && !type->is(TypeKind::error)) {
    report(Code::uninitialised, constant.module->file, decl.name.span, "constant `" + name + "` has no value");
  }
  const Type* found = value ? value->type : basic(TypeKind::error);
  if (!found->is(TypeKind::error) && !is_constant(value)) {
    report(Code::constant_required, constant.module->file, decl.init->span,
           "the value of constant `" + name + "` is not known at compile time",
           constant.owner ? "static fields are constants; make it a field, or a function"
                          : "make it a function, or state of an actor");
    found = basic(TypeKind::error);
  } else if (std::size_t left = kMaxConstantNodes; value && !count_nodes(value, left)) {
    report(Code::constant_required, constant.module->file, decl.init->span,
           "the value of constant `" + name + "` is too large");
    found = basic(TypeKind::error);
  }
  if (!constant.type) constant.type = found;  // a cycle has set it
  constant.value = value;
  constant.stage = Stage::done;
  return !constant.type->is(TypeKind::error);
}

HFunc* Checker::default_value(HFunc& callee, std::size_t index) {
  HFunc* func = &callee;
  while (info(func).defaults_from) func = info(func).defaults_from;
  ensure_signature(*func);
  FuncInfo& side = info(func);
  if (side.defaults.size() <= index) side.defaults.resize(index + 1);
  if (side.defaults[index]) return side.defaults[index];
  HFunc* made =
      new_func(HFunc::Kind::thunk, func->name + "$default" + std::to_string(index), nullptr, *side.module, nullptr);
  made->has_body = true;
  made->tparams = func->tparams;
  made->span = (*side.params)[index].name.span;
  FuncInfo& made_side = info(made);
  made_side.signature = Stage::done;
  made_side.init = (*side.params)[index].init;
  made_side.result_type = func->params[index]->type;
  made->result = made_side.result_type;
  info(func).defaults[index] = made;
  queue(made);
  return made;
}

}  // namespace noodle::check
