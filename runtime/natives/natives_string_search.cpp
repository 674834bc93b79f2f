// Natives of String that look for other texts, take texts apart and put them together.
#include <algorithm>

#include "runtime/natives/native_call.hpp"
#include "runtime/values/characters.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/values/value.hpp"

namespace noodle::vm {
namespace {

constexpr std::size_t kNotFound = std::string_view::npos;

std::size_t find_text(std::string_view text, std::string_view part, std::size_t from) {
  if (part.size() == 1) return text.find(part[0], from);
  const void* found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) : kNotFound;
}

/// The flat texts in p[0] and p[1].
bool texts(NativeContext& native, std::string_view& text, std::string_view& part) {
  if (!flat_string(native.process, native.p[0]) || !flat_string(native.process, native.p[1])) return false;
  text = static_cast<const StringObject*>(native.p[0])->view();
  part = static_cast<const StringObject*>(native.p[1])->view();
  return true;
}

NativeStatus contains(NativeContext& native) {
  std::string_view text, part;
  if (!texts(native, text, part)) return NativeStatus::trap;
  native.charge(text.size() / kBytesPerFuelUnit);
  return give_bool(native, find_text(text, part, 0) != kNotFound);
}

NativeStatus starts_with(NativeContext& native) {
  std::string_view text, part;
  if (!texts(native, text, part)) return NativeStatus::trap;
  native.charge(part.size() / kBytesPerFuelUnit);
  return give_bool(native, text.starts_with(part));
}

NativeStatus ends_with(NativeContext& native) {
  std::string_view text, part;
  if (!texts(native, text, part)) return NativeStatus::trap;
  native.charge(part.size() / kBytesPerFuelUnit);
  return give_bool(native, text.ends_with(part));
}

NativeStatus index_of(NativeContext& native) {
  std::string_view text, part;
  if (!texts(native, text, part)) return NativeStatus::trap;
  const auto* string = static_cast<const StringObject*>(native.p[0]);
  const std::int64_t from = std::clamp<std::int64_t>(native.s[0].i, 0, string->code_points);
  const auto points = static_cast<std::size_t>(from);
  const std::size_t start = string->is_ascii() ? points : offset_of_code_point(text, points);
  const std::size_t found = find_text(text, part, start);
  native.charge(text.size() / kBytesPerFuelUnit);
  if (found == kNotFound) return give_int(native, -1);
  const std::size_t position = string->is_ascii() ? found : count_code_points(text.substr(0, found));
  return give_int(native, static_cast<std::int64_t>(position));
}

NativeStatus replace(NativeContext& native) {
  std::string_view text, from, to;
  if (!texts(native, text, from) || !flat_string(native.process, native.p[2])) return NativeStatus::trap;
  const auto refresh = [&] {
    text = static_cast<const StringObject*>(native.p[0])->view();
    from = static_cast<const StringObject*>(native.p[1])->view();
    to = static_cast<const StringObject*>(native.p[2])->view();
  };
  refresh();
  if (from.empty()) return NativeStatus::ok;
  std::size_t count = 0;
  for (std::size_t k = find_text(text, from, 0); k != kNotFound; k = find_text(text, from, k + from.size())) ++count;
  native.charge(text.size() / kBytesPerFuelUnit + count);
  if (count == 0) return NativeStatus::ok;
  const std::size_t kept = text.size() - count * from.size();
  if (to.size() > 0 && count > kLargestTextBytes / to.size()) {
    return native.trap(Code::value_too_large, "the replaced text is longer than 256 MiB");
  }
  const auto points = [](const Object* string) {
    return std::size_t{static_cast<const StringObject*>(string)->code_points};
  };
  const std::size_t code_points = points(native.p[0]) - count * points(native.p[1]) + count * points(native.p[2]);
  StringObject* made = new_blank_string(native.process, kept + count * to.size(), code_points);
  if (!made) return NativeStatus::trap;
  refresh();
  char* out = made->data();
  std::size_t at = 0;
  for (std::size_t k = find_text(text, from, 0); k != kNotFound; k = find_text(text, from, at)) {
    out = std::copy(text.data() + at, text.data() + k, out);
    out = std::copy(to.begin(), to.end(), out);
    at = k + from.size();
  }
  std::copy(text.data() + at, text.data() + text.size(), out);
  native.charge(made->length() / kBytesPerFuelUnit + count);
  return give(native, made);
}

// ---- taking apart

/// The next part of a text: its bytes, and where the search goes on; npos after the last part.
struct Part {
  std::size_t from, to, next;
};

/// Takes the text in p[0] apart into a list of texts, in steps. `next_part(offset)` finds a part; `done(offset)` tells
/// before each part whether there is none left.
template <class NextPart>
NativeStatus take_apart(NativeContext& native, const NextPart& next_part) {
  Process& process = native.process;
  if (!process.native_scratch) {
    if (!flat_string(process, native.p[0])) return NativeStatus::trap;
    process.native_scratch = new_list(process, result_type(native), 0);
    if (!process.native_scratch) return NativeStatus::trap;
  }
  auto offset = static_cast<std::size_t>(process.native_progress);
  while (offset != kNotFound) {
    const Part part = next_part(static_cast<const StringObject*>(native.p[0])->view(), offset);
    offset = part.next;
    if (part.from == kNotFound) break;
    auto* list = static_cast<ListObject*>(process.native_scratch);
    if (list->count == list_capacity(list)) {
      if (!grow_list_by_one(process, process.native_scratch, Storage::pointer)) return NativeStatus::trap;
    }
    const auto* text = static_cast<const StringObject*>(native.p[0]);
    const std::size_t size = part.to - part.from;
    Object* made = nullptr;
    if (size == 0) {
      made = empty_text();
    } else if (size == 1) {
      made = ascii_text(static_cast<std::uint8_t>(text->data()[part.from]));
    } else {
      StringObject* string = new_blank_string(process, size, size);
      if (!string) return NativeStatus::trap;
      text = static_cast<const StringObject*>(native.p[0]);
      std::memcpy(string->data(), text->data() + part.from, size);
      if (!text->is_ascii()) string->code_points = static_cast<std::uint32_t>(count_code_points(string->view()));
      made = string;
    }
    list = static_cast<ListObject*>(process.native_scratch);
    list->storage->pointers()[list->count++] = made;
    native.charge(2 + size / kBytesPerFuelUnit);
    if (offset != kNotFound && out_of_slice(native)) {
      process.native_progress = static_cast<std::int64_t>(offset);
      return NativeStatus::again;
    }
  }
  Object* list = process.native_scratch;
  end_steps(process);
  return give(native, list);
}

Part next_character(std::string_view text, std::size_t offset) {
  if (offset == text.size()) return {kNotFound, 0, kNotFound};
  const std::size_t next = offset + utf8_size(static_cast<std::uint8_t>(text[offset]));
  return {offset, next, next};
}

NativeStatus chars(NativeContext& native) {
  return take_apart(native, next_character);
}

NativeStatus lines(NativeContext& native) {
  return take_apart(native, [](std::string_view text, std::size_t offset) -> Part {
    if (offset == text.size()) return {kNotFound, 0, kNotFound};
    const std::size_t end = text.find('\n', offset);
    if (end == kNotFound) return {offset, text.size(), kNotFound};
    return {offset, end > offset && text[end - 1] == '\r' ? end - 1 : end, end + 1};
  });
}

NativeStatus split(NativeContext& native) {
  if (text_bytes(native.p[1]) == 0) return chars(native);
  if (!flat_string(native.process, native.p[1])) return NativeStatus::trap;
  return take_apart(native, [&native](std::string_view text, std::size_t offset) -> Part {
    const std::string_view separator = static_cast<const StringObject*>(native.p[1])->view();
    const std::size_t end = find_text(text, separator, offset);
    if (end == kNotFound) return {offset, text.size(), kNotFound};
    return {offset, end, end + separator.size()};
  });
}

// ---- putting together

/// A join in steps.
struct Joining final : RootSource {
  std::string out;
  std::int64_t index = 0;
  void visit_roots(RootVisitor&) override {}
};

void append_text(std::string& out, const Object* text) {
  const std::size_t before = out.size();
  out.resize(before + text_bytes(text));
  copy_text(text, out.data() + before);
}

void append_element(NativeContext& native, const ListObject* list, Storage kind, std::int64_t index, std::string& out) {
  const bytecode::TypeIndex type = element_type(native, list).index;
  if (kind != Storage::pointer) {
    const Slot value = kind == Storage::byte ? Slot{.u = list->storage->bytes()[index]} : list->storage->slots()[index];
    out += scalar_text(native.program, type, value);
    return;
  }
  const Object* value = list->storage->pointers()[index];
  const bool text = value && (value->class_id() == bytecode::kString || value->class_id() == kRope);
  if (text) {
    append_text(out, value);
  } else {
    out += value_text(native.program, value, kLargestTextBytes);
  }
}

NativeStatus join(NativeContext& native) {
  Process& process = native.process;
  Joining local;
  Joining* joining = process.native_state ? static_cast<Joining*>(process.native_state.get()) : &local;
  const ListObject* list = list_at(native, 0);
  const Storage kind = element_storage(native, list);
  while (joining->index < list->count) {
    const std::size_t before = joining->out.size();
    if (joining->index > 0) append_text(joining->out, native.p[1]);
    append_element(native, list, kind, joining->index, joining->out);
    ++joining->index;
    if (joining->out.size() > kLargestTextBytes) {
      return native.trap(Code::value_too_large, "the joined text is longer than 256 MiB");
    }
    native.charge(1 + (joining->out.size() - before) / kBytesPerFuelUnit);
    if (joining->index < list->count && out_of_slice(native)) {
      if (joining == &local) process.native_state = std::make_unique<Joining>(std::move(local));
      return NativeStatus::again;
    }
  }
  const std::string out = std::move(joining->out);
  end_steps(process);
  return give_text(native, out);
}

constexpr NativeEntry kEntries[] = {
    {"string.contains", "(String, String)bool", contains},
    {"string.startsWith", "(String, String)bool", starts_with},
    {"string.endsWith", "(String, String)bool", ends_with},
    {"string.indexOf", "(String, String, int)int", index_of},
    {"string.replace", "(String, String, String)String", replace},
    {"string.chars", "(String)List<String>", chars},
    {"string.lines", "(String)List<String>", lines},
    {"string.split", "(String, String)List<String>", split},
    {"list.join", "(List<T>, String)String", join},
};

}  // namespace

NativeTable string_search_natives() {
  return kEntries;
}

}  // namespace noodle::vm
