#include "runtime/package/version.hpp"

#include <algorithm>
#include <charconv>

namespace noodle::package {

namespace {

Error bad_version(std::string_view text) {
  return {Code::manifest_invalid, "`" + std::string(text) + "` is not a version; write 1.2.3 or 1.2.3-rc.1", {}};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Numbers separated by dots; how many there were, or 0 when malformed.
std::size_t read_numbers(std::string_view text, std::array<std::uint32_t, 3>& numbers) {
  std::size_t count = 0;
  while (count < 3) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), numbers[count]);
    if (problem != std::errc() || end == text.data()) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    ++count;
    if (text.empty()) return count;
    if (text[0] != '.') return 0;
    text.remove_prefix(1);
  }
  return 0;
}

/// `partial`: missing numbers are 0.
Result<Version> parse(std::string_view text, bool partial, std::size_t* given = nullptr) {
  Version version;
  std::string_view rest = text.substr(0, text.find('+'));
  const std::size_t dash = rest.find('-');
  const std::size_t count = read_numbers(rest.substr(0, dash), version.numbers);
  if (count == 0 || (!partial && count != 3)) return bad_version(text);
  if (given != nullptr) *given = count;
  if (dash == std::string_view::npos) return version;
  rest.remove_prefix(dash + 1);
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (part.empty()) return bad_version(text);
    version.pre_release.emplace_back(part);
    if (dot == std::string_view::npos) return version;
    rest.remove_prefix(dot + 1);
  }
}

int compare_identifier(const std::string& a, const std::string& b) {
  const bool a_number = is_number(a);
  const bool b_number = is_number(b);
  if (a_number != b_number) return a_number ? -1 : 1;
  if (a_number && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

}  // namespace

Result<Version> parse_version(std::string_view text) {
  return parse(text, false);
}

int compare(const Version& a, const Version& b) {
  if (a.numbers != b.numbers) return a.numbers < b.numbers ? -1 : 1;
  if (a.pre_release.empty() != b.pre_release.empty()) return a.pre_release.empty() ? 1 : -1;
  const std::size_t common = std::min(a.pre_release.size(), b.pre_release.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (const int order = compare_identifier(a.pre_release[i], b.pre_release[i]); order != 0) return order;
  }
  return static_cast<int>(a.pre_release.size()) - static_cast<int>(b.pre_release.size());
}

Result<bool> satisfies(const Version& version, std::string_view constraint) {
  if (constraint.empty() || constraint == "*") return true;
  std::string_view op;
  for (const std::string_view known : {">=", "^", "~", "="}) {
    if (!constraint.starts_with(known)) continue;
    op = known;
    break;
  }
  std::size_t given = 0;
  const auto wanted = parse(constraint.substr(op.size()), true, &given);
  if (!wanted) return wanted.error();
  if (!version.pre_release.empty() && (wanted->pre_release.empty() || version.numbers != wanted->numbers)) return false;
  if (op.empty() || op == "=") return compare(version, *wanted) == 0;
  if (compare(version, *wanted) < 0) return false;
  if (op == ">=") return true;
  // Numbers up to and including this one must be the same.
  std::size_t same = op == "~" ? (given > 1 ? 1 : 0) : 0;
  if (op == "^") {
    while (same < 2 && same + 1 < given && wanted->numbers[same] == 0) ++same;
  }
  return std::equal(version.numbers.begin(), version.numbers.begin() + static_cast<std::ptrdiff_t>(same) + 1,
                    wanted->numbers.begin());
}

}  // namespace noodle::package
