#include "actors/core/supervisor.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <random>

#include "actors/core/caf_error.hpp"
#include "actors/core/node_actor.hpp"
#include "runtime/base/clock.hpp"

namespace noodle::actors {

namespace {

using process::Supervision;
using Tick = caf::atom_constant<caf::atom("tick")>;

constexpr std::int64_t kNever = INT64_MAX;

std::int64_t ns(std::chrono::milliseconds time) {
  return std::chrono::nanoseconds(time).count();
}

class Supervisor final : public NodeActor {
 public:
  Supervisor(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Roster> roster, SupervisorSpec spec)
      : NodeActor(config, std::move(seat)),
        roster_(std::move(roster)),
        options_(spec.options),
        core_(spec.options, static_cast<std::uint32_t>(spec.children.size())),
        random_(id() * 0x9e3779b97f4a7c15) {
    for (std::size_t k = 0; k < spec.children.size(); ++k) furnish(spec.children[k], static_cast<std::uint32_t>(k));
  }

  caf::behavior make_behavior() override {
    set_down_handler([this](caf::down_msg& down) { ended(down.source, down.reason); });
    set_exit_handler([this](caf::exit_msg& exit) {
      if (!stopping_) reason_ = exit.reason;
      stopping_ = true;
      core_.shut_down();
      run();
    });
    run();
    return {[this](Tick) {
              ticks_at_ = kNever;
              look_after();
              run();
            },
            [this](const std::shared_ptr<ChildSpec>& spec) -> caf::result<caf::actor> { return add(*spec); },
            [this](RemoveChild, const std::string& name) { return remove(name); },
            [this](EndChild, const std::string& path, const caf::error& reason, bool again) {
              return end(path, reason, again);
            }};
  }

  void on_exit() override {
    for (const Child& child : children_) {  // there are some only when the supervisor was killed
      if (child.actor) caf::anon_send_exit(child.actor, caf::exit_reason::kill);
      child.seat->close({Code::actor_down, child.seat->path() + " has lost its supervisor", {}}, false);
      if (roster_->find(child.seat->path()) == child.seat) roster_->remove(child.seat->path());
    }
  }
  const char* name() const override { return "supervisor"; }

 private:
  struct Child {
    ChildSpec spec;
    SeatPtr seat;
    caf::actor actor;   // the incarnation; null: there is none
    std::string cause;  // why it was told to end
    caf::error told;    // the reason it was given by somebody; none: it is the supervisor's affair
    std::vector<caf::typed_response_promise<bool>> waiting;  // for its end
    std::int64_t stop_due_ns = kNever;                       // not waited for any longer
    bool killed = false;
    std::uint64_t busy_with = 0;  // when it was last probed, since busy_ns
    std::int64_t busy_ns = 0;
    std::int64_t born_ns = 0;
  };

  static std::int64_t now() { return system_clock().monotonic_ns(); }
  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void furnish(const ChildSpec& spec, std::uint32_t number) {
    Child child;
    child.spec = spec;
    child.seat = std::make_shared<Seat>(home_system(), seat().path() + "/" + spec.name, spec.held_messages);
    child.seat->set_supervisor(address());
    roster_->add(child.seat);
    children_.push_back(std::move(child));
    core_.set_restart(number, spec.restart);
    if (spec.significant) core_.set_significant(number);
  }

  caf::result<caf::actor> add(const ChildSpec& spec) {
    const auto same = [&spec](const Child& child) { return child.spec.name == spec.name; };
    const auto taken = std::find_if(children_.begin(), children_.end(), same);
    if (taken != children_.end() && taken->seat->state() != SeatState::gone) {
      return to_caf({Code::name_taken, "`" + seat().path() + "/" + spec.name + "` is there already", {}});
    }
    const std::uint32_t number = core_.add();
    furnish(spec, number);
    const caf::actor slot = children_.back().seat->slot();
    run();
    return slot;
  }

  bool remove(const std::string& name) {
    for (std::uint32_t k = 0; k < children_.size(); ++k) {
      if (children_[k].spec.name != name || core_.is_gone(k)) continue;
      cause_ = "it was removed";
      core_.remove(k);
      run();
      return true;
    }
    return false;
  }

