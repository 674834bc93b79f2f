#include "runtime/debugger/debugger.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "runtime/debugger/patch.hpp"
#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/vm/unwind.hpp"

namespace noodle::debugger {
namespace {

constexpr std::size_t kLoggedBytes = 4096;  // of a value in a log point
constexpr std::size_t kEveryProcess = ~std::size_t{0};
constexpr std::size_t kSearchedFrames = 1000;  // whose lines a step can end on
constexpr auto kLook = std::chrono::milliseconds(50);

enum class Relation : std::uint8_t { equal, less, less_equal, greater, greater_equal, multiple };
struct HitCondition {
  Relation relation{};
  std::uint64_t number = 0;
};

std::optional<HitCondition> parse_hit_condition(std::string_view text) {
  constexpr std::pair<std::string_view, Relation> kRelations[] = {
      {"==", Relation::equal},  {">=", Relation::greater_equal}, {"<=", Relation::less_equal}, {"=", Relation::equal},
      {">", Relation::greater}, {"<", Relation::less},           {"%", Relation::multiple}};
  const auto trim = [&text] {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  };
  HitCondition condition;
  trim();
  for (const auto& [word, relation] : kRelations) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    condition.relation = relation;
    break;
  }
  trim();
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), condition.number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (condition.relation == Relation::multiple && condition.number == 0) return std::nullopt;
  return condition;
}

bool holds(const HitCondition& condition, std::uint64_t hits) {
  switch (condition.relation) {
    case Relation::less:
      return hits < condition.number;
    case Relation::less_equal:
      return hits <= condition.number;
    case Relation::greater:
      return hits > condition.number;
    case Relation::greater_equal:
      return hits >= condition.number;
    case Relation::multiple:
      return hits % condition.number == 0;
    default:
      return hits == condition.number;
  }
}

}  // namespace

std::string hit_condition_problem(std::string_view text) {
  if (text.empty() || parse_hit_condition(text)) return {};
  return "`" + std::string(text.substr(0, 40)) + "` is no hit condition; write 5, >= 5 or % 5";
}

void Debugger::attach(process::System& system) {
  const std::lock_guard attachment(attachment_);
  system_ = &system;
}

void Debugger::detach() {
  const std::lock_guard attachment(attachment_);
  system_ = nullptr;
}

// ---------------------------------------------------------------- breakpoints

int Debugger::add_breakpoint(const std::string& group, StopReason reason, std::vector<Site> sites, Terms terms) {
  const std::lock_guard lock(mutex_);
  const int id = ++last_id_;
  breakpoints_.emplace(id, Breakpoint{id, group, reason, std::move(sites), std::move(terms)});
  apply();
  return id;
}

void Debugger::clear_breakpoints(const std::string& group) {
  const std::lock_guard lock(mutex_);
  std::erase_if(breakpoints_, [&group](const auto& entry) { return entry.second.group == group; });
  apply();
}

std::size_t Debugger::breakpoint_count() {
  const std::lock_guard lock(mutex_);
  return breakpoints_.size();
}

void Debugger::stop_at_errors(bool all, bool uncaught) {
  const std::lock_guard lock(mutex_);
  at_all_errors_ = all;
  at_uncaught_errors_ = uncaught;
}

/// Makes the words of the code what breakpoints and steps want.
void Debugger::apply() {
  std::unordered_map<const std::uint64_t*, Patch> wanted;
  const auto want = [&wanted](const Site& site) -> Patch& {
    Patch& patch = wanted[site.address()];
    const bool begins = patch.site.begins_line || site.begins_line;
    if (!patch.site.function || site.begins_line) patch.site = site;
    patch.site.begins_line = begins;
    return patch;
  };
  for (auto& [id, breakpoint] : breakpoints_) {
    if (let_go_) break;
    for (const Site& site : breakpoint.sites) want(site).breakpoints.push_back(&breakpoint);
  }
  for (const auto& [pid, thread] : threads_) {
    if (!thread.step) continue;
    for (const Site& site : thread.step->sites) want(site);
  }
  for (const auto& [address, patch] : patches_) {
    if (!wanted.contains(address)) clear_breakpoint(*patch.site.function, patch.site.word, patch.handler);
  }
  for (auto& [address, patch] : wanted) {
    const auto present = patches_.find(address);
    patch.handler =
        present != patches_.end() ? present->second.handler : set_breakpoint(*patch.site.function, patch.site.word);
  }
  patches_ = std::move(wanted);
}

