#include "cluster/membership/settings.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace noodle::membership {

Settings lan_settings() {
  return {};
}

Settings wan_settings() {
  Settings s;
  s.probe_interval_ns = 1'000'000'000;
  s.probe_timeout_ns = 500'000'000;
  s.suspicion_min_ns = 5'000'000'000;
  s.refused_grace_ns = 1'500'000'000;
  s.gossip_interval_ns = 200'000'000;
  s.sync_interval_ns = 30'000'000'000;
  s.reconnect_interval_ns = 10'000'000'000;
  s.late_timer_ns = 200'000'000;
  return s;
}

Settings local_settings() {
  Settings s;
  s.probe_timeout_ns = 80'000'000;
  s.suspicion_min_ns = 1'200'000'000;
  s.refused_grace_ns = 200'000'000;
  s.gossip_interval_ns = 20'000'000;
  s.reconnect_interval_ns = 1'000'000'000;
  return s;
}

Result<Settings> settings_of_profile(std::string_view name) {
  if (name == "lan") return lan_settings();
  if (name == "wan") return wan_settings();
  if (name == "local") return local_settings();
  return Error{
      Code::settings_invalid, "no membership profile `" + std::string(name) + "`; there are lan, wan and local", {}};
}

Result<void> check_settings(const Settings& s) {
  const auto refuse = [](const char* what) { return Error{Code::settings_invalid, what, {}}; };
  if (s.probe_timeout_ns <= 0 || s.gossip_interval_ns <= 0 || s.sync_interval_ns <= 0 || s.reconnect_interval_ns <= 0 ||
      s.late_timer_ns <= 0 || s.accusation_refill_ns <= 0) {
    return refuse("every interval and timeout of the membership protocol has to be above zero");
  }
  if (2 * s.probe_timeout_ns > s.probe_interval_ns) {
    return refuse("probe_interval has to be at least twice probe_timeout: the direct and the indirect probe fit in it");
  }
  if (s.suspicion_min_ns < s.probe_interval_ns) {
    return refuse("suspicion has to be at least probe_interval, or nobody has time to refute");
  }
  if (s.suspicion_max_factor < 1) return refuse("suspicion_max_factor has to be at least 1");
  if (s.left_retention_ns <= s.suspicion_min_ns || s.dead_retention_ns <= s.suspicion_min_ns) {
    return refuse("members that died or left have to be remembered for longer than a suspicion lasts");
  }
  if (s.accusation_budget == 0) return refuse("accusation_budget has to be at least 1, or nobody can accuse");
  if (s.max_members < 2) return refuse("max_members has to be at least 2");
  return {};
}

std::uint32_t retransmit_limit(std::uint32_t factor, std::size_t members) {
  const double digits = std::ceil(std::log10(static_cast<double>(members) + 1));
  return std::max(1u, factor * static_cast<std::uint32_t>(digits));
}

std::uint32_t expected_confirmations(std::uint32_t wanted, std::size_t members) {
  const std::size_t others = members > 2 ? members - 2 : 0;  // neither the accuser nor the accused
  return static_cast<std::uint32_t>(std::min<std::size_t>(wanted, others));
}

std::int64_t suspicion_timeout_ns(std::int64_t min_ns, std::int64_t max_ns, std::uint32_t confirmations,
                                  std::uint32_t expected) {
  if (expected == 0 || confirmations >= expected) return min_ns;
  const double share = std::log(confirmations + 1.0) / std::log(expected + 1.0);
  const double timeout = static_cast<double>(max_ns) - share * static_cast<double>(max_ns - min_ns);
  return std::max(min_ns, static_cast<std::int64_t>(timeout));
}

}  // namespace noodle::membership