  caf::result<bool> end(const std::string& path, const caf::error& reason, bool again) {
    for (std::uint32_t k = 0; k < children_.size(); ++k) {
      Child& child = children_[k];
      if (child.seat->path() != path || core_.is_gone(k)) continue;
      if (again && child.spec.restart == process::Restart::temporary) return false;
      const bool ends = child.actor && child.stop_due_ns == kNever;
      if (ends) child.told = reason;
      cause_ = path + " was told to end";
      if (again) {
        core_.renew(k, now());
      } else {
        core_.remove(k);
      }
      auto ended = make_response_promise<bool>();
      if (ends) child.waiting.push_back(ended);
      run();
      cause_.clear();
      if (!ends) ended.deliver(true);
      return ended;
    }
    return false;
  }

  void run() {
    for (;;) {
      const Supervision::Effect effect = core_.next(now());
      switch (effect.action) {
        case Supervision::Action::none:
          return arm();
        case Supervision::Action::start:
          start(effect.child);
          break;
        case Supervision::Action::stop:
          stop(effect.child);
          break;
        case Supervision::Action::release:
          release(children_[effect.child]);
          break;
        case Supervision::Action::rest:
          children_[effect.child].seat->set_state(SeatState::resting);
          break;
        case Supervision::Action::ready:
          break;
        case Supervision::Action::finish:
          return quit(core_.gave_up() || core_.failed() ? to_caf(why_it_gave_up()) : reason_);
      }
    }
  }

  Error why_it_gave_up() const {
    const std::string what = core_.failed() ? "a child could not be started"
                                            : "its children failed more than " + std::to_string(options_.intensity) +
                                                  " times in " + std::to_string(options_.period_ns / 1'000'000) + " ms";
    return {
        Code::actors_gave_up, seat_path() + " gave up: " + what + (last_.empty() ? "" : "; the last was " + last_), {}};
  }
  const std::string& seat_path() const { return const_cast<Supervisor*>(this)->seat().path(); }

  void start(std::uint32_t number) {
    std::string problem = "its spawn function gave no actor";
    try {
      children_[number].actor = children_[number].spec.spawn(home_system(), children_[number].seat);
    } catch (const std::exception& e) {
      problem = e.what();
    }
    Child& child = children_[number];
    if (!child.actor) {
      last_ = child.seat->path() + ": " + problem;
      child.seat->vacate(SeatState::restarting, {Code::host_failed, "it could not be started: " + problem, {}});
      return core_.start_failed(number, now(), chance());
    }
    child.killed = false;
    child.told = {};
    child.stop_due_ns = kNever;
    child.busy_with = 0;
    child.born_ns = now();
    monitor(child.actor);
    child.seat->take(child.actor);
  }

  void stop(std::uint32_t number) {
    Child& child = children_[number];
    child.cause = !cause_.empty() ? cause_ : "its supervisor ends";
    child.seat->vacate(SeatState::stopping, {});
    child.stop_due_ns = now() + ns(child.spec.stop_deadline);
    if (child.told) child.cause.clear();
    send_exit(child.actor, child.told ? child.told : caf::error{caf::exit_reason::user_shutdown});
  }

  void release(Child& child) {
    const Error reason =
        child.told ? from_caf(child.told) : Error{Code::actor_down, child.seat->path() + " has ended for good", {}};
    child.seat->close(reason, !core_.gave_up() && !child.told);
    roster_->remove(child.seat->path());
  }

  void ended(const caf::actor_addr& source, const caf::error& reason) {
    for (std::uint32_t k = 0; k < children_.size(); ++k) {
      if (children_[k].actor && children_[k].actor.address() == source) return lost(k, reason, {});
    }
  }

  /// A child has ended, or is given up (`hung`).
  void lost(std::uint32_t number, const caf::error& reason, const Error& hung) {
    const bool normal = hung.number() == 0 && (!reason || reason == caf::exit_reason::normal);
    const bool told = children_[number].stop_due_ns != kNever;
    DeathCertificate certificate = certificate_of(children_[number], reason, hung);
    Child& child = children_[number];
    child.actor = nullptr;
    child.stop_due_ns = kNever;
    child.cause.clear();
    child.seat->vacate(SeatState::restarting, normal || (told && !child.told) ? Error{} : certificate.reason);
    if (!told) {
      cause_ = child.seat->path() + " ended";
      last_ = child.seat->path() + ": " + certificate.reason.to_string();
    }
    core_.ended(number, !normal, now(), chance());
    certificate.decision = decision_on(number);
    roster_->bury(std::move(certificate));  // before anybody hears of it
    const std::vector<caf::typed_response_promise<bool>> waiting = std::exchange(child.waiting, {});
    run();  // may move the child
    for (caf::typed_response_promise<bool> promise : waiting) promise.deliver(true);
    cause_.clear();
  }

