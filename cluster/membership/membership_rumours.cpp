// Statements about members: how they are merged, when they make a suspect or a dead one, and how they travel on.
#include <algorithm>

#include "cluster/membership/membership.hpp"

namespace noodle::membership {

Rumour Membership::rumour_of(std::uint32_t slot, bool with_profile) const {
  const Member& member = table_.at(slot);
  Rumour rumour;
  rumour.subject = member.id;
  rumour.version = member.version;
  rumour.state = member.state;
  rumour.service = member.service;
  if (member.suspicion) {
    rumour.refusals = member.suspicion->refusals();
    rumour.accusers = member.suspicion->accusers();
  } else if (member.state == State::dead) {
    rumour.refusals = member.refusals;
    rumour.accusers = member.accusers;
  }
  if (with_profile || member.state == State::alive) rumour.profile = member.profile;
  return rumour;
}

Datagram Membership::datagram(DatagramKind kind, NodeId to, std::uint64_t to_incarnation,
                              std::uint32_t sequence) const {
  Datagram made;
  made.kind = kind;
  made.sequence = sequence;
  made.from = self();
  made.from_incarnation = incarnation();
  made.to = to;
  made.to_incarnation = to_incarnation;
  return made;
}

void Membership::send(Datagram datagram, Effects& out) {
  if (!rumours_.empty()) {
    std::size_t bytes = datagram.wire_bytes();
    const std::size_t most = kMaxPiggyback - std::min(kMaxPiggyback, datagram.rumours.size());
    rumours_.offer(retransmit_limit(settings_.retransmit_factor, table_.living().size()), most,
                   [&](std::uint32_t slot) {
                     Rumour rumour = rumour_of(slot, false);
                     bytes += rumour.wire_bytes();
                     if (bytes > kMaxDatagramBytes) return false;
                     datagram.rumours.push_back(std::move(rumour));
                     return true;
                   });
  }
  out.emplace_back(SendDatagram{std::move(datagram)});
}

void Membership::gossip(std::int64_t now_ns, Effects& out) {
  if (now_ns < next_gossip_ns_) return;
  if (rumours_.empty()) {
    if (leave_rounds_ == 0) return;
    rumours_.push(kSelf);  // answers took it along before its rounds were over
  }
  next_gossip_ns_ = now_ns + settings_.gossip_interval_ns;
  table_.draw(settings_.gossip_fanout, kSelf, random_, drawn_);
  if (drawn_.empty()) {  // nobody to tell; whoever comes gets a full state
    rumours_ = RumourQueue();
    leave_rounds_ = 0;
    return;
  }
  const std::vector<std::uint32_t> receivers = drawn_;
  for (const std::uint32_t slot : receivers) {
    if (rumours_.empty()) break;
    send(datagram(DatagramKind::gossip, table_.at(slot).id, 0, 0), out);
  }
  if (leave_rounds_ > 0) --leave_rounds_;
}

void Membership::receive(const Datagram& datagram_in, std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  if (datagram_in.to != self() || datagram_in.from == self()) {
    ++counters_.misdirected;
    return finish(now_ns);
  }
  if (const auto slot = table_.find(datagram_in.from)) {
    Member& sender = table_.at(*slot);
    if (datagram_in.from_incarnation < sender.version.incarnation) {
      ++counters_.refused_incarnation;
      return finish(now_ns);
    }
    sender.heard_ns = now_ns;
  }
  for (const Rumour& rumour : datagram_in.rumours) merge(rumour, true, now_ns, out);
  const bool for_this = datagram_in.to_incarnation == 0 || datagram_in.to_incarnation == incarnation();
  if (!for_this) ++counters_.refused_incarnation;
  switch (datagram_in.kind) {
    case DatagramKind::ping:
      answer_ping(datagram_in, now_ns, out);  // a stale one learns the new incarnation
      break;
    case DatagramKind::ping_request:
      if (for_this && !leaving_) relay_ping(datagram_in, now_ns, out);
      break;
    case DatagramKind::ack:
    case DatagramKind::nack:
      if (for_this) answered(datagram_in, now_ns, out);
      break;
    case DatagramKind::gossip:
      if (const auto slot = table_.find(datagram_in.from)) {
        Member& sender = table_.at(*slot);
        const bool condemned =
            sender.state == State::dead && sender.version.incarnation == datagram_in.from_incarnation;
        if (condemned && now_ns - sender.told_ns >= settings_.probe_interval_ns) {
          sender.told_ns = now_ns;
          Datagram told = datagram(DatagramKind::gossip, sender.id, 0, 0);
          told.rumours.push_back(rumour_of(*slot, false));
          send(std::move(told), out);
        }
      }
      break;
  }
  finish(now_ns);
}

std::size_t Membership::needed_accusers() const {
  return std::min<std::size_t>(2, std::max<std::size_t>(1, table_.witnesses() - 1));
}

void Membership::merge(const Rumour& rumour, bool spread, std::int64_t now_ns, Effects& out) {
  if (rumour.subject == self()) return merge_self(rumour, now_ns, out);
  auto slot = table_.find(rumour.subject);
  if (rumour.state == State::alive) return merge_alive(rumour, spread, now_ns, out);
  if (!slot) {
    // Of strangers only those that may live are taken in: the dead would be passed around for ever.
    if (rumour.state != State::suspect || !rumour.profile) return;
    Rumour first = rumour;
    first.state = State::alive;
    first.accusers.clear();
    merge_alive(first, false, now_ns, out);
    slot = table_.find(rumour.subject);
    if (!slot) return;
  }
  if (rumour.state == State::left) return merge_left(*slot, rumour, now_ns, out);
  merge_accusation(*slot, rumour, now_ns, out);
}

void Membership::merge_self(const Rumour& rumour, std::int64_t now_ns, Effects& out) {
  const Version own = table_.at(kSelf).version;
  if (leaving_ || rumour.version.incarnation < own.incarnation) return;
  const bool gone =
      rumour.state == State::left || (rumour.state == State::dead && rumour.accusers.size() >= needed_accusers());
  if (gone || rumour.version.incarnation > own.incarnation) {
    // Declared dead, or an earlier run of this node had a higher incarnation than it was given now.
    become(rumour.version.incarnation + 1, now_ns, out);
  } else if (rumour.state != State::alive && rumour.version >= own) {
    refute(rumour.version, now_ns);
  }
}

void Membership::merge_alive(const Rumour& rumour, bool spread, std::int64_t now_ns, Effects& out) {
  const auto found = table_.find(rumour.subject);
  if (!found) {
    const bool alone = table_.living().size() == 1;
    const auto added = table_.add(rumour, now_ns);
    if (!added) {
      ++counters_.members_refused;
      return;
    }
    const std::size_t place = order_next_ + random_.below(order_.size() - order_next_ + 1);
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), *added);
    if (spread) rumours_.push(*added);
    if (alone && !leaving_) rumours_.push(kSelf);  // there is somebody to tell now
    return changed(*added, State::alive, true, false, out);
  }
  Member& member = table_.at(*found);
  if (rumour.version <= member.version) return;
  const bool restarted = rumour.version.incarnation > member.version.incarnation;
  if (member.state == State::left && !restarted) return;
  const State before = member.state;
  const bool told_more = restarted || before != State::alive || member.service != rumour.service;
  if (rumour.profile) member.profile = rumour.profile;
  if (before == State::suspect) unwatch(*found);
  table_.set(*found, State::alive, rumour.version, rumour.service, now_ns);
  if (!restarted && before != State::alive) {
    const auto more = static_cast<std::uint32_t>(patience_with(member, now_ns)) + 2;
    member.patience = std::min(settings_.max_patience, more);
    member.patience_ns = now_ns;
  }
  if (restarted) {
    member.patience = 0;
    helpers_.erase(member.id);
    member.reach = Reach::unknown;
    member.indirect_streak = 0;
    if (before == State::alive) member.changed_ns = now_ns;
  }
  if (spread || before != State::alive) rumours_.push(*found);
  if (told_more) changed(*found, before, false, restarted, out);
}

