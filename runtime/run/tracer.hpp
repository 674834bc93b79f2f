// Tells what some processes of a running System do, message by message, at a bounded rate.
//
// Threads: any; `tell` is called by the workers, one at a time. Outlives the System's workers once it was started.
// Limits: kMostProcesses at once; kMostASecond steps are told in a second, what is more is counted.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "runtime/run/steps.hpp"
#include "runtime/run/turn_watcher.hpp"

namespace noodle::process {

class Tracer final : public TurnWatcher {
 public:
  static constexpr std::size_t kMostProcesses = 16;
  static constexpr std::uint32_t kMostASecond = 50;

  /// `tell`: a step, and how many before it were not told.
  using Tell = std::function<void(const Step&, std::uint64_t left_out)>;
  Tracer(System& system, Tell tell) : system_(system), tell_(std::move(tell)) {}

  /// False: there are kMostProcesses already.
  bool start(Pid pid);
  /// False: it was not traced.
  bool stop(Pid pid);
  bool is_traced(Pid pid) const;

  void at_boundary(ProcessControl& control, const Message* next) override;
  void begun(ProcessControl& control) override;
  void resumed(ProcessControl& control, Wait waited) override;
  void ended(ProcessControl& control, bool failed) override;

 private:
  bool admit();

  System& system_;
  const Tell tell_;
  std::array<std::atomic<Pid>, kMostProcesses> traced_{};  // 0: free
  std::mutex mutex_;                                       // guards what follows, and calls of tell_
  std::int64_t second_ = 0;
  std::uint32_t told_ = 0;  // in this second
  std::uint64_t left_out_ = 0;
};

}  // namespace noodle::process
