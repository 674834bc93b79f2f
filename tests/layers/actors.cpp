// Links the actor layer: CAF carries a Msg by value, without serialising it.
#include <caf/all.hpp>

#include "messages/msg.hpp"
#include "messages/work.capnp.h"

using KillMsg = noodle::Msg<noodle::wire::Kill>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(KillMsg)

namespace {

caf::behavior echo() {
  return {[](const KillMsg& kill) { return kill; }};
}

}  // namespace

int main() {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", std::size_t{1});
  caf::actor_system system(config);
  const auto kill = KillMsg::build([](noodle::wire::Kill::Builder k) { k.setRun(7); });
  bool shared = false;
  {
    caf::scoped_actor self(system);
    self->request(system.spawn(echo), caf::infinite, kill)
        .receive([&](const KillMsg& answer) { shared = answer.shares_with(kill) && answer->getRun() == 7; },
                 [](const caf::error&) {});
  }
  return shared ? 0 : 1;
}
