// Policies: the rules of a cluster about who may do what, and decide(), the one place where they are applied.
//
//     version = 1
//     [[rule]]
//     id = "operators-restart"
//     effect = "allow"              # allow, deny or grant
//     actions = ["cluster.*"]       # none: any
//     resources = ["node/*"]        # none: any
//     roles = ["operator"]          # any of them; none: any
//     subjects = ["alice", "ci/*"]
//     min_level = 2
//     days = ["mon", "tue"]         # UTC
//     hours = "08:00-18:00"         # UTC; may pass midnight
//     labels = ["env=prod"]         # all of them, of the node that decides
//
// A rule holds when all its conditions hold. Denied is what a deny rule holds for, whatever else holds. Allowed is what
// a capability of the token covers and an allow rule holds for, and what a grant rule holds for, which needs no
// capability but must name roles or subjects. All else is denied. Without a policy everything is allowed that a
// capability covers. A resource may ask for a level of its own; no rule overrides that. Threads: immutable. Limits:
// kMaxPolicyRules, kMaxRuleItems. Errors: 8030 with file:line:column, 8031.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/security/token.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxPolicyRules = 1000;
inline constexpr std::size_t kMaxRuleItems = 64;

enum class Effect : std::uint8_t { allow, deny, grant };

struct Rule {
  std::string id;
  Effect effect = Effect::allow;
  std::vector<std::string> actions, resources, roles, subjects;
  int min_level = 0;
  std::array<bool, 7> days = {true, true, true, true, true, true, true};  // from Monday
  int from_minute = 0, to_minute = 24 * 60;                               // of the day; from > to passes midnight
  std::map<std::string, std::string> labels;
};

class Policy {
 public:
  /// What holds where nobody wrote a policy: the capabilities of tokens alone.
  static Policy capabilities_only();
  /// `file` is for messages.
  static Result<Policy> read(std::string_view toml, const std::string& file);

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

/// Where and when something is asked for.
struct DecisionContext {
  std::int64_t now_s = 0;  // since 1970
  int level = 0;           // what the resource asks for
  const std::map<std::string, std::string>* labels = nullptr;
};

struct Decision {
  bool allowed = false;
  /// Id of the rule that decided; "level", "capability" and "default" when none did.
  std::string rule;
  std::string reason;
};

/// Whether the bearer of `token` may do `action` on `resource`. The token is verified already (verify_token).
Decision decide(const Policy& policy, const Token& token, std::string_view action, std::string_view resource,
                const DecisionContext& context);

/// Error 8031 with subject, action, resource and rule, unless it is allowed.
Result<void> check_decision(const Decision& decision, const Token& token, std::string_view action,
                            std::string_view resource);

}  // namespace noodle::security
