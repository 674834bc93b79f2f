#include "tools/up/local_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "messages/limits.hpp"

namespace noodle::up {
namespace {

struct Head {
  std::uint32_t bytes;
  std::uint32_t zero;
  std::uint64_t type;
};

/// Paths of sockets have 107 bytes; through the folder's descriptor any will do.
sockaddr_un address_in(const Descriptor& folder, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/" + name;
  std::memcpy(address.sun_path, path.c_str(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

Descriptor open_folder(const std::string& folder) {
  return Descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

bool is_same_user(const Descriptor& peer) {
  ucred other{};
  socklen_t size = sizeof other;
  return getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 &&
         (other.uid == geteuid() || other.uid == 0);
}

bool read_all(const Descriptor& from, void* data, std::size_t size, int timeout_ms) {
  auto* at = static_cast<char*>(data);
  while (size > 0) {
    if (stays_silent(from, timeout_ms)) return false;
    const ssize_t got = recv(from.get(), at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(const Descriptor& to, const void* data, std::size_t size) {
  const auto* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = send(to.get(), at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent < 0) continue;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Descriptor> listen_local(const std::string& folder, const std::string& name) {
  const Descriptor at = open_folder(folder);
  const sockaddr_un address = address_in(at, name);
  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (at) unlinkat(at.get(), name.c_str(), 0);  // left behind by one that was killed
  if (!at || !listener || bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), 16) != 0) {
    return Error{Code::file_unreadable, "cannot listen at `" + folder + "/" + name + "`: " + std::strerror(errno), {}};
  }
  return listener;
}

Descriptor connect_local(const std::string& folder, const std::string& name) {
  const Descriptor at = open_folder(folder);
  Descriptor peer(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_in(at, name);
  if (!at || connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      !is_same_user(peer)) {
    return Descriptor();
  }
  return peer;
}

Descriptor accept_local(const Descriptor& listener) {
  Descriptor peer(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  return peer && is_same_user(peer) ? std::move(peer) : Descriptor();
}

bool write_frame(const Descriptor& to, const Frame& frame) {
  const Head head{static_cast<std::uint32_t>(frame.bytes().size()), 0, frame.type()};
  return write_all(to, &head, sizeof head) && write_all(to, frame.bytes().data(), frame.bytes().size());
}

Result<RawFrame> read_raw_frame(const Descriptor& from, int timeout_ms) {
  Head head{};
  const Error gone{Code::frame_malformed, "the other side has gone in the middle of a message", {}};
  if (!read_all(from, &head, sizeof head, timeout_ms)) return gone;
  if (head.bytes > kMaxFrameBytes || head.bytes % 8 != 0 || head.zero != 0) {
    return Error{Code::frame_too_large, "a message of " + std::to_string(head.bytes) + " bytes", {}};
  }
  RawFrame frame{head.type, std::vector<std::uint64_t>(head.bytes / 8)};
  if (!read_all(from, frame.words.data(), head.bytes, timeout_ms)) return gone;
  return frame;
}

bool stays_silent(const Descriptor& peer, int timeout_ms) {
  pollfd poll_for{peer.get(), POLLIN, 0};
  int ready = 0;
  do ready = poll(&poll_for, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  return ready <= 0;
}

}  // namespace noodle::up
