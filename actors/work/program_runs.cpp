#include "actors/work/program_runs.hpp"

#include "messages/exit_code.hpp"
#include "runtime/bytecode/container.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::actors {
namespace {

vm::ProcessLimits limits_of(wire::ProcessLimits::Reader wanted) {
  vm::ProcessLimits limits;
  const auto set = [](auto& limit, auto value) {
    if (value != 0) limit = value;
  };
  set(limits.memory_bytes, wanted.getMemoryBytes());
  set(limits.frames, wanted.getFrames());
  set(limits.stack_bytes, wanted.getStackBytes());
  set(limits.fuel, wanted.getFuel());
  set(limits.fuel_per_second, wanted.getFuelPerSecond());
  set(limits.children, wanted.getChildren());
  set(limits.mailbox_messages, wanted.getMailboxMessages());
  set(limits.mailbox_bytes, wanted.getMailboxBytes());
  limits.mailbox_policy = static_cast<std::uint8_t>(wanted.getMailboxPolicy());
  return limits;
}

Result<process::GrantsPtr> grants_of(wire::RunProgram::Reader request) {
  std::vector<process::Grant> grants;
  for (const auto grant : request.getGrants()) {
    std::string text = grant.getCapability().cStr();
    if (grant.getResource().size() != 0) text += ":" + std::string(grant.getResource().cStr());
    auto parsed = process::parse_grant(text);
    if (!parsed) return parsed.error();
    grants.push_back(std::move(parsed).value());
  }
  return process::entry_grants(grants);
}

void set_failure(wire::Failure::Builder failure, std::uint16_t code, const std::string& message) {
  failure.setCode(code);
  failure.setMessage(message);
}

Msg<wire::ProgramExited> exited_with(std::uint64_t run, int exit_code, const Error& error) {
  return Msg<wire::ProgramExited>::build([&](wire::ProgramExited::Builder exited) {
    exited.setRun(run);
    exited.setExitCode(exit_code);
    set_failure(exited.initFailure(), error.number(), error.message);
  });
}

}  // namespace

Msg<wire::ProgramExited> refused_program(std::uint64_t run, const Error& error) {
  return exited_with(run, kExitUncaught, error);
}

Msg<wire::ProgramExited> abandoned_program(std::uint64_t run) {
  return exited_with(run, kExitKilled, {Code::exit_killed, "the pool has ended", {}});
}

bool ProgramRuns::announce(std::uint64_t run) {
  const std::lock_guard lock(mutex_);
  return runs_.try_emplace(run).second;
}

Result<void> ProgramRuns::start(const Msg<wire::RunProgram>& request, OnExit on_exit) {
  auto begun = begin(request, std::move(on_exit));
  if (begun) return begun;
  const std::lock_guard lock(mutex_);
  const auto entry = runs_.find(request->getRun());
  if (entry != runs_.end() && !entry->second.run) runs_.erase(entry);
  return begun;
}

Result<void> ProgramRuns::begin(const Msg<wire::RunProgram>& request, OnExit on_exit) {
  const auto reader = request.read();
  const auto image = reader.getImage();
  auto module = bytecode::read_nbc({reinterpret_cast<const char*>(image.begin()), image.size()});
  if (!module) return module.error();
  auto program = vm::link(std::move(module).value());
  if (!program) return program.error();
  const std::shared_ptr<const vm::Program> linked = *program;
  if (linked->module.main == bytecode::kNone) return Error{Code::no_main, "the module has no main", {}};
  auto grants = grants_of(reader);
  if (!grants) return grants.error();
  process::RunSettings settings;
  settings.program = process::System::load(linked);
  settings.function = linked->module.main;
  for (const auto argument : reader.getArguments()) settings.arguments.emplace_back(argument.cStr());
  settings.grants = *grants;
  settings.output = &output_;
  settings.limits = limits_of(reader.getLimits());
  const std::int64_t begun_ns = system_.options().clock->monotonic_ns();
  settings.on_end = [this, request, on_exit, linked, begun_ns](const process::RunEnd& end) {
    on_exit(finish(request, end, *linked, begun_ns));
  };
  std::optional<std::string> killed;
  std::shared_ptr<process::Run> run;
  {
    const std::lock_guard lock(mutex_);  // finish() waits until the run is entered
    const std::uint64_t number = reader.getRun();
    Entry& entry = runs_[number];
    if (entry.run) return Error{Code::run_number_taken, "run " + std::to_string(number) + " exists already", {}};
    auto started = system_.start(std::move(settings));
    if (!started) return started.error();
    run = entry.run = *started;
    killed = entry.killed;
  }
  if (killed) run->kill(*killed);
  return {};
}

Msg<wire::ProgramExited> ProgramRuns::finish(const Msg<wire::RunProgram>& request, const process::RunEnd& end,
                                             const vm::Program& program, std::int64_t begun_ns) {
  const std::uint64_t number = request->getRun();
  std::int64_t passed_limit_ms = 0;
  {
    const std::lock_guard lock(mutex_);
    passed_limit_ms = runs_[number].passed_limit_ms;
    runs_.erase(number);
  }
  const process::RunResult result = process::result_of(program, program.module.main, end, passed_limit_ms);
  return Msg<wire::ProgramExited>::build([&](wire::ProgramExited::Builder exited) {
    exited.setRun(number);
    exited.setExitCode(result.exit_code);
    set_failure(exited.initFailure(), result.error_code, result.error_message);
    exited.setFuel(end.fuel);
    exited.setWallNs(static_cast<std::uint64_t>(system_.options().clock->monotonic_ns() - begun_ns));
    exited.setTrace(result.error_trace);
  });
}

void ProgramRuns::kill(std::uint64_t run, const std::string& reason) {
  end(run, reason, 0);
}

void ProgramRuns::time_out(std::uint64_t run, std::int64_t limit_ms) {
  end(run, "time limit", limit_ms);
}

void ProgramRuns::end(std::uint64_t run, const std::string& reason, std::int64_t passed_limit_ms) {
  std::shared_ptr<process::Run> found;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = runs_.find(run);
    if (entry == runs_.end() || entry->second.killed) return;
    entry->second.killed = reason;
    entry->second.passed_limit_ms = passed_limit_ms;
    found = entry->second.run;
  }
  if (found) found->kill(reason);
}

}  // namespace noodle::actors
