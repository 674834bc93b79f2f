#include "actors/operation/sessions.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/core/supervisor.hpp"

namespace noodle::actors {

namespace {

constexpr std::chrono::seconds kStartLimit{5};
constexpr std::size_t kMostNameBytes = 64;

/// A subject as a part of a path.
std::string path_part(const std::string& subject) {
  std::string part = subject.substr(0, kMostNameBytes);
  std::replace_if(
      part.begin(), part.end(),
      [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return !letter && c != '_' && c != '.' && c != '@';
      },
      '_');
  return part;
}

}  // namespace

Sessions::Sessions(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Roster> roster,
                   std::shared_ptr<const OperationOptions> options, std::shared_ptr<SessionCounts> counts)
    : NodeActor(config, std::move(seat)),
      roster_(std::move(roster)),
      options_(std::move(options)),
      counts_(std::move(counts)) {}

caf::behavior Sessions::make_behavior() {
  return {[this](const Msg<wire::SessionOpen>& wanted) { return open(wanted); }};
}

Result<security::Token> Sessions::admit(const std::string& text) {
  auto token = check_token(*options_, text);
  std::string subject = token ? token->claims.subject : "unknown";
  if (!token) {
    ++counts_->refused_token;
    const auto claimed = security::read_token(text);
    if (claimed && !claimed->empty()) subject = "unverified " + claimed->back().subject;
  }
  audit(*options_, {0, "token", subject, "session.open", options_->view->name(), token ? "allowed" : "denied", "token",
                    token ? token->claims.id : token.error().to_string()});
  return token;
}

Result<void> Sessions::check_room(const std::string& who) {
  const std::string path = shells_path(seat().path());
  std::size_t all = 0, own = 0;
  for (const Health& one : roster_->health(path)) {
    if (one.path.size() <= path.size()) continue;
    ++all;
    if (one.path.substr(path.size() + 1).starts_with(who + "-")) ++own;
  }
  if (all >= options_->most_sessions) {
    return Error{Code::sessions_full,
                 options_->view->name() + " has " + std::to_string(all) + " sessions, as many as it may",
                 {}};
  }
  if (own >= options_->most_sessions_of_one) {
    return Error{
        Code::sessions_full, who + " has " + std::to_string(own) + " sessions on " + options_->view->name(), {}};
  }
  return {};
}

caf::result<Msg<wire::SessionOpened>> Sessions::open(const Msg<wire::SessionOpen>& wanted) {
  const std::string text = wanted->getToken().cStr();
  auto token = admit(text);
  if (!token) return to_caf(token.error());
  const std::string who = path_part(token->claims.subject);
  if (const auto room = check_room(who); !room) {
    ++counts_->refused_full;
    return to_caf(room.error());
  }
  const SeatPtr shells = roster_->find(shells_path(seat().path()));
  if (!shells) return to_caf({Code::actor_down, "the supervisor of the sessions is down", {}});
  if (!current_sender()) return to_caf({Code::session_ended, "a session needs somebody to open it", {}});
  SessionStart start;
  start.name = who + "-" + std::to_string(++counts_->opened);
  start.opener = current_sender();
  start.token_text = Secret(text);
  start.token = std::move(*token);
  start.shown.color = wanted->getColor();
  start.shown.json = wanted->getJson();
  start.shown.width = wanted->getWidth();
  start.shown.quiet = wanted->getWidth() == 0;
  start.shown.files = false;
  const auto child = std::make_shared<ChildSpec>();
  child->name = start.name;
  child->restart = process::Restart::temporary;
  child->stop_deadline = kSessionEndLimit;
  child->spawn = [options = options_, start = std::move(start)](caf::actor_system& system, const SeatPtr& seat) {
    return system.spawn<SessionActor>(seat, options, start);
  };
  auto promise = make_response_promise<Msg<wire::SessionOpened>>();
  request(shells->slot(), kStartLimit, child)
      .then(
          [promise, wanted](const caf::actor& slot) mutable { promise.delegate(slot, wanted); },
          [promise](const caf::error& problem) mutable {
            promise.deliver(to_caf({Code::actor_down, "the session could not be started", from_caf(problem).message}));
          });
  return promise;
}

}  // namespace noodle::actors
