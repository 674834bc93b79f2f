#include "actors/mesh/name_exchange.hpp"

#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

constexpr std::uint64_t kNames = service_number(Service::names);

const Logger& exchange_log() {
  static const Logger logger("names");
  return logger;
}

}  // namespace

template <class T>
void NameExchange::send(const NodeId& to, const Msg<T>& message) {
  if (!context_.links) return;
  const transport::FrameHeader header{kNames, kNames, 0, Msg<T>::kTypeId, {}};
  (void)context_.links->send(to, transport::Lane::user, header, message.frame())
      .ok();  // the next comparison repeats it
}

std::vector<NodeId> NameExchange::peers() const {
  std::vector<NodeId> nodes;
  for (const LinkView& link : context_.board.links()) {
    if (!link.client) nodes.push_back(link.peer);
  }
  return nodes;
}

void NameExchange::link_up(const NodeId& peer) {
  compare(peer);
}

void NameExchange::compare(const NodeId& peer) {
  rejoin();
  send(peer, registry::write_digest(registry::DigestKind::COMPARE, context_.names.digest()));
}

void NameExchange::member(wire::MemberEvent::Reader event) {
  const NodeId node{event.getNodeHigh(), event.getNodeLow()};
  switch (static_cast<membership::State>(event.getState())) {
    case membership::State::alive:
    case membership::State::suspect:
      return context_.names.node_alive(node, event.getIncarnation());
    case membership::State::dead:
      return context_.names.node_died(node, event.getIncarnation());
    case membership::State::left:
      return context_.names.node_left(node, event.getIncarnation());
  }
}

void NameExchange::digest(const NodeId& from, wire::NameDigest::Reader in) {
  const auto theirs = registry::read_digest(in);
  if (!theirs) return exchange_log().warning("digest of names refused", {{"why", theirs.error().to_string()}});
  if (in.getKind() != registry::DigestKind::WANT) {
    const auto wanted = context_.names.wanted(*theirs);
    if (!wanted.empty()) send(from, registry::write_digest(registry::DigestKind::WANT, wanted));
  }
  if (in.getKind() == registry::DigestKind::NEWS) return;
  const bool listed = in.getKind() == registry::DigestKind::WANT;
  const auto missing = context_.names.missing(*theirs, kMostEntries, listed);
  std::size_t count = 0;
  for (const registry::WriterEntries& one : missing) count += one.entries.size();
  for (const auto& message : registry::write_entries(missing, count >= kMostEntries)) send(from, message);
}

void NameExchange::entries(const NodeId& from, wire::NameEntries::Reader in) {
  const auto read = registry::read_entries(in);
  const auto accepted = read ? context_.names.accept(*read) : Result<bool>(read.error());
  if (!accepted) {
    if (!problems_.insert(accepted.error().code).second) return;
    return exchange_log().warning("names of other nodes refused; said once", {{"why", accepted.error().to_string()}});
  }
  if (!*accepted) return;
  changed();
  if (in.getMore()) compare(from);
}

void NameExchange::changed() {
  if (std::exchange(telling_, true)) return;
  context_.thread.loop().after(kDampingNs, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) tell_news();
  });
}

void NameExchange::tell_news() {
  telling_ = false;
  rejoin();
  std::vector<registry::WriterDigest> news;
  std::map<NodeId, registry::WriterDigest> now;
  for (const registry::WriterDigest& one : context_.names.digest()) {
    const auto told = told_.find(one.writer);
    if (told == told_.end() || told->second != one) news.push_back(one);
    now.emplace(one.writer, one);
  }
  told_ = std::move(now);
  if (news.empty()) return;
  const auto message = registry::write_digest(registry::DigestKind::NEWS, news);
  for (const NodeId& peer : peers()) send(peer, message);
}

/// This node may have begun another incarnation since.
void NameExchange::rejoin() {
  context_.names.rejoined(context_.incarnation.load());
}

void NameExchange::tick() {
  rejoin();
  changed();
  context_.names.forget();
  if (++ticks_ % kTicksToCompare != 0) return;
  const std::vector<NodeId> nodes = peers();
  if (!nodes.empty()) compare(nodes[ticks_ / kTicksToCompare % nodes.size()]);
}

}  // namespace noodle::actors
