#include "actors/operation/session_client.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <vector>

#include "actors/core/caf_error.hpp"

namespace noodle::actors {

struct SessionClient::Shared {
  std::function<void(std::string_view, std::string_view)> on_output;
  mutable std::mutex mutex;    // guards the following
  std::optional<Error> ended;  // why the session is over
};

namespace detail {

Error session_error(const caf::error& problem) {
  if (problem == caf::sec::request_timeout) return {Code::link_timeout, "the node did not answer in time", {}};
  if (problem == caf::sec::request_receiver_down) return {Code::session_ended, "the session is gone", {}};
  return from_caf(problem);
}

template <class Answer, class Question>
void TypedCall<Answer, Question>::ask(caf::event_based_actor& self, const caf::actor& session) {
  const caf::duration limit = limit_.count() == 0 ? caf::duration{caf::infinite} : caf::duration{limit_};
  self.request(session, limit, question_)
      .then([call = this->shared_from_this()](const Msg<Answer>& answer) { call->finish(answer); },
            [call = this->shared_from_this()](const caf::error& problem) {
              // Its DOWN, which tells why, is on the way, and ends all calls.
              if (problem != caf::sec::request_receiver_down) call->finish(session_error(problem));
            });
}

}  // namespace detail

namespace {

using detail::SessionCallPtr;
using SharedPtr = std::shared_ptr<SessionClient::Shared>;
using Interrupt = caf::atom_constant<caf::atom("interrupt")>;

Error why_it_ended(const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal) return {Code::session_ended, "the session was closed", {}};
  const Error error = from_caf(reason);
  return error.code == Code::host_failed ? Error{Code::session_ended, "the session has ended", error.message} : error;
}

/// Speaks for a client: passes its questions to the session, and takes output.
class Speaker final : public caf::event_based_actor {
 public:
  Speaker(caf::actor_config& config, caf::actor sessions, SharedPtr shared)
      : caf::event_based_actor(config), sessions_(std::move(sessions)), shared_(std::move(shared)) {}

  caf::behavior make_behavior() override {
    set_down_handler([this](const caf::down_msg& down) {
      session_ = nullptr;
      note_end(why_it_ended(down.reason));
    });
    return {[this](const Msg<wire::SessionOpen>& open) { return start(open); },
            [this](const SessionCallPtr& call) {
              std::erase_if(calls_, [](const std::weak_ptr<detail::SessionCall>& one) { return one.expired(); });
              if (!session_) {
                call->fail(reason());
                return;
              }
              calls_.push_back(call);
              call->ask(*this, session_);
            },
            [this](Interrupt) {
              if (session_) send(session_, Msg<wire::SessionInterrupt>::build([](wire::SessionInterrupt::Builder) {}));
            },
            [this](const Msg<wire::SessionOutput>& output) {
              if (shared_->on_output) {
                shared_->on_output({output->getText().begin(), output->getText().size()},
                                   {output->getAside().begin(), output->getAside().size()});
              }
              return Msg<wire::Nothing>::build([](wire::Nothing::Builder) {});
            }};
  }
  void on_exit() override { note_end({Code::session_ended, "the session was closed", {}}); }
  const char* name() const override { return "session_client"; }

 private:
  caf::result<Msg<wire::SessionOpened>> start(const Msg<wire::SessionOpen>& open) {
    auto promise = make_response_promise<Msg<wire::SessionOpened>>();
    request(sessions_, caf::infinite, open)
        .then(
            [this, promise](const Msg<wire::SessionOpened>& opened) mutable {
              session_ = caf::actor_cast<caf::actor>(current_sender());
              if (!session_) {
                promise.deliver(to_caf({Code::session_ended, "the session is gone", {}}));
                return;
              }
              monitor(session_);
              promise.deliver(opened);
            },
            [promise](const caf::error& problem) mutable { promise.deliver(to_caf(detail::session_error(problem))); });
    return promise;
  }
  Error reason() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->ended.value_or(Error{Code::session_ended, "there is no session", {}});
  }
  void note_end(const Error& error) {
    {
      const std::lock_guard lock(shared_->mutex);
      if (!shared_->ended) shared_->ended = error;
    }
    for (const std::weak_ptr<detail::SessionCall>& one : calls_) {
      if (const SessionCallPtr call = one.lock()) call->fail(reason());
    }
    calls_.clear();
  }

