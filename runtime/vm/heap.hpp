// The heap of one process: bump allocation and copying collection (Cheney). No heap has more than one owner.
//
// Threads: the thread that runs the process. Limits: limit_bytes, checked when the heap grows (1701).
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

struct Process;

struct Heap {
  char* next = nullptr;           // next free byte; allocation is `next += size` while next + size <= end
  char* end = nullptr;
  char* start = nullptr;
  std::uint64_t limit_bytes = 0;
  std::uint64_t collected = 0;    // collections so far
  std::uint64_t allocated_bytes_before = 0;   // by earlier spaces, for statistics

  std::size_t used_bytes() const { return static_cast<std::size_t>(next - start); }
  std::size_t capacity_bytes() const { return static_cast<std::size_t>(end - start); }
};

/// Raw allocation of `size_bytes` (multiple of 8) for a new object of `class_id`; contents are uninitialised after the
/// header. Collects or grows when needed. Null when the limit is reached: then the pending error is 1701 (or 1708).
Object* allocate(Process& process, std::uint32_t class_id, std::uint32_t length, std::size_t size_bytes);
/// Makes room for `size_bytes` so that following allocations of that total cannot collect. False: limit reached.
bool reserve(Process& process, std::size_t size_bytes);
/// Collects now. Roots: P stack of the bound context, saved frames, actor state, roots registered by the process.
void collect(Process& process);
/// Size of an object in bytes, header included, rounded up to 8.
std::size_t object_size(const Program& program, const Object* object);

// Constructors; null when out of memory (pending error set).
Object* new_object(Process& process, const Class& cls);                       // plain, zeroed
StringObject* new_string(Process& process, std::string_view utf8);           // precondition: valid UTF-8
Object* new_bytes(Process& process, std::string_view bytes);
Object* new_box(Process& process, bytecode::TypeIndex box_type, Slot value);
ListObject* new_list(Process& process, bytecode::TypeIndex list_type, std::int64_t capacity);
/// Error object with code and message; `cause` may be null. Never fails: falls back to a static out-of-memory error.
Object* new_error(Process& process, std::uint16_t code, std::string_view message, Object* cause);
/// The flat form of a String that may be a rope; may allocate (null: out of memory).
StringObject* flat_string(Process& process, Object*& string_root);

}  // namespace noodle::vm
