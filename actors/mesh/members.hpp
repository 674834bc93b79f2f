// Members: the membership core of a node with its datagrams, and what follows from its decisions.
//
// Threads: that of the network, except members(), judge(), may_commit(). Owns: the socket for datagrams, the core.
// Errors: start 6019, 6103, 6106, 8017.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/mesh/links.hpp"
#include "cluster/failure/detector.hpp"
#include "cluster/transport/datagram.hpp"
#include "cluster/transport/datagram_socket.hpp"

namespace noodle::actors {

/// What others see of the members; outlives the core when that is started again.
class MemberBoard {
 public:
  std::vector<membership::MemberView> members() const;
  failure::Verdict judge(const NodeId& node) const;
  bool may_commit() const;
  void subscribe(const caf::actor& actor);

 private:
  friend class Members;
  mutable std::mutex mutex_;  // guards the following
  std::vector<membership::MemberView> members_;
  failure::Detector detector_{failure::Limits{}};
  std::vector<caf::actor> subscribers_;
  std::atomic<std::int64_t> commit_until_ns_{0};
};

class Members {
 public:
  struct Context {
    LoopThread& thread;
    Links& links;
    Distribution& distribution;
    MemberBoard& board;
    std::atomic<std::uint64_t>& incarnation;
  };
  /// `port`: of the links; datagrams use the same.
  static Result<std::unique_ptr<Members>> start(const Context& context, const MeshOptions& options, const NodeId& self,
                                                std::uint16_t port);
  ~Members();

  void state(const Msg<wire::MemberState>& state);
  void tick();
  /// When tick() is to be called, at the latest.
  std::int64_t next_wake_ns() const { return core_.next_wake_ns(); }
  void link_changed(const NodeId& node, membership::LinkEvent event);
  void measured(const NodeId& node, std::int64_t rtt_us);
  void set_service(membership::Service service);
  void leave();
  bool left() const { return core_.left(); }
  void replace_keys(transport::GossipKeys keys) { seal_.replace_keys(std::move(keys)); }
  void collect(Samples& out) const;

 private:
  Members(const Context& context, membership::Membership core, transport::DatagramSeal seal);
  void datagram(const transport::Endpoint& from, std::span<const std::byte> bytes);
  void run(membership::Effects effects);
  void seed_called(const std::string& seed, const Result<NodeId>& peer);
  void perform(const membership::SendDatagram& effect);
  void perform(const membership::SendState& effect);
  void perform(const membership::ProbeLink& effect);
  void perform(const membership::MemberChanged& effect);
  void perform(const membership::ReachChanged& effect);
  void perform(const membership::StandDown& effect);
  void perform(const membership::Resumed& effect);
  void show();

  Context context_;
  membership::Membership core_;
  transport::DatagramSeal seal_;
  std::unique_ptr<transport::DatagramSocket> socket_;
  std::map<NodeId, transport::Endpoint> heard_;  // where datagrams of nodes that are no members yet came from
  std::map<std::string, Code> seed_problems_;    // that were logged, of seeds that have not answered since
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// "10.0.0.7:7700", "[::1]:7700".
Result<transport::Endpoint> parse_endpoint(std::string_view text);

}  // namespace noodle::actors
