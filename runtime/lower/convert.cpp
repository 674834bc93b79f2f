// Conversions: implicit ones as nodes, joins of types, and the messages when there is none.
#include <algorithm>

#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

bool is_pointer_or_param(const Type* type) {
  return !is_scalar(type);
}

bool contains_name(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Types that are equal up to errors already reported.
bool same_shape(const Type* a, const Type* b) {
  if (a == b || a->is(TypeKind::error) || b->is(TypeKind::error)) return true;
  if (!a->has_error && !b->has_error) return false;
  if (a->kind != b->kind || a->decl != b->decl || a->args.size() != b->args.size()) return false;
  for (std::size_t i = 0; i < a->args.size(); ++i) {
    if (!same_shape(a->args[i], b->args[i])) return false;
  }
  return !a->result || same_shape(a->result, b->result);
}

}  // namespace

HNode* Body::non_null(HNode* operand) {
  const Type* inner = operand->type->args[0];
  return node(is_scalar(inner) ? HOp::unbox : HOp::assume_not_null, inner, operand->span, {operand});
}

HNode* Body::to_any(HNode* operand) {
  return convert(operand, basic(TypeKind::any));
}

HNode* Body::convert(HNode* n, const Type* to) {
  const Type* from = n->type;
  if (from == to || from->is(TypeKind::error) || from->is(TypeKind::never)) return n;
  if (to->is(TypeKind::error)) return n;
  if (from->is(TypeKind::void_) || to->is(TypeKind::void_)) return nullptr;
  if ((from->has_error || to->has_error) && same_shape(from, to)) return n;
  if (from->is(TypeKind::null)) {
    if (!to->is(TypeKind::nullable) && !to->is(TypeKind::any) && !to->is(TypeKind::json)) return nullptr;
    n->type = to;
    return n;
  }
  auto widen = [&](HNode* value, const Type* target) {
    return node(is_pointer_or_param(value->type) ? HOp::upcast : HOp::box, target, value->span, {value});
  };
  switch (to->kind) {
    case TypeKind::any:
      return widen(n, to);
    case TypeKind::float_:
      if (from->is(TypeKind::int_)) return checker_.fold(node(HOp::int_to_float, to, n->span, {n}));
      return nullptr;
    case TypeKind::nullable: {
      if (from->is(TypeKind::nullable)) {
        // int? is not a float?: only null and the value itself convert. Pointers keep their representation.
        const Type* a = from->args[0];
        const Type* b = to->args[0];
        const bool pointers = !is_scalar(a) && !is_scalar(b) && !a->is(TypeKind::param) && !b->is(TypeKind::param);
        return pointers && checker_.is_subtype(a, b) ? node(HOp::upcast, to, n->span, {n}) : nullptr;
      }
      HNode* inner = convert(n, to->args[0]);
      if (!inner) return nullptr;
      return inner->type->is(TypeKind::error) || inner->type->is(TypeKind::never) ? inner : widen(inner, to);
    }
    case TypeKind::json:
      switch (from->kind) {
        case TypeKind::int_:
        case TypeKind::float_:
        case TypeKind::bool_:
        case TypeKind::string:
          return widen(n, to);
        case TypeKind::list:
          return from->args[0]->is(TypeKind::json) ? widen(n, to) : nullptr;
        case TypeKind::map:
          return from->args[0]->is(TypeKind::string) && from->args[1]->is(TypeKind::json) ? widen(n, to) : nullptr;
        default:
          return nullptr;
      }
    case TypeKind::actor_ref:
      return from->is(TypeKind::actor_ref) && to->args[0]->is(TypeKind::any) ? node(HOp::upcast, to, n->span, {n})
                                                                             : nullptr;
    case TypeKind::object:
      return checker_.is_subtype(from, to) ? node(HOp::upcast, to, n->span, {n}) : nullptr;
    default:
      return nullptr;
  }
}

bool Body::converts(const Type* from, const Type* to) {
  return from == to || convert(node(HOp::host_object, from, {}), to) != nullptr;
}

