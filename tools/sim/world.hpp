// World: a cluster of pure cores, its network and its clock. One event after another, in virtual time.
//
// Every choice comes from the seed, so a run is repeated exactly by scenario and seed; trace_hash() tells two runs
// apart. Threads: one thread; several worlds may run in several threads. Limits: kMaxInbox messages wait for a node
// that stands still (what a socket would hold); more are lost.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <variant>
#include <vector>

#include "cluster/lease/lease_claim.hpp"
#include "cluster/lease/lease_table.hpp"
#include "cluster/membership/membership.hpp"
#include "cluster/random.hpp"
#include "messages/error.hpp"
#include "tools/sim/invariants.hpp"
#include "tools/sim/network.hpp"
#include "tools/sim/scenario.hpp"

namespace noodle::sim {

inline constexpr std::size_t kMaxInbox = 4'096;

class World {
 public:
  /// Error 6106 when the scenario's profile does not exist.
  static Result<std::unique_ptr<World>> make(const Scenario& scenario, std::uint64_t seed);

  /// To the end of the scenario, or to the first violation when `stop_at_violation`.
  void run(bool stop_at_violation = false);

  /// Told what nodes notice and do, in words.
  using Listener = std::function<void(std::int64_t at_ns, const std::string& what)>;
  void listen(Listener listener) { listener_ = std::move(listener); }

  std::uint64_t trace_hash() const { return trace_; }
  const std::vector<Violation>& violations() const { return invariants_.violations(); }
  const Figures& figures() { return invariants_.figures(); }
  std::int64_t now_ns() const { return now_ns_; }
  const membership::Membership* core(std::uint32_t node) const { return nodes_[node].core.get(); }

  static NodeId node_id(std::uint32_t node) { return {mix64(node + 1), node + 1}; }

 private:
  struct LinkProbed {
    std::uint32_t sequence = 0;
    membership::LinkProbe result{};
  };
  struct LinkChanged {
    std::uint32_t other = 0;
    membership::LinkEvent event{};
  };
  struct LeaseMessage {  // to the node that keeps the lease, and its answer
    std::uint32_t from = 0;
    std::uint64_t holder = 0;
    lease::LeaseClaim::Ask ask;
    bool answer = false, lost = false;
    std::optional<lease::LeaseTable::Grant> grant;
  };
  struct Wake {};
  struct CheckLink {  // whether the link is silent by now
    std::uint32_t other = 0;
  };
  struct CheckDetected {
    std::int64_t down_since_ns = 0;
  };
  struct BeginFault {
    std::uint32_t fault = 0;
    std::uint32_t round = 0;
  };
  struct EndFault {
    std::uint32_t fault = 0;
    std::uint32_t rule = 0;
    std::vector<std::uint32_t> nodes;
  };
  struct Release {  // of a clogged node
    bool hold = false;
  };
  using Payload = std::variant<Wake, membership::Datagram, membership::MemberState, LinkProbed, LinkChanged, CheckLink,
                               CheckDetected, BeginFault, EndFault, Release, LeaseMessage>;
  struct Event {
    std::int64_t at_ns = 0;
    std::uint64_t order = 0;
    std::uint32_t node = 0;
    std::uint32_t life = 0;     // of the node; 0: whichever
    std::uint32_t payload = 0;  // index; kWake: none
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.order > b.order;
    }
  };
  struct Held {
    std::uint32_t from = 0, to = 0;
    Payload payload;
  };
  struct Node {
    std::unique_ptr<membership::Membership> core;
    std::uint32_t life = 0;  // counts starts
    bool powered = true;
    std::int64_t wall_offset_ns = 0;
    std::int64_t clock_offset_ns = 0;  // its monotonic clock began elsewhere
    double duty = 1;
    std::int64_t period_ns = 0, phase_ns = 0;
    std::int64_t wake_ns = 0;  // the earliest wake-up that is queued
    std::uint32_t clogs = 0;
    std::vector<std::uint32_t> neighbours;      // with whom it keeps links
    std::deque<Payload> inbox;                  // while it stands still
    std::unique_ptr<lease::LeaseTable> leases;  // of node 0
    lease::LeaseClaim claim;                    // of the others
    std::uint64_t holder = 0;
  };

  World(const Scenario& scenario, const membership::Settings& settings, std::uint64_t seed);

  // world.cpp: events
  void push(std::int64_t at_ns, std::uint32_t node, Payload payload, std::uint32_t life = 0);
  void push_wake(std::uint32_t node);
  void dispatch(const Event& event);
  void deliver(std::uint32_t node, Payload&& payload);
  void run_node(std::uint32_t node, Payload&& payload);
  std::int64_t runs_again_ns(const Node& node) const;
  std::int64_t local_ns(const Node& node) const { return now_ns_ + node.clock_offset_ns; }
  void apply(std::uint32_t node, membership::Effects& effects);
  void send(std::uint32_t from, membership::Datagram&& datagram);
  void send_state(std::uint32_t from, membership::SendState&& effect);
  void probe_link(std::uint32_t from, const membership::ProbeLink& probe);
  bool held(std::uint32_t from, std::uint32_t to, Payload& payload);
  void finish();
  void tell(std::uint32_t node, const membership::Effect& effect);

  // leases.cpp: one lease, kept by node 0, that all others want
  void start_leases(std::uint32_t node);
  void act(std::uint32_t node);
  void want_lease(std::uint32_t node);
  void lease_message(std::uint32_t node, const LeaseMessage& message);
  void send_lease(std::uint32_t from, std::uint32_t to, const LeaseMessage& message);

  // faults.cpp: what happens to nodes and paths
  void plan_faults();
  void begin_fault(std::uint32_t index, std::uint32_t round);
  void end_fault(const EndFault& end);
  std::vector<std::uint32_t> targets(const Fault& fault);
  void start_node(std::uint32_t node, bool formed);
  void stop_node(std::uint32_t node, bool power);
  void pause_node(std::uint32_t node);
  void resume_node(std::uint32_t node);
  void clog(std::uint32_t node, bool hold);
  void swizzle(const std::vector<std::uint32_t>& nodes, std::int64_t for_ns);
  void watch_links();

  Scenario scenario_;
  membership::Settings settings_;
  Random random_;
  Network network_;
  std::vector<Truth> truth_;
  Invariants invariants_;
  std::vector<Node> nodes_;
  std::vector<Held> held_;
  std::optional<lease::Stored> stored_lease_;  // on the disk of node 0
  std::uint64_t stored_token_ = 0;
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
  std::vector<Payload> payloads_;
  std::vector<std::uint32_t> free_payloads_;
  membership::Effects effects_;
  Listener listener_;
  std::int64_t now_ns_ = 0;
  std::uint64_t order_ = 0;
  std::uint64_t trace_ = 0;
  std::uint32_t next_rule_ = 1;
};

}  // namespace noodle::sim
