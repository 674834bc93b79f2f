#include "runtime/replay/record.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "runtime/bytecode/container.hpp"
#include "runtime/replay/drive.hpp"
#include "runtime/replay/event_writer.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/vm/capability.hpp"

namespace noodle::replay {
namespace {

using namespace process;

constexpr std::uint64_t kTurnsPerCheck = 4096;
constexpr std::int64_t kPollNs = 20'000'000;        // how often a run that waits is looked after
constexpr std::int64_t kLongPauseNs = 100'000'000;  // worth writing out what there is

class RecordingClock final : public Clock {
 public:
  explicit RecordingClock(EventWriter& writer) : writer_(writer) {}
  std::int64_t monotonic_ns() const override {
    const std::int64_t now = system_clock().monotonic_ns();
    writer_.monotonic(now);
    return now;
  }
  std::int64_t wall_ns() const override {
    const std::int64_t now = system_clock().wall_ns();
    writer_.wall(now);
    return now;
  }

 private:
  EventWriter& writer_;
};

class Keeper final : public Outside {
 public:
  explicit Keeper(EventWriter& writer) : writer_(writer) {}
  bool replays() const override { return false; }
  void keep(const vm::NativeContext& native, std::string_view answer) override {
    const auto import = static_cast<std::uint32_t>(native.bound.import - native.program.module.natives.data());
    writer_.answer(import, pid_index(native.process.pid), answer);
  }
  std::string recall(const vm::NativeContext&) override { return {}; }

 private:
  EventWriter& writer_;
};

class RecordingPace final : public Pace {
 public:
  RecordingPace(Drive& drive, EventWriter& writer, const RunOptions& options)
      : drive_(drive), writer_(writer), options_(options), begin_ns_(drive.now_ns()) {}

  bool next_turn() override {
    writer_.next_turn();
    if (++turns_ % kTurnsPerCheck == 0) writer_.check(drive_.totals());
    if (ordered_) return true;
    const bool late = drive_.now_ns() >= limit_ns();
    if (!late && !interrupted()) return true;
    ordered_ = true;
    const Order order{late ? static_cast<std::uint64_t>(options_.time_limit_ms) : 0,
                      late ? "time limit" : "interrupted"};
    writer_.order(order);
    drive_.obey(order);
    return true;
  }

  void pause(std::int64_t due_ns) override {
    if (!ordered_) due_ns = std::min(due_ns, limit_ns());
    bool written = false;
    for (;;) {
      const std::int64_t rest = due_ns - system_clock().monotonic_ns();
      if (rest <= 0 || (!ordered_ && interrupted())) return;
      if (!written && rest > kLongPauseNs) writer_.flush();
      written = true;
      std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(rest, kPollNs)));
    }
  }

 private:
  bool interrupted() const { return options_.interrupted && options_.interrupted(); }
  std::int64_t limit_ns() const {
    return options_.time_limit_ms > 0 ? begin_ns_ + options_.time_limit_ms * 1'000'000 : TimerWheel::kNever;
  }

  Drive& drive_;
  EventWriter& writer_;
  const RunOptions& options_;
  const std::int64_t begin_ns_;
  std::uint64_t turns_ = 0;
  bool ordered_ = false;
};

/// Grants as they are meant here: a relative path becomes an absolute one.
std::vector<std::string> resolved_grants(const std::vector<std::string>& texts) {
  std::vector<std::string> resolved;
  for (const std::string& text : texts) {
    const auto grant = parse_grant(text);
    if (!grant) continue;  // starting the run reports it
    resolved.push_back(text_of(*grant));
  }
  return resolved;
}

Result<std::string> beginning_of(const vm::Program& program, std::uint32_t function,
                                 const std::vector<std::string>& arguments, const RunOptions& options,
                                 const SystemOptions& system) {
  auto image = bytecode::write_nbc(program.module);
  if (!image) return image.error();
  Beginning beginning{
      .image = std::move(image).value(), .function = function, .arguments = arguments, .options = options};
  beginning.options.grants = resolved_grants(options.grants);
  beginning.options.vm_memory_bytes = system.vm_memory_bytes;
  beginning.message_bytes = system.max_message_bytes;
  return beginning.encoded();
}

}  // namespace

Recorded record(std::shared_ptr<const vm::Program> program, std::uint32_t function, std::vector<std::string> arguments,
                const RunOptions& options, std::ostream& out) {
  EventWriter writer(out);
  const RecordingClock clock(writer);
  Keeper keeper(writer);
  Drive drive(options, SystemOptions().max_message_bytes, clock, keeper);
  const auto beginning = beginning_of(*program, function, arguments, options, drive.system().options());
  if (!beginning) return {set_up_failure(beginning.error()), 0, {}};
  writer.begin(*beginning);
  if (const auto started = drive.start(program, function, std::move(arguments)); !started) {
    return {set_up_failure(started.error()), 0, {}};
  }
  RecordingPace pace(drive, writer, options);
  drive.run(pace);
  writer.end(drive.ending());
  Recorded recorded{drive.result(), writer.bytes(), {}};
  if (writer.failed()) {
    recorded.problem = Error{Code::file_unreadable, "the recording could not be written to its end", {}};
  }
  return recorded;
}

}  // namespace noodle::replay
