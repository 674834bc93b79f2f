// string.format: fills `{}`, `{0}`, `{:>8.2f}`; `{{` and `}}` are braces.
//
// Spec: [[fill]<>^][+][0][width][.digits][dxXbofeg%]. Errors: 1613 names the place.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/natives/native_call.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::size_t kLargestWidth = 10'000;
constexpr std::size_t kLargestDigits = 100;

struct Spec {
  std::string fill = " ";
  char align = 0;  // < > ^, 0: by kind of value
  bool plus = false;
  bool zeros = false;
  std::size_t width = 0;
  int digits = -1;
  char form = 0;
};

class Formatter {
 public:
  Formatter(const Program& program, std::string_view text, const ListObject* values)
      : program_(program), text_(text), values_(values) {}

  /// False: `problem` tells what is wrong.
  bool run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != '{' && c != '}') {
        const std::size_t end = std::min(text_.find_first_of("{}", at_), text_.size());
        out_ += text_.substr(at_, end - at_);
        at_ = end;
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == c) {
        out_ += c;
        at_ += 2;
      } else if (c == '}') {
        return fail("a single `}`; write `}}`");
      } else if (!field()) {
        return false;
      }
      if (out_.size() > kLargestTextBytes) return true;  // the caller refuses it
    }
    return true;
  }

  std::string& out() { return out_; }
  const std::string& problem() const { return problem_; }

 private:
  bool fail(std::string what) {
    problem_ = "format: " + std::move(what) + " at byte " + std::to_string(at_);
    return false;
  }

  bool number(std::size_t& value, std::size_t limit) {
    value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      if (value > limit) return fail("a number above " + std::to_string(limit));
    }
    return true;
  }

  /// At `{`.
  bool field() {
    ++at_;
    std::size_t index = next_;
    const std::size_t digits_at = at_;
    if (!number(index, 1'000'000)) return false;
    if (at_ == digits_at) index = next_++;
    Spec spec;
    if (at_ < text_.size() && text_[at_] == ':') {
      ++at_;
      if (!parse(spec)) return false;
    }
    if (at_ >= text_.size() || text_[at_] != '}') return fail("`}` expected");
    if (index >= static_cast<std::size_t>(values_->count)) {
      return fail("there is no value " + std::to_string(index) + " (of " + std::to_string(values_->count) + ")");
    }
    if (!value(values_->storage->pointers()[index], spec)) return false;
    ++at_;
    return true;
  }

  static bool is_align(char c) { return c == '<' || c == '>' || c == '^'; }

  bool parse(Spec& spec) {
    const std::string_view rest = text_.substr(at_);
    const std::size_t fill_size = rest.empty() ? 0 : utf8_size(static_cast<std::uint8_t>(rest[0]));
    if (fill_size > 0 && fill_size < rest.size() && is_align(rest[fill_size])) {
      spec.fill = rest.substr(0, fill_size);
      spec.align = rest[fill_size];
      at_ += fill_size + 1;
    } else if (!rest.empty() && is_align(rest[0])) {
      spec.align = rest[0];
      ++at_;
    }
    spec.plus = take('+');
    spec.zeros = take('0');
    if (!number(spec.width, kLargestWidth)) return false;
    if (take('.')) {
      std::size_t digits = 0;
      if (!number(digits, kLargestDigits)) return false;
      spec.digits = static_cast<int>(digits);
    }
    if (at_ < text_.size() && std::string_view("dxXbofeg%").find(text_[at_]) != std::string_view::npos) {
      spec.form = text_[at_++];
    }
    return true;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value(const Object* object, const Spec& spec) {
    const Class* cls = object ? &program_.class_of(object) : nullptr;
    const bool box = cls && cls->kind == TypeKind::box;
    const TypeKind kind = box ? program_.classes[cls->def->args[0].index].kind : TypeKind::any;
    if (kind == TypeKind::int_ || kind == TypeKind::byte) return integer(object->slots()[0].i, spec);
    if (kind == TypeKind::float_) return floating(object->slots()[0].f, spec);
    if (spec.form || spec.plus) return fail("the value is no number");
    std::string text = value_text(program_, object, kLargestTextBytes);
    if (spec.digits >= 0) text.resize(offset_of_code_point(text, static_cast<std::size_t>(spec.digits)));
    pad(text, "", spec, '<');
    return true;
  }

  bool integer(std::int64_t value, const Spec& spec) {
    int base = 10;
    switch (spec.form) {
      case 0:
      case 'd':
        break;
      case 'x':
      case 'X':
        base = 16;
        break;
      case 'b':
        base = 2;
        break;
      case 'o':
        base = 8;
        break;
      default:
        return floating(static_cast<double>(value), spec);
    }
    if (spec.digits >= 0) return fail("digits need a form f, e, g or %");
    char buffer[72];
    const std::uint64_t magnitude =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, magnitude, base).ptr);
    if (spec.form == 'X')
      std::transform(text.begin(), text.end(), text.begin(),
                     [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    pad(text, value < 0 ? "-" : spec.plus ? "+" : "", spec, '>');
    return true;
  }

  bool floating(double value, const Spec& spec) {
    if (spec.form == 'd' || spec.form == 'x' || spec.form == 'X' || spec.form == 'b' || spec.form == 'o') {
      return fail("the value is a float; forms are f, e, g and %");
    }
    const bool negative = std::signbit(value) && !std::isnan(value);
    const double magnitude = std::fabs(value) * (spec.form == '%' ? 100 : 1);
    std::string text;
    if (!std::isfinite(value) || (spec.form == 0 && spec.digits < 0)) {
      text = float_text(magnitude);
    } else {
      char buffer[512];  // the longest: 309 digits, a point and kLargestDigits
      const auto form = spec.form == 'e'                     ? std::chars_format::scientific
                        : spec.form == 'g' || spec.form == 0 ? std::chars_format::general
                                                             : std::chars_format::fixed;
      const auto fixed_form = spec.form == 0 ? std::chars_format::fixed : form;
      const int digits = spec.digits >= 0 ? spec.digits : 6;
      text.assign(buffer, std::to_chars(buffer, buffer + sizeof buffer, magnitude, fixed_form, digits).ptr);
    }
    if (spec.form == '%') text += '%';
    Spec shown = spec;
    if (!std::isfinite(value)) shown.zeros = false;
    pad(text, negative ? "-" : spec.plus ? "+" : "", shown, '>');
    return true;
  }

  void pad(const std::string& text, std::string_view sign, const Spec& spec, char usual) {
    const std::size_t length = count_code_points(text) + sign.size();
    const std::size_t missing = spec.width > length ? spec.width - length : 0;
    if (spec.zeros && !spec.align && usual == '>') {
      out_ += sign;
      out_.append(missing, '0');
      out_ += text;
      return;
    }
    const char align = spec.align ? spec.align : usual;
    const std::size_t left = align == '<' ? 0 : align == '>' ? missing : missing / 2;
    for (std::size_t k = 0; k < left; ++k) out_ += spec.fill;
    out_ += sign;
    out_ += text;
    for (std::size_t k = left; k < missing; ++k) out_ += spec.fill;
  }

  const Program& program_;
  std::string_view text_;
  const ListObject* values_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  std::string out_;
  std::string problem_;
};

}  // namespace

NativeStatus format_text(NativeContext& native) {
  std::string_view text;
  if (!text_at(native, 0, text)) return NativeStatus::trap;
  Formatter formatter(native.program, text, list_at(native, 1));
  if (!formatter.run()) return native.trap(Code::invalid_argument, formatter.problem());
  if (formatter.out().size() > kLargestTextBytes) {
    return native.trap(Code::value_too_large, "the formatted text is longer than 256 MiB");
  }
  native.charge(formatter.out().size() / 8);
  return give_text(native, formatter.out());
}

}  // namespace noodle::vm
