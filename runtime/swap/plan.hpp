// What a new version of a program changes, and how the state of its actors is carried over.
//
// Matching is by name: actors by their full name, handlers by name and signature (vm::Program::handler_hash), fields of
// the state by name and type. Two types are the same when they and all they are made of have equal names and layouts.
// Threads: pure. Sizes: linear in both modules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/vm/program.hpp"

namespace noodle::swap {

enum class ChangeKind : std::uint8_t {
  actor_added,
  actor_removed,
  actor_changed,  // what an actor is (supervisor or not, number of children)
  handler_added,
  handler_removed,
  field_added,
  field_dropped,
  field_retyped,
  export_added,
  export_removed,
  capability_added
};

/// One difference. A breaking one loses state or messages, or leaves processes behind on the old version.
struct Change {
  ChangeKind kind{};
  bool breaking = false;
  std::string subject;  // "Counter", "Counter.add", "Counter.total", "geometry.area", "fs.read"
  std::string text;     // what it was and is
};

/// A slot of the old state that goes to a slot of the new state, or of the record of `on migrate`.
struct SlotMove {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  bool scalar = false;
  bytecode::TypeRef type;  // in the new program
};

/// How one actor type gets to the new version.
struct ActorMove {
  std::uint32_t to = bytecode::kNone;  // actor of the new program
  std::vector<SlotMove> carried;
  std::vector<bytecode::ActorDef::Initial> initials;  // of the fields that are new
  std::uint32_t record = bytecode::kNone;             // class that `on migrate` takes
  std::vector<SlotMove> old_fields;                   // into that record
  std::vector<std::uint16_t> needed;                  // slots that `on migrate` has to set
  std::string refusal;                                // not empty: its processes stay on the old version
};

struct Plan {
  std::vector<Change> changes;
  std::vector<ActorMove> actors;  // by actor of the old program
};

/// `back`: the move undoes another one, so `on migrate` is not asked.
Plan plan(const vm::Program& from, const vm::Program& to, bool back = false);

/// The sentences of the breaking changes, one a line; empty when there are none.
std::string breaking_text(const Plan& plan);

}  // namespace noodle::swap
