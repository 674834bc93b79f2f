// Memory that the links of a node share for frames of which only a part has come.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace noodle::transport {

struct SharedMemory {
  std::uint64_t most = UINT64_MAX;
  std::uint64_t taken = 0;
};

/// What one frame has taken of it; given back at its end.
class MemoryShare {
 public:
  explicit MemoryShare(std::shared_ptr<SharedMemory> of) : of_(std::move(of)) {}
  MemoryShare(MemoryShare&& other) noexcept : of_(std::move(other.of_)), taken_(std::exchange(other.taken_, 0)) {}
  MemoryShare& operator=(MemoryShare&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(taken_, other.taken_);
    return *this;
  }
  ~MemoryShare() {
    if (of_) of_->taken -= taken_;
  }

  /// False: there is not so much left.
  bool take(std::uint64_t bytes) {
    if (!of_) return true;
    if (bytes > of_->most - of_->taken) return false;
    of_->taken += bytes;
    taken_ += bytes;
    return true;
  }

 private:
  std::shared_ptr<SharedMemory> of_;  // null: without bound
  std::uint64_t taken_ = 0;
};

}  // namespace noodle::transport
