#include "runtime/values/rope.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/values/utf8.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {
namespace {

constexpr std::size_t kBytesPerFuel = 64;
constexpr std::size_t kRopeObjectBytes = sizeof(Object) + 3 * sizeof(Slot);

bool is_rope(const Object* text) {
  return text->class_id() == kRope;
}
bool is_flat(const Object* text) {
  return !is_rope(text) || (text->header & kFlagFlat);
}
const StringObject* flat_of(const Object* text) {
  return static_cast<const StringObject*>(is_rope(text) ? text->pointers()[0] : text);
}
bool is_builder(const Object* text) {
  return is_rope(text) && !(text->header & kFlagFlat) && !text->pointers()[1];
}
std::int64_t& rope_bytes(Object* rope) {
  return rope->slots()[2].i;
}

/// The bytes of a builder's array: a count of the used ones, then text.
std::int64_t& used_of(Object* array) {
  return array->slots()[0].i;
}
char* text_of(Object* array) {
  return reinterpret_cast<char*>(array->slots() + 1);
}
std::size_t room_of(const Object* array) {
  return array->length() - sizeof(std::int64_t);
}

Object* new_rope(Process& process, std::size_t bytes) {
  Object* rope = allocate(process, kRope, 3, kRopeObjectBytes);
  if (rope) rope_bytes(rope) = static_cast<std::int64_t>(bytes);
  return rope;
}

Object* too_large(Process& process, std::size_t bytes) {
  trap(process, Code::value_too_large, "String of " + std::to_string(bytes) + " bytes; the limit is 256 MiB");
  return nullptr;
}

/// left + right as a tree: O(1).
Object* join_tree(Process& process, Object*& left, Object*& right, std::size_t bytes) {
  Object* rope = new_rope(process, bytes);
  if (!rope) return nullptr;
  rope->pointers()[0] = left;
  rope->pointers()[1] = right;
  return rope;
}

/// left + right with left a rope: appends to left's array if left is its newest text, else starts an array.
Object* join_builder(Process& process, Object*& left, Object*& right, std::size_t bytes) {
  const std::size_t left_bytes = text_bytes(left);
  const auto newest = [&] {
    return is_builder(left) && used_of(left->pointers()[0]) == static_cast<std::int64_t>(left_bytes);
  };
  std::size_t capacity = (sizeof(std::int64_t) + std::min(2 * bytes, kLargestTextBytes) + 7) & ~std::size_t{7};
  const bool append = newest() && room_of(left->pointers()[0]) >= bytes;
  if (append) capacity = 0;
  const std::size_t array_bytes = append ? 0 : sizeof(Object) + capacity;
  if (!reserve(process, kRopeObjectBytes + array_bytes)) return nullptr;
  Object* rope = new_rope(process, bytes);
  Object* array =
      append ? left->pointers()[0] : allocate(process, kByteArray, static_cast<std::uint32_t>(capacity), array_bytes);
  if (!append) {
    copy_text(left, text_of(array));
    if (!(left->header & (kFlagFlat | kFlagStatic))) {  // left is the beginning of the same text
      left->pointers()[0] = array;
      left->pointers()[1] = nullptr;
    }
  }
  copy_text(right, text_of(array) + left_bytes);
  used_of(array) = static_cast<std::int64_t>(bytes);
  rope->pointers()[0] = array;
  rope->pointers()[1] = nullptr;
  process.fuel -= static_cast<std::int64_t>((append ? bytes - left_bytes : bytes) / kBytesPerFuel);
  return rope;
}

/// Fills a new flat String part by part.
struct FlatWriter {
  char* out;
  std::size_t code_points = 0;

  void add(const Object* text) {
    const std::size_t bytes = text_bytes(text);
    copy_text(text, out);
    code_points += is_flat(text) ? flat_of(text)->code_points : count_code_points({out, bytes});
    out += bytes;
  }
};

Object* join_flat(Process& process, Object** texts, unsigned count, std::size_t bytes) {
  StringObject* string = new_blank_string(process, bytes, 0);
  if (!string) return nullptr;
  FlatWriter writer{string->data()};
  for (unsigned k = 0; k < count; ++k) writer.add(texts[k]);
  string->code_points = static_cast<std::uint32_t>(writer.code_points);
  return string;
}

Object* join(Process& process, Object*& left, Object*& right) {
  const std::size_t left_bytes = text_bytes(left);
  const std::size_t right_bytes = text_bytes(right);
  const std::size_t bytes = left_bytes + right_bytes;
  if (right_bytes == 0) return left;
  if (left_bytes == 0) return right;
  if (bytes >= kRopeFromBytes) {
    return is_flat(left) ? join_tree(process, left, right, bytes) : join_builder(process, left, right, bytes);
  }
  StringObject* string = new_blank_string(process, bytes, 0);
  if (!string) return nullptr;
  FlatWriter writer{string->data()};
  writer.add(left);
  writer.add(right);
  string->code_points = static_cast<std::uint32_t>(writer.code_points);
  return string;
}

}  // namespace

