#include "runtime/replay/replay.hpp"

#include <algorithm>

#include "runtime/bytecode/container.hpp"
#include "runtime/replay/drive.hpp"
#include "runtime/replay/event_reader.hpp"
#include "runtime/run/outside.hpp"

namespace noodle::replay {
namespace {

using namespace process;

/// What the run asks for has to be what it asked for when it was recorded, in the same turn. After the first
/// difference, or when nothing is left, the run goes on to the end of its slice with answers that mean nothing,
/// unheard.
class Script {
 public:
  explicit Script(EventReader& reader) : reader_(reader) {}

  void next_turn() { ++turns_; }
  /// The event that belongs to this turn and is of this kind; null otherwise.
  const Event* due(EventKind kind) {
    const Event* event = stopped_ ? nullptr : reader_.peek();
    return event && event->kind == kind && event->turns == turns_ ? event : nullptr;
  }
  /// The same; anything else stops the replay.
  const Event* demand(EventKind kind) {
    if (const Event* event = due(kind)) return event;
    stop(kind);
    return nullptr;
  }
  void drop() {
    reader_.drop();
    turns_ = 0;
  }

  /// The replay wants an event of this kind, and there is another one or none.
  void stop(EventKind kind) {
    if (stopped_) return;
    const Event* event = reader_.peek();
    if (!event && reader_.problem()) {
      fail(*reader_.problem());
    } else {
      diverge(event ? std::string(name_of(event->kind)) + " in turn " + std::to_string(event->turns) : "nothing more",
              std::string(name_of(kind)) + " in turn " + std::to_string(turns_));
    }
  }
  void diverge(const std::string& recorded, const std::string& replayed) {
    fail({Code::replay_diverged,
          "event " + std::to_string(events()) + ": recorded was " + recorded + ", replayed was " + replayed,
          {}});
  }
  /// Nobody wants to know more.
  void quit() { halt(); }
  bool stopped() const { return stopped_; }
  const std::optional<Error>& problem() const { return problem_; }
  std::function<void()> on_stop;

 private:
  std::uint64_t events() {
    const Event* event = reader_.peek();
    return event ? event->number : 0;
  }
  void fail(Error error) {
    if (stopped_) return;
    problem_ = std::move(error);
    halt();
  }
  void halt() {
    stopped_ = true;
    if (on_stop) on_stop();
  }

  EventReader& reader_;
  std::uint64_t turns_ = 0;  // since the last event
  bool stopped_ = false;
  std::optional<Error> problem_;
};

class ReplayClock final : public Clock {
 public:
  explicit ReplayClock(Script& script) : script_(script) {}
  std::int64_t monotonic_ns() const override { return look(EventKind::monotonic, monotonic_ns_); }
  std::int64_t wall_ns() const override { return look(EventKind::wall, wall_ns_); }

 private:
  std::int64_t look(EventKind kind, std::int64_t& last) const {
    const Event* event = script_.demand(kind);
    if (!event) return last;
    last = event->now_ns;
    script_.drop();
    return last;
  }

  Script& script_;
  mutable std::int64_t monotonic_ns_ = 0, wall_ns_ = 0;
};

class Recaller final : public Outside {
 public:
  explicit Recaller(Script& script) : script_(script) {}
  bool replays() const override { return true; }
  void keep(const vm::NativeContext&, std::string_view) override {}
  std::string recall(const vm::NativeContext& native) override {
    const Event* event = script_.demand(EventKind::answer);
    if (!event) return {};
    const auto& imports = native.program.module.natives;
    const auto import = static_cast<std::uint32_t>(native.bound.import - imports.data());
    const std::uint32_t process = pid_index(native.process.pid);
    if (event->import != import || event->process != process) {
      const auto asked = [&imports](std::uint32_t which, std::uint32_t asker) {
        return (which < imports.size() ? imports[which].name : "an unknown native") + " of process " +
               std::to_string(asker);
      };
      script_.diverge(asked(event->import, event->process), asked(import, process));
      return {};
    }
    std::string answer(event->bytes);
    script_.drop();
    return answer;
  }

 private:
  Script& script_;
};

std::string text_of(const Totals& totals) {
  return "fuel " + std::to_string(totals.fuel) + ", " + std::to_string(totals.messages) + " messages, output " +
         std::to_string(totals.digest & 0xffff);
}

std::string text_of(const Ending& ending) {
  return text_of(ending.totals) + ", " + std::to_string(ending.spawned) + " processes, " +
         std::to_string(ending.failed) + " failed, exit code " + std::to_string(ending.exit_code) + ", error " +
         std::to_string(ending.code);
}

class ReplayPace final : public Pace {
 public:
  ReplayPace(Drive& drive, Script& script) : drive_(drive), script_(script) {}

  bool next_turn() override {
    script_.next_turn();
    if (const Event* event = script_.due(EventKind::check)) {
      const Totals totals = drive_.totals();
      if (totals != event->ending.totals) {
        script_.diverge(text_of(event->ending.totals), text_of(totals));
      }
      script_.drop();
    }
    if (const Event* event = script_.due(EventKind::order)) {
      drive_.obey(event->order);
      script_.drop();
    }
    return !script_.stopped();
  }
  void pause(std::int64_t) override {}

 private:
  Drive& drive_;
  Script& script_;
};

}  // namespace

Replayed replay(std::istream& in, const ReplayOptions& options) {
  EventReader reader(in);
  auto beginning = reader.begin();
  if (!beginning) return {{}, beginning.error()};
  auto module = bytecode::read_nbc(beginning->image);
  if (!module) return {{}, module.error()};
  if (!options.until.empty()) debugger::add_statements(*module);
  auto program = vm::link(std::move(module).value());
  if (!program) return {{}, program.error()};

  RunOptions run = std::move(beginning->options);
  run.jit = options.until.empty() ? options.jit : jit::Mode::off;
  run.output = options.output;
  run.on_uncaught = options.on_uncaught;
  if (options.vm_memory_bytes != 0) run.vm_memory_bytes = std::min(run.vm_memory_bytes, options.vm_memory_bytes);
  Script script(reader);
  const ReplayClock clock(script);
  Recaller recaller(script);
  std::optional<Stepper> stepper;
  if (options.on_step) {
    stepper.emplace([&script, &options](const Step& step) {
      if (!script.stopped() && !options.on_step(step)) script.quit();
    });
  }
  std::unique_ptr<Until> until;
  if (!options.until.empty()) {
    auto at = Until::at(*program, beginning->function, options.until, [&script, &options](const Reached& reached) {
      if (!script.stopped() && !options.on_until(reached)) script.quit();
    });
    if (!at) return {{}, at.error()};
    until = std::move(*at);
  }
  Drive drive(run, beginning->message_bytes, clock, recaller, stepper ? &*stepper : nullptr);
  script.on_stop = [&drive] { drive.mute(); };
  if (const auto started = drive.start(*program, beginning->function, std::move(beginning->arguments)); !started) {
    return {{}, started.error()};
  }
  ReplayPace pace(drive, script);
  if (!drive.run(pace) || script.stopped()) return {{}, script.problem()};
  const Ending ending = drive.ending();
  if (const Event* event = script.demand(EventKind::end); event && event->ending != ending) {
    script.diverge(text_of(event->ending), text_of(ending));
  }
  return {drive.result(), script.problem()};
}

}  // namespace noodle::replay
