// Names: what actors and processes of the cluster are called (cluster/registry/registry.hpp), as this node knows it.
//
// A name is held by an actor of this node, or by a process of the system whose courier the actor is. It goes when the
// actor ends; names of processes also when their system says so (remove). Who loses a cluster-unique name is told: an
// actor gets an exit with 6132, a courier a Msg<wire::NameLost>.
// Threads: any; `add` waits for the thread of the network. Outlives the actor `names`, which spreads what is in it.
// Errors: 6130 to 6133.
#pragma once

#include <caf/actor.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "actors/mesh/distribution.hpp"
#include "cluster/registry/registry.hpp"

namespace noodle::actors {

class Names : public std::enable_shared_from_this<Names> {
 public:
  struct Holder {
    caf::actor actor;
    std::uint64_t number = 0;  // service_number() of the actor; 0: its own
    registry::Process process = {};
  };
  /// Who is found: its actor, here or a handle, and what the registry says.
  struct Place {
    ActorAddress address;
    registry::Process process;
    caf::actor actor;
  };
  struct Statistics {
    std::uint64_t known = 0, own = 0, lost = 0, refused = 0;
  };

  Names(LoopThread& thread, Distribution& distribution, const NodeId& self, std::uint64_t incarnation);

  /// Called when names of this node have changed, on any thread.
  void on_change(std::function<void()> changed);

  /// Again by the same holder: nothing changes. Errors: 6131, 6132 (held here or elsewhere), 6133.
  Result<void> add(const std::string& name, registry::Scope scope, const Holder& holder);
  /// Error 6130 when `actor`, or a process of its system, does not hold it.
  Result<void> remove(const std::string& name, const caf::actor& actor);
  /// All that a process holds.
  void remove_all(const caf::actor& courier, std::uint64_t pid);
  /// The holder of a unique name; of others any, this node's own first. Error 6130.
  Result<Place> find(const std::string& name) const;
  std::vector<Place> find_all(const std::string& name) const;
  std::vector<registry::NameView> list(const std::string& prefix, std::size_t most) const;
  Statistics statistics() const;
  /// noodle_names_*.
  void collect(Samples& out) const;

  // ---- for the actor `names`
  std::vector<registry::WriterDigest> digest() const;
  std::vector<registry::WriterDigest> wanted(const std::vector<registry::WriterDigest>& theirs) const;
  std::vector<registry::WriterEntries> missing(const std::vector<registry::WriterDigest>& theirs, std::size_t most,
                                               bool listed) const;
  /// False: nothing of it is new.
  Result<bool> accept(const registry::WriterEntries& entries);
  void node_died(const NodeId& node, std::uint64_t incarnation);
  void node_left(const NodeId& node, std::uint64_t incarnation);
  void node_alive(const NodeId& node, std::uint64_t incarnation);
  void forget();
  /// The actors of this node have other numbers now: all names are told anew. On the thread of the network.
  void rejoined(std::uint64_t incarnation);

 private:
  struct Held {
    caf::actor_addr actor;
    std::uint64_t number = 0;  // 0: its own
    registry::Scope scope{};
    registry::Process process;
  };
  std::uint64_t number_of(const Holder& holder);
  void watch(const caf::actor& actor);
  void ended(caf::actor_id actor);
  template <class Goes>
  void drop_held(Goes goes);
  void tell_lost(const std::vector<registry::LostName>& lost);
  Place place_of(const std::string& name, const registry::Found& found) const;
  void changed();

  LoopThread& thread_;
  Distribution& distribution_;
  const NodeId self_;

  mutable std::mutex mutex_;  // guards the following
  registry::Registry registry_;
  std::unordered_map<std::string, Held> held_;  // by name
  std::unordered_set<caf::actor_id> watched_;
  std::function<void()> on_change_;
  Statistics statistics_;
};

}  // namespace noodle::actors