std::string Debugger::log_text(const std::string& text, const Frame& frame) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    const std::size_t close = open == std::string::npos ? open : text.find('}', open);
    out += text.substr(at, close == std::string::npos ? close : open - at);
    if (close == std::string::npos) break;
    const auto value = evaluate(text.substr(open + 1, close - open - 1), code_.program(), variables(frame));
    if (const auto* problem = std::get_if<Problem>(&value)) {
      out += "{" + problem->text + "}";
    } else {
      const Value& found = std::get<Value>(value);
      const bool text_itself = is_text(code_.program(), found);
      out += text_itself ? plain_text(found).substr(0, kLoggedBytes) : shown_text(code_.program(), found, kLoggedBytes);
    }
    at = close + 1;
  }
  return out;
}

/// True when the process stops for the breakpoint.
bool Debugger::hits(Breakpoint& breakpoint, vm::Process& process, Stop& stop) {
  const std::vector<Frame> top = frames(process, 0, 1);
  if (top.empty()) return false;
  Terms& terms = breakpoint.terms;
  if (terms.condition) {
    const auto value = terms.condition->value(code_.program(), variables(top.front()));
    const auto* problem = std::get_if<Problem>(&value);
    const Value* found = std::get_if<Value>(&value);
    const bool is_bool = found && kind_of(code_.program(), *found) == bytecode::TypeKind::bool_;
    if (!is_bool) {
      stop.text = "the condition has no value: " + (problem ? problem->text : "it is not a bool");
    } else if (!found->scalar.i) {
      return false;
    }
  }
  ++breakpoint.hits;
  if (const auto condition = parse_hit_condition(terms.hit_condition); condition && !holds(*condition, breakpoint.hits))
    return false;
  if (!terms.log.empty()) {
    events_.logged(log_text(terms.log, top.front()));
    return false;
  }
  if (breakpoint.reason != StopReason::entry) stop.breakpoints.push_back(breakpoint.id);
  stop.reason = breakpoint.reason;
  return true;
}

// ---------------------------------------------------------------- on the worker of the process

void Debugger::stop(vm::Process& process, Thread& thread, Stop stop) {
  stop.pid = process.pid;
  thread.stop = std::move(stop);
  thread.step.reset();
  thread.announced = false;
  process.signals.fetch_or(process::kSignalSuspend);
  apply();
}

bool Debugger::finishes(const Step& step, const vm::Process& process, const Patch& patch) const {
  const std::size_t depth = depth_of(process);
  const auto* address = patch.site.address();
  if (depth < step.depth) return true;
  if (depth == 1 && std::find(step.messages.begin(), step.messages.end(), address) != step.messages.end()) return true;
  if (!patch.site.begins_line || step.kind == StepKind::out) return false;
  if (depth > step.depth) return step.kind == StepKind::in;
  return patch.site.function != step.function || patch.site.line != step.line;
}

std::optional<std::uint16_t> Debugger::at_breakpoint(vm::Process& process, const std::uint64_t* word) {
  const std::lock_guard lock(mutex_);
  const auto found = patches_.find(word);
  // Cleared in this very moment: the word has its own handler again.
  if (found == patches_.end()) return static_cast<std::uint16_t>(*word);
  const Patch patch = found->second;
  auto known = threads_.find(process.pid);
  if (known != threads_.end()) {
    if (std::exchange(known->second.passes, nullptr) == word) return patch.handler;
  }
  Stop reached;
  bool stops = false;
  for (Breakpoint* breakpoint : patch.breakpoints) stops |= hits(*breakpoint, process, reached);
  if (!stops && known != threads_.end() && known->second.step && finishes(*known->second.step, process, patch)) {
    Step& step = *known->second.step;
    if (!step.in_library && is_library(*patch.site.function)) {
      // Back in the library: on to what it calls next, or to who called it.
      step = make_step(process, step.kind == StepKind::out ? StepKind::out : StepKind::in, false);
      apply();
      return patch.handler;
    }
    reached.reason = StopReason::step;
    stops = true;
  }
  if (!stops || let_go_) return patch.handler;
  std::erase_if(breakpoints_, [](const auto& entry) { return entry.second.reason == StopReason::entry; });
  Thread& thread = threads_[process.pid];
  thread.passes = word;
  stop(process, thread, std::move(reached));
  return std::nullopt;
}

