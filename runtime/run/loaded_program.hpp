// What the process layer works out once for each program: argument shapes, dispatch tables of actors, spawn options.
//
// Threads: immutable after construction.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "messages/error.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::process {

/// Numbers of arguments in S and P registers and the result kind: 'v', 's' or 'p'.
struct CallShape {
  std::uint16_t scalars = 0;
  std::uint16_t pointers = 0;
  char result = 'v';
};

struct ActorInfo {
  const bytecode::ActorDef* def = nullptr;
  const vm::Class* state = nullptr;
  CallShape constructor_shape;
  std::uint32_t reference_type = bytecode::kActorRefAny;  // ActorRef<this actor>
  const vm::Function* constructor = nullptr;
  const vm::Function* on_started = nullptr;
  const vm::Function* on_stopping = nullptr;
  const vm::Function* on_down = nullptr;
  const vm::Function* on_other = nullptr;
  std::vector<const vm::Function*> handlers;  // by handler index of the program; null: not accepted
};

struct LoadedProgram {
  explicit LoadedProgram(std::shared_ptr<const vm::Program> linked, std::uint16_t number = 0);

  /// Handler of this program that equals handler `index` of `other`; kNone if there is none.
  std::uint32_t handler_like(const LoadedProgram& other, std::uint32_t index) const;
  const vm::Function* function(std::uint32_t index) const {
    return index == bytecode::kNone ? nullptr : &program->functions[index];
  }

  /// Processes are counted in programs that the run lets go of when nothing runs them any more. A process counts from
  /// before its birth, which only another one of the program can bring about.
  void add_process() const {
    if (stamp != 0) processes.fetch_add(1);
  }
  void remove_process() const {
    if (stamp != 0) processes.fetch_sub(1);
  }

  std::shared_ptr<const vm::Program> program;
  std::uint16_t stamp = 0;  // tells the programs of one run apart; 0: the one it was started with
  mutable std::atomic<std::uint64_t> processes{0};
  mutable std::atomic<std::uint64_t> failures{0};  // processes of this program that ended with an error
  std::vector<ActorInfo> actors;                   // by actor index
  std::vector<CallShape> handlers;                 // by handler index
  std::unordered_map<std::uint64_t, std::uint32_t> handler_by_hash;
};

CallShape shape_of(const vm::Program& program, const bytecode::Signature& signature);

}  // namespace noodle::process
