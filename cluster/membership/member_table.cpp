#include "cluster/membership/member_table.hpp"

#include <algorithm>
#include <utility>

namespace noodle::membership {

std::optional<std::uint32_t> MemberTable::find(NodeId id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

std::uint64_t MemberTable::mark(const Member& member) {
  if (!member.living()) return 0;
  std::uint64_t hash = mix64(member.id.high) ^ member.id.low;
  hash = mix64(hash) ^ member.version.incarnation;
  hash = mix64(hash) ^ (std::uint64_t{member.version.refutation} << 8 | static_cast<std::uint8_t>(member.service));
  return mix64(hash);
}

std::vector<std::uint32_t>* MemberTable::set_of(State state) {
  switch (state) {
    case State::alive:
    case State::suspect:
      return &living_;
    case State::dead:
      return &dead_;
    case State::left:
      return &left_;
  }
  return &left_;
}

void MemberTable::enter(std::uint32_t slot) {
  auto& set = *set_of(members_[slot].state);
  position_[slot] = static_cast<std::uint32_t>(set.size());
  set.push_back(slot);
  digest_ ^= mark(members_[slot]);
}

void MemberTable::leave(std::uint32_t slot) {
  auto& set = *set_of(members_[slot].state);
  const std::uint32_t hole = position_[slot];
  set[hole] = set.back();
  position_[set[hole]] = hole;
  set.pop_back();
  digest_ ^= mark(members_[slot]);
}

bool MemberTable::make_room() {
  if (by_id_.size() < max_members_) return true;
  const auto older = [this](std::uint32_t a, std::uint32_t b) {
    return members_[a].changed_ns < members_[b].changed_ns;
  };
  for (auto* gone : {&left_, &dead_}) {
    if (gone->empty()) continue;
    remove(*std::min_element(gone->begin(), gone->end(), older));
    return true;
  }
  return false;
}

std::optional<std::uint32_t> MemberTable::add(const Rumour& rumour, std::int64_t now_ns) {
  if (!make_room()) return std::nullopt;
  std::uint32_t slot = static_cast<std::uint32_t>(members_.size());
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    members_.emplace_back();
    position_.push_back(0);
  }
  Member& member = members_[slot];
  member = Member{};
  member.id = rumour.subject;
  member.profile = rumour.profile;
  member.version = rumour.version;
  member.state = rumour.state;
  member.service = rumour.service;
  member.changed_ns = now_ns;
  by_id_.emplace(rumour.subject, slot);
  enter(slot);
  return slot;
}

void MemberTable::set(std::uint32_t slot, State state, Version version, Service service, std::int64_t now_ns) {
  Member& member = members_[slot];
  leave(slot);
  if (member.state != state) member.changed_ns = now_ns;
  member.state = state;
  member.version = version;
  member.service = service;
  enter(slot);
  if (state != State::suspect) member.suspicion.reset();
}

void MemberTable::remove(std::uint32_t slot) {
  leave(slot);
  by_id_.erase(members_[slot].id);
  members_[slot] = Member{};
  free_.push_back(slot);
}

void MemberTable::draw(std::size_t count, std::uint32_t except, Random& random, std::vector<std::uint32_t>& out) const {
  out.clear();
  const auto wanted = [&](std::uint32_t slot) {
    return slot != kSelf && slot != except && std::find(out.begin(), out.end(), slot) == out.end();
  };
  if (living_.size() <= 2 * count + 2) {  // few: look at all, from a random one on
    const std::size_t first = living_.empty() ? 0 : random.below(living_.size());
    for (std::size_t i = 0; i < living_.size() && out.size() < count; ++i) {
      const std::uint32_t slot = living_[(first + i) % living_.size()];
      if (wanted(slot)) out.push_back(slot);
    }
    return;
  }
  while (out.size() < count) {  // most draws hit
    const std::uint32_t slot = living_[random.below(living_.size())];
    if (wanted(slot)) out.push_back(slot);
  }
}

}  // namespace noodle::membership
