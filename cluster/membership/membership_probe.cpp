// Probes: one member per interval, directly, then through others and over its link; and the answers to those of others.
#include <algorithm>

#include "cluster/membership/membership.hpp"

namespace noodle::membership {
namespace {

constexpr std::uint8_t kIndirectStreak = 2;  // probes in a row that only others got through: the path is broken

}  // namespace

void Membership::probe_next(std::int64_t now_ns, Effects& out) {
  if (now_ns < next_probe_ns_) return;
  next_probe_ns_ = now_ns + health_.scale(settings_.probe_interval_ns);
  if (std::any_of(probes_.begin(), probes_.end(), [](const Probe& p) { return p.regular; })) return;
  // Round robin over a shuffled list: every member is probed within two rounds (SWIM, section 4.3).
  for (std::size_t tried = 0; tried <= order_.size(); ++tried) {
    if (order_next_ >= order_.size()) {
      order_.assign(table_.living().begin(), table_.living().end());
      random_.shuffle(order_);
      order_next_ = 0;
      if (order_.empty()) return;
    }
    const std::uint32_t slot = order_[order_next_++];
    if (slot == kSelf || !table_.at(slot).id || !table_.at(slot).living()) continue;
    probe(slot, true, now_ns, out);
    return;
  }
}

/// How many more times the usual timeout a slow member gets.
std::int64_t Membership::patience_with(const Member& member, std::int64_t now_ns) const {
  const std::int64_t taken_back = (now_ns - member.patience_ns) / settings_.patience_interval_ns;
  return std::max<std::int64_t>(0, member.patience - taken_back);
}

void Membership::probe(std::uint32_t slot, bool regular, std::int64_t now_ns, Effects& out) {
  const Member& member = table_.at(slot);
  const auto same = [&](const Probe& p) { return p.id == member.id; };
  if (probes_.size() >= kMaxProbes || std::any_of(probes_.begin(), probes_.end(), same)) return;
  ++counters_.probes;
  Probe made;
  made.slot = slot;
  made.id = member.id;
  made.sequence = ++sequence_;
  const std::int64_t patience = patience_with(member, now_ns);
  made.deadline_ns = now_ns + health_.scale(settings_.probe_timeout_ns) * (1 + patience);
  made.regular = regular && patience == 0;  // waiting for a slow one does not hold up the others
  Datagram ping = datagram(DatagramKind::ping, member.id, member.version.incarnation, made.sequence);
  if (member.state == State::suspect) ping.rumours.push_back(rumour_of(slot, false));  // so that it can refute
  send(std::move(ping), out);
  // A path known to be broken, or news of trouble: all ways at once.
  if (!regular || member.reach == Reach::indirect) probe_indirectly(made, now_ns, out);
  probes_.push_back(made);
}

void Membership::probe_indirectly(Probe& probe, std::int64_t now_ns, Effects& out) {
  const Member& member = table_.at(probe.slot);
  const std::int64_t timeout_ns = health_.scale(settings_.probe_timeout_ns) * (1 + patience_with(member, now_ns));
  probe.direct_phase = false;
  probe.deadline_ns = now_ns + timeout_ns + (probe.regular ? 0 : timeout_ns);
  table_.draw(settings_.indirect_probes, probe.slot, random_, drawn_);
  if (const auto known = helpers_.find(member.id); known != helpers_.end()) {
    const auto helper = table_.find(known->second);
    const bool usable = helper && *helper != kSelf && *helper != probe.slot && table_.at(*helper).living();
    if (usable && std::find(drawn_.begin(), drawn_.end(), *helper) == drawn_.end() && !drawn_.empty()) {
      drawn_.back() = *helper;
    }
  }
  const std::vector<std::uint32_t> helpers = drawn_;
  for (const std::uint32_t slot : helpers) {
    const Member& helper = table_.at(slot);
    Datagram request = datagram(DatagramKind::ping_request, helper.id, helper.version.incarnation, probe.sequence);
    request.target = member.id;
    send(std::move(request), out);
  }
  probe.asked = static_cast<std::uint8_t>(helpers.size());
  out.emplace_back(ProbeLink{member.id, probe.sequence, timeout_ns});
}

void Membership::run_probes(std::int64_t now_ns, Effects& out) {
  for (std::size_t i = 0; i < probes_.size();) {
    Probe& probe = probes_[i];
    if (probe.deadline_ns > now_ns) {
      ++i;
      continue;
    }
    const Member& member = table_.at(probe.slot);
    if (member.id == probe.id && member.living() && probe.direct_phase) {
      probe_indirectly(probe, now_ns, out);
      ++i;
      continue;
    }
    const Probe failed = probe;
    probes_.erase(probes_.begin() + static_cast<std::ptrdiff_t>(i));
    probe_failed(failed, now_ns, out);
  }
  for (std::size_t i = 0; i < relays_.size();) {
    if (relays_[i].deadline_ns > now_ns) {
      ++i;
      continue;
    }
    Datagram nack = datagram(DatagramKind::nack, relays_[i].origin, 0, relays_[i].origin_sequence);
    nack.target = relays_[i].target;
    relays_.erase(relays_.begin() + static_cast<std::ptrdiff_t>(i));
    send(std::move(nack), out);
  }
}

void Membership::probe_failed(const Probe& probe, std::int64_t now_ns, Effects& out) {
  const Member& member = table_.at(probe.slot);
  if (member.id != probe.id || !member.living()) return;
  ++counters_.probes_failed;
  // Helpers that did not even say that they failed: the trouble is probably here.
  if (!probe.refused && 2 * probe.nacks <= probe.asked) health_.worse();
  set_reach(probe.slot, Reach::none, out);
  const bool may_accuse = !leaving_ && !standing_down_ && table_.at(kSelf).service != Service::draining;
  if (may_accuse) accuse(probe.slot, self(), probe.refused ? Evidence::refused : Evidence::silence, now_ns, out);
}

void Membership::probe_answered(std::size_t index, Reach reach, NodeId relay, std::int64_t now_ns, Effects& out) {
  const Probe probe = probes_[index];
  probes_.erase(probes_.begin() + static_cast<std::ptrdiff_t>(index));
  Member& member = table_.at(probe.slot);
  if (member.id != probe.id) return;
  health_.better();
  member.heard_ns = now_ns;
  if (reach == Reach::indirect) {
    helpers_[member.id] = relay;
    if (member.indirect_streak < kIndirectStreak) ++member.indirect_streak;
    if (member.indirect_streak == kIndirectStreak) set_reach(probe.slot, Reach::indirect, out);
  } else {
    helpers_.erase(member.id);
    member.indirect_streak = 0;
    set_reach(probe.slot, Reach::direct, out);
  }
}

void Membership::set_reach(std::uint32_t slot, Reach reach, Effects& out) {
  Member& member = table_.at(slot);
  const Reach before = member.reach;
  member.reach = reach;
  if (before != reach) out.emplace_back(ReachChanged{member.id, before, reach});
}

void Membership::answer_ping(const Datagram& ping, std::int64_t now_ns, Effects& out) {
  Datagram ack = datagram(DatagramKind::ack, ping.from, ping.from_incarnation, ping.sequence);
  if (ping.to_incarnation != 0 && ping.to_incarnation != incarnation()) ack.rumours.push_back(rumour_of(kSelf, true));
  if (const auto slot = table_.find(ping.from)) {
    Member& sender = table_.at(*slot);
    if (sender.state != State::alive && sender.version.incarnation == ping.from_incarnation) {
      sender.told_ns = now_ns;
      ack.rumours.push_back(rumour_of(*slot, false));  // it has to hear what is said of it
    }
  }
  send(std::move(ack), out);
}

void Membership::relay_ping(const Datagram& request, std::int64_t now_ns, Effects& out) {
  const auto slot = table_.find(request.target);
  if (!slot || *slot == kSelf || relays_.size() >= kMaxRelays) return;
  const Member& member = table_.at(*slot);
  Relay relay;
  relay.sequence = ++sequence_;
  relay.origin = request.from;
  relay.origin_sequence = request.sequence;
  relay.target = request.target;
  relay.deadline_ns = now_ns + settings_.probe_timeout_ns * 8 / 10;  // so that the nack arrives in time
  relays_.push_back(relay);
  Datagram ping = datagram(DatagramKind::ping, member.id, member.version.incarnation, relay.sequence);
  if (member.state == State::suspect) ping.rumours.push_back(rumour_of(*slot, false));
  send(std::move(ping), out);
}

void Membership::answered(const Datagram& answer, std::int64_t now_ns, Effects& out) {
  const bool positive = answer.kind == DatagramKind::ack;
  const bool relayed = static_cast<bool>(answer.target);
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    Probe& probe = probes_[i];
    if (probe.sequence != answer.sequence || probe.id != (relayed ? answer.target : answer.from)) continue;
    if (!positive) {
      if (probe.nacks < probe.asked) ++probe.nacks;
      return;
    }
    const Member& member = table_.at(probe.slot);
    if (!relayed && member.id == probe.id && member.version.incarnation != answer.from_incarnation) return;
    probe_answered(i, relayed ? Reach::indirect : Reach::direct, answer.from, now_ns, out);
    return;
  }
  if (!positive || relayed) return;
  for (std::size_t i = 0; i < relays_.size(); ++i) {
    if (relays_[i].sequence != answer.sequence || relays_[i].target != answer.from) continue;
    Datagram ack = datagram(DatagramKind::ack, relays_[i].origin, 0, relays_[i].origin_sequence);
    ack.target = relays_[i].target;
    relays_.erase(relays_.begin() + static_cast<std::ptrdiff_t>(i));
    send(std::move(ack), out);
    return;
  }
}

void Membership::link_probed(std::uint32_t sequence, LinkProbe result, std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  const auto found =
      std::find_if(probes_.begin(), probes_.end(), [&](const Probe& p) { return p.sequence == sequence; });
  if (found != probes_.end()) {
    if (result == LinkProbe::answered) {
      probe_answered(static_cast<std::size_t>(found - probes_.begin()), Reach::direct, {}, now_ns, out);
    } else if (result == LinkProbe::refused) {
      found->refused = true;
    }
  }
  finish(now_ns);
}

void Membership::link_event(NodeId node, LinkEvent event, std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  const auto slot = table_.find(node);
  if (slot && *slot != kSelf && !leaving_ && event != LinkEvent::up && table_.at(*slot).living()) {
    probe(*slot, false, now_ns, out);  // do not wait for its turn
  }
  finish(now_ns);
}

}  // namespace noodle::membership
