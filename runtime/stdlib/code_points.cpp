#include "runtime/stdlib/code_points.hpp"

#include <algorithm>
#include <iterator>

namespace noodle::stdlib {
namespace {

/// Code points low, low + stride .. high; mapped ones lie at `distance`.
struct Run {
  std::uint32_t low, high;
  std::uint32_t stride = 1;
  std::int32_t distance = 0;
};

constexpr Run kLetters[] = {
#define NOODLE_LETTER(low, high) {low, high},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kDigits[] = {
#define NOODLE_DIGIT(low, high) {low, high},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kUpper[] = {
#define NOODLE_UPPER(low, high, stride) {low, high, stride},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kLower[] = {
#define NOODLE_LOWER(low, high, stride) {low, high, stride},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kToUpper[] = {
#define NOODLE_TO_UPPER(low, high, stride, distance) {low, high, stride, distance},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kToLower[] = {
#define NOODLE_TO_LOWER(low, high, stride, distance) {low, high, stride, distance},
#include "runtime/stdlib/unicode.def"
};
constexpr Run kSpaces[] = {{0x9, 0xd},       {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
                           {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};

template <std::size_t N>
const Run* find(const Run (&runs)[N], std::uint32_t c) {
  const Run* run = std::lower_bound(std::begin(runs), std::end(runs), c,
                                    [](const Run& r, std::uint32_t value) { return r.high < value; });
  if (run == std::end(runs) || run->low > c || (c - run->low) % run->stride != 0) return nullptr;
  return run;
}

template <std::size_t N>
std::uint32_t map(const Run (&runs)[N], std::uint32_t c) {
  const Run* run = find(runs, c);
  return run ? static_cast<std::uint32_t>(static_cast<std::int32_t>(c) + run->distance) : c;
}

template <std::size_t N>
void append(const Run (&runs)[N], std::vector<CodeRange>& ranges) {
  for (const Run& run : runs) {
    if (run.stride == 1) {
      ranges.push_back({run.low, run.high});
    } else {
      for (std::uint32_t c = run.low; c <= run.high; c += run.stride) ranges.push_back({c, c});
    }
  }
}

constexpr bool is_ascii_letter(std::uint32_t c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

}  // namespace

bool is_letter(std::uint32_t c) {
  return c < 128 ? is_ascii_letter(c) : find(kLetters, c) != nullptr;
}
bool is_digit(std::uint32_t c) {
  return c < 128 ? c >= '0' && c <= '9' : find(kDigits, c) != nullptr;
}
bool is_upper(std::uint32_t c) {
  return c < 128 ? c >= 'A' && c <= 'Z' : find(kUpper, c) != nullptr;
}
bool is_lower(std::uint32_t c) {
  return c < 128 ? c >= 'a' && c <= 'z' : find(kLower, c) != nullptr;
}
bool is_space(std::uint32_t c) {
  return c < 128 ? c == ' ' || (c >= 9 && c <= 13) : find(kSpaces, c) != nullptr;
}

std::uint32_t to_upper(std::uint32_t c) {
  if (c < 128) return c >= 'a' && c <= 'z' ? c - 32 : c;
  return map(kToUpper, c);
}

std::uint32_t to_lower(std::uint32_t c) {
  if (c < 128) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return map(kToLower, c);
}

bool add_property(std::string_view name, std::vector<CodeRange>& ranges) {
  if (name == "L") {
    append(kLetters, ranges);
  } else if (name == "Lu") {
    append(kUpper, ranges);
  } else if (name == "Ll") {
    append(kLower, ranges);
  } else if (name == "Nd") {
    append(kDigits, ranges);
  } else if (name == "Z") {
    append(kSpaces, ranges);
  } else {
    return false;
  }
  return true;
}

}  // namespace noodle::stdlib
