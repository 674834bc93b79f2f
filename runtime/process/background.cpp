#include "runtime/process/background.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "runtime/process/system.hpp"
#include "runtime/run/run.hpp"
#include "runtime/vm/block_cache.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr int kNice = 5;  // a third of a worker's share when all cores are busy
constexpr std::int64_t kFinishLimitNs = 5'000'000'000;

using SteadyClock = std::chrono::steady_clock;

std::int64_t steady_now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now().time_since_epoch()).count();
}

}  // namespace

Background::Background(System& system)
    : system_(system), worker_(system, static_cast<unsigned>(system.workers()), Worker::Kind::heavy) {
  if (system.options().background_thread) thread_ = std::thread([this] { work(); });
}

void Background::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Background::~Background() {
  stop();
  for (const auto& [block, size_bytes] : blocks_) vm::release_block(block, size_bytes);
}

void Background::take(ProcessControl& control) {
  {
    const std::lock_guard lock(mutex_);
    processes_.push_back(&control);
  }
  changed_.notify_one();
}

void Background::release(char* block, std::size_t size_bytes) {
  {
    const std::lock_guard lock(mutex_);
    blocks_.emplace_back(block, size_bytes);
  }
  changed_.notify_one();
}

void Background::finish(std::shared_ptr<Run> run) {
  {
    const std::lock_guard lock(mutex_);
    kill_due_ns_.emplace(run, now_ns() + kFinishLimitNs);
    runs_.push_back(std::move(run));
  }
  changed_.notify_one();
}

/// Without a thread, the time as the worker knows it: the same whenever the run is the same.
std::int64_t Background::now_ns() const {
  return system_.options().background_thread ? steady_now_ns() : system_.worker(0).now_ns();
}

std::int64_t Background::next_due_ns() const {
  std::int64_t next_ns = INT64_MAX;
  for (const auto& [run, due_ns] : kill_due_ns_) next_ns = std::min(next_ns, due_ns);
  return next_ns;
}

/// A run that has taken too long to finish, once.
std::shared_ptr<Run> Background::take_late_run() {
  for (auto& [run, due_ns] : kill_due_ns_) {
    if (due_ns > now_ns()) continue;
    due_ns = INT64_MAX;
    return run;
  }
  return nullptr;
}

bool Background::work_one(Lock& lock) {
  if (!blocks_.empty()) {
    const auto [block, size_bytes] = blocks_.front();
    blocks_.pop_front();
    lock.unlock();
    vm::release_block(block, size_bytes);
    lock.lock();
    return true;
  }
  if (!processes_.empty()) {
    ProcessControl& control = *processes_.front();
    processes_.pop_front();
    lock.unlock();
    if (vm::wants_background_collection(control.process)) vm::collect(control.process);
    if (control.heavy) {
      worker_.run(control);
    } else {
      system_.schedule(control, nullptr, false);
    }
    lock.lock();
    return true;
  }
  if (!runs_.empty()) {
    const std::shared_ptr<Run> run = std::move(runs_.front());
    runs_.pop_front();
    lock.unlock();
    const bool complete = run->finish();
    lock.lock();
    if (complete) kill_due_ns_.erase(run);
    return true;
  }
  const std::shared_ptr<Run> late = take_late_run();
  if (!late) return false;
  lock.unlock();
  late->kill_rest();
  lock.lock();
  return true;
}

void Background::work() {
  setpriority(PRIO_PROCESS, 0, kNice);  // of this thread
  Lock lock(mutex_);
  while (!stop_) {
    if (work_one(lock)) continue;
    const std::int64_t next_ns = next_due_ns();
    if (next_ns == INT64_MAX) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, SteadyClock::time_point(std::chrono::nanoseconds(next_ns)));
    }
  }
}

bool Background::work_off() {
  Lock lock(mutex_);
  bool worked = false;
  while (work_one(lock)) worked = true;
  return worked;
}

}  // namespace noodle::process
