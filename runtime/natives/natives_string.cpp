// Natives of String: length, parts, and texts made from one text.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/code_points.hpp"
#include "runtime/values/characters.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::vm {
namespace {

constexpr std::size_t kFillStep = 32 << 10;  // bytes written between two looks at the fuel

NativeStatus length(NativeContext& native) {
  const StringObject* text = flat_string(native.process, native.p[0]);
  return text ? give_int(native, text->code_points) : NativeStatus::trap;
}

NativeStatus byte_length(NativeContext& native) {
  return give_int(native, static_cast<std::int64_t>(text_bytes(native.p[0])));
}

NativeStatus byte_at(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  const auto bytes = static_cast<std::int64_t>(text_bytes(native.p[0]));
  if (index < 0 || index >= bytes) return index_trap(native, index, bytes);
  std::string_view view;
  if (!contiguous_text(native.p[0], view) && !text_at(native, 0, view)) return NativeStatus::trap;
  return give_int(native, static_cast<std::uint8_t>(view[static_cast<std::size_t>(index)]));
}

/// Byte offset of code point `index` of the flat text in p[0]; the caller has checked that there is one.
std::size_t offset_of(NativeContext& native, const StringObject* text, std::int64_t index) {
  if (text->is_ascii()) return static_cast<std::size_t>(index);
  native.charge(static_cast<std::uint64_t>(index) / kBytesPerFuelUnit);
  return offset_of_code_point(text->view(), static_cast<std::size_t>(index));
}

/// The code point at byte `offset` of the flat text in p[0], as a String.
NativeStatus give_character(NativeContext& native, std::size_t offset) {
  const auto* text = static_cast<const StringObject*>(native.p[0]);
  const auto lead = static_cast<std::uint8_t>(text->data()[offset]);
  if (lead < 0x80) return give(native, ascii_text(lead));
  char bytes[4];
  const std::size_t size = utf8_size(lead);
  std::memcpy(bytes, text->data() + offset, size);
  StringObject* made = new_blank_string(native.process, size, 1);
  if (made) std::memcpy(made->data(), bytes, size);
  return give(native, made);
}

NativeStatus at(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  if (index < 0 || index >= text->code_points) return index_trap(native, index, text->code_points);
  return give_character(native, offset_of(native, text, index));
}

NativeStatus char_at(NativeContext& native) {
  const std::int64_t offset = native.s[0].i;
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  if (offset < 0 || offset >= text->length() || is_continuation(text->data()[offset])) {
    return index_trap(native, offset, text->length());
  }
  return give_character(native, static_cast<std::size_t>(offset));
}

NativeStatus code_at(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  if (index < 0 || index >= text->code_points) return index_trap(native, index, text->code_points);
  return give_int(native, decode_code_point(text->view(), offset_of(native, text, index)));
}

NativeStatus bytes(NativeContext& native) {
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  const std::uint32_t size = text->length();
  Object* made =
      allocate(native.process, bytecode::kBytes, size, sizeof(Object) + ((size + std::size_t{7}) & ~std::size_t{7}));
  if (!made) return NativeStatus::trap;
  std::memcpy(made->bytes(), static_cast<const StringObject*>(native.p[0])->data(), size);
  native.charge(size / kBytesPerFuelUnit);
  return give(native, made);
}

/// Bytes [from, to) of the flat text in p[0], which are `code_points` long.
NativeStatus give_part(NativeContext& native, std::size_t from, std::size_t to, std::size_t code_points) {
  const auto* text = static_cast<const StringObject*>(native.p[0]);
  if (from == to) return give(native, empty_text());
  if (to - from == text->length()) return NativeStatus::ok;
  if (to - from == 1) return give(native, ascii_text(static_cast<std::uint8_t>(text->data()[from])));
  StringObject* part = new_blank_string(native.process, to - from, code_points);
  if (!part) return NativeStatus::trap;
  std::memcpy(part->data(), static_cast<const StringObject*>(native.p[0])->data() + from, to - from);
  native.charge((to - from) / kBytesPerFuelUnit);
  return give(native, part);
}

NativeStatus slice(NativeContext& native) {
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  const std::int64_t count = text->code_points;
  const std::int64_t from = std::clamp<std::int64_t>(native.s[0].i, 0, count);
  const std::int64_t to = std::clamp<std::int64_t>(native.s[1].i, from, count);
  const auto code_points = static_cast<std::size_t>(to - from);
  if (text->is_ascii()) {
    return give_part(native, static_cast<std::size_t>(from), static_cast<std::size_t>(to), code_points);
  }
  const std::size_t start = offset_of(native, text, from);
  const std::size_t end =
      to == count ? text->length() : start + offset_of_code_point(text->view().substr(start), code_points);
  return give_part(native, start, end, code_points);
}

NativeStatus trim(NativeContext& native) {
  std::string_view text;
  if (!text_at(native, 0, text)) return NativeStatus::trap;
  std::size_t from = 0;
  while (from < text.size() && stdlib::is_space(decode_code_point(text, from))) {
    from += utf8_size(static_cast<std::uint8_t>(text[from]));
  }
  std::size_t to = text.size();
  while (to > from) {
    std::size_t start = to - 1;
    while (is_continuation(text[start])) --start;
    if (!stdlib::is_space(decode_code_point(text, start))) break;
    to = start;
  }
  native.charge(text.size() / kBytesPerFuelUnit);
  return give_part(native, from, to, count_code_points(text.substr(from, to - from)));
}

NativeStatus change_case(NativeContext& native, bool upper) {
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  const std::size_t size = text->length();
  native.charge(size / 8);
  if (text->is_ascii()) {
    StringObject* made = new_blank_string(native.process, size, size);
    if (!made) return NativeStatus::trap;
    const char* from = static_cast<const StringObject*>(native.p[0])->data();
    const char first = upper ? 'a' : 'A';
    std::transform(from, from + size, made->data(), [first](char c) {
      return static_cast<unsigned char>(c - first) < 26 ? static_cast<char>(c ^ 0x20) : c;
    });
    return give(native, made);
  }
  std::string changed;
  changed.reserve(size + size / 8);
  for (std::size_t k = 0; k < size; k += utf8_size(static_cast<std::uint8_t>(text->data()[k]))) {
    const std::uint32_t code = decode_code_point(text->view(), k);
    append_code_point(changed, upper ? stdlib::to_upper(code) : stdlib::to_lower(code));
  }
  return give_text(native, changed);
}

NativeStatus to_upper(NativeContext& native) {
  return change_case(native, true);
}
NativeStatus to_lower(NativeContext& native) {
  return change_case(native, false);
}

/// Fills `target` from `done` on with copies of `unit`, by doubling what is there; stops at the end of a step.
std::size_t fill_step(char* target, std::size_t done, std::size_t end, std::string_view unit) {
  if (done == 0) {
    std::memcpy(target, unit.data(), std::min(unit.size(), end));
    return std::min(unit.size(), end);
  }
  const std::size_t whole = done / unit.size() * unit.size();
  const std::size_t count = std::min({whole, end - done, std::max(kFillStep / unit.size() * unit.size(), unit.size())});
  std::memcpy(target + done, target + done % unit.size(), count);
  return done + count;
}

/// Fills the String in native_scratch with p[0] again and again, in steps; then it is the result.
NativeStatus fill_scratch(NativeContext& native) {
  auto* target = static_cast<StringObject*>(native.process.native_scratch);
  const std::string_view unit = static_cast<const StringObject*>(native.p[0])->view();
  auto done = static_cast<std::size_t>(native.process.native_progress);
  while (done < target->length()) {
    const std::size_t next = fill_step(target->data(), done, target->length(), unit);
    native.charge((next - done) / kBytesPerFuelUnit);
    done = next;
    if (done < target->length() && out_of_slice(native)) {
      native.process.native_progress = static_cast<std::int64_t>(done);
      return NativeStatus::again;
    }
  }
  end_steps(native.process);
  return give(native, target);
}

NativeStatus repeat(NativeContext& native) {
  if (native.process.native_scratch) return fill_scratch(native);
  const std::int64_t count = native.s[0].i;
  if (count < 0) return native.trap(Code::negative_size, "count " + std::to_string(count) + " is negative");
  const StringObject* text = flat_string(native.process, native.p[0]);
  if (!text) return NativeStatus::trap;
  if (count == 0 || text->length() == 0) return give(native, empty_text());
  const auto copies = static_cast<std::size_t>(count);
  if (copies > kLargestTextBytes / text->length()) {
    return native.trap(Code::value_too_large, std::to_string(count) + " copies of " + std::to_string(text->length()) +
                                                  " bytes; the limit is 256 MiB");
  }
  StringObject* target = new_blank_string(native.process, copies * text->length(), copies * text->code_points);
  if (!target) return NativeStatus::trap;
  native.process.native_scratch = target;
  return fill_scratch(native);
}

/// p[0] text, s[0] width, p[1] fill.
NativeStatus pad(NativeContext& native, bool left) {
  std::string_view text, fill;
  if (!text_at(native, 0, text) || !text_at(native, 1, fill)) return NativeStatus::trap;
  text = static_cast<const StringObject*>(native.p[0])->view();
  const auto* self = static_cast<const StringObject*>(native.p[0]);
  const std::size_t fill_points = static_cast<const StringObject*>(native.p[1])->code_points;
  const std::int64_t missing = native.s[0].i - self->code_points;
  if (missing <= 0 || fill.empty()) return NativeStatus::ok;
  const auto points = static_cast<std::size_t>(missing);
  const std::size_t tail = offset_of_code_point(fill, points % fill_points);
  if (points / fill_points > kLargestTextBytes / fill.size()) {
    return native.trap(Code::value_too_large, "padding to " + std::to_string(native.s[0].i) + "; the limit is 256 MiB");
  }
  const std::size_t pad_bytes = points / fill_points * fill.size() + tail;
  StringObject* made = new_blank_string(native.process, text.size() + pad_bytes, self->code_points + points);
  if (!made) return NativeStatus::trap;
  text = static_cast<const StringObject*>(native.p[0])->view();
  fill = static_cast<const StringObject*>(native.p[1])->view();
  char* out = made->data() + (left ? 0 : text.size());
  for (std::size_t done = 0; done < pad_bytes;) done = fill_step(out, done, pad_bytes, fill);
  std::memcpy(left ? made->data() + pad_bytes : made->data(), text.data(), text.size());
  native.charge((text.size() + pad_bytes) / kBytesPerFuelUnit);
  return give(native, made);
}

NativeStatus pad_start(NativeContext& native) {
  return pad(native, true);
}
NativeStatus pad_end(NativeContext& native) {
  return pad(native, false);
}

/// Gives null, or a box of the result type.
NativeStatus give_optional(NativeContext& native, bool valid, Slot value) {
  if (!valid) {
    native.p[0] = nullptr;
    return NativeStatus::ok;
  }
  return give(native, new_box(native.process, result_type(native), value));
}

NativeStatus parse_int(NativeContext& native) {
  std::string_view text;
  if (!text_at(native, 0, text)) return NativeStatus::trap;
  native.charge(text.size() / kBytesPerFuelUnit);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Slot value{0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.i);
  return give_optional(native, error == std::errc() && end == text.data() + text.size(), value);
}

NativeStatus parse_float(NativeContext& native) {
  std::string_view text;
  if (!text_at(native, 0, text)) return NativeStatus::trap;
  native.charge(text.size() / 8);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Slot value{.f = 0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.f);
  bool valid = end == text.data() + text.size() && !text.empty() && error != std::errc::invalid_argument;
  if (valid && error == std::errc::result_out_of_range) {
    // Too large or too small for a float: as arithmetic would, infinity or zero.
    const bool negative = text[0] == '-';
    const std::size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    value.f = std::copysign(tiny ? 0.0 : HUGE_VAL, negative ? -1.0 : 1.0);
  }
  return give_optional(native, valid, value);
}

constexpr NativeEntry kEntries[] = {
    {"string.length", "(String)int", length},
    {"string.byteLength", "(String)int", byte_length},
    {"string.byteAt", "(String, int)int", byte_at},
    {"string.codeAt", "(String, int)int", code_at},
    {"string.at", "(String, int)String", at},
    {"string.char_at", "(String, int)String", char_at},
    {"string.bytes", "(String)Bytes", bytes},
    {"string.slice", "(String, int, int)String", slice},
    {"string.trim", "(String)String", trim},
    {"string.toUpper", "(String)String", to_upper},
    {"string.toLower", "(String)String", to_lower},
    {"string.repeat", "(String, int)String", repeat},
    {"string.padStart", "(String, int, String)String", pad_start},
    {"string.padEnd", "(String, int, String)String", pad_end},
    {"string.parseInt", "(String)int?", parse_int},
    {"string.parseFloat", "(String)float?", parse_float},
};

}  // namespace

NativeTable string_natives() {
  return kEntries;
}

}  // namespace noodle::vm
