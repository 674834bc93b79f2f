#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kShownBytes = 64;  // of a Bytes value

template <class Number>
void append_number(std::string& out, Number value) {
  char buffer[40];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

/// `nanoseconds` >= 0 in a unit, with as many decimals as it needs.
void append_decimal(std::string& out, std::uint64_t nanoseconds, std::uint64_t unit) {
  append_number(out, nanoseconds / unit);
  std::uint64_t rest = nanoseconds % unit;
  if (rest == 0) return;
  out += '.';
  for (; rest; rest = rest % unit) {
    unit /= 10;
    out += static_cast<char>('0' + rest / unit);
  }
}

void append_two(std::string& out, std::int64_t value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void append_quoted(std::string& out, const Object* text) {
  std::string copy(text_bytes(text), '\0');
  copy_text(text, copy.data());
  out += '"';
  for (const char c : copy) {
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
  out += '"';
}

void append_bytes(std::string& out, const Object* bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "Bytes{";
  const std::uint32_t shown = std::min(bytes->length(), kShownBytes);
  for (std::uint32_t k = 0; k < shown; ++k) {
    if (k > 0) out += ' ';
    out += kHex[bytes->bytes()[k] >> 4];
    out += kHex[bytes->bytes()[k] & 15];
  }
  if (shown < bytes->length()) out += " ... of " + std::to_string(bytes->length());
  out += '}';
}

/// "Expr.num" of a payload enum's case.
std::string case_name(const Program& program, const Class& cls) {
  const bytecode::TypeDef& parent = program.module.types[cls.def->parent];
  std::string name(short_type_name(parent.name));
  name += '.';
  if (cls.def->tag < parent.cases.size()) name += parent.cases[cls.def->tag];
  return name;
}

void append_address(std::string& out, const Class& cls, std::uint64_t pid) {
  out += cls.def->name;
  out += '#';
  // Place in the process table, and which process in that place it is unless it is the first.
  append_number(out, pid >> 32);
  const std::uint64_t generation = pid & 0xffffffff;
  if (generation > 1) {
    out += '.';
    append_number(out, generation);
  }
}

void append_error(std::string& out, const Object* error) {
  out += "error ";
  append_number(out, error->slots()[kErrorCode].i);
  out += ": ";
  const Object* message = error->pointers()[kErrorMessage];
  if (!message) return;
  const std::size_t before = out.size();
  out.resize(before + text_bytes(message));
  copy_text(message, out.data() + before);
}

bool is_marked(const Object* object) {
  return object->header & kFlagVisited;
}
void mark(const Object* object) {
  const_cast<Object*>(object)->header |= kFlagVisited;
}
void clear_mark(const Object* object) {
  const_cast<Object*>(object)->header &= ~std::uint64_t{kFlagVisited};
}

}  // namespace

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  char* end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  if (e == std::string_view::npos) {
    return text.find('.') == std::string_view::npos ? std::string(text) + ".0" : std::string(text);
  }
  // to_chars writes "1e+300" and "5e-05".
  std::string_view exponent = text.substr(e + 1);
  const bool negative = exponent[0] == '-';
  exponent.remove_prefix(exponent.find_first_not_of("+-0"));
  return std::string(text.substr(0, e)) + (negative ? "e-" : "e") + std::string(exponent);
}

std::string duration_text(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  std::string out = nanoseconds < 0 ? "-" : "";
  const auto total =
      nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds) : static_cast<std::uint64_t>(nanoseconds);
  constexpr std::uint64_t kMinute = 60 * static_cast<std::uint64_t>(kSecond);
  if (total < 1000) return out + std::to_string(total) + "ns";
  if (total < 1'000'000) {
    append_decimal(out, total, 1000);
    return out + "us";
  }
  if (total < kSecond) {
    append_decimal(out, total, 1'000'000);
    return out + "ms";
  }
  if (total >= 60 * kMinute) {
    append_number(out, total / (60 * kMinute));
    out += 'h';
  }
  if (const std::uint64_t minutes = total / kMinute % 60) {
    append_number(out, minutes);
    out += 'm';
  }
  if (const std::uint64_t rest = total % kMinute) {
    append_decimal(out, rest, kSecond);
    out += 's';
  }
  return out;
}

