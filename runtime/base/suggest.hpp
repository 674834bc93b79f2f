// Suggestions for misspelt names: the candidate with the smallest edit distance.
//
// Limits: words over 64 bytes get no suggestion, so that cost stays bounded on hostile input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace noodle {

/// Optimal-string-alignment distance (insert, delete, replace, swap of neighbours; each costs 1) with letters compared
/// without case. Stops early and returns `limit + 1` when the distance exceeds `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate nearest to `word`, or "" when none is near enough: at most one edit per three letters, rounded up.
/// Ties go to the earlier candidate. The result refers to the candidate's text.
std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& candidates);
std::string_view nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace noodle
