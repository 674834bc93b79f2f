// Natives of List: elements in, out and moved.
#include <algorithm>
#include <limits>

#include "runtime/natives/native_call.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::int64_t kScanStep = 4096;  // elements compared between two looks at the fuel

/// Stores the value argument of a call, in s[s] or p[p], as element `index`.
void store(NativeContext& native, ListObject* list, Storage kind, std::int64_t index, unsigned s, unsigned p) {
  switch (kind) {
    case Storage::scalar:
      list->storage->slots()[index] = native.s[s];
      return;
    case Storage::byte:
      list->storage->bytes()[index] = static_cast<std::uint8_t>(native.s[s].u);
      return;
    case Storage::pointer:
      list->storage->pointers()[index] = native.p[p];
      return;
  }
}

void load(NativeContext& native, const ListObject* list, Storage kind, std::int64_t index) {
  switch (kind) {
    case Storage::scalar:
      native.s[0] = list->storage->slots()[index];
      return;
    case Storage::byte:
      native.s[0].u = list->storage->bytes()[index];
      return;
    case Storage::pointer:
      native.p[0] = list->storage->pointers()[index];
      return;
  }
}

void move_elements(NativeContext& native, ListObject* list, Storage kind, std::int64_t from, std::int64_t to,
                   std::int64_t count) {
  const std::size_t size = element_size(kind);
  std::memmove(element_at(list, size, to), element_at(list, size, from), static_cast<std::size_t>(count) * size);
  native.charge(static_cast<std::size_t>(count) * size / kBytesPerFuelUnit);
}

void clear_pointers(ListObject* list, Storage kind, std::int64_t from, std::int64_t to) {
  if (kind == Storage::pointer) std::fill(list->storage->pointers() + from, list->storage->pointers() + to, nullptr);
}

NativeStatus length(NativeContext& native) {
  return give_int(native, list_at(native, 0)->count);
}

NativeStatus push(NativeContext& native) {
  const Storage kind = element_storage(native, native.p[0]);
  ListObject* list = list_at(native, 0);
  if (list->count == list_capacity(list)) {
    if (!grow_list_by_one(native.process, native.p[0], kind)) return NativeStatus::trap;
    list = list_at(native, 0);
  }
  store(native, list, kind, list->count, 0, 1);
  ++list->count;
  return NativeStatus::ok;
}

NativeStatus insert(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  ListObject* list = list_at(native, 0);
  if (index < 0 || index > list->count) return index_trap(native, index, list->count);
  const Storage kind = element_storage(native, list);
  if (list->count == list_capacity(list)) {
    if (!grow_list_by_one(native.process, native.p[0], kind)) return NativeStatus::trap;
    list = list_at(native, 0);
  }
  move_elements(native, list, kind, index, index + 1, list->count - index);
  store(native, list, kind, index, 1, 1);
  ++list->count;
  return NativeStatus::ok;
}

NativeStatus remove_at(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  ListObject* list = list_at(native, 0);
  if (index < 0 || index >= list->count) return index_trap(native, index, list->count);
  const Storage kind = element_storage(native, list);
  load(native, list, kind, index);
  move_elements(native, list, kind, index + 1, index, list->count - index - 1);
  --list->count;
  clear_pointers(list, kind, list->count, list->count + 1);
  return NativeStatus::ok;
}

/// Position of the first element in [from, to) that is equal to the argument, or -1.
std::int64_t find_element(NativeContext& native, const ListObject* list, std::int64_t from, std::int64_t to) {
  const Storage kind = element_storage(native, list);
  if (kind == Storage::byte) {
    const auto wanted = static_cast<int>(native.s[0].u);
    const void* found = std::memchr(list->storage->bytes() + from, wanted, static_cast<std::size_t>(to - from));
    return found ? static_cast<const std::uint8_t*>(found) - list->storage->bytes() : -1;
  }
  if (kind == Storage::scalar) {
    const Slot* slots = list->storage->slots();
    const bool floating = kind_of(native, element_type(native, list).index) == TypeKind::float_;
    const Slot wanted = native.s[0];
    for (std::int64_t k = from; k < to; ++k) {
      if (floating ? slots[k].f == wanted.f : slots[k].i == wanted.i) return k;
    }
    return -1;
  }
  for (std::int64_t k = from; k < to; ++k) {
    if (values_equal(native.program, list->storage->pointers()[k], native.p[1])) return k;
  }
  return -1;
}

