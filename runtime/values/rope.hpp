// Texts: Strings in whatever form they have. A long concatenation is a rope (kRope), put together when it is first
// read.
//
// A rope has 3 slots: first, second, byte length. Its forms:
//   tree     first and second are the left and right text
//   builder  first is a kByteArray (8 bytes: how much of it is used; then text), second is null: the text is the first
//            `byte length` bytes after that. Appending to the newest builder of an array writes behind it, so a loop of
//            `text += part` costs time proportional to the text.
//   flat     kFlagFlat: first is the flat String, second is null; a collection puts the String in the rope's place
// Threads: the thread that runs the process.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/vm/object.hpp"

namespace noodle::vm {

struct Process;

constexpr std::size_t kRopeFromBytes = 256;

/// Size of a text in bytes; never allocates.
std::size_t text_bytes(const Object* text);
/// Writes the text_bytes(text) bytes of a text; allocates nothing on the process heap.
void copy_text(const Object* text, char* out);
/// True if the text lies in one piece, without making it flat; then `view` is set. Valid until the next allocation.
bool contiguous_text(const Object* text, std::string_view& view);
/// Concatenation of `count` >= 1 texts, which must be roots; null with 1706 or 1701 pending.
Object* concatenate(Process& process, Object** texts, unsigned count);
/// -1, 0, 1 by code point. Texts must be roots; they are made flat. `failed` is set when there is no memory.
int compare_texts(Process& process, Object*& left, Object*& right, bool& failed);
bool equal_texts(Process& process, Object*& left, Object*& right, bool& failed);

}  // namespace noodle::vm
