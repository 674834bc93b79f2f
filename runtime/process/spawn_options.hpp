// Reads `spawn ... with { ... }`.
//
// Errors: 1613 for values out of range, 8002 and 8003 for capabilities.
#pragma once

#include "runtime/process/lifecycle.hpp"

namespace noodle::process {

/// Settings of a SpawnOptions object of `spawner`; limits start from those of the spawner's run.
Result<SpawnSettings> read_spawn_options(const ProcessControl& spawner, const vm::Object* options);

}  // namespace noodle::process
