#include "runtime/process/system.hpp"

#include <unistd.h>

#include <algorithm>

#include "runtime/message/main_arguments.hpp"
#include "runtime/process/background.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/process_natives.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/vm/block_cache.hpp"
#include "runtime/vm/context.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kKeptContexts = 64;

std::uint64_t machine_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

SystemOptions completed(SystemOptions options) {
  options.workers = std::clamp(options.workers, 1u, kMaxWorkers);
  options.slice_fuel = std::max<std::int64_t>(options.slice_fuel, 1);
  if (options.vm_memory_bytes == 0) {
    options.vm_memory_bytes =
        static_cast<std::uint64_t>(static_cast<double>(machine_memory_bytes()) * kDefaultVmMemoryShare);
  }
  return options;
}

/// The same processes are in the same share each time.
bool in_share(Pid pid, double share) {
  const std::uint64_t mixed = (pid ^ pid >> 32) * 0x9e3779b97f4a7c15u;
  return static_cast<double>(mixed >> 11) < share * static_cast<double>(std::uint64_t{1} << 53);
}

// Before main, so that every link finds the natives.
const bool installed = (install(), true);

}  // namespace

void install() {
  static std::once_flag once;
  std::call_once(once, [] {
    vm::register_natives(process_natives().data(), process_natives().size());
    vm::set_actor_ops(process_actor_ops());
  });
}

System::System(SystemOptions options) : options_(completed(std::move(options))), table_(options_.max_processes) {
  static_cast<void>(installed);
  vm::set_vm_memory_limit(options_.vm_memory_bytes);
  if (options_.carrier) remotes_ = std::make_unique<Remotes>(*this, *options_.carrier);
  for (unsigned i = 0; i < options_.workers; ++i) workers_.push_back(std::make_unique<Worker>(*this, i));
  background_ = std::make_unique<Background>(*this);
}

System::~System() {
  background_->stop();
  // Nothing drives the workers any more: what still lives is taken apart here.
  Worker& worker = *workers_.front();
  for (auto& run : runs_) run->abandon();
  table_.for_each_slot([&worker](ProcessControl& control) {
    if (control.live.load()) {
      end_process(worker, control, {Code::exit_killed, false, "the system ends"});
    } else {
      clear_dead(worker, control);
    }
  });
  workers_.clear();
  for (vm::Context* context : contexts_) vm::destroy_context(context);
}

std::shared_ptr<const LoadedProgram> System::load(std::shared_ptr<const vm::Program> program) {
  return std::make_shared<const LoadedProgram>(std::move(program));
}

Result<std::shared_ptr<Run>> System::start(RunSettings settings) {
  if (!settings.grants) settings.grants = entry_grants();
  const vm::Program& program = *settings.program->program;
  tiering_.prepare(program);
  const vm::Function& function = program.functions[settings.function];
  Message* arguments = nullptr;
  if (function.pointer_args == 1 && function.scalar_args == 0) {
    auto made = main_arguments(program, function, settings.arguments);
    if (!made) return made.error();
    arguments = *made;
  } else if (function.pointer_args + function.scalar_args != 0) {
    return Error{Code::invalid_main, "`" + function.def->name + "` takes neither nothing nor a List<String>", {}};
  }
  auto run = std::make_shared<Run>(*this, std::move(settings));
  Birth birth;
  birth.run = run.get();
  birth.program = run->settings().program.get();
  birth.function = &function;
  birth.arguments = arguments;
  birth.grants = run->settings().grants.get();
  birth.is_main = true;
  {
    const std::lock_guard lock(runs_mutex_);
    runs_.push_back(run);
  }
  auto pid = bear(std::move(birth));
  if (!pid) {
    run_ended(run.get());
    return pid.error();
  }
  return run;
}

std::shared_ptr<Run> System::open(RunSettings settings) {
  if (!settings.grants) settings.grants = entry_grants();
  auto run = std::make_shared<Run>(*this, std::move(settings));
  const std::lock_guard lock(runs_mutex_);
  runs_.push_back(run);
  return run;
}

Result<Pid> System::start_evaluator(Run& run, Evaluation first, std::function<void(const Exit&)> on_exit) {
  run.add_program(first.program);
  Birth birth;
  birth.run = &run;
  birth.program = first.program.get();
  birth.function = birth.program->function(first.function);
  birth.grants = run.settings().grants.get();
  RareBirth& rare = birth.with_rare();
  rare.settings.emplace().limits = run.settings().limits;  // of its own: the fuel changes
  rare.evaluator = std::make_shared<Evaluator>(std::move(first));
  rare.on_exit = std::move(on_exit);
  return bear(std::move(birth));
}

Result<Pid> System::bear(Birth&& birth) {
  const std::lock_guard lock(outside_mutex_);
  return give_birth(*this, nullptr, outside_slots_, std::move(birth));
}

