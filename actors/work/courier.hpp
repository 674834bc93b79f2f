// courier: brings what the processes of one system have to say to other systems, and what those say to them.
//
// Interface: Msg<wire::ParcelBatch> -> Msg<wire::BatchTaken>, when all of it has been handed over;
//            Msg<wire::ProgramRequest> -> Msg<wire::ProgramAnswer>, of programs that were spawned from elsewhere.
// State:     for each other system what waits for it and the batch that is on its way.
// Behaviour: one batch on its way to a system at a time; what comes meanwhile goes with the next. A batch whose answer
//            was lost with a link goes again and is taken once. A program that is not here is fetched before the parcel
//            that needs it.
// Supervision: ends with the owner of the System. A system is lost when its courier has ended or its node is gone.
// Errors: 6107 no such node, 6207 it does not live, or lives another life.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "actors/mesh/mesh.hpp"
#include "runtime/process/system.hpp"
#include "runtime/remote/parcel.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::actors {

/// The Carrier of a System, and its post box. Threads: any. Outlives the System; the mesh outlives both.
class Post final : public process::Carrier {
 public:
  /// Where a system's courier is.
  struct Place {
    ActorAddress address;
    caf::actor courier;  // empty: there is nobody
  };

  explicit Post(Mesh& mesh) : mesh_(mesh) {}

  Result<process::SystemNumber> system_of(std::string_view node) override;
  std::vector<process::NodeFacts> nodes() override;
  std::string name_of(process::SystemNumber system) override;
  std::size_t waiting_bytes(process::SystemNumber system) override;
  void send(process::SystemNumber system, process::Parcel parcel) override;
  Result<void> add_name(const std::string& name, bool unique, process::Pid pid, const process::RunName& run) override;
  bool remove_name(const std::string& name) override;
  Result<std::optional<process::NamedProcess>> find_name(const std::string& name) override;
  std::vector<process::NameFacts> names(const std::string& prefix, std::size_t most) override;
  Result<std::optional<std::uint64_t>> lease(const std::string& name, process::Pid pid) override;
  bool release(const std::string& name, process::Pid pid) override;
  void process_ended(process::Pid pid) override;

  // ---- for the courier
  /// `service`: as for spawn_courier.
  void open(const caf::actor& courier, std::uint64_t service);
  /// Nobody fetches anything any more.
  void close();
  /// The number of the system at an address.
  process::SystemNumber number_of(const ActorAddress& address);
  /// Where others find this system; nothing before it is open and after it was closed.
  std::optional<ActorAddress> own_address() const;
  std::optional<Place> place_of(process::SystemNumber system) const;
  /// What waits for a system: up to so many parcels and bytes; at least one, if there is one.
  std::vector<process::Parcel> take(process::SystemNumber system, std::size_t most, std::size_t most_bytes);
  /// The system is gone: the same address has another number from now on.
  void forget(process::SystemNumber system);
  Mesh& mesh() const { return mesh_; }

 private:
  caf::actor courier() const;

  struct Known {
    Place place;
    std::deque<process::Parcel> waiting;
    std::size_t waiting_bytes = 0;
    bool told = false;  // the courier knows that something waits
  };
  Mesh& mesh_;
  mutable std::mutex mutex_;  // guards the following; nobody waits for the thread of the network with it
  caf::actor courier_;
  std::uint64_t service_ = 0;
  bool closed_ = false;
  std::map<process::SystemNumber, Known> systems_;
  std::map<std::pair<NodeId, std::uint64_t>, process::SystemNumber> numbers_;
  process::SystemNumber last_ = process::kThisSystem;
};

/// `service`: the number under which others know this system's courier; 0: its own. Both outlive it.
caf::actor spawn_courier(caf::actor_system& actors, std::shared_ptr<Post> post, process::System& system,
                         std::uint64_t service);

/// A drive that has a courier as well: it ends before the workers do.
std::unique_ptr<process::WorkerDrive> drive_courier(caf::actor_system& actors, std::shared_ptr<Post> post,
                                                    process::System& system,
                                                    std::unique_ptr<process::WorkerDrive> workers);

}  // namespace noodle::actors
