#include "runtime/values/map.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {
namespace {

constexpr std::int64_t kLinearEntries = 8;  // tables up to here are searched without index
constexpr std::int64_t kFirstCapacity = 4;
constexpr std::int64_t kLargestCapacity = 1 << 28;
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr std::uint64_t kExponent = 0x7ff0000000000000;
constexpr std::uint64_t kNan = 0x7ff8000000000000;

std::size_t array_bytes(std::size_t payload) {
  return sizeof(Object) + ((payload + 7) & ~std::size_t{7});
}
std::size_t storage_bytes(Storage kind, std::int64_t capacity) {
  return array_bytes(static_cast<std::size_t>(capacity) * (kind == Storage::byte ? 1 : sizeof(Slot)));
}

std::int64_t capacity_of(const Class& cls, const MapObject* map) {
  if (!map->keys) return 0;
  // Byte arrays are rounded up to whole words; keys and values agree on the smaller.
  std::int64_t capacity = map->keys->length();
  if (cls.kind == bytecode::TypeKind::map && map->values) {
    capacity = std::min<std::int64_t>(capacity, map->values->length());
  }
  return capacity;
}

/// The cells of an index; their number is a power of two.
struct Cells {
  std::uint64_t* first;
  std::uint64_t mask;
};

Cells cells_of(Object* index) {
  return {&index->slots()->u, index->length() / sizeof(std::uint64_t) - 1};
}

std::uint64_t make_cell(std::uint32_t hash, std::int64_t entry) {
  return std::uint64_t{hash} << 32 | static_cast<std::uint32_t>(entry + 1);
}

bool is_text(const Object* object) {
  return object->class_id() == bytecode::kString;
}

/// A key to look for, with its hash.
struct Probe {
  MapValue key;
  std::uint32_t hash = 0;
  Storage kind;
  bool text = false;
};

bool is_float_key(const Program& program, const Class& cls) {
  return program.classes[cls.def->args[0].index].kind == bytecode::TypeKind::float_;
}

Probe make_probe(const Program& program, const Class& cls, MapValue key) {
  Probe probe{key, 0, cls.element, false};
  if (cls.element == Storage::pointer) {
    probe.text = key.pointer && is_text(key.pointer);
    probe.hash = probe.text ? hash_text(key.pointer) : value_hash(program, key.pointer);
    return probe;
  }
  std::uint64_t bits = key.scalar.u;
  if (cls.element == Storage::byte) bits &= 0xff;
  const bool special = bits == kSignBit || (bits & kExponent) == kExponent;
  if (special && is_float_key(program, cls)) bits = canonical_float(bits);
  probe.key.scalar.u = bits;
  probe.hash = hash_scalar(bits);
  return probe;
}

bool same_text(const Object* left, const Object* right) {
  const auto* a = static_cast<const StringObject*>(left);
  const auto* b = static_cast<const StringObject*>(right);
  return a->length() == b->length() && std::memcmp(a->data(), b->data(), a->length()) == 0;
}

bool entry_matches(const Program& program, const MapObject* map, std::int64_t entry, const Probe& probe) {
  switch (probe.kind) {
    case Storage::scalar:
      return map->keys->slots()[entry].u == probe.key.scalar.u && is_live(map, entry);
    case Storage::byte:
      return map->keys->bytes()[entry] == probe.key.scalar.u && is_live(map, entry);
    case Storage::pointer:
      break;
  }
  const Object* key = map->keys->pointers()[entry];
  if (!is_live(map, entry)) return false;
  if (key == probe.key.pointer) return true;
  if (!key || !probe.key.pointer) return false;
  if (probe.text && is_text(key)) return same_text(key, probe.key.pointer);
  return values_equal(program, key, probe.key.pointer, NanRule::equal);
}

std::int64_t find_linear(const Program& program, const MapObject* map, const Probe& probe) {
  for (std::int64_t entry = 0; entry < map->used; ++entry) {
    if (probe.text) {
      const Object* key = map->keys->pointers()[entry];
      if (key && is_text(key) && key->length() != probe.key.pointer->length()) continue;
    }
    if (entry_matches(program, map, entry, probe)) return entry;
  }
  return -1;
}

std::int64_t find_indexed(const Program& program, const MapObject* map, const Cells& cells, const Probe& probe) {
  for (std::uint64_t at = probe.hash;; ++at) {
    const std::uint64_t cell = cells.first[at & cells.mask];
    if (cell == 0) return -1;
    if (cell >> 32 != probe.hash) continue;
    const auto entry = static_cast<std::int64_t>(cell & 0xffffffff) - 1;
    if (entry_matches(program, map, entry, probe)) return entry;
  }
}

std::int64_t find(const Program& program, const MapObject* map, const Probe& probe) {
  return map->index ? find_indexed(program, map, cells_of(map->index), probe) : find_linear(program, map, probe);
}

void add_cell(const Cells& cells, std::uint32_t hash, std::int64_t entry) {
  std::uint64_t at = hash;
  while (cells.first[at & cells.mask]) ++at;
  cells.first[at & cells.mask] = make_cell(hash, entry);
}

/// Cells for `capacity` entries: at most three quarters are taken.
std::int64_t cells_for(std::int64_t capacity) {
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(capacity + capacity / 3 + 1)));
}

