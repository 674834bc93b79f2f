#include <openssl/ssl.h>

#include <algorithm>
#include <asio/write.hpp>
#include <utility>

#include "cluster/transport/transport_state.hpp"

namespace noodle::transport {
namespace {

// What one read or write moves at most: enough to make system calls rare, little enough that control waits short.
constexpr std::size_t kBufferBytes = 64 * kKiB;

Error tls_error(const std::string& address, const asio::error_code& problem) {
  return {Code::link_tls, "TLS with " + address + " failed: " + problem.message(), {}};
}

}  // namespace

Connection::Connection(std::shared_ptr<Transport::State> transport, LinkRole role, Tcp::socket socket)
    : transport_(std::move(transport)),
      role_(role),
      tls_(transport_->tls),
      stream_(std::move(socket), *static_cast<asio::ssl::context*>(tls_->native())),
      timer_(transport_->io),
      began_ns_(transport_->clock.monotonic_ns()),
      in_(kBufferBytes),
      out_(kBufferBytes) {
  verdict_.wants_node = role == LinkRole::initiator;
  attach_verdict(stream_.native_handle(), &verdict_);
}

void Connection::accept() {
  asio::error_code ignored;
  const Tcp::endpoint from = stream_.next_layer().remote_endpoint(ignored);
  address_ = from.address().to_string() + ":" + std::to_string(from.port());
  arm_timer();
  shake_hands();
}

void Connection::connect(const NodeId& peer, const Tcp::endpoint& endpoint) {
  peer_ = peer;
  open_socket(endpoint);
}

void Connection::call(const Tcp::endpoint& endpoint, Transport::Called done) {
  called_ = std::move(done);
  open_socket(endpoint);
}

void Connection::open_socket(const Tcp::endpoint& endpoint) {
  address_ = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  arm_timer();
  stream_.next_layer().async_connect(endpoint, [self = shared_from_this()](const asio::error_code& problem) {
    if (self->closed_) return;
    if (problem) {
      self->refused_ = problem == asio::error::connection_refused;
      return self->fail({Code::peer_unreachable, "cannot connect to " + self->address_ + ": " + problem.message(), {}});
    }
    self->shake_hands();
  });
}

void Connection::shake_hands() {
  asio::error_code ignored;
  stream_.next_layer().set_option(Tcp::no_delay(true), ignored);
  const auto side = role_ == LinkRole::initiator ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
  stream_.async_handshake(side, [self = shared_from_this()](const asio::error_code& problem) {
    if (self->closed_) return;
    if (problem) {
      const bool judged = !self->verdict_.peer && self->verdict_.peer.error().code != Code::link_tls;
      return self->fail(judged ? self->verdict_.peer.error() : tls_error(self->address_, problem));
    }
    self->greet();
  });
}

void Connection::greet() {
  if (!verdict_.peer) return fail(verdict_.peer.error());
  if (verdict_.peer->id() == transport_->options.hello.node) {
    return fail({Code::link_identity, "nodeId: " + address_ + " is this node itself", {}});
  }
  if (role_ == LinkRole::initiator && peer_ && verdict_.peer->id() != peer_) {
    return fail({Code::link_identity,
                 "nodeId: " + address_ + " is " + verdict_.peer->id().to_string() + ", " + peer_.to_string() +
                     " was expected there",
                 {}});
  }
  peer_ = verdict_.peer->id();
  // The time of the handshake counts from the first byte, TLS included.
  link_.emplace(
      role_, transport_->options.hello, [this](const Hello& hello) { return judge(hello); }, transport_->options.link,
      began_ns_);
  read();
  pump();
}

Result<std::uint16_t> Connection::judge(const Hello& hello) const {
  const auto known = transport_->peers.find(peer_);
  const std::uint64_t newest = known == transport_->peers.end() ? 0 : known->second.newest_incarnation;
  auto version = agree(transport_->options.hello, hello, {peer_, newest});
  if (!version) return version;
  if (auto single = transport_->check_duplicate(hello, *this); !single) return single.error();
  return version;
}

void Connection::read() {
  stream_.async_read_some(
      asio::buffer(in_), [self = shared_from_this()](const asio::error_code& problem, std::size_t count) {
        if (self->closed_) return;
        if (problem) {
          // Under TLS 1.3 the acceptor may refuse our certificate after our side of the handshake is done.
          const bool refused = !self->open_ && self->role_ == LinkRole::initiator && problem != asio::error::eof &&
                               problem.category() == asio::error::get_ssl_category();
          return self->fail(
              refused ? tls_error(self->address_, problem)
                      : Error{Code::link_closed, "the link to " + self->address_ + " was closed by the peer", {}});
        }
        self->take_in(count);
      });
}

void Connection::take_in(std::size_t count) {
  const auto received = link_->receive(std::span(in_).first(count), transport_->clock.monotonic_ns());
  if (!open_ && link_->state() == LinkState::open) {
    open_ = true;
    opened_ns_ = transport_->clock.monotonic_ns();
    transport_->on_open(shared_from_this());
    if (closed_) return;
    arm_timer();
  }
  while (!closed_) {
    auto one = link_->next();
    if (!one) break;
    transport_->events.received(peer_, std::move(*one));
  }
  if (closed_) return;
  if (!received) return say_farewell(received.error());
  read();
  pump();
}

/// Tells the peer why, when there is something to tell, and closes.
void Connection::say_farewell(const Error& why) {
  const std::size_t count = writing_ ? 0 : link_->take(out_);
  if (count == 0) return fail(why);
  const auto self = shared_from_this();
  writing_ = true;
  // The timer of the handshake still runs: a peer that does not read cannot hold the connection.
  asio::async_write(stream_, asio::buffer(out_.data(), count), [self, why](const asio::error_code&, std::size_t) {
    if (!self->closed_) self->fail(why);
  });
}

void Connection::pump() {
  if (writing_ || closed_ || !link_) return;
  const std::size_t count = link_->take(out_);
  if (count == 0) return;
  writing_ = true;
  asio::async_write(
      stream_, asio::buffer(out_.data(), count),
      [self = shared_from_this()](const asio::error_code& problem, std::size_t) {
        if (self->closed_) return;
        self->writing_ = false;
        if (problem) {
          return self->fail({Code::link_closed, "the link to " + self->address_ + " was closed by the peer", {}});
        }
        self->pump();
      });
}

void Connection::arm_timer() {
  const std::int64_t now_ns = transport_->clock.monotonic_ns();
  std::int64_t due_ns = link_ ? link_->tick_due_ns() : began_ns_ + transport_->options.link.handshake_ns;
  if (open_ && transport_->options.link.idle_ns != 0) {
    due_ns = std::min(due_ns, now_ns + transport_->options.link.idle_ns / 2);
  }
  timer_.expires_after(std::chrono::nanoseconds(std::clamp<std::int64_t>(due_ns - now_ns, 1'000'000, 60'000'000'000)));
  timer_.async_wait([self = shared_from_this()](const asio::error_code& problem) {
    if (!problem && !self->closed_) self->on_timer();
  });
}

void Connection::on_timer() {
  const std::int64_t now_ns = transport_->clock.monotonic_ns();
  if (!open_ && now_ns - began_ns_ >= transport_->options.link.handshake_ns) {
    return fail({Code::link_timeout, "no handshake with " + address_ + " in time", {}});
  }
  if (link_) {
    if (const auto ticked = link_->tick(now_ns); !ticked) return fail(ticked.error());
    if (link_->is_idle(now_ns)) return fail({Code::link_closed, "the link to " + address_ + " was idle", {}});
    pump();
  }
  arm_timer();
}

void Connection::fail(const Error& why) {
  if (closed_) return;
  const auto self = shared_from_this();
  close();
  transport_->on_closed(self, why);
}

void Connection::close() {
  closed_ = true;
  if (link_) link_->close();
  timer_.cancel();
  asio::error_code ignored;
  // Without TLS's own goodbye: it would wait for a peer that may be gone, and frames have lengths.
  stream_.next_layer().shutdown(Tcp::socket::shutdown_both, ignored);
  stream_.next_layer().close(ignored);
}

}  // namespace noodle::transport
