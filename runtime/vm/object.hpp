// Objects on a process heap: an 8-byte header and untagged 8-byte slots.
//
// Header: bit 0 = 1 (a forwarding pointer has 0), bits 1-7 flags, bits 8-31 class id, bits 32-63 length.
// Class ids are the module's type indexes. Indexes 0-6 name scalar types in NBC, which have no objects; at run time
// these ids are the internal storage classes below.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace noodle::vm {

union Slot {
  std::int64_t i;
  double f;
  std::uint64_t u;
};

/// Internal storage classes, in the class ids of the scalar types.
enum InternalClass : std::uint32_t {
  kScalarArray = 0,   // length = capacity, 8-byte elements
  kPointerArray = 1,  // length = capacity, Object* elements, unused ones null
  kByteArray = 2,     // length = capacity in bytes (lists of bool and byte; index tables of maps)
  kRope = 3,          // lazy concatenation, statically a String; see rope.hpp
  kMapStorage = 4     // reserved for the map implementation
};

/// kFlagFlat: a rope whose first slot is its flat String.
enum ObjectFlag : std::uint64_t { kFlagStatic = 2, kFlagMarked = 4, kFlagVisited = 8, kFlagFlat = 16 };

struct Object {
  std::uint64_t header;

  std::uint32_t class_id() const { return static_cast<std::uint32_t>(header >> 8) & 0xffffff; }
  std::uint32_t length() const { return static_cast<std::uint32_t>(header >> 32); }
  bool is_static() const { return header & kFlagStatic; }
  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
  const Slot* slots() const { return reinterpret_cast<const Slot*>(this + 1); }
  Object** pointers() { return reinterpret_cast<Object**>(this + 1); }
  Object* const* pointers() const { return reinterpret_cast<Object* const*>(this + 1); }
  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }
  const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(this + 1); }
};

constexpr std::uint64_t make_header(std::uint32_t class_id, std::uint32_t length, std::uint64_t flags = 0) {
  return std::uint64_t{length} << 32 | std::uint64_t{class_id} << 8 | flags | 1;
}

/// Plain objects (classes, records, enum cases, closures, cells, boxes, ActorRefs): length = slots, in field order
/// (inherited first); which slots are pointers is in the Class. Boxes: one scalar slot.

/// String (kString), flat form: length = bytes; slot 0 = {code points : 32, hash : 32 (0 = not computed)}, then UTF-8.
/// ASCII when code points == bytes. A pointer typed String may also be a kRope: `flat_string` first.
struct StringObject : Object {
  std::uint32_t code_points;
  std::uint32_t hash;
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {data(), length()}; }
  bool is_ascii() const { return code_points == length(); }
};
static_assert(sizeof(StringObject) == 16);

/// Bytes (kBytes): length = bytes, the bytes follow the header; immutable.

/// List<T>: 2 slots: storage array (kScalarArray, kPointerArray or kByteArray by T; null while capacity is 0), element
/// count.
struct ListObject : Object {
  Object* storage;
  std::int64_t count;
};

/// Map<K,V> and Set<T>: insertion-ordered open addressing; 8 slots. keys and values are storage arrays by kind (values
/// null in sets), index is a kByteArray of 32-bit entries (0 empty, else entry + 1). Removed entries are tombstones in
/// `live` (kByteArray, 1 = present) until the next compaction.
struct MapObject : Object {
  Object* keys;
  Object* values;
  Object* index;
  Object* live;
  std::int64_t count;    // present entries
  std::int64_t used;     // entries in keys, tombstones included
  std::int64_t version;  // counts insertions and removals: `for` traps 1608 when it changes
  std::int64_t cursor;   // unused, 0
};

/// ActorRef<A>: one scalar slot, the process id.
struct ActorRefObject : Object {
  std::uint64_t pid;
};

}  // namespace noodle::vm