NativeStatus index_of(NativeContext& native) {
  const ListObject* list = list_at(native, 0);
  std::int64_t& from = native.process.native_progress;
  while (from < list->count) {
    const std::int64_t to = std::min(from + kScanStep, list->count);
    const std::int64_t found = find_element(native, list, from, to);
    native.charge(static_cast<std::uint64_t>(to - from) / 8);
    from = to;
    if (found >= 0) {
      end_steps(native.process);
      return give_int(native, found);
    }
    if (from < list->count && out_of_slice(native)) return NativeStatus::again;
  }
  end_steps(native.process);
  return give_int(native, -1);
}

/// New list of the class of p[0] with elements [from, to) of it and room for `more`.
ListObject* copy_range(NativeContext& native, std::int64_t from, std::int64_t to, std::int64_t more) {
  ListObject* copy = new_list(native.process, native.p[0]->class_id(), to - from + more);
  if (!copy) return nullptr;
  const ListObject* list = list_at(native, 0);
  const std::size_t size = element_size(element_storage(native, list));
  if (to > from) {
    const std::size_t bytes = static_cast<std::size_t>(to - from) * size;
    std::memcpy(element_at(copy, size, 0), element_at(list, size, from), bytes);
    native.charge(bytes / kBytesPerFuelUnit);
  }
  copy->count = to - from;
  return copy;
}

NativeStatus slice(NativeContext& native) {
  const std::int64_t count = list_at(native, 0)->count;
  const std::int64_t from = std::clamp<std::int64_t>(native.s[0].i, 0, count);
  const std::int64_t to = std::clamp<std::int64_t>(native.s[1].i, from, count);
  return give(native, copy_range(native, from, to, 0));
}

NativeStatus copy(NativeContext& native) {
  return give(native, copy_range(native, 0, list_at(native, 0)->count, 0));
}

NativeStatus concat(NativeContext& native) {
  const std::int64_t more = list_at(native, 1)->count;
  ListObject* joined = copy_range(native, 0, list_at(native, 0)->count, more);
  if (!joined) return NativeStatus::trap;
  const ListObject* other = list_at(native, 1);
  if (more > 0) {
    const std::size_t size = element_size(element_storage(native, other));
    const std::size_t bytes = static_cast<std::size_t>(more) * size;
    std::memcpy(element_at(joined, size, joined->count), element_at(other, size, 0), bytes);
    native.charge(bytes / kBytesPerFuelUnit);
  }
  joined->count += more;
  return give(native, joined);
}

NativeStatus reverse(NativeContext& native) {
  ListObject* list = list_at(native, 0);
  if (list->count > 1) {
    const auto count = static_cast<std::size_t>(list->count);
    if (element_storage(native, list) == Storage::byte) {
      std::reverse(list->storage->bytes(), list->storage->bytes() + count);
    } else {
      std::reverse(list->storage->pointers(), list->storage->pointers() + count);
    }
    native.charge(count / 8);
  }
  return NativeStatus::ok;
}

NativeStatus clear(NativeContext& native) {
  ListObject* list = list_at(native, 0);
  list->storage = nullptr;
  list->count = 0;
  return NativeStatus::ok;
}

