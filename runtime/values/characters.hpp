// Static one-character Strings, so that taking an ASCII character out of a text allocates nothing.
#pragma once

#include "runtime/vm/object.hpp"

namespace noodle::vm {

/// The static empty String.
Object* empty_text();
/// The static String of one ASCII character. Precondition: code < 128.
Object* ascii_text(std::uint32_t code);

}  // namespace noodle::vm
