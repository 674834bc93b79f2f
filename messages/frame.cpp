#include "messages/frame.hpp"

#include <bit>
#include <cstring>
#include <new>
#include <string>

#include "messages/message_size.hpp"
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
  // Copy first, then check the copy: the caller's buffer may be misaligned or still be written to.
  auto draft = FrameDraft::begin(type, bytes.size());
  if (!draft) return draft.error();
  draft->append(bytes);
  return std::move(*draft).finish();
}

Result<FrameDraft> FrameDraft::begin(std::uint64_t type, std::size_t size_bytes) {
  if (size_bytes > kMaxMessageBytes) {
    return Error{Code::frame_too_large,
                 "frame of " + std::to_string(size_bytes) + " bytes is over the limit of " +
                     std::to_string(kMaxMessageBytes) + " bytes; send it in parts",
                 {}};
  }
  if (size_bytes == 0 || size_bytes % sizeof(std::uint64_t) != 0) {
    return Error{Code::frame_malformed,
                 "frame of " + std::to_string(size_bytes) + " bytes is not a whole number of 8-byte words",
                 {}};
  }
  try {
    return FrameDraft(FramePtr(Frame::allocate(type, size_bytes / sizeof(std::uint64_t), true)));
  } catch (const std::bad_alloc&) {
    return Error{Code::frame_too_large, "no memory for a frame of " + std::to_string(size_bytes) + " bytes", {}};
  }
}

void FrameDraft::append(std::span<const std::byte> bytes) {
  auto* const words = const_cast<Frame*>(frame_.get())->mutable_words();
  std::memcpy(reinterpret_cast<std::byte*>(words) + filled_, bytes.data(), bytes.size());
  filled_ += bytes.size();
}

Result<FramePtr> FrameDraft::finish() && {
  if (auto checked = check_pointers({frame_->words(), frame_->word_count()}); !checked) return checked.error();
  return std::move(frame_);
}

}  // namespace noodle
