#include "runtime/debugger/code_map.hpp"

#include <algorithm>
#include <filesystem>

namespace noodle::debugger {
namespace {

namespace fs = std::filesystem;

bool is_of_name(std::string_view function, std::string_view name) {
  function = function.substr(0, function.find('<'));
  if (function == name) return true;
  return function.size() > name.size() && function.ends_with(name) &&
         function[function.size() - name.size() - 1] == '.';
}

}  // namespace

std::string normal_path(std::string_view path) {
  std::error_code problem;
  const fs::path normal = fs::weakly_canonical(fs::path(path), problem);
  return problem ? std::string(path) : normal.string();
}

void add_statements(bytecode::Module& module) {
  for (bytecode::FunctionDef& function : module.functions) {
    if (!function.statements.empty()) continue;
    for (const bytecode::LineEntry& entry : function.lines) {
      if (function.statements.empty() || function.statements.back().line != entry.line)
        function.statements.push_back(entry);
    }
  }
}

CodeMap::CodeMap(std::shared_ptr<const vm::Program> program, std::vector<WrittenFunction> written)
    : program_(std::move(program)), written_(std::move(written)) {
  const bytecode::Module& module = program_->module;
  for (const std::string& file : module.files) {
    std::error_code problem;
    paths_.push_back(fs::is_regular_file(file, problem) ? normal_path(file) : std::string());
  }
  lines_by_file_.resize(paths_.size());
  by_function_.resize(program_->functions.size());
  for (const vm::Function& function : program_->functions) {
    std::vector<Site>& sites = by_function_[function.index];
    const auto& portable = function.portable_word;
    for (const bytecode::LineEntry& entry : function.def->statements) {
      const auto at = std::lower_bound(portable.begin(), portable.end(), entry.word);
      if (at == portable.end()) continue;
      const auto word = static_cast<std::uint32_t>(at - portable.begin());
      const bool begins = sites.empty() || sites.back().line != entry.line;
      sites.push_back({&function, word, entry.line, entry.column, begins});
      if (begins && function.def->file < paths_.size()) lines_by_file_[function.def->file].push_back(sites.back());
    }
  }
  for (std::vector<Site>& lines : lines_by_file_) {
    std::stable_sort(lines.begin(), lines.end(), [](const Site& a, const Site& b) { return a.line < b.line; });
  }
}

std::uint32_t CodeMap::file(std::string_view path) const {
  const std::string wanted = normal_path(path);
  const auto found = std::find(paths_.begin(), paths_.end(), wanted);
  return found == paths_.end() ? kNoFile : static_cast<std::uint32_t>(found - paths_.begin());
}

std::vector<Site> CodeMap::lines_between(std::uint32_t file, std::uint32_t first, std::uint32_t last) const {
  const std::vector<Site>& lines = lines_by_file_[file];
  std::vector<Site> out;
  auto at =
      std::lower_bound(lines.begin(), lines.end(), first, [](const Site& s, std::uint32_t l) { return s.line < l; });
  for (; at != lines.end() && at->line <= last; ++at) out.push_back(*at);
  return out;
}

std::vector<Site> CodeMap::at_line(std::uint32_t file, std::uint32_t line, std::string& reason) const {
  const std::vector<Site>& lines = lines_by_file_[file];
  const auto at =
      std::lower_bound(lines.begin(), lines.end(), line, [](const Site& s, std::uint32_t l) { return s.line < l; });
  for (const WrittenFunction& function : written_) {
    // A breakpoint does not leave the function it was set in.
    if (function.path != paths_[file] || line < function.first_line || line > function.last_line) continue;
    if (at != lines.end() && at->line <= function.last_line) continue;
    const bool has_code = !lines_between(file, function.first_line, function.last_line).empty();
    reason = has_code ? "there is no code from this line to the end of `" + function.name + "`"
                      : "`" + function.name + "` has no code: nothing in the program calls it";
    return {};
  }
  if (at == lines.end()) {
    reason = "there is no code on this line or below it";
    return {};
  }
  return lines_between(file, at->line, at->line);
}

std::vector<Site> CodeMap::at_function(std::string_view name) const {
  std::vector<Site> out;
  for (const vm::Function& function : program_->functions) {
    if (!is_of_name(function.def->name, name)) continue;
    for (const Site& site : entry_of(function.index)) out.push_back(site);
  }
  return out;
}

std::vector<Site> CodeMap::lines_of(const vm::Function& function) const {
  std::vector<Site> out;
  if (function.program != program_.get()) return out;
  for (const Site& site : by_function_[function.index]) {
    if (site.begins_line) out.push_back(site);
  }
  return out;
}

std::vector<Site> CodeMap::all_lines() const {
  std::vector<Site> out;
  for (std::size_t file = 0; file < paths_.size(); ++file) {
    if (!paths_[file].empty()) out.insert(out.end(), lines_by_file_[file].begin(), lines_by_file_[file].end());
  }
  return out;
}

std::vector<Site> CodeMap::entry_of(std::uint32_t function) const {
  if (function >= by_function_.size() || by_function_[function].empty()) return {};
  return {by_function_[function].front()};
}

}  // namespace noodle::debugger
