// Natives of the process layer: actor.*, process.*, io.print, time.sleep (declared in runtime/stdlib/nc).
//
// Threads: the worker that runs the process.
#pragma once

#include <span>

#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::process {

std::span<const vm::NativeEntry> process_natives();
const vm::ActorOps& process_actor_ops();

// Selective receive (receive.cpp).
vm::NativeStatus receive_begin(vm::NativeContext& native);
vm::NativeStatus receive_next(vm::NativeContext& native);
vm::NativeStatus receive_take(vm::NativeContext& native);

}  // namespace noodle::process