void fill_cells(const Program& program, const Class& cls, const MapObject* map, const Cells& cells) {
  for (std::int64_t entry = 0; entry < map->used; ++entry) {
    if (!is_live(map, entry)) continue;
    add_cell(cells, make_probe(program, cls, key_at(cls, map, entry)).hash, entry);
  }
}

void fill_index(const Program& program, const Class& cls, MapObject* map, Object* index) {
  std::memset(index->bytes(), 0, index->length());
  map->index = index;
  fill_cells(program, cls, map, cells_of(index));
}

Object* new_index(Process& process, std::int64_t capacity) {
  const std::size_t bytes = static_cast<std::size_t>(cells_for(capacity)) * sizeof(std::uint64_t);
  return allocate(process, kByteArray, static_cast<std::uint32_t>(bytes), array_bytes(bytes));
}

/// An index where one is needed. False: out of memory.
bool provide_index(Process& process, const Class& cls, Object*& map_root) {
  auto* map = static_cast<MapObject*>(map_root);
  if (map->index || map->used <= kLinearEntries) return true;
  Object* index = new_index(process, capacity_of(cls, map));
  if (!index) return false;
  map = static_cast<MapObject*>(map_root);
  fill_index(*process.program, cls, map, index);
  process.fuel -= map->used / 4;
  return true;
}

/// Moves the live entries into arrays of `capacity`, and builds their index. False: out of memory.
bool rebuild(Process& process, const Class& cls, Object*& map_root, std::int64_t capacity) {
  const bool has_values = cls.kind == bytecode::TypeKind::map;
  const bool indexed = capacity > kLinearEntries;
  if (capacity > kLargestCapacity) return reserve(process, ~std::size_t{0} / 2);  // refuses
  std::size_t bytes = storage_bytes(cls.element, capacity);
  if (has_values) bytes += storage_bytes(cls.value, capacity);
  if (indexed) bytes += array_bytes(static_cast<std::size_t>(cells_for(capacity)) * sizeof(std::uint64_t));
  if (!reserve(process, bytes)) return false;
  Object* keys = new_storage(process, cls.element, capacity);
  Object* values = has_values ? new_storage(process, cls.value, capacity) : nullptr;
  Object* index = indexed ? new_index(process, capacity) : nullptr;
  auto* map = static_cast<MapObject*>(map_root);
  std::int64_t to = 0;
  const auto move = [&](Object* target, const Object* source, Storage kind, std::int64_t from) {
    if (kind == Storage::byte) {
      target->bytes()[to] = source->bytes()[from];
    } else {
      target->slots()[to] = source->slots()[from];
    }
  };
  for (std::int64_t from = 0; from < map->used; ++from) {
    if (!is_live(map, from)) continue;
    move(keys, map->keys, cls.element, from);
    if (has_values) move(values, map->values, cls.value, from);
    ++to;
  }
  map->keys = keys;
  map->values = values;
  map->live = nullptr;
  map->index = nullptr;
  map->used = to;
  if (indexed) fill_index(*process.program, cls, map, index);
  process.fuel -= to / 4;
  return true;
}

/// Room for one entry more.
bool make_room(Process& process, const Class& cls, Object*& map_root) {
  const auto* map = static_cast<const MapObject*>(map_root);
  const std::int64_t capacity = capacity_of(cls, map);
  if (map->used < capacity) return true;
  // Many tombstones: the same capacity will do.
  const bool sparse = map->count < map->used - map->used / 4;
  return rebuild(process, cls, map_root, std::max(kFirstCapacity, sparse ? capacity : capacity * 2));
}

void store(Object* array, Storage kind, std::int64_t entry, const MapValue& value) {
  switch (kind) {
    case Storage::scalar:
      array->slots()[entry] = value.scalar;
      return;
    case Storage::byte:
      array->bytes()[entry] = static_cast<std::uint8_t>(value.scalar.u);
      return;
    case Storage::pointer:
      array->pointers()[entry] = value.pointer;
      return;
  }
}

MapValue load(const Object* array, Storage kind, std::int64_t entry) {
  switch (kind) {
    case Storage::scalar:
      return {array->slots()[entry], nullptr};
    case Storage::byte:
      return {Slot{.u = array->bytes()[entry]}, nullptr};
    default:
      return {Slot{}, array->pointers()[entry]};
  }
}

/// A key that is a rope becomes flat. False: out of memory.
bool flatten_key(Process& process, const Class& cls, Object*& key_root) {
  if (cls.element != Storage::pointer || !key_root || key_root->class_id() != kRope) return true;
  return flat_string(process, key_root) != nullptr;
}

}  // namespace

