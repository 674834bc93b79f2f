// The one thread of a System of its own: collects and frees large heaps, runs the slices in which large messages are
// copied, and finishes runs.
//
// Its priority is lower than that of the workers, so that it takes little from them while they have something to do.
// Without the thread (SystemOptions::background_thread) the same is done by who drives the worker, between two of its
// steps, so that a run has one order. Threads: requests from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "runtime/process/worker.hpp"

namespace noodle::process {

class Run;

class Background {
 public:
  explicit Background(System& system);
  ~Background();
  /// Ends the thread; what is asked for later is not done.
  void stop();

  /// Collects the heap of a process that is kScheduled and in no queue, or runs its heavy slice; then queues it.
  void take(ProcessControl& control);
  /// Frees a block of VM memory.
  void release(char* block, std::size_t size_bytes);
  const Worker& worker() const { return worker_; }
  /// Stops the processes of a run, again and again until none lives; kills what is left 5 s after the first request.
  void finish(std::shared_ptr<Run> run);

  // ---- without a thread
  /// Does what was asked for; false: there was nothing.
  bool work_off();
  /// There is nothing to do before this moment, unless asked.
  std::int64_t next_due_ns() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void work();
  bool work_one(Lock& lock);
  std::shared_ptr<Run> take_late_run();
  std::int64_t now_ns() const;

  System& system_;
  Worker worker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ProcessControl*> processes_;
  std::deque<std::pair<char*, std::size_t>> blocks_;
  std::deque<std::shared_ptr<Run>> runs_;
  std::map<std::shared_ptr<Run>, std::int64_t> kill_due_ns_;  // of runs that finish, by now_ns()
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace noodle::process
