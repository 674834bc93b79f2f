// Values from one process to another: arguments, results and raw values as messages.
//
// Between processes of one program an image is copied as it is; between programs it goes through the portable form and
// is checked against the types the receiver expects (1541 for types it does not know).
// Threads: the worker that runs the sender.
#pragma once

#include <span>
#include <vector>

#include "runtime/process/control.hpp"

namespace noodle::process {

struct Transfer {
  MessageKind kind{};
  std::span<const vm::Slot> scalars;
  std::span<vm::Object* const> pointers;
  const LoadedProgram* receiver_program = nullptr;
  std::span<const bytecode::TypeRef> receiver_types;  // of the pointers, in the receiver's program
};

/// Images from this size on are written and read on the background thread, so that no worker stops for them.
constexpr std::size_t kHeavyBytes = 256 << 10;

/// Null when it cannot be sent: then `error` says why (1616, 1707, 1708, 1541, 1810); or, with ProcessControl::heavy
/// set, when it is too large for a normal worker: to be tried again in a heavy slice.
Message* make_message(Worker& worker, ProcessControl& sender, const Transfer& transfer, Error& error);

/// The largest image that this worker writes.
std::size_t message_limit(const Worker& worker);
/// Notes why a value was not written: it may be too large for this worker only. Null.
Message* not_written(const Worker& worker, ProcessControl& sender, const Error& reason, Error& error);

/// Those of the types whose values are objects.
std::vector<bytecode::TypeRef> pointer_types(const vm::Program& program, std::span<const bytecode::TypeRef> types);

/// A handler's message for a receiver that runs another program, where handlers are matched by name and signature; null
/// with `error` (1541, 1810).
Message* make_foreign_call(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error);
/// The result of the sender's handler `handler` for an asker that runs another program; null with `error`.
Message* make_foreign_reply(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error);

}  // namespace noodle::process
