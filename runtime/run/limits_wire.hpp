// Limits of processes in messages, as they are: whoever reads them from outside bounds them.
//
// Threads: any.
#pragma once

#include "messages/work.capnp.h"
#include "runtime/vm/process.hpp"

namespace noodle::process {

void write_limits(wire::ProcessLimits::Builder out, const vm::ProcessLimits& limits);
vm::ProcessLimits read_limits(wire::ProcessLimits::Reader in);

}  // namespace noodle::process
