// The inside of a mesh: its thread, its parts, and the actors that drive them. Between mesh.cpp and mesh_actors.cpp.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <type_traits>

#include "actors/mesh/leases.hpp"
#include "actors/mesh/links.hpp"
#include "actors/mesh/members.hpp"
#include "actors/mesh/name_exchange.hpp"

namespace noodle::actors {

class Mesh::Inside {
 public:
  Inside(caf::actor_system& system, MeshOptions wanted, const NodeId& id);

  // ---- on the thread of the network
  Result<void> start_links();
  void end_links() { links.reset(); }
  Result<void> start_members();
  void end_members() { members.reset(); }
  void start_names();
  void end_names() { exchange.reset(); }

  MeshOptions options;  // the port is known once the links have been started
  const NodeId self;
  std::atomic<std::uint64_t> incarnation;
  LinkBoard link_board;
  MemberBoard member_board;
  LoopThread thread;
  std::shared_ptr<Distribution> distribution;
  std::shared_ptr<Names> names;
  std::shared_ptr<Leases> leases;
  // of the thread of the network
  std::unique_ptr<Links> links;
  std::unique_ptr<Members> members;
  std::unique_ptr<NameExchange> exchange;
  bool members_started = false;
};

/// Does something on the thread of the network and waits for it.
template <class Work>
auto run_on(LoopThread& thread, Work work) -> decltype(work()) {
  if (thread.is_current()) return work();
  std::promise<decltype(work())> promise;
  auto future = promise.get_future();
  thread.post([&promise, &work] {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      promise.set_value();
    } else {
      promise.set_value(work());
    }
  });
  return future.get();
}

/// links: Interface: Msg<wire::LinkState> (Service::routes). State: Links. Supervision: membership, which cannot be
/// without it, is started again after it (rest_for_one).
caf::actor spawn_links(caf::actor_system& system, const SeatPtr& seat, const std::shared_ptr<Mesh::Inside>& inside);
/// membership: Interface: Msg<wire::MemberState> (Service::membership). State: Members.
caf::actor spawn_membership(caf::actor_system& system, const SeatPtr& seat,
                            const std::shared_ptr<Mesh::Inside>& inside);
/// names: Interface: Msg<wire::NameDigest>, Msg<wire::NameEntries> (Service::names), Msg<wire::MemberEvent>. State:
/// NameExchange; the names themselves outlive it.
caf::actor spawn_names(caf::actor_system& system, const SeatPtr& seat, const std::shared_ptr<Mesh::Inside>& inside);
/// leases: Interface: none; asks the node that keeps leases for what Leases wants. State: Leases, which outlives it.
caf::actor spawn_leases(caf::actor_system& system, const SeatPtr& seat, const std::shared_ptr<Mesh::Inside>& inside,
                        std::function<caf::actor()> keeper);

}  // namespace noodle::actors
