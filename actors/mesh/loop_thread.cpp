#include "actors/mesh/loop_thread.hpp"

#include <pthread.h>

#include <caf/all.hpp>

namespace noodle::actors {

LoopThread::LoopThread(caf::actor_system& system) : caf::execution_unit(&system), thread_([this] { loop_.run(); }) {
  pthread_setname_np(thread_.native_handle(), "noodle-mesh");
}

LoopThread::~LoopThread() {
  // What is posted already, the last turns of actors among it, is done first.
  loop_.post([this] { loop_.stop(); });
  thread_.join();
}

void LoopThread::exec_later(caf::resumable* job) {
  loop_.post([this, job] {
    switch (job->resume(this, kMessagesInTurn)) {
      case caf::resumable::resume_later:
        return exec_later(job);
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
      case caf::resumable::shutdown_execution_unit:
        return caf::intrusive_ptr_release(job);
    }
  });
}

}  // namespace noodle::actors
