// The program to be debugged: compiled and linked so that it can be stopped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/debugger/code_map.hpp"

namespace noodle::debugger {

struct Loaded {
  std::shared_ptr<const vm::Program> program;  // null: it does not compile
  std::vector<WrittenFunction> written;
  std::string findings;  // of the compiler, as text for people
};

/// FILE.nc, DIR or FILE.nbc; the latter without its variables. Errors: those of reading, loading and linking.
Result<Loaded> load(const std::string& path);

}  // namespace noodle::debugger
