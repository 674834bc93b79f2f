// Full states: two nodes compare digests over a link and exchange all they know when those differ.
#include <algorithm>

#include "cluster/membership/membership.hpp"

namespace noodle::membership {
namespace {

constexpr std::size_t kSeedsAtOnce = 3;
constexpr double kCallsOnDead = 4;  // on each dead member by the whole cluster, per interval

}  // namespace

void Membership::compare_with(NodeId to, const std::string& seed, std::uint32_t sequence, Effects& out) {
  MemberState state;
  state.kind = StateKind::compare;
  state.from = self();
  state.from_incarnation = incarnation();
  state.digest = table_.digest();
  state.sequence = sequence;
  state.members.push_back(rumour_of(kSelf, true));
  out.emplace_back(SendState{to, seed, std::move(state)});
}

void Membership::send_all(StateKind kind, NodeId to, std::uint32_t sequence, Effects& out) const {
  MemberState part;
  std::size_t bytes = 0;
  const auto open = [&] {
    part = MemberState();
    part.kind = kind;
    part.from = self();
    part.from_incarnation = incarnation();
    part.digest = table_.digest();
    part.sequence = sequence;
    part.last = false;
    bytes = kDatagramFixedBytes;
  };
  open();
  table_.each([&](std::uint32_t slot) {
    Rumour rumour = rumour_of(slot, true);
    if (part.members.size() == kStatePartMembers || bytes + rumour.wire_bytes() > kMaxStateBytes) {
      out.emplace_back(SendState{to, {}, std::move(part)});
      open();
    }
    bytes += rumour.wire_bytes();
    part.members.push_back(std::move(rumour));
  });
  part.last = true;
  out.emplace_back(SendState{to, {}, std::move(part)});
}

void Membership::receive_state(const MemberState& state, std::int64_t now_ns, Effects& out) {
  observe(now_ns, out);
  if (!started_ || state.from == self()) return finish(now_ns);
  if (const auto slot = table_.find(state.from)) {
    if (state.from_incarnation < table_.at(*slot).version.incarnation) {
      ++counters_.refused_incarnation;
      if (state.kind == StateKind::compare) {
        // A run of a node whose clock was set back: it has to learn that its incarnation is too low.
        MemberState correction;
        correction.kind = StateKind::push;
        correction.from = self();
        correction.from_incarnation = incarnation();
        correction.members = {rumour_of(*slot, true)};
        out.emplace_back(SendState{state.from, {}, std::move(correction)});
      }
      return finish(now_ns);
    }
    table_.at(*slot).heard_ns = now_ns;
  }
  for (const Rumour& rumour : state.members) merge(rumour, rumour.subject == state.from, now_ns, out);
  if (state.kind == StateKind::compare) {
    if (state.digest != table_.digest()) {
      send_all(StateKind::answer, state.from, state.sequence, out);
    } else {
      MemberState same;
      same.kind = StateKind::answer;
      same.from = self();
      same.from_incarnation = incarnation();
      same.digest = table_.digest();
      same.sequence = state.sequence;
      out.emplace_back(SendState{state.from, {}, std::move(same)});
    }
  } else if (state.kind == StateKind::answer && state.last) {
    greeted_ = greeted_ || std::find(seed_calls_.begin(), seed_calls_.end(), state.sequence) != seed_calls_.end();
    if (standing_down_ && state.sequence == standing_sequence_) {
      ++standing_answers_;
      check_standing(out);
    }
    if (state.digest != table_.digest()) send_all(StateKind::push, state.from, 0, out);
  }
  finish(now_ns);
}

void Membership::sync(std::int64_t now_ns, Effects& out) {
  if (now_ns < next_sync_ns_) return;
  next_sync_ns_ = now_ns + settings_.sync_interval_ns;
  table_.draw(1, kSelf, random_, drawn_);
  if (!drawn_.empty()) compare_with(table_.at(drawn_[0]).id, {}, ++sequence_, out);
}

void Membership::reconnect(std::int64_t now_ns, Effects& out) {
  if (now_ns < next_reconnect_ns_) return;
  next_reconnect_ns_ = now_ns + settings_.reconnect_interval_ns;
  const std::size_t living = table_.living().size();
  const auto& dead = table_.dead();
  // All nodes together call on each dead member a few times per interval, however many nodes there are.
  if (!dead.empty() && random_.chance(kCallsOnDead * static_cast<double>(dead.size()) / static_cast<double>(living))) {
    compare_with(table_.at(dead[random_.below(dead.size())]).id, {}, ++sequence_, out);
  }
  // Others may have found this node before it has found the cluster: only a seed's answer tells that it has.
  if ((greeted_ && living > 1) || seeds_.empty()) return;
  const std::size_t first = random_.below(seeds_.size());
  seed_calls_.clear();
  for (std::size_t i = 0; i < std::min(kSeedsAtOnce, seeds_.size()); ++i) {
    seed_calls_.push_back(++sequence_);
    compare_with({}, seeds_[(first + i) % seeds_.size()], sequence_, out);
  }
}

}  // namespace noodle::membership
