// What natives use on their call window: lists by storage kind, texts, results, and steps of long work.
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "runtime/values/list.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {

constexpr std::size_t kBytesPerFuelUnit = 64;

inline ListObject* list_at(NativeContext& native, unsigned p) {
  return static_cast<ListObject*>(native.p[p]);
}
inline Storage element_storage(const NativeContext& native, const Object* list) {
  return native.program.class_of(list).element;
}
inline std::size_t element_size(Storage kind) {
  return kind == Storage::byte ? 1 : sizeof(Slot);
}
inline std::uint8_t* element_at(const ListObject* list, std::size_t size, std::int64_t index) {
  return list->storage->bytes() + static_cast<std::size_t>(index) * size;
}

/// Type of parameter `index` of the call site's import, and its kind.
inline bytecode::TypeIndex param_type(const NativeContext& native, std::size_t index) {
  return native.bound.import->signature.params[index].index;
}
inline bytecode::TypeKind kind_of(const NativeContext& native, bytecode::TypeIndex type) {
  return native.program.classes[type].kind;
}
inline bytecode::TypeIndex result_type(const NativeContext& native) {
  return native.bound.import->signature.result.index;
}
inline bool is_scalar(const NativeContext& native, bytecode::TypeIndex type) {
  return bytecode::is_scalar_kind(kind_of(native, type));
}
/// Type of the elements of a list or set, or of the keys of a map.
inline const bytecode::TypeRef& element_type(const NativeContext& native, const Object* collection) {
  return native.program.class_of(collection).def->args[0];
}

/// The flat text in p[p], as a view that is valid until the next allocation; false: out of memory.
inline bool text_at(NativeContext& native, unsigned p, std::string_view& view) {
  StringObject* string = flat_string(native.process, native.p[p]);
  if (!string) return false;
  view = string->view();
  return true;
}

inline NativeStatus give_bool(NativeContext& native, bool value) {
  native.s[0].i = value;
  return NativeStatus::ok;
}
inline NativeStatus give_int(NativeContext& native, std::int64_t value) {
  native.s[0].i = value;
  return NativeStatus::ok;
}
inline NativeStatus give_float(NativeContext& native, double value) {
  native.s[0].f = value;
  return NativeStatus::ok;
}
/// `object` null means that its constructor failed.
inline NativeStatus give(NativeContext& native, Object* object) {
  if (!object) return NativeStatus::trap;
  native.p[0] = object;
  return NativeStatus::ok;
}
inline NativeStatus give_text(NativeContext& native, std::string_view text) {
  return give(native, new_string(native.process, text));
}
inline NativeStatus index_trap(NativeContext& native, std::int64_t index, std::int64_t length) {
  return native.trap(Code::index_out_of_range,
                     "index " + std::to_string(index) + " is out of range: length is " + std::to_string(length));
}

/// Ends a native that worked in steps.
inline void end_steps(Process& process) {
  process.native_progress = 0;
  process.native_scratch = nullptr;
  process.native_state.reset();
}
/// True when a native in steps should return `again`: the slice is used up.
inline bool out_of_slice(const NativeContext& native) {
  return native.process.fuel <= 0;
}

// The native tables, one per file.
using NativeTable = std::span<const NativeEntry>;
NativeTable list_natives();
NativeTable list_order_natives();
NativeTable map_natives();
NativeTable string_natives();
NativeTable string_search_natives();
NativeTable bytes_natives();
NativeTable number_natives();
NativeTable value_natives();

NativeStatus format_text(NativeContext& native);

}  // namespace noodle::vm
