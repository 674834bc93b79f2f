#include "actors/mesh/leases.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_messages.hpp"
#include "cluster/registry/registry.hpp"
#include "messages/lease.capnp.h"
#include "runtime/base/clock.hpp"

namespace noodle::actors {
void Leases::on_change(std::function<void()> changed) {
  const std::lock_guard lock(mutex_);
  on_change_ = std::move(changed);
}

void Leases::changed() {
  std::function<void()> tell;
  {
    const std::lock_guard lock(mutex_);
    tell = on_change_;
  }
  if (tell) tell();
}

Result<void> Leases::claim(const std::string& name, const caf::actor& holder, std::uint64_t pid) {
  if (auto checked = registry::check_name(name); !checked) return checked.error();
  if (lease_node_.empty()) {
    return Error{Code::lease_node_absent, "no node keeps leases: `cluster.lease_node` is not set", {}};
  }
  {
    const std::lock_guard lock(mutex_);
    const Key key{name, holder->id(), pid};
    if (claims_.contains(key)) return {};
    if (claims_.size() >= kMostClaims) {
      return Error{Code::leases_full, "this node asks for " + std::to_string(kMostClaims) + " leases already", {}};
    }
    claims_[key] = {holder.address(), noodle::detail::random64() | 1, {}, 0};
  }
  watch(holder);
  changed();
  return {};
}

std::optional<std::uint64_t> Leases::token(const std::string& name, const caf::actor& holder, std::uint64_t pid) const {
  const std::lock_guard lock(mutex_);
  const auto found = claims_.find({name, holder->id(), pid});
  return found == claims_.end() ? std::nullopt : found->second.claim.token(system_clock().monotonic_ns());
}

template <class Goes>
bool Leases::drop(Goes goes) {
  bool any = false;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(claims_, [&](const auto& one) {
      const auto& [key, claim] = one;
      if (!goes(key)) return false;
      any = true;
      // Without a token too: the grant may be on its way. It is bounded: claims are.
      if (releases_.size() < kMostClaims) releases_.push_back({key.name, claim.holder, claim.claim.last_token()});
      return true;
    });
  }
  if (any) changed();
  return any;
}

bool Leases::release(const std::string& name, const caf::actor& holder, std::uint64_t pid) {
  const Key wanted{name, holder->id(), pid};
  return drop([&wanted](const Key& key) { return key == wanted; });
}

void Leases::release_all(const caf::actor& courier, std::uint64_t pid) {
  drop([&](const Key& key) { return key.actor == courier->id() && key.pid == pid; });
}

void Leases::watch(const caf::actor& actor) {
  {
    const std::lock_guard lock(mutex_);
    if (!watched_.insert(actor->id()).second) return;
  }
  // An actor that has ended already calls it at once.
  actor->attach_functor([self = weak_from_this(), id = actor->id()](const caf::error&, caf::execution_unit*) {
    const auto leases = self.lock();
    if (!leases) return;
    {
      const std::lock_guard lock(leases->mutex_);
      leases->watched_.erase(id);
    }
    leases->drop([id](const Key& key) { return key.actor == id; });
  });
}

std::vector<Leases::View> Leases::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<View> all;
  for (const auto& [key, claim] : claims_) {
    all.push_back({key.name, key.pid, claim.claim.token(system_clock().monotonic_ns()).value_or(0)});
  }
  return all;
}

void Leases::collect(Samples& out) const {
  double held = 0, asked = 0;
  for (const View& one : list()) ++(one.token != 0 ? held : asked);
  auto claims = out.gauge("noodle_leases_claims", "Leases that holders of this node want, by whether they have them.");
  claims.add(held, {{"state", "held"}});
  claims.add(asked, {{"state", "asked"}});
  const std::lock_guard lock(mutex_);
  out.counter("noodle_leases_gained_total", "Leases that holders of this node were given.")
      .add(static_cast<double>(gained_));
  out.counter("noodle_leases_lost_total", "Leases that ran out for holders of this node.")
      .add(static_cast<double>(lost_));
  out.counter("noodle_leases_requests_failed_total", "Requests for leases that failed, other than being held.")
      .add(static_cast<double>(failed_));
}

// ---- for the actor `leases`

std::vector<Leases::Ask> Leases::due() {
  std::vector<Ask> asks;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [key, claim] : claims_) {
      if (const auto ask = claim.claim.tick(system_clock().monotonic_ns()))
        asks.push_back({key.name, claim.holder, *ask});
    }
  }
  tell_changes();
  return asks;
}

std::vector<Leases::Release> Leases::take_releases() {
  const std::lock_guard lock(mutex_);
  return std::exchange(releases_, {});
}

void Leases::granted(const Ask& ask, std::uint64_t token, std::int64_t duration_ns) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& [key, claim] : claims_) {
      if (claim.holder == ask.holder)
        claim.claim.granted(ask.ask.attempt, token, duration_ns, system_clock().monotonic_ns());
    }
  }
  tell_changes();
}

void Leases::refused(const Ask& ask, const Error& why) {
  {
    const std::lock_guard lock(mutex_);
    if (why.code != Code::lease_held) ++failed_;
    for (auto& [key, claim] : claims_) {
      if (claim.holder == ask.holder)
        claim.claim.refused(ask.ask.attempt, why.code == Code::lease_lost, system_clock().monotonic_ns());
    }
  }
  tell_changes();
}

std::int64_t Leases::next_ns() const {
  const std::lock_guard lock(mutex_);
  std::int64_t next = INT64_MAX;
  for (const auto& [key, claim] : claims_) next = std::min(next, claim.claim.next_ns());
  return next;
}

void Leases::tell_changes() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, claim] : claims_) {
    const std::uint64_t token = claim.claim.token(system_clock().monotonic_ns()).value_or(0);
    if (token == claim.told) continue;
    if (claim.told != 0) ++lost_;
    if (token != 0) ++gained_;
    claim.told = token;
    const auto actor = key.pid == 0 ? caf::actor_cast<caf::actor>(claim.actor) : caf::actor{};
    if (!actor) continue;
    caf::anon_send(actor, Msg<wire::LeaseChanged>::build([&](wire::LeaseChanged::Builder out) {
                     out.setName(key.name);
                     out.setToken(token);
                   }));
  }
}

}  // namespace noodle::actors
