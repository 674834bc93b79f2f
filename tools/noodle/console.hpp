// What a person sees: colours when the output is a terminal, uniform error lines, exit codes.
#pragma once

#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/exit_code.hpp"
#include "runtime/base/json_text.hpp"  // what most commands print with --json
#include "runtime/lang/diagnostic.hpp"

namespace noodle::tools {

bool stderr_is_terminal();
bool stdout_is_terminal();

/// Prints "error NNNN: message" (or one JSON object) to stderr.
void print_error(const Error& error, bool json);
/// Prints all diagnostics to stderr; a closing "2 errors, 1 warning" line when there is more than one. Returns true
/// when there were errors.
bool print_diagnostics(const lang::Diagnostics& diagnostics, bool json);
/// Whole file, "-" = standard input. Errors: 7001, 7002, 1020.
Result<std::string> read_file(const std::string& path);
Result<void> write_file(const std::string& path, std::string_view content);

}  // namespace noodle::tools
