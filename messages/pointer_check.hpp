// Pointer check: walks the pointers of one foreign Cap'n Proto segment before anything reads it.
//
// Encoding: https://capnproto.org/encoding.html, "Serialization". Walking everything
// may visit no more words than the segment has, which a tree never does: shared pointers cannot amplify a message.
// Limits: kMaxMessageNesting. Errors: 6001.
#pragma once

#include <cstdint>
#include <span>

#include "messages/error.hpp"

namespace noodle {

/// `words` = the segment; word 0 is the root pointer.
Result<void> check_pointers(std::span<const std::uint64_t> words);

}  // namespace noodle
