#include "runtime/base/suggest.hpp"

#include <algorithm>
#include <array>

namespace noodle {
namespace {

constexpr std::size_t kMaxWordBytes = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The candidate nearest in length that begins with the word, or that the word begins with: `warn` and
/// `warning`. Most of the longer one must be common.
template <class Strings>
std::string_view longer_or_shorter(std::string_view word, const Strings& candidates) {
  constexpr std::size_t kLeastCommon = 3;
  std::string_view found;
  std::size_t best = kMaxWordBytes;
  for (const std::string_view candidate : candidates) {
    const std::size_t common = std::min(word.size(), candidate.size());
    const std::size_t gap = std::max(word.size(), candidate.size()) - common;
    if (common < kLeastCommon || gap == 0 || gap > common || gap >= best ||
        word.substr(0, common) != candidate.substr(0, common))
      continue;
    best = gap;
    found = candidate;
  }
  return found;
}

template <class Strings>
std::string_view nearest(std::string_view word, const Strings& candidates) {
  if (word.empty() || word.size() > kMaxWordBytes) return {};
  std::size_t best = (word.size() + 2) / 3 + 1;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (candidate.empty() || candidate == word) continue;
    const std::size_t distance = edit_distance(word, candidate, best - 1);
    // A word of one or two letters is not "near" one that shares no letter with it.
    if (distance < best && distance < std::max(word.size(), candidate.size())) {
      best = distance;
      found = candidate;
      if (best == 0) break;
    }
  }
  return found.empty() ? longer_or_shorter(word, candidates) : found;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit || std::max(a.size(), b.size()) > kMaxWordBytes) return limit + 1;
  // Three rows of the classic table suffice for swaps of neighbours.
  std::array<std::array<std::size_t, kMaxWordBytes + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    row[0] = i;
    std::size_t smallest = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
      }
      smallest = std::min(smallest, row[j]);
    }
    // A swap reaches back two rows, but both rows then have entries no larger than the result, so this cut is safe.
    if (smallest > limit + 1) return limit + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], limit + 1);
}

std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& candidates) {
  return nearest(word, candidates);
}

std::string_view nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  return nearest(word, candidates);
}

}  // namespace noodle
