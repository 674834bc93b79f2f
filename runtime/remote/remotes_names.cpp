// Processes with names in the cluster, and those that are found by them: of runs that have not spread here, too.
#include "runtime/process/delivery.hpp"
#include "runtime/remote/remotes.hpp"

namespace noodle::process {

/// From now on its end is told to the carrier; false: it has ended already.
bool Remotes::note_in_cluster(Pid pid) {
  ProcessControl* const control = system_.find(pid);
  if (control == nullptr) return false;
  const ControlLock lock(*control);
  if (control->live.load(std::memory_order_relaxed) != pid) return false;
  extras_of(*control).in_cluster = true;
  return true;
}

Result<void> Remotes::add_name(Pid pid, const std::string& name, bool unique) {
  const Error ended{Code::no_such_process, "the process has ended", {}};
  const ProcessControl* const control = system_.find(pid);
  if (control == nullptr) return ended;
  if (is_stand_in(control->program.load(std::memory_order_relaxed))) {
    return Error{Code::invalid_argument, "the process is on another node: only there it can be given a name", {}};
  }
  const std::shared_ptr<Run> run = system_.run_of(control->run_id.load(std::memory_order_relaxed));
  if (!run) return ended;
  RunName run_name;
  {
    const std::lock_guard lock(mutex_);
    (void)home_run(run, run_name);
  }
  if (auto added = carrier_.add_name(name, unique, pid, run_name); !added) return added;
  if (note_in_cluster(pid)) return {};
  carrier_.process_ended(pid);
  return ended;
}

Result<Pid> Remotes::find_name(const std::string& name) {
  const auto found = carrier_.find_name(name);
  if (!found) return found.error();
  if (!*found) return Pid{0};
  const Address address = (*found)->address;
  if (address.system == kThisSystem) return system_.find(address.pid) ? address.pid : Pid{0};
  const std::lock_guard lock(mutex_);
  auto run = visited_run((*found)->run);
  if (!run) return run.error();
  return *run == nullptr ? Pid{0} : stand_in(**run, (*found)->run, address, true);
}

/// Null: it is of this system and has ended.
Result<Remotes::Known*> Remotes::visited_run(const RunName& name) {
  const auto found = runs_.find(name);
  if (found != runs_.end() && !(found->second.visited && found->second.run->finishing())) return &found->second;
  if (name.home == kThisSystem) return nullptr;
  if (found != runs_.end()) runs_.erase(found);  // its last stand-in has ended
  Known& made = runs_[name];
  made.visited = true;
  made.grants = std::make_shared<const Grants>(std::vector<Grant>{});
  RunSettings settings;
  settings.grants = made.grants;
  made.run = system_.open(std::move(settings));
  return &made;
}

Result<std::optional<std::uint64_t>> Remotes::lease(Pid pid, const std::string& name) {
  auto token = carrier_.lease(name, pid);
  if (token && !note_in_cluster(pid)) carrier_.process_ended(pid);
  return token;
}

void Remotes::name_lost(Pid pid, const std::string& name, const std::string& node) {
  system_.kill(pid, "the name `" + name + "` is held by " + node + " since before");
}

}  // namespace noodle::process
