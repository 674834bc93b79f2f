// Natives of the process layer: actor.*, process.*, io.print, time.sleep (declared in runtime/stdlib/nc).
//
// Threads: the worker that runs the process.
#pragma once

#include <span>
#include <string>

#include "runtime/message/message.hpp"
#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::process {

std::span<const vm::NativeEntry> process_natives();
const vm::ActorOps& process_actor_ops();

/// Gives a process to the program as an ActorRef of the type it wants. Errors 1810, 1814.
vm::NativeStatus give_process(vm::NativeContext& native, Pid pid, const std::string& name);

// Selective receive (receive.cpp).
vm::NativeStatus receive_begin(vm::NativeContext& native);
vm::NativeStatus receive_next(vm::NativeContext& native);
vm::NativeStatus receive_take(vm::NativeContext& native);

}  // namespace noodle::process