bool Debugger::stops_at_error(vm::Process& process) {
  const std::lock_guard lock(mutex_);
  auto known = threads_.find(process.pid);
  if (known != threads_.end() && std::exchange(known->second.passes_error, false)) return false;
  if (let_go_ || !(at_all_errors_ || at_uncaught_errors_)) return false;
  const bool caught = vm::is_caught(process);
  if (caught && !at_all_errors_) return false;
  Stop reached;
  reached.reason = StopReason::exception;
  reached.thrown =
      Thrown{static_cast<std::uint16_t>(process::error_code(process.pending_error)),
             process::error_text(process.pending_error), process::error_trace(process.pending_error), caught};
  reached.text = "error " + std::to_string(reached.thrown->code) + ": " + reached.thrown->message;
  Thread& thread = threads_[process.pid];
  thread.passes_error = true;
  stop(process, thread, std::move(reached));
  return true;
}

void Debugger::is_suspended(vm::Process& process) {
  std::optional<Stop> to_announce;
  {
    std::unique_lock lock(mutex_);
    if (let_go_) {
      process.signals.fetch_and(~std::uint32_t{process::kSignalSuspend});
      return;
    }
    Thread& thread = threads_[process.pid];
    if (std::exchange(thread.pausing, false) && !thread.stop) {
      thread.stop = Stop{};
      thread.stop->pid = process.pid;
      thread.stop->reason = StopReason::pause;
    }
    thread.parked = true;
    if (thread.stop && !std::exchange(thread.announced, true)) to_announce = thread.stop;
    while (!thread.jobs.empty()) {
      Job& job = *thread.jobs.back();
      thread.jobs.pop_back();
      job.taken = true;
      lock.unlock();
      (*job.look)(process);
      lock.lock();
      job.done = true;
      changed_.notify_all();
    }
  }
  if (!to_announce) return;
  if (stops_all_) suspend_others(process);
  events_.stopped(*to_announce);
}

void Debugger::suspend_others(vm::Process& process) {
  process::System& system = process::control_of(process).run->system();
  for (const process::ProcessFacts& facts : system.list(kEveryProcess)) {
    if (facts.pid != process.pid) system.suspend(facts.pid);
  }
}

// ---------------------------------------------------------------- on the thread that answers

bool Debugger::is_stopped(Pid pid) {
  const std::lock_guard attachment(attachment_);
  if (!system_ || !system_->find(pid)) return false;
  const std::lock_guard lock(mutex_);
  const auto known = threads_.find(pid);
  return known != threads_.end() && known->second.parked;
}

bool Debugger::pause(Pid pid) {
  const std::lock_guard attachment(attachment_);
  if (!system_ || !system_->find(pid)) return false;
  {
    const std::lock_guard lock(mutex_);
    Thread& thread = threads_[pid];
    if (thread.stop) return true;
    thread.pausing = true;
  }
  system_->suspend(pid);
  return true;
}

/// The thread is not stopped any more. Nothing is kept of it unless it steps or stands before a breakpoint.
void Debugger::go_on(Pid pid, Thread& thread) {
  thread.stop.reset();
  thread.parked = thread.announced = thread.pausing = false;
  if (!thread.step && !thread.passes && !thread.passes_error) threads_.erase(pid);
}

bool Debugger::resume(Pid pid) {
  const std::lock_guard attachment(attachment_);
  if (!system_ || !system_->find(pid)) return false;
  {
    const std::lock_guard lock(mutex_);
    const auto known = threads_.find(pid);
    if (known == threads_.end() || !known->second.parked) return false;
    go_on(pid, known->second);
  }
  system_->resume(pid);
  return true;
}

