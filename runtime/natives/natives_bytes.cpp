// Natives of Bytes.
#include <algorithm>

#include "messages/utf8.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::vm {
namespace {

std::string_view view_of(const Object* bytes) {
  return {reinterpret_cast<const char*>(bytes->bytes()), bytes->length()};
}

/// Bytes object of `size` bytes whose contents the caller fills at once.
Object* new_blank_bytes(NativeContext& native, std::size_t size) {
  if (size > kLargestTextBytes) {
    native.trap(Code::value_too_large, std::to_string(size) + " bytes; the limit is 256 MiB");
    return nullptr;
  }
  return allocate(native.process, bytecode::kBytes, static_cast<std::uint32_t>(size),
                  sizeof(Object) + ((size + 7) & ~std::size_t{7}));
}

NativeStatus length(NativeContext& native) {
  return give_int(native, native.p[0]->length());
}

NativeStatus at(NativeContext& native) {
  const std::int64_t index = native.s[0].i;
  if (index < 0 || index >= native.p[0]->length()) return index_trap(native, index, native.p[0]->length());
  return give_int(native, native.p[0]->bytes()[index]);
}

NativeStatus slice(NativeContext& native) {
  const std::int64_t size = native.p[0]->length();
  const std::int64_t from = std::clamp<std::int64_t>(native.s[0].i, 0, size);
  const std::int64_t to = std::clamp<std::int64_t>(native.s[1].i, from, size);
  if (to - from == size) return NativeStatus::ok;
  Object* part = new_blank_bytes(native, static_cast<std::size_t>(to - from));
  if (!part) return NativeStatus::trap;
  std::memcpy(part->bytes(), native.p[0]->bytes() + from, static_cast<std::size_t>(to - from));
  native.charge(static_cast<std::size_t>(to - from) / kBytesPerFuelUnit);
  return give(native, part);
}

NativeStatus concat(NativeContext& native) {
  const std::size_t first = native.p[0]->length();
  const std::size_t second = native.p[1]->length();
  Object* joined = new_blank_bytes(native, first + second);
  if (!joined) return NativeStatus::trap;
  std::memcpy(joined->bytes(), native.p[0]->bytes(), first);
  std::memcpy(joined->bytes() + first, native.p[1]->bytes(), second);
  native.charge((first + second) / kBytesPerFuelUnit);
  return give(native, joined);
}

NativeStatus index_of(NativeContext& native) {
  const std::string_view bytes = view_of(native.p[0]);
  const std::string_view part = view_of(native.p[1]);
  const auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(native.s[0].i, 0, native.p[0]->length()));
  native.charge((bytes.size() - from) / kBytesPerFuelUnit);
  const void* found = memmem(bytes.data() + from, bytes.size() - from, part.data(), part.size());
  return give_int(native, found ? static_cast<const char*>(found) - bytes.data() : -1);
}

NativeStatus to_list(NativeContext& native) {
  const std::int64_t count = native.p[0]->length();
  ListObject* list = new_list(native.process, result_type(native), count);
  if (!list) return NativeStatus::trap;
  list->count = count;
  if (count > 0) std::memcpy(list->storage->bytes(), native.p[0]->bytes(), static_cast<std::size_t>(count));
  native.charge(static_cast<std::size_t>(count) / kBytesPerFuelUnit);
  return give(native, list);
}

NativeStatus decode(NativeContext& native) {
  const std::string_view bytes = view_of(native.p[0]);
  native.charge(bytes.size() / 8);
  if (!is_valid_utf8(bytes)) {
    native.p[0] = nullptr;
    return NativeStatus::ok;
  }
  StringObject* text = new_blank_string(native.process, bytes.size(), count_code_points(bytes));
  if (!text) return NativeStatus::trap;
  std::memcpy(text->data(), native.p[0]->bytes(), text->length());
  return give(native, text);
}

constexpr NativeEntry kEntries[] = {
    {"bytes.length", "(Bytes)int", length},
    {"bytes.at", "(Bytes, int)N", at},
    {"bytes.slice", "(Bytes, int, int)Bytes", slice},
    {"bytes.concat", "(Bytes, Bytes)Bytes", concat},
    {"bytes.indexOf", "(Bytes, Bytes, int)int", index_of},
    {"bytes.toList", "(Bytes)List<byte>", to_list},
    {"bytes.decode", "(Bytes)String?", decode},
};

}  // namespace

NativeTable bytes_natives() {
  return kEntries;
}

}  // namespace noodle::vm