std::size_t text_bytes(const Object* text) {
  return is_rope(text) ? static_cast<std::size_t>(text->slots()[2].i) : text->length();
}

bool contiguous_text(const Object* text, std::string_view& view) {
  if (is_flat(text)) {
    view = flat_of(text)->view();
    return true;
  }
  if (!is_builder(text)) return false;
  view = {text_of(text->pointers()[0]), text_bytes(text)};
  return true;
}

void copy_text(const Object* text, char* out) {
  std::string_view view;
  if (contiguous_text(text, view)) {
    std::memcpy(out, view.data(), view.size());
    return;
  }
  // From the end, so that the usual left-deep tree needs a stack of two.
  char* end = out + text_bytes(text);
  std::vector<const Object*> pending{text};
  while (!pending.empty()) {
    const Object* part = pending.back();
    pending.pop_back();
    if (contiguous_text(part, view)) {
      end -= view.size();
      std::memcpy(end, view.data(), view.size());
    } else {
      pending.push_back(part->pointers()[0]);
      pending.push_back(part->pointers()[1]);
    }
  }
}

StringObject* flat_string(Process& process, Object*& string_root) {
  Object* text = string_root;
  if (is_flat(text)) {
    string_root = const_cast<StringObject*>(flat_of(text));
    return static_cast<StringObject*>(string_root);
  }
  const std::size_t bytes = text_bytes(text);
  StringObject* string = new_blank_string(process, bytes, 0);
  if (!string) return nullptr;
  text = string_root;
  copy_text(text, string->data());
  string->code_points = static_cast<std::uint32_t>(count_code_points(string->view()));
  text->pointers()[0] = string;
  text->pointers()[1] = nullptr;
  text->header |= kFlagFlat;
  process.fuel -= static_cast<std::int64_t>(bytes / kBytesPerFuel);
  string_root = string;
  return string;
}

Object* concatenate(Process& process, Object** texts, unsigned count) {
  std::size_t bytes = 0;
  for (unsigned k = 0; k < count; ++k) bytes += text_bytes(texts[k]);
  if (bytes > kLargestTextBytes) return too_large(process, bytes);
  if (bytes < kRopeFromBytes) return join_flat(process, texts, count, bytes);
  if (count == 1) return texts[0];
  // Short parts on the right are put together first: one node for `text += a + ", " + b`.
  Root left(process, texts[0]);
  Root right(process);
  for (unsigned at = 1; at < count;) {
    unsigned end = at + 1;
    std::size_t part_bytes = text_bytes(texts[at]);
    while (end < count && part_bytes + text_bytes(texts[end]) < kRopeFromBytes) part_bytes += text_bytes(texts[end++]);
    right.object = end - at == 1 ? texts[at] : join_flat(process, texts + at, end - at, part_bytes);
    if (!right.object) return nullptr;
    left.object = join(process, left.object, right.object);
    if (!left.object) return nullptr;
    at = end;
  }
  return left.object;
}

int compare_texts(Process& process, Object*& left, Object*& right, bool& failed) {
  if (!flat_string(process, left) || !flat_string(process, right)) {
    failed = true;
    return 0;
  }
  // UTF-8 bytes compare as code points do. flat_string(right) may have moved left, which is a root.
  const std::string_view a = static_cast<StringObject*>(left)->view();
  const std::string_view b = static_cast<StringObject*>(right)->view();
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0;
}

bool equal_texts(Process& process, Object*& left, Object*& right, bool& failed) {
  if (left == right) return true;
  if (text_bytes(left) != text_bytes(right)) return false;
  if (!flat_string(process, left) || !flat_string(process, right)) {
    failed = true;
    return false;
  }
  const auto* a = static_cast<StringObject*>(left);
  const auto* b = static_cast<StringObject*>(right);
  return std::memcmp(a->data(), b->data(), a->length()) == 0;
}

}  // namespace noodle::vm
