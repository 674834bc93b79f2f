// Decides what is worth machine code, and has it compiled by a thread of its own.
//
// No code counts: a slice that ends finds a function running, and a message starts a handler. Both warm the function;
// from kHot on it is compiled, with the functions it calls. Threads: any; the thread starts with the first request.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::jit {

enum class Mode : std::uint8_t {
  off,
  on,
  eager  // everything before the program starts: for tests
};

class Tiering {
 public:
  /// Words of a handler below which entering machine code costs more than it gains.
  static constexpr std::uint32_t kWorthEntering = 12;
  /// Heat from which on a function is compiled.
  static constexpr std::uint32_t kHot = 1000;

  explicit Tiering(Mode mode) : mode_(mode) {}
  ~Tiering();
  Tiering(const Tiering&) = delete;
  Tiering& operator=(const Tiering&) = delete;

  /// A program is about to run.
  void prepare(const vm::Program& program);
  /// A handler or the function of a process starts.
  void started(const std::shared_ptr<const vm::Program>& program, const vm::Function& function) {
    if (mode_ == Mode::on && function.code_words >= kWorthEntering) warm(program, function, 1);
  }
  /// The slice of a process has ended in the middle of its function.
  void slice_ended(const std::shared_ptr<const vm::Program>& program, vm::Context& context);

 private:
  struct Request {
    std::shared_ptr<const vm::Program> program;
    const vm::Function* function;
  };

  void warm(const std::shared_ptr<const vm::Program>& program, const vm::Function& function, std::uint32_t by) {
    if (std::atomic_ref(function.heat).load(std::memory_order_relaxed) < kHot) warm_cold(program, function, by);
  }
  void warm_cold(const std::shared_ptr<const vm::Program>& program, const vm::Function& function, std::uint32_t by);
  void request(const std::shared_ptr<const vm::Program>& program, const vm::Function& function);
  void run();

  const Mode mode_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Request> requests_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace noodle::jit
