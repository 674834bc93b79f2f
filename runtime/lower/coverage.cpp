#include "runtime/lower/pattern.hpp"

namespace noodle::check {
namespace {

using Kind = CheckedPattern::Kind;

constexpr int kMaxDepth = 600;
const CheckedPattern kWild{};

bool same_literal(const HNode& a, const HNode& b) {
  if (a.op != b.op) return false;
  switch (a.op) {
    case HOp::const_int:
      return a.ival == b.ival && a.type == b.type;
    case HOp::const_float:
      return a.fval == b.fval;
    case HOp::const_string:
      return a.text == b.text;
    default:
      return true;
  }
}

}  // namespace

bool Coverage::is_wild(const CheckedPattern* pattern) {
  return pattern->kind == Kind::any || pattern->kind == Kind::error;
}

std::vector<const Type*> Coverage::payload(const Type* type, std::uint32_t index) {
  std::vector<const Type*> types;
  const Substitution s = checker_.substitution(type);
  for (const HField& field : type->decl->cases[index].fields) types.push_back(checker_.subst(field.type, s));
  return types;
}

std::vector<const Type*> Coverage::fields(const Type* type) {
  std::vector<const Type*> types;
  const Substitution s = checker_.substitution(type);
  for (const HField& field : type->decl->fields) types.push_back(checker_.subst(field.type, s));
  return types;
}

std::vector<Coverage::Constructor> Coverage::all_constructors(const Type* type) {
  std::vector<Constructor> all;
  switch (type->kind) {
    case TypeKind::bool_:
      all.push_back({Kind::literal, 0, nullptr, {}, "false"});
      all.push_back({Kind::literal, 1, nullptr, {}, "true"});
      break;
    case TypeKind::nullable:
      all.push_back({Kind::null, 0, nullptr, {}, "null"});
      all.push_back({Kind::present, 0, nullptr, {type->args[0]}, {}});
      break;
    case TypeKind::enum_:
      checker_.complete_members(checker_.info(type->decl));
      for (std::uint32_t i = 0; i < type->decl->cases.size(); ++i) {
        all.push_back({Kind::enum_case, i, nullptr, payload(type, i),
                       std::string(type->decl->decl->name.text) + "." + std::string(type->decl->cases[i].name)});
      }
      break;
    case TypeKind::object:
      if (type->decl->kind != HClass::Kind::record) break;
      checker_.complete_members(checker_.info(type->decl));
      all.push_back(
          {Kind::record, 0, nullptr, fields(type), std::string(type->decl->decl ? type->decl->decl->name.text : "")});
      break;
    default:
      break;
  }
  return all;
}

Coverage::Constructor Coverage::constructor_of(const CheckedPattern& p) {
  Constructor c;
  c.kind = p.kind;
  c.index = p.case_index;
  c.sample = &p;
  if (p.kind == Kind::literal && p.value->type->is(TypeKind::bool_))
    c.index = static_cast<std::uint32_t>(p.value->ival);
  for (const CheckedPattern* item : p.items) c.parts.push_back(item->type);
  return c;
}

bool Coverage::same(const Constructor& c, const CheckedPattern& p) {
  if (c.kind != p.kind) return false;
  switch (p.kind) {
    case Kind::enum_case:
      return c.index == p.case_index;
    case Kind::literal:
      if (!c.sample) return p.value->op == HOp::const_int && p.value->ival == c.index;
      return same_literal(*c.sample->value, *p.value);
    case Kind::type_test:
      return c.sample->target == p.target;
    default:
      return true;
  }
}

/// The row for values built by `c`: its first pattern is replaced by those of the parts. False: does not match any.
bool Coverage::specialise(const Row& row, const Constructor& c, Row& out) {
  const CheckedPattern* head = row[0];
  out.clear();
  if (is_wild(head)) {
    out.insert(out.end(), c.parts.size(), &kWild);
  } else if (same(c, *head)) {
    out.insert(out.end(), head->items.begin(), head->items.end());
  } else if (c.kind == Kind::type_test && head->kind == Kind::type_test && is_wild(head->items[0]) &&
             checker_.is_subtype(c.sample->target, head->target)) {
    out.insert(out.end(), c.parts.size(), &kWild);
  } else {
    return false;
  }
  out.insert(out.end(), row.begin() + 1, row.end());
  return true;
}

void Coverage::expand(const Row& row, std::vector<Row>& out) {
  if (row.empty() || row[0]->kind != Kind::alternatives) {
    out.push_back(row);
    return;
  }
  for (const CheckedPattern* item : row[0]->items) {
    Row one = row;
    one[0] = item;
    expand(one, out);
  }
}

bool Coverage::useful(const CheckedPattern& pattern) {
  return useful(rows_, {&pattern}, 0);
}

bool Coverage::useful(const std::vector<Row>& rows, const Row& row, int depth) {
  if (rows.empty()) return true;
  if (row.empty()) return false;
  steps_ -= static_cast<std::int64_t>(rows.size()) + 1;
  if (depth > kMaxDepth) steps_ = -1;
  if (steps_ < 0) return true;
  if (row[0]->kind == Kind::alternatives) {
    for (const CheckedPattern* item : row[0]->items) {
      Row one = row;
      one[0] = item;
      if (useful(rows, one, depth + 1)) return true;
    }
    return false;
  }
  std::vector<Row> flat;
  flat.reserve(rows.size());
  for (const Row& r : rows) expand(r, flat);
  steps_ -= static_cast<std::int64_t>(flat.size());
  auto with = [&](const Constructor& c) {
    std::vector<Row> matching;
    Row special;
    for (const Row& r : flat) {
      if (specialise(r, c, special)) matching.push_back(special);
    }
    Row mine;
    return specialise(row, c, mine) && useful(matching, mine, depth + 1);
  };
  if (!is_wild(row[0])) return with(constructor_of(*row[0]));
  // A wildcard is useful if it is for some constructor; for types without a closed list, if some row's list is left.
  const CheckedPattern* sample = nullptr;
  for (const Row& r : flat) {
    if (!is_wild(r[0])) sample = r[0];
  }
  std::vector<Constructor> all;
  if (sample && sample->type) all = all_constructors(sample->type);
  bool complete = !all.empty();
  for (const Constructor& c : all) {
    bool present = false;
    for (const Row& r : flat) present |= !is_wild(r[0]) && same(c, *r[0]);
    complete &= present;
  }
  if (complete) {
    for (const Constructor& c : all) {
      if (with(c)) return true;
    }
    return false;
  }
  std::vector<Row> defaults;
  for (const Row& r : flat) {
    if (is_wild(r[0])) defaults.emplace_back(r.begin() + 1, r.end());
  }
  return useful(defaults, Row(row.begin() + 1, row.end()), depth + 1);
}

std::optional<std::string> Coverage::missing(const Type* type) {
  std::vector<std::string> out;
  if (!missing(rows_, {type}, 0, out)) return std::nullopt;
  return out.empty() ? "_" : out[0];
}

std::string Coverage::text(const Constructor& c, const std::vector<std::string>& parts) {
  if (c.kind == Kind::present) return parts.empty() ? "_" : parts[0] == "_" ? "value" : parts[0];
  if (parts.empty()) return c.name;
  std::string out = c.name + "(";
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? ", " : "") + parts[i];
  return out + ")";
}