void Membership::merge_left(std::uint32_t slot, const Rumour& rumour, std::int64_t now_ns, Effects& out) {
  const Member& member = table_.at(slot);
  if (rumour.version < member.version || member.state == State::left) return;
  const State before = member.state;
  if (before == State::suspect) unwatch(slot);
  helpers_.erase(member.id);
  table_.set(slot, State::left, rumour.version, rumour.service, now_ns);
  rumours_.push(slot);
  changed(slot, before, false, false, out);
  check_standing(out);
}

void Membership::merge_accusation(std::uint32_t slot, const Rumour& rumour, std::int64_t now_ns, Effects& out) {
  Member& member = table_.at(slot);
  if (rumour.version.incarnation != member.version.incarnation || rumour.version < member.version) return;
  if (!member.living()) return;
  if (rumour.version > member.version) {  // it has refuted meanwhile, and is accused again
    const State before = member.state;
    if (before == State::suspect) unwatch(slot);
    table_.set(slot, State::alive, rumour.version, member.service, now_ns);
    if (before == State::suspect) changed(slot, before, false, false, out);
  }
  const bool was_suspect = member.state == State::suspect;
  for (std::size_t i = 0; i < rumour.accusers.size(); ++i) {
    const Evidence evidence = i < rumour.refusals ? Evidence::refused : Evidence::silence;
    if (rumour.accusers[i] != self()) accuse(slot, rumour.accusers[i], evidence, now_ns, out);
  }
  if (rumour.state != State::dead || member.state != State::suspect) return;
  const bool certain = was_suspect || rumour.refusals >= needed_accusers();
  if (certain && rumour.accusers.size() >= needed_accusers() && member.suspicion->corroborated()) {
    declare_dead(slot, now_ns, out);
  }
}

