// Natives of Map and Set.
//
// Windows hold the scalars in s and the pointers in p, in order: a key is in s[0] or p[1] (p[0] is the collection), a
// value behind it.
#include "runtime/natives/native_call.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

const Class& class_of(NativeContext& native) {
  return native.program.class_of(native.p[0]);
}
MapObject* map_at(NativeContext& native) {
  return static_cast<MapObject*>(native.p[0]);
}

/// A null pointer register for calls whose key or value is a scalar.
Object*& no_pointer() {
  static thread_local Object* none = nullptr;
  none = nullptr;
  return none;
}

/// Key argument: its scalar and the register of its pointer.
struct Key {
  MapValue value;
  Object*& root;
};

Key key_argument(NativeContext& native) {
  if (class_of(native).element == Storage::pointer) return {{Slot{}, native.p[1]}, native.p[1]};
  return {{native.s[0], nullptr}, no_pointer()};
}

/// Entry of the key argument: -1 missing, -2 out of memory.
std::int64_t find(NativeContext& native) {
  const Key key = key_argument(native);
  return map_find(native.process, native.p[0], key.value, key.root);
}

/// Gives an element in s[0] or p[0], by its storage.
NativeStatus give_element(NativeContext& native, Storage kind, const MapValue& value) {
  if (kind == Storage::pointer) {
    native.p[0] = value.pointer;
  } else {
    native.s[0] = value.scalar;
  }
  return NativeStatus::ok;
}

NativeStatus create(NativeContext& native) {
  return give(native, new_map(native.process, result_type(native)));
}
NativeStatus length(NativeContext& native) {
  return give_int(native, map_at(native)->count);
}
NativeStatus version(NativeContext& native) {
  return give_int(native, map_at(native)->version);
}

NativeStatus at(NativeContext& native) {
  const std::int64_t entry = find(native);
  if (entry >= 0)
    return give_element(native, class_of(native).value, value_at(class_of(native), map_at(native), entry));
  if (entry == -2) return NativeStatus::trap;
  constexpr std::size_t kShownBytes = 60;
  const Class& cls = class_of(native);
  const std::string key = cls.element == Storage::pointer
                              ? value_text(native.program, native.p[1], kShownBytes)
                              : scalar_text(native.program, cls.def->args[0].index, native.s[0]);
  return native.trap(Code::missing_key, "the map has no key " + key);
}

NativeStatus get(NativeContext& native) {
  const std::int64_t entry = find(native);
  if (entry == -2) return NativeStatus::trap;
  if (entry == -1) {
    native.p[0] = nullptr;
    return NativeStatus::ok;
  }
  const Storage kind = class_of(native).value;
  const MapValue value = value_at(class_of(native), map_at(native), entry);
  if (kind == Storage::pointer) return give_element(native, kind, value);
  return give(native, new_box(native.process, result_type(native), value.scalar));
}

NativeStatus has(NativeContext& native) {
  const std::int64_t entry = find(native);
  return entry == -2 ? NativeStatus::trap : give_bool(native, entry >= 0);
}

NativeStatus put(NativeContext& native) {
  const Class& cls = class_of(native);
  const bool pointer_key = cls.element == Storage::pointer;
  const Key key = key_argument(native);
  int put = 0;
  if (cls.value == Storage::pointer) {
    Object*& value = native.p[pointer_key ? 2 : 1];
    put = map_put(native.process, native.p[0], key.value, key.root, {Slot{}, value}, value);
  } else {
    Object* none = nullptr;
    put = map_put(native.process, native.p[0], key.value, key.root, {native.s[pointer_key ? 0 : 1], nullptr}, none);
  }
  return put < 0 ? NativeStatus::trap : NativeStatus::ok;
}

NativeStatus add(NativeContext& native) {
  const Key key = key_argument(native);
  Object* none = nullptr;
  const int put = map_put(native.process, native.p[0], key.value, key.root, {}, none);
  return put < 0 ? NativeStatus::trap : give_bool(native, put == 1);
}

NativeStatus put_member(NativeContext& native) {
  const Key key = key_argument(native);
  Object* none = nullptr;
  return map_put(native.process, native.p[0], key.value, key.root, {}, none) < 0 ? NativeStatus::trap
                                                                                 : NativeStatus::ok;
}

NativeStatus remove(NativeContext& native) {
  const Key key = key_argument(native);
  const int removed = map_remove(native.process, native.p[0], key.value, key.root);
  return removed < 0 ? NativeStatus::trap : give_bool(native, removed == 1);
}

