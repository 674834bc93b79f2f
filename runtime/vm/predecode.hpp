// Predecoding: 32-bit portable words of a verified function -> 64-bit running words (handlers.def).
#pragma once

#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/module_view.hpp"
#include "runtime/vm/link_arena.hpp"

namespace noodle::vm {

/// Fills code, portable_word and catches of function `index`. `field_objects`: the verifier's types of the objects in
/// its field instructions. Precondition: classes, natives, strings and static closures of the program are linked.
/// Errors: 1516 when a branch is too far for a running word.
Result<void> predecode(Program& program, std::uint32_t index, const bytecode::ModuleView& view,
                       const std::vector<bytecode::TypeIndex>& field_objects, LinkArena& arena);

// Coverage: a mark has a handler of its own, which replaces itself with a jump to the next word when it is first
// reached. So it costs something once, and the code itself remembers what was reached. Marks are reached by many
// workers at once; they are read when no process of the program runs any more.
void reach_mark(const std::uint64_t* word);
/// Was the mark at a portable word of the function reached?
bool is_reached(const Function& function, std::uint32_t portable_word);

}  // namespace noodle::vm