std::string Body::describe(const Purpose& purpose) {
  std::string out;
  for (const char* p = purpose.format; *p; ++p) {
    if (*p == '%' && (p[1] == 'a' || p[1] == 'b')) {
      out += *++p == 'a' ? purpose.a : purpose.b;
    } else {
      out += *p;
    }
  }
  return out;
}

HNode* Body::coerce(HNode* n, const Type* to, const Purpose& purpose) {
  if (n->type == to) return n;
  if (HNode* converted = convert(n, to)) return converted;
  mismatch(*n, to, purpose);
  return error_node(n->span);
}

bool Body::report_null_use(const HNode& n, const Purpose& purpose) {
  if (!n.type->is(TypeKind::nullable) && !n.type->is(TypeKind::null)) return false;
  const std::string_view source = text(n.span);
  std::string name = source.size() <= 40 && source.find('\n') == std::string_view::npos
                         ? "`" + std::string(source) + "`"
                         : std::string("value");
  if (contains_name(env_.tested, source)) {
    report(Code::narrowing_lost, n.span, name + " was tested, but may change between the test and its use here",
           "copy it to a local first: `let value = " + std::string(source) + ";`");
    return true;
  }
  report(Code::nullable_use, n.span,
         n.type->is(TypeKind::null)
             ? "`null` used as " + describe(purpose)
             : name + " may be null: it is a `" + to_string(n.type) + "`, used as " + describe(purpose),
         n.type->is(TypeKind::null) ? "" : "test it with `!= null`, or use `?.`, `??` or `as`");
  return true;
}

void Body::mismatch(const HNode& n, const Type* to, const Purpose& purpose) {
  const Type* from = n.type;
  if (from->is(TypeKind::void_)) {
    report(Code::void_value, n.span, "this gives no value; " + describe(purpose) + " needs a `" + to_string(to) + "`");
    return;
  }
  if (from->is(TypeKind::null)) {
    report(Code::nullable_use, n.span, describe(purpose) + " is a `" + to_string(to) + "`, which is never null",
           "declare it as `" + to_string(checker_.program.types.nullable(to)) + "` if it may be null");
    return;
  }
  if (from->is(TypeKind::nullable) && !to->is(TypeKind::nullable)) {
    if (converts(from->args[0], to)) {
      report_null_use(n, {to->is(TypeKind::param) ? to->name.c_str() : "a value that is never null"});
      return;
    }
  }
  auto& diagnostic = report(Code::type_mismatch, n.span,
                            describe(purpose) + " must be `" + to_string(to) + "`, found `" + to_string(from) + "`");
  const std::string source(text(n.span));
  const bool small = source.size() <= 60 && source.find('\n') == std::string::npos;
  const Type* wanted = to->is(TypeKind::nullable) ? to->args[0] : to;
  std::string replacement;
  if (to->is(TypeKind::int_) && (from->is(TypeKind::float_) || from->is(TypeKind::byte))) {
    replacement = "int(" + source + ")";
  } else if (to->is(TypeKind::float_) && from->is(TypeKind::byte)) {
    replacement = "float(" + source + ")";
  } else if (to->is(TypeKind::byte) && from->is(TypeKind::int_)) {
    replacement = "byte(" + source + ")";
  } else if (to->is(TypeKind::string)) {
    replacement = "`${" + source + "}`";
  } else if (castable(from, to)) {
    replacement = source + (to->is(TypeKind::nullable) ? " as (" + to_string(to) + ")" : " as " + to_string(to));
  } else if (to->is(TypeKind::int_) && from->is(TypeKind::string)) {
    diagnostic.suggestion = "`parseInt()` reads a number, null when it is none";
  } else if (from->is(TypeKind::int_) && wanted->is(TypeKind::duration)) {
    const bool number = n.op == HOp::const_int;
    diagnostic.suggestion = number ? "a Duration has a unit: `" + source + "s`, `" + source + "ms`"
                                   : "a Duration has a unit: `" + source + " * 1s`";
  } else if (from->is(TypeKind::int_) && wanted->is(TypeKind::bool_)) {
    diagnostic.suggestion = n.op == HOp::const_int ? "write `true` or `false`" : "compare it: `" + source + " != 0`";
  }
  if (!replacement.empty() && small) {
    diagnostic.suggestion = "write `" + replacement + "`";
    diagnostic.fixes.push_back({n.span, replacement});
  }
}

