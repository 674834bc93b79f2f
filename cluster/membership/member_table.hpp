// Member table: all members a node knows, by slot and by id, with the sets that the protocol draws from.
//
// Slot 0 is the node itself. Slots are stable while a member is known and reused afterwards.
// Threads: none of its own. Limits: the given number of members; when it is full, the member longest dead or left goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cluster/membership/member.hpp"
#include "cluster/membership/suspicion.hpp"
#include "cluster/random.hpp"

namespace noodle::membership {

struct Member : MemberView {
  std::unique_ptr<Suspicion> suspicion;  // while suspect
  std::vector<NodeId> accusers;          // of a dead one: who brought it about
  std::uint8_t refusals = 0;
  Evidence evidence = Evidence::silence;
  std::int64_t heard_ns = 0;         // last message from it
  std::int64_t told_ns = 0;          // when it was last told what is said of it
  std::int64_t patience_ns = 0;      // when `patience` grew
  std::uint32_t patience = 0;        // it was slow to answer and was there all the same
  std::uint8_t indirect_streak = 0;  // probes in a row that only others got through

  bool living() const { return state == State::alive || state == State::suspect; }
};

class MemberTable {
 public:
  static constexpr std::uint32_t kSelf = 0;

  explicit MemberTable(std::size_t max_members) : max_members_(max_members) {}

  std::optional<std::uint32_t> find(NodeId id) const;
  Member& at(std::uint32_t slot) { return members_[slot]; }
  const Member& at(std::uint32_t slot) const { return members_[slot]; }

  /// A new member; nothing when the table is full of living ones.
  std::optional<std::uint32_t> add(const Rumour& rumour, std::int64_t now_ns);
  /// The only way by which state, version and service change.
  void set(std::uint32_t slot, State state, Version version, Service service, std::int64_t now_ns);
  void remove(std::uint32_t slot);

  /// Alive and suspect members, this node included.
  const std::vector<std::uint32_t>& living() const { return living_; }
  /// Dead members.
  const std::vector<std::uint32_t>& dead() const { return dead_; }
  const std::vector<std::uint32_t>& left() const { return left_; }
  std::size_t size() const { return by_id_.size(); }
  /// Members that could accuse or did: all but those that left.
  std::size_t witnesses() const { return living_.size() + dead_.size(); }
  /// The same for two tables whose living members, their versions and services are equal.
  std::uint64_t digest() const { return digest_; }

  /// Up to `count` different living members, neither this node nor `except`.
  void draw(std::size_t count, std::uint32_t except, Random& random, std::vector<std::uint32_t>& out) const;

  /// Slots of all members, in no particular order.
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::uint32_t slot = 0; slot < members_.size(); ++slot) {
      if (members_[slot].id) visit(slot);
    }
  }

 private:
  static std::uint64_t mark(const Member& member);
  std::vector<std::uint32_t>* set_of(State state);
  void enter(std::uint32_t slot);
  void leave(std::uint32_t slot);
  bool make_room();

  std::size_t max_members_;
  std::vector<Member> members_;
  std::vector<std::uint32_t> position_;  // of a slot in living_ or dead_
  std::vector<std::uint32_t> free_;
  std::unordered_map<NodeId, std::uint32_t> by_id_;
  std::vector<std::uint32_t> living_, dead_, left_;
  std::uint64_t digest_ = 0;
};

}  // namespace noodle::membership
