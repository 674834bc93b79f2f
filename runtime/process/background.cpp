#include "runtime/process/background.hpp"

#include <chrono>

#include "runtime/process/run.hpp"
#include "runtime/process/system.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr std::int64_t kFinishLimitNs = 5'000'000'000;

using SteadyClock = std::chrono::steady_clock;

std::int64_t steady_now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now().time_since_epoch()).count();
}

}  // namespace

Background::Background(System& system) : system_(system), thread_([this] { work(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Background::collect(ProcessControl& control) {
  {
    const std::lock_guard lock(mutex_);
    heaps_.push_back(&control);
  }
  changed_.notify_one();
}

void Background::finish(std::shared_ptr<Run> run) {
  {
    const std::lock_guard lock(mutex_);
    kill_due_ns_.emplace(run, steady_now_ns() + kFinishLimitNs);
    runs_.push_back(std::move(run));
  }
  changed_.notify_one();
}

void Background::forget(const Run* run) {
  const std::lock_guard lock(mutex_);
  std::erase_if(kill_due_ns_, [run](const auto& entry) { return entry.first.get() == run; });
}

void Background::work() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!heaps_.empty()) {
      ProcessControl* control = heaps_.front();
      heaps_.pop_front();
      lock.unlock();
      vm::collect(control->process);
      system_.schedule(*control, nullptr, false);
      lock.lock();
      continue;
    }
    if (!runs_.empty()) {
      const std::shared_ptr<Run> run = std::move(runs_.front());
      runs_.pop_front();
      lock.unlock();
      run->finish();
      lock.lock();
      continue;
    }
    std::int64_t next_ns = INT64_MAX;
    std::shared_ptr<Run> late;
    for (auto& [run, due_ns] : kill_due_ns_) {
      if (due_ns <= steady_now_ns()) {
        late = run;
        due_ns = INT64_MAX;
        break;
      }
      next_ns = std::min(next_ns, due_ns);
    }
    if (late) {
      lock.unlock();
      late->kill_rest();
      lock.lock();
    } else if (next_ns == INT64_MAX) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, SteadyClock::time_point(std::chrono::nanoseconds(next_ns)));
    }
  }
}

}  // namespace noodle::process
