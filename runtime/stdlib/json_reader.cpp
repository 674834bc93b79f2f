// The syntax half: tokens, containers and their members.
#include "runtime/stdlib/json_reader.hpp"

#include <charconv>

#include "runtime/values/map.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::stdlib {

using bytecode::TypeKind;

void JsonReader::visit_roots(vm::RootVisitor& visitor) {
  for (Frame& frame : frames_) {
    visitor.visit(frame.target);
    visitor.visit(frame.key);
  }
  visitor.visit(pointer_);
}

JsonReader::Status JsonReader::step(vm::Object*& text, int count) {
  text_ = &text;
  for (int i = 0; i < count; ++i) {
    if (complete_) {
      skip_blanks();
      if (at_ == this->text().size()) return Status::done;
      malformed("text goes on behind the value");
      return Status::failed;
    }
    if (!advance()) return Status::failed;
  }
  return Status::more;
}

void JsonReader::skip_blanks() {
  const std::string_view all = text();
  while (at_ < all.size() && (all[at_] == ' ' || all[at_] == '\t' || all[at_] == '\n' || all[at_] == '\r')) ++at_;
}

bool JsonReader::advance() {
  skip_blanks();
  if (frames_.empty()) return read_value(expected_);
  Frame& frame = frames_.back();
  if (peek() == frame.close) {
    ++at_;
    return finish();
  }
  if (!frame.first) {
    if (peek() != ',') return malformed(frame.close == ']' ? "`,` or `]` expected" : "`,` or `}` expected");
    ++at_;
    skip_blanks();
  }
  frame.first = false;
  if (frame.close == ']') {
    const TypeRef type = frame.shape == Shape::ignored ? TypeRef{}
                         : is_free(frame.type)         ? TypeRef{bytecode::kAny, true}
                                                       : def(frame.type).args[0];
    return read_value(type);
  }
  TypeRef type;
  if (peek() != '"') return malformed("member name in quotes expected");
  if (!read_string()) return false;
  skip_blanks();
  if (peek() != ':') return malformed("`:` expected");
  ++at_;
  if (!read_member(frame, type)) return false;
  skip_blanks();
  if (frame.shape == Shape::enum_start) return choose_case(frame);
  return read_value(type);
}

bool JsonReader::read_value(TypeRef type) {
  switch (peek()) {
    case '{':
      return open_map(type);
    case '[':
      return open_list(type);
    case '"':
      return read_string() && give_text(type);
    case 't':
    case 'f':
    case 'n':
      return read_literal(type);
    default:
      return read_number(type);
  }
}

bool JsonReader::read_literal(TypeRef type) {
  const std::string_view rest = text().substr(at_);
  if (rest.starts_with("true")) {
    at_ += 4;
    return give_bool(type, true);
  }
  if (rest.starts_with("false")) {
    at_ += 5;
    return give_bool(type, false);
  }
  if (rest.starts_with("null")) {
    at_ += 4;
    return give_null(type);
  }
  return malformed("value expected");
}

bool JsonReader::read_number(TypeRef type) {
  const std::string_view all = text();
  std::size_t end = at_;
  const auto digits = [&] {
    const std::size_t start = end;
    while (end < all.size() && all[end] >= '0' && all[end] <= '9') ++end;
    return end > start;
  };
  const auto is = [&](std::string_view any_of) {
    return end < all.size() && any_of.find(all[end]) != std::string_view::npos;
  };
  if (is("-")) ++end;
  const std::size_t first = end;
  if (!digits()) return malformed("value expected");
  if (all[first] == '0' && end > first + 1) return malformed("number with a leading zero");
  bool integral = true;
  if (is(".")) {
    integral = false;
    ++end;
    if (!digits()) return malformed("digits expected behind the decimal point");
  }
  if (is("eE")) {
    integral = false;
    ++end;
    if (is("+-")) ++end;
    if (!digits()) return malformed("digits expected in the exponent");
  }
  const std::string_view number = all.substr(at_, end - at_);
  const char* stop = number.data() + number.size();
  std::int64_t whole = 0;
  if (integral && std::from_chars(number.data(), stop, whole).ec == std::errc()) {
    at_ = end;
    return give_int(type, whole);
  }
  double value = 0;
  if (std::from_chars(number.data(), stop, value).ec != std::errc()) {
    // Out of range: tiny ones are 0, huge ones have no value.
    const std::size_t exponent = number.find_first_of("eE");
    if (exponent == std::string_view::npos || number[exponent + 1] != '-') return malformed("number is too large");
    value = 0;
  }
  at_ = end;
  return give_float(type, value);
}

