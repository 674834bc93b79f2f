// A profile for people and programs: tables, JSON, a flame graph.
#pragma once

#include <string>
#include <vector>

#include "runtime/run/profile.hpp"

namespace noodle::process {

/// A function, line or actor. `self`: samples in it; `total`: samples in it or in what it called.
struct ProfileRow {
  std::string function, file;
  std::uint32_t line = 0;  // lines only
  std::uint64_t self = 0, total = 0;
};
/// Most self samples first.
std::vector<ProfileRow> rows_by_function(const Profile& profile);
std::vector<ProfileRow> rows_by_line(const Profile& profile);
std::vector<ProfileRow> rows_by_actor(const Profile& profile);

std::string profile_table(const Profile& profile);
/// One object with a line end.
std::string profile_json(const Profile& profile);
/// An SVG file: width is samples, callers stand under what they call; a click zooms. Needs nothing from elsewhere.
std::string flame_graph(const Profile& profile);

}  // namespace noodle::process
