// Desk: what the bearer of a token may ask of the cluster and do to it. Every call is decided by the policy first; what
// is refused is audited, and so is every act with its outcome.
//
// Actions: those of cluster/security/node_actions.hpp; cluster.inspect and cluster.actor.* on `NODE:PATH` (an actor) or
// `NODE`, cluster.node.* on `NODE`.
// Threads: that of the blocking actor that asks. Errors: 8031, 6107, 6207, 6015, and those of the inspector.
// Time: OperationOptions::patience for questions, however many nodes; kEndLimit for acts.
#pragma once

#include <caf/blocking_actor.hpp>

#include "actors/operation/operation.hpp"
#include "runtime/session/operation.hpp"

namespace noodle::actors {

class Desk final : public session::Operation {
 public:
  Desk(caf::blocking_actor& self, std::shared_ptr<const OperationOptions> options, security::Token token)
      : self_(self), options_(std::move(options)), token_(std::move(token)) {}

  std::string node() const override { return options_->view->name(); }
  Result<Msg<wire::MembersAnswer>> members() override;
  std::vector<Result<Msg<wire::HealthAnswer>>> health(const std::vector<std::string>& nodes,
                                                      const HealthQuestion& question) override;
  Result<Msg<wire::DeathsAnswer>> deaths(const std::string& node, const std::string& prefix,
                                         std::uint32_t limit) override;
  Result<Msg<wire::LinksAnswer>> links(const std::string& node) override;
  Result<Msg<wire::RouteAnswer>> route(const std::string& from, const std::string& to) override;
  Result<Msg<wire::MetricsAnswer>> metrics(const std::string& node) override;
  Result<Msg<wire::NamesAnswer>> names(const std::string& prefix) override;
  Result<Msg<wire::LeasesAnswer>> leases() override;
  Result<void> end_actor(const std::string& node, const std::string& path, bool again,
                         const std::string& reason) override;
  Result<void> set_service(const std::string& node, wire::ServiceCommand::What what) override;

  /// Capabilities of processes that the token gives to a session, as far as the policy lets it: `fs.read:/data`.
  std::vector<std::string> grants() const;

 private:
  struct Decided {
    std::string rule;
  };
  Result<Decided> allow(std::string_view action, const std::string& resource) const;
  void note(std::string_view action, const std::string& resource, const Decided& decided, const std::string& details,
            const Result<void>& outcome) const;
  Result<caf::actor> inspector_of(const std::string& node) const;
  template <class Answer, class Question>
  Result<Msg<Answer>> ask(const std::string& node, std::chrono::milliseconds limit, const Msg<Question>& question);
  bool has_left(const std::string& node, const Error& why) const;
  Error lost(const std::string& node, const caf::error& problem, std::chrono::milliseconds limit) const;

  caf::blocking_actor& self_;
  const std::shared_ptr<const OperationOptions> options_;
  const security::Token token_;
};

}  // namespace noodle::actors
