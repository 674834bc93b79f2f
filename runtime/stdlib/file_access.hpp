// Which file a path of a program means, and whether the program may use it.
//
// The path is normalised and its symbolic links are followed first; both the path as written and the file it leads to
// must lie under a granted path, so that a link cannot lead out of it. Errors: 8001 not granted, 1613 malformed, 1891
// too many links.
#pragma once

#include <string>

#include "messages/error.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::stdlib {

enum class FileUse : std::uint8_t {
  read,             // links are followed to the end
  write,            // the last part is the name of what is written or removed; it is not followed
  make_directories  // parents may be missing
};

/// Absolute path to use, for the path text `path` of the running process.
Result<std::string> checked_path(vm::NativeContext& native, const vm::Object* path, FileUse use);

}  // namespace noodle::stdlib
