// supervisor: starts children in order, restarts those that fail or hang, and ends when that does not help.
//
// Interface: std::shared_ptr<ChildSpec> -> caf::actor, the slot of a further child (within the node only);
//            RemoveChild, name -> bool, when the child has been told to stop;
//            EndChild, path, reason, again -> bool, when the child has ended for that reason: for good, or to be
//            started again, which does not count as a failure; false: there is no such child, or it is temporary
//            (again). Exit messages (ends, children first).
// State:     process::Supervision, which decides; a seat and the incarnation for each child.
// Behaviour: strategies, restart kinds, intensity in a sliding window, back-off with jitter, quarantine, significant
//            children as in Supervision; a child is told to end, killed at its deadline, and given up if even that does
//            not end it. Probes: a child that works on one message for longer than its limit hangs, and is replaced.
//            Each end is written into a death certificate in the roster.
// Supervision: a supervisor is a child like any other; giving up (6203) is its failure, which its own supervisor sees.
// Time:      it ends within the sum of its children's deadlines and kKillGrace each, even if they hang.
#pragma once

#include <caf/atom.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/core/roster.hpp"
#include "runtime/process/supervision.hpp"

namespace noodle::actors {

constexpr std::chrono::milliseconds kKillGrace{500};
using RemoveChild = caf::atom_constant<caf::atom("rmchild")>;
using EndChild = caf::atom_constant<caf::atom("endchild")>;

struct ChildSpec {
  std::string name;  // its path is that of the supervisor, "/" and this
  /// Makes an incarnation; null or an exception: it could not be made.
  std::function<caf::actor(caf::actor_system&, const SeatPtr&)> spawn;
  process::Restart restart = process::Restart::permanent;
  bool significant = false;
  std::chrono::milliseconds stop_deadline{2000};
  std::chrono::milliseconds probe{0};  // longest time for one message; 0: not probed
  std::size_t held_messages = 1000;    // while nobody sits in its seat
};

struct SupervisorSpec {
  process::Supervision::Options options;
  std::vector<ChildSpec> children;
};

/// `seat`: the supervisor's own, which the caller fills with what this gives.
caf::actor spawn_supervisor(caf::actor_system& system, const SeatPtr& seat, std::shared_ptr<Roster> roster,
                            SupervisorSpec spec);
/// The same as a child of another supervisor.
ChildSpec supervisor_child(std::string name, std::shared_ptr<Roster> roster, SupervisorSpec spec);

}  // namespace noodle::actors

namespace caf {
template <>
struct allowed_unsafe_message_type<std::shared_ptr<noodle::actors::ChildSpec>> : std::true_type {};
}  // namespace caf
