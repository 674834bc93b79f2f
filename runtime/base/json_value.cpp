#include "runtime/base/json_value.hpp"

#include <charconv>
#include <unordered_set>

#include "messages/utf8.hpp"

namespace noodle {
namespace {

class Parser {
 public:
  Parser(std::string_view text, int nesting) : text_(text), nesting_(nesting) {}

  Result<JsonValue> parse() {
    JsonValue value;
    skip_space();
    if (read_value(value, 0)) {
      skip_space();
      if (at_ != text_.size()) fail("something follows the value");
    }
    if (problem_ == nullptr) return value;
    return Error{
        Code::invalid_text, "not strict JSON: " + std::string(problem_) + " at byte " + std::to_string(at_), {}};
  }

 private:
  bool fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char wanted) {
    if (peek() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return fail("unknown word");
    at_ += wanted.size();
    return true;
  }

  bool read_value(JsonValue& value, int depth) {
    switch (peek()) {
      case '{':
        return read_object(value, depth + 1);
      case '[':
        return read_list(value, depth + 1);
      case '"': {
        std::string text;
        if (!read_text(text)) return false;
        value = JsonValue(JsonValue::Any(std::move(text)));
        return true;
      }
      case 't':
        value = JsonValue(JsonValue::Any(true));
        return word("true");
      case 'f':
        value = JsonValue(JsonValue::Any(false));
        return word("false");
      case 'n':
        value = JsonValue(JsonValue::Any(nullptr));
        return word("null");
      default:
        return read_integer(value);
    }
  }

  bool read_integer(JsonValue& value) {
    const std::size_t digits = at_ + (peek() == '-' ? 1 : 0);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (problem != std::errc()) return fail("no value, or a number that is no integer of 64 bits");
    const std::size_t stop = static_cast<std::size_t>(end - text_.data());
    if (text_[digits] == '0' && (stop > digits + 1 || digits > at_)) return fail("a number begins with 0");
    at_ = stop;
    if (peek() == '.' || peek() == 'e' || peek() == 'E') return fail("a number is no integer");
    value = JsonValue(JsonValue::Any(number));
    return true;
  }

  bool read_list(JsonValue& value, int depth) {
    if (depth > nesting_) return fail("nested too deep");
    ++at_;
    JsonValue::List items;
    skip_space();
    if (!take(']')) {
      do {
        skip_space();
        if (!read_value(items.emplace_back(), depth)) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return fail("`,` or `]` is missing");
    }
    value = JsonValue(JsonValue::Any(std::move(items)));
    return true;
  }

  bool read_object(JsonValue& value, int depth) {
    if (depth > nesting_) return fail("nested too deep");
    ++at_;
    JsonValue::Object members;
    std::unordered_set<std::string> names;
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        std::string name;
        if (!read_text(name)) return false;
        if (!names.insert(name).second) return fail("a key is given twice");
        skip_space();
        if (!take(':')) return fail("`:` is missing");
        skip_space();
        members.emplace_back().first = std::move(name);
        if (!read_value(members.back().second, depth)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return fail("`,` or `}` is missing");
    }
    value = JsonValue(JsonValue::Any(std::move(members)));
    return true;
  }

  bool read_text(std::string& out) {
    if (!take('"')) return fail("a text is missing");
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character in a text");
      if (c != '\\') {
        out += c;
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return fail("a text does not end");
  }

  bool read_escape(std::string& out) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        return true;
      case 'b':
        out += '\b';
        return true;
      case 'f':
        out += '\f';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case 't':
        out += '\t';
        return true;
      case 'u':
        return read_unicode(out);
      default:
        --at_;
        return fail("unknown escape");
    }
  }

  bool read_unicode(std::string& out) {
    std::uint32_t unit = 0;
    if (!read_unit(unit)) return false;
    if (unit >= 0xdc00 && unit < 0xe000) return fail("half of a surrogate pair");
    if (unit >= 0xd800 && unit < 0xdc00) {
      std::uint32_t low = 0;
      if (!take('\\') || !take('u') || !read_unit(low) || low < 0xdc00 || low >= 0xe000) {
        return fail("half of a surrogate pair");
      }
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, unit);
    return true;
  }

  bool read_unit(std::uint32_t& unit) {
    if (text_.size() - at_ < 4) return fail("four digits are missing");
    const char* begin = text_.data() + at_;
    const auto [end, problem] = std::from_chars(begin, begin + 4, unit, 16);
    if (problem != std::errc() || end != begin + 4) return fail("four digits are missing");
    at_ += 4;
    return true;
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
      add(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        add(0xe0 | code >> 12);
      } else {
        add(0xf0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3f));
      }
      add(0x80 | (code >> 6 & 0x3f));
    }
    add(0x80 | (code & 0x3f));
  }

  std::string_view text_;
  int nesting_;
  std::size_t at_ = 0;
  const char* problem_ = nullptr;
};

}  // namespace

const JsonValue* JsonValue::member(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const auto& [key, value] : *members) {
    if (key == name) return &value;
  }
  return nullptr;
}

const std::int64_t* JsonValue::integer(std::string_view name) const {
  const JsonValue* value = member(name);
  return value == nullptr ? nullptr : value->integer();
}

const std::string* JsonValue::text(std::string_view name) const {
  const JsonValue* value = member(name);
  return value == nullptr ? nullptr : value->text();
}

Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return Error{Code::invalid_text, "not strict JSON: more than " + std::to_string(limits.bytes) + " bytes", {}};
  }
  if (!is_valid_utf8(text)) return Error{Code::invalid_text, "not strict JSON: not UTF-8", {}};
  return Parser(text, limits.nesting).parse();
}

}  // namespace noodle