NativeStatus clear(NativeContext& native) {
  map_clear(map_at(native));
  return NativeStatus::ok;
}

/// New list of the keys or values.
NativeStatus listed(NativeContext& native, bool keys) {
  ListObject* list = new_list(native.process, result_type(native), map_at(native)->count);
  if (!list) return NativeStatus::trap;
  const Class& cls = class_of(native);
  const MapObject* map = map_at(native);
  const Storage kind = keys ? cls.element : cls.value;
  for (std::int64_t entry = next_entry(map, 0); entry >= 0; entry = next_entry(map, entry + 1)) {
    const MapValue value = keys ? key_at(cls, map, entry) : value_at(cls, map, entry);
    const std::int64_t index = list->count++;
    switch (kind) {
      case Storage::scalar:
        list->storage->slots()[index] = value.scalar;
        break;
      case Storage::byte:
        list->storage->bytes()[index] = static_cast<std::uint8_t>(value.scalar.u);
        break;
      case Storage::pointer:
        list->storage->pointers()[index] = value.pointer;
        break;
    }
  }
  native.charge(static_cast<std::uint64_t>(map->used) / 4);
  return give(native, list);
}

NativeStatus keys(NativeContext& native) {
  return listed(native, true);
}
NativeStatus values(NativeContext& native) {
  return listed(native, false);
}

/// s[0] position, s[1] version.
NativeStatus next(NativeContext& native) {
  const MapObject* map = map_at(native);
  if (map->version != native.s[1].i) {
    return native.trap(Code::resized_in_loop, "entries were added or removed inside the collection's own for");
  }
  const std::int64_t entry = next_entry(map, native.s[0].i);
  native.charge(static_cast<std::uint64_t>(entry < 0 ? map->used - native.s[0].i : entry - native.s[0].i) / 8);
  return give_int(native, entry);
}

bool is_entry(const MapObject* map, std::int64_t entry) {
  return entry >= 0 && entry < map->used && is_live(map, entry);
}

NativeStatus key_of_entry(NativeContext& native) {
  const std::int64_t entry = native.s[0].i;
  if (!is_entry(map_at(native), entry)) return index_trap(native, entry, map_at(native)->used);
  return give_element(native, class_of(native).element, key_at(class_of(native), map_at(native), entry));
}

NativeStatus value_of_entry(NativeContext& native) {
  const std::int64_t entry = native.s[0].i;
  if (!is_entry(map_at(native), entry)) return index_trap(native, entry, map_at(native)->used);
  return give_element(native, class_of(native).value, value_at(class_of(native), map_at(native), entry));
}

constexpr NativeEntry kEntries[] = {
    {"map.new", "()Map<K, V>", create},
    {"map.length", "(Map<K, V>)int", length},
    {"map.at", "(Map<K, V>, K)V", at},
    {"map.get", "(Map<K, V>, K)V?", get},
    {"map.has", "(Map<K, V>, K)bool", has},
    {"map.put", "(Map<K, V>, K, V)void", put},
    {"map.set", "(Map<K, V>, K, V)void", put},
    {"map.remove", "(Map<K, V>, K)bool", remove},
    {"map.clear", "(Map<K, V>)void", clear},
    {"map.keys", "(Map<K, V>)List<K>", keys},
    {"map.values", "(Map<K, V>)List<V>", values},
    {"map.version", "(Map<K, V>)int", version},
    {"map.next", "(Map<K, V>, int, int)int", next},
    {"map.key_at", "(Map<K, V>, int)K", key_of_entry},
    {"map.value_at", "(Map<K, V>, int)V", value_of_entry},
    {"set.new", "()Set<T>", create},
    {"set.length", "(Set<T>)int", length},
    {"set.add", "(Set<T>, T)bool", add},
    {"set.put", "(Set<T>, T)void", put_member},
    {"set.has", "(Set<T>, T)bool", has},
    {"set.remove", "(Set<T>, T)bool", remove},
    {"set.clear", "(Set<T>)void", clear},
    {"set.values", "(Set<T>)List<T>", keys},
    {"set.version", "(Set<T>)int", version},
    {"set.next", "(Set<T>, int, int)int", next},
    {"set.key_at", "(Set<T>, int)T", key_of_entry},
};

}  // namespace

NativeTable map_natives() {
  return kEntries;
}

}  // namespace noodle::vm
