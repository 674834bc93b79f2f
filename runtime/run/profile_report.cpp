#include "runtime/run/profile_report.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>

#include "runtime/base/json_text.hpp"

namespace noodle::process {

namespace {

constexpr std::size_t kTableRows = 20;

using Key = std::tuple<std::string, std::string, std::uint32_t>;

/// Samples in each node and below it.
std::vector<std::uint64_t> totals_of(const Profile& profile) {
  std::vector<std::uint64_t> totals(profile.nodes.size());
  for (std::size_t i = profile.nodes.size(); i-- > 0;) {
    totals[i] += profile.nodes[i].self;
    if (profile.nodes[i].parent != Profile::kNone) totals[profile.nodes[i].parent] += totals[i];
  }
  return totals;
}

/// `key_of` gives the row of a node that is no root; what calls itself counts once a stack.
template <class KeyOf>
std::vector<ProfileRow> rows(const Profile& profile, const KeyOf& key_of) {
  std::map<Key, ProfileRow> found;
  const std::vector<std::uint64_t> totals = totals_of(profile);
  for (std::size_t i = 0; i < profile.nodes.size(); ++i) {
    const Profile::Node& node = profile.nodes[i];
    if (node.parent == Profile::kNone) continue;
    const Key key = key_of(profile.frames[node.frame]);
    ProfileRow& row = found[key];
    std::tie(row.function, row.file, row.line) = key;
    row.self += node.self;
    bool again = false;
    for (std::uint32_t up = node.parent; !again && profile.nodes[up].parent != Profile::kNone;
         up = profile.nodes[up].parent)
      again = key_of(profile.frames[profile.nodes[up].frame]) == key;
    if (!again) row.total += totals[i];
  }
  std::vector<ProfileRow> out;
  for (auto& [key, row] : found) out.push_back(std::move(row));
  std::stable_sort(out.begin(), out.end(), [](const ProfileRow& a, const ProfileRow& b) {
    return std::tie(b.self, b.total) < std::tie(a.self, a.total);
  });
  return out;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%5.1f %%",
                whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text;
}

std::string where(const ProfileRow& row) {
  if (row.file.empty()) return row.function;
  return row.function + " (" + row.file + (row.line == 0 ? "" : ":" + std::to_string(row.line)) + ")";
}

void append_table(const char* title, const std::vector<ProfileRow>& rows, std::uint64_t samples, std::string& out) {
  out += std::string("\n    self    total  ") + title + "\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kTableRows); ++i)
    out += " " + percent(rows[i].self, samples) + "  " + percent(rows[i].total, samples) + "  " + where(rows[i]) + "\n";
  if (rows.size() > kTableRows) out += "                   ... " + std::to_string(rows.size() - kTableRows) + " more\n";
}

std::string json_rows(const std::vector<ProfileRow>& rows) {
  std::string out = "[";
  for (const ProfileRow& row : rows) {
    out += (out.size() > 1 ? ",{\"name\":" : "{\"name\":") + json_string(row.function) +
           ",\"file\":" + json_string(row.file);
    if (row.line != 0) out += ",\"line\":" + std::to_string(row.line);
    out += ",\"self\":" + std::to_string(row.self) + ",\"total\":" + std::to_string(row.total) + "}";
  }
  return out + "]";
}

}  // namespace

std::vector<ProfileRow> rows_by_function(const Profile& profile) {
  return rows(profile, [](const Profile::Frame& frame) { return Key(frame.function, frame.file, 0); });
}

std::vector<ProfileRow> rows_by_line(const Profile& profile) {
  return rows(profile, [](const Profile::Frame& frame) { return Key(frame.function, frame.file, frame.line); });
}

std::vector<ProfileRow> rows_by_actor(const Profile& profile) {
  const std::vector<std::uint64_t> totals = totals_of(profile);
  std::vector<ProfileRow> out;
  for (std::size_t i = 0; i < profile.nodes.size(); ++i) {
    if (profile.nodes[i].parent != Profile::kNone) continue;
    out.push_back({profile.frames[profile.nodes[i].frame].function, {}, 0, totals[i], totals[i]});
  }
  std::stable_sort(out.begin(), out.end(), [](const ProfileRow& a, const ProfileRow& b) { return b.total < a.total; });
  return out;
}

std::string profile_table(const Profile& profile) {
  std::string out = "profile: " + std::to_string(profile.samples) + " samples, one every " +
                    std::to_string(profile.period) + " units of fuel\n";
  if (profile.samples == 0) return out + "the program ended before the first sample\n";
  append_table("function", rows_by_function(profile), profile.samples, out);
  append_table("line", rows_by_line(profile), profile.samples, out);
  append_table("actor", rows_by_actor(profile), profile.samples, out);
  return out;
}

std::string profile_json(const Profile& profile) {
  return "{\"samples\":" + std::to_string(profile.samples) + ",\"period\":" + std::to_string(profile.period) +
         ",\"functions\":" + json_rows(rows_by_function(profile)) + ",\"lines\":" + json_rows(rows_by_line(profile)) +
         ",\"actors\":" + json_rows(rows_by_actor(profile)) + "}\n";
}

}  // namespace noodle::process
