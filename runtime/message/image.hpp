// Heap images: values on their way between processes, as one relocatable block of objects.
//
// An image is a row of objects laid out as on a heap. A reference is 0 (null), a tagged offset (offset from the start
// of the image << 1 | 1) or, between processes of one program, the address of a static object of that program. Writing
// copies everything reachable in one pass (Cheney: the copies are the work list), keeps sharing and cycles, and puts
// the headers it used as marks back before it returns. Reading is one memcpy and one walk that adds the base. Texts are
// written flat, lists without spare room. Functions, host objects and actor states cannot be written (1616). Threads: a
// writer belongs to one thread; an image is immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/error.hpp"
#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {
struct Process;
}

namespace noodle::process {

using ImageRef = std::uint64_t;

constexpr ImageRef image_ref(std::size_t offset) {
  return std::uint64_t{offset} << 1 | 1;
}
constexpr std::size_t image_offset(ImageRef ref) {
  return ref >> 1;
}

/// Reusable buffer and mark list for writing images.
class ImageWriter {
 public:
  /// Writes what `roots` reach; then data(), size() and refs() (one per root) are valid until the next write.
  /// `share_statics`: the reader runs the same program. False: see error().
  bool write(const vm::Program& program, std::span<vm::Object* const> roots, bool share_statics,
             std::size_t limit_bytes);
  /// Why the last write failed: 1616 for what cannot be sent, 1707 beyond the limit.
  Error error() const;

  const char* data() const { return buffer_.get(); }
  std::size_t size() const { return size_; }
  std::span<const ImageRef> refs() const { return refs_; }

 private:
  struct Mark {
    vm::Object* object;
    std::uint64_t header;
  };

  ImageRef place(vm::Object* object);
  ImageRef place_text(vm::Object* rope);
  void copy_pieces(vm::Object* rope, char* end);
  ImageRef place_static(vm::Object* object);
  ImageRef place_storage(vm::Object* storage, std::size_t count);
  ImageRef append(const void* bytes, std::size_t size, std::uint64_t header);
  bool sendable(const vm::Class& cls);
  bool make_room(std::size_t size);
  void scan();
  void scan_slots(std::size_t offset, const vm::Class& cls, std::uint32_t length);
  std::uint64_t& word(std::size_t offset) { return *reinterpret_cast<std::uint64_t*>(buffer_.get() + offset); }
  void update(std::size_t offset) {
    const ImageRef ref = place(reinterpret_cast<vm::Object*>(word(offset)));
    word(offset) = ref;
  }

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t scanned_ = 0;
  std::size_t limit_ = 0;
  const vm::Program* program_ = nullptr;
  bool share_statics_ = false;
  Code failure_{};
  std::string unsendable_;  // name of the type that cannot be sent
  std::vector<ImageRef> refs_;
  std::vector<Mark> marks_;
  std::vector<vm::Object*> pieces_;                          // of a text that is being written
  std::unordered_map<const vm::Object*, ImageRef> statics_;  // copied static objects (not share_statics)
};

/// Copies an image to the heap of `process` and points its references there. Returns the base for resolve(), or null
/// when there is no memory (pending error 1701 or 1708). An empty image needs no call.
char* adopt_image(vm::Process& process, const char* image, std::size_t size);

/// Turns a reference of an adopted image into a pointer.
inline vm::Object* resolve(ImageRef ref, char* base) {
  return ref & 1 ? reinterpret_cast<vm::Object*>(base + image_offset(ref)) : reinterpret_cast<vm::Object*>(ref);
}

}  // namespace noodle::process
