// A seat: the place of an actor in the supervision tree. It stays while incarnations come and go.
//
// Others hold the seat's slot, a CAF handle that passes each message on to the incarnation that sits there now, and
// keeps messages (bounded) while nobody does. A monitor of or link to a slot fires only when the supervisor gives the
// seat up. Threads: any, except where said.
#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/core/vitals.hpp"
#include "messages/error.hpp"

namespace noodle::actors {

enum class SeatState : std::uint8_t {
  starting,  // nobody has sat there yet
  running,
  restarting,  // the incarnation has ended, the next is to come
  resting,     // in quarantine: it failed too often
  stopping,
  gone  // given up, or ended for good
};
const char* name_of(SeatState state);

/// What is known of an actor, for people and machines.
struct Health {
  std::string path;  // "node/work/vm_pool"
  SeatState state{};
  std::uint64_t incarnation = 0;  // from 1
  std::uint64_t restarts = 0;
  std::int64_t uptime_ns = 0;  // of the incarnation
  std::uint64_t waiting = 0;   // messages in its mailbox
  std::uint64_t held = 0;      // in the slot
  std::uint64_t handled = 0;   // messages, by all incarnations
  std::uint64_t dead_letters = 0;
  std::int64_t handler_p50_ns = 0, handler_p99_ns = 0;
  std::string busy_with;  // the type of the message it works on; empty: it waits
  std::string last_error;
};

/// How an incarnation ended.
struct DeathCertificate {
  std::string path;
  std::uint64_t incarnation = 0;
  Error reason;
  std::string cause;                       // what made it end, if it was not itself: "stopped because node/a ended"
  std::string decision;                    // what its supervisor did then
  std::string seen_by;                     // the supervisor's path
  std::vector<std::string> last_messages;  // newest first
  std::uint64_t handled = 0;
  std::int64_t lived_ns = 0;
  std::int64_t died_wall_ns = 0;
  bool in_time = true;  // false: it was told to end, and had to be killed or given up
};

class Seat {
 public:
  /// `held_limit`: messages kept while nobody sits there.
  Seat(caf::actor_system& system, std::string path, std::size_t held_limit);
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  const std::string& path() const { return path_; }
  const caf::actor& slot() const { return slot_; }
  Vitals& vitals() const;
  Health health() const;
  SeatState state() const { return state_.load(std::memory_order_relaxed); }
  std::uint64_t incarnation() const { return incarnation_.load(std::memory_order_relaxed); }

  // ---- by the supervisor
  /// `actor` sits there from now on; held messages go to it, before any later one.
  void take(const caf::actor& actor);
  /// The incarnation has ended or is given up. Messages are held from now on.
  void vacate(SeatState next, const Error& reason);
  /// Who sees to the seat; told once, before others know the seat.
  void set_supervisor(const caf::actor_addr& supervisor) { supervisor_ = supervisor; }
  /// Who to ask for the end of the incarnation (supervisor.hpp: EndChild); empty: nobody any more.
  caf::actor supervisor() const;
  void set_state(SeatState state) { state_.store(state, std::memory_order_relaxed); }
  /// Nobody will sit there any more: messages are refused with 6201, monitors and links of the slot fire.
  void close(const Error& reason, bool normal);

 private:
  const std::string path_;
  caf::actor_addr supervisor_;
  caf::actor slot_;  // holds what messages need, so that an address is good without the seat
  std::atomic<SeatState> state_{SeatState::starting};
  std::atomic<std::uint64_t> incarnation_{0};
  std::atomic<std::int64_t> born_ns_{0};
  mutable std::mutex mutex_;  // guards the following
  std::string last_error_;
};
using SeatPtr = std::shared_ptr<Seat>;

}  // namespace noodle::actors
