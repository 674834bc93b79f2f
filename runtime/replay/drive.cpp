#include "runtime/replay/drive.hpp"

#include <algorithm>

#include "runtime/bytecode/container.hpp"
#include "runtime/process/background.hpp"

namespace noodle::replay {

using namespace process;

/// Passes on what is printed, and keeps a digest of it.
class Drive::DigestingOutput final : public Output {
 public:
  explicit DigestingOutput(const RunOptions& options) : to_(run_output(options)) {}
  void write(std::string_view text) override {
    digest(text);
    if (!muted) to_->write(text);
  }
  void flush() override { to_->flush(); }
  void digest(std::string_view text) {
    sum = (sum ^ bytecode::crc32c(text) ^ std::uint64_t{text.size()} << 32) * 0x9e3779b97f4a7c15;
  }

  std::uint64_t sum = 0;
  bool muted = false;

 private:
  const std::unique_ptr<Output> to_;
};

Drive::Drive(const RunOptions& options, std::size_t message_bytes, const Clock& clock, Outside& outside,
             TurnWatcher* watcher)
    : options_(options), output_(std::make_unique<DigestingOutput>(options)) {
  SystemOptions system = system_options(options);
  system.workers = 1;
  system.background_thread = false;
  system.max_message_bytes = message_bytes;
  system.clock = &clock;
  system.outside = &outside;
  system.watcher = watcher;
  system_ = std::make_unique<System>(std::move(system));
}

Drive::~Drive() = default;

Result<void> Drive::start(std::shared_ptr<const vm::Program> program, std::uint32_t function,
                          std::vector<std::string> arguments) {
  if (function >= program->functions.size()) return Error{Code::no_main, "the module has no main", {}};
  auto settings = run_settings(options_);
  if (!settings) return settings.error();
  program_ = std::move(program);
  function_ = function;
  settings->program = System::load(program_);
  settings->function = function;
  settings->arguments = std::move(arguments);
  settings->output = output_.get();
  settings->on_uncaught = [this](const Exit& exit) {
    output_->digest(std::to_string(exit.code) + exit.message + exit.trace);
    if (options_.on_uncaught && !output_->muted) options_.on_uncaught(exit);
  };
  settings->on_end = [this](const RunEnd& end) { end_ = end; };
  auto started = system_->start(std::move(settings).value());
  if (!started) return started.error();
  run_ = *started;
  return {};
}

bool Drive::run(Pace& pace) {
  Worker& worker = system_->worker(0);
  Background& background = system_->background();
  while (!end_) {
    if (!pace.next_turn()) return false;
    const bool ran = worker.step();
    if (background.work_off() || ran || end_) continue;
    system_->flush_outputs();
    pace.pause(std::min(worker.next_due_ns(), background.next_due_ns()));
  }
  output_->flush();
  return true;
}

void Drive::obey(const Order& order) {
  passed_limit_ms_ = static_cast<std::int64_t>(order.passed_limit_ms);
  run_->kill(order.reason);
}

void Drive::mute() {
  output_->muted = true;
}

Totals Drive::totals() const {
  const SystemStats stats = system_->stats();
  return {stats.fuel, stats.messages, output_->sum};
}

RunResult Drive::result() const {
  RunResult result = result_of(*program_, function_, *end_, passed_limit_ms_);
  result.statistics = system_->stats();
  return result;
}

Ending Drive::ending() const {
  const RunResult run = result();
  return {.totals = totals(),
          .spawned = run.statistics.spawned,
          .failed = run.statistics.failed,
          .exit_code = static_cast<std::uint32_t>(run.exit_code),
          .code = run.error_code,
          .message = run.error_message,
          .trace = run.error_trace};
}

}  // namespace noodle::replay