const Type* Body::join(const Type* a, const Type* b) {
  if (a == b || b->is(TypeKind::error) || b->is(TypeKind::never)) return a;
  if (a->is(TypeKind::error) || a->is(TypeKind::never)) return b;
  if (a->is(TypeKind::void_) || b->is(TypeKind::void_)) return nullptr;
  TypeTable& types = checker_.program.types;
  if (a->is(TypeKind::null)) return types.nullable(b);
  if (b->is(TypeKind::null)) return types.nullable(a);
  if (converts(b, a)) return a;
  if (converts(a, b)) return b;
  // int? and float?, Dog and Animal?
  const bool null_a = a->is(TypeKind::nullable);
  const bool null_b = b->is(TypeKind::nullable);
  if (null_a || null_b) {
    const Type* inner = join(null_a ? a->args[0] : a, null_b ? b->args[0] : b);
    if (!inner) return nullptr;
    const Type* wide = types.nullable(inner);
    return converts(a, wide) && converts(b, wide) ? wide : nullptr;
  }
  // Two classes with a common base.
  if (a->is(TypeKind::object) && b->is(TypeKind::object)) {
    for (const Type* t = a; t; t = t->decl->base ? checker_.subst(t->decl->base, checker_.substitution(t)) : nullptr) {
      if (checker_.is_subtype(b, t)) return t;
    }
    const Type* common = nullptr;
    for (const Type* interface : checker_.all_interfaces(a)) {
      if (!checker_.is_subtype(b, interface)) continue;
      if (common) return nullptr;
      common = interface;
    }
    return common;
  }
  return nullptr;
}

HNode* Body::to_text(HNode* n) {
  if (n->type->is(TypeKind::string) || n->type->is(TypeKind::error)) return n;
  if (n->type->is(TypeKind::null)) return const_string("null", n->span);
  return checker_.fold(node(HOp::to_text, basic(TypeKind::string), n->span, {n}));
}

bool Body::castable(const Type* from, const Type* to) {
  auto open = [](const Type* t) { return t->is(TypeKind::any) || t->is(TypeKind::json) || t->is(TypeKind::param); };
  if (from == to || open(from) || open(to) || from->has_error || to->has_error) return true;
  if (from->is(TypeKind::nullable)) return castable(from->args[0], to->is(TypeKind::nullable) ? to->args[0] : to);
  if (to->is(TypeKind::nullable)) return castable(from, to->args[0]);
  if (from->is(TypeKind::actor_ref) && to->is(TypeKind::actor_ref)) {
    return from->args[0]->is(TypeKind::any) || to->args[0]->is(TypeKind::any);
  }
  if (from->has_param || to->has_param)
    return from->kind == to->kind || from->is(TypeKind::object) == to->is(TypeKind::object);
  if (!from->decl || !to->decl) return false;
  if (checker_.is_subtype(from, to) || checker_.is_subtype(to, from)) return true;
  auto interface = [](const Type* t) { return t->decl->kind == HClass::Kind::interface; };
  auto closed = [](const Type* t) {
    return t->is(TypeKind::enum_) || (t->decl->is_final && t->decl->kind != HClass::Kind::interface);
  };
  return (interface(from) && !closed(to)) || (interface(to) && !closed(from));
}

bool is_known(const Type* hint) {
  return hint && !has_hole(hint) && !hint->is(TypeKind::void_) && !hint->is(TypeKind::error);
}

bool has_hole(const Type* type) {
  if (!type->has_param) return false;
  if (type == hole()) return true;
  for (const Type* arg : type->args) {
    if (has_hole(arg)) return true;
  }
  return type->result && has_hole(type->result);
}

const Type* hole() {
  static const Type type = [] {
    Type t;
    t.kind = TypeKind::param;
    t.has_param = true;
    t.id = 0xfffffffe;
    t.name = "?";
    return t;
  }();
  return &type;
}

}  // namespace noodle::check
