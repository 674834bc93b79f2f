#include "runtime/session/session.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "runtime/session/compiled.hpp"
#include "runtime/session/type_text.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/block_cache.hpp"

namespace noodle::session {

using process::Evaluated;
using process::Pid;

namespace {

constexpr std::size_t kKeptPrograms = 64;
constexpr std::uint16_t kLastStamp = 60'000;
constexpr std::size_t kMostTypes = 500;
constexpr auto kLookInterval = std::chrono::milliseconds(10);
constexpr auto kCloseLimit = std::chrono::seconds(7);  // the run kills what has not stopped after 5 s

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

/// What the session's own thread waits for; shared with the callbacks of processes.
struct Session::Waiting {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Evaluated> evaluated;
  std::optional<process::Exit> ended;  // the session's process
  bool closed = false;                 // the run is over
  // For the session's own thread only:
  std::uint64_t fuel = 0;  // of the session's process, as far as its evaluations have ended
  bool not_begun = false;  // it had ended before it began with the last input
};

Session::Session(SessionOptions options) : options_(std::move(options)) {}

Result<std::unique_ptr<Session>> Session::open(SessionOptions options) {
  stdlib::register_stdlib_natives();
  process::install();
  const auto grants = process::parse_grants(options.grants);
  if (!grants) return grants.error();
  std::unique_ptr<Session> session(new Session(std::move(options)));
  session->grants_ = process::entry_grants(*grants);
  process::SystemOptions& system = session->options_.system;
  if (system.workers == 0) system.workers = std::max(1u, std::thread::hardware_concurrency());
  session->system_ = std::make_unique<process::System>(system);
  const auto& driver = session->options_.driver;
  session->drive_ = driver ? driver(*session->system_) : process::drive_with_threads(*session->system_);
  session->open_run();
  return session;
}

Session::~Session() {
  close_run();
}

void Session::open_run() {
  waiting_ = std::make_shared<Waiting>();
  process::RunSettings settings;
  settings.grants = grants_;
  settings.output = options_.output;
  settings.limits = options_.limits;
  settings.on_uncaught = options_.on_process_end;
  settings.on_end = [waiting = waiting_](const process::RunEnd&) {
    const std::lock_guard lock(waiting->mutex);
    waiting->closed = true;
    waiting->changed.notify_all();
  };
  run_ = system_->open(std::move(settings));
}

void Session::close_run() {
  if (!run_) return;
  run_->close();
  std::unique_lock lock(waiting_->mutex);
  waiting_->changed.wait_for(lock, kCloseLimit, [this] { return waiting_->closed; });
  pid_.store(0);
  run_.reset();
}

void Session::reset() {
  close_run();
  declarations_.clear();
  variables_.clear();
  image_.clear();
  types_.clear();
  type_modules_.clear();
  unknown_types_.clear();
  image_program_.reset();
  slots_ = 0;
  stamp_ = 0;
  open_run();
}

// ---- one input

Reply Session::enter(const std::string& text, const std::string& path) {
  Reply reply;
  const std::string name = path.empty() ? "input " + std::to_string(inputs_ + 1) : path;
  const Input input = parse_input(name, text);
  if (!input.diagnostics.has_errors() && input.pieces.empty()) return reply;
  ++inputs_;
  reply.sources = all_sources(input);
  if (input.diagnostics.has_errors()) {
    reply.status = Reply::Status::refused;
    reply.diagnostics = input.diagnostics.all();
    return reply;
  }
  bool kept = false;
  for (;;) {
    std::vector<std::string> broken;
    Compiled compiled = compile_with_kept(input, true, broken);
    if (!compiled.ok() || !compiled.compilation->module) {
      add_diagnostics(compiled, input, reply.diagnostics);
      reply.status = Reply::Status::refused;
      return reply;
    }
    process::Evaluation evaluation;
    const std::size_t before = variables_.size();
    if (!prepare(compiled, evaluation, reply)) return reply;
    if (variables_.size() != before) continue;  // it may read one of those that are gone
    if (!kept) {
      add_diagnostics(compiled, input, reply.diagnostics);
      drop_broken(broken, reply);
      keep_declarations(input, reply);
      kept = true;
    }
    waiting_->not_begun = false;
    if (compiled.runs) run(compiled, std::move(evaluation), reply);
    if (!waiting_->not_begun) return reply;
  }
}

void Session::drop_broken(const std::vector<std::string>& broken, Reply& reply) {
  for (const std::string& name : broken) {
    if (types_.erase(name) != 0) {  // what holds such values is found out when they are read
      unknown_types_.insert(name);
      continue;
    }
    reply.notes.push_back("`" + name + "` no longer fits what this input declares and was dropped; enter it again");
    drop(name);
  }
}

void Session::keep_declarations(const Input& input, Reply& reply) {
  for (const Piece& piece : input.pieces) {
    if (piece.kind != Piece::Kind::declaration) continue;
    if (piece.word == "requires") {
      reply.notes.push_back("a session needs no `requires`: it holds what noodle repl --allow grants");
    } else if (piece.word == "test") {
      reply.notes.push_back("test blocks are run by `noodle test FILE`; the session leaves them out");
    } else if (piece.name.empty()) {
      reply.notes.push_back("a session is no module: `" + piece.word + "` is left out");
    } else {
      const bool replaced = drop(piece.name);
      declarations_.push_back({piece.name, piece.word, input.source, piece.span});
      reply.changes.push_back({piece.word, piece.name, replaced});
    }
  }
}

bool Session::drop(const std::string& name) {
  const std::size_t before = declarations_.size() + variables_.size();
  std::erase_if(declarations_, [&name](const Declaration& kept) { return kept.name == name; });
  forget_variable(name);
  return declarations_.size() + variables_.size() != before;
}

void Session::forget_variable(const std::string& name) {
  std::erase_if(variables_, [&name](const Variable& variable) { return variable.name == name; });
}

/// Links the program and reads the values into its types; variables whose types have changed are dropped. False: it
/// cannot run.
bool Session::prepare(Compiled& compiled, process::Evaluation& evaluation, Reply& reply) {
  const auto failed = [&reply](const Error& error) {
    reply.status = Reply::Status::failed;
    reply.error_code = error.number();
    reply.error_message = error.message;
    return false;
  };
  if (compiled.slots > kMaxValues) {
    const std::string limit = std::to_string(kMaxValues);
    return failed({Code::out_of_memory, "a session has at most " + limit + " variables; :drop some", {}});
  }
  compiled.find_types();
  // In traces it is named as people know it.
  for (bytecode::FunctionDef& function : compiled.compilation->module->functions) {
    if (function.name.starts_with(Unit::kEntry)) function.name.erase(0, 1);
  }
  auto linked = vm::link(std::move(*compiled.compilation->module));
  if (!linked) return failed(linked.error());
  if (stamp_ == kLastStamp) {  // another process: messages for the old one name programs by stamps used again from here
    system_->kill(pid_.exchange(0), "the session has used up its program numbers");
    stamp_ = 0;
  }
  evaluation.program = std::make_shared<const process::LoadedProgram>(*linked, ++stamp_);
  note_types(**linked);
  evaluation.function = evaluation.program->program->module.main;
  evaluation.fuel = fuel_budget_;
  evaluation.shown_bytes = options_.shown_bytes;
  if (!compiled.uses_values) return true;
  evaluation.value_count = compiled.slots;
  if (!image_program_) return true;
  std::vector<std::pair<std::size_t, Error>> lost;
  auto image = process::import_known(image_, *image_program_, *evaluation.program, lost);
  if (!image) return failed(image.error());
  evaluation.values = std::move(*image);
  for (const auto& [slot, error] : lost) {
    if (const Variable* variable = variable_at(slot)) {
      reply.notes.push_back("`" + variable->name + "` held a value of a type that has changed and was dropped");
      forget_variable(std::string(variable->name));
    }
  }
  for (std::size_t slot = 0; slot < evaluation.values.refs.size(); ++slot) {
    if (!variable_at(slot)) evaluation.values.refs[slot] = 0;
  }
  return true;
}

const Variable* Session::variable_at(std::size_t slot) const {
  for (const Variable& variable : variables_) {
    if (!variable.is_lambda() && variable.slot == slot) return &variable;
  }
  return nullptr;
}

void Session::run(Compiled& compiled, process::Evaluation evaluation, Reply& reply) {
  evaluation.done = [waiting = waiting_](Evaluated result) {
    const std::lock_guard lock(waiting->mutex);
    waiting->evaluated = std::move(result);
    waiting->changed.notify_all();
  };
  const auto program = evaluation.program;
  {
    const std::lock_guard lock(waiting_->mutex);
    waiting_->evaluated.reset();
    waiting_->ended.reset();
  }
  start(std::move(evaluation), reply);
  if (reply.status == Reply::Status::failed) return;
  std::optional<Evaluated> result = await(reply);
  if (++programs_ >= kKeptPrograms) drop_unused_programs();
  if (!result) return;
  fuel_last_ = reply.fuel = result->fuel;
  heap_last_ = reply.heap_bytes = result->heap_bytes;
  fuel_total_ += result->fuel;
  if (result->code != 0) {
    reply.status = Reply::Status::failed;
    reply.error_code = result->code;
    reply.error_message = result->message;
    reply.error_trace = compiled.unit.translated_trace(result->trace, compiled.file(), reply.error_place);
  } else if (compiled.shows) {
    reply.shown = Shown{compiled.shown_name, {}, std::move(result->shown), result->shown_cut};
  }
  if (compiled.uses_values) image_program_ = program;
  keep_values(compiled, *result, reply);
}

void Session::start(process::Evaluation evaluation, Reply& reply) {
  const Pid pid = pid_.load();
  if (pid != 0 && system_->find(pid) && system_->evaluate(pid, evaluation)) return;
  auto born = system_->start_evaluator(*run_, std::move(evaluation), [waiting = waiting_](const process::Exit& exit) {
    const std::lock_guard lock(waiting->mutex);
    waiting->ended = exit;
    waiting->changed.notify_all();
  });
  if (born) {
    pid_.store(*born);
    return;
  }
  reply.status = Reply::Status::failed;
  reply.error_code = born.error().number();
  reply.error_message = born.error().message;
}

std::optional<Evaluated> Session::await(Reply& reply) {
  bool interrupted = false;
  std::unique_lock lock(waiting_->mutex);
  while (!waiting_->evaluated && !waiting_->ended) {
    waiting_->changed.wait_for(lock, kLookInterval);
    if (interrupted || !options_.interrupted || !options_.interrupted()) continue;
    interrupted = true;
    lock.unlock();
    system_->kill(pid_.load(), "interrupted");
    lock.lock();
  }
  if (waiting_->evaluated) {
    waiting_->fuel += waiting_->evaluated->fuel;
    return std::move(waiting_->evaluated);
  }
  pid_.store(0);
  const process::Exit& exit = *waiting_->ended;
  // `stop self`, or a link: its end came between two inputs, and the next process takes this one.
  waiting_->not_begun = !interrupted && exit.fuel == waiting_->fuel;
  waiting_->fuel = 0;
  if (waiting_->not_begun) return std::nullopt;
  const bool out_of_fuel = exit.code == static_cast<std::uint16_t>(Code::out_of_fuel);
  reply.status = interrupted || out_of_fuel ? Reply::Status::killed : Reply::Status::failed;
  reply.error_code = exit.code;
  reply.error_message = exit.message;
  if (out_of_fuel) reply.error_message = "the fuel budget of " + std::to_string(fuel_budget_) + " is used up";
  return std::nullopt;
}

void Session::keep_values(const Compiled& compiled, Evaluated& result, Reply& reply) {
  for (const Compiled::Declared& declared : compiled.declared) {
    const Variable& variable = declared.variable;
    const bool set =
        variable.is_lambda() ? result.code == 0 : variable.slot < result.stored.size() && result.stored[variable.slot];
    if (!set) continue;
    drop(variable.name);
    variables_.push_back(variable);
    if (reply.shown && reply.shown->name.empty()) reply.shown->type = variable.type;
    if (variable.is_lambda() && !compiled.shows) reply.shown = Shown{variable.name, {}, "a lambda", false};
  }
  for (const Variable& variable : variables_) {
    if (reply.shown && variable.name == reply.shown->name) reply.shown->type = variable.type;
  }
  if (!compiled.uses_values) return;
  image_ = std::move(result.values);
  slots_ = compiled.slots;
  for (const auto& [slot, error] : result.lost) {
    const Variable* lost = variable_at(slot);
    if (!lost) continue;
    const std::string name = lost->name;
    forget_variable(name);
    if (name == "it") continue;
    std::string note = "`" + name + "` is gone after this input: " + first_line(error.message);
    if (error.code == Code::unsendable_value)
      note += "; of functions, a session keeps `func` and `let f = (x: int) => ...`";
    reply.notes.push_back(std::move(note));
  }
}

/// Writes down the types of a program: values of the session and messages may hold them from now on.
void Session::note_types(const vm::Program& program) {
  if (types_.size() > kMostTypes) {
    types_.clear();
    type_modules_.clear();
  }
  using Kind = bytecode::TypeKind;
  for (const bytecode::TypeDef& def : program.module.types) {
    const bool plain = def.kind == Kind::list || def.kind == Kind::map || def.kind == Kind::set ||
                       def.kind == Kind::actor_ref || def.kind == Kind::object || def.kind == Kind::enum_ ||
                       def.kind == Kind::scalar_enum;
    if (!plain || def.is_abstract || def.is_actor || def.name.find_first_of("$(") != std::string::npos) continue;
    const std::string text = type_text(def.name, type_modules_);
    if (!unknown_types_.contains(text)) types_.insert(text);
  }
}

Result<process::SwapReport> Session::swap(std::vector<lang::Diagnostic>& diagnostics, std::vector<SourcePtr>& sources) {
  Compiled compiled = compile_actors();
  if (!compiled.ok() || !compiled.compilation->module) {
    const Input nothing = parse_input(":swap", {});
    sources = all_sources(nothing);
    add_diagnostics(compiled, nothing, diagnostics);
    return Error{Code::swap_incompatible, "the declarations do not compile together", {}};
  }
  auto linked = vm::link(std::move(*compiled.compilation->module));
  if (!linked) return linked.error();
  if (stamp_ == kLastStamp) return Error{Code::swap_incompatible, "the session has used up its program numbers", {}};
  const auto program = std::make_shared<const process::LoadedProgram>(*linked, ++stamp_);
  note_types(**linked);
  run_->add_program(program);
  process::SwapOptions options;
  options.force = true;     // the actors that cannot move are told
  options.newborn = false;  // what later inputs spawn is newer still
  return process::swap_program(*system_, *run_, program, options);
}

// ---- what there is

void Session::drop_unused_programs() {
  programs_ = 0;
  const auto oldest = static_cast<std::uint16_t>(stamp_ > kKeptPrograms ? stamp_ - kKeptPrograms : 0);
  run_->drop_programs(
      [&](const process::LoadedProgram& program) { return program.stamp < oldest && program.processes.load() == 0; });
}

std::vector<process::ProcessFacts> Session::processes() const {
  std::vector<process::ProcessFacts> facts = system_->list(~std::size_t{0});
  std::erase_if(facts, [this](const process::ProcessFacts& row) { return row.run != run_.get(); });
  std::sort(facts.begin(), facts.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (process::ProcessFacts& row : facts) {
    if (row.pid == pid_.load()) row.what = "this session";
    if (row.what.starts_with(Unit::kEntry)) row.what.replace(0, std::string_view(Unit::kEntry).size(), "input");
  }
  return facts;
}

bool Session::kill(Pid pid) {
  if (!system_->find(pid)) return false;
  system_->kill(pid, "killed in the session");
  return true;
}

Result<bool> Session::trace(Pid pid) {
  if (tracer_ && tracer_->stop(pid)) return false;
  if (!system_->find(pid)) return Error{Code::no_such_process, "the process does not live", {}};
  if (!tracer_) tracer_ = std::make_unique<process::Tracer>(*system_, options_.on_trace);
  if (tracer_->start(pid)) return true;
  return Error{Code::usage,
               std::to_string(process::Tracer::kMostProcesses) + " processes are traced already: stop one first",
               {}};
}

Memory Session::memory() {
  Memory memory;
  memory.values_bytes = image_.size();
  memory.last_heap_bytes = heap_last_;
  memory.limit_bytes = options_.limits.memory_bytes;
  memory.node_bytes = vm::vm_memory_used();
  if (!image_program_) return memory;
  const auto sizes = process::root_sizes(image_, *image_program_);
  for (const Variable& variable : variables_) {
    if (!variable.is_lambda() && variable.slot < sizes.size()) {
      memory.variables.emplace_back(variable.name, sizes[variable.slot]);
    }
  }
  return memory;
}

}  // namespace noodle::session
