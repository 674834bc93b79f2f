// SessionClient: a session as its client holds it: questions that wait for their answer, and output as it comes.
//
// Threads: one uses it; `on_output` is called by another, one call at a time, and never after the destructor.
// Owns: an actor that speaks for it, which the session takes for its opener.
// Errors: those of sessions and session; 6301 when the session has ended, with the reason.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/core/caf_messages.hpp"
#include "messages/mesh.capnp.h"
#include "messages/operation.capnp.h"
#include "runtime/base/secret.hpp"

namespace noodle::actors {

namespace detail {

/// One question on its way; the first answer counts.
struct SessionCall {
  virtual ~SessionCall() = default;
  virtual void ask(caf::event_based_actor& self, const caf::actor& session) = 0;
  virtual void fail(const Error& error) = 0;
};
using SessionCallPtr = std::shared_ptr<SessionCall>;
Error session_error(const caf::error& problem);

template <class Answer, class Question>
class TypedCall final : public SessionCall, public std::enable_shared_from_this<TypedCall<Answer, Question>> {
 public:
  TypedCall(Msg<Question> question, std::chrono::milliseconds limit) : question_(std::move(question)), limit_(limit) {}

  void ask(caf::event_based_actor& self, const caf::actor& session) override;
  void fail(const Error& error) override { finish(error); }
  /// False: not yet.
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return answer_.has_value(); });
  }
  Result<Msg<Answer>> answer() {
    const std::lock_guard lock(mutex_);
    return *answer_;
  }

 private:
  void finish(Result<Msg<Answer>> answer) {
    const std::lock_guard lock(mutex_);
    if (answer_) return;
    answer_.emplace(std::move(answer));
    changed_.notify_all();
  }

  const Msg<Question> question_;
  const std::chrono::milliseconds limit_;  // 0: none
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<Msg<Answer>>> answer_;
};

}  // namespace detail

class SessionClient {
 public:
  struct Options {
    Secret token;
    std::uint16_t width = 0;  // columns of the terminal; 0: it is none
    bool color = false, json = false;
    std::chrono::milliseconds timeout{10'000};  // of everything but inputs, which last as long as they last
    std::function<void(std::string_view text, std::string_view aside)> on_output;
  };
  static Result<std::unique_ptr<SessionClient>> open(caf::actor_system& system, const caf::actor& sessions,
                                                     Options options);
  ~SessionClient();
  SessionClient(const SessionClient&) = delete;
  SessionClient& operator=(const SessionClient&) = delete;

  const Msg<wire::SessionOpened>& opened() const { return opened_; }
  /// `interrupted` is polled while it waits; true ends the input.
  Result<Msg<wire::SessionAnswer>> enter(std::string_view text, std::string_view path = {},
                                         const std::function<bool()>& interrupted = {});
  Result<Msg<wire::SessionCompletions>> complete(std::string_view text);
  Result<Msg<wire::MembersAnswer>> members();
  Result<Msg<wire::HealthAnswer>> health(const Msg<wire::HealthRequest>& request);
  Result<Msg<wire::DeathsAnswer>> deaths(const Msg<wire::DeathsRequest>& request);
  /// `node`: its name; empty: the one that it is connected to.
  Result<Msg<wire::MetricsAnswer>> metrics(const std::string& node);
  /// Nothing while the session lives.
  std::optional<Error> ended() const;

  struct Shared;  // with the actor

 private:
  SessionClient(caf::actor_system& system, Options options);
  template <class Answer, class Question>
  Result<Msg<Answer>> ask(Msg<Question> question, std::chrono::milliseconds limit,
                          const std::function<bool()>& interrupted = {});

  caf::actor_system& system_;
  const Options options_;
  const std::shared_ptr<Shared> shared_;
  caf::actor speaker_;
  Msg<wire::SessionOpened> opened_;
};

}  // namespace noodle::actors

namespace caf {
template <>
struct allowed_unsafe_message_type<noodle::actors::detail::SessionCallPtr> : std::true_type {};
}  // namespace caf
