#include <algorithm>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <utility>

#include "cluster/transport/transport_state.hpp"

namespace noodle::transport {
namespace {

// What one read or write moves at most: enough to make system calls rare, little enough that control waits short.
constexpr std::size_t kPlainBytes = 64 * kKiB;
constexpr std::size_t kSealedBytes = 160 * kKiB;
constexpr std::size_t kSealedRoom = kPlainBytes + 4 * kKiB;  // what kPlainBytes become at most

Error tls_error(const std::string& address, const Error& problem) {
  return {Code::link_tls, "TLS with " + address + " failed: " + problem.message, {}};
}

}  // namespace

Connection::Connection(std::shared_ptr<Transport::State> transport, LinkRole role, Tcp::socket socket)
    : transport_(std::move(transport)),
      role_(role),
      tls_(transport_->tls),
      socket_(std::move(socket)),
      stream_(tls_->native(), role == LinkRole::acceptor),
      timer_(transport_->io),
      began_ns_(transport_->clock.monotonic_ns()),
      plain_(kPlainBytes),
      outgoing_(kPlainBytes),
      sealed_in_(kSealedBytes),
      sealed_out_(kSealedBytes) {
  verdict_.wants_node = role == LinkRole::initiator;
  attach_verdict(stream_.native(), &verdict_);
}

void Connection::accept() {
  asio::error_code ignored;
  const Tcp::endpoint from = socket_.remote_endpoint(ignored);
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
  socket_.async_connect(endpoint, [self = shared_from_this()](const asio::error_code& problem) {
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
  socket_.set_option(Tcp::no_delay(true), ignored);
  step_handshake();
  if (!closed_) read();
}

void Connection::step_handshake() {
  const Result<bool> done = stream_.shake_hands();
  if (!done) {
    const bool judged = !verdict_.peer && verdict_.peer.error().code != Code::link_tls;
    const Error why = judged ? verdict_.peer.error() : tls_error(address_, done.error());
    return send_last(why);  // TLS says why to the peer
  }
  shaken_ = *done;
  if (shaken_) greet();
  if (!closed_) pump();
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
  const bool called = role_ == LinkRole::initiator && !peer_;
  peer_ = verdict_.peer->id();
  if (called && !transport_->begin(shared_from_this())) {
    // The caller has found out who is there; the link that exists, or is being made, serves as well.
    const auto self = shared_from_this();
    const auto told = take_called();
    close();
    transport_->calling.erase(self);
    if (told) told(peer_, false);
    return;
  }
  LinkLimits limits = transport_->options.link;
  // A person may stop a shell for a while. A node that is silent is passed round.
  if (verdict_.peer->use == security::CertificateUse::client)
    limits.silence_ns = std::max(limits.silence_ns, LinkLimits{}.silence_ns);
  // The time of the handshake counts from the first byte, TLS included.
  link_.emplace(
      role_, transport_->options.hello, [this](const Hello& hello) { return judge(hello); }, limits, began_ns_);
}

Result<std::uint16_t> Connection::judge(const Hello& hello) {
  peer_ = verdict_.peer->link_id(hello.incarnation);
  const auto known = transport_->peers.find(peer_);
  const std::uint64_t newest = known == transport_->peers.end() ? 0 : known->second.newest_incarnation;
  auto version = agree(transport_->options.hello, hello, {peer_, newest});
  if (!version) return version;
  if (auto single = transport_->check_duplicate(hello, *this); !single) return single.error();
  return version;
}

void Connection::read() {
  socket_.async_read_some(
      asio::buffer(sealed_in_), [self = shared_from_this()](const asio::error_code& problem, std::size_t count) {
        if (self->closed_) return;
        if (problem) {
          return self->fail({Code::link_closed, "the link to " + self->address_ + " was closed by the peer", {}});
        }
        self->stream_.feed(std::span(self->sealed_in_).first(count));
        self->take_in();
        if (!self->closed_ && !self->leaving_) self->read();
      });
}

void Connection::take_in() {
  if (!shaken_) step_handshake();
  while (shaken_ && !closed_ && !leaving_) {
    const auto count = stream_.read(plain_);
    if (!count) {
      // Under TLS 1.3 the acceptor may refuse our certificate after our side of the handshake is done.
      const bool refused = !open_ && role_ == LinkRole::initiator;
      return fail(refused ? tls_error(address_, count.error())
                          : Error{Code::link_closed, "the link to " + address_ + " was closed by the peer", {}});
    }
    if (*count == 0) break;
    take_in_plain(std::span(plain_).first(*count));
  }
  if (!closed_) pump_soon();
}

void Connection::take_in_plain(std::span<const std::byte> bytes) {
  const auto received = link_->receive(bytes, transport_->clock.monotonic_ns());
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
  if (!closed_ && !received) send_last(received.error());
}

/// Fills sealed_out_ with what link and TLS have to say; how many bytes.
std::size_t Connection::fill() {
  std::size_t filled = stream_.take(sealed_out_);
  while (link_ && shaken_ && filled + kSealedRoom <= sealed_out_.size()) {
    const std::size_t count = link_->take(outgoing_, transport_->clock.monotonic_ns());
    if (count == 0 || !stream_.write(std::span(outgoing_).first(count))) break;
    filled += stream_.take(std::span(sealed_out_).subspan(filled));
  }
  return filled;
}

/// Tells the peer why, when there is something to tell, and closes.
void Connection::send_last(const Error& why) {
  leaving_ = true;
  const std::size_t count = writing_ ? 0 : fill();
  if (count == 0) return fail(why);
  const auto self = shared_from_this();
  writing_ = true;
  // The timer of the handshake still runs: a peer that does not read cannot hold the connection.
  asio::async_write(socket_, asio::buffer(sealed_out_.data(), count),
                    [self, why](const asio::error_code&, std::size_t) {
                      if (!self->closed_) self->fail(why);
                    });
}

void Connection::pump_soon() {
  if (pumping_ || writing_ || closed_) return;
  pumping_ = true;
  asio::post(transport_->io, [self = shared_from_this()] {
    self->pumping_ = false;
    self->pump();
  });
}

void Connection::pump() {
  if (writing_ || closed_) return;
  const std::size_t count = fill();
  if (count == 0) return;
  writing_ = true;
  asio::async_write(
      socket_, asio::buffer(sealed_out_.data(), count),
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
    pump_soon();
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
  socket_.shutdown(Tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace noodle::transport