void Membership::accuse(std::uint32_t slot, NodeId accuser, Evidence evidence, std::int64_t now_ns, Effects& out) {
  Member& member = table_.at(slot);
  if (accuser == member.id) return;
  if (accuser != self()) {
    const auto known = table_.find(accuser);
    if (!known || !table_.at(*known).living() || table_.at(*known).service == Service::draining) {
      ++counters_.accusations_ignored;
      return;
    }
  }
  if (member.state == State::suspect) {
    if (!member.suspicion->accuse(accuser, evidence)) return;
    rumours_.push(slot);
    return watch(slot);
  }
  if (accuser != self() && !budget_.spend(accuser, now_ns)) {
    ++counters_.accusations_ignored;
    return;
  }
  ++counters_.suspicions;
  table_.set(slot, State::suspect, member.version, member.service, now_ns);
  member.suspicion = std::make_unique<Suspicion>(now_ns, table_.living().size(), needed_accusers());
  member.suspicion->accuse(accuser, evidence);
  rumours_.push(slot);
  watch(slot);
  changed(slot, State::alive, false, false, out);
  if (accuser != self()) return;
  // The suspect hears it from its accuser, not only by rumour: others may have ignored the accusation.
  Datagram told = datagram(DatagramKind::ping, member.id, member.version.incarnation, ++sequence_);
  told.rumours.push_back(rumour_of(slot, false));
  send(std::move(told), out);
}

void Membership::declare_dead(std::uint32_t slot, std::int64_t now_ns, Effects& out) {
  Member& member = table_.at(slot);
  unwatch(slot);
  member.accusers = member.suspicion->accusers();
  member.evidence = member.suspicion->evidence();
  member.refusals = member.suspicion->refusals();
  if (member.suspicion->corroborated()) {
    for (const NodeId accuser : member.accusers) budget_.give_back(accuser);
  }
  ++counters_.deaths;
  helpers_.erase(member.id);
  member.reach = Reach::none;
  table_.set(slot, State::dead, member.version, member.service, now_ns);
  rumours_.push(slot);
  changed(slot, State::suspect, false, false, out);
  check_standing(out);
}

void Membership::changed(std::uint32_t slot, State before, bool joined, bool restarted, Effects& out) const {
  const Member& member = table_.at(slot);
  MemberChanged effect;
  effect.member = member;
  effect.before = before;
  effect.joined = joined;
  effect.restarted = restarted;
  if (member.suspicion) {
    effect.evidence = member.suspicion->evidence();
    effect.accusers = member.suspicion->accusers();
  } else if (member.state == State::dead) {
    effect.evidence = member.evidence;
    effect.accusers = member.accusers;
  }
  out.emplace_back(std::move(effect));
}

void Membership::watch(std::uint32_t slot) {
  unwatch(slot);
  const std::int64_t deadline_ns = table_.at(slot).suspicion->deadline_ns(settings_);
  watched_.emplace(slot, deadline_ns);
  deadlines_.emplace(deadline_ns, slot);
}

void Membership::unwatch(std::uint32_t slot) {
  const auto found = watched_.find(slot);
  if (found == watched_.end()) return;
  deadlines_.erase({found->second, slot});
  watched_.erase(found);
}

}  // namespace noodle::membership
