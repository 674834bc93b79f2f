#include "actors/core/seat.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <deque>

#include "actors/core/caf_error.hpp"
#include "runtime/base/clock.hpp"

namespace noodle::actors {

/// The CAF side of a seat: an address that has no mailbox of its own.
class Slot final : public caf::monitorable_actor {
 public:
  Slot(caf::actor_config& config, std::size_t held_limit) : caf::monitorable_actor(config), held_limit_(held_limit) {}

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override {
    caf::strong_actor_ptr sitting;
    {
      const std::lock_guard lock(mutex_);
      sitting = sitting_;
      // A link that breaks meanwhile is nothing to an incarnation that is not there yet.
      const bool exit = element->content().match_elements<caf::exit_msg>();
      if (!sitting && !closed_ && !exit && held_.size() < held_limit_) {
        held_.push_back(std::move(element));
        return;
      }
    }
    if (!sitting) return refuse(element);
    vitals.delivered();
    sitting->enqueue(std::move(element), host);
  }
  const char* name() const override { return "slot"; }

  void seat(const caf::actor& actor) {
    const std::lock_guard lock(mutex_);
    const auto sitting = caf::actor_cast<caf::strong_actor_ptr>(actor);
    for (caf::mailbox_element_ptr& element : held_) {
      vitals.delivered();
      sitting->enqueue(std::move(element), nullptr);
    }
    held_.clear();
    sitting_ = sitting;
  }
  void vacate() {
    const std::lock_guard lock(mutex_);
    sitting_ = nullptr;
  }
  /// False: it is closed already.
  bool close() {
    std::deque<caf::mailbox_element_ptr> held;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(closed_, true)) return false;
      sitting_ = nullptr;
      held.swap(held_);
    }
    for (caf::mailbox_element_ptr& element : held) refuse(element);
    return true;
  }
  std::uint64_t held() const {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  std::uint64_t dead_letters() const { return dead_letters_.load(std::memory_order_relaxed); }

  Vitals vitals;

 private:
  /// Answers a request; any other message is gone.
  void refuse(caf::mailbox_element_ptr& element) {
    dead_letters_.fetch_add(1, std::memory_order_relaxed);
    if (!element->sender || !element->mid.is_request()) return;
    // CAF's own bounce would say only that the receiver is down.
    element->sender->enqueue(nullptr, element->mid.response_id(),
                             caf::make_message(to_caf({Code::actor_down, "the actor is down", {}})), nullptr);
  }

  const std::size_t held_limit_;
  std::atomic<std::uint64_t> dead_letters_{0};
  mutable std::mutex mutex_;  // guards the following
  caf::strong_actor_ptr sitting_;
  std::deque<caf::mailbox_element_ptr> held_;
  bool closed_ = false;
};

namespace {

Slot& slot_of(const caf::actor& actor) {
  return *static_cast<Slot*>(caf::actor_cast<caf::abstract_actor*>(actor));
}

}  // namespace

const char* name_of(SeatState state) {
  constexpr const char* kNames[] = {"starting", "running", "restarting", "resting", "stopping", "gone"};
  return kNames[static_cast<std::size_t>(state)];
}

Seat::Seat(caf::actor_system& system, std::string path, std::size_t held_limit) : path_(std::move(path)) {
  caf::actor_config config;
  slot_ = caf::make_actor<Slot, caf::actor>(system.next_actor_id(), system.node(), &system, config, held_limit);
}

Seat::~Seat() {
  close({Code::actor_down, "the actor is down", {}}, false);
}

caf::actor Seat::supervisor() const {
  return caf::actor_cast<caf::actor>(supervisor_);
}

Vitals& Seat::vitals() const {
  return slot_of(slot_).vitals;
}

void Seat::take(const caf::actor& actor) {
  vitals().reset();
  born_ns_.store(system_clock().monotonic_ns(), std::memory_order_relaxed);
  incarnation_.fetch_add(1, std::memory_order_relaxed);
  state_.store(SeatState::running, std::memory_order_relaxed);
  slot_of(slot_).seat(actor);
}

void Seat::vacate(SeatState next, const Error& reason) {
  state_.store(next, std::memory_order_relaxed);
  slot_of(slot_).vacate();
  const std::lock_guard lock(mutex_);
  if (reason.number() != 0) last_error_ = reason.to_string();
}

void Seat::close(const Error& reason, bool normal) {
  if (!slot_of(slot_).close()) return;
  state_.store(SeatState::gone, std::memory_order_relaxed);
  slot_of(slot_).cleanup(normal ? caf::error{caf::exit_reason::normal} : to_caf(reason), nullptr);
}

Health Seat::health() const {
  const Slot& slot = slot_of(slot_);
  Health health;
  health.path = path_;
  health.state = state();
  health.incarnation = incarnation();
  health.restarts = health.incarnation == 0 ? 0 : health.incarnation - 1;
  health.waiting = slot.vitals.waiting();
  health.held = slot.held();
  health.handled = slot.vitals.handled();
  health.dead_letters = slot.dead_letters();
  health.handler_p50_ns = slot.vitals.durations().quantile_ns(0.5);
  health.handler_p99_ns = slot.vitals.durations().quantile_ns(0.99);
  if (health.state == SeatState::running) {
    health.uptime_ns = system_clock().monotonic_ns() - born_ns_.load(std::memory_order_relaxed);
  }
  if (slot.vitals.busy_with() != 0) {
    const std::vector<std::string> last = slot.vitals.last_messages();
    if (!last.empty()) health.busy_with = last.front();
  }
  const std::lock_guard lock(mutex_);
  health.last_error = last_error_;
  return health;
}

}  // namespace noodle::actors
