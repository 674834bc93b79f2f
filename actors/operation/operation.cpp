#include "actors/operation/operation.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/operation/inspector.hpp"
#include "actors/operation/sessions.hpp"

namespace noodle::actors {

namespace {

void collect_sessions(const Roster& roster, const std::string& shells, const SessionCounts& counts, Samples& out) {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  const std::size_t seats = roster.health(shells).size();  // with their supervisor
  out.gauge("noodle_sessions_open", "Sessions of shells that are open.")
      .add(number(seats - std::min<std::size_t>(seats, 1)));
  out.counter("noodle_sessions_opened_total", "Sessions opened.").add(number(counts.opened));
  out.counter("noodle_sessions_refused_total",
              "Sessions refused, since the token does not count or there are too many.")
      .add(number(counts.refused_token), {{"reason", "token"}})
      .add(number(counts.refused_full), {{"reason", "full"}});
}

}  // namespace

ChildSpec operation_child(std::shared_ptr<Roster> roster, OperationOptions options) {
  const auto shared = std::make_shared<const OperationOptions>(std::move(options));
  ChildSpec shells = supervisor_child("shells", roster, {});
  shells.stop_deadline = kSessionEndLimit + kKillGrace;
  ChildSpec inspector;
  inspector.name = "inspector";
  const auto counts = std::make_shared<SessionCounts>();
  inspector.spawn = [roster, shared, counts](caf::actor_system& system, const SeatPtr& seat) {
    const auto collect = [roster, shared, counts, shells = shells_path(seat->path())](Samples& out) {
      roster->collect(out);
      collect_sessions(*roster, shells, *counts, out);
      if (shared->collect) shared->collect(out);
    };
    return system.spawn<Inspector>(seat, roster, shared->view, collect);
  };
  ChildSpec sessions;
  sessions.name = "sessions";
  sessions.spawn = [roster, shared, counts](caf::actor_system& system, const SeatPtr& seat) {
    return system.spawn<Sessions>(seat, roster, shared, counts);
  };
  return supervisor_child("operation", roster, {{}, {shells, inspector, sessions}});
}

Result<security::Token> check_token(const OperationOptions& options, std::string_view text) {
  const std::shared_ptr<const security::Trust> known = options.trust();
  if (!known) return Error{Code::token_forged, "the node trusts nobody's tokens yet", {}};
  security::TokenTrust trust;
  trust.keys = known->token_keys;
  trust.audience = known->authorities.cluster();
  trust.is_revoked = [&known](std::string_view id) { return known->revocations.token(id) != nullptr; };
  return security::verify_token(text, trust, options.clock->wall_ns() / 1'000'000'000);
}

void audit(const OperationOptions& options, storage::AuditEvent event) {
  event.time_ns = options.clock->wall_ns();
  if (options.audit) options.audit(event);
}

std::string shells_path(const std::string& path) {
  return path.substr(0, path.rfind('/')) + "/shells";
}

}  // namespace noodle::actors
