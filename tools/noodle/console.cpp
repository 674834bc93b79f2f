#include "tools/noodle/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace noodle::tools {

bool stderr_is_terminal() {
  return isatty(STDERR_FILENO) != 0;
}
bool stdout_is_terminal() {
  return isatty(STDOUT_FILENO) != 0;
}

void print_error(const Error& error, bool json) {
  if (json) {
    const ErrorInfo* info = find_error(error.number());
    std::cerr << R"({"severity":"error","code":)" << error.number()
              << ",\"title\":" << json_string(info ? info->title : "") << ",\"message\":" << json_string(error.message)
              << ",\"details\":" << json_string(error.details) << "}\n";
    return;
  }
  const bool color = stderr_is_terminal();
  std::cerr << (color ? "\033[1;31m" : "") << "error " << error.number() << (color ? "\033[0m" : "") << ": "
            << error.message << '\n';
  if (!error.details.empty()) std::cerr << error.details << '\n';
  if (const ErrorInfo* info = find_error(error.number())) std::cerr << "help: " << info->advice << '\n';
}

bool print_diagnostics(const lang::Diagnostics& diagnostics, bool json) {
  const bool color = stderr_is_terminal();
  std::size_t warnings = 0;
  const auto show = [&](const lang::Diagnostic& diagnostic) {
    std::cerr << (json ? lang::render_json(diagnostic) : lang::render(diagnostic, color));
    if (json) std::cerr << '\n';
  };
  for (const lang::Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == lang::Severity::warning) ++warnings;
    show(diagnostic);
  }
  if (diagnostics.full()) {
    lang::Diagnostic last;
    last.code = Code::too_many_errors;
    last.message = "too many errors; the first " + std::to_string(lang::Diagnostics::kMaxErrors) + " are shown";
    show(last);
  }
  const std::size_t errors = diagnostics.error_count();
  if (!json && errors + warnings > 1) {
    std::cerr << errors << (errors == 1 ? " error" : " errors");
    if (warnings > 0) std::cerr << ", " << warnings << (warnings == 1 ? " warning" : " warnings");
    std::cerr << '\n';
  }
  return errors > 0;
}

Result<std::string> read_file(const std::string& path) {
  if (path == "-") {
    std::ostringstream text;
    text << std::cin.rdbuf();
    return text.str();
  }
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) return Error{Code::file_not_found, "no such file: `" + path + "`", {}};
  if (std::filesystem::is_directory(path, problem)) {
    return Error{Code::file_unreadable, "`" + path + "` is a folder, a file is needed", {}};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{Code::file_unreadable, "cannot read `" + path + "`: " + std::strerror(errno), {}};
  return text.str();
}

Result<void> write_file(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return Error{Code::file_unreadable, "cannot write `" + path + "`: " + std::strerror(errno), {}};
  return {};
}

}  // namespace noodle::tools
