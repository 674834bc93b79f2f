#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/mesh_inside.hpp"

namespace noodle::actors {
namespace {

using Tick = caf::atom_constant<caf::atom("tick")>;
using InsidePtr = std::shared_ptr<Mesh::Inside>;

/// What a part's actor cannot start, its supervisor tries again.
void started(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().to_string());
}

class LinksActor final : public LoopActor {
 public:
  LinksActor(caf::actor_config& config, SeatPtr seat, LoopThread& loop, InsidePtr inside)
      : LoopActor(config, std::move(seat), loop), inside_(std::move(inside)) {}

  caf::behavior make_behavior() override {
    delayed_send(this, kTick, Tick::value);
    return {[this](Tick) {
              delayed_send(this, kTick, Tick::value);
              inside_->links->tick();
            },
            [this](const Msg<wire::LinkState>& state) { inside_->links->link_state(state); }};
  }
  void on_exit() override { inside_->end_links(); }
  const char* name() const override { return "links"; }

 private:
  static constexpr std::chrono::seconds kTick{1};
  const InsidePtr inside_;
};

class MembershipActor final : public LoopActor {
 public:
  MembershipActor(caf::actor_config& config, SeatPtr seat, LoopThread& loop, InsidePtr inside)
      : LoopActor(config, std::move(seat), loop), inside_(std::move(inside)) {}

  caf::behavior make_behavior() override {
    tick();
    return {[this](Tick) { tick(); }, [this](const Msg<wire::MemberState>& state) { inside_->members->state(state); }};
  }
  void on_exit() override { inside_->end_members(); }
  const char* name() const override { return "membership"; }

 private:
  void tick() {
    inside_->members->tick();
    const std::int64_t wait = inside_->members->next_wake_ns() - system_clock().monotonic_ns();
    delayed_send(this, std::chrono::nanoseconds(std::clamp(wait, kLeastWait, kMostWait)), Tick::value);
  }

  static constexpr std::int64_t kLeastWait = 1'000'000, kMostWait = 50'000'000;
  const InsidePtr inside_;
};

}  // namespace

caf::actor spawn_links(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside) {
  started(run_on(inside->thread, [&inside] { return inside->links ? Result<void>{} : inside->start_links(); }));
  return spawn_on<LinksActor>(system, inside->thread, seat, inside);
}

caf::actor spawn_membership(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside) {
  started(run_on(inside->thread, [&inside] { return inside->members ? Result<void>{} : inside->start_members(); }));
  return spawn_on<MembershipActor>(system, inside->thread, seat, inside);
}

}  // namespace noodle::actors
