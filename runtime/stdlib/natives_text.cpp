// std.text: code points and widths.
#include "runtime/lang/unicode.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/code_points.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::int64_t kLastCodePoint = 0x10ffff;

template <bool (*Test)(std::uint32_t)>
NativeStatus test(NativeContext& native) {
  const std::int64_t c = native.s[0].i;
  return vm::give_bool(native, c >= 0 && c <= kLastCodePoint && Test(static_cast<std::uint32_t>(c)));
}

NativeStatus from_code(NativeContext& native) {
  const std::int64_t c = native.s[0].i;
  if (c < 0 || c > kLastCodePoint || (c >= 0xd800 && c < 0xe000)) {
    return native.trap(Code::invalid_argument, std::to_string(c) + " is no code point");
  }
  char text[4];
  return vm::give_text(native, {text, vm::encode_code_point(static_cast<std::uint32_t>(c), text)});
}

NativeStatus display_width(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  std::int64_t& at = native.process.native_progress;
  std::int64_t& width = native.s[0].i;  // no argument lives there: the sum so far
  if (at == 0) width = 0;
  while (at < static_cast<std::int64_t>(text.size())) {
    const std::int64_t stop = std::min<std::int64_t>(at + 16384, static_cast<std::int64_t>(text.size()));
    native.charge(static_cast<std::uint64_t>(stop - at) / 8);
    while (at < stop) {
      width += lang::display_width(vm::decode_code_point(text, static_cast<std::size_t>(at)));
      at += static_cast<std::int64_t>(vm::utf8_size(static_cast<std::uint8_t>(text[static_cast<std::size_t>(at)])));
    }
    if (at < static_cast<std::int64_t>(text.size()) && vm::out_of_slice(native)) return NativeStatus::again;
  }
  vm::end_steps(native.process);
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"text.fromCode", "(int)String", from_code},         {"text.isLetter", "(int)bool", test<is_letter>},
    {"text.isDigit", "(int)bool", test<is_digit>},       {"text.isSpace", "(int)bool", test<is_space>},
    {"text.isUpper", "(int)bool", test<is_upper>},       {"text.isLower", "(int)bool", test<is_lower>},
    {"text.displayWidth", "(String)int", display_width},
};

}  // namespace

NativeTable text_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
