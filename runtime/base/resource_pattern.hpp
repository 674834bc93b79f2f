// Resource patterns: the one meaning of `fs.read:/data` and `mesh.send:agents/*` for capabilities of processes and
// tokens.
//
// A pattern is nothing for any resource; for paths it covers itself and what lies below; else it is exact, or a prefix
// followed by `*`.
#pragma once

#include <string_view>

namespace noodle {

/// True for actions whose resources are paths: fs.*.
bool names_path(std::string_view action);

/// Whether `pattern` covers `wanted`, a resource or another pattern. Paths are normal (absolute, no `..`).
bool pattern_covers(bool paths, std::string_view pattern, std::string_view wanted);

}  // namespace noodle