bool System::evaluate(Pid pid, Evaluation& next) {
  ProcessControl* control = find(pid);
  if (!control) return false;
  {
    const ControlLock lock(*control);
    if (control->live.load(std::memory_order_relaxed) != pid) return false;
    control->run->add_program(next.program);
    extras_of(*control).evaluator->post(std::move(next));
  }
  signal(pid, kSignalResume, nullptr);
  return true;
}

std::shared_ptr<const LoadedProgram> System::hold(const LoadedProgram* program) const {
  const std::lock_guard lock(runs_mutex_);
  for (const auto& run : runs_) {
    if (auto found = run->program(program)) return found;
  }
  return nullptr;
}

std::shared_ptr<Run> System::run_of(const Run* run) const {
  const std::lock_guard lock(runs_mutex_);
  for (const auto& candidate : runs_) {
    if (candidate.get() == run) return candidate;
  }
  return nullptr;
}

void System::request_finish(const Run* run) {
  if (auto found = run_of(run)) background_->finish(std::move(found));
}

void System::run_ended(const Run* run) {
  std::shared_ptr<Run> ended;  // until nobody looks at it any more
  {
    const std::lock_guard lock(runs_mutex_);
    const auto found =
        std::find_if(runs_.begin(), runs_.end(), [run](const auto& candidate) { return candidate.get() == run; });
    if (found == runs_.end()) return;
    ended = std::move(*found);
    runs_.erase(found);
  }
  if (remotes_) remotes_->run_ended(run);
}

void System::release_later(char* block, std::size_t size_bytes) {
  background_->release(block, size_bytes);
}

void System::flush_outputs() {
  const std::lock_guard lock(runs_mutex_);
  for (const auto& run : runs_) {
    if (run->settings().output) run->settings().output->flush();
  }
}

// ---- signals

bool System::signal(Pid pid, std::uint32_t bits, Worker* from) {
  ProcessControl* control = find(pid);
  if (!control) return false;
  {
    // Under the lock, so that the signal cannot reach the next process of the slot.
    const ControlLock lock(*control);
    if (control->live.load(std::memory_order_relaxed) != pid) return false;
    control->process.signals.fetch_or(bits);
  }
  wake_always(*control, from);
  return true;
}

void System::kill(Pid pid, std::string reason) {
  ProcessControl* control = find(pid);
  if (!control) return;
  {
    const ControlLock lock(*control);
    if (control->live.load(std::memory_order_relaxed) != pid) return;
    extras_of(*control).kill_reason = std::move(reason);
  }
  signal(pid, kSignalKill, nullptr);
}

void System::stop(Pid pid) {
  signal(pid, kSignalStop, nullptr);
}

void System::suspend(Pid pid) {
  signal(pid, kSignalSuspend, nullptr);
}

void System::resume(Pid pid) {
  ProcessControl* control = find(pid);
  if (!control) return;
  {
    const ControlLock lock(*control);
    if (control->live.load(std::memory_order_relaxed) != pid) return;
    control->process.signals.fetch_and(~std::uint32_t{kSignalSuspend});
    control->process.signals.fetch_or(kSignalResume);  // it may be on the way to park: then this keeps it awake
  }
  wake_always(*control, nullptr);
}

// ---- versions

template <class Visit>
void System::for_each_behind(const Run& run, Visit&& visit) const {
  const Run::Version version = run.version();
  table_.for_each_slot([&](const ProcessControl& control) {
    const Pid pid = control.live.load(std::memory_order_acquire);
    const bool behind = pid != 0 && control.run_id.load(std::memory_order_relaxed) == &run &&
                        control.actor.load(std::memory_order_relaxed) != nullptr &&
                        version.moves(*control.program.load(std::memory_order_relaxed));
    if (behind) visit(pid);
  });
}

std::uint64_t System::move_processes(const Run& run, double share) {
  std::uint64_t told = 0;
  for_each_behind(run, [&](Pid pid) { told += in_share(pid, share) && signal(pid, kSignalSwap, nullptr); });
  return told;
}

std::uint64_t System::behind(const Run& run) const {
  std::uint64_t count = 0;
  for_each_behind(run, [&count](Pid) { ++count; });
  return count;
}

std::uint64_t System::kill_behind(const Run& run) {
  std::uint64_t killed = 0;
  for_each_behind(run, [&](Pid pid) {
    kill(pid, "it ran an old version past the drain deadline");
    ++killed;
  });
  return killed;
}

void System::dead_letter(const Message& message) {
  dead_letters.fetch_add(1, std::memory_order_relaxed);
  if (options_.on_dead_letter) options_.on_dead_letter({message.to, message.from, message.kind});
}

// ---- scheduling

void System::add_shared(ProcessControl& control) {
  const std::lock_guard lock(shared_mutex_);
  control.run_next = nullptr;
  SharedQueue& queue = shared_[static_cast<std::size_t>(control.priority)];
  if (queue.last) {
    queue.last->run_next = &control;
  } else {
    queue.first = &control;
  }
  queue.last = &control;
  shared_count_.fetch_add(1);
}

