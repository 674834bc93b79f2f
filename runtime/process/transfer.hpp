// Values from one process to another: arguments, results and raw values as messages.
//
// Between processes of one program an image is copied as it is; between programs it goes through the portable form and
// is checked against the types the receiver expects (1541 for types it does not know).
// Threads: the worker that runs the sender.
#pragma once

#include <span>

#include "runtime/process/control.hpp"

namespace noodle::process {

struct Transfer {
  MessageKind kind{};
  std::span<const vm::Slot> scalars;
  std::span<vm::Object* const> pointers;
  const LoadedProgram* receiver_program = nullptr;
  std::span<const bytecode::TypeRef> receiver_types;  // of the pointers, in the receiver's program
};

/// Null when it cannot be sent: then `error` says why (1616, 1707, 1708, 1541).
Message* make_message(Worker& worker, const ProcessControl& sender, const Transfer& transfer, Error& error);

}  // namespace noodle::process
