#include "runtime/run/run.hpp"

#include <algorithm>
#include <utility>

#include "runtime/process/background.hpp"
#include "runtime/process/system.hpp"

namespace noodle::process {
namespace {

constexpr std::uint16_t kLastStamp = 65'535;
constexpr std::uint16_t kKeptVersions = 4;  // messages on their way were written for one of these
constexpr std::size_t kNotedStays = 16;

}  // namespace

Run::Run(System& system, RunSettings settings)
    : system_(system), settings_(std::move(settings)), tallies_(system.workers() + 1) {}

void Run::kill(const std::string& reason) {
  system_.kill(main(), reason);
}

void Run::add_program(std::shared_ptr<const LoadedProgram> program) {
  const std::lock_guard lock(mutex_);
  programs_.push_back(std::move(program));
}

void Run::drop_programs(const std::function<bool(const LoadedProgram&)>& unused) {
  const std::lock_guard lock(mutex_);
  std::erase_if(programs_, [&unused](const auto& program) { return unused(*program); });
}

std::shared_ptr<const LoadedProgram> Run::program(const LoadedProgram* wanted) const {
  if (settings_.program.get() == wanted) return settings_.program;
  const std::lock_guard lock(mutex_);
  for (const auto& program : programs_) {
    if (program.get() == wanted) return program;
  }
  return nullptr;
}

std::shared_ptr<const LoadedProgram> Run::program_with(std::uint16_t stamp) const {
  if (settings_.program && settings_.program->stamp == stamp) return settings_.program;
  const std::lock_guard lock(mutex_);
  for (const auto& program : programs_) {
    if (program->stamp == stamp) return program;
  }
  return nullptr;
}

std::shared_ptr<const LoadedProgram> Run::program_of(const vm::Program* linked) const {
  if (settings_.program && settings_.program->program.get() == linked) return settings_.program;
  const std::lock_guard lock(mutex_);
  for (const auto& program : programs_) {
    if (program->program.get() == linked) return program;
  }
  return nullptr;
}

// ---- versions

Run::Version Run::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

std::shared_ptr<const LoadedProgram> Run::current() const {
  const std::lock_guard lock(mutex_);
  return version_.program ? version_.program : settings_.program;
}

Result<std::shared_ptr<const LoadedProgram>> Run::add_version(std::shared_ptr<const vm::Program> program) {
  std::uint16_t stamp = 0;
  {
    const std::lock_guard lock(mutex_);
    if (last_stamp_ == kLastStamp) {
      return Error{Code::verify_limit, "this run has had " + std::to_string(kLastStamp) + " versions", {}};
    }
    stamp = ++last_stamp_;
  }
  system_.tiering().prepare(*program);
  auto loaded = std::make_shared<const LoadedProgram>(std::move(program), stamp);
  add_program(loaded);
  return std::shared_ptr<const LoadedProgram>(loaded);
}

void Run::publish(std::shared_ptr<const LoadedProgram> program, const LoadedProgram* before,
                  std::shared_ptr<const swap::Plan> plan) {
  const std::lock_guard lock(mutex_);
  publish_version({std::move(program), 0, nullptr});
  if (plan) plans_.emplace(before, std::move(plan));
}

void Run::withdraw(std::shared_ptr<const LoadedProgram> program) {
  const std::lock_guard lock(mutex_);
  publish_version({std::move(program), 0, version_.program});
}

void Run::publish_version(Version version) {
  newborn_.store(nullptr, std::memory_order_relaxed);
  version.number = version_.number + 1;
  version_ = std::move(version);
  plans_.clear();
  moved_ = stayed_ = 0;
  stays_.clear();
}

void Run::move_newborn(bool on) {
  const std::lock_guard lock(mutex_);
  newborn_.store(on ? version_.program.get() : nullptr, std::memory_order_relaxed);
}

Run::SwapState Run::swap_state() const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t moving = moving_.load();  // who has arrived by then is counted
  return {version_.number, moved_, moving, stayed_, stays_};
}

