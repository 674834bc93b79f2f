#include "tools/noodle/report.hpp"

#include <iostream>

#include "runtime/base/lines.hpp"
#include "runtime/jit/compiler.hpp"
#include "tools/noodle/console.hpp"

namespace noodle::tools {

namespace {

/// Codes that are not in the table were thrown by the program itself.
const char* origin(std::uint16_t code) {
  return find_error(code) == nullptr ? "  (raised by the program)" : "";
}

void print_uncaught(const process::RunResult& result, bool json) {
  if (json) {
    std::cerr << R"({"severity":"error","code":)" << result.error_code
              << ",\"message\":" << json_string(result.error_message)
              << ",\"trace\":" << json_string(result.error_trace) << "}\n";
    return;
  }
  const bool color = stderr_is_terminal();
  std::cerr << (color ? "\033[1;31m" : "") << "error " << result.error_code << (color ? "\033[0m" : "") << ": "
            << result.error_message << origin(result.error_code) << '\n';
  for (const std::string_view frame : lines_of(result.error_trace)) std::cerr << "  at " << frame << '\n';
  if (const ErrorInfo* info = find_error(result.error_code)) {
    std::cerr << "help: " << info->advice << " (noodle explain " << result.error_code << ")\n";
  }
}

void print_statistics(const process::SystemStats& s, bool json) {
  const jit::Statistics compiled = jit::statistics();
  if (json) {
    std::cerr << "{\"processes\":" << s.spawned << ",\"failed\":" << s.failed << ",\"messages\":" << s.messages
              << ",\"deadLetters\":" << s.dead_letters << ",\"slices\":" << s.slices << ",\"fuel\":" << s.fuel
              << ",\"compiledFunctions\":" << compiled.functions << ",\"compiledWords\":" << compiled.words
              << ",\"compileNanoseconds\":" << compiled.nanoseconds << ",\"machineCodeBytes\":" << compiled.code_bytes
              << "}\n";
    return;
  }
  std::cerr << "processes " << s.spawned << " (" << s.failed << " failed), messages " << s.messages << ", dead letters "
            << s.dead_letters << ", slices " << s.slices << ", fuel " << s.fuel << '\n';
  if (compiled.functions == 0) return;
  std::cerr << "compiled " << compiled.functions << " functions of " << compiled.words << " words in "
            << compiled.nanoseconds / 1000 << " us to " << compiled.code_bytes << " bytes of machine code\n";
}

}  // namespace

void print_process_end(const process::Exit& exit, bool json) {
  std::string line;
  if (json) {
    line = R"({"severity":"warning","code":)" + std::to_string(exit.code) +
           ",\"process\":" + std::to_string(exit.pid >> 32) + ",\"message\":" + json_string(exit.message) +
           ",\"trace\":" + json_string(exit.trace) + "}\n";
  } else {
    const std::string place = exit.trace.substr(0, exit.trace.find('\n'));
    line = "process " + std::to_string(exit.pid >> 32) + " ended with error " + std::to_string(exit.code) + ": " +
           exit.message + (place.empty() ? "" : " at " + place) + "\n";
  }
  std::cerr << line << std::flush;
}

int report_result(const process::RunResult& result, bool statistics, bool json) {
  if (result.error_code != 0) {
    print_uncaught(result, json);
  } else if (!result.error_message.empty()) {
    std::cerr << "warning: " << result.error_message << '\n';
  }
  if (statistics) print_statistics(result.statistics, json);
  return result.exit_code;
}

}  // namespace noodle::tools
