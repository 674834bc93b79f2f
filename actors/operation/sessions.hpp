// sessions: opens a session for everybody with a token that counts. The only actor of a node that clients reach.
//
// Interface: SessionOpen -> SessionOpened, from the session itself: all that follows is sent to the sender of the
// answer.
//            Errors: 8020 to 8026 for the token, 6302 too many, 6201.
// State:     none but counts: the sessions that are open are children of `shells`.
// Behaviour: logins and refusals are audited.
// Supervision: permanent child of `operation`; the open sessions outlive it.
#pragma once

#include "actors/core/node_actor.hpp"
#include "actors/operation/session.hpp"

namespace noodle::actors {

class Sessions final : public NodeActor {
 public:
  Sessions(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Roster> roster,
           std::shared_ptr<const OperationOptions> options, std::shared_ptr<SessionCounts> counts);
  caf::behavior make_behavior() override;
  const char* name() const override { return "sessions"; }

 private:
  caf::result<Msg<wire::SessionOpened>> open(const Msg<wire::SessionOpen>& wanted);
  Result<security::Token> admit(const std::string& token);
  Result<void> check_room(const std::string& who);

  const std::shared_ptr<Roster> roster_;
  const std::shared_ptr<const OperationOptions> options_;
  const std::shared_ptr<SessionCounts> counts_;
};

}  // namespace noodle::actors
