// Constructors of heap objects.
#include "runtime/vm/heap.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/values/utf8.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {
namespace {

using bytecode::kError;

constexpr std::size_t round_up(std::size_t bytes) {
  return (bytes + 7) & ~std::size_t{7};
}

/// A String that lives in the program file.
template <std::size_t N>
struct StaticString {
  std::uint64_t header = make_header(bytecode::kString, N, kFlagStatic);
  std::uint32_t code_points = N;
  std::uint32_t hash = 0;
  char text[N + 1];

  explicit constexpr StaticString(const char (&literal)[N + 1]) : text{} { std::copy_n(literal, N + 1, text); }
};
template <std::size_t N>
StaticString(const char (&)[N]) -> StaticString<N - 1>;

/// Error objects for when not even one can be made.
struct StaticError {
  std::uint64_t header = make_header(kError, 5, kFlagStatic);
  Slot code;
  void* message;
  void* data = nullptr;
  void* cause = nullptr;
  void* trace;
};

Object* static_error(std::uint16_t code) {
  static StaticString memory_text("memory limit of the process reached");
  static StaticString node_text("VM memory of the node is used up");
  static StaticString no_trace("");
  static StaticError memory{
      .code = {static_cast<std::int64_t>(Code::out_of_memory)}, .message = &memory_text, .trace = &no_trace};
  static StaticError node{
      .code = {static_cast<std::int64_t>(Code::node_out_of_memory)}, .message = &node_text, .trace = &no_trace};
  const bool of_node = code == static_cast<std::uint16_t>(Code::node_out_of_memory);
  return reinterpret_cast<Object*>(of_node ? &node : &memory);
}

/// Lets the allocations of an error object pass the limit a little.
class Reserve {
 public:
  explicit Reserve(Heap& heap) : heap_(heap), before_(heap.reserve_open) { heap.reserve_open = true; }
  ~Reserve() { heap_.reserve_open = before_; }

 private:
  Heap& heap_;
  bool before_;
};

constexpr std::size_t kLongestReservedMessage = 1024;

}  // namespace

Object* new_object(Process& process, const Class& cls) {
  const std::size_t size = sizeof(Object) + cls.slot_count * sizeof(Slot);
  Object* object = allocate(process, cls.id, cls.slot_count, size);
  if (object) std::memset(object->slots(), 0, size - sizeof(Object));
  return object;
}

StringObject* new_blank_string(Process& process, std::size_t bytes, std::size_t code_points) {
  if (bytes > kLargestTextBytes) {
    trap(process, Code::value_too_large, "String of " + std::to_string(bytes) + " bytes; the limit is 256 MiB");
    return nullptr;
  }
  auto* string = static_cast<StringObject*>(
      allocate(process, bytecode::kString, static_cast<std::uint32_t>(bytes), sizeof(StringObject) + round_up(bytes)));
  if (!string) return nullptr;
  string->code_points = static_cast<std::uint32_t>(code_points);
  string->hash = 0;
  return string;
}

StringObject* new_string(Process& process, std::string_view utf8) {
  StringObject* string = new_blank_string(process, utf8.size(), count_code_points(utf8));
  if (string && !utf8.empty()) std::memcpy(string->data(), utf8.data(), utf8.size());
  return string;
}

Object* new_bytes(Process& process, std::string_view bytes) {
  if (bytes.size() > kLargestTextBytes) {
    trap(process, Code::value_too_large, std::to_string(bytes.size()) + " bytes; the limit is 256 MiB");
    return nullptr;
  }
  Object* object = allocate(process, bytecode::kBytes, static_cast<std::uint32_t>(bytes.size()),
                            sizeof(Object) + round_up(bytes.size()));
  if (object && !bytes.empty()) std::memcpy(object->bytes(), bytes.data(), bytes.size());
  return object;
}

Object* new_box(Process& process, bytecode::TypeIndex box_type, Slot value) {
  Object* box = allocate(process, box_type, 1, sizeof(Object) + sizeof(Slot));
  if (box) box->slots()[0] = value;
  return box;
}

Object* new_storage(Process& process, Storage kind, std::int64_t capacity) {
  const std::size_t element = kind == Storage::byte ? 1 : sizeof(Slot);
  if (capacity < 0 || capacity > 0x7fffffff) {
    reserve(process, ~std::size_t{0} / 2);  // more than any limit: makes the error
    return nullptr;
  }
  const std::size_t bytes = round_up(static_cast<std::size_t>(capacity) * element);
  const InternalClass id = kind == Storage::byte ? kByteArray : kind == Storage::scalar ? kScalarArray : kPointerArray;
  const auto length = static_cast<std::uint32_t>(bytes / element);  // byte arrays use the padding too
  Object* array = allocate(process, id, length, sizeof(Object) + bytes);
  if (array && kind == Storage::pointer) std::memset(array->slots(), 0, bytes);
  return array;
}

ListObject* new_list(Process& process, bytecode::TypeIndex list_type, std::int64_t capacity) {
  Object* storage = nullptr;
  constexpr std::size_t kListBytes = sizeof(ListObject);
  if (capacity > 0) {
    storage = new_storage(process, process.program->classes[list_type].element, capacity);
    if (!storage) return nullptr;
  }
  Root root(process, storage);
  auto* list = static_cast<ListObject*>(allocate(process, list_type, 2, kListBytes));
  if (!list) return nullptr;
  list->storage = root.object;
  list->count = 0;
  return list;
}

Object* new_error(Process& process, std::uint16_t code, std::string_view message, Object* cause) {
  const bool of_memory = code == static_cast<std::uint16_t>(Code::out_of_memory) ||
                         code == static_cast<std::uint16_t>(Code::node_out_of_memory);
  Root kept_cause(process, cause);
  Root text(process);
  std::string pending(message.substr(0, std::min(message.size(), kLargestTextBytes)));
  Reserve open(process.heap);
  if (pending.size() > kLongestReservedMessage && of_memory) pending.resize(kLongestReservedMessage);
  text.object = new_string(process, pending);
  if (!text.object) return static_error(code);
  Root trace(process, new_string(process, ""));
  if (!trace.object) return static_error(code);
  Object* error = new_object(process, process.program->classes[kError]);
  if (!error) return static_error(code);
  error->slots()[kErrorCode].i = code;
  error->pointers()[kErrorMessage] = text.object;
  error->pointers()[kErrorCause] = kept_cause.object;
  error->pointers()[kErrorTrace] = trace.object;
  return error;
}

}  // namespace noodle::vm
