// A small tree-walking evaluator of HIR: the oracle of the differential tests. It knows the language, not the VM.
//
// Limits: call depth 2000 (then it gives up: `gave_up`), steps as given. Of actors it knows spawn, send and ask.
#pragma once

#include <string>

#include "runtime/check/hir.hpp"

namespace noodle::reference {

struct Outcome {
  std::string output;  // what print wrote
  int error_code = 0;  // uncaught error, 0 = none
  std::string error_message;
  std::string error_trace;     // one `function (file:line:column)` a line
  std::int64_t exit_code = 0;  // result of main
  bool gave_up = false;        // ran into a limit of the evaluator, or met something it does not know
  std::string why;
};

/// Runs main() of a checked program without arguments.
Outcome evaluate(check::Program& program, std::uint64_t max_steps);

}  // namespace noodle::reference
