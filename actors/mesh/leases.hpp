// Leases: what actors and processes of this node hold of the leases of the cluster (cluster/lease/lease_claim.hpp).
//
//     leases.claim("leader", actor);       // it gets Msg<wire::LeaseChanged>: held with a token, lost (token 0), ...
//     if (leases.token("leader", actor)) ... // before each step that only one may do
//
// They are kept on one node, the same for all (MeshOptions::lease_node, lease_keeper.hpp). A lease is asked for until
// it is released or its holder ends. While nobody answers, it is held as long as it lasts by the clock of this node.
// Threads: any. Outlives the actor `leases`, which asks. Limits: kMostClaims. Errors: 6131, 6152, 6153.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "cluster/lease/lease_claim.hpp"
#include "messages/error.hpp"
#include "runtime/base/metrics/metrics.hpp"

namespace noodle::actors {

class Leases : public std::enable_shared_from_this<Leases> {
 public:
  static constexpr std::size_t kMostClaims = 4'096;

  /// A request to be sent to the node that keeps leases.
  struct Ask {
    std::string name;
    std::uint64_t holder = 0;
    lease::LeaseClaim::Ask ask;
  };
  struct Release {
    std::string name;
    std::uint64_t holder = 0, token = 0;
  };
  /// Whose token has changed; an actor is told.
  struct View {
    std::string name;
    std::uint64_t pid = 0;  // 0: an actor
    std::uint64_t token = 0;
  };

  explicit Leases(std::string lease_node) : lease_node_(std::move(lease_node)) {}

  /// Name of the node that keeps leases; empty: none does.
  const std::string& lease_node() const { return lease_node_; }
  /// Called when there is something new to be asked, on any thread.
  void on_change(std::function<void()> changed);

  /// Asks for the lease from now on; again by the same holder: nothing changes. `pid`: a process in the system whose
  /// courier the actor is; 0: the actor itself, which is told of changes.
  Result<void> claim(const std::string& name, const caf::actor& holder, std::uint64_t pid = 0);
  /// The fencing token, while it is held.
  std::optional<std::uint64_t> token(const std::string& name, const caf::actor& holder, std::uint64_t pid = 0) const;
  /// False: it was not asked for.
  bool release(const std::string& name, const caf::actor& holder, std::uint64_t pid = 0);
  /// All that a process has asked for.
  void release_all(const caf::actor& courier, std::uint64_t pid);
  std::vector<View> list() const;
  /// noodle_leases_*.
  void collect(Samples& out) const;

  // ---- for the actor `leases`
  std::vector<Ask> due();
  std::vector<Release> take_releases();
  void granted(const Ask& ask, std::uint64_t token, std::int64_t duration_ns);
  void refused(const Ask& ask, const Error& why);
  /// When due() is to be called, at the latest.
  std::int64_t next_ns() const;

 private:
  struct Key {
    std::string name;
    caf::actor_id actor = 0;
    std::uint64_t pid = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Claim {
    caf::actor_addr actor;
    std::uint64_t holder = 0;  // chosen by chance
    lease::LeaseClaim claim;
    std::uint64_t told = 0;  // token of the last LeaseChanged
  };
  void tell_changes();
  template <class Goes>
  bool drop(Goes goes);
  void watch(const caf::actor& actor);
  void changed();

  const std::string lease_node_;
  mutable std::mutex mutex_;  // guards the following
  std::map<Key, Claim> claims_;
  std::vector<Release> releases_;
  std::unordered_set<caf::actor_id> watched_;
  std::function<void()> on_change_;
  std::uint64_t gained_ = 0, lost_ = 0, failed_ = 0;
};

}  // namespace noodle::actors
