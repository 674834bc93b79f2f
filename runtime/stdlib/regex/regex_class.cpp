// Sets of code points in regular expressions.
#include <algorithm>

#include "runtime/stdlib/code_points.hpp"
#include "runtime/stdlib/regex/regex.hpp"

namespace noodle::stdlib {

void CharClass::normalise() {
  std::sort(ranges.begin(), ranges.end(), [](const CodeRange& a, const CodeRange& b) { return a.low < b.low; });
  std::vector<CodeRange> merged;
  for (const CodeRange& range : ranges) {
    if (!merged.empty() && range.low <= merged.back().high + 1) {
      merged.back().high = std::max(merged.back().high, range.high);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
  ascii[0] = ascii[1] = 0;
  for (const CodeRange& range : ranges) {
    for (std::uint32_t c = range.low; c <= range.high && c < 128; ++c) ascii[c / 64] |= std::uint64_t{1} << (c % 64);
  }
}

void CharClass::invert() {
  normalise();
  std::vector<CodeRange> rest;
  std::uint32_t next = 0;
  for (const CodeRange& range : ranges) {
    if (range.low > next) rest.push_back({next, range.low - 1});
    next = range.high + 1;
  }
  if (next <= kLast) rest.push_back({next, kLast});
  ranges = std::move(rest);
}

void CharClass::add_named(char name) {
  CharClass named;
  switch (name | 0x20) {
    case 'd':
      named.ranges = {{'0', '9'}};
      break;
    case 'w':
      named.ranges = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
      break;
    default:
      named.ranges = {{'\t', '\r'}, {' ', ' '}};
      break;
  }
  if (name < 'a') named.invert();
  ranges.insert(ranges.end(), named.ranges.begin(), named.ranges.end());
}

void CharClass::add_cases(std::uint32_t low, std::uint32_t high) {
  // Beyond this there are no letters with case worth a loop over a huge range.
  const std::uint32_t end = std::min(high, 0x1e943u);
  for (std::uint32_t c = low; c <= end; ++c) {
    if (to_lower(c) != c) ranges.push_back({to_lower(c), to_lower(c)});
    if (to_upper(c) != c) ranges.push_back({to_upper(c), to_upper(c)});
  }
}

}  // namespace noodle::stdlib
