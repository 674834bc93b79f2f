// Where a program can be stopped: the beginnings of statements by file and line, and of functions by name.
//
// Threads: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vm/program.hpp"

namespace noodle::debugger {

/// A place in code where a breakpoint can be set.
struct Site {
  const vm::Function* function = nullptr;
  std::uint32_t word = 0;  // running word
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool begins_line = false;  // a statement, on another line than the one before it
  const std::uint64_t* address() const { return function->code + word; }
};

/// A function as it was written, whether or not there is code for it.
struct WrittenFunction {
  std::string path, name;
  std::uint32_t first_line = 0, last_line = 0;
};

class CodeMap {
 public:
  static constexpr std::uint32_t kNoFile = 0xffffffff;
  /// `written`: the functions of the sources, if they are known.
  CodeMap(std::shared_ptr<const vm::Program> program, std::vector<WrittenFunction> written);

  const vm::Program& program() const { return *program_; }
  /// Index of a source file; paths are compared in their normal form.
  std::uint32_t file(std::string_view path) const;
  /// Absolute path of a file on disk; empty for one of the library.
  const std::string& path(std::uint32_t file) const { return paths_[file]; }
  bool is_library(std::uint32_t file) const { return paths_[file].empty(); }

  /// Beginnings of the first line from `line` on that has code, in every instance of its function.
  /// Without any: why, in `reason`.
  std::vector<Site> at_line(std::uint32_t file, std::uint32_t line, std::string& reason) const;
  std::vector<Site> lines_between(std::uint32_t file, std::uint32_t first, std::uint32_t last) const;
  /// First statements of the functions of a name: `area`, `Counter.add`, `add`, each instance of a generic one.
  std::vector<Site> at_function(std::string_view name) const;
  /// All beginnings of lines in a function; outside of the library in all.
  std::vector<Site> lines_of(const vm::Function& function) const;
  std::vector<Site> all_lines() const;
  std::vector<Site> entry_of(std::uint32_t function) const;

 private:
  std::shared_ptr<const vm::Program> program_;
  std::vector<std::string> paths_;                // by file
  std::vector<std::vector<Site>> by_function_;    // in order of words
  std::vector<std::vector<Site>> lines_by_file_;  // in order of lines
  std::vector<WrittenFunction> written_;
};

/// Gives code that was not made for a debugger statements where its lines begin. Before it is linked.
void add_statements(bytecode::Module& module);
std::string normal_path(std::string_view path);

}  // namespace noodle::debugger
