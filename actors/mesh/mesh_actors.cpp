#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/mesh_inside.hpp"
#include "messages/lease.capnp.h"

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

class NamesActor final : public LoopActor {
 public:
  NamesActor(caf::actor_config& config, SeatPtr seat, LoopThread& loop, InsidePtr inside)
      : LoopActor(config, std::move(seat), loop), inside_(std::move(inside)) {}

  caf::behavior make_behavior() override {
    inside_->start_names();
    delayed_send(this, kTick, Tick::value);
    return {[this](Tick) {
              delayed_send(this, kTick, Tick::value);
              inside_->exchange->tick();
            },
            [this](const Msg<wire::NameDigest>& digest) {
              if (const auto from = sender_node()) inside_->exchange->digest(*from, digest.read());
            },
            [this](const Msg<wire::NameEntries>& entries) {
              if (const auto from = sender_node()) inside_->exchange->entries(*from, entries.read());
            },
            [this](const Msg<wire::MemberEvent>& event) { inside_->exchange->member(event.read()); }};
  }
  void on_exit() override { inside_->end_names(); }
  const char* name() const override { return "names"; }

 private:
  std::optional<NodeId> sender_node() {
    const caf::strong_actor_ptr& from = current_sender();
    if (!from || from->node() == home_system().node()) return std::nullopt;
    return static_cast<RemoteActor*>(from->get())->node();
  }

  static constexpr std::chrono::seconds kTick{1};
  const InsidePtr inside_;
};

class LeasesActor final : public LoopActor {
 public:
  LeasesActor(caf::actor_config& config, SeatPtr seat, LoopThread& loop, InsidePtr inside,
              std::function<caf::actor()> keeper)
      : LoopActor(config, std::move(seat), loop), leases_(inside->leases), keeper_(std::move(keeper)) {}

  caf::behavior make_behavior() override {
    leases_->on_change([self = caf::actor_cast<caf::weak_actor_ptr>(this)] {
      if (const auto actor = self.lock()) caf::anon_send(caf::actor_cast<caf::actor>(actor), Look::value);
    });
    tick();
    return {[this](Tick) { tick(); }, [this](Look) { look(); }};
  }
  void on_exit() override { leases_->on_change(nullptr); }
  const char* name() const override { return "leases"; }

 private:
  using Look = caf::atom_constant<caf::atom("look")>;

  void tick() {
    look();
    const std::int64_t next = leases_->next_ns();
    const std::int64_t wait = next == INT64_MAX ? kMostWait : next - system_clock().monotonic_ns();
    delayed_send(this, std::chrono::nanoseconds(std::clamp(wait, kLeastWait, kMostWait)), Tick::value);
  }

  void look() {
    for (const Leases::Release& one : leases_->take_releases()) {
      const caf::actor keeper = one.token != 0 ? keeper_() : caf::actor{};
      if (!keeper) continue;  // it runs out
      request(keeper, kPatience, message(one.name, one.holder, one.token, true))
          .then([](const Msg<wire::LeaseAnswer>&) {}, [](const caf::error&) {});
    }
    for (const Leases::Ask& ask : leases_->due()) {
      const caf::actor keeper = keeper_();
      if (!keeper) {
        leases_->refused(ask, {Code::lease_node_absent, "the node that keeps leases is not known", {}});
        continue;
      }
      request(keeper, kPatience, message(ask.name, ask.holder, ask.ask.token, false))
          .then(
              [this, ask](const Msg<wire::LeaseAnswer>& answer) {
                leases_->granted(ask, answer->getToken(), answer->getDurationNs());
              },
              [this, ask](const caf::error& problem) { leases_->refused(ask, from_caf(problem)); });
    }
  }

  static Msg<wire::LeaseRequest> message(const std::string& name, std::uint64_t holder, std::uint64_t token,
                                         bool release) {
    return Msg<wire::LeaseRequest>::build([&](wire::LeaseRequest::Builder out) {
      out.setName(name);
      out.setHolder(holder);
      out.setToken(token);
      out.setRelease(release);
    });
  }

  static constexpr std::chrono::nanoseconds kPatience{lease::LeaseClaim::kPatienceNs};
  static constexpr std::int64_t kLeastWait = 1'000'000, kMostWait = 100'000'000;
  const std::shared_ptr<Leases> leases_;
  const std::function<caf::actor()> keeper_;
};

}  // namespace

caf::actor spawn_leases(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside,
                        std::function<caf::actor()> keeper) {
  return spawn_on<LeasesActor>(system, inside->thread, seat, inside, std::move(keeper));
}

caf::actor spawn_names(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside) {
  return spawn_on<NamesActor>(system, inside->thread, seat, inside);
}

caf::actor spawn_links(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside) {
  started(run_on(inside->thread, [&inside] { return inside->links ? Result<void>{} : inside->start_links(); }));
  return spawn_on<LinksActor>(system, inside->thread, seat, inside);
}

caf::actor spawn_membership(caf::actor_system& system, const SeatPtr& seat, const InsidePtr& inside) {
  started(run_on(inside->thread, [&inside] { return inside->members ? Result<void>{} : inside->start_members(); }));
  return spawn_on<MembershipActor>(system, inside->thread, seat, inside);
}

}  // namespace noodle::actors
