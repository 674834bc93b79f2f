#include "actors/mesh/links.hpp"

#include <algorithm>

#include "actors/mesh/endings.hpp"
#include "actors/mesh/message_types.hpp"
#include "cluster/routing/neighbours.hpp"
#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

using membership::LinkEvent;
using transport::FrameHeader;
using transport::Lane;
using transport::Received;

constexpr std::uint64_t kRoutes = service_number(Service::routes);
constexpr std::uint64_t kAnswer = message_field(FrameKind::answer, true, 0);
constexpr std::uint64_t kWatchAgainTicks = 5;

std::uint64_t flow_of(const FrameHeader& header) {
  return (header.source ^ header.destination << 1) * 0x9e3779b97f4a7c15u;
}

Msg<wire::LinkState> message_of(const routing::LinkStatement& statement) {
  return Msg<wire::LinkState>::build([&statement](wire::LinkState::Builder state) {
    state.setNodeHigh(statement.origin.high);
    state.setNodeLow(statement.origin.low);
    state.setIncarnation(statement.incarnation);
    state.setSequence(statement.sequence);
    auto links = state.initLinks(static_cast<unsigned>(statement.links.size()));
    for (unsigned k = 0; k < links.size(); ++k) {
      links[k].setNodeHigh(statement.links[k].to.high);
      links[k].setNodeLow(statement.links[k].to.low);
      links[k].setCost(statement.links[k].cost);
    }
  });
}

}  // namespace

Links::Links(LoopThread& thread, const MeshOptions& options, const NodeId& self, std::uint64_t incarnation,
             Distribution& distribution, LinkBoard& board, Events events)
    : thread_(thread),
      self_(self),
      degree_(options.degree),
      random_seed_(options.random_seed),
      distribution_(distribution),
      board_(board),
      events_(std::move(events)) {
  set_incarnation(incarnation);
}

Result<std::unique_ptr<Links>> Links::start(LoopThread& thread, const MeshOptions& options, const NodeId& self,
                                            std::uint64_t incarnation, Distribution& distribution, LinkBoard& board,
                                            Events events) {
  auto tls = context_of(options.identity);
  if (!tls) return tls.error();
  std::unique_ptr<Links> links(new Links(thread, options, self, incarnation, distribution, board, std::move(events)));
  transport::TransportOptions wanted;
  wanted.hello.schema_hash = kMessageSchema;
  wanted.hello.incarnation = incarnation;
  wanted.listen = options.listen;
  wanted.random_seed = options.random_seed;
  // Longer than a hung node lives, so that a link that is given up means a broken way: frames go round then.
  wanted.link.ping_ns = options.membership.suspicion_min_ns;
  wanted.link.silence_ns = 4 * options.membership.suspicion_min_ns;
  wanted.link.max_message = options.max_message;
  wanted.receive_memory = options.receive_memory;
  auto transport = transport::Transport::start(thread.loop(), std::move(*tls), wanted, links->transport_events());
  if (!transport) return transport.error();
  links->transport_ = std::move(*transport);
  distribution.set_links(links.get());
  return links;
}

