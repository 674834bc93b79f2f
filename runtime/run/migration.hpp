// A process on its way to another version of its program (migration.cpp): the old state, until the new one holds.
//
// Threads: the owner of the process.
#pragma once

#include <memory>
#include <vector>

#include "runtime/process/control.hpp"
#include "runtime/swap/plan.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::process {

struct Migration {
  explicit Migration(Run& of);
  ~Migration();
  Migration(const Migration&) = delete;
  Migration& operator=(const Migration&) = delete;

  Run& run;                                      // counts those on the way
  std::uint64_t number = 0;                      // of the version
  std::shared_ptr<const LoadedProgram> program;  // the new version
  std::shared_ptr<const swap::Plan> plan;
  const swap::ActorMove* move = nullptr;  // in the plan
  // What it goes back to when the new version does not take it.
  vm::Heap old_heap;
  vm::Object* old_state = nullptr;
  const LoadedProgram* old_program = nullptr;
  const ActorInfo* old_actor = nullptr;
  std::unique_ptr<vm::Root> record;  // what `on migrate` takes
  std::size_t initials_done = 0;
  bool migrates = false;  // `on migrate` runs
};

}  // namespace noodle::process