bool Coverage::missing(const std::vector<Row>& rows, const std::vector<const Type*>& types, int depth,
                       std::vector<std::string>& out) {
  if (types.empty()) return rows.empty();
  if (rows.empty()) {
    out.assign(types.size(), "_");
    // Name the first value where it is one of a list.
    const std::vector<Constructor> all = all_constructors(types[0]);
    if (depth < 2 && !all.empty() && all[0].kind != Kind::present && all[0].kind != Kind::record) {
      out[0] = text(all[0], std::vector<std::string>(all[0].parts.size(), "_"));
    }
    return true;
  }
  steps_ -= static_cast<std::int64_t>(rows.size()) + 1;
  if (depth > kMaxDepth) steps_ = -1;
  if (steps_ < 0) return false;
  std::vector<Row> flat;
  for (const Row& r : rows) expand(r, flat);
  steps_ -= static_cast<std::int64_t>(flat.size());
  const std::vector<Constructor> all = all_constructors(types[0]);
  const std::vector<const Type*> rest(types.begin() + 1, types.end());
  bool any_head = false;
  for (const Row& r : flat) any_head |= !is_wild(r[0]);
  if (!all.empty() && any_head) {
    for (const Constructor& c : all) {
      std::vector<Row> matching;
      Row special;
      for (const Row& r : flat) {
        if (specialise(r, c, special)) matching.push_back(special);
      }
      std::vector<const Type*> inner = c.parts;
      inner.insert(inner.end(), rest.begin(), rest.end());
      std::vector<std::string> parts;
      if (!missing(matching, inner, depth + 1, parts)) continue;
      const auto cut = parts.begin() + static_cast<std::ptrdiff_t>(std::min(c.parts.size(), parts.size()));
      out = {text(c, std::vector<std::string>(parts.begin(), cut))};
      out.insert(out.end(), cut, parts.end());
      return true;
    }
    return false;
  }
  std::vector<Row> defaults;
  for (const Row& r : flat) {
    if (is_wild(r[0])) defaults.emplace_back(r.begin() + 1, r.end());
  }
  std::vector<std::string> tail;
  if (!missing(defaults, rest, depth + 1, tail)) return false;
  out = {"_"};
  out.insert(out.end(), tail.begin(), tail.end());
  return true;
}

}  // namespace noodle::check
