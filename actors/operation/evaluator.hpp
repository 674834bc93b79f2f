// evaluator: the part of a session that computes and waits, on a thread of its own.
//
// Interface: from its session: SessionInput -> SessionAnswer (without output), SessionComplete -> SessionCompletions,
//            HealthRequest, DeathsRequest, MembersRequest, MetricsRequest -> the answer of the node they name; exit
//            messages (ends).
// State:     a NoodleCore session with its console and the commands about the cluster; a desk, which asks the nodes.
// Behaviour: one message after another; EvaluatorShare::interrupt ends the input that runs.
// Supervision: made by its session, which ends with it, and waits for it before it ends itself.
#pragma once

#include <atomic>
#include <caf/blocking_actor.hpp>

#include "actors/operation/desk.hpp"
#include "actors/operation/session_output.hpp"

namespace noodle::actors {

class Post;

/// What a session tells its evaluator while that computes.
struct EvaluatorShare {
  explicit EvaluatorShare(std::function<void()> wake) : output(std::move(wake)) {}
  SessionOutput output;
  std::atomic<bool> interrupt{false};
};

class Evaluator final : public caf::blocking_actor {
 public:
  Evaluator(caf::actor_config& config, std::shared_ptr<EvaluatorShare> share,
            std::shared_ptr<const OperationOptions> options, security::Token token, session::ConsoleOptions shown);
  void act() override;
  const char* name() const override { return "evaluator"; }

 private:
  Result<std::unique_ptr<session::Session>> open_session(const session::Console*& console);
  void serve(session::Console& console);
  Msg<wire::SessionAnswer> answer(session::Console& console, const Msg<wire::SessionInput>& input);

  const std::shared_ptr<EvaluatorShare> share_;
  const std::shared_ptr<const OperationOptions> options_;
  const session::ConsoleOptions shown_;
  Desk desk_;
  std::shared_ptr<Post> post_;  // of the session's system; null: it knows no others
};

}  // namespace noodle::actors
