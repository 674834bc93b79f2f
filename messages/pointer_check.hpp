// Pointer check: walks the pointers of one foreign Cap'n Proto segment before anything reads it.
//
// Encoding: https://capnproto.org/encoding.html, "Serialization". Accepted is a tree: every word belongs to at most one
// object, so reading the whole message touches each word once and cannot be amplified by shared pointers.
// Limits: kMaxMessageNesting. Errors: 6001.
#pragma once

#include <cstdint>
#include <span>

#include "messages/error.hpp"

namespace noodle {

/// `words` = the segment; word 0 is the root pointer.
Result<void> check_pointers(std::span<const std::uint64_t> words);

}  // namespace noodle
