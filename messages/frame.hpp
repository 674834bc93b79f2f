// Frame: one immutable Cap'n Proto message in one allocation: a 16-byte header and the words of its only segment.
//
// The words begin with the root pointer; there is no segment table, since there is exactly one segment. The same words
// go to a socket and come from one: type id and length travel in the link's header.
// Threads: shared freely; the reference count is atomic and nothing else ever changes.
// Owns: its words. Limits: kMaxMessageBytes (6002), kMaxMessageNesting.
// Errors: from_bytes 6001 malformed, 6002 too large.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "messages/error.hpp"

namespace noodle {

class Frame;

/// Shared ownership of a Frame. Copying costs one atomic increment.
class FramePtr {
 public:
  FramePtr() = default;
  FramePtr(const FramePtr& other) noexcept;
  FramePtr(FramePtr&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  FramePtr& operator=(FramePtr other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~FramePtr();

  const Frame& operator*() const { return *frame_; }
  const Frame* operator->() const { return frame_; }
  const Frame* get() const { return frame_; }
  explicit operator bool() const { return frame_ != nullptr; }
  friend bool operator==(const FramePtr&, const FramePtr&) = default;

 private:
  friend class Frame;
  friend class FrameDraft;
  friend struct FrameAccess;
  explicit FramePtr(const Frame* adopted) : frame_(adopted) {}

  const Frame* frame_ = nullptr;
};

class Frame {
 public:
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  /// A frame of `type` from bytes of the outside world, which are copied. Checks size and every pointer: all of them
  /// stay inside the frame, nesting is bounded, walking everything costs no more than the frame's size, nothing but
  /// structs and lists occurs. What the fields mean is checked by Msg<T>::from_frame, so a relay can pass on types it
  /// does not know.
  static Result<FramePtr> from_bytes(std::uint64_t type, std::span<const std::byte> bytes);

  /// Cap'n Proto schema id of the root struct.
  std::uint64_t type() const { return type_; }
  std::size_t word_count() const { return words_; }
  const std::uint64_t* words() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
  /// What goes to a socket.
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(words(), word_count())); }
  /// True when the words came from outside (from_bytes) and their types have to be checked before use.
  bool is_foreign() const { return foreign_; }
  std::uint32_t use_count() const { return references_.load(std::memory_order_relaxed); }

 private:
  friend class FramePtr;
  friend class FrameDraft;
  friend struct FrameAccess;

  Frame(std::uint64_t type, std::uint32_t words, bool foreign)
      : references_(1), words_(words), foreign_(foreign), type_(type) {}
  static Frame* allocate(std::uint64_t type, std::size_t words, bool foreign);
  std::uint64_t* mutable_words() { return reinterpret_cast<std::uint64_t*>(this + 1); }
  void release() const noexcept;

  mutable std::atomic<std::uint32_t> references_;
  std::uint32_t words_ : 31;
  std::uint32_t foreign_ : 1;
  std::uint64_t type_;
};
static_assert(sizeof(Frame) == 16);

/// A frame from the outside world that comes in pieces, put together in place. Until a piece comes, its part takes
/// addresses and no memory.
class FrameDraft {
 public:
  /// Errors 6001, 6002 of the size.
  static Result<FrameDraft> begin(std::uint64_t type, std::size_t size_bytes);
  std::size_t missing_bytes() const { return frame_->bytes().size() - filled_; }
  /// Precondition: at most missing_bytes().
  void append(std::span<const std::byte> bytes);
  /// Checks like Frame::from_bytes. Precondition: nothing is missing.
  Result<FramePtr> finish() &&;

 private:
  explicit FrameDraft(FramePtr frame) : frame_(std::move(frame)) {}

  FramePtr frame_;
  std::size_t filled_ = 0;
};

inline FramePtr::FramePtr(const FramePtr& other) noexcept : frame_(other.frame_) {
  if (frame_ != nullptr) frame_->references_.fetch_add(1, std::memory_order_relaxed);
}

inline FramePtr::~FramePtr() {
  if (frame_ != nullptr) frame_->release();
}

}  // namespace noodle
