// Messages between processes of different programs: handlers are matched by name and signature, values are checked.
//
// Threads: the worker that runs the sender. Errors: 1541.
#pragma once

#include "runtime/process/transfer.hpp"

namespace noodle::process {

/// A handler's message for a receiver that runs another program; null with `error`.
Message* make_foreign_call(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error);
/// The result of the sender's handler `handler` for an asker that runs another program; null with `error`.
Message* make_foreign_reply(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error);

}  // namespace noodle::process
