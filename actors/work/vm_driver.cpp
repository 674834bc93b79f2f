#include "actors/work/vm_driver.hpp"

#include <caf/all.hpp>
#include <vector>

#include "actors/core/node.hpp"
#include "actors/work/vm_worker.hpp"

namespace noodle::actors {
namespace {

class ActorDrive final : public process::WorkerDrive {
 public:
  ActorDrive(caf::actor_system& actors, process::System& system, VmCensusPtr census)
      : actors_(actors), counted_(std::move(census), system) {
    for (std::size_t i = 0; i < system.workers(); ++i) workers_.push_back(actors.spawn<VmWorker>(&system, i, nullptr));
  }
  ~ActorDrive() override {
    caf::scoped_actor self(actors_);
    for (const caf::actor& worker : workers_) self->send_exit(worker, caf::exit_reason::user_shutdown);
    for (const caf::actor& worker : workers_) self->wait_for(worker);
  }

 private:
  caf::actor_system& actors_;
  const CountedSystem counted_;
  std::vector<caf::actor> workers_;
};

/// The actor system lives as long as its drive.
class OwningDrive final : public process::WorkerDrive {
 public:
  explicit OwningDrive(process::System& system) : node_({}), drive_(node_.system(), system, {}) {}

 private:
  Node node_;
  ActorDrive drive_;
};

}  // namespace

std::unique_ptr<process::WorkerDrive> drive_with_actors(caf::actor_system& actors, process::System& system,
                                                        VmCensusPtr census) {
  return std::make_unique<ActorDrive>(actors, system, std::move(census));
}

process::WorkerDriver caf_driver() {
  return [](process::System& system) -> std::unique_ptr<process::WorkerDrive> {
    return std::make_unique<OwningDrive>(system);
  };
}

}  // namespace noodle::actors
