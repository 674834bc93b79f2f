#include "cluster/membership/accusation_budget.hpp"

#include <algorithm>

namespace noodle::membership {

std::uint32_t AccusationBudget::spent(const Account& account, std::int64_t now_ns) const {
  const auto refills = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ns - account.since_ns) / refill_ns_);
  return refills >= account.spent ? 0 : account.spent - static_cast<std::uint32_t>(refills);
}

bool AccusationBudget::spend(NodeId accuser, std::int64_t now_ns) {
  Account& account = accounts_.try_emplace(accuser, Account{0, now_ns}).first->second;
  const std::uint32_t still_spent = spent(account, now_ns);
  if (still_spent == 0) {
    account.since_ns = now_ns;
  } else {
    account.since_ns += static_cast<std::int64_t>(account.spent - still_spent) * refill_ns_;
  }
  account.spent = still_spent;
  if (account.spent >= budget_) return false;
  ++account.spent;
  return true;
}

void AccusationBudget::give_back(NodeId accuser) {
  const auto found = accounts_.find(accuser);
  if (found != accounts_.end() && found->second.spent > 0) --found->second.spent;
}

std::uint32_t AccusationBudget::left(NodeId accuser, std::int64_t now_ns) const {
  const auto found = accounts_.find(accuser);
  return found == accounts_.end() ? budget_ : budget_ - spent(found->second, now_ns);
}

void AccusationBudget::sweep(std::int64_t now_ns) {
  std::erase_if(accounts_, [&](const auto& entry) { return spent(entry.second, now_ns) == 0; });
}

}  // namespace noodle::membership
