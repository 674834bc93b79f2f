// Accusation budget: how many accusations of each member are believed before some were proven right.
//
// One half-connected or starved node suspects everybody. Each accusation that it begins costs it one; time and proven
// accusations give back. At zero its word alone does not make a suspect; as a confirmation of others it still counts.
// Threads: none of its own. Limits: one entry per accuser that spent something. Time: monotonic ns of the caller.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "cluster/membership/settings.hpp"
#include "messages/ids.hpp"

namespace noodle::membership {

class AccusationBudget {
 public:
  AccusationBudget(std::uint32_t budget, std::int64_t refill_ns) : budget_(budget), refill_ns_(refill_ns) {}

  /// False when the accuser has nothing left.
  bool spend(NodeId accuser, std::int64_t now_ns);
  /// An accusation of it was right.
  void give_back(NodeId accuser);
  std::uint32_t left(NodeId accuser, std::int64_t now_ns) const;
  /// Forgets accusers whose budget is full again.
  void sweep(std::int64_t now_ns);
  std::size_t size() const { return accounts_.size(); }

 private:
  struct Account {
    std::uint32_t spent = 0;
    std::int64_t since_ns = 0;  // of the last refill
  };
  std::uint32_t spent(const Account& account, std::int64_t now_ns) const;

  std::uint32_t budget_;
  std::int64_t refill_ns_;
  std::unordered_map<NodeId, Account> accounts_;
};

}  // namespace noodle::membership
