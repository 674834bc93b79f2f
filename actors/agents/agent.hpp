// Agent<State>: the base of an actor in C++ that a node runs beside its own, from a plug-in (plugin.hpp).
//
//     struct Seen { std::uint64_t guests = 0; };
//     class Greeter : public noodle::Agent<Seen> {
//      public:
//       using Agent::Agent;
//       noodle::Handlers handlers() override {
//         return on([this](const Msg<Greet>& greet) { ++state().guests; return Msg<Greeting>::build(...); });
//       }
//     };
//
// An agent handles one message at a time. A handler takes a const Msg<T>& and gives nothing, a Msg, a Result<Msg> (an
// error goes to who asked) or a caf::result<Msg>. What a handler throws ends the agent; its supervisor starts it again,
// with a new State. Types of messages in handlers, tell() and ask() travel to agents of other nodes.
// Threads: CAF's, one at a time; nothing here may block. Errors: answers of ask() 1811 (late), 6201 to 6208.
#pragma once

#include <caf/actor.hpp>
#include <caf/atom.hpp>
#include <caf/message_handler.hpp>
#include <caf/response_handle.hpp>
#include <caf/result.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actors/core/caf_error.hpp"
#include "actors/core/node_actor.hpp"
#include "actors/mesh/message_types.hpp"

namespace noodle {

using Handlers = caf::message_handler;

/// What an agent may ask of its node. Threads: any.
class AgentHost {
 public:
  virtual ~AgentHost() = default;
  virtual const std::string& node_name() const = 0;
  /// An agent of that name, of this node or another; it stays the same while that is restarted. Error 6130.
  virtual Result<caf::actor> find(const std::string& agent) = 0;
};

namespace detail {

template <class T>
struct MessageOf;  // of what a handler gives
template <>
struct MessageOf<void> {
  using Gives = void;
  static constexpr bool kMayFail = false;
};
template <class T>
struct MessageOf<Msg<T>> {
  using Type = T;
  using Gives = caf::result<Msg<T>>;
  static constexpr bool kMayFail = false;
};
template <class T>
struct MessageOf<Result<Msg<T>>> : MessageOf<Msg<T>> {
  static constexpr bool kMayFail = true;
};
template <class T>
struct MessageOf<caf::result<Msg<T>>> : MessageOf<Msg<T>> {};

template <class F>
struct HandlerOf : HandlerOf<decltype(&F::operator())> {};
template <class F, class R, class T>
struct HandlerOf<R (F::*)(const Msg<T>&)> {
  using Question = T;
  using Answer = R;
};
template <class F, class R, class T>
struct HandlerOf<R (F::*)(const Msg<T>&) const> : HandlerOf<R (F::*)(const Msg<T>&)> {};

/// Makes T travel to other nodes.
template <class T>
void let_travel() {
  static const bool once = (actors::add_message_type(actors::message_type_of<T>()), true);
  static_cast<void>(once);
}

template <class F>
auto handler_of(F handle) {
  using Question = typename HandlerOf<F>::Question;
  using Answer = typename HandlerOf<F>::Answer;
  let_travel<Question>();
  if constexpr (!std::is_void_v<Answer>) let_travel<typename MessageOf<Answer>::Type>();
  return [handle = std::move(handle)](const Msg<Question>& question) mutable -> typename MessageOf<Answer>::Gives {
    if constexpr (MessageOf<Answer>::kMayFail) {
      auto answer = handle(question);
      if (!answer) return actors::to_caf(answer.error());
      return *std::move(answer);
    } else {
      return handle(question);
    }
  };
}

/// What is the same for all agents.
class AgentActor : public actors::NodeActor {
 public:
  AgentActor(caf::actor_config& config, actors::SeatPtr seat, std::shared_ptr<AgentHost> host);
  caf::behavior make_behavior() final;
  void on_exit() final;
  const char* name() const final { return name_.c_str(); }

 protected:
  /// What it does with messages.
  virtual Handlers handlers() = 0;
  /// Before the first message, and after the last.
  virtual void on_start() {}
  virtual void on_stop() {}

  template <class... F>
  static Handlers on(F... handle) {
    return {detail::handler_of(std::move(handle))...};
  }
  AgentHost& host() { return *host_; }

  template <class T>
  void tell(const caf::actor& to, const Msg<T>& message) {
    let_travel<T>();
    send(to, message);
  }
  /// `then` gets a Result<Msg<Answer>>, once, on this agent's turn.
  template <class Answer, class Question, class Then>
  void ask(const caf::actor& to, const Msg<Question>& question, std::chrono::milliseconds limit, Then then) {
    let_travel<Question>();
    let_travel<Answer>();
    const auto shared = std::make_shared<Then>(std::move(then));
    request(to, limit, question)
        .then([shared](const Msg<Answer>& answer) { (*shared)(Result<Msg<Answer>>(answer)); },
              [shared, limit](const caf::error& problem) {
                (*shared)(Result<Msg<Answer>>(asked_in_vain(problem, limit)));
              });
  }
  /// Runs once, on this agent's turn, unless it has ended.
  void after(std::chrono::milliseconds delay, std::function<void()> what);

 private:
  using Alarm = caf::atom_constant<caf::atom("alarm")>;
  static Error asked_in_vain(const caf::error& problem, std::chrono::milliseconds limit);

  const std::shared_ptr<AgentHost> host_;
  const std::string name_;
  std::map<std::uint64_t, std::function<void()>> alarms_;
  std::uint64_t last_alarm_ = 0;
};

}  // namespace detail

template <class State>
class Agent : public detail::AgentActor {
 public:
  using AgentActor::AgentActor;

 protected:
  State& state() { return state_; }

 private:
  State state_{};
};

}  // namespace noodle
