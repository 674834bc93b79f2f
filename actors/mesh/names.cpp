#include "actors/mesh/names.hpp"

#include "actors/core/caf_error.hpp"
#include "actors/mesh/mesh_inside.hpp"
#include "messages/names.capnp.h"
#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

const Logger& names_log() {
  static const Logger logger("names");
  return logger;
}

}  // namespace

Names::Names(LoopThread& thread, Distribution& distribution, const NodeId& self, std::uint64_t incarnation)
    : thread_(thread),
      distribution_(distribution),
      self_(self),
      registry_(self, incarnation, registry::Registry::Settings{}) {}

void Names::on_change(std::function<void()> changed) {
  const std::lock_guard lock(mutex_);
  on_change_ = std::move(changed);
}

void Names::changed() {
  std::function<void()> tell;
  {
    const std::lock_guard lock(mutex_);
    tell = on_change_;
  }
  if (tell) tell();
}

std::uint64_t Names::number_of(const Holder& holder) {
  if (holder.number != 0) return holder.number;
  return run_on(thread_,
                [&] { return distribution_.export_actor(caf::actor_cast<caf::strong_actor_ptr>(holder.actor)); });
}

Result<void> Names::add(const std::string& name, registry::Scope scope, const Holder& holder) {
  const std::uint64_t number = number_of(holder);
  {
    const std::lock_guard lock(mutex_);
    const auto held = held_.find(name);
    if (held != held_.end() &&
        (held->second.actor != holder.actor.address() || held->second.process.pid != holder.process.pid)) {
      return Error{Code::name_held, "name `" + name + "` is held by another actor or process of this node", {}};
    }
    if (held != held_.end() && held->second.scope == scope) return {};
    auto added = registry_.register_name(name, scope, number, system_clock().wall_ns(), holder.process);
    if (!added) return added;
    held_[name] = {holder.actor.address(), holder.number, scope, holder.process};
  }
  watch(holder.actor);
  changed();
  return {};
}

Result<void> Names::remove(const std::string& name, const caf::actor& actor) {
  {
    const std::lock_guard lock(mutex_);
    const auto held = held_.find(name);
    if (held == held_.end() || held->second.actor != actor.address()) {
      return Error{Code::name_not_found, "name `" + name + "` is not held here", {}};
    }
    held_.erase(held);
    (void)registry_.unregister_name(name);
  }
  changed();
  return {};
}

void Names::remove_all(const caf::actor& courier, std::uint64_t pid) {
  drop_held([&](const Held& held) { return held.actor == courier.address() && held.process.pid == pid; });
}

template <class Goes>
void Names::drop_held(Goes goes) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(held_, [&](const auto& one) {
      if (!goes(one.second)) return false;
      (void)registry_.unregister_name(one.first);
      return true;
    });
  }
  changed();
}

void Names::watch(const caf::actor& actor) {
  {
    const std::lock_guard lock(mutex_);
    if (!watched_.insert(actor->id()).second) return;
  }
  // An actor that has ended already calls it at once.
  actor->attach_functor([self = weak_from_this(), id = actor->id()](const caf::error&, caf::execution_unit*) {
    if (const auto names = self.lock()) names->ended(id);
  });
}

void Names::ended(caf::actor_id actor) {
  {
    const std::lock_guard lock(mutex_);
    watched_.erase(actor);
  }
  drop_held([actor](const Held& held) { return held.actor.id() == actor; });
}

Names::Place Names::place_of(const std::string& name, const registry::Found& found) const {
  Place place{{found.node, found.actor}, found.process, {}};
  const auto held = held_.find(name);
  if (found.node != self_) {
    place.actor = distribution_.actor_at(found.node, found.actor);
  } else if (held != held_.end()) {
    place.actor = caf::actor_cast<caf::actor>(held->second.actor);
  }
  return place;
}

Result<Names::Place> Names::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = registry_.find(name);
  if (!found) return found.error();
  return place_of(name, *found);
}

std::vector<Names::Place> Names::find_all(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  std::vector<Place> all;
  for (const registry::Found& found : registry_.find_all(name)) all.push_back(place_of(name, found));
  return all;
}

