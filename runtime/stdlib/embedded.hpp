// Text files of runtime/stdlib/nc, compiled into the program so that `noodle` is one file.
#pragma once

#include <string_view>

namespace noodle {

struct EmbeddedFile {
  std::string_view name;  // "prelude.nc"
  std::string_view text;
};

/// All embedded files; the last entry has an empty name.
extern const EmbeddedFile noodle_stdlib_files[];

}  // namespace noodle
