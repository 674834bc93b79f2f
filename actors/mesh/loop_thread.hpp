// The thread of the network: sockets, timers, and actors.
//
//     LoopThread thread(system);
//     spawn_on<Links>(thread, seat, ...);          // Links is a LoopActor: it runs there and nowhere else
//
// Other actors that a frame was for run there as well, once: a frame that is read, handled and answered on one thread
// takes half the time of one that wakes another (docs/adr/0007). What an actor sends goes out after kMessagesInTurn
// messages, so that the other node has work while this one goes on. What has more to do goes to CAF's workers: after
// kTurns of that, or kActorsInTurn actors in one turn of the loop.
// Threads: all functions from any, except where said. Lifetime: actors on it have to have ended before it goes.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <deque>
#include <functional>
#include <thread>
#include <utility>

#include "actors/core/node_actor.hpp"
#include "cluster/transport/loop.hpp"

namespace noodle::actors {

class LoopThread final : public caf::execution_unit {
 public:
  explicit LoopThread(caf::actor_system& system);
  ~LoopThread() override;
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  void post(std::function<void()> work) { loop_.post(std::move(work)); }
  /// An actor that may run there; a reference to it is taken over.
  void exec_later(caf::resumable* job) override;
  /// For actors that run there only.
  caf::execution_unit& pinned() { return pinned_; }
  bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }
  transport::Loop& loop() { return loop_; }

 private:
  static constexpr std::size_t kMessagesInTurn = 25, kTurns = 4, kActorsInTurn = 64;
  static constexpr std::int64_t kSpinNs = 100'000;

  struct Ready {
    caf::resumable* job;
    std::size_t turns;
  };

  class Pinned final : public caf::execution_unit {
   public:
    Pinned(caf::actor_system& system, LoopThread& thread) : caf::execution_unit(&system), thread_(thread) {}
    void exec_later(caf::resumable* job) override;

   private:
    LoopThread& thread_;
  };
  void run_ready();

  transport::Loop loop_;
  Pinned pinned_;
  std::deque<Ready> ready_;  // of the thread
  std::thread thread_;
};

/// An actor that is run by the thread of the network only, so that it may own what belongs to a loop.
class LoopActor : public NodeActor {
 public:
  LoopActor(caf::actor_config& config, SeatPtr seat, LoopThread& thread)
      : NodeActor(config, std::move(seat)), thread_(thread) {}
  using caf::local_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    NodeActor::enqueue(std::move(element), &thread_.pinned());
  }

 protected:
  LoopThread& thread() { return thread_; }

 private:
  LoopThread& thread_;
};

template <class T, class... Arguments>
caf::actor spawn_on(caf::actor_system& system, LoopThread& thread, SeatPtr seat, Arguments&&... arguments) {
  caf::actor_config config{&thread.pinned()};
  return system.spawn_impl<T, caf::no_spawn_options>(config, std::move(seat), std::ref(thread),
                                                     std::forward<Arguments>(arguments)...);
}

}  // namespace noodle::actors
