#include "actors/work/vm_pool.hpp"

#include <caf/all.hpp>
#include <map>

#include "actors/core/caf_messages.hpp"
#include "actors/mesh/frame_fields.hpp"
#include "actors/work/courier.hpp"
#include "actors/work/program_runs.hpp"
#include "actors/work/vm_worker.hpp"

namespace noodle::actors {
namespace {

using RunProgram = Msg<wire::RunProgram>;
using ProgramExited = Msg<wire::ProgramExited>;

/// What the workers and callbacks of runs share with the pool.
struct Engine {
  explicit Engine(const VmPoolOptions& options)
      : post(options.mesh ? std::make_shared<Post>(*options.mesh) : nullptr),
        system(connected(options.system, post.get())),
        standard_output(1),
        runs(system, options.output ? *options.output : standard_output),
        counted(options.census, system) {}

  static process::SystemOptions connected(process::SystemOptions options, Post* post) {
    options.carrier = post;
    return options;
  }

  std::shared_ptr<Post> post;
  process::System system;
  process::FileOutput standard_output;
  ProgramRuns runs;
  CountedSystem counted;
};

using TimeLimit = caf::atom_constant<caf::atom("timelimit")>;

/// A requester and the request it waits for; run numbers come again, tickets do not.
struct Waiting {
  caf::typed_response_promise<ProgramExited> promise;
  std::uint64_t ticket = 0;
};

struct PoolState {
  static inline const char* name = "vm_pool";
  std::unique_ptr<Engine> engine;
  std::vector<caf::actor> workers;
  std::size_t living_workers = 0;
  std::size_t next_worker = 0;
  std::uint64_t tickets = 0;
  std::map<std::uint64_t, Waiting> waiting;  // by run
};

using Pool = caf::stateful_actor<PoolState>;

void stop_workers(Pool* self) {
  for (const caf::actor& worker : self->state.workers) self->send_exit(worker, caf::exit_reason::user_shutdown);
  self->state.workers.clear();
}

Msg<wire::StatsAnswer> statistics(const process::System& system, wire::StatsRequest::Reader request) {
  const process::SystemStats stats = system.stats();
  std::vector<process::ProcessFacts> rows;
  constexpr std::uint32_t kMostRows = 10'000;
  if (request.getProcesses())
    rows = system.list(request.getLimit() ? std::min(request.getLimit(), kMostRows) : kMostRows);
  return Msg<wire::StatsAnswer>::build([&](wire::StatsAnswer::Builder answer) {
    answer.setLive(stats.live);
    answer.setSpawned(stats.spawned);
    answer.setEnded(stats.ended);
    answer.setFailed(stats.failed);
    answer.setMessages(stats.messages);
    answer.setSlices(stats.slices);
    answer.setFuel(stats.fuel);
    answer.setDeadLetters(stats.dead_letters);
    answer.setHeapBytes(stats.heap_bytes);
    auto list = answer.initRows(static_cast<unsigned>(rows.size()));
    for (unsigned i = 0; i < rows.size(); ++i) {
      list[i].setProcess(rows[i].pid);
      list[i].setParent(rows[i].parent);
      list[i].setWhat(rows[i].what);
      list[i].setState(static_cast<wire::ProcessState>(rows[i].state));
      list[i].setMailbox(rows[i].messages);
    }
  });
}

caf::behavior vm_pool(Pool* self, const std::shared_ptr<VmPoolOptions>& options) {
  PoolState& state = self->state;
  state.engine = std::make_unique<Engine>(*options);
  Engine* const engine = state.engine.get();
  for (std::size_t i = 0; i < engine->system.workers(); ++i) {
    state.workers.push_back(self->spawn<VmWorker, caf::monitored>(&engine->system, i, &engine->runs));
  }
  const std::size_t runners = state.workers.size();
  if (engine->post) {
    const caf::actor courier =
        spawn_courier(self->system(), engine->post, engine->system, service_number(Service::courier));
    self->monitor(courier);
    state.workers.push_back(courier);
    options->mesh->serve(Service::courier, courier);
  }
  state.living_workers = state.workers.size();
  const auto finish = [self](const ProgramExited& exited) {
    const auto waiting = self->state.waiting.find(exited->getRun());
    if (waiting == self->state.waiting.end()) return;
    waiting->second.promise.deliver(exited);
    self->state.waiting.erase(waiting);
  };
  // The System goes only after the last worker; programs that still run are taken apart with it.
  self->set_down_handler([self](caf::down_msg& down) {
    stop_workers(self);
    if (--self->state.living_workers != 0) return;
    self->state.engine.reset();
    for (auto& [run, waiting] : self->state.waiting) waiting.promise.deliver(abandoned_program(run));
    self->state.waiting.clear();
    self->quit(down.reason);
  });
  self->set_exit_handler([self](caf::exit_msg&) { stop_workers(self); });
  return {
      [self, engine, runners](const RunProgram& request) -> caf::result<ProgramExited> {
        PoolState& pool = self->state;
        const std::uint64_t run = request->getRun();
        if (pool.workers.empty()) return refused_program(run, {Code::exit_stopped, "the pool is ending", {}});
        if (pool.waiting.count(run) != 0 || !engine->runs.announce(run)) {
          return refused_program(run, {Code::run_number_taken, "run " + std::to_string(run) + " exists already", {}});
        }
        self->send(pool.workers[pool.next_worker++ % runners], request);
        const std::uint64_t ticket = ++pool.tickets;
        if (const std::uint64_t limit_ms = request->getTimeLimitMs()) {
          self->delayed_send(self, std::chrono::milliseconds(limit_ms), TimeLimit::value, run, ticket, limit_ms);
        }
        auto promise = self->make_response_promise<ProgramExited>();
        pool.waiting[run] = {promise, ticket};
        return promise;
      },
      finish,
      [engine](const Msg<wire::Kill>& kill) {
        if (kill->getProcess() == 0) {
          engine->runs.kill(kill->getRun(), kill->getReason().cStr());
        } else {
          engine->system.kill(kill->getProcess(), kill->getReason().cStr());
        }
      },
      [engine](const Msg<wire::StatsRequest>& request) { return statistics(engine->system, request.read()); },
      [self, engine](TimeLimit, std::uint64_t run, std::uint64_t ticket, std::uint64_t limit_ms) {
        const auto waiting = self->state.waiting.find(run);
        if (waiting == self->state.waiting.end() || waiting->second.ticket != ticket) return;
        engine->runs.time_out(run, static_cast<std::int64_t>(limit_ms));
      },
  };
}

}  // namespace

caf::actor spawn_vm_pool(caf::actor_system& actors, VmPoolOptions options) {
  return actors.spawn(vm_pool, std::make_shared<VmPoolOptions>(std::move(options)));
}

}  // namespace noodle::actors
