// The base of a node's event-based actors: it keeps the vital signs of its seat, and its errors are ours.
//
//     class Clerk : public NodeActor {
//      public:
//       Clerk(caf::actor_config& config, SeatPtr seat) : NodeActor(config, std::move(seat)) {}
//       caf::behavior make_behavior() override { return {[](const Msg<wire::Kill>& kill) { ... }}; }
//     };
//
// A handler that throws ends the actor with 1891 and what was thrown; its supervisor sees to the rest.
// Threads: CAF's, one at a time.
#pragma once

#include <caf/event_based_actor.hpp>

#include "actors/core/caf_messages.hpp"
#include "actors/core/seat.hpp"

namespace noodle::actors {

class NodeActor : public caf::event_based_actor {
 public:
  NodeActor(caf::actor_config& config, SeatPtr seat);

  caf::invoke_message_result consume(caf::mailbox_element& element) override;

 protected:
  Seat& seat() { return *seat_; }
  const SeatPtr& seat_ptr() const { return seat_; }

 private:
  const SeatPtr seat_;
};

}  // namespace noodle::actors
