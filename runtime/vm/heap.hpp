// The heap of one process: bump allocation and copying collection (Cheney). No heap has more than one owner.
//
// The first space is as small as the first allocation allows, then spaces double while more than half of them survives:
// an idle process costs little, a busy one collects rarely. When a heap grows depends on the program alone, never on
// the machine. Threads: the thread that runs the process. Limits: limit_bytes bounds live data plus the wanted
// allocation (1701), the node limit all heaps together (1708).
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::vm {

struct Process;

struct Heap {
  char* next = nullptr;  // next free byte; allocation is `next += size` while next + size <= end
  char* end = nullptr;
  char* start = nullptr;
  std::uint64_t limit_bytes = 0;
  std::uint64_t collected = 0;               // collections so far
  std::uint64_t allocated_bytes_before = 0;  // by earlier spaces, for statistics
  char* space_end = nullptr;       // real end of the space; `end` is lower while every allocation shall collect
  std::uint32_t live_bytes = 0;    // after the last collection, in units of 8
  std::uint16_t recent = 0;        // collections since the process was scheduled
  bool reserve_open = false;       // an error object is being made: the limit may be passed by kErrorReserveBytes
  bool background = false;         // large heaps are collected by the process layer, off the worker
  std::uint64_t wanted_bytes = 0;  // a background collection is needed, with room for so much; 0: none
  bool full = false;  // the last background collection did not make that room: the next is done on the spot
  bool bulk = false;  // the next slice works on a large value: off the worker

  std::size_t used_bytes() const { return static_cast<std::size_t>(next - start); }
  std::size_t capacity_bytes() const { return static_cast<std::size_t>(space_end - start); }
};

constexpr std::size_t kErrorReserveBytes = 8 << 10;
constexpr std::size_t kBackgroundHeapBytes = 4 << 20;
constexpr std::size_t kBulkBytes = 1 << 20;

/// Raw allocation of `size_bytes` (multiple of 8) for a new object of `class_id`; contents are uninitialised after the
/// header. Collects or grows when needed. Null when the limit is reached: then the pending error is 1701 (or 1708).
Object* allocate(Process& process, std::uint32_t class_id, std::uint32_t length, std::size_t size_bytes);
/// Makes room for `size_bytes` so that following allocations of that total cannot collect. False: limit reached.
bool reserve(Process& process, std::size_t size_bytes);
/// Collects now. Roots: P stack of the bound context, saved frames, actor state, roots registered by the process.
/// Runs on any thread while the process does not run.
void collect(Process& process);
/// True when the process stopped because its large heap is full (Heap::background): collect before it runs again.
bool wants_background_collection(const Process& process);
/// True when work on a value of so many bytes would hold a worker up: the caller gives its slice back
/// (NativeStatus::again) and is called again off the worker.
inline bool is_bulk(Heap& heap, std::size_t size_bytes) {
  if (size_bytes < kBulkBytes || !heap.background) return false;
  heap.bulk = true;
  return true;
}
/// Collects into the smallest space that holds the live data; for processes that will be idle.
void trim_heap(Process& process);
/// Frees everything, at the end of a process; the heap can then be used anew.
void release_heap(Process& process);
/// Memory of the heap's space.
std::size_t heap_bytes(const Process& process);
/// Tests: collect at every allocation and overwrite the old space.
void set_gc_stress(bool on);
/// Size of an object in bytes, header included, rounded up to 8.
std::size_t object_size(const Object* object);
inline std::size_t object_size(const Program&, const Object* object) {
  return object_size(object);
}

// Constructors; null when out of memory (pending error set).
Object* new_object(Process& process, const Class& cls);             // plain, zeroed
StringObject* new_string(Process& process, std::string_view utf8);  // precondition: valid UTF-8
/// String of `bytes` bytes whose contents the caller fills at once; 1706 above 256 MiB.
StringObject* new_blank_string(Process& process, std::size_t bytes, std::size_t code_points);
Object* new_bytes(Process& process, std::string_view bytes);
Object* new_box(Process& process, bytecode::TypeIndex box_type, Slot value);
ListObject* new_list(Process& process, bytecode::TypeIndex list_type, std::int64_t capacity);
/// Error object with code and message; `cause` may be null. Never fails: falls back to a static out-of-memory error.
Object* new_error(Process& process, std::uint16_t code, std::string_view message, Object* cause);
/// The flat form of a String that may be a rope; may allocate (null: out of memory).
StringObject* flat_string(Process& process, Object*& string_root);

/// Storage array of `capacity` elements, zeroed beyond `used_bytes`; null when out of memory.
Object* new_storage(Process& process, Storage kind, std::int64_t capacity);
/// Longest String or Bytes, in bytes (1706).
constexpr std::size_t kLargestTextBytes = 256u << 20;

/// Physical slots of Error objects.
enum ErrorSlot { kErrorCode, kErrorMessage, kErrorData, kErrorCause, kErrorTrace };

}  // namespace noodle::vm
