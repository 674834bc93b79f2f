// A set of process ids in insertion order: who monitors, who is linked.
//
// Small sets are searched; from kIndexedFrom members on an index finds them. Threads: guarded by its owner.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "runtime/message/message.hpp"

namespace noodle::process {

class PidSet {
 public:
  /// False if it was there already.
  bool insert(Pid pid) {
    if (position(pid) != members_.size()) return false;
    members_.push_back(pid);
    ++count_;
    if (!index_.empty() || members_.size() >= kIndexedFrom) rebuild_or_add(pid);
    return true;
  }

  bool erase(Pid pid) {
    const std::size_t at = position(pid);
    if (at == members_.size()) return false;
    members_[at] = 0;
    --count_;
    index_.erase(pid);
    if (members_.size() >= kIndexedFrom && count_ < members_.size() / 2)
      compact();
    else if (members_.size() < kIndexedFrom)
      members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }

  bool contains(Pid pid) const { return position(pid) != members_.size(); }
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Pid pid : members_) {
      if (pid) visit(pid);
    }
  }

 private:
  static constexpr std::size_t kIndexedFrom = 32;

  std::size_t position(Pid pid) const {
    if (!index_.empty()) {
      const auto found = index_.find(pid);
      return found == index_.end() ? members_.size() : found->second;
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i] == pid) return i;
    }
    return members_.size();
  }

  void rebuild_or_add(Pid pid) {
    if (index_.empty()) {
      for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i]) index_.emplace(members_[i], i);
      }
    } else {
      index_.emplace(pid, members_.size() - 1);
    }
  }

  void compact() {
    std::vector<Pid> kept;
    kept.reserve(count_);
    for_each([&kept](Pid pid) { kept.push_back(pid); });
    members_ = std::move(kept);
    index_.clear();
    if (members_.size() >= kIndexedFrom) rebuild_or_add(0);
  }

  std::vector<Pid> members_;  // 0: erased
  std::size_t count_ = 0;
  std::unordered_map<Pid, std::size_t> index_;
};

}  // namespace noodle::process
