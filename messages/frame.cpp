#include "messages/frame.hpp"

#include <bit>
#include <cstring>
#include <new>
#include <string>

#include "messages/limits.hpp"
#include "messages/pointer_check.hpp"

namespace noodle {

static_assert(std::endian::native == std::endian::little, "frames are read in place: little-endian machines only");

Frame* Frame::allocate(std::uint64_t type, std::size_t words, bool foreign) {
  void* memory = ::operator new(sizeof(Frame) + words * sizeof(std::uint64_t));
  return new (memory) Frame(type, static_cast<std::uint32_t>(words), foreign);
}

void Frame::release() const noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  this->~Frame();
  ::operator delete(const_cast<Frame*>(this));
}

Result<FramePtr> Frame::from_bytes(std::uint64_t type, std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxFrameBytes) {
    return Error{Code::frame_too_large,
                 "frame of " + std::to_string(bytes.size()) + " bytes is over the limit of " +
                     std::to_string(kMaxFrameBytes) + " bytes; send it in parts",
                 {}};
  }
  if (bytes.empty() || bytes.size() % sizeof(std::uint64_t) != 0) {
    return Error{Code::frame_malformed,
                 "frame of " + std::to_string(bytes.size()) + " bytes is not a whole number of 8-byte words",
                 {}};
  }
  // Copy first, then check the copy: the caller's buffer may be misaligned or still be written to.
  Frame* const frame = allocate(type, bytes.size() / sizeof(std::uint64_t), true);
  FramePtr owner(frame);
  std::memcpy(frame->mutable_words(), bytes.data(), bytes.size());
  if (auto checked = check_pointers({frame->words(), frame->word_count()}); !checked) return checked.error();
  return owner;
}

}  // namespace noodle
