#include "actors/operation/session.hpp"

#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"

namespace noodle::actors {

namespace {

using Flush = caf::atom_constant<caf::atom("flush")>;
using Expire = caf::atom_constant<caf::atom("expire")>;

constexpr std::chrono::seconds kTellLimit{60};  // for a client to take what was printed

}  // namespace

SessionActor::SessionActor(caf::actor_config& config, SeatPtr seat, std::shared_ptr<const OperationOptions> options,
                           SessionStart start)
    : NodeActor(config, std::move(seat)), options_(std::move(options)), start_(std::move(start)) {}

caf::behavior SessionActor::make_behavior() {
  share_ = std::make_shared<EvaluatorShare>([self = address()] {
    if (const auto session = caf::actor_cast<caf::actor>(self)) caf::anon_send(session, Flush::value);
  });
  evaluator_ = home_system().spawn<Evaluator>(share_, options_, start_.token, start_.shown);
  monitor(evaluator_);
  monitor(start_.opener);
  expire();
  set_down_handler([this](caf::down_msg& down) {
    if (down.source == start_.opener) return end(caf::exit_reason::normal);
    if (!evaluator_ || down.source != evaluator_) return;
    evaluator_ = nullptr;
    quit(ending_ ? reason_ : down.reason);
  });
  set_exit_handler([this](caf::exit_msg& exit) { end(std::move(exit.reason)); });
  return {[this](const Msg<wire::SessionOpen>&) { return opened(); },
          [this](const Msg<wire::SessionInput>& input) { return pass<wire::SessionAnswer>(input); },
          [this](const Msg<wire::SessionComplete>& wanted) { return pass<wire::SessionCompletions>(wanted); },
          [this](const Msg<wire::HealthRequest>& wanted) { return pass<wire::HealthAnswer>(wanted); },
          [this](const Msg<wire::DeathsRequest>& wanted) { return pass<wire::DeathsAnswer>(wanted); },
          [this](const Msg<wire::MembersRequest>& wanted) { return pass<wire::MembersAnswer>(wanted); },
          [this](const Msg<wire::MetricsRequest>& wanted) { return pass<wire::MetricsAnswer>(wanted); },
          [this](const Msg<wire::SessionInterrupt>&) {
            if (current_sender() != start_.opener) return;
            share_->interrupt.store(true);
            share_->output.discard();
          },
          [this](const Msg<wire::SessionClose>&) {
            if (current_sender() == start_.opener) end(caf::exit_reason::normal);
            return Msg<wire::Nothing>::build([](wire::Nothing::Builder) {});
          },
          [this](Flush) { flush(); },
          [this](Expire) { expire(); }};
}

void SessionActor::on_exit() {
  share_->output.close();
  if (evaluator_) caf::anon_send_exit(evaluator_, caf::exit_reason::kill);  // the session was killed
}

Msg<wire::SessionOpened> SessionActor::opened() const {
  return Msg<wire::SessionOpened>::build([this](wire::SessionOpened::Builder answer) {
    const std::string node = options_->view->name();
    const std::string cluster = start_.token.claims.audience;
    answer.setSession(start_.name);
    answer.setNode(node);
    answer.setCluster(cluster);
    answer.setGreeting("noodle 0.1.0: " + start_.token.claims.subject + " on node " + node + " of cluster " + cluster +
                       "; :help for help, Ctrl-D to leave\n");
    answer.setPrompt(node + " ");
    answer.setExpiresS(start_.token.claims.expires_s);
  });
}

Error SessionActor::why_it_ends() const {
  const Error error = reason_ ? from_caf(reason_) : Error{};
  const bool ours = error.number() != 0 && error.code != Code::host_failed;
  return ours ? error : Error{Code::session_ended, "the session " + start_.name + " has ended", {}};
}

/// Everything is asked by the opener, with a token that still counts.
Result<void> SessionActor::check_asker(std::size_t bytes) {
  if (current_sender() != start_.opener) {
    return Error{Code::access_denied, "the session " + start_.name + " is somebody else's", {}};
  }
  if (ending_) return why_it_ends();
  if (const auto counts = check_token(*options_, start_.token_text.reveal()); !counts) {
    end(to_caf(counts.error()));
    return counts.error();
  }
  if (bytes > kMostInputBytes) {
    return Error{
        Code::command_usage, "an input has at most 1 MiB; this one has " + std::to_string(bytes) + " bytes", {}};
  }
  if (asked_ >= kMostSessionRequests) {
    return Error{Code::receiver_full, "the session " + start_.name + " has enough to do", {}};
  }
  return {};
}

template <class Answer, class Question>
caf::result<Msg<Answer>> SessionActor::pass(const Msg<Question>& question) {
  std::size_t bytes = 0;
  if constexpr (requires { question->getText(); }) bytes = question->getText().size();
  if (const auto good = check_asker(bytes); !good) return to_caf(good.error());
  auto promise = make_response_promise<Msg<Answer>>();
  ++asked_;
  request(evaluator_, caf::infinite, question)
      .then(
          [this, promise](const Msg<Answer>& answer) mutable {
            --asked_;
            if constexpr (std::is_same_v<Answer, wire::SessionAnswer>) {
              promise.deliver(with_output(answer));
            } else {
              promise.deliver(answer);
            }
          },
          [this, promise](const caf::error& problem) mutable {
            --asked_;
            promise.deliver(to_caf(ending_ ? why_it_ends() : from_caf(problem)));
          });
  return promise;
}

/// What was printed before the answer comes with it; what is on its way already comes before it.
Msg<wire::SessionAnswer> SessionActor::with_output(const Msg<wire::SessionAnswer>& answer) {
  const SessionOutput::Taken taken = share_->output.take();
  if (taken.empty()) return answer;
  return Msg<wire::SessionAnswer>::build([&](wire::SessionAnswer::Builder out) {
    out.setOutput(taken.text);
    // As the answers of programs are, so are those about processes.
    out.setText((start_.shown.json ? taken.aside : "") + answer->getText().cStr());
    out.setProblem((start_.shown.json ? "" : taken.aside) + answer->getProblem().cStr());
    out.setOk(answer->getOk());
    out.setQuit(answer->getQuit());
  });
}

void SessionActor::expire() {
  const std::int64_t expires_ns = start_.token.claims.expires_s * 1'000'000'000;
  if (start_.token.claims.expires_s == 0) return;
  const std::int64_t left_ns = expires_ns - options_->clock->wall_ns();
  if (left_ns > 0) {
    delayed_send(this, std::chrono::nanoseconds(std::max<std::int64_t>(left_ns, 1'000'000)), Expire::value);
    return;
  }
  end(to_caf({Code::token_expired, "the token of " + start_.token.claims.subject + " has expired", {}}));
}

void SessionActor::flush() {
  if (telling_ || ending_) return;
  const SessionOutput::Taken taken = share_->output.take();
  if (taken.empty()) return;
  telling_ = true;
  request(caf::actor_cast<caf::actor>(start_.opener), kTellLimit,
          Msg<wire::SessionOutput>::build([&taken](wire::SessionOutput::Builder out) {
            out.setText(taken.text);
            out.setAside(taken.aside);
          }))
      .then(
          [this](const Msg<wire::Nothing>&) {
            telling_ = false;
            flush();
          },
          [this](const caf::error&) {
            end(to_caf({Code::session_ended, "who opened the session " + start_.name + " takes no output", {}}));
          });
}

void SessionActor::end(caf::error reason) {
  if (ending_) return;
  ending_ = true;
  reason_ = std::move(reason);
  share_->output.close();
  share_->interrupt.store(true);
  if (!evaluator_) return quit(reason_);
  send_exit(evaluator_, caf::exit_reason::user_shutdown);
}

}  // namespace noodle::actors
