// Messages between processes of one user on one machine, over a Unix socket.
//
//     frame = length:u32 0:u32 type:u64 words, little endian; one request and one answer a connection
//
// Who connects must be the same user (or root): the kernel says who it is (SO_PEERCRED), and the folder of the socket
// has mode 0700. Threads: one per descriptor. Limits: kMaxFrameBytes. Errors: 6001-6003, 7002.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "messages/msg.hpp"

namespace noodle::up {

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int get() const { return descriptor_; }
  void close() { *this = Descriptor(); }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// Listens at folder/name, also where that path is too long for a socket; what lies there is removed.
Result<Descriptor> listen_local(const std::string& folder, const std::string& name);
/// Nothing (an empty descriptor) when nobody of this user listens there.
Descriptor connect_local(const std::string& folder, const std::string& name);
/// The next connection of this user, if there is one.
Descriptor accept_local(const Descriptor& listener);

bool write_frame(const Descriptor& to, const Frame& frame);
struct RawFrame {
  std::uint64_t type = 0;
  std::vector<std::uint64_t> words;
};
/// `timeout_ms` -1: none.
Result<RawFrame> read_raw_frame(const Descriptor& from, int timeout_ms);

template <class T>
Result<Msg<T>> read_frame(const Descriptor& from, int timeout_ms) {
  auto raw = read_raw_frame(from, timeout_ms);
  if (!raw) return raw.error();
  return Msg<T>::from_bytes(raw->type, std::as_bytes(std::span(raw->words)));
}
/// False when the other side says something or has gone within the time, true when the time is over.
bool stays_silent(const Descriptor& peer, int timeout_ms);

}  // namespace noodle::up
