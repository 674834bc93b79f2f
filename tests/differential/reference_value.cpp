#include "tests/differential/reference_value.hpp"

#include <charconv>
#include <cmath>

namespace noodle::reference {

namespace {

bool is_record_like(const Type* type) {
  return type->decl != nullptr && (type->decl->kind == check::HClass::Kind::record ||
                                   type->decl->kind == check::HClass::Kind::enum_ || type->decl->name == "Error");
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
  return out + "\"";
}

std::string short_name(const check::HClass& decl) {
  const std::size_t dot = decl.name.rfind('.');
  return dot == std::string::npos ? decl.name : decl.name.substr(dot + 1);
}

}  // namespace

std::string text_of_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text.find('.') == std::string::npos ? text + ".0" : text;
  std::string exponent = text.substr(e + 1);
  const bool negative = exponent[0] == '-';
  exponent.erase(0, exponent.find_first_not_of("+-0"));
  return text.substr(0, e) + "e" + (negative ? "-" : "") + exponent;
}

std::string text_of(const Value& value, const Type* type, bool nested) {
  switch (type->kind) {
    case TypeKind::int_:
    case TypeKind::byte:
      return std::to_string(value.integer);
    case TypeKind::bool_:
      return value.integer != 0 ? "true" : "false";
    case TypeKind::float_:
      return text_of_float(value.real);
    case TypeKind::enum_:
      if (type->decl->scalar_enum) {
        return short_name(*type->decl) + "." +
               std::string(type->decl->cases[static_cast<std::size_t>(value.integer)].name);
      }
      break;
    default:
      break;
  }
  if (!value.thing) return "null";
  const Thing& thing = *value.thing;
  type = thing.type;
  if (check::is_scalar(type)) return text_of(thing.boxed, type, nested);
  const auto join = [](const auto& parts) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i == 0 ? "" : ", ") + parts[i];
    return out;
  };
  std::vector<std::string> parts;
  switch (type->kind) {
    case TypeKind::string:
      return nested ? quoted(thing.text) : thing.text;
    case TypeKind::list:
    case TypeKind::set:
      for (const Value& item : thing.items) parts.push_back(text_of(item, type->args[0], true));
      return type->kind == TypeKind::list ? "[" + join(parts) + "]" : "Set{" + join(parts) + "}";
    case TypeKind::map:
      for (const auto& [key, item] : thing.entries) {
        parts.push_back(text_of(key, type->args[0], true) + ": " + text_of(item, type->args[1], true));
      }
      return "{" + join(parts) + "}";
    case TypeKind::enum_: {
      const check::HCase& c = type->decl->cases[thing.case_index];
      std::string out = short_name(*type->decl) + "." + std::string(c.name);
      if (c.fields.empty()) return out;
      for (const Value& item : thing.items) {
        parts.push_back(text_of(item, item.thing ? item.thing->type : c.fields[parts.size()].type, true));
      }
      return out + "(" + join(parts) + ")";
    }
    case TypeKind::object: {
      const bool record = type->decl->kind == check::HClass::Kind::record;
      check::TypeTable table;
      for (const auto& [field, field_type] : check::all_fields(table, type)) {
        parts.push_back(std::string(field->name) + ": " + text_of(thing.items[parts.size()], field_type, true));
      }
      return short_name(*type->decl) + (record ? "(" : "{") + join(parts) + (record ? ")" : "}");
    }
    case TypeKind::func:
      return "func";
    default:
      return "?";
  }
}

bool equal(const Value& a, const Value& b, const Type* type) {
  if (check::is_scalar(type)) return type->kind == TypeKind::float_ ? a.real == b.real : a.integer == b.integer;
  if (!a.thing || !b.thing) return !a.thing && !b.thing;
  if (a.thing == b.thing && !check::is_scalar(a.thing->type)) return true;
  const Thing& x = *a.thing;
  const Thing& y = *b.thing;
  if (x.type != y.type) return false;
  if (check::is_scalar(x.type)) return equal(x.boxed, y.boxed, x.type);
  switch (x.type->kind) {
    case TypeKind::string:
    case TypeKind::bytes:
      return x.text == y.text;
    case TypeKind::list:
      if (x.items.size() != y.items.size()) return false;
      for (std::size_t i = 0; i < x.items.size(); ++i) {
        if (!equal(x.items[i], y.items[i], x.type->args[0])) return false;
      }
      return true;
    case TypeKind::set:
      if (x.items.size() != y.items.size()) return false;
      for (const Value& item : x.items) {
        bool found = false;
        for (const Value& other : y.items) found = found || equal(item, other, x.type->args[0]);
        if (!found) return false;
      }
      return true;
    case TypeKind::map:
      if (x.entries.size() != y.entries.size()) return false;
      for (const auto& [key, item] : x.entries) {
        bool found = false;
        for (const auto& [other_key, other] : y.entries) {
          found = found || (equal(key, other_key, x.type->args[0]) && equal(item, other, x.type->args[1]));
        }
        if (!found) return false;
      }
      return true;
    case TypeKind::enum_:
      if (x.case_index != y.case_index) return false;
      for (std::size_t i = 0; i < x.items.size(); ++i) {
        if (!equal(x.items[i], y.items[i], x.type->decl->cases[x.case_index].fields[i].type)) return false;
      }
      return true;
    case TypeKind::object: {
      if (!is_record_like(x.type)) return false;
      check::TypeTable table;
      std::size_t i = 0;
      for (const auto& [field, field_type] : check::all_fields(table, x.type)) {
        if (!equal(x.items[i], y.items[i], field_type)) return false;
        ++i;
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace noodle::reference
