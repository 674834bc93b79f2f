// `noodle fmt` and `noodle lint`: commands that look at source files one by one.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "runtime/lang/format.hpp"
#include "runtime/lang/lint.hpp"
#include "runtime/lang/parser.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"

namespace noodle::tools {

namespace fs = std::filesystem;

std::vector<std::string> source_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths.empty() ? std::vector<std::string>{"."} : paths) {
    std::error_code problem;
    if (path == "-" || !fs::is_directory(path, problem)) {
      files.push_back(path);
      continue;
    }
    fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, problem);
    for (const fs::recursive_directory_iterator end; !problem && entry != end; entry.increment(problem)) {
      const fs::path& at = entry->path();
      const std::string name = at.filename().string();
      if (entry->is_directory(problem) && (name == "build" || name.starts_with("."))) entry.disable_recursion_pending();
      if (entry->is_regular_file(problem) && (at.extension() == ".nc" || at.extension() == ".nci"))
        files.push_back(at.string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

int format_command(const FormatCommand& command, const CommonOptions& common) {
  int exit_code = kExitOk;
  std::size_t changed = 0;
  for (const std::string& path : source_files(command.paths)) {
    auto text = read_file(path);
    if (!text) {
      print_error(text.error(), common.json);
      return kExitCompile;
    }
    const lang::SourceFile source(path, std::move(*text));
    lang::Ast ast;
    lang::Diagnostics diagnostics;
    lang::parse(source, ast, diagnostics);
    if (print_diagnostics(diagnostics, common.json)) {
      exit_code = kExitCompile;
      continue;
    }
    const std::string formatted = lang::format(ast);
    if (path == "-" || command.stdout_only) {
      std::cout << formatted;
      continue;
    }
    if (formatted == source.text()) continue;
    ++changed;
    if (common.json) {
      std::cout << "{\"file\":" << json_string(path) << ",\"changed\":true}\n";
    } else {
      std::cout << (command.check ? "would format " : "formatted ") << path << '\n';
    }
    if (command.check) continue;
    if (const auto written = write_file(path, formatted); !written) {
      print_error(written.error(), common.json);
      return kExitCompile;
    }
  }
  if (command.check && changed > 0 && exit_code == kExitOk) exit_code = kExitUncaught;
  return exit_code;
}

int lint_command(const std::vector<std::string>& paths, const CommonOptions& common) {
  bool errors = false;
  std::size_t findings = 0;
  for (const std::string& path : source_files(paths)) {
    auto text = read_file(path);
    if (!text) {
      print_error(text.error(), common.json);
      return kExitCompile;
    }
    const lang::SourceFile source(path, std::move(*text));
    lang::Ast ast;
    lang::Diagnostics diagnostics;
    lang::parse(source, ast, diagnostics);
    errors = print_diagnostics(diagnostics, common.json) || errors;
    if (diagnostics.has_errors()) continue;
    for (const lang::Diagnostic& finding : lang::lint(ast)) {
      ++findings;
      std::cerr << (common.json ? lang::render_json(finding) + "\n" : lang::render(finding, stderr_is_terminal()));
    }
  }
  if (errors) return kExitCompile;
  return findings > 0 ? kExitUncaught : kExitOk;
}

}  // namespace noodle::tools
