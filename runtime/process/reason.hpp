// Why a process ended, on its way to those who want to know: an Error object, or a code and a text.
//
// A message with a reason holds either one reference to an Error of the receiver's program, or one scalar (the code)
// and a text as payload. Errors that hold what cannot be sent, or go to another program, travel as code and text.
// Threads: the worker that runs the sender or the receiver.
#pragma once

#include <string>
#include <string_view>

#include "runtime/process/control.hpp"

namespace noodle::process {

/// Valid as long as the ending and the heap it was made from.
struct Reason {
  Code code{};
  std::string_view detail;      // of the ending
  vm::Object* error = nullptr;  // on the heap of the process that ends; null: there is none
  Pid pid = 0;                  // that process

  /// Message of the error, the detail, or the title of the code.
  std::string text() const;
};

/// What an ending process tells others.
Reason reason_of(const ProcessControl& control, const Ending& ending);

/// Null when the node is out of memory.
Message* new_reason_message(Worker& worker, const ProcessControl& sender, const LoadedProgram* receiver_program,
                            MessageKind kind, const Reason& reason);
/// The Error a reason message brings, on the heap of the receiver. Never null.
vm::Object* reason_object(vm::Process& receiver, Message& message);

/// Code, message and trace of an Error object.
Code error_code(const vm::Object* error);
std::string error_text(const vm::Object* error);
std::string error_trace(const vm::Object* error);
/// Title of a code in the error table.
std::string title_of(Code code);

}  // namespace noodle::process
