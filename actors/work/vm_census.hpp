// The process systems of a node, counted as one: that of its pool, and those of the sessions that are open.
//
// Threads: any.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "runtime/base/metrics/metrics.hpp"
#include "runtime/process/system.hpp"

namespace noodle::actors {

class VmCensus {
 public:
  /// noodle_vm_*.
  void collect(Samples& out) const;

 private:
  friend class CountedSystem;
  mutable std::mutex mutex_;  // guards the following
  std::set<const process::System*> systems_;
  process::SystemStats ended_;  // what those have counted that are no more
};
using VmCensusPtr = std::shared_ptr<VmCensus>;

/// Has a system counted while both are there; goes before it.
class CountedSystem {
 public:
  /// `census`: null: nobody counts.
  CountedSystem(VmCensusPtr census, const process::System& system);
  ~CountedSystem();
  CountedSystem(const CountedSystem&) = delete;
  CountedSystem& operator=(const CountedSystem&) = delete;

 private:
  const VmCensusPtr census_;
  const process::System& system_;
};

}  // namespace noodle::actors