  const caf::actor sessions_;
  const SharedPtr shared_;
  caf::actor session_;
  std::vector<std::weak_ptr<detail::SessionCall>> calls_;
};

}  // namespace

SessionClient::SessionClient(caf::actor_system& system, Options options)
    : system_(system), options_(std::move(options)), shared_(std::make_shared<Shared>()) {
  shared_->on_output = options_.on_output;
}

Result<std::unique_ptr<SessionClient>> SessionClient::open(caf::actor_system& system, const caf::actor& sessions,
                                                           Options options) {
  if (!sessions) return Error{Code::actor_down, "the node offers no sessions", {}};
  std::unique_ptr<SessionClient> client(new SessionClient(system, std::move(options)));
  const Options& wanted = client->options_;
  client->speaker_ = system.spawn<Speaker>(sessions, client->shared_);
  caf::scoped_actor self(system);
  Result<Msg<wire::SessionOpened>> opened = Error{};
  self->request(client->speaker_, caf::duration{wanted.timeout},
                Msg<wire::SessionOpen>::build([&wanted](wire::SessionOpen::Builder open) {
                  open.setToken(wanted.token.reveal());
                  open.setWidth(wanted.width);
                  open.setColor(wanted.color);
                  open.setJson(wanted.json);
                }))
      .receive([&opened](const Msg<wire::SessionOpened>& answer) { opened = answer; },
               [&opened](const caf::error& problem) { opened = detail::session_error(problem); });
  if (!opened) return opened.error();
  client->opened_ = *opened;
  return client;
}

SessionClient::~SessionClient() {
  if (!speaker_) return;
  if (!ended()) {
    (void)ask<wire::Nothing>(Msg<wire::SessionClose>::build([](wire::SessionClose::Builder) {}),
                             std::chrono::milliseconds(1000));
  }
  caf::scoped_actor self(system_);
  self->monitor(speaker_);
  self->send_exit(speaker_, caf::exit_reason::user_shutdown);
  self->receive([](const caf::down_msg&) {});
}

template <class Answer, class Question>
Result<Msg<Answer>> SessionClient::ask(Msg<Question> question, std::chrono::milliseconds limit,
                                       const std::function<bool()>& interrupted) {
  const auto call = std::make_shared<detail::TypedCall<Answer, Question>>(std::move(question), limit);
  caf::anon_send(speaker_, SessionCallPtr(call));
  while (!call->wait_for(std::chrono::milliseconds(interrupted ? 20 : 1000))) {
    if (interrupted && interrupted()) caf::anon_send(speaker_, Interrupt::value);
  }
  return call->answer();
}

Result<Msg<wire::SessionAnswer>> SessionClient::enter(std::string_view text, std::string_view path,
                                                      const std::function<bool()>& interrupted) {
  return ask<wire::SessionAnswer>(Msg<wire::SessionInput>::build([&](wire::SessionInput::Builder input) {
                                    input.setText(std::string(text));
                                    input.setPath(std::string(path));
                                  }),
                                  std::chrono::milliseconds(0), interrupted);
}

Result<Msg<wire::SessionCompletions>> SessionClient::complete(std::string_view text) {
  return ask<wire::SessionCompletions>(Msg<wire::SessionComplete>::build([&](wire::SessionComplete::Builder wanted) {
                                         wanted.setText(std::string(text));
                                       }),
                                       options_.timeout);
}

Result<Msg<wire::MembersAnswer>> SessionClient::members() {
  return ask<wire::MembersAnswer>(Msg<wire::MembersRequest>::build([](wire::MembersRequest::Builder) {}),
                                  options_.timeout);
}

Result<Msg<wire::HealthAnswer>> SessionClient::health(const Msg<wire::HealthRequest>& request) {
  return ask<wire::HealthAnswer>(request, options_.timeout);
}

Result<Msg<wire::DeathsAnswer>> SessionClient::deaths(const Msg<wire::DeathsRequest>& request) {
  return ask<wire::DeathsAnswer>(request, options_.timeout);
}

Result<Msg<wire::MetricsAnswer>> SessionClient::metrics(const std::string& node) {
  return ask<wire::MetricsAnswer>(
      Msg<wire::MetricsRequest>::build([&node](wire::MetricsRequest::Builder wanted) { wanted.setNode(node); }),
      options_.timeout);
}

std::optional<Error> SessionClient::ended() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->ended;
}

}  // namespace noodle::actors