std::uint64_t canonical_float(std::uint64_t bits) {
  if (bits == kSignBit) return 0;
  return (bits & ~kSignBit) > kExponent ? kNan : bits;
}

MapObject* new_map(Process& process, bytecode::TypeIndex type) {
  auto* map = static_cast<MapObject*>(allocate(process, type, 8, sizeof(MapObject)));
  if (map) std::memset(map->slots(), 0, sizeof(MapObject) - sizeof(Object));
  return map;
}

std::int64_t map_find(Process& process, Object*& map_root, MapValue key, Object*& key_root) {
  const Class& cls = process.program->class_of(map_root);
  if (!flatten_key(process, cls, key_root) || !provide_index(process, cls, map_root)) return -2;
  const auto* map = static_cast<const MapObject*>(map_root);
  if (map->count == 0) return -1;
  const Probe probe = make_probe(*process.program, cls, {key.scalar, key_root});
  return find(*process.program, map, probe);
}

bool lacks_index(const MapObject* map) {
  return !map->index && map->used > kLinearEntries;
}

std::vector<std::uint64_t> make_cells(const Program& program, const MapObject* map) {
  std::vector<std::uint64_t> cells(static_cast<std::size_t>(cells_for(map->used)));
  fill_cells(program, program.class_of(map), map, {cells.data(), cells.size() - 1});
  return cells;
}

std::int64_t map_find_quietly(const Program& program, const MapObject* map, MapValue key,
                              const std::vector<std::uint64_t>* cells) {
  if (map->count == 0) return -1;
  const Probe probe = make_probe(program, program.class_of(map), key);
  if (map->index || !cells) return find(program, map, probe);
  return find_indexed(program, map, {const_cast<std::uint64_t*>(cells->data()), cells->size() - 1}, probe);
}

int map_put(Process& process, Object*& map_root, MapValue key, Object*& key_root, MapValue value, Object*& value_root) {
  const Class& cls = process.program->class_of(map_root);
  if (!flatten_key(process, cls, key_root) || !provide_index(process, cls, map_root)) return -1;
  auto* map = static_cast<MapObject*>(map_root);
  const Probe probe = make_probe(*process.program, cls, {key.scalar, key_root});
  const bool has_values = cls.kind == bytecode::TypeKind::map;
  if (map->count > 0) {
    const std::int64_t found = find(*process.program, map, probe);
    if (found >= 0) {
      if (has_values) store(map->values, cls.value, found, {value.scalar, value_root});
      return 0;
    }
  }
  if (!make_room(process, cls, map_root)) return -1;
  map = static_cast<MapObject*>(map_root);
  const std::int64_t entry = map->used++;
  store(map->keys, cls.element, entry, {probe.key.scalar, key_root});
  if (has_values) store(map->values, cls.value, entry, {value.scalar, value_root});
  if (map->live) map->live->bytes()[entry] = 1;
  if (map->index) add_cell(cells_of(map->index), probe.hash, entry);
  ++map->count;
  ++map->version;
  return 1;
}

int map_remove(Process& process, Object*& map_root, MapValue key, Object*& key_root) {
  const std::int64_t entry = map_find(process, map_root, key, key_root);
  if (entry < 0) return entry == -2 ? -1 : 0;
  const Class& cls = process.program->class_of(map_root);
  auto* map = static_cast<MapObject*>(map_root);
  if (map->count == 1) {
    const std::int64_t version = map->version;
    map_clear(map);
    map->version = version + 1;
    return 1;
  }
  if (!map->live) {
    const std::int64_t capacity = capacity_of(cls, map);
    Object* live = new_storage(process, Storage::byte, capacity);
    if (!live) return -1;
    map = static_cast<MapObject*>(map_root);
    std::memset(live->bytes(), 1, live->length());
    map->live = live;
  }
  map->live->bytes()[entry] = 0;
  if (cls.element == Storage::pointer) map->keys->pointers()[entry] = nullptr;
  if (cls.kind == bytecode::TypeKind::map && cls.value == Storage::pointer) map->values->pointers()[entry] = nullptr;
  if (entry == map->used - 1 && !map->index) --map->used;
  --map->count;
  ++map->version;
  return 1;
}

void map_clear(MapObject* map) {
  const std::int64_t version = map->version + (map->count > 0);
  std::memset(map->slots(), 0, sizeof(MapObject) - sizeof(Object));
  map->version = version;
}

std::int64_t next_entry(const MapObject* map, std::int64_t entry) {
  for (std::int64_t k = std::max<std::int64_t>(entry, 0); k < map->used; ++k) {
    if (is_live(map, k)) return k;
  }
  return -1;
}

MapValue key_at(const Class& cls, const MapObject* map, std::int64_t entry) {
  return load(map->keys, cls.element, entry);
}

MapValue value_at(const Class& cls, const MapObject* map, std::int64_t entry) {
  return load(map->values, cls.value, entry);
}

}  // namespace noodle::vm
