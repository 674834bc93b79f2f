#include "runtime/run/run_program.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <thread>

#include "messages/exit_code.hpp"

namespace noodle::process {

namespace {

class ThreadDrive final : public WorkerDrive {
 public:
  explicit ThreadDrive(System& system) : system_(system) {
    for (std::size_t i = 0; i < system.workers(); ++i) {
      threads_.emplace_back([this, i] {
        Worker& worker = system_.worker(i);
        while (!stop_.load(std::memory_order_acquire)) {
          if (!worker.step()) worker.wait(TimerWheel::kNever);
        }
      });
    }
  }
  ~ThreadDrive() override {
    stop_.store(true, std::memory_order_release);
    for (std::size_t i = 0; i < system_.workers(); ++i) system_.worker(i).notify();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  System& system_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

class CallbackOutput final : public Output {
 public:
  explicit CallbackOutput(std::function<void(std::string_view)> callback) : callback_(std::move(callback)) {}
  void write(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    callback_(text);
  }

 private:
  std::mutex mutex_;
  std::function<void(std::string_view)> callback_;
};

/// The end of a run, awaited by the thread that started it.
struct Ended {
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  RunEnd end;
};

int exit_code_of(const vm::Program& program, std::uint32_t function, const Exit& exit, bool timed_out,
                 RunResult& result) {
  if (timed_out) {
    result.error_code = static_cast<std::uint16_t>(Code::time_limit);
    return kExitTimeLimit;
  }
  if (exit.code == static_cast<std::uint16_t>(Code::exit_killed) && exit.trace.empty()) return kExitKilled;
  if (result.error_code != 0) return kExitUncaught;
  const bytecode::TypeRef type = program.module.functions[function].signature.result;
  if (type.index != bytecode::kInt) return kExitOk;
  if (exit.result.i >= 0 && exit.result.i <= kExitLargest) return static_cast<int>(exit.result.i);
  result.error_message = "main returned " + std::to_string(exit.result.i) + "; exit codes are 0 to 125, so it is 125";
  return kExitLargest;
}

RunResult run_to_end(std::shared_ptr<const vm::Program> program, std::uint32_t function, std::vector<std::string> args,
                     const RunOptions& options) {
  if (function == bytecode::kNone) return set_up_failure({Code::no_main, "the module has no main", {}});
  auto prepared = run_settings(options);
  if (!prepared) return set_up_failure(prepared.error());
  System system(system_options(options));
  const std::unique_ptr<Output> output = run_output(options);
  Ended ended;
  RunSettings settings = std::move(prepared).value();
  settings.program = System::load(program);
  settings.function = function;
  settings.arguments = std::move(args);
  settings.output = output.get();
  settings.on_end = [&ended](const RunEnd& end) {
    const std::lock_guard lock(ended.mutex);
    ended.end = end;
    ended.done = true;
    ended.condition.notify_all();
  };
  auto started = system.start(std::move(settings));
  if (!started) return set_up_failure(started.error());
  const std::shared_ptr<Run> run = *started;
  std::deque<Sampler> samplers;
  for (std::size_t i = 0; options.profile && i < system.workers(); ++i)
    system.worker(i).sampler = &samplers.emplace_back(options.profile->period);
  std::unique_ptr<WorkerDrive> drive = options.driver ? options.driver(system) : drive_with_threads(system);

  std::shared_ptr<void> attached;
  if (options.attach) {
    auto made = options.attach(system, run);
    if (!made) return set_up_failure(made.error());
    attached = std::move(*made);
  }

  const auto begin = std::chrono::steady_clock::now();
  bool timed_out = false;
  bool killed = false;
  {
    std::unique_lock lock(ended.mutex);
    while (!ended.done) {
      ended.condition.wait_for(lock, std::chrono::milliseconds(20));
      if (ended.done || killed) continue;
      const auto elapsed = std::chrono::steady_clock::now() - begin;
      timed_out = options.time_limit_ms > 0 && elapsed >= std::chrono::milliseconds(options.time_limit_ms);
      if (!timed_out && !(options.interrupted && options.interrupted())) continue;
      killed = true;
      lock.unlock();
      run->kill(timed_out ? "time limit" : "interrupted");
      lock.lock();
    }
  }
  output->flush();
  RunResult result = result_of(*program, function, ended.end, timed_out ? options.time_limit_ms : 0);
  result.statistics = system.stats();
  if (options.profile) {
    drive.reset();
    ProfileBuilder all(options.profile->period);
    for (const Sampler& sampler : samplers) all.add(sampler.profile());
    *options.profile = all.profile();
  }
  return result;
}

}  // namespace

SystemOptions system_options(const RunOptions& options) {
  SystemOptions system;
  system.workers = options.workers != 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  system.slice_fuel = options.slice_fuel;
  system.jit = options.jit;
  system.vm_memory_bytes = options.vm_memory_bytes;
  system.max_processes = options.max_processes;
  return system;
}

Result<RunSettings> run_settings(const RunOptions& options) {
  const auto grants = parse_grants(options.grants);
  if (!grants) return grants.error();
  RunSettings settings;
  settings.grants = entry_grants(*grants);
  settings.limits = options.main_limits;
  settings.on_uncaught = options.on_uncaught;
  return settings;
}

std::unique_ptr<Output> run_output(const RunOptions& options) {
  if (options.output) return std::make_unique<CallbackOutput>(options.output);
  return std::make_unique<FileOutput>(1);
}

RunResult set_up_failure(const Error& error) {
  RunResult result;
  result.exit_code = kExitUncaught;
  result.error_code = error.number();
  result.error_message = error.message;
  return result;
}

RunResult result_of(const vm::Program& program, std::uint32_t function, const RunEnd& end,
                    std::int64_t passed_limit_ms) {
  RunResult result;
  const Exit& exit = end.main;
  // Programs may throw the codes of ends, too; an Error that was thrown has a trace.
  if (exit.code != static_cast<std::uint16_t>(Code::exit_normal) || !exit.trace.empty()) {
    result.error_code = exit.code;
    result.error_message = exit.message;
    result.error_trace = exit.trace;
  }
  if (passed_limit_ms > 0) result.error_message = "the run took longer than " + std::to_string(passed_limit_ms) + " ms";
  result.exit_code = exit_code_of(program, function, exit, passed_limit_ms > 0, result);
  return result;
}

std::unique_ptr<WorkerDrive> drive_with_threads(System& system) {
  return std::make_unique<ThreadDrive>(system);
}

RunResult run_program(std::shared_ptr<const vm::Program> program, std::vector<std::string> args,
                      const RunOptions& options) {
  const std::uint32_t main = program->module.main;
  return run_to_end(std::move(program), main, std::move(args), options);
}

RunResult run_function(std::shared_ptr<const vm::Program> program, std::uint32_t function, const RunOptions& options) {
  return run_to_end(std::move(program), function, {}, options);
}

}  // namespace noodle::process
