// Policies and contexts from files: refused with a place, or usable.
#include "cluster/security/policy.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cluster/security/contexts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noodle::security;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto policy = Policy::read(text, "policy.toml")) {
    Token token;
    token.claims.subject = "alice";
    token.claims.capabilities = {*Capability::parse("*")};
    const Decision decision = decide(*policy, token, "fs.read", "/data/a", {1'800'000'000, 0, nullptr});
    if (decision.rule.empty() || decision.reason.empty()) std::abort();
  } else if (policy.error().message.find("policy.toml:") == std::string::npos) {
    std::abort();
  }
  (void)parse_contexts(text, "contexts.toml").ok();
  return 0;
}
