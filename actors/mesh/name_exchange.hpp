// Name exchange: how the names of all nodes come to this one, by comparison with the nodes that it is linked to.
//
// What has changed goes to all of them after kDamping, as a digest; who lacks it asks. With a node whose link comes up,
// and with one of them in turn every kTicksToCompare, everything is compared, so that nothing that was lost stays lost.
// Threads: that of the network. Owns: nothing; Names outlives it. Limits: kMostEntries go in answer to one digest.
#pragma once

#include <map>
#include <memory>

#include "actors/mesh/links.hpp"
#include "actors/mesh/names.hpp"
#include "cluster/registry/message.hpp"

namespace noodle::actors {

class NameExchange {
 public:
  static constexpr std::int64_t kDampingNs = 20'000'000;
  static constexpr std::uint64_t kTicksToCompare = 5;
  static constexpr std::size_t kMostEntries = 4'096;

  struct Context {
    LoopThread& thread;
    const std::unique_ptr<Links>& links;  // empty while they are started again
    LinkBoard& board;
    Names& names;
    std::atomic<std::uint64_t>& incarnation;
  };
  explicit NameExchange(const Context& context) : context_(context) {}

  void link_up(const NodeId& peer);
  void member(wire::MemberEvent::Reader event);
  void digest(const NodeId& from, wire::NameDigest::Reader digest);
  void entries(const NodeId& from, wire::NameEntries::Reader entries);
  /// Something is new, here or from elsewhere.
  void changed();
  /// Each second.
  void tick();

 private:
  std::vector<NodeId> peers() const;
  void tell_news();
  void rejoin();
  void compare(const NodeId& peer);
  template <class T>
  void send(const NodeId& to, const Msg<T>& message);

  const Context context_;
  std::map<NodeId, registry::WriterDigest> told_;
  std::set<Code> problems_;  // that were logged
  bool telling_ = false;
  std::uint64_t ticks_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace noodle::actors
