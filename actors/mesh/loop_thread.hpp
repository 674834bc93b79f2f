// The thread of the network: sockets, timers, and the actors that own them, which run there and nowhere else.
//
//     LoopThread thread(system);
//     spawn_on<Links>(thread, seat, ...);          // Links is a LoopActor
//
// Threads: all functions from any, except where said. Lifetime: actors on it have to have ended before it goes.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
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
  /// Runs an actor there; takes over a reference to it.
  void exec_later(caf::resumable* job) override;
  bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }
  transport::Loop& loop() { return loop_; }

 private:
  static constexpr std::size_t kMessagesInTurn = 100;  // of one actor, before sockets and others are looked at

  transport::Loop loop_;
  std::thread thread_;
};

/// An actor that is run by the thread of the network only, so that it may own what belongs to a loop.
class LoopActor : public NodeActor {
 public:
  LoopActor(caf::actor_config& config, SeatPtr seat, LoopThread& thread)
      : NodeActor(config, std::move(seat)), thread_(thread) {}
  using caf::local_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    NodeActor::enqueue(std::move(element), &thread_);
  }

 protected:
  LoopThread& thread() { return thread_; }

 private:
  LoopThread& thread_;
};

template <class T, class... Arguments>
caf::actor spawn_on(caf::actor_system& system, LoopThread& thread, SeatPtr seat, Arguments&&... arguments) {
  caf::actor_config config{&thread};
  return system.spawn_impl<T, caf::no_spawn_options>(config, std::move(seat), std::ref(thread),
                                                     std::forward<Arguments>(arguments)...);
}

}  // namespace noodle::actors