std::vector<registry::NameView> Names::list(const std::string& prefix, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  return registry_.list(prefix, most);
}

Names::Statistics Names::statistics() const {
  const std::lock_guard lock(mutex_);
  Statistics now = statistics_;
  now.known = registry_.known();
  now.own = held_.size();
  return now;
}

// ---- for the actor `names`

std::vector<registry::WriterDigest> Names::digest() const {
  const std::lock_guard lock(mutex_);
  return registry_.digest();
}

std::vector<registry::WriterDigest> Names::wanted(const std::vector<registry::WriterDigest>& theirs) const {
  const std::lock_guard lock(mutex_);
  return registry_.wanted(theirs);
}

std::vector<registry::WriterEntries> Names::missing(const std::vector<registry::WriterDigest>& theirs, std::size_t most,
                                                    bool listed) const {
  const std::lock_guard lock(mutex_);
  return registry_.missing(theirs, most, listed);
}

Result<bool> Names::accept(const registry::WriterEntries& entries) {
  std::vector<registry::LostName> lost;
  bool anything_new = false;
  {
    const std::lock_guard lock(mutex_);
    const registry::WriterDigest before = registry_.digest_of(entries.writer);
    const auto accepted = registry_.accept(entries, lost);
    if (!accepted) {
      ++statistics_.refused;
      return accepted.error();
    }
    anything_new = registry_.digest_of(entries.writer) != before;
  }
  tell_lost(lost);
  return anything_new;
}

void Names::node_died(const NodeId& node, std::uint64_t incarnation) {
  const std::lock_guard lock(mutex_);
  registry_.node_died(node, incarnation, system_clock().monotonic_ns());
}

void Names::node_left(const NodeId& node, std::uint64_t incarnation) {
  const std::lock_guard lock(mutex_);
  registry_.node_left(node, incarnation, system_clock().monotonic_ns());
}

void Names::node_alive(const NodeId& node, std::uint64_t incarnation) {
  std::vector<registry::LostName> lost;
  {
    const std::lock_guard lock(mutex_);
    registry_.node_alive(node, incarnation, lost);
  }
  tell_lost(lost);
}

void Names::forget() {
  const std::lock_guard lock(mutex_);
  registry_.forget(system_clock().monotonic_ns());
}

void Names::rejoined(std::uint64_t incarnation) {
  const std::lock_guard lock(mutex_);
  if (registry_.incarnation() >= incarnation) return;
  registry_.rejoined(incarnation);
  for (const auto& [name, held] : held_) {
    const auto actor = caf::actor_cast<caf::strong_actor_ptr>(held.actor);
    if (!actor) continue;  // its end is about to be told
    const std::uint64_t number = held.number != 0 ? held.number : distribution_.export_actor(actor);
    (void)registry_.register_name(name, held.scope, number, system_clock().wall_ns(), held.process);
  }
}

void Names::tell_lost(const std::vector<registry::LostName>& lost) {
  for (const registry::LostName& one : lost) {
    Held held;
    {
      const std::lock_guard lock(mutex_);
      const auto found = held_.find(one.name);
      if (found == held_.end()) continue;
      held = found->second;
      held_.erase(found);
      ++statistics_.lost;
    }
    names_log().warning("a name is held by another node since before",
                        {{"name", one.name}, {"holder", one.winner.to_string()}});
    const auto actor = caf::actor_cast<caf::actor>(held.actor);
    if (!actor) continue;
    const Error why{
        Code::name_held, "name `" + one.name + "` is held by node " + one.winner.to_string() + " since before", {}};
    if (held.process.pid == 0) {
      caf::anon_send(actor, caf::exit_msg{actor.address(), to_caf(why)});
      continue;
    }
    caf::anon_send(actor, Msg<wire::NameLost>::build([&](wire::NameLost::Builder out) {
                     out.setName(one.name);
                     out.setPid(held.process.pid);
                     out.setWinner(one.winner.to_string());
                   }));
  }
  if (!lost.empty()) changed();
}

}  // namespace noodle::actors
