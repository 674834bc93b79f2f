#include "runtime/run/swap.hpp"

#include <thread>

namespace noodle::process {
namespace {

constexpr auto kPause = std::chrono::microseconds(200);

class Swap {
 public:
  Swap(System& system, Run& run, const SwapOptions& options) : system_(system), run_(run), options_(options) {}

  Result<SwapReport> go(std::shared_ptr<const LoadedProgram> program) {
    version_ = std::move(program);
    before_ = run_.current();
    std::shared_ptr<const swap::Plan> plan;
    if (before_) {
      plan = std::make_shared<const swap::Plan>(swap::plan(*before_->program, *version_->program));
      if (const std::string broken = swap::breaking_text(*plan); !broken.empty() && !options_.force) {
        return Error{Code::swap_incompatible, broken, {}};
      }
      report_.changes = plan->changes;
    }
    run_.publish(version_, before_.get(), std::move(plan));
    begun_ns_ = now();
    move(options_.rollout.canary);
    follow();
    run_.drop_old_versions();
    return std::move(report_);
  }

 private:
  std::int64_t now() const { return system_.options().clock->monotonic_ns(); }

  void move(double share) {
    run_.move_newborn(share >= 1 && options_.newborn);
    told_ = system_.move_processes(run_, share);
  }

  void follow() {
    swap::Rollout rollout(options_.rollout, begun_ns_);
    while (!run_.finishing()) {
      const swap::Observation seen = look();
      switch (rollout.next(now(), seen)) {
        case swap::Step::wait:
          std::this_thread::sleep_for(kPause);
          break;
        case swap::Step::move_all:
          move(1);
          break;
        case swap::Step::kill_rest:
          report_.killed = system_.kill_behind(run_);
          break;
        case swap::Step::take_back:
          report_.taken_back = rollout.reason();
          take_back();
          return;
        case swap::Step::done:
          return;
      }
    }
    look();  // the run has ended meanwhile
  }

  swap::Observation look() {
    swap::Observation seen;
    seen.behind = system_.behind(run_);  // before the others: who is on the way by then is counted there
    const Run::SwapState state = run_.swap_state();
    seen.told = told_;
    seen.behind += state.moving;
    seen.moved = report_.moved = state.moved;
    seen.stayed = report_.stayed = state.stayed;
    seen.failures = report_.failures = version_->failures.load(std::memory_order_relaxed);
    if (seen.behind != report_.behind || report_.elapsed_ns == 0) report_.elapsed_ns = now() - begun_ns_;
    report_.behind = seen.behind;
    report_.number = state.number;
    report_.stays = state.stays;
    return seen;
  }

  void take_back() {
    if (!before_) return;
    run_.withdraw(before_);
    move(1);
    const std::int64_t until_ns = now() + options_.rollout.patience_ns;
    while (system_.behind(run_) > run_.swap_state().stayed && now() < until_ns && !run_.finishing())
      std::this_thread::sleep_for(kPause);
  }

  System& system_;
  Run& run_;
  const SwapOptions& options_;
  std::shared_ptr<const LoadedProgram> before_, version_;
  std::int64_t begun_ns_ = 0;
  std::uint64_t told_ = 0;
  SwapReport report_;
};

}  // namespace

Result<SwapReport> swap_program(System& system, Run& run, std::shared_ptr<const vm::Program> program,
                                const SwapOptions& options) {
  auto version = run.add_version(std::move(program));
  if (!version) return version.error();
  return swap_program(system, run, std::move(*version), options);
}

Result<SwapReport> swap_program(System& system, Run& run, std::shared_ptr<const LoadedProgram> program,
                                const SwapOptions& options) {
  return Swap(system, run, options).go(std::move(program));
}

}  // namespace noodle::process
