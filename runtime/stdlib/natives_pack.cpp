// std.bytes.pack and unpack: binary layouts written as letters.
#include <algorithm>
#include <bit>
#include <vector>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/rope.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kMostItems = 65'536;
constexpr std::uint64_t kLargestRun = 1u << 24;

/// One value of a layout, or a run of bytes.
struct Item {
  char letter = 0;
  bool big_endian = false;
  std::uint32_t size = 0;  // bytes
};

std::uint32_t size_of(char letter) {
  switch (letter) {
    case 'b':
    case 'B':
    case '?':
    case 'x':
      return 1;
    case 'h':
    case 'H':
      return 2;
    case 'i':
    case 'I':
    case 'f':
      return 4;
    case 'q':
    case 'Q':
    case 'd':
      return 8;
    default:
      return 0;
  }
}

/// The items of a layout and their bytes together; an empty error text: all right.
std::string parse(std::string_view layout, std::vector<Item>& items, std::uint64_t& size) {
  bool big_endian = false;
  size = 0;
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const char first = layout[i];
    if (first == '<' || first == '>') {
      big_endian = first == '>';
      continue;
    }
    if (first == ' ') continue;
    std::uint64_t count = 1;
    if (first >= '0' && first <= '9') {
      for (count = 0; i < layout.size() && layout[i] >= '0' && layout[i] <= '9' && count <= kLargestRun; ++i) {
        count = count * 10 + static_cast<std::uint64_t>(layout[i] - '0');
      }
    }
    const char letter = i < layout.size() ? layout[i] : '\0';
    const std::uint32_t one = letter == 's' ? 1 : size_of(letter);
    if (one == 0) return "unknown letter at position " + std::to_string(i) + " of the layout";
    if (count > kLargestRun) return "repeat count is too large";
    size += count * one;
    if (letter == 's' || letter == 'x') {
      items.push_back({letter, big_endian, static_cast<std::uint32_t>(count)});
    } else {
      if (items.size() + count > kMostItems) return "layout has more than 65536 values";
      items.insert(items.end(), count, {letter, big_endian, one});
    }
    if (items.size() > kMostItems) return "layout has more than 65536 values";
  }
  if (size > vm::kLargestTextBytes) return "layout is larger than 256 MiB";
  return {};
}

/// Reads the layout text in p[p]; false: trapped.
bool layout_at(NativeContext& native, unsigned p, std::vector<Item>& items, std::uint64_t& size) {
  std::string_view layout;
  if (!vm::text_at(native, p, layout)) return false;
  const std::string error = parse(layout, items, size);
  native.charge(1 + items.size() / 8);
  if (error.empty()) return true;
  native.trap(Code::invalid_argument, "bytes layout: " + error);
  return false;
}

void put(std::string& out, std::uint64_t bits, std::uint32_t size, bool big_endian) {
  for (std::uint32_t k = 0; k < size; ++k) out += static_cast<char>(bits >> 8 * (big_endian ? size - 1 - k : k));
}

std::uint64_t take(const std::uint8_t* from, std::uint32_t size, bool big_endian) {
  std::uint64_t bits = 0;
  for (std::uint32_t k = 0; k < size; ++k) bits |= std::uint64_t{from[big_endian ? size - 1 - k : k]} << 8 * k;
  return bits;
}

bool is_signed(char letter) {
  return letter == 'b' || letter == 'h' || letter == 'i' || letter == 'q';
}

std::string at(std::size_t index) {
  return "value [" + std::to_string(index) + "]";
}

/// Appends one value; an error is trapped.
bool pack_value(NativeContext& native, const Item& item, const vm::Object* value, std::size_t index, std::string& out) {
  const std::uint32_t id = value ? value->class_id() : static_cast<std::uint32_t>(bytecode::kNull);
  const auto mismatch = [&](std::string_view wanted) {
    native.trap(Code::invalid_argument,
                "bytes.pack: " + at(index) + " for `" + item.letter + "` must be " + std::string(wanted));
    return false;
  };
  if (item.letter == 's') {
    const bool text = id == bytecode::kString || id == vm::kRope;
    if (!text && id != bytecode::kBytes) return mismatch("a String or Bytes");
    const std::size_t have = text ? vm::text_bytes(value) : value->length();
    if (have > item.size) {
      native.trap(Code::integer_overflow, "bytes.pack: " + at(index) + " has " + std::to_string(have) +
                                              " bytes, more than " + std::to_string(item.size));
      return false;
    }
    const std::size_t start = out.size();
    out.resize(start + item.size);
    if (text) {
      vm::copy_text(value, out.data() + start);
    } else {
      std::copy_n(value->bytes(), have, out.begin() + static_cast<std::ptrdiff_t>(start));
    }
    return true;
  }
  if (item.letter == '?') {
    if (id != bytecode::kBoxBool) return mismatch("a bool");
    out += static_cast<char>(value->slots()[0].i != 0);
    return true;
  }
  if (item.letter == 'f' || item.letter == 'd') {
    if (id != bytecode::kBoxFloat && id != bytecode::kBoxInt) return mismatch("a number");
    const vm::Slot slot = value->slots()[0];
    const double number = id == bytecode::kBoxInt ? static_cast<double>(slot.i) : slot.f;
    const std::uint64_t bits = item.letter == 'd' ? std::bit_cast<std::uint64_t>(number)
                                                  : std::bit_cast<std::uint32_t>(static_cast<float>(number));
    put(out, bits, item.size, item.big_endian);
    return true;
  }
  if (id != bytecode::kBoxInt && id != bytecode::kBoxByte) return mismatch("an int");
  const std::int64_t number = value->slots()[0].i;
  const int bits = static_cast<int>(item.size) * 8;
  const bool fits = bits == 64 ? true
                    : is_signed(item.letter)
                        ? number >= -(std::int64_t{1} << (bits - 1)) && number < std::int64_t{1} << (bits - 1)
                        : number >= 0 && number < std::int64_t{1} << bits;
  if (!fits) {
    native.trap(Code::integer_overflow,
                "bytes.pack: " + at(index) + " " + std::to_string(number) + " does not fit `" + item.letter + "`");
    return false;
  }
  put(out, static_cast<std::uint64_t>(number), item.size, item.big_endian);
  return true;
}

