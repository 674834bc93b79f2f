// Generates well-typed, terminating NoodleCore programs from a seed.
#pragma once

#include <cstdint>
#include <string>

namespace noodle::reference {

/// The same seed gives the same text on every machine. Programs print values and may end with an uncaught error; loops
/// have literal bounds and calls go only to functions declared before, so every program ends.
std::string generate_program(std::uint64_t seed);

}  // namespace noodle::reference
