#include "cluster/security/policy.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace noodle;
using namespace noodle::security;

namespace {

// A Saturday, 10:00 UTC.
constexpr std::int64_t kSaturday = 1'769'853'600;
constexpr std::int64_t kHour = 3600;

Token token_of(std::string subject, std::vector<std::string> roles, const std::vector<std::string>& caps,
               int level = 0) {
  Token token;
  token.claims.subject = std::move(subject);
  token.claims.roles = std::move(roles);
  for (const std::string& text : caps) token.claims.capabilities.push_back(*Capability::parse(text));
  token.claims.level = level;
  return token;
}

Policy policy_of(const std::string& rules) {
  auto policy = Policy::read("version = 1\n" + rules, "policy.toml");
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  return *policy;
}

std::string refusal(const std::string& text) {
  const auto policy = Policy::read(text, "policy.toml");
  REQUIRE_FALSE(policy.ok());
  CHECK(policy.error().code == Code::policy_invalid);
  return policy.error().message;
}

}  // namespace

TEST_CASE("without a policy a token may do what its capabilities cover") {
  const Policy policy = Policy::capabilities_only();
  const Token token = token_of("alice", {}, {"fs.read:/data"});
  CHECK(decide(policy, token, "fs.read", "/data/a", {}).allowed);
  CHECK(decide(policy, token, "fs.read", "/data/a", {}).rule == "capabilities");
  const Decision denied = decide(policy, token, "fs.read", "/etc", {});
  CHECK_FALSE(denied.allowed);
  CHECK(denied.rule == "capability");
  const auto error = check_decision(denied, token, "fs.read", "/etc");
  REQUIRE_FALSE(error.ok());
  CHECK(error.error().code == Code::access_denied);
  CHECK(error.error().message == "alice may not fs.read /etc: no capability of the token covers it");
}

TEST_CASE("a policy denies by default, and a deny rule beats every other") {
  const Policy policy = policy_of(R"(
[[rule]]
id = "ops"
effect = "allow"
actions = ["cluster.*"]
roles = ["operator"]
[[rule]]
id = "root"
effect = "grant"
subjects = ["root", "ci/*"]
[[rule]]
id = "frozen"
effect = "deny"
actions = ["cluster.admin"]
resources = ["node/frozen*"]
)");
  const Token operator_ = token_of("alice", {"operator"}, {"cluster.*"});
  CHECK(decide(policy, operator_, "cluster.admin", "node/n1", {}).rule == "ops");
  CHECK(decide(policy, operator_, "fs.read", "/x", {}).rule == "capability");
  CHECK(decide(policy, token_of("alice", {"operator"}, {}), "cluster.admin", "node/n1", {}).rule == "capability");
  CHECK(decide(policy, token_of("bob", {"reader"}, {"cluster.*"}), "cluster.admin", "n", {}).rule == "default");
  CHECK(decide(policy, token_of("root", {}, {}), "fs.read", "/x", {}).allowed);
  CHECK(decide(policy, token_of("ci/7", {}, {}), "fs.read", "/x", {}).rule == "root");
  const Decision frozen = decide(policy, token_of("root", {}, {"*"}), "cluster.admin", "node/frozen-1", {});
  CHECK_FALSE(frozen.allowed);
  CHECK(frozen.rule == "frozen");
}

TEST_CASE("rules hold by level, label, day and hour") {
  const Policy policy = policy_of(R"(
[[rule]]
id = "work"
effect = "allow"
min_level = 2
days = ["sat"]
hours = "08:00-18:00"
labels = ["env=prod"]
[[rule]]
id = "night"
effect = "allow"
days = ["fri"]
hours = "22:00-06:00"
)");
  const std::map<std::string, std::string> prod{{"env", "prod"}}, test{{"env", "test"}};
  const auto rule = [&](std::int64_t now_s, int level, const std::map<std::string, std::string>* labels) {
    return decide(policy, token_of("a", {}, {"*"}, level), "log", "", {now_s, 0, labels}).rule;
  };
  CHECK(rule(kSaturday, 2, &prod) == "work");
  CHECK(rule(kSaturday, 1, &prod) == "default");
  CHECK(rule(kSaturday, 2, &test) == "default");
  CHECK(rule(kSaturday, 2, nullptr) == "default");
  CHECK(rule(kSaturday + 24 * kHour, 2, &prod) == "default");
  CHECK(rule(kSaturday - 2 * kHour, 2, &prod) == "work");      // 08:00
  CHECK(rule(kSaturday + 8 * kHour, 2, &prod) == "default");   // 18:00
  CHECK(rule(kSaturday - 5 * kHour, 0, nullptr) == "night");   // Saturday 05:00, the night of Friday
  CHECK(rule(kSaturday - 11 * kHour, 0, nullptr) == "night");  // Friday 23:00
  CHECK(rule(kSaturday + 13 * kHour, 0, nullptr) == "default");
}

TEST_CASE("no rule overrides the level of a resource") {
  const Policy policy = policy_of("[[rule]]\nid = \"r\"\neffect = \"grant\"\nsubjects = [\"a\"]\n");
  CHECK(decide(policy, token_of("a", {}, {"*"}, 3), "log", "", {kSaturday, 3, nullptr}).allowed);
  const Decision denied = decide(policy, token_of("a", {}, {"*"}, 2), "log", "", {kSaturday, 3, nullptr});
  CHECK_FALSE(denied.allowed);
  CHECK(denied.rule == "level");
}

TEST_CASE("a policy that is not valid is refused with the place and the remedy") {
  const std::string rule = "version = 1\n[[rule]]\nid = \"a\"\n";
  CHECK(refusal(rule + "role = [\"x\"]\n") == "policy.toml:4:1: unknown key `role`; did you mean `roles`?");
  CHECK(refusal("[[rule]]\nid = \"a\"\n").find("`version = 1` is missing") != std::string::npos);
  CHECK(refusal("version = 2\n").find("version 1") != std::string::npos);
  CHECK(refusal("rules = 1\nversion = 1\n").find("unknown key `rules`") != std::string::npos);
  CHECK(refusal("version = 1\n[[rule]]\neffect = \"allow\"\n").find("no `id`") != std::string::npos);
  CHECK(refusal(rule + "[[rule]]\nid = \"a\"\n").find("taken") != std::string::npos);
  CHECK(refusal(rule + "effect = \"grant\"\n").find("everybody") != std::string::npos);
  for (const char* line :
       {"effect = \"maybe\"", "actions = [\"Fs\"]", "actions = []", "roles = \"x\"", "days = [\"monday\"]",
        "hours = \"8-18\"", "hours = \"25:00-26:00\"", "hours = \"08:00-08:00\"", "labels = [\"x\"]", "min_level = 10",
        "min_level = -1", "id = 7"}) {
    CAPTURE(line);
    const std::string message = refusal("version = 1\n[[rule]]\n" + std::string(line) + "\n");
    CHECK(message.starts_with("policy.toml:3:1: "));
  }
  CHECK(refusal("version = ").find("policy.toml:1:") != std::string::npos);
}
