// Loop: the thread that waits for sockets and timers. Transports run on it.
//
// Threads: run and what it calls on one at a time; post() and stop() from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace noodle::transport {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Does what is ready, waiting up to `wait_ns` for the first; how many things were done.
  std::size_t run_for(std::int64_t wait_ns);
  /// Until stop(). After its last work it looks for more for `spin_ns`, giving way to other threads, before it sleeps:
  /// to be woken takes longer than most answers do.
  void run(std::int64_t spin_ns = 0);
  void stop();
  void post(std::function<void()> work);
  /// On the thread of the loop only.
  void after(std::int64_t wait_ns, std::function<void()> work);

  /// asio's own, for transports.
  void* context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noodle::transport
