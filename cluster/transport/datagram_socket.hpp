// Datagram socket: UDP on a loop. What goes through it is sealed elsewhere (datagram.hpp).
//
// Sending never blocks: what the socket does not take at once is dropped, as a network would.
// Threads: that of the loop. Limits: kMaxDatagramBytes; longer ones arrive cut, and are refused by their seal.
// Errors: open 6019.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "cluster/transport/loop.hpp"
#include "cluster/transport/transport.hpp"

namespace noodle::transport {

class DatagramSocket {
 public:
  using Receive = std::function<void(const Endpoint& from, std::span<const std::byte> datagram)>;
  static Result<std::unique_ptr<DatagramSocket>> open(Loop& loop, const Endpoint& at, Receive receive);
  ~DatagramSocket();
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;

  std::uint16_t port() const;
  /// False: it was dropped, or `to` is no address.
  bool send(const Endpoint& to, std::span<const std::byte> datagram);

 private:
  struct State;
  explicit DatagramSocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace noodle::transport
