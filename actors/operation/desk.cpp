#include "actors/operation/desk.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/operation/inspector.hpp"
#include "cluster/security/node_actions.hpp"
#include "runtime/vm/capability.hpp"

namespace noodle::actors {

namespace {

using security::kInspect;

using namespace std::chrono_literals;

constexpr auto kOverTheWay = 1000ms;  // more than the inspector itself waits
constexpr auto kLookAgain = 10ms;

std::string place(const std::string& node, const std::string& path) {
  return path.empty() ? node : node + ":" + path;
}

}  // namespace

Result<Desk::Decided> Desk::allow(std::string_view action, const std::string& resource) const {
  static const security::Policy kCapabilitiesOnly = security::Policy::capabilities_only();
  const std::shared_ptr<const security::Policy> policy = options_->policy ? options_->policy() : nullptr;
  security::DecisionContext context;
  context.now_s = options_->clock->wall_ns() / 1'000'000'000;
  context.labels = &options_->labels;
  const security::Decision decision = decide(policy ? *policy : kCapabilitiesOnly, token_, action, resource, context);
  const auto checked = check_decision(decision, token_, action, resource);
  if (checked) return Decided{decision.rule};
  audit(*options_,
        {0, "access", token_.claims.subject, std::string(action), resource, "denied", decision.rule, decision.reason});
  return checked.error();
}

void Desk::note(std::string_view action, const std::string& resource, const Decided& decided,
                const std::string& details, const Result<void>& outcome) const {
  audit(*options_, {0, "operation", token_.claims.subject, std::string(action), resource, outcome ? "done" : "failed",
                    decided.rule, outcome ? details : outcome.error().to_string()});
}

std::vector<std::string> Desk::grants() const {
  const std::shared_ptr<const security::Policy> policy = options_->policy ? options_->policy() : nullptr;
  std::vector<std::string> grants;
  for (const std::string_view name : vm::capability_names()) {
    // A rule that denies some resources of an action cannot be told to a process, so the whole action is left out.
    const bool narrowed =
        policy && std::any_of(policy->rules().begin(), policy->rules().end(), [name](const security::Rule& rule) {
          const auto covers = [name](const std::string& action) { return security::action_covers(action, name); };
          return rule.effect == security::Effect::deny && !rule.resources.empty() &&
                 (rule.actions.empty() || std::any_of(rule.actions.begin(), rule.actions.end(), covers));
        });
    if (narrowed) continue;
    for (const security::Capability& held : token_.claims.capabilities) {
      if (!security::action_covers(held.action, name)) continue;
      if (policy && !allow(name, held.pattern)) continue;
      grants.push_back(std::string(name) + (held.pattern.empty() ? "" : ":" + held.pattern));
    }
  }
  return grants;
}

Result<caf::actor> Desk::inspector_of(const std::string& node) const {
  NodeView& view = *options_->view;
  auto id = node == view.name() ? Result<NodeId>(view.self()) : view.find_node(node);
  if (!id) return id.error();
  for (const membership::MemberView& member : view.members()) {
    const bool gone = member.state == membership::State::dead || member.state == membership::State::left;
    if (member.id != *id || !gone) continue;
    const bool dead = member.state == membership::State::dead;
    return Error{Code::node_lost, dead ? node + " is dead" : node + " has left the cluster", {}};
  }
  caf::actor inspector = view.inspector(*id);
  if (!inspector) return Error{Code::node_lost, node + " cannot be reached", {}};
  return inspector;
}

Error Desk::lost(const std::string& node, const caf::error& problem, std::chrono::milliseconds limit) const {
  if (problem == caf::sec::request_timeout) {
    return {Code::link_timeout, node + " did not answer within " + std::to_string(limit.count()) + " ms", {}};
  }
  if (problem == caf::sec::request_receiver_down) {
    return {Code::actor_down, "nobody at " + node + " answers: its inspector is down", {}};
  }
  return from_caf(problem);
}

/// Whether that is why no answer came: who leaves may be gone before its answer is here, and before the news is.
bool Desk::has_left(const std::string& node, const Error& why) const {
  if (why.code != Code::answer_lost && why.code != Code::node_lost) return false;
  const auto id = options_->view->find_node(node);
  if (!id) return false;
  for (auto waited = 0ms; waited < kOverTheWay; waited += kLookAgain) {
    for (const membership::MemberView& member : options_->view->members()) {
      if (member.id == *id && member.state == membership::State::left) return true;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return false;
}

template <class Answer, class Question>
Result<Msg<Answer>> Desk::ask(const std::string& node, std::chrono::milliseconds limit, const Msg<Question>& question) {
  const auto inspector = inspector_of(node);
  if (!inspector) return inspector.error();
  Result<Msg<Answer>> result = Error{};
  self_.request(*inspector, limit, question)
      .receive([&result](const Msg<Answer>& answer) { result = answer; },
               [&](const caf::error& problem) { result = lost(node, problem, limit); });
  return result;
}

Result<Msg<wire::MembersAnswer>> Desk::members() {
  if (const auto allowed = allow(kInspect, node()); !allowed) return allowed.error();
  return ask<wire::MembersAnswer>(node(), options_->patience,
                                  Msg<wire::MembersRequest>::build([](wire::MembersRequest::Builder) {}));
}

std::vector<Result<Msg<wire::HealthAnswer>>> Desk::health(const std::vector<std::string>& nodes,
                                                          const HealthQuestion& question) {
  const auto request = Msg<wire::HealthRequest>::build([&](wire::HealthRequest::Builder wanted) {
    wanted.setPrefix(question.prefix);
    wanted.setOrder(question.order);
    wanted.setLimit(question.limit);
  });
  std::vector<Result<Msg<wire::HealthAnswer>>> answers(nodes.size(), Error{});
  using Handle = decltype(self_.request(caf::actor{}, options_->patience, request));
  std::vector<std::pair<std::size_t, Handle>> asked;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (const auto allowed = allow(kInspect, place(nodes[k], question.prefix)); !allowed) {
      answers[k] = allowed.error();
    } else if (const auto inspector = inspector_of(nodes[k]); !inspector) {
      answers[k] = inspector.error();
    } else {
      asked.emplace_back(k, self_.request(*inspector, options_->patience, request));
    }
  }
  for (auto& [k, handle] : asked) {
    auto& answer = answers[k];
    const std::string& name = nodes[k];
    handle.receive([&answer](const Msg<wire::HealthAnswer>& health) { answer = health; },
                   [&](const caf::error& problem) { answer = lost(name, problem, options_->patience); });
  }
  return answers;
}

Result<Msg<wire::DeathsAnswer>> Desk::deaths(const std::string& node, const std::string& prefix, std::uint32_t limit) {
  if (const auto allowed = allow(kInspect, place(node, prefix)); !allowed) return allowed.error();
  return ask<wire::DeathsAnswer>(node, options_->patience,
                                 Msg<wire::DeathsRequest>::build([&](wire::DeathsRequest::Builder wanted) {
                                   wanted.setPrefix(prefix);
                                   wanted.setLimit(limit);
                                 }));
}

Result<Msg<wire::LinksAnswer>> Desk::links(const std::string& node) {
  if (const auto allowed = allow(kInspect, node); !allowed) return allowed.error();
  return ask<wire::LinksAnswer>(node, options_->patience,
                                Msg<wire::LinksRequest>::build([](wire::LinksRequest::Builder) {}));
}

Result<Msg<wire::RouteAnswer>> Desk::route(const std::string& from, const std::string& to) {
  if (const auto allowed = allow(kInspect, from); !allowed) return allowed.error();
  return ask<wire::RouteAnswer>(
      from, options_->patience,
      Msg<wire::RouteRequest>::build([&to](wire::RouteRequest::Builder wanted) { wanted.setTo(to); }));
}

Result<Msg<wire::MetricsAnswer>> Desk::metrics(const std::string& node) {
  if (const auto allowed = allow(kInspect, node); !allowed) return allowed.error();
  return ask<wire::MetricsAnswer>(node, options_->patience,
                                  Msg<wire::MetricsRequest>::build([](wire::MetricsRequest::Builder) {}));
}

Result<Msg<wire::NamesAnswer>> Desk::names(const std::string& prefix) {
  if (const auto allowed = allow(kInspect, node()); !allowed) return allowed.error();
  return ask<wire::NamesAnswer>(
      node(), options_->patience,
      Msg<wire::NamesRequest>::build([&](wire::NamesRequest::Builder wanted) { wanted.setPrefix(prefix); }));
}

Result<Msg<wire::LeasesAnswer>> Desk::leases() {
  if (const auto allowed = allow(kInspect, node()); !allowed) return allowed.error();
  return ask<wire::LeasesAnswer>(node(), options_->patience,
                                 Msg<wire::LeasesRequest>::build([](wire::LeasesRequest::Builder) {}));
}

Result<void> Desk::end_actor(const std::string& node, const std::string& path, bool again, const std::string& reason) {
  const std::string_view action = again ? security::kRestartActor : security::kKillActor;
  const auto allowed = allow(action, place(node, path));
  if (!allowed) return allowed.error();
  using What = wire::ActorCommand::What;
  const auto done = ask<wire::Nothing>(node, kEndLimit + kOverTheWay,
                                       Msg<wire::ActorCommand>::build([&](wire::ActorCommand::Builder wanted) {
                                         wanted.setPath(path);
                                         wanted.setWhat(again ? What::RESTART : What::KILL);
                                         wanted.setSubject(token_.claims.subject);
                                         wanted.setReason(reason);
                                       }));
  const Result<void> outcome = done ? Result<void>() : Result<void>(done.error());
  note(action, place(node, path), *allowed, reason, outcome);
  return outcome;
}

Result<void> Desk::set_service(const std::string& node, wire::ServiceCommand::What what) {
  static constexpr std::string_view kActions[] = {security::kUncordonNode, security::kCordonNode, security::kDrainNode,
                                                  security::kLeaveNode};
  const std::string_view action = kActions[static_cast<std::size_t>(what)];
  const auto allowed = allow(action, node);
  if (!allowed) return allowed.error();
  const bool was_there = inspector_of(node).ok();
  const auto done = ask<wire::Nothing>(node, kLeaveLimit + kOverTheWay,
                                       Msg<wire::ServiceCommand>::build([&](wire::ServiceCommand::Builder wanted) {
                                         wanted.setWhat(what);
                                         wanted.setSubject(token_.claims.subject);
                                       }));
  const bool good = done || (what == wire::ServiceCommand::What::LEAVE && was_there && has_left(node, done.error()));
  const Result<void> outcome = good ? Result<void>() : Result<void>(done.error());
  note(action, node, *allowed, {}, outcome);
  return outcome;
}

}  // namespace noodle::actors
