#include "actors/work/vm_worker.hpp"

#include <caf/all.hpp>

namespace noodle::actors {

VmWorker::VmWorker(caf::actor_config& config, process::System* system, std::size_t index, ProgramRuns* runs)
    : caf::blocking_actor(config), runs_(runs), worker_(&system->worker(index)) {}

void VmWorker::enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) {
  caf::blocking_actor::enqueue(std::move(element), host);
  unserved_.fetch_add(1);
  const std::lock_guard lock(mutex_);
  if (worker_) worker_->notify();
}

void VmWorker::act() {
  process::Worker& worker = *worker_;
  while (!ended_) {
    if (unserved_.load() > 0) serve_mailbox();
    if (!ended_ && !worker.step() && unserved_.load() <= 0) worker.wait(process::TimerWheel::kNever);
  }
  const std::lock_guard lock(mutex_);
  worker_ = nullptr;
}

void VmWorker::serve_mailbox() {
  bool served = true;
  receive([this](const Msg<wire::RunProgram>& request) { run_program(request); },
          [this](const caf::exit_msg& exit) {
            fail_state(exit.reason);
            ended_ = true;
          },
          caf::others >> [](caf::message_view&) -> caf::result<caf::message> { return caf::sec::unexpected_message; },
          caf::after(std::chrono::seconds(0)) >> [&served] { served = false; });
  if (served) unserved_.fetch_sub(1);
}

void VmWorker::run_program(const Msg<wire::RunProgram>& request) {
  const auto asker = caf::actor_cast<caf::actor>(current_sender());
  const auto tell = [asker](const Msg<wire::ProgramExited>& exited) { caf::anon_send(asker, exited); };
  if (!runs_)
    return tell(refused_program(request->getRun(), {Code::invalid_spawn, "this worker starts no programs", {}}));
  auto started = runs_->start(request, tell);
  if (!started) tell(refused_program(request->getRun(), started.error()));
}

}  // namespace noodle::actors
