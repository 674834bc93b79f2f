#include "cluster/transport/datagram_socket.hpp"

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <string>
#include <utility>

#include "cluster/transport/datagram.hpp"

namespace noodle::transport {

using Udp = asio::ip::udp;

struct DatagramSocket::State : std::enable_shared_from_this<DatagramSocket::State> {
  State(asio::io_context& loop, Receive handler) : socket(loop), receive(std::move(handler)) {}

  Udp::socket socket;
  Receive receive;
  Udp::endpoint from;
  std::array<std::byte, kMaxDatagramBytes + 1> buffer;

  void read() {
    socket.async_receive_from(
        asio::buffer(buffer), from, [self = shared_from_this()](const asio::error_code& problem, std::size_t count) {
          if (!self->socket.is_open() || problem == asio::error::operation_aborted) return;
          // An earlier datagram that found nobody comes back as an error of this call.
          if (!problem) {
            self->receive({self->from.address().to_string(), self->from.port()}, std::span(self->buffer).first(count));
          }
          if (self->socket.is_open()) self->read();
        });
  }
};

DatagramSocket::DatagramSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

DatagramSocket::~DatagramSocket() {
  asio::error_code ignored;
  state_->socket.close(ignored);
}

Result<std::unique_ptr<DatagramSocket>> DatagramSocket::open(Loop& loop, const Endpoint& at, Receive receive) {
  auto state = std::make_shared<State>(*static_cast<asio::io_context*>(loop.context()), std::move(receive));
  asio::error_code problem;
  const auto address = asio::ip::make_address(at.host, problem);
  const Udp::endpoint endpoint(address, at.port);
  if (!problem) state->socket.open(endpoint.protocol(), problem);
  if (!problem) state->socket.bind(endpoint, problem);
  if (!problem) state->socket.non_blocking(true, problem);
  if (problem) {
    return Error{Code::peer_unreachable,
                 "cannot open UDP on " + at.host + ":" + std::to_string(at.port) + ": " + problem.message(),
                 {}};
  }
  state->read();
  return std::unique_ptr<DatagramSocket>(new DatagramSocket(std::move(state)));
}

std::uint16_t DatagramSocket::port() const {
  asio::error_code ignored;
  return state_->socket.local_endpoint(ignored).port();
}

bool DatagramSocket::send(const Endpoint& to, std::span<const std::byte> datagram) {
  asio::error_code problem;
  const auto address = asio::ip::make_address(to.host, problem);
  if (problem) return false;
  state_->socket.send_to(asio::buffer(datagram.data(), datagram.size()), {address, to.port}, 0, problem);
  return !problem;
}

}  // namespace noodle::transport