bool JsonReader::read_string() {
  scratch_.clear();
  const std::string_view all = text();
  ++at_;
  while (true) {
    std::size_t end = at_;
    while (end < all.size() && all[end] != '"' && all[end] != '\\' && static_cast<unsigned char>(all[end]) >= 0x20)
      ++end;
    scratch_.append(all.substr(at_, end - at_));
    at_ = end;
    if (at_ == all.size()) return malformed("string is not closed");
    if (all[at_] == '"') {
      ++at_;
      return true;
    }
    if (all[at_] != '\\') return malformed("control character in a string");
    if (!read_escape()) return false;
  }
}

bool JsonReader::read_escape() {
  ++at_;
  const char c = peek();
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const std::size_t known = c ? kNames.find(c) : std::string_view::npos;
  if (known != std::string_view::npos) {
    ++at_;
    scratch_ += kValues[known];
    return true;
  }
  if (c != 'u') return malformed("unknown escape");
  std::uint32_t value = 0;
  if (!read_hex(value)) return false;
  if (value >= 0xd800 && value < 0xdc00) {
    std::uint32_t low = 0;
    if (!text().substr(at_).starts_with("\\u")) return malformed("half of a surrogate pair");
    ++at_;
    if (!read_hex(low)) return false;
    if (low < 0xdc00 || low >= 0xe000) return malformed("half of a surrogate pair");
    value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
  } else if (value >= 0xdc00 && value < 0xe000) {
    return malformed("half of a surrogate pair");
  }
  vm::append_code_point(scratch_, value);
  return true;
}

/// `at_` on the `u` of an escape.
bool JsonReader::read_hex(std::uint32_t& value) {
  const std::string_view digits = text().substr(at_ + 1, 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4)
    return malformed("four hexadecimal digits expected");
  at_ += 5;
  return true;
}

bool JsonReader::push(Frame frame) {
  if (frames_.size() >= max_depth_) return malformed("nesting deeper than " + std::to_string(max_depth_));
  ++at_;
  frames_.push_back(frame);
  return true;
}

bool JsonReader::open_list(TypeRef type) {
  Frame frame{.close = ']', .type = type};
  if (is_ignored(type)) {
    frame.shape = Shape::ignored;
    return push(frame);
  }
  const TypeKind kind = def(type).kind;
  if (is_free(type) || kind == TypeKind::list) {
    frame.shape = Shape::list;
    frame.target = vm::new_list(process_, is_free(type) ? free_types_.list : type.index, 0);
  } else if (kind == TypeKind::set) {
    frame.shape = Shape::set;
    frame.target = vm::new_map(process_, type.index);
  } else {
    return mismatch(type, "a list");
  }
  return frame.target && push(frame);
}