ProcessControl* System::take_shared() {
  if (shared_count_.load(std::memory_order_relaxed) == 0) return nullptr;
  const std::lock_guard lock(shared_mutex_);
  for (SharedQueue& queue : shared_) {
    ProcessControl* control = queue.first;
    if (!control) continue;
    queue.first = control->run_next;
    if (!queue.first) queue.last = nullptr;
    shared_count_.fetch_sub(1);
    return control;
  }
  return nullptr;
}

bool System::anything_to_run() const {
  if (shared_count_.load() != 0) return true;
  return std::any_of(workers_.begin(), workers_.end(), [](const auto& worker) {
    return std::any_of(worker->rings_.begin(), worker->rings_.end(), [](const RunRing& ring) { return !ring.empty(); });
  });
}

void System::notify_one() {
  // One searching worker is enough: it wakes the next when it finds something.
  if (sleeping_.load() == 0 || searching_.load() != 0) return;
  Worker* worker = nullptr;
  {
    const std::lock_guard lock(sleepers_mutex_);
    if (sleepers_.empty() || searching_.load() != 0) return;
    worker = sleepers_.back();
    sleepers_.pop_back();
    sleeping_.fetch_sub(1);
    searching_.fetch_add(1);
    worker->searching_.store(true, std::memory_order_relaxed);
  }
  worker->notify();
}

bool System::fall_asleep(Worker& worker) {
  {
    const std::lock_guard lock(sleepers_mutex_);
    sleepers_.push_back(&worker);
    sleeping_.fetch_add(1);
  }
  // Who added work before the line above has not seen the sleeper.
  if (!anything_to_run()) return true;
  wake_up(worker);
  return false;
}

void System::wake_up(Worker& worker) {
  const std::lock_guard lock(sleepers_mutex_);
  const auto found = std::find(sleepers_.begin(), sleepers_.end(), &worker);
  if (found == sleepers_.end()) return;
  sleepers_.erase(found);
  sleeping_.fetch_sub(1);
}

// ---- contexts

vm::Context* System::take_context() {
  {
    const std::lock_guard lock(contexts_mutex_);
    if (!contexts_.empty()) {
      vm::Context* context = contexts_.back();
      contexts_.pop_back();
      return context;
    }
  }
  return vm::create_context();
}

void System::give_context(vm::Context* context) {
  vm::trim_context(*context);
  {
    const std::lock_guard lock(contexts_mutex_);
    if (contexts_.size() < kKeptContexts) {
      contexts_.push_back(context);
      return;
    }
  }
  vm::destroy_context(context);
}

// ---- facts

SystemStats System::stats() const {
  SystemStats stats;
  const auto add = [&stats](const Worker& worker) {
    const WorkerStats& w = worker.stats;
    stats.spawned += w.spawned.load(std::memory_order_relaxed);
    stats.ended += w.ended.load(std::memory_order_relaxed);
    stats.failed += w.failed.load(std::memory_order_relaxed);
    stats.messages += w.messages.load(std::memory_order_relaxed);
    stats.slices += w.slices.load(std::memory_order_relaxed);
    stats.fuel += w.fuel.load(std::memory_order_relaxed);
  };
  for (const auto& worker : workers_) add(*worker);
  add(background_->worker());
  stats.spawned += spawned_outside.load(std::memory_order_relaxed);
  stats.live = stats.spawned - std::min(stats.spawned, stats.ended);
  stats.dead_letters = dead_letters.load(std::memory_order_relaxed);
  stats.heap_bytes = vm::vm_memory_used();
  return stats;
}

std::string what_of(const ProcessControl& control) {
  const Extras* extras = control.extras.load(std::memory_order_acquire);
  if (extras && !extras->name.empty()) return extras->name;
  if (extras && extras->stand_in) return extras->stand_in->what();
  const ActorInfo* actor = control.actor.load(std::memory_order_relaxed);
  const vm::Function* function = control.main_function.load(std::memory_order_relaxed);
  return actor ? actor->def->name : function ? function->def->name : "";
}

std::vector<ProcessFacts> System::list(std::size_t limit) const {
  std::vector<ProcessFacts> facts;
  table_.for_each_slot([&](ProcessControl& control) {
    if (facts.size() >= limit) return;
    const ControlLock lock(control);
    const Pid pid = control.live.load(std::memory_order_acquire);
    if (!pid) return;
    ProcessFacts row;
    row.pid = pid;
    row.parent = control.parent;
    row.state = control.state.load(std::memory_order_relaxed);
    row.messages = control.mailbox.messages();
    row.runs = row.state == kScheduled;
    row.heap_bytes = control.seen_heap_bytes.load(std::memory_order_relaxed);
    row.fuel = control.seen_fuel.load(std::memory_order_relaxed);
    row.run = control.run_id.load(std::memory_order_relaxed);
    row.number = control.spawn_number.load(std::memory_order_relaxed);
    row.what = what_of(control);
    facts.push_back(std::move(row));
  });
  return facts;
}

}  // namespace noodle::process
