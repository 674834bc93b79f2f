// Run-time classes of a program: layouts, method tables, ancestors, hashes that other nodes know a type by.
#pragma once

#include "runtime/bytecode/module_view.hpp"
#include "runtime/vm/link_arena.hpp"

namespace noodle::vm {

/// Fills classes, type_by_name, type_by_layout and actor_ref_type. Precondition: program.functions has its final size.
void link_classes(Program& program, const bytecode::ModuleView& view, LinkArena& arena);

}  // namespace noodle::vm
