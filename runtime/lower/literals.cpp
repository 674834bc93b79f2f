// List and object literals: typed by what is expected, else by their elements.
#include <unordered_set>

#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

const Type* without_null(const Type* type) {
  return type && type->is(TypeKind::nullable) ? type->args[0] : type;
}

}  // namespace

HNode* Body::list_literal(const Expr& e, const Type* hint) {
  hint = without_null(hint);
  if (hint && hint->has_error) return error_node(e.span);
  TypeTable& types = checker_.program.types;
  const bool json = hint && hint->is(TypeKind::json);
  const bool set = hint && hint->is(TypeKind::set);
  const Type* element = nullptr;
  if (hint && (hint->is(TypeKind::list) || set)) element = hint->args[0];
  if (json) element = hint;
  const bool known = element && is_known(element);
  if (element == hole()) element = nullptr;
  HNode* n = node(HOp::new_list, nullptr, e.span);
  n->kids.resize(e.items.size(), nullptr);
  const Type* joined = nullptr;
  bool failed = false;
  // Elements without a type of their own take that of the others.
  for (const bool contextual : {false, true}) {
    for (std::size_t i = 0; i < e.items.size() && !failed; ++i) {
      if (n->kids[i]) continue;
      const Expr& item = *e.items[i];
      if (!known && !contextual && needs_context(item)) continue;
      HNode* kid = value(item, known || !joined ? element : joined);
      if (known) kid = coerce(kid, element, {"element"});
      n->kids[i] = kid;
      if (known) continue;
      const Type* both = joined ? join(joined, kid->type) : kid->type;
      if (!both) {
        report(Code::type_mismatch, item.span,
               "elements of a list are a `" + to_string(joined) + "` and a `" + to_string(kid->type) + "`",
               "declare the list, for example as `List<any>`");
        failed = true;
      }
      joined = both;
    }
  }
  if (known) {
    joined = element;
  } else if (failed) {
    return error_node(e.span);
  } else if (!joined || joined->is(TypeKind::null) || joined->is(TypeKind::never)) {
    if (joined && joined->is(TypeKind::never)) return error_node(e.span);
    report(Code::cannot_infer, e.span, "the type of this list cannot be told from its elements",
           "declare it, for example `let xs: List<int> = [];`");
    return error_node(e.span);
  } else {
    for (HNode*& kid : n->kids) kid = coerce(kid, joined, {"element"});
  }
  if (joined->is(TypeKind::error)) return error_node(e.span);
  if (set) {
    n->op = HOp::new_set;
    checker_.require_key(joined, module_->file, e.span);
    n->type = types.set(joined);
    return n;
  }
  n->type = types.list(joined);
  return json ? convert(n, hint) : n;
}

HNode* Body::object_literal(const Expr& e, const Type* hint) {
  hint = without_null(hint);
  if (hint && hint->is(TypeKind::error)) return error_node(e.span);
  TypeTable& types = checker_.program.types;
  if (hint && hint->is(TypeKind::object)) {
    const HClass::Kind kind = hint->decl->kind;
    if (kind == HClass::Kind::record || kind == HClass::Kind::class_) {
      std::vector<lang::Arg> args;
      args.reserve(e.fields.size());
      for (const lang::ObjectField& field : e.fields) args.push_back({field.name, field.value});
      return construct(*hint->decl, args, {}, e.span, hint, true);
    }
  }
  if (hint && hint->is(TypeKind::map)) return map_literal(e, hint);
  if (hint && hint->is(TypeKind::json)) return convert(map_literal(e, types.map(basic(TypeKind::string), hint)), hint);
  return map_literal(e, types.map(basic(TypeKind::string), basic(TypeKind::any)));
}

HNode* Body::map_literal(const Expr& e, const Type* map_type) {
  TypeTable& types = checker_.program.types;
  const Type* key = map_type->args[0];
  const Type* element = map_type->args[1];
  const bool known = is_known(element);
  if (element == hole()) element = nullptr;
  if (!e.fields.empty() && is_known(key) && !key->is(TypeKind::string)) {
    report(Code::type_mismatch, e.span, "the keys of `{ }` are Strings, a `" + to_string(map_type) + "` is expected",
           "start with an empty map and set its entries");
    return error_node(e.span);
  }
  if (e.fields.empty() && !(is_known(key) && known)) {
    report(Code::cannot_infer, e.span, "the type of this map cannot be told",
           "declare it, for example `let m: Map<String, int> = {};`");
    return error_node(e.span);
  }
  HNode* n = node(HOp::new_map, nullptr, e.span);
  const Type* joined = nullptr;
  std::unordered_set<std::string_view> seen;
  for (const lang::ObjectField& field : e.fields) {
    if (!seen.insert(field.name.text).second) {
      report(Code::duplicate_name, field.name.span, "key `" + std::string(field.name.text) + "` is given twice");
    }
    if (!field.value) continue;
    n->kids.push_back(const_string(field.name.text, field.name.span));
    HNode* kid = value(*field.value, element);
    if (known) {
      kid = coerce(kid, element, {"value of `%a`", field.name.text});
    } else {
      const Type* both = joined ? join(joined, kid->type) : kid->type;
      if (!both) {
        report(Code::type_mismatch, field.value->span,
               "values of a map are a `" + to_string(joined) + "` and a `" + to_string(kid->type) + "`",
               "declare the map, for example as `Map<String, any>`");
        return error_node(e.span);
      }
      joined = both;
    }
    n->kids.push_back(kid);
  }
  if (!known) {
    if (!joined || joined->is(TypeKind::error)) return error_node(e.span);
    if (joined->is(TypeKind::null)) joined = basic(TypeKind::any);
    for (std::size_t i = 1; i < n->kids.size(); i += 2) n->kids[i] = coerce(n->kids[i], joined, {"value"});
  } else {
    joined = element;
  }
  n->type = types.map(is_known(key) ? key : basic(TypeKind::string), joined);
  return n;
}

}  // namespace noodle::check
