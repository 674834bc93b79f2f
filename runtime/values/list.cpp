#include "runtime/values/list.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {
namespace {

constexpr std::int64_t kFirstCapacity = 4;
constexpr std::int64_t kDoubleBelow = 1024;

}  // namespace

bool grow_list(Process& process, Object*& list, Storage kind, std::int64_t capacity) {
  if (capacity <= list_capacity(static_cast<ListObject*>(list))) return true;
  Object* storage = new_storage(process, kind, capacity);
  if (!storage) return false;
  auto* grown = static_cast<ListObject*>(list);
  const std::size_t element = kind == Storage::byte ? 1 : sizeof(Slot);
  if (grown->storage) {
    std::memcpy(storage->slots(), grown->storage->slots(), static_cast<std::size_t>(grown->count) * element);
  }
  grown->storage = storage;
  process.fuel -= grown->count * static_cast<std::int64_t>(element) / 64;
  return true;
}

bool grow_list_by_one(Process& process, Object*& list, Storage kind) {
  const std::int64_t capacity = list_capacity(static_cast<ListObject*>(list));
  const std::int64_t more = capacity < kDoubleBelow ? capacity : capacity / 2;
  return grow_list(process, list, kind, std::max(kFirstCapacity, capacity + more));
}

}  // namespace noodle::vm
