// session: a shell that somebody has opened on this node.
//
// Interface: from who opened it and nobody else: SessionOpen -> SessionOpened, SessionInput -> SessionAnswer,
//            SessionComplete, HealthRequest, DeathsRequest, MembersRequest, MetricsRequest -> their answers,
//            SessionInterrupt, SessionClose -> Nothing. To the opener: SessionOutput -> Nothing.
// State:     the token, which is checked again for each input; an evaluator; output that waits for the opener.
// Behaviour: it ends when its opener ends or closes it, and when the token expires or is revoked (8022, 8023).
// Supervision: temporary child of `shells`. It ends after its evaluator, within kSessionEndLimit.
// Limits: kMostSessionRequests at once (6206), kMostInputBytes (6304).
#pragma once

#include "actors/core/node_actor.hpp"
#include "actors/operation/evaluator.hpp"
#include "messages/mesh.capnp.h"
#include "runtime/base/secret.hpp"

namespace noodle::actors {

inline constexpr std::chrono::milliseconds kSessionEndLimit{10'000};
inline constexpr std::size_t kMostSessionRequests = 16;
inline constexpr std::size_t kMostInputBytes = 1024 * 1024;

struct SessionStart {
  std::string name;  // "alice-3"
  caf::strong_actor_ptr opener;
  Secret token_text;
  security::Token token;
  session::ConsoleOptions shown;
};

class SessionActor final : public NodeActor {
 public:
  SessionActor(caf::actor_config& config, SeatPtr seat, std::shared_ptr<const OperationOptions> options,
               SessionStart start);
  caf::behavior make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "session"; }

 private:
  template <class Answer, class Question>
  caf::result<Msg<Answer>> pass(const Msg<Question>& question);
  Result<void> check_asker(std::size_t bytes);
  Msg<wire::SessionOpened> opened() const;
  Msg<wire::SessionAnswer> with_output(const Msg<wire::SessionAnswer>& answer);
  Error why_it_ends() const;
  void expire();
  void flush();
  void end(caf::error reason);

  const std::shared_ptr<const OperationOptions> options_;
  SessionStart start_;
  std::shared_ptr<EvaluatorShare> share_;
  caf::actor evaluator_;  // null: it has ended
  caf::error reason_;
  bool ending_ = false, telling_ = false;  // a SessionOutput is on its way
  std::size_t asked_ = 0;
};

}  // namespace noodle::actors
