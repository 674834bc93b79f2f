// The one thread of a System of its own: collects large heaps while their processes wait, and finishes runs.
//
// Threads: requests from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace noodle::process {

class Run;
class System;
struct ProcessControl;

class Background {
 public:
  explicit Background(System& system);
  ~Background();

  /// Collects the heap of a process that is kScheduled and in no queue, then queues it.
  void collect(ProcessControl& control);
  /// Stops the processes of a run, again and again until none lives; kills what is left 5 s after the first request.
  void finish(std::shared_ptr<Run> run);
  /// The run is complete.
  void forget(const Run* run);

 private:
  void work();

  System& system_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ProcessControl*> heaps_;
  std::deque<std::shared_ptr<Run>> runs_;
  std::map<std::shared_ptr<Run>, std::int64_t> kill_due_ns_;  // of runs that finish, on the steady clock
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace noodle::process
