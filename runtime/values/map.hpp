// The hash table of Map and Set: entries in insertion order, and an index of 8-byte cells by open addressing.
//
// Entries are kept in parallel storage arrays (keys, values). A cell is {hash : 32, entry + 1 : 32}, 0 when empty.
// Small tables have no index. The index may be missing at any time (`index` null): it is built when it is next needed,
// so copies of maps need not carry it. Removed entries stay as tombstones, noted in `live` (null: none), until the next
// growth.
// Threads: the thread that runs the process.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

struct Process;

/// A key or value outside of a map, in the form its storage has.
struct MapValue {
  Slot scalar{};
  Object* pointer = nullptr;
};

MapObject* new_map(Process& process, bytecode::TypeIndex type);
/// Entry of a key, or -1. May allocate (index, flat key): the map and the key must be roots. -2: out of memory.
std::int64_t map_find(Process& process, Object*& map, MapValue key, Object*& key_root);
/// An index outside of the heap, for code that must not allocate there.
std::vector<std::uint64_t> make_cells(const Program& program, const MapObject* map);
/// Entry of a key, or -1; never allocates. `cells`, if not null, are used when the map has no index.
std::int64_t map_find_quietly(const Program& program, const MapObject* map, MapValue key,
                              const std::vector<std::uint64_t>* cells = nullptr);
/// True if looking things up in a map without index would be slow.
bool lacks_index(const MapObject* map);
/// Sets or replaces. `value` null for sets. 1: inserted, 0: was there, -1: out of memory.
int map_put(Process& process, Object*& map, MapValue key, Object*& key_root, MapValue value, Object*& value_root);
/// False if there was no such key. Never allocates but for an index: as map_find.
int map_remove(Process& process, Object*& map, MapValue key, Object*& key_root);
void map_clear(MapObject* map);

inline bool is_live(const MapObject* map, std::int64_t entry) {
  return !map->live || map->live->bytes()[entry];
}
/// First live entry at or behind `entry`, or -1.
std::int64_t next_entry(const MapObject* map, std::int64_t entry);
MapValue key_at(const Class& cls, const MapObject* map, std::int64_t entry);
MapValue value_at(const Class& cls, const MapObject* map, std::int64_t entry);
/// The form in which a float key is stored: one zero, one nan.
std::uint64_t canonical_float(std::uint64_t bits);

}  // namespace noodle::vm
