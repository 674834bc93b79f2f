// What the interpreter asks of the process layer: the actor instructions. Implemented in runtime/process.
//
// Windows and statuses are those of natives (native.hpp).
#pragma once

#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {

/// Functions behind spawn, spawnf, send, ask, sendv. One table per program run; VM unit tests install their own.
struct ActorOps {
  NativeStatus (*spawn)(Process&, std::uint32_t actor, Slot* s, Object** p, Object* options);
  NativeStatus (*spawn_function)(Process&, const Function&, Slot* s, Object** p, Object* options);
  NativeStatus (*send)(Process&, std::uint32_t handler, Slot* s, Object** p);
  NativeStatus (*ask)(Process&, std::uint32_t handler, Slot* s, Object** p);
  NativeStatus (*send_raw)(Process&, Object* ref, Object* value);
};
void set_actor_ops(const ActorOps& ops);
const ActorOps& actor_ops();

}  // namespace noodle::vm
