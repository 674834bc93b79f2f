#include "cluster/transport/loop.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <thread>
#include <utility>

namespace noodle::transport {

struct Loop::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

std::size_t Loop::run_for(std::int64_t wait_ns) {
  const std::size_t done = state_->context.run_one_for(std::chrono::nanoseconds(wait_ns));
  return done == 0 ? 0 : done + state_->context.poll();
}

void Loop::run(std::int64_t spin_ns) {
  using Time = std::chrono::steady_clock;
  const std::chrono::nanoseconds spin(spin_ns);
  auto& context = state_->context;
  Time::time_point idle_since = Time::now();
  while (!context.stopped()) {
    if (context.poll() == 0) {
      if (Time::now() - idle_since < spin) {
        std::this_thread::yield();
        continue;
      }
      context.run_one();
    }
    idle_since = Time::now();
  }
}

void Loop::stop() {
  state_->context.stop();
}

void Loop::post(std::function<void()> work) {
  asio::post(state_->context, std::move(work));
}

void Loop::after(std::int64_t wait_ns, std::function<void()> work) {
  const auto timer = std::make_shared<asio::steady_timer>(state_->context, std::chrono::nanoseconds(wait_ns));
  timer->async_wait([timer, work = std::move(work)](const asio::error_code& problem) {
    if (!problem) work();
  });
}

void* Loop::context() {
  return &state_->context;
}

}  // namespace noodle::transport
