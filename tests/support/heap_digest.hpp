// A digest of all that lies in the heaps of processes: what two engines must agree on to the last byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::test {

/// All objects that no collection has removed yet, in the order in which they lie, pointers relative to the heap.
class HeapDigest {
 public:
  void add(const vm::Process& process) {
    const vm::Heap& heap = process.heap;
    start_ = reinterpret_cast<std::uintptr_t>(heap.start);
    used_ = heap.used_bytes();
    add(process.pid);
    add(heap.collected);
    add(heap.allocated_bytes_before + used_);
    for (std::size_t at = 0; at < used_;) {
      const auto* object = reinterpret_cast<const vm::Object*>(heap.start + at);
      add_object(process.program->classes[object->class_id()], object);
      at += vm::object_size(object);
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  /// Only what has been written: neither padding nor the free part of a storage.
  void add_object(const vm::Class& cls, const vm::Object* object) {
    add(object->header);
    const std::uint32_t id = object->class_id();
    if (id == vm::kScalarArray || id == vm::kByteArray) return;  // with the list or map that it belongs to
    std::size_t bytes = vm::object_size(object) - sizeof(vm::Object);
    if (id == bytecode::kString) bytes = sizeof(vm::StringObject) - sizeof(vm::Object) + object->length();
    if (id == bytecode::kBytes) bytes = object->length();
    add_bytes(object + 1, bytes);
    if (cls.kind == bytecode::TypeKind::list) {
      const auto* list = static_cast<const vm::ListObject*>(object);
      add_storage(list->storage, list->count);
    } else if (cls.kind == bytecode::TypeKind::map || cls.kind == bytecode::TypeKind::set) {
      const auto* map = static_cast<const vm::MapObject*>(object);
      add_storage(map->keys, map->used);
      add_storage(map->values, map->used);
      add_storage(map->live, map->used);
    }
  }
  void add_storage(const vm::Object* storage, std::int64_t count) {
    if (!storage || storage->class_id() == vm::kPointerArray) return;
    add_bytes(storage + 1, static_cast<std::size_t>(count) * (storage->class_id() == vm::kByteArray ? 1 : 8));
  }
  void add_bytes(const void* from, std::size_t bytes) {
    for (std::size_t k = 0; k < bytes; k += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, static_cast<const char*>(from) + k, std::min(sizeof word, bytes - k));
      add(word - start_ < used_ ? word - start_ : word);
    }
  }
  void add(std::uint64_t word) {
    sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15;
    sum_ ^= sum_ >> 29;
  }

  std::uintptr_t start_ = 0;
  std::size_t used_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace noodle::test
