// inspector: answers for its node what people ask of it, and does what they want of its actors.
//
// Interface: HealthRequest, DeathsRequest, MembersRequest, LinksRequest, RouteRequest, MetricsRequest -> their answers;
//            ActorCommand -> Nothing, when the incarnation has ended; ServiceCommand -> Nothing, when all have been
//            told. Errors: 6305 no such actor, 6304 a temporary actor cannot be restarted, 6107, 6015, 6201.
// State:     none of its own: the roster of the node and its view of the cluster.
// Behaviour: who asks is another node or a session of this one, and has the right to (desk.hpp); clients never reach
// it. Supervision: permanent child `inspector` of `operation`. Limits: kMostHealthRows, kMostInspectedTextBytes. Time:
// 10 000 rows take some 20 ms.
#pragma once

#include <functional>
#include <memory>

#include "actors/core/node_actor.hpp"
#include "actors/core/roster.hpp"
#include "actors/operation/node_view.hpp"
#include "messages/lease.capnp.h"
#include "messages/mesh.capnp.h"
#include "messages/names.capnp.h"
#include "messages/operation.capnp.h"

namespace noodle::actors {

inline constexpr std::size_t kMostHealthRows = 20'000;
inline constexpr std::size_t kMostNameRows = 20'000;
inline constexpr std::size_t kMostInspectedTextBytes = 512;
inline constexpr std::chrono::milliseconds kEndLimit{8'000};    // for an actor to end when it is told to
inline constexpr std::chrono::milliseconds kLeaveLimit{3'000};  // for the news that a node leaves

class Inspector final : public NodeActor {
 public:
  /// `collect`: gives what the components of the node have counted; may wait for their threads.
  Inspector(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Roster> roster, std::shared_ptr<NodeView> view,
            std::function<void(Samples&)> collect);
  caf::behavior make_behavior() override;
  const char* name() const override { return "inspector"; }

 private:
  caf::result<Msg<wire::Nothing>> command(const Msg<wire::ActorCommand>& wanted);
  caf::result<Msg<wire::Nothing>> serve(const Msg<wire::ServiceCommand>& wanted);

  const std::shared_ptr<Roster> roster_;
  const std::shared_ptr<NodeView> view_;
  const std::function<void(Samples&)> collect_;
};

}  // namespace noodle::actors
