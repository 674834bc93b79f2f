#include "actors/mesh/loop_thread.hpp"

#include <pthread.h>

#include <caf/all.hpp>

namespace noodle::actors {

LoopThread::LoopThread(caf::actor_system& system)
    : caf::execution_unit(&system), pinned_(system, *this), thread_([this] { loop_.run(kSpinNs); }) {
  pthread_setname_np(thread_.native_handle(), "noodle-mesh");
}

LoopThread::~LoopThread() {
  // What is posted already, the last turns of actors among it, is done first.
  loop_.post([this] { loop_.stop(); });
  thread_.join();
}

void LoopThread::exec_later(caf::resumable* job) {
  if (!is_current()) return system().scheduler().enqueue(job);
  ready_.push_back({job, 0});
  if (ready_.size() == 1) loop_.post([this] { run_ready(); });
}

void LoopThread::run_ready() {
  std::deque<Ready> again;
  for (std::size_t k = 0; k < kActorsInTurn && !ready_.empty(); ++k) {
    // It stays first in the row while it runs, so that nothing it sends posts another turn.
    const Ready one = ready_.front();
    const auto result = one.job->resume(this, kMessagesInTurn);
    ready_.pop_front();
    if (result != caf::resumable::resume_later) {
      caf::intrusive_ptr_release(one.job);
    } else if (one.turns + 1 < kTurns) {
      again.push_back({one.job, one.turns + 1});
    } else {
      system().scheduler().enqueue(one.job);
    }
  }
  for (const Ready& one : ready_) system().scheduler().enqueue(one.job);
  ready_ = std::move(again);
  if (!ready_.empty()) loop_.post([this] { run_ready(); });
}

void LoopThread::Pinned::exec_later(caf::resumable* job) {
  thread_.post([this, job] {
    if (job->resume(this, kMessagesInTurn) == caf::resumable::resume_later) {
      exec_later(job);
    } else {
      caf::intrusive_ptr_release(job);
    }
  });
}

}  // namespace noodle::actors
