#include "actors/mesh/remote_actor.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/distribution.hpp"

namespace noodle::actors {

void RemoteActor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  if (is_dead()) return refuse(*element, from_caf(fail_state()));
  distribution_->take({ctrl(), true}, std::move(element));
}

void RemoteActor::attach(caf::attachable_ptr attachable) {
  caf::actor_proxy::attach(std::move(attachable));
  if (!watched_.exchange(true) && !is_dead()) distribution_->watch({ctrl(), true}, 0);
}

bool RemoteActor::add_backlink(caf::abstract_actor* local) {
  if (!caf::actor_proxy::add_backlink(local)) return false;
  watched_ = true;
  distribution_->watch({ctrl(), true}, local->id());
  return true;
}

void RemoteActor::kill_proxy(caf::execution_unit* host, caf::error reason) {
  dead_.store(true, std::memory_order_release);
  cleanup(std::move(reason), host);
}

}  // namespace noodle::actors
