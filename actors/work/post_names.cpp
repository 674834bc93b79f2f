// Names and leases of processes in the cluster: what their system says is an address there.
#include "actors/mesh/leases.hpp"
#include "actors/mesh/names.hpp"
#include "actors/work/courier.hpp"

namespace noodle::actors {

using process::kThisSystem;

Result<void> Post::add_name(const std::string& name, bool unique, process::Pid pid, const process::RunName& run) {
  const auto own = own_address();
  const auto home = run.home == kThisSystem ? std::nullopt : place_of(run.home);
  Names::Holder holder;
  {
    const std::lock_guard lock(mutex_);
    holder.actor = courier_;
    holder.number = service_;
  }
  if (!own || !holder.actor || (run.home != kThisSystem && !home)) {
    return Error{Code::exit_stopped, "the run is ending: nothing can be registered", {}};
  }
  const ActorAddress& start = home ? home->address : *own;
  holder.process.pid = pid;
  holder.process.home = start.node;
  holder.process.home_actor = start.number;
  holder.process.run = run.number;
  return mesh_.names().add(name, unique ? registry::Scope::unique : registry::Scope::plain, holder);
}

bool Post::remove_name(const std::string& name) {
  const caf::actor courier = this->courier();
  return courier && mesh_.names().remove(name, courier).ok();
}

Result<std::optional<process::NamedProcess>> Post::find_name(const std::string& name) {
  const auto found = mesh_.names().find(name);
  if (!found) {
    if (found.error().code == Code::name_not_found) return std::optional<process::NamedProcess>();
    return found.error();
  }
  const registry::Process& process = found->process;
  if (process.pid == 0) {
    return Error{Code::wrong_actor_type, "`" + name + "` is an actor of its node, not a process of a program", {}};
  }
  const auto own = own_address();
  const auto system = [&](const ActorAddress& address) { return address == own ? kThisSystem : number_of(address); };
  return std::optional(process::NamedProcess{{system(found->address), process.pid},
                                             {system({process.home, process.home_actor}), process.run}});
}

std::vector<process::NameFacts> Post::names(const std::string& prefix, std::size_t most) {
  std::vector<process::NameFacts> all;
  const std::vector<membership::MemberView> members = mesh_.members();
  for (const registry::NameView& view : mesh_.names().list(prefix, most)) {
    if (view.hidden) continue;
    const auto known = std::find_if(members.begin(), members.end(),
                                    [&view](const membership::MemberView& one) { return one.id == view.node; });
    all.push_back(
        {view.entry.name, known != members.end() && known->profile ? known->profile->name : view.node.to_string()});
  }
  return all;
}

Result<std::optional<std::uint64_t>> Post::lease(const std::string& name, process::Pid pid) {
  const caf::actor courier = this->courier();
  if (!courier) return std::optional<std::uint64_t>();
  if (auto claimed = mesh_.leases().claim(name, courier, pid); !claimed) return claimed.error();
  return mesh_.leases().token(name, courier, pid);
}

bool Post::release(const std::string& name, process::Pid pid) {
  const caf::actor courier = this->courier();
  return courier && mesh_.leases().release(name, courier, pid);
}

void Post::process_ended(process::Pid pid) {
  const caf::actor courier = this->courier();
  if (!courier) return;
  mesh_.names().remove_all(courier, pid);
  mesh_.leases().release_all(courier, pid);
}

caf::actor Post::courier() const {
  const std::lock_guard lock(mutex_);
  return courier_;
}

}  // namespace noodle::actors
