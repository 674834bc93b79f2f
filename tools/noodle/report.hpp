// How a run ended, for those who started it: on standard error, as text or JSON lines.
#pragma once

#include "runtime/run/run_program.hpp"

namespace noodle::tools {

/// A process other than main ended with an error: one line, so that supervised crashes are seen but do not drown the
/// rest.
void print_process_end(const process::Exit& exit, bool json);
/// Prints the uncaught error, if there was one, and statistics on demand; gives the exit code.
int report_result(const process::RunResult& result, bool statistics, bool json);

}  // namespace noodle::tools