// (layout, values)
NativeStatus pack(NativeContext& native) {
  std::vector<Item> items;
  std::uint64_t size = 0;
  if (!layout_at(native, 0, items, size)) return NativeStatus::trap;
  const vm::ListObject* list = vm::list_at(native, 1);
  std::string out;
  out.reserve(size);
  std::size_t next = 0;
  for (const Item& item : items) {
    if (item.letter == 'x') {
      out.append(item.size, '\0');
      continue;
    }
    if (next == static_cast<std::size_t>(list->count)) {
      return native.trap(Code::invalid_argument, "bytes.pack: layout has more values than the list");
    }
    if (!pack_value(native, item, list->storage->pointers()[next], next, out)) return NativeStatus::trap;
    ++next;
  }
  if (next != static_cast<std::size_t>(list->count)) {
    return native.trap(Code::invalid_argument, "bytes.pack: " + std::to_string(list->count) +
                                                   " values for a layout of " + std::to_string(next));
  }
  native.charge(out.size() / vm::kBytesPerFuelUnit);
  return vm::give(native, vm::new_bytes(native.process, out));
}

/// Object for one value read at `from`; null: error pending.
vm::Object* unpack_value(NativeContext& native, const Item& item, std::size_t from) {
  const std::uint8_t* bytes = native.p[1]->bytes() + from;
  if (item.letter == 's') {
    const std::string copy(reinterpret_cast<const char*>(bytes), item.size);  // the source may move
    return vm::new_bytes(native.process, copy);
  }
  const std::uint64_t bits = take(bytes, item.size, item.big_endian);
  vm::Slot slot{.u = bits};
  if (item.letter == '?') return vm::new_box(native.process, bytecode::kBoxBool, {.i = bits != 0});
  if (item.letter == 'd') return vm::new_box(native.process, bytecode::kBoxFloat, slot);
  if (item.letter == 'f') {
    slot.f = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    return vm::new_box(native.process, bytecode::kBoxFloat, slot);
  }
  const unsigned unused = 64 - item.size * 8;
  if (is_signed(item.letter)) slot.i = static_cast<std::int64_t>(bits << unused) >> unused;
  return vm::new_box(native.process, bytecode::kBoxInt, slot);
}

// (layout, value, offset)
NativeStatus unpack(NativeContext& native) {
  std::vector<Item> items;
  std::uint64_t size = 0;
  if (!layout_at(native, 0, items, size)) return NativeStatus::trap;
  const std::int64_t offset = native.s[0].i;
  const std::uint64_t length = native.p[1]->length();
  if (offset < 0 || static_cast<std::uint64_t>(offset) > length || size > length - static_cast<std::uint64_t>(offset)) {
    return native.trap(Code::index_out_of_range, "bytes.unpack: " + std::to_string(size) + " bytes at offset " +
                                                     std::to_string(offset) + " of " + std::to_string(length));
  }
  // The list takes the place of the layout.
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(items.size()));
  if (!native.p[0]) return NativeStatus::trap;
  auto from = static_cast<std::size_t>(offset);
  for (const Item& item : items) {
    if (item.letter != 'x') {
      vm::Object* value = unpack_value(native, item, from);
      if (!value) return NativeStatus::trap;
      vm::ListObject* list = vm::list_at(native, 0);
      list->storage->pointers()[list->count++] = value;
    }
    from += item.size;
  }
  native.charge(items.size() / 4 + size / vm::kBytesPerFuelUnit);
  return NativeStatus::ok;
}

NativeStatus layout_size(NativeContext& native) {
  std::vector<Item> items;
  std::uint64_t size = 0;
  if (!layout_at(native, 0, items, size)) return NativeStatus::trap;
  return vm::give_int(native, static_cast<std::int64_t>(size));
}

constexpr vm::NativeEntry kTable[] = {
    {"bytes.pack", "(String, List<any>)Bytes", pack},
    {"bytes.unpack", "(String, Bytes, int)List<any>", unpack},
    {"bytes.layoutSize", "(String)int", layout_size},
};

}  // namespace

NativeTable pack_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
