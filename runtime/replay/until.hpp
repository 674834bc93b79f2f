// A line of the source that a replay is to come to: where it is in the code, and what is found there.
//
//     "12"          line 12 of the file with the recorded function
//     "app.nc:12"   line 12 of the one file of the program that ends so
//
// Threads: one, that of the replay.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/debugger/code_map.hpp"
#include "runtime/vm/debugger.hpp"

namespace noodle::replay {

/// A process that is about to run the line for the first time.
struct Reached {
  struct Place {
    std::string function, file;
    std::uint32_t line = 0, column = 0;
  };
  std::string process;       // "Worker <3>"
  std::vector<Place> stack;  // innermost first, at most kMostFrames
  struct Field {
    std::string name, value;
  };
  std::vector<Field> fields;             // of its actor
  std::uint64_t fuel = 0, messages = 0;  // of the whole run so far; the running slice is not in them
};
constexpr std::size_t kMostFrames = 50;

/// Sets a breakpoint at the line and calls `on_reached` when a process comes to it, once.
class Until final : public vm::Debugger {
 public:
  /// `program` was linked with add_statements and runs interpreted. Error 7020: no such line.
  static Result<std::unique_ptr<Until>> at(std::shared_ptr<const vm::Program> program, std::uint32_t function,
                                           std::string_view line, std::function<void(const Reached&)> on_reached);
  ~Until() override;
  Until(const Until&) = delete;
  Until& operator=(const Until&) = delete;

  std::optional<std::uint16_t> at_breakpoint(vm::Process& process, const std::uint64_t* word) override;
  bool stops_at_error(vm::Process&) override { return false; }
  void is_suspended(vm::Process&) override {}

 private:
  struct Set {
    debugger::Site site;
    std::uint16_t handler = 0;  // that was there
  };
  Until(std::shared_ptr<const vm::Program> program, const std::vector<debugger::Site>& sites,
        std::function<void(const Reached&)> on_reached);
  void clear();

  const std::shared_ptr<const vm::Program> program_;
  const std::function<void(const Reached&)> on_reached_;
  std::vector<Set> set_;
  bool reached_ = false;
};

}  // namespace noodle::replay
