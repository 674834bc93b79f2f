#include "actors/operation/operation.hpp"

#include <caf/all.hpp>

#include "actors/operation/inspector.hpp"
#include "actors/operation/sessions.hpp"

namespace noodle::actors {

ChildSpec operation_child(std::shared_ptr<Roster> roster, OperationOptions options) {
  const auto shared = std::make_shared<const OperationOptions>(std::move(options));
  ChildSpec shells = supervisor_child("shells", roster, {});
  shells.stop_deadline = kSessionEndLimit + kKillGrace;
  ChildSpec inspector;
  inspector.name = "inspector";
  inspector.spawn = [roster, shared](caf::actor_system& system, const SeatPtr& seat) {
    return system.spawn<Inspector>(seat, roster, shared->view);
  };
  ChildSpec sessions;
  sessions.name = "sessions";
  sessions.spawn = [roster, shared, numbers = std::make_shared<std::uint64_t>(0)](caf::actor_system& system,
                                                                                  const SeatPtr& seat) {
    return system.spawn<Sessions>(seat, roster, shared, numbers);
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

}  // namespace noodle::actors