/// list<T>(count, value): count in s[0]; value in s[1] or p[0].
NativeStatus filled(NativeContext& native) {
  const std::int64_t count = native.s[0].i;
  if (count < 0) return native.trap(Code::negative_size, "size " + std::to_string(count) + " is negative");
  if (is_bulk(native.process.heap, static_cast<std::size_t>(count) * sizeof(Slot))) return NativeStatus::again;
  ListObject* list = new_list(native.process, result_type(native), count);
  if (!list) return NativeStatus::trap;
  list->count = count;
  if (count > 0) {
    const auto n = static_cast<std::size_t>(count);
    const Storage kind = element_storage(native, list);
    native.charge(n * element_size(kind) / kBytesPerFuelUnit);
    if (kind == Storage::byte) std::memset(list->storage->bytes(), static_cast<int>(native.s[1].u & 0xff), n);
    if (kind == Storage::scalar) std::fill_n(list->storage->slots(), n, native.s[1]);
    if (kind == Storage::pointer) std::fill_n(list->storage->pointers(), n, native.p[0]);
  }
  return give(native, list);
}

NativeStatus flat(NativeContext& native) {
  std::int64_t total = 0;
  const ListObject* outer = list_at(native, 0);
  for (std::int64_t k = 0; k < outer->count; ++k) {
    total += static_cast<const ListObject*>(outer->storage->pointers()[k])->count;
  }
  ListObject* out = new_list(native.process, result_type(native), total);
  if (!out) return NativeStatus::trap;
  outer = list_at(native, 0);
  const std::size_t size = element_size(element_storage(native, out));
  for (std::int64_t k = 0; k < outer->count; ++k) {
    const auto* inner = static_cast<const ListObject*>(outer->storage->pointers()[k]);
    if (inner->count == 0) continue;
    std::memcpy(element_at(out, size, out->count), element_at(inner, size, 0),
                static_cast<std::size_t>(inner->count) * size);
    out->count += inner->count;
  }
  native.charge(static_cast<std::size_t>(total) * size / kBytesPerFuelUnit +
                static_cast<std::size_t>(outer->count) / 8);
  return give(native, out);
}

NativeStatus sum(NativeContext& native) {
  const ListObject* list = list_at(native, 0);
  const TypeKind kind = kind_of(native, element_type(native, list).index);
  const Storage storage = element_storage(native, list);
  if (storage == Storage::pointer) return native.trap(Code::invalid_argument, "the elements of the list have no sum");
  native.charge(static_cast<std::uint64_t>(list->count) / 8);
  if (kind == TypeKind::float_) {
    double total = 0;
    for (std::int64_t k = 0; k < list->count; ++k) total += list->storage->slots()[k].f;
    return give_float(native, total);
  }
  std::int64_t total = 0;
  for (std::int64_t k = 0; k < list->count; ++k) {
    const std::int64_t value = storage == Storage::byte ? list->storage->bytes()[k] : list->storage->slots()[k].i;
    if (__builtin_add_overflow(total, value, &total)) {
      return native.trap(Code::integer_overflow, "integer overflow: sum of the list");
    }
  }
  if (kind == TypeKind::byte && total > 255) {
    return native.trap(Code::integer_overflow, std::to_string(total) + " does not fit a byte: 0 to 255");
  }
  return give_int(native, total);
}

constexpr NativeEntry kEntries[] = {
    {"list.length", "(List<T>)int", length},
    {"list.push", "(List<T>, T)void", push},
    {"list.insert", "(List<T>, int, T)void", insert},
    {"list.removeAt", "(List<T>, int)T", remove_at},
    {"list.indexOf", "(List<T>, T)int", index_of},
    {"list.slice", "(List<T>, int, int)List<T>", slice},
    {"list.copy", "(List<T>)List<T>", copy},
    {"list.concat", "(List<T>, List<T>)List<T>", concat},
    {"list.reverse", "(List<T>)List<T>", reverse},
    {"list.clear", "(List<T>)void", clear},
    {"list.filled", "(int, T)List<T>", filled},
    {"list.flat", "(List<List<T>>)List<T>", flat},
    {"list.sum", "(List<T>)T", sum},
};

}  // namespace

NativeTable list_natives() {
  return kEntries;
}

}  // namespace noodle::vm