  DeathCertificate certificate_of(const Child& child, const caf::error& reason, const Error& hung) const {
    DeathCertificate certificate;
    certificate.path = child.seat->path();
    certificate.incarnation = child.seat->incarnation();
    if (child.told) {
      certificate.reason = from_caf(child.told);
    } else if (hung.number() != 0) {
      certificate.reason = hung;
    } else if (reason == caf::exit_reason::user_shutdown && child.stop_due_ns != kNever) {
      // As its supervisor wanted; the cause says why.
    } else if (reason && reason != caf::exit_reason::normal) {
      certificate.reason = from_caf(reason);
    }
    certificate.cause = child.cause;
    certificate.seen_by = seat_path();
    certificate.last_messages = child.seat->vitals().last_messages();
    certificate.handled = child.seat->vitals().handled();
    certificate.lived_ns = now() - child.born_ns;
    certificate.died_wall_ns = system_clock().wall_ns();
    certificate.in_time = !child.killed;
    return certificate;
  }

  std::string decision_on(std::uint32_t number) const {
    if (core_.gave_up()) return "the supervisor gave up";
    if (core_.is_gone(number)) return children_[number].told ? "not restarted, as it was told" : "not restarted";
    if (core_.rests(number)) return "in quarantine for " + std::to_string(options_.quarantine_ns / 1'000'000) + " ms";
    return "restarted";
  }

  /// Deadlines of children that end, and probes of those that run.
  void look_after() {
    const std::int64_t at = now();
    for (std::uint32_t k = 0; k < children_.size(); ++k) {
      Child& child = children_[k];
      if (!child.actor) continue;
      if (child.stop_due_ns <= at) {
        if (child.killed) {
          give_up(k, "it did not end when told to, nor when killed");
        } else {
          child.killed = true;
          child.stop_due_ns = at + ns(kKillGrace);
          send_exit(child.actor, caf::exit_reason::kill);
        }
      } else if (child.stop_due_ns == kNever && child.spec.probe.count() > 0) {
        const std::uint64_t busy = child.seat->vitals().busy_with();
        if (busy != child.busy_with) {
          child.busy_with = busy;
          child.busy_ns = at;
        } else if (busy != 0 && at - child.busy_ns >= ns(child.spec.probe)) {
          give_up(k, "it has worked on one message for " + std::to_string((at - child.busy_ns) / 1'000'000) + " ms");
        }
      }
    }
  }

  /// The incarnation may hold its thread for ever; nobody waits for it any more.
  void give_up(std::uint32_t number, const std::string& why) {
    const Child& child = children_[number];
    const std::vector<std::string> last = child.seat->vitals().last_messages();
    demonitor(child.actor);
    send_exit(child.actor, caf::exit_reason::kill);
    lost(number, {}, {Code::actor_hung, why + (last.empty() ? "" : ": " + last.front()), {}});
  }

  /// One timer, for whatever comes first.
  void arm() {
    std::int64_t due = core_.next_due_ns();
    const std::int64_t at = now();
    for (const Child& child : children_) {
      if (!child.actor) continue;
      due = std::min(due, child.stop_due_ns);
      if (child.stop_due_ns == kNever && child.spec.probe.count() > 0)
        due = std::min(due, at + ns(child.spec.probe) / 2);
    }
    if (due == kNever || ticks_at_ <= due) return;
    ticks_at_ = due;
    delayed_send(this, std::chrono::nanoseconds(std::max<std::int64_t>(due - at, 0)), Tick::value);
  }

  const std::shared_ptr<Roster> roster_;
  const Supervision::Options options_;
  Supervision core_;
  std::vector<Child> children_;
  std::mt19937_64 random_;
  caf::error reason_ = caf::exit_reason::normal;
  bool stopping_ = false;
  std::string cause_, last_;
  std::int64_t ticks_at_ = kNever;
};

}  // namespace

caf::actor spawn_supervisor(caf::actor_system& system, const SeatPtr& seat, std::shared_ptr<Roster> roster,
                            SupervisorSpec spec) {
  return system.spawn<Supervisor>(seat, std::move(roster), std::move(spec));
}

ChildSpec supervisor_child(std::string name, std::shared_ptr<Roster> roster, SupervisorSpec spec) {
  ChildSpec child;
  child.name = std::move(name);
  // Its children need their time first.
  for (const ChildSpec& each : spec.children) child.stop_deadline += each.stop_deadline + kKillGrace;
  child.spawn = [roster = std::move(roster), spec = std::move(spec)](caf::actor_system& system, const SeatPtr& seat) {
    return spawn_supervisor(system, seat, roster, spec);
  };
  return child;
}

}  // namespace noodle::actors
