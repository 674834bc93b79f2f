// std.bytes: building and text forms of Bytes.
#include <algorithm>

#include "runtime/base/hex.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/base64.hpp"
#include "runtime/stdlib/register.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

std::string_view bytes_at(const NativeContext& native, unsigned p) {
  return {reinterpret_cast<const char*>(native.p[p]->bytes()), native.p[p]->length()};
}

NativeStatus too_large(NativeContext& native, std::uint64_t size) {
  return native.trap(Code::value_too_large, "Bytes of " + std::to_string(size) + " bytes; the limit is 256 MiB");
}

/// Bytes object of `size` bytes, to be filled at once; null: error pending.
vm::Object* blank_bytes(NativeContext& native, std::uint64_t size) {
  if (size > vm::kLargestTextBytes) {
    too_large(native, size);
    return nullptr;
  }
  const std::size_t total = (sizeof(vm::Object) + size + 7) & ~std::size_t{7};
  return vm::allocate(native.process, bytecode::kBytes, static_cast<std::uint32_t>(size), total);
}

NativeStatus from_ints(NativeContext& native) {
  vm::Object* result = blank_bytes(native, static_cast<std::uint64_t>(vm::list_at(native, 0)->count));
  if (!result) return NativeStatus::trap;
  const vm::ListObject* list = vm::list_at(native, 0);
  for (std::int64_t i = 0; i < list->count; ++i) {
    const std::int64_t value = list->storage->slots()[i].i;
    if (value < 0 || value > 255) {
      std::fill_n(result->bytes(), result->length(), std::uint8_t{0});
      return native.trap(Code::integer_overflow, std::to_string(value) + " at [" + std::to_string(i) + "] is no byte");
    }
    result->bytes()[i] = static_cast<std::uint8_t>(value);
  }
  native.charge(static_cast<std::uint64_t>(list->count) / 32);
  return vm::give(native, result);
}

NativeStatus filled(NativeContext& native) {
  const std::int64_t count = native.s[0].i;
  const std::int64_t value = native.s[1].i;
  if (count < 0) return native.trap(Code::negative_size, "count " + std::to_string(count) + " is negative");
  if (value < 0 || value > 255) return native.trap(Code::integer_overflow, std::to_string(value) + " is no byte");
  vm::Object* result = blank_bytes(native, static_cast<std::uint64_t>(count));
  if (!result) return NativeStatus::trap;
  std::fill_n(result->bytes(), result->length(), static_cast<std::uint8_t>(value));
  native.charge(static_cast<std::uint64_t>(count) / 256);
  return vm::give(native, result);
}

NativeStatus join(NativeContext& native) {
  const vm::ListObject* list = vm::list_at(native, 0);
  std::uint64_t size = 0;
  for (std::int64_t i = 0; i < list->count; ++i) size += list->storage->pointers()[i]->length();
  vm::Object* result = blank_bytes(native, size);
  if (!result) return NativeStatus::trap;
  list = vm::list_at(native, 0);
  std::uint8_t* out = result->bytes();
  for (std::int64_t i = 0; i < list->count; ++i) {
    const vm::Object* part = list->storage->pointers()[i];
    out = std::copy_n(part->bytes(), part->length(), out);
  }
  native.charge(static_cast<std::uint64_t>(list->count) / 4 + size / 256);
  return vm::give(native, result);
}

NativeStatus equal_constant_time(NativeContext& native) {
  const std::string_view a = bytes_at(native, 0);
  const std::string_view b = bytes_at(native, 1);
  native.charge(a.size() / vm::kBytesPerFuelUnit);
  unsigned difference = a.size() != b.size();
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return vm::give_bool(native, difference == 0);
}

/// Text of Bytes in a larger alphabet, refused before it is made when it cannot be held.
template <class Append>
NativeStatus to_text(NativeContext& native, std::size_t factor, Append append) {
  const std::string_view bytes = bytes_at(native, 0);
  if (bytes.size() > vm::kLargestTextBytes / factor) return too_large(native, bytes.size() * factor);
  native.charge(bytes.size() / vm::kBytesPerFuelUnit);
  std::string text;
  text.reserve(bytes.size() * factor + 4);
  append(text, bytes);
  return vm::give_text(native, text);
}

NativeStatus to_hex(NativeContext& native) {
  return to_text(native, 2, append_hex);
}
NativeStatus to_base64(NativeContext& native) {
  const bool url = native.s[0].i;
  return to_text(native, 2, [url](std::string& out, std::string_view bytes) { append_base64(out, bytes, url); });
}

template <std::optional<std::string> (*Decode)(std::string_view)>
NativeStatus from_text(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  native.charge(text.size() / vm::kBytesPerFuelUnit);
  const std::optional<std::string> bytes = Decode(text);
  if (bytes) return vm::give(native, vm::new_bytes(native.process, *bytes));
  native.p[0] = nullptr;
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"bytes.fromInts", "(List<int>)Bytes", from_ints},
    {"bytes.filled", "(int, int)Bytes", filled},
    {"bytes.join", "(List<Bytes>)Bytes", join},
    {"bytes.equalConstantTime", "(Bytes, Bytes)bool", equal_constant_time},
    {"bytes.toHex", "(Bytes)String", to_hex},
    {"bytes.fromHex", "(String)Bytes?", from_text<decode_hex>},
    {"bytes.toBase64", "(Bytes, bool)String", to_base64},
    {"bytes.fromBase64", "(String)Bytes?", from_text<decode_base64>},
};

}  // namespace

NativeTable bytes_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