std::string time_text(std::int64_t unix_nanoseconds) {
  std::int64_t seconds = unix_nanoseconds / kSecond;
  std::int64_t nanos = unix_nanoseconds % kSecond;
  if (nanos < 0) {
    nanos += kSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86400;
  std::int64_t of_day = seconds % 86400;
  if (of_day < 0) {
    of_day += 86400;
    --days;
  }
  // Civil date from days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * of_year + 2) / 153;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2);
  std::string out;
  append_two(out, year / 100);
  append_two(out, year % 100);
  out += '-';
  append_two(out, month);
  out += '-';
  append_two(out, of_year - (153 * shifted_month + 2) / 5 + 1);
  out += 'T';
  append_two(out, of_day / 3600);
  out += ':';
  append_two(out, of_day / 60 % 60);
  out += ':';
  append_decimal(out, static_cast<std::uint64_t>(of_day % 60 * kSecond + nanos), kSecond);
  const std::size_t colon = out.rfind(':');
  const std::size_t digits = std::min(out.find('.', colon), out.size()) - colon - 1;
  if (digits < 2) out.insert(colon + 1, 1, '0');
  return out + 'Z';
}

std::string_view short_type_name(std::string_view name) {
  name = name.substr(0, name.find('<'));
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string scalar_text(const Program& program, bytecode::TypeIndex type, Slot value) {
  const bytecode::TypeDef& def = program.module.types[type];
  switch (def.kind) {
    case TypeKind::float_:
      return float_text(value.f);
    case TypeKind::bool_:
      return value.i ? "true" : "false";
    case TypeKind::byte:
      return std::to_string(value.u & 0xff);
    case TypeKind::duration:
      return duration_text(value.i);
    case TypeKind::time:
      return time_text(value.i);
    case TypeKind::scalar_enum: {
      std::string out(short_type_name(def.name));
      out += '.';
      return out + (value.u < def.cases.size() ? def.cases[value.u] : std::to_string(value.i));
    }
    default:
      return std::to_string(value.i);
  }
}

void ValueText::begin(const Object* value, bool nested) {
  if (!value) {
    out_ += "null";
    return;
  }
  const std::uint32_t id = value->class_id();
  if (id == bytecode::kString || id == kRope) {
    if (nested) {
      append_quoted(out_, value);
      return;
    }
    const std::size_t before = out_.size();
    out_.resize(before + text_bytes(value));
    copy_text(value, out_.data() + before);
    return;
  }
  const Class& cls = program_.classes[id];
  switch (cls.kind) {
    case TypeKind::bytes:
      append_bytes(out_, value);
      return;
    case TypeKind::box:
      out_ += scalar_text(program_, cls.def->args[0].index, value->slots()[0]);
      return;
    case TypeKind::actor_ref:
      append_address(out_, cls, value->slots()[0].u);
      return;
    case TypeKind::closure:
    case TypeKind::func:
      out_ += "func";
      return;
    case TypeKind::host:
      out_ += short_type_name(cls.def->name);
      return;
    default:
      break;
  }
  if (id == bytecode::kError) {
    append_error(out_, value);
  } else if (cls.kind == TypeKind::enum_case && cls.slot_count == 0) {
    out_ += case_name(program_, cls);
  } else if (is_marked(value)) {
    out_ += "...";
  } else {
    begin_container(value);
  }
}

void ValueText::begin_container(const Object* value) {
  const Class& cls = program_.class_of(value);
  switch (cls.kind) {
    case TypeKind::list:
      out_ += '[';
      break;
    case TypeKind::map:
      out_ += '{';
      break;
    case TypeKind::set:
      out_ += "Set{";
      break;
    case TypeKind::enum_case:
      out_ += case_name(program_, cls) + "(";
      break;
    default:
      out_ += short_type_name(cls.def->name);
      out_ += cls.def->is_record ? '(' : '{';
  }
  if (!value->is_static()) mark(value);
  open_.push_back({value, 0, true});
}

void ValueText::close(const Object* object) {
  const Class& cls = program_.class_of(object);
  const bool round = cls.kind == TypeKind::enum_case || (cls.kind == TypeKind::object && cls.def->is_record);
  out_ += cls.kind == TypeKind::list ? ']' : round ? ')' : '}';
  if (!object->is_static()) clear_mark(object);
}

void ValueText::add_scalar_or_pointer(const Class& cls, Storage kind, std::size_t arg, Slot scalar,
                                      const Object* pointer) {
  if (kind == Storage::pointer) {
    begin(pointer, true);
  } else {
    out_ += scalar_text(program_, cls.def->args[arg].index, scalar);
  }
}

void ValueText::next_field(const Class& cls, const Object* object, std::int64_t index, bool named) {
  const auto slot = static_cast<std::size_t>(index);
  const bytecode::FieldDef& field = cls.def->fields[slot];
  if (named) out_ += field.name + ": ";
  if (cls.pointer_map[slot / 64] >> (slot % 64) & 1) {
    begin(object->pointers()[index], true);
  } else {
    out_ += scalar_text(program_, field.type.index, object->slots()[index]);
  }
}

bool ValueText::next_map_entry(const Class& cls, Open& open) {
  const auto* map = static_cast<const MapObject*>(open.object);
  // Two children for each entry of a map: key and value. Keys have no container in them that could be `object` again.
  const bool has_values = cls.kind == TypeKind::map;
  const std::int64_t entry = has_values ? open.next / 2 : open.next;
  if (has_values && open.next % 2 == 1) {
    ++open.next;
    out_ += ": ";
    const MapValue value = value_at(cls, map, entry);
    add_scalar_or_pointer(cls, cls.value, 1, value.scalar, value.pointer);
    return true;
  }
  const std::int64_t found = next_entry(map, entry);
  if (found < 0) return false;
  if (!open.first) out_ += ", ";
  open.first = false;
  open.next = has_values ? found * 2 + 1 : found + 1;
  const MapValue key = key_at(cls, map, found);
  add_scalar_or_pointer(cls, cls.element, 0, key.scalar, key.pointer);
  return true;
}

/// Adds the next child of a container; false: there is none. `open` may be invalid afterwards.
bool ValueText::next_child(Open& open) {
  const Object* object = open.object;
  const Class& cls = program_.class_of(object);
  if (cls.kind == TypeKind::map || cls.kind == TypeKind::set) return next_map_entry(cls, open);
  const std::int64_t index = open.next;
  const auto* list = static_cast<const ListObject*>(object);
  if (index >= (cls.kind == TypeKind::list ? list->count : std::int64_t{cls.slot_count})) return false;
  if (!open.first) out_ += ", ";
  open.first = false;
  ++open.next;
  if (cls.kind != TypeKind::list) {
    next_field(cls, object, index, cls.kind == TypeKind::object);
    return true;
  }
  const Slot scalar = cls.element == Storage::scalar ? list->storage->slots()[index]
                      : cls.element == Storage::byte ? Slot{.u = list->storage->bytes()[index]}
                                                     : Slot{};
  add_scalar_or_pointer(cls, cls.element, 0, scalar,
                        cls.element == Storage::pointer ? list->storage->pointers()[index] : nullptr);
  return true;
}

bool ValueText::step(std::size_t budget_bytes) {
  const std::size_t stop = out_.size() + budget_bytes;
  while (!open_.empty() && out_.size() < stop) {
    const Object* object = open_.back().object;
    if (next_child(open_.back())) continue;
    close(object);
    open_.pop_back();
  }
  return open_.empty();
}

void ValueText::visit_roots(RootVisitor& visitor) {
  for (Open& open : open_) {
    auto* object = const_cast<Object*>(open.object);
    visitor.visit(object);
    open.object = object;
  }
}

void ValueText::unmark() {
  for (const Open& open : open_) {
    if (!open.object->is_static()) clear_mark(open.object);
  }
}

std::string value_text(const Program& program, const Object* value, std::size_t limit_bytes) {
  ValueText text(program, value);
  text.step(limit_bytes);
  std::string out = std::move(text.out());
  if (out.size() > limit_bytes) {
    while (limit_bytes > 0 && (static_cast<std::uint8_t>(out[limit_bytes]) & 0xc0) == 0x80) --limit_bytes;
    out.resize(limit_bytes);
    out += "...";
  }
  return out;
}

}  // namespace noodle::vm
