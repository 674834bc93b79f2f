// What a process does, told to people: which message it takes from whom, what it sends, how it ends.
//
// Threads: the worker that runs the process.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/message/message.hpp"
#include "runtime/process/system.hpp"
#include "runtime/vm/object.hpp"

namespace noodle::process {

struct Step {
  enum class Kind : std::uint8_t {
    // a process goes on
    start,     // its first activity
    message,   // handler, sent or asked
    value,     // `on other`
    down,      // `on down`
    tick,      // `every`
    started,   // `on started`
    stopping,  // `on stopping`
    other,     // the other calls of the system
    resume,    // after it waited
    // what it does
    send,
    ask,
    spawn,
    end  // of the activity
  };
  Kind kind{};
  std::uint64_t number = 0;  // of those with which a process goes on, from 1
  std::string process;       // "Worker <3>"
  std::string other;         // from or to whom; empty: nobody
  std::string what;          // handler or function; what it waited for; how it ended
  std::string arguments;     // "(1, [2, 3])", cut when long
  std::uint64_t fuel = 0;    // that the process has spent
};

/// True for the kinds with which a process goes on.
constexpr bool is_delivery(Step::Kind kind) {
  return kind < Step::Kind::send;
}
std::string_view name_of(Step::Kind kind);
/// "Worker <3>", of a process or of one that has ended.
std::string process_text(System& system, Pid pid);

/// The message that the next activity takes.
struct Taken {
  Pid from = 0;
  MessageKind kind{};
};
/// An activity has begun; its arguments are in the bound context.
Step step_begun(ProcessControl& control, const Taken& taken);
/// It goes on after it waited.
Step step_resumed(ProcessControl& control, Wait waited);
/// It has ended; `failed`: with the pending error.
Step step_ended(ProcessControl& control, bool failed);
/// "Counter <64> takes add(2) from main <0>"
std::string sentence(const Step& step);

/// "(1, [2, 3])", of registers; long values are cut.
std::string arguments_text(const vm::Program& program, std::span<const bytecode::TypeRef> types, const vm::Slot* s,
                           vm::Object* const* p);
std::string short_text(const vm::Program& program, const vm::Object* value);

}  // namespace noodle::process