bool JsonReader::open_map(TypeRef type) {
  Frame frame{.close = '}', .type = type};
  if (is_ignored(type)) {
    frame.shape = Shape::ignored;
    return push(frame);
  }
  const bytecode::TypeDef& definition = def(type);
  if (is_free(type) || definition.kind == TypeKind::map) {
    frame.shape = Shape::map;
    frame.target = vm::new_map(process_, is_free(type) ? free_types_.map : type.index);
    return frame.target && push(frame);
  }
  if (definition.kind == TypeKind::enum_) {
    frame.shape = Shape::enum_start;
    return push(frame);
  }
  if (definition.kind != TypeKind::object || !definition.is_record || definition.is_abstract) {
    return definition.kind == TypeKind::object
               ? misfit("class " + definition.name + " cannot be read from JSON; use a record")
               : mismatch(type, "an object");
  }
  frame.shape = Shape::record;
  frame.target = vm::new_object(process_, program_.classes[type.index]);
  return frame.target && push(frame);
}

/// The member whose name is in scratch_: what type it has here.
bool JsonReader::read_member(Frame& frame, TypeRef& type) {
  switch (frame.shape) {
    case Shape::ignored:
      return true;
    case Shape::enum_start:
      return scratch_ == "case" || misfit("the first member must be \"case\" for a " + def(frame.type).name);
    case Shape::map:
      type = is_free(frame.type) ? TypeRef{bytecode::kAny, true} : def(frame.type).args[1];
      return set_map_key(frame);
    default:
      break;
  }
  const auto& fields = def(frame.type).fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name != scratch_) continue;
    frame.field = i;
    type = fields[i].type;
    return true;
  }
  frame.field = fields.size();  // not one of its fields: ignored
  return true;
}

bool JsonReader::set_map_key(Frame& frame) {
  const TypeRef key_type = is_free(frame.type) ? TypeRef{bytecode::kString, false} : def(frame.type).args[0];
  if (key_type.index == bytecode::kString) {
    frame.key = vm::new_string(process_, scratch_);
    return frame.key != nullptr;
  }
  const bytecode::TypeIndex scalar = scalar_of(key_type);
  if (scalar == bytecode::kVoid || !scalar_from_text(scalar, frame.scalar_key)) {
    return misfit("\"" + scratch_ + "\" is no key of type " + def(key_type).name);
  }
  return true;
}

bool JsonReader::choose_case(Frame& frame) {
  if (peek() != '"' || !read_string()) return misfit("name of a case expected");
  const bytecode::TypeDef& definition = def(frame.type);
  for (std::size_t i = 0; i < definition.cases.size() && i < definition.case_types.size(); ++i) {
    if (definition.cases[i] != scratch_) continue;
    vm::Object* target = vm::new_object(process_, program_.classes[definition.case_types[i]]);
    if (!target) return false;
    frame.shape = Shape::record;
    frame.type = {definition.case_types[i], false};
    frame.target = target;
    frame.field = 0;
    return true;
  }
  return misfit("\"" + scratch_ + "\" is no case of " + definition.name);
}

bool JsonReader::finish() {
  Frame& frame = frames_.back();
  if (frame.shape == Shape::enum_start) return misfit("member \"case\" is missing for a " + def(frame.type).name);
  if (frame.shape == Shape::record && !finish_record(frame)) return false;
  if (frame.shape == Shape::ignored) {
    frames_.pop_back();
    return store();
  }
  vm::Object* target = frame.target;
  frames_.pop_back();
  return give_pointer(target);
}

bool JsonReader::finish_record(Frame& frame) {
  const auto& fields = def(frame.type).fields;
  frame.field = fields.size();  // the path of an error ends at the record
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!frame.seen[i] && !fields[i].type.nullable && !is_free(fields[i].type)) {
      return misfit("member \"" + fields[i].name + "\" is missing for a " + def(frame.type).name);
    }
  }
  return true;
}

bool JsonReader::malformed(std::string_view what) {
  const std::string_view before = text().substr(0, at_);
  std::size_t line = 1;
  for (const char c : before) line += c == '\n';
  const std::size_t start = before.rfind('\n');
  const std::size_t column =
      vm::count_code_points(start == std::string_view::npos ? before : before.substr(start + 1)) + 1;
  vm::trap(process_, Code::invalid_text,
           "JSON line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + std::string(what));
  return false;
}

}  // namespace noodle::stdlib
