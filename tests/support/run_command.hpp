// Runs the noodle program in tests as a user would: arguments, standard input, both outputs, exit code.
#pragma once

#include <string>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

struct CommandResult {
  int exit_code = -1;  // 128 + signal when killed by one
  std::string out, err;
};

/// Runs `program` with `arguments` in `folder` ("" = current). Kills it after 120 s (exit code 137).
CommandResult run_command(const std::string& program, const std::vector<std::string>& arguments,
                          const std::string& input = {}, const std::string& folder = {});

}  // namespace noodle::test