void Debugger::resume_all() {
  const std::lock_guard attachment(attachment_);
  if (!system_) return;
  std::vector<Pid> pids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [pid, thread] : threads_) pids.push_back(pid);
    for (const Pid pid : pids) {
      if (system_->find(pid)) {
        go_on(pid, threads_[pid]);
      } else {
        threads_.erase(pid);
      }
    }
  }
  if (stops_all_) {
    for (const process::ProcessFacts& facts : system_->list(kEveryProcess)) pids.push_back(facts.pid);
  }
  for (const Pid pid : pids) system_->resume(pid);
}

void Debugger::let_go() {
  const std::lock_guard lock(mutex_);
  let_go_ = true;
  breakpoints_.clear();
  for (auto& [pid, thread] : threads_) thread.step.reset();
  apply();
}

bool Debugger::inspect(Pid pid, const std::function<void(vm::Process&)>& look) {
  const std::lock_guard attachment(attachment_);
  if (!system_) return false;
  Job job{&look};
  std::unique_lock lock(mutex_);
  const auto known = threads_.find(pid);
  if (let_go_ || known == threads_.end() || !known->second.parked) return false;
  known->second.jobs.push_back(&job);
  // Any signal lets its owner have a look at it.
  while (!job.done) {
    lock.unlock();
    const bool lives = system_->signal(pid, process::kSignalTimer, nullptr);
    lock.lock();
    if (!lives && !job.taken) {
      threads_.erase(pid);
      return false;
    }
    changed_.wait_for(lock, kLook, [&job] { return job.done; });
  }
  return true;
}

bool Debugger::is_library(const vm::Function& function) const {
  return code_.is_library(function.def->file);
}

/// `in_library`: may end in the library.
Debugger::Step Debugger::make_step(vm::Process& process, StepKind kind, bool in_library) const {
  Step step;
  step.kind = kind;
  step.in_library = in_library;
  step.depth = depth_of(process);
  const std::vector<Frame> all = frames(process, 0, kSearchedFrames);
  if (!all.empty()) {
    step.function = all.front().function;
    step.line = position(all.front()).line;
  }
  if (kind == StepKind::in) step.sites = code_.all_lines();
  // Errors go to handlers further out, so the lines of the callers belong to it, too.
  std::vector<const vm::Function*> seen;
  for (const Frame& frame : all) {
    if (std::find(seen.begin(), seen.end(), frame.function) != seen.end()) continue;
    seen.push_back(frame.function);
    if (!in_library && is_library(*frame.function)) continue;
    for (const Site& site : code_.lines_of(*frame.function)) step.sites.push_back(site);
  }
  const bool from_library = !in_library && !all.empty() && is_library(*step.function);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const Frame& caller = all[i];
    if (from_library && is_library(*caller.function)) continue;
    step.sites.push_back({caller.function, caller.word + 1, position(caller).line, 0, false});
    break;
  }
  const process::ActorInfo* actor = process::control_of(process).actor.load();
  if (!actor || step.depth > 1) return step;
  std::vector<const vm::Function*> handlers = actor->handlers;
  handlers.insert(handlers.end(), {actor->on_down, actor->on_other, actor->on_stopping});
  for (const bytecode::ActorDef::Every& every : actor->def->everys) {
    handlers.push_back(&code_.program().functions[every.body]);
  }
  for (const vm::Function* handler : handlers) {
    if (!handler) continue;
    for (const Site& site : code_.entry_of(handler->index)) {
      step.sites.push_back(site);
      step.messages.push_back(site.address());
    }
  }
  return step;
}

bool Debugger::step(Pid pid, StepKind kind) {
  Step step;
  if (!inspect(pid, [&](vm::Process& process) {
        const std::vector<Frame> top = frames(process, 0, 1);
        step = make_step(process, kind, !top.empty() && is_library(*top.front().function));
      }))
    return false;
  {
    const std::lock_guard lock(mutex_);
    threads_[pid].step = std::move(step);
    apply();
  }
  return resume(pid);
}

std::optional<Thrown> Debugger::thrown(Pid pid) {
  const std::lock_guard lock(mutex_);
  const auto known = threads_.find(pid);
  if (known == threads_.end() || !known->second.stop) return std::nullopt;
  return known->second.stop->thrown;
}

std::vector<process::ProcessFacts> Debugger::processes(std::size_t limit) {
  const std::lock_guard attachment(attachment_);
  if (!system_) return {};
  return system_->list(limit);
}

}  // namespace noodle::debugger