std::shared_ptr<const swap::Plan> Run::plan_from(const LoadedProgram& old, const Version& version) {
  const std::lock_guard lock(mutex_);
  const auto made = [&] {
    return std::make_shared<const swap::Plan>(
        swap::plan(*old.program, *version.program->program, version.withdrawn != nullptr));
  };
  if (version.number != version_.number) return made();  // another version came in between
  auto& plan = plans_[&old];
  if (!plan) plan = made();
  return plan;
}

void Run::note_moved(std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  if (version == version_.number) ++moved_;
}

void Run::note_stay(Pid pid, std::uint64_t version, Error error) {
  const std::lock_guard lock(mutex_);
  if (version != version_.number) return;
  ++stayed_;
  if (stays_.size() < kNotedStays) stays_.emplace_back(pid, std::move(error));
}

void Run::drop_old_versions() {
  drop_programs([this](const LoadedProgram& program) {
    return program.stamp != 0 && version_.program.get() != &program && program.processes.load() == 0 &&
           program.stamp + kKeptVersions < last_stamp_;
  });
}

void Run::main_ended(Exit exit) {
  {
    const std::lock_guard lock(mutex_);
    main_exit_ = std::move(exit);
  }
  finishing_.store(true);
  census_.fetch_add(0, std::memory_order_acq_rel);  // births after this see that the run ends, those before are seen
  system_.request_finish(this);
}

RunTally& Run::tally(const Worker& worker) {
  return tallies_[worker.index()];
}

std::vector<Pid> Run::living() const {
  std::vector<std::pair<std::uint64_t, Pid>> found;
  system_.table().for_each_slot([&](const ProcessControl& control) {
    const Pid pid = control.live.load(std::memory_order_acquire);
    if (!pid || control.run_id.load(std::memory_order_relaxed) != this) return;
    found.emplace_back(control.spawn_number.load(std::memory_order_relaxed), pid);
  });
  std::sort(found.begin(), found.end());
  std::vector<Pid> pids;
  for (const auto& [number, pid] : found) pids.push_back(pid);
  return pids;
}

void Run::remove_process() {
  System& system = system_;
  const Run* self = this;
  // Without a process the run may be completed and freed at any moment.
  if (census_.fetch_sub(1, std::memory_order_acq_rel) % kBirth == 1) system.request_finish(self);
}

void Run::complete() {
  RunEnd end;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(completed_, true)) return;  // main's end and the last end both ask for a look
    end.main = main_exit_;
  }
  for (const RunTally& tally : tallies_) {
    end.fuel += tally.fuel.load(std::memory_order_relaxed);
    end.failed += tally.failed.load(std::memory_order_relaxed);
  }
  if (settings_.output) settings_.output->flush();
  system_.run_ended(this);
  if (settings_.on_end) settings_.on_end(end);
}

bool Run::finish() {
  if (!finishing_.load()) return false;
  if (living_count() == 0) {
    complete();
    return true;
  }
  std::vector<Pid> pids = living();
  bool killing = false;
  {
    const std::lock_guard lock(mutex_);
    if (listed_) return false;  // the last process to end asks for another look
    listed_ = true;
    to_stop_ = std::move(pids);
    killing = killing_;
  }
  if (killing) {
    kill_rest();
  } else {
    stop_next(nullptr);
  }
  return false;
}

void Run::stop_next(Worker* worker) {
  for (;;) {
    Pid pid = 0;
    {
      const std::lock_guard lock(mutex_);
      if (to_stop_.empty()) return;
      pid = to_stop_.back();
      to_stop_.pop_back();
      stopping_ = pid;
    }
    if (system_.signal(pid, kSignalFinish, worker)) return;
    const std::lock_guard lock(mutex_);
    if (stopping_ != pid) return;  // it ended in between, and who ended it went on
    stopping_ = 0;
  }
}

void Run::process_ended(Pid pid, Worker* worker) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ != pid) return;
    stopping_ = 0;
  }
  stop_next(worker);
}

void Run::kill_rest() {
  std::vector<Pid> pids;
  {
    const std::lock_guard lock(mutex_);
    killing_ = true;
    pids.swap(to_stop_);
    if (stopping_) pids.push_back(stopping_);
  }
  while (!pids.empty()) {
    system_.signal(pids.back(), kSignalKill, nullptr);
    pids.pop_back();
  }
}

}  // namespace noodle::process
