// The table of what people do on a cluster, and the commands that need it.
#include "cluster/security/node_actions.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/session/operation.hpp"

using namespace noodle;

TEST_CASE("what a command needs is one of the actions that tokens can hold") {
  struct Nobody final : session::Operation {
    std::string node() const override { return "alpha"; }
    Result<Msg<wire::MembersAnswer>> members() override { return Error{}; }
    std::vector<Result<Msg<wire::HealthAnswer>>> health(const std::vector<std::string>&,
                                                        const HealthQuestion&) override {
      return {};
    }
    Result<Msg<wire::DeathsAnswer>> deaths(const std::string&, const std::string&, std::uint32_t) override {
      return Error{};
    }
    Result<Msg<wire::LinksAnswer>> links(const std::string&) override { return Error{}; }
    Result<Msg<wire::RouteAnswer>> route(const std::string&, const std::string&) override { return Error{}; }
    Result<Msg<wire::MetricsAnswer>> metrics(const std::string&) override { return Error{}; }
    Result<Msg<wire::NamesAnswer>> names(const std::string&) override { return Error{}; }
    Result<Msg<wire::LeasesAnswer>> leases() override { return Error{}; }
    Result<void> end_actor(const std::string&, const std::string&, bool, const std::string&) override { return {}; }
    Result<void> set_service(const std::string&, wire::ServiceCommand::What) override { return {}; }
  } nobody;
  const auto& actions = security::kNodeActions;
  for (const session::ConsoleCommand& command : session::operation_commands(nobody, {})) {
    CAPTURE(command.name);
    CAPTURE(command.needs);
    CHECK(std::find(actions.begin(), actions.end(), command.needs) != actions.end());
  }
}