Result<std::shared_ptr<transport::TlsContext>> Links::context_of(const transport::TlsIdentity& identity) {
  return transport::TlsContext::create(identity, [] { return system_clock().wall_ns() / 1'000'000'000; });
}

Links::~Links() {
  distribution_.set_links(nullptr);
  if (!transport_) return;
  transport_.reset();
  const Error why{Code::link_closed, "the links of this node ended", {}};
  for (const auto& [node, peer] : peers_) distribution_.link_lost(node, why);
}

transport::TransportEvents Links::transport_events() {
  transport::TransportEvents events;
  events.up = [this](const transport::Hello& hello, const security::CertificateInfo& certificate) {
    up(hello, certificate);
  };
  events.down = [this](const NodeId& node, const Error& why) { down(node, why); };
  events.received = [this](const NodeId& from, Received one) { received(from, std::move(one)); };
  events.refused = [](const std::string& address, const Error& why) {
    // Both sides have called, and one link is enough: not worth a line.
    const bool harmless = why.code == Code::link_duplicate || why.code == Code::link_closed;
    const LogLevel level = harmless ? LogLevel::debug : LogLevel::info;
    Logger("mesh").write(level, "link refused", {{"address", address}, {"why", why.to_string()}});
  };
  events.lost = [this](const NodeId& node, std::uint64_t, const Error& why) { distribution_.link_lost(node, why); };
  return events;
}

void Links::replace_tls(std::shared_ptr<transport::TlsContext> tls, const security::Revocations& revocations) {
  transport_->replace_tls(std::move(tls));
  std::vector<NodeId> revoked;
  for (const auto& [node, peer] : peers_) {
    if (revocations.certificate(peer.serial) != nullptr) revoked.push_back(node);
  }
  for (const NodeId& node : revoked) transport_->disconnect(node);
}

void Links::set_incarnation(std::uint64_t incarnation) {
  if (transport_) transport_->set_incarnation(incarnation);
  advertiser_ = std::make_unique<routing::Advertiser>(self_, incarnation, routing::Advertiser::Settings{});
}

bool Links::is_node(const NodeId& peer) const {
  const auto found = peers_.find(peer);
  return found != peers_.end() && found->second.identity.use == security::CertificateUse::node;
}

// ---- links that come and go

void Links::up(const transport::Hello& hello, const security::CertificateInfo& certificate) {
  Peer& peer = peers_[hello.node];
  peer.identity = {hello.node, certificate.name, certificate.use};
  peer.serial = certificate.serial;
  peer.since_ns = system_clock().monotonic_ns();
  {
    const std::lock_guard lock(board_.mutex_);
    board_.identities_[hello.node] = peer.identity;
  }
  const bool node = certificate.use == security::CertificateUse::node;
  distribution_.link_up(hello.node, !node);
  if (node) {
    for (const auto& [origin, statement] : statements_) {
      const auto message = message_of(statement);
      (void)transport_->send(hello.node, Lane::control, {kRoutes, 0, 0, message.kTypeId, {}}, message.frame()).ok();
    }
    send_probe(hello.node);
    events_.changed(hello.node, LinkEvent::up);
  }
  show();
}

void Links::down(const NodeId& node, const Error& why) {
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  const Peer peer = std::move(found->second);
  peers_.erase(found);
  {
    const std::lock_guard lock(board_.mutex_);
    board_.identities_.erase(node);
  }
  distribution_.link_lost(node, why);
  for (const auto& done : peer.probes) done(membership::LinkProbe::silent);
  if (peer.identity.use != security::CertificateUse::node) {
    distribution_.node_gone(node, {Code::node_lost, "the client " + peer.identity.name + " is gone", why.to_string()});
    return show();
  }
  advertiser_->lost(node);
  advertise();
  events_.changed(node, why.code == Code::link_timeout ? LinkEvent::silent : LinkEvent::reset);
  show();
}

void Links::member_lives(const NodeId& node, const transport::Endpoint& endpoint, const std::string& name,
                         const std::string& zone) {
  Member& member = members_[node];
  member.endpoint = endpoint;
  member.name = name;
  member.zone = zone;
  transport_->set_endpoint(node, endpoint);
  call_wanted();
}

void Links::member_gone(const NodeId& node) {
  members_.erase(node);
  // A link to a node that all hold for dead is of no use; it makes a new one when it comes back.
  if (is_node(node)) transport_->disconnect(node);
}

void Links::call_wanted() {
  std::vector<routing::Candidate> candidates;
  for (const auto& [node, member] : members_) {
    const auto peer = peers_.find(node);
    candidates.push_back(
        {node, peer == peers_.end() ? 0 : static_cast<std::uint32_t>(peer->second.rtt_us), member.zone});
  }
  Random random(random_seed_);
  for (const NodeId& node : routing::choose_neighbours(self_, std::move(candidates), degree_, random)) {
    transport_->connect(node);
  }
}

// ---- frames

Result<NodeId> Links::send(const NodeId& to, Lane lane, const FrameHeader& header, FramePtr frame) {
  const auto over = [&](const NodeId& via, const FrameHeader& with) -> Result<NodeId> {
    if (auto sent = transport_->send(via, lane, with, std::move(frame)); !sent) return sent.error();
    return via;
  };
  if (transport_->is_up(to)) return over(to, header);
  if (!members_.contains(to)) {
    return Error{Code::node_lost, "node " + to.to_string() + " is not a living member of the cluster", {}};
  }
  if (const auto vertex = board_.router_.find(to)) {
    const routing::Vertex next = board_.router_.decide({*vertex, flow_of(header), 0, false, routing::kMaxHops});
    if (next != routing::Router::kNowhere && transport_->is_up(board_.router_.node(next))) {
      FrameHeader relayed = header;
      relayed.relay = transport::Relay{to, self_, {}, routing::kMaxHops};
      return over(board_.router_.node(next), relayed);
    }
  }
  return over(to, header);
}

std::uint64_t Links::bulk_frames_sent(const NodeId& neighbour) const {
  const auto* const statistics = transport_->link_statistics(neighbour);
  return statistics ? statistics->frames_sent[static_cast<std::size_t>(Lane::bulk)] : UINT64_MAX;
}

Result<void> Links::send_direct(const NodeId& to, const FrameHeader& header, FramePtr frame) {
  const std::size_t bytes = header.size_bytes() + frame->bytes().size();
  const bool fits = bytes <= transport::kMaxLaneFrame[static_cast<std::size_t>(Lane::control)];
  return transport_->send(to, fits ? Lane::control : Lane::user, header, std::move(frame));
}

void Links::send_to_address(const transport::Endpoint& endpoint, const FrameHeader& header, FramePtr frame,
                            std::function<void(const Result<NodeId>&)> done) {
  const auto same = [&endpoint](const auto& one) {
    return one.second.endpoint.host == endpoint.host && one.second.endpoint.port == endpoint.port;
  };
  const auto known = std::find_if(members_.begin(), members_.end(), same);
  if (known != members_.end()) {
    (void)send_direct(known->first, header, std::move(frame)).ok();
    if (done && transport_->is_up(known->first)) done(known->first);
    return;
  }
  transport_->call(endpoint, [this, header, frame, done = std::move(done)](const Result<NodeId>& peer, bool) {
    if (peer) (void)send_direct(*peer, header, frame).ok();
    if (done) done(peer);
  });
}

void Links::received(const NodeId& from, Received one) {
  transport_->release(from, one);
  const auto peer = peers_.find(from);
  if (peer == peers_.end()) return;
  const bool client = peer->second.identity.use != security::CertificateUse::node;
  if (!one.frame) return refused(from, one);
  if (one.header.type == Msg<wire::LinkProbe>::kTypeId && !one.header.relay) {
    return probed(from, one.header, one.frame);
  }
  if (!one.header.relay) return distribution_.received(from, client, one.header, std::move(one.frame));
  if (client) return;  // it has no business with other nodes
  if (one.header.relay->destination != self_) return relay(from, std::move(one));
  const NodeId source = one.header.relay->source;
  one.header.relay.reset();
  distribution_.received(source, false, one.header, std::move(one.frame));
}

void Links::relay(const NodeId& from, Received one) {
  transport::Relay& way = *one.header.relay;
  const auto to = board_.router_.find(way.destination);
  const auto came_from = board_.router_.find(from);
  NodeId next;
  if (transport_->is_up(way.destination)) {
    next = way.destination;
  } else if (to && way.ttl > 1) {
    const routing::Vertex hop = board_.router_.decide({*to, flow_of(one.header), came_from.value_or(0),
                                                       came_from.has_value(), static_cast<std::uint8_t>(way.ttl - 1)});
    if (hop != routing::Router::kNowhere) next = board_.router_.node(hop);
  }
  if (way.ttl > 0) --way.ttl;
  const Result<void> sent =
      next ? transport_->send(next, one.lane, one.header, std::move(one.frame))
           : Result<void>(Error{Code::no_route, "this node knows no way to " + way.destination.to_string(), {}});
  if (!sent) send_back(from, one.lane, one.header, sent.error());
}

/// What this node does not take. Its sender is told like that of a message for which there is no room.
void Links::refused(const NodeId& from, const Received& one) {
  if (!one.header.relay) return distribution_.refused(from, one.header, one.refused);
  if (one.header.relay->destination != self_) return send_back(from, one.lane, one.header, one.refused);
  FrameHeader header = one.header;
  header.relay.reset();
  distribution_.refused(one.header.relay->source, header, one.refused);
}

/// Whoever asked is told at once.
void Links::send_back(const NodeId& from, Lane lane, const FrameHeader& request, const Error& why) {
  if (kind_of(request.message) != FrameKind::request) return;
  const transport::Relay& way = *request.relay;
  FramePtr failure = failure_frame(why);
  const FrameHeader back{request.source, request.destination,
                         message_field(FrameKind::failure, is_urgent(request.message), request.message & kRequestMask),
                         failure->type(), transport::Relay{way.source, way.destination, way.trace, routing::kMaxHops}};
  (void)transport_->send(from, lane, back, std::move(failure)).ok();
}

// ---- measuring

void Links::send_probe(const NodeId& to) {
  const auto message = Msg<wire::LinkProbe>::build(
      [](wire::LinkProbe::Builder probe) { probe.setSentNs(system_clock().monotonic_ns()); });
  (void)transport_->send(to, Lane::control, {kRoutes, 0, 0, message.kTypeId, {}}, message.frame()).ok();
}

void Links::probed(const NodeId& from, const FrameHeader& header, const FramePtr& frame) {
  if (kind_of(header.message) != FrameKind::answer) {
    (void)transport_->send(from, Lane::control, {kRoutes, 0, kAnswer, header.type, {}}, frame).ok();
    return;
  }
  const auto answer = Msg<wire::LinkProbe>::from_frame(frame);
  if (!answer) return;
  Peer& peer = peers_[from];
  const double rtt_us =
      static_cast<double>(std::max<std::int64_t>(system_clock().monotonic_ns() - (*answer)->getSentNs(), 1000)) / 1000;
  peer.rtt_us = peer.rtt_us == 0 ? rtt_us : 0.8 * peer.rtt_us + 0.2 * rtt_us;
  const auto* const statistics = transport_->link_statistics(from);
  routing::LinkQuality quality;
  quality.rtt_us = static_cast<std::uint32_t>(std::min(rtt_us, 1e9));
  quality.load = statistics != nullptr && statistics->stalls > 0 ? 0.5 : 0;
  if (is_node(from)) {
    advertiser_->measured(from, quality);
    advertise();
    events_.measured(from, static_cast<std::int64_t>(rtt_us));
  }
  for (const auto& done : std::exchange(peer.probes, {})) done(membership::LinkProbe::answered);
}

void Links::probe(const NodeId& node, std::int64_t timeout_ns, std::function<void(membership::LinkProbe)> done) {
  // Exactly one of answer, refusal and time-out counts.
  const auto once = std::make_shared<std::function<void(membership::LinkProbe)>>(std::move(done));
  const auto tell = [once](membership::LinkProbe result) {
    if (const auto call = std::exchange(*once, nullptr)) call(result);
  };
  thread_.loop().after(timeout_ns, [tell] { tell(membership::LinkProbe::silent); });
  if (transport_->is_up(node)) {
    peers_[node].probes.push_back(tell);
    return send_probe(node);
  }
  const auto member = members_.find(node);
  if (member == members_.end()) return;
  transport_->call(member->second.endpoint, [tell, node](const Result<NodeId>& peer, bool refused) {
    const bool there = peer ? *peer == node : peer.error().code == Code::link_duplicate;
    if (there) return tell(membership::LinkProbe::answered);
    // Another node at that address means that the one we knew has gone from there.
    if (refused || peer.ok()) tell(membership::LinkProbe::refused);
  });
}

void Links::tick() {
  for (const auto& [node, peer] : peers_) send_probe(node);
  call_wanted();
  advertise();
  if (++ticks_ % kWatchAgainTicks == 0) distribution_.watch_again();
  show();
}

// ---- routes

void Links::advertise() {
  const auto statement = advertiser_->due(system_clock().monotonic_ns());
  if (!statement) return;
  {
    const std::lock_guard lock(board_.mutex_);
    (void)board_.router_.accept(*statement).ok();
  }
  statements_[self_] = *statement;
  flood(*statement, {});
}

void Links::flood(const routing::LinkStatement& statement, const NodeId& except) {
  const auto message = message_of(statement);
  for (const auto& [node, peer] : peers_) {
    if (node == except || node == statement.origin || !is_node(node)) continue;
    (void)transport_->send(node, Lane::control, {kRoutes, 0, 0, message.kTypeId, {}}, message.frame()).ok();
  }
}

void Links::link_state(const Msg<wire::LinkState>& state) {
  routing::LinkStatement statement;
  statement.origin = {state->getNodeHigh(), state->getNodeLow()};
  statement.incarnation = state->getIncarnation();
  statement.sequence = state->getSequence();
  for (const auto link : state->getLinks()) {
    statement.links.push_back({{link.getNodeHigh(), link.getNodeLow()}, link.getCost()});
  }
  if (statement.origin == self_) return;
  Result<bool> fresh = false;
  {
    const std::lock_guard lock(board_.mutex_);
    fresh = board_.router_.accept(statement);
  }
  if (!fresh || !*fresh) return;
  flood(statement, {});
  statements_[statement.origin] = std::move(statement);
}

// ---- for people

void Links::show() {
  std::vector<LinkView> views;
  for (const auto& [node, peer] : peers_) {
    const auto* const statistics = transport_->link_statistics(node);
    if (statistics == nullptr) continue;
    routing::LinkQuality quality;
    quality.rtt_us = static_cast<std::uint32_t>(peer.rtt_us);
    LinkView view;
    view.peer = node;
    view.name = peer.identity.name;
    view.client = peer.identity.use != security::CertificateUse::node;
    view.since_ns = peer.since_ns;
    view.cost = peer.rtt_us == 0 ? 0 : routing::link_cost(quality);
    // Clients answer no probes: of them the pings of quiet links tell.
    view.round_trip_ns = peer.rtt_us == 0 ? statistics->round_trip_ns : static_cast<std::int64_t>(1000 * peer.rtt_us);
    view.statistics = *statistics;
    views.push_back(std::move(view));
  }
  const std::lock_guard lock(board_.mutex_);
  board_.links_ = std::move(views);
}

std::vector<LinkView> LinkBoard::links() const {
  const std::lock_guard lock(mutex_);
  return links_;
}

std::vector<NodeId> LinkBoard::route(const NodeId& self, const NodeId& to) const {
  const std::lock_guard lock(mutex_);
  if (identities_.contains(to)) return {self, to};  // a direct link is always taken
  return router_.path(to);
}

std::optional<PeerIdentity> LinkBoard::identity_of(const NodeId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = identities_.find(peer);
  return found == identities_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace noodle::actors
