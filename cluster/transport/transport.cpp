#include "cluster/transport/transport.hpp"

#include <algorithm>
#include <utility>

#include "cluster/transport/transport_state.hpp"

namespace noodle::transport {
namespace {

// So often an attempt may be refused in favour of a link that never comes.
constexpr std::uint32_t kMostDuplicates = 6;

std::string host_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

}  // namespace

Result<void> Transport::State::listen() {
  asio::error_code problem;
  const auto address = asio::ip::make_address(options.listen.host, problem);
  const Tcp::endpoint endpoint(address, options.listen.port);
  if (!problem) acceptor.open(endpoint.protocol(), problem);
  if (!problem) acceptor.set_option(Tcp::acceptor::reuse_address(true), problem);
  if (!problem) acceptor.bind(endpoint, problem);
  if (!problem) acceptor.listen(128, problem);
  if (problem) {
    return Error{Code::peer_unreachable,
                 "cannot listen on " + options.listen.host + ":" + std::to_string(options.listen.port) + ": " +
                     problem.message(),
                 {}};
  }
  accept_next();
  return {};
}

void Transport::State::accept_next() {
  acceptor.async_accept([state = shared_from_this()](const asio::error_code& problem, Tcp::socket socket) {
    if (state->stopped || problem == asio::error::operation_aborted) return;
    if (!problem) state->admit(std::move(socket));
    state->accept_next();
  });
}

void Transport::State::admit(Tcp::socket socket) {
  ++statistics.accepted;
  asio::error_code problem;
  const Tcp::endpoint from = socket.remote_endpoint(problem);
  if (problem) return;
  const std::string host = from.address().to_string();
  const auto of_host = std::count_if(accepted.begin(), accepted.end(),
                                     [&host](const auto& one) { return host_of(one->address()) == host; });
  const auto up = std::count_if(peers.begin(), peers.end(), [](const auto& one) { return one.second.up != nullptr; });
  if (accepted.size() >= options.max_handshakes ||
      static_cast<std::size_t>(of_host) >= options.max_handshakes_of_address ||
      static_cast<std::size_t>(up) >= options.max_links) {
    ++statistics.flooded;
    ++statistics.refused;
    ++statistics.refused_by_code[static_cast<std::uint16_t>(Code::link_too_many)];
    const std::string address = host + ":" + std::to_string(from.port());
    events.refused(address, {Code::link_too_many,
                             std::to_string(accepted.size()) + " handshakes are open; " + address + " was refused",
                             {}});
    return;
  }
  const auto connection = std::make_shared<Connection>(shared_from_this(), LinkRole::acceptor, std::move(socket));
  accepted.insert(connection);
  connection->accept();
}

Result<void> Transport::State::start_connecting(const NodeId& id, Peer& peer) {
  if (!peer.endpoint) return Error{Code::peer_unreachable, "no address of " + id.to_string() + " is known", {}};
  if (clock.monotonic_ns() < peer.retry_ns) {
    return Error{Code::peer_unreachable, id.to_string() + " could not be reached a moment ago", {}};
  }
  peer.connecting = std::make_shared<Connection>(shared_from_this(), LinkRole::initiator, Tcp::socket(io));
  peer.connecting->connect(id, *peer.endpoint);
  return {};
}

/// Runs before the peer is answered, so of two links that both sides open at once exactly one is ever used.
Result<void> Transport::State::check_duplicate(const Hello& hello, const Connection& connection) {
  if (connection.role() == LinkRole::initiator) return {};  // the acceptor has decided
  const auto found = peers.find(hello.node);
  if (found == peers.end()) return {};
  const Peer& peer = found->second;
  const Error duplicate{Code::link_duplicate, "the link to " + hello.node.to_string() + " exists already", {}};
  const bool keeps_own = keeps_own_link(options.hello.node, hello.node);
  if (peer.connecting != nullptr && keeps_own) return duplicate;
  if (peer.up == nullptr || hello.incarnation > peer.newest_incarnation) return {};
  // The peer began this one after our link to it was up: it has lost that link, and we have not noticed.
  const bool peer_lost_it = connection.began_ns() > peer.up->opened_ns();
  if (peer.up->role() == LinkRole::initiator && keeps_own && !peer_lost_it) return duplicate;
  return {};
}

void Transport::State::on_open(const std::shared_ptr<Connection>& connection) {
  accepted.erase(connection);
  calling.erase(connection);
  const NodeId id = connection->peer();
  Peer& peer = peers[id];
  const auto old = std::exchange(peer.up, connection);
  if (peer.connecting != nullptr && peer.connecting != connection) peer.connecting->close();
  peer.connecting.reset();
  if (old != nullptr) {
    old->close();
    statistics.ended.add(old->link().statistics());
    lose(id, old->link().queued_frames(), {Code::link_duplicate, "another link has taken its place", {}});
    events.down(id, {Code::link_duplicate, "another link has taken its place", {}});
  }
  peer.attempt = 0;
  peer.retry_ns = 0;
  peer.newest_incarnation = connection->link().peer()->incarnation;
  ++statistics.connected;
  events.up(*connection->link().peer(), connection->certificate());
  for (Waiting& one : std::exchange(peer.waiting, {})) {
    if (const auto sent = connection->link().send(one.lane, one.header, std::move(one.frame)); !sent) {
      lose(id, 1, sent.error());
    }
  }
  peer.waiting_bytes = 0;
  connection->pump_soon();
  if (const auto called = connection->take_called()) called(id, false);
}

void Transport::State::on_closed(const std::shared_ptr<Connection>& connection, const Error& why) {
  accepted.erase(connection);
  calling.erase(connection);
  if (stopped) return;
  const auto found = peers.find(connection->peer());
  Peer* peer = found == peers.end() ? nullptr : &found->second;
  if (peer != nullptr && peer->up == connection) {
    peer->up.reset();
    ++statistics.closed;
    statistics.ended.add(connection->link().statistics());
    const NodeId id = found->first;
    lose(id, connection->link().queued_frames(), why);
    events.down(id, why);
    // No other link will have a client's id.
    if (connection->certificate().use == security::CertificateUse::client) peers.erase(id);
    return;
  }
  ++statistics.refused;
  ++statistics.refused_by_code[why.number()];
  const auto tell = [&, called = connection->take_called()] {
    if (called) return called(why, connection->refused());
    events.refused(connection->address(), why);
  };
  if (peer != nullptr && peer->connecting == connection) {
    peer->connecting.reset();
    // The peer keeps its own link to us, which is about to open: what waits goes over that.
    if (why.code == Code::link_duplicate && ++peer->attempt <= kMostDuplicates) {
      look_again(found->first, *peer);
      return tell();
    }
    peer->retry_ns = clock.monotonic_ns() + backoff_ns(++peer->attempt, random());
    peer->waiting_bytes = 0;
    const std::uint64_t frames = std::exchange(peer->waiting, {}).size();
    lose(found->first, frames, why);
  }
  tell();
}

bool Transport::State::begin(const std::shared_ptr<Connection>& connection) {
  Peer& peer = peers[connection->peer()];
  if (peer.up != nullptr || (peer.connecting != nullptr && peer.connecting != connection)) return false;
  peer.connecting = connection;
  return true;
}

void Transport::State::look_again(const NodeId& id, Peer& peer) {
  const auto timer = std::make_shared<asio::steady_timer>(io);
  timer->expires_after(std::chrono::nanoseconds(backoff_ns(peer.attempt, random())));
  timer->async_wait([state = shared_from_this(), timer, id](const asio::error_code& problem) {
    if (problem || state->stopped) return;
    const auto found = state->peers.find(id);
    if (found == state->peers.end() || found->second.up != nullptr || found->second.connecting != nullptr ||
        found->second.waiting.empty()) {
      return;
    }
    if (const auto started = state->start_connecting(id, found->second); !started) {
      found->second.waiting_bytes = 0;
      state->lose(id, std::exchange(found->second.waiting, {}).size(), started.error());
    }
  });
}

void Transport::State::lose(const NodeId& id, std::uint64_t frames, const Error& why) {
  if (frames == 0) return;
  statistics.lost_frames += frames;
  events.lost(id, frames, why);
}

void Transport::State::stop() {
  stopped = true;
  asio::error_code ignored;
  acceptor.close(ignored);
  for (const auto& connection : std::exchange(accepted, {})) connection->close();
  for (const auto& connection : std::exchange(calling, {})) connection->close();
  for (auto& [id, peer] : std::exchange(peers, {})) {
    if (peer.up != nullptr) peer.up->close();
    if (peer.connecting != nullptr) peer.connecting->close();
  }
}

Transport::Transport(std::shared_ptr<State> state) : state_(std::move(state)) {}

Transport::~Transport() {
  state_->stop();
}

Result<std::unique_ptr<Transport>> Transport::start(Loop& loop, std::shared_ptr<TlsContext> tls,
                                                    const TransportOptions& options, TransportEvents events,
                                                    const Clock& clock) {
  auto state = std::make_shared<State>(*static_cast<asio::io_context*>(loop.context()), std::move(tls), options,
                                       std::move(events), clock);
  state->options.hello.node = state->tls->self().link_id(options.hello.incarnation);
  state->options.hello.cluster = state->tls->self().cluster;
  state->options.link.unfinished = std::make_shared<SharedMemory>(SharedMemory{options.receive_memory, 0});
  if (options.listens) {
    if (auto listening = state->listen(); !listening) return listening.error();
  }
  return std::unique_ptr<Transport>(new Transport(std::move(state)));
}

std::uint16_t Transport::port() const {
  asio::error_code ignored;
  return state_->acceptor.is_open() ? state_->acceptor.local_endpoint(ignored).port() : std::uint16_t{0};
}

void Transport::call(const Endpoint& endpoint, Called done) {
  asio::error_code problem;
  const auto address = asio::ip::make_address(endpoint.host, problem);
  if (problem) {
    return done(Error{Code::peer_unreachable, "`" + endpoint.host + "` is not an address: " + problem.message(), {}},
                false);
  }
  const auto connection = std::make_shared<Connection>(state_, LinkRole::initiator, Tcp::socket(state_->io));
  state_->calling.insert(connection);
  connection->call({address, endpoint.port}, std::move(done));
}

void Transport::connect(const NodeId& id) {
  State::Peer& peer = state_->peers[id];
  if (peer.up == nullptr && peer.connecting == nullptr) (void)state_->start_connecting(id, peer).ok();
}

void Transport::set_endpoint(const NodeId& id, const Endpoint& endpoint) {
  asio::error_code problem;
  const auto address = asio::ip::make_address(endpoint.host, problem);
  State::Peer& peer = state_->peers[id];
  const auto wanted = problem ? std::nullopt : std::optional(Tcp::endpoint(address, endpoint.port));
  if (wanted == peer.endpoint) return;
  peer.endpoint = wanted;
  peer.attempt = 0;
  peer.retry_ns = 0;
  if (peer.connecting == nullptr) return;
  // What waits goes to the new address.
  std::exchange(peer.connecting, nullptr)->close();
  if (wanted) (void)state_->start_connecting(id, peer).ok();
}

Result<void> Transport::send(const NodeId& id, Lane lane, const FrameHeader& header, FramePtr frame) {
  State::Peer& peer = state_->peers[id];
  if (peer.up != nullptr) {
    auto sent = peer.up->link().send(lane, header, std::move(frame));
    if (sent) peer.up->pump_soon();
    return sent;
  }
  const std::uint64_t size = header.size_bytes() + frame->bytes().size();
  if (size > state_->options.link.largest_frame(lane)) {
    return Error{Code::frame_too_large, "a frame of " + std::to_string(size) + " bytes is too large for its lane", {}};
  }
  if (!peer.waiting.empty() && peer.waiting_bytes + size > state_->options.max_waiting_bytes) {
    return Error{
        Code::link_lane_full,
        "the link to " + id.to_string() + " is being made (" + std::to_string(peer.waiting_bytes) + " bytes wait)",
        {}};
  }
  if (peer.connecting == nullptr) {
    if (auto started = state_->start_connecting(id, peer); !started) return started;
  }
  peer.waiting.push_back({lane, header, std::move(frame)});
  peer.waiting_bytes += size;
  return {};
}

void Transport::release(const NodeId& id, const Received& received) {
  const auto peer = state_->peers.find(id);
  if (peer == state_->peers.end() || peer->second.up == nullptr) return;
  peer->second.up->link().consumed(received);
  peer->second.up->pump_soon();
}

void Transport::disconnect(const NodeId& id) {
  const auto peer = state_->peers.find(id);
  if (peer == state_->peers.end()) return;
  const Error why{Code::link_closed, "the link was closed on this side", {}};
  if (const auto up = peer->second.up) up->fail(why);
  if (const auto connecting = peer->second.connecting) connecting->fail(why);
}

void Transport::replace_tls(std::shared_ptr<TlsContext> tls) {
  state_->tls = std::move(tls);
}

void Transport::set_incarnation(std::uint64_t incarnation) {
  state_->options.hello.incarnation = incarnation;
}

bool Transport::is_up(const NodeId& id) const {
  const auto peer = state_->peers.find(id);
  return peer != state_->peers.end() && peer->second.up != nullptr;
}

const LinkStatistics* Transport::link_statistics(const NodeId& id) const {
  return is_up(id) ? &state_->peers.at(id).up->link().statistics() : nullptr;
}

const TransportStatistics& Transport::statistics() const {
  return state_->statistics;
}

LinkStatistics Transport::traffic() const {
  LinkStatistics all = state_->statistics.ended;
  for (const auto& [id, peer] : state_->peers) {
    if (peer.up != nullptr) all.add(peer.up->link().statistics());
  }
  return all;
}

}  // namespace noodle::transport
