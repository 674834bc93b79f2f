#include "actors/work/vm_census.hpp"

namespace noodle::actors {

namespace {

void add(process::SystemStats& to, const process::SystemStats& stats) {
  to.spawned += stats.spawned;
  to.ended += stats.ended;
  to.failed += stats.failed;
  to.messages += stats.messages;
  to.slices += stats.slices;
  to.fuel += stats.fuel;
  to.dead_letters += stats.dead_letters;
}

}  // namespace

CountedSystem::CountedSystem(VmCensusPtr census, const process::System& system)
    : census_(std::move(census)), system_(system) {
  if (!census_) return;
  const std::lock_guard lock(census_->mutex_);
  census_->systems_.insert(&system_);
}

CountedSystem::~CountedSystem() {
  if (!census_) return;
  const std::lock_guard lock(census_->mutex_);
  census_->systems_.erase(&system_);
  add(census_->ended_, system_.stats());
}

void VmCensus::collect(Samples& out) const {
  process::SystemStats all;
  std::uint64_t live = 0, systems = 0;
  {
    const std::lock_guard lock(mutex_);
    all = ended_;
    systems = systems_.size();
    for (const process::System* system : systems_) {
      const process::SystemStats stats = system->stats();
      add(all, stats);
      live += stats.live;
      all.heap_bytes = stats.heap_bytes;  // of the whole process
    }
  }
  const auto gauge = [&out](const char* name, const char* help, std::uint64_t value) {
    out.gauge(name, help).add(static_cast<double>(value));
  };
  const auto counter = [&out](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help).add(static_cast<double>(value));
  };
  gauge("noodle_vm_systems", "Systems of processes: one for programs, one for each session.", systems);
  gauge("noodle_vm_processes", "NoodleCore processes that live.", live);
  gauge("noodle_vm_memory_bytes", "Memory of all NoodleCore processes.", all.heap_bytes);
  counter("noodle_vm_processes_spawned_total", "NoodleCore processes started.", all.spawned);
  counter("noodle_vm_processes_failed_total", "NoodleCore processes that ended with an error.", all.failed);
  counter("noodle_vm_messages_total", "Messages that NoodleCore processes have taken.", all.messages);
  counter("noodle_vm_dead_letters_total", "Messages for NoodleCore processes that found nobody.", all.dead_letters);
  counter("noodle_vm_slices_total", "Turns that workers have given to processes.", all.slices);
  counter("noodle_vm_fuel_total", "Calls and loop rounds that processes have made.", all.fuel);
}

}  // namespace noodle::actors
