#include <algorithm>

#include "cluster/security/policy.hpp"
#include "runtime/base/resource_pattern.hpp"
#include "runtime/base/utc_text.hpp"

namespace noodle::security {
namespace {

template <class Holds>
bool any_or_none(const std::vector<std::string>& wanted, Holds holds) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), holds);
}

bool in_time(const Rule& rule, std::int64_t now_s) {
  const int minute = static_cast<int>(now_s / 60 % (24 * 60));
  const bool passes_midnight = rule.from_minute > rule.to_minute;
  const bool in_hours = passes_midnight ? minute >= rule.from_minute || minute < rule.to_minute
                                        : minute >= rule.from_minute && minute < rule.to_minute;
  if (!in_hours) return false;
  // What passes midnight belongs to the day on which it began.
  const std::int64_t began_s = passes_midnight && minute < rule.to_minute ? now_s - 86'400 : now_s;
  return rule.days[static_cast<std::size_t>(utc_weekday(std::max<std::int64_t>(began_s, 0)))];
}

bool holds(const Rule& rule, const Claims& claims, std::string_view action, std::string_view resource,
           const DecisionContext& context) {
  if (claims.level < rule.min_level || !in_time(rule, context.now_s)) return false;
  const auto label_holds = [&context](const auto& wanted) {
    if (context.labels == nullptr) return false;
    const auto found = context.labels->find(wanted.first);
    return found != context.labels->end() && found->second == wanted.second;
  };
  if (!std::all_of(rule.labels.begin(), rule.labels.end(), label_holds)) return false;
  return any_or_none(rule.actions, [&](const std::string& one) { return action_covers(one, action); }) &&
         any_or_none(rule.resources, [&](const std::string& one) { return resource_covers(action, one, resource); }) &&
         any_or_none(rule.roles,
                     [&claims](const std::string& role) {
                       return std::find(claims.roles.begin(), claims.roles.end(), role) != claims.roles.end();
                     }) &&
         any_or_none(rule.subjects,
                     [&claims](const std::string& one) { return pattern_covers(false, one, claims.subject); });
}

}  // namespace

Decision decide(const Policy& policy, const Token& token, std::string_view action, std::string_view resource,
                const DecisionContext& context) {
  const Claims& claims = token.claims;
  if (claims.level < context.level) {
    return {false, "level", "level " + std::to_string(context.level) + " is needed"};
  }
  const Rule* allowing = nullptr;
  const bool capable = std::any_of(claims.capabilities.begin(), claims.capabilities.end(),
                                   [&](const Capability& one) { return one.allows(action, resource); });
  for (const Rule& rule : policy.rules()) {
    const bool of_use =
        rule.effect == Effect::deny || (allowing == nullptr && (rule.effect == Effect::grant || capable));
    if (!of_use || !holds(rule, claims, action, resource, context)) continue;
    if (rule.effect == Effect::deny) return {false, rule.id, "rule " + rule.id + " denies it"};
    allowing = &rule;
  }
  if (allowing != nullptr) return {true, allowing->id, "rule " + allowing->id + " allows it"};
  if (!capable) return {false, "capability", "no capability of the token covers it"};
  return {false, "default", "no rule allows it"};
}

Result<void> check_decision(const Decision& decision, const Token& token, std::string_view action,
                            std::string_view resource) {
  if (decision.allowed) return {};
  return Error{Code::access_denied,
               token.claims.subject + " may not " + std::string(action) +
                   (resource.empty() ? "" : " " + std::string(resource)) + ": " + decision.reason,
               {}};
}

}  // namespace noodle::security
