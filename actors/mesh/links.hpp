// Links: the links of a node, and which of them a frame takes.
//
// It wants links to some members (routing/neighbours.hpp), makes others on demand, measures all each second, floods
// what they cost, and relays frames between nodes that have none. A frame goes over the direct link when there is one,
// else the shortest way, else a link is made. Clients are linked, but nothing is relayed for them. Threads: that of the
// network. Owns: the transport. Errors: start 6019; send 6002, 6017, 6019, 6120, 6207.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/mesh/distribution.hpp"
#include "cluster/membership/membership.hpp"
#include "cluster/routing/router.hpp"
#include "cluster/transport/transport.hpp"
#include "runtime/base/clock.hpp"

namespace noodle::actors {

/// What others see of the links; outlives them when they are started again.
class LinkBoard {
 public:
  explicit LinkBoard(const NodeId& self) : router_(self) {}
  std::vector<LinkView> links() const;
  std::vector<NodeId> route(const NodeId& self, const NodeId& to) const;
  std::optional<PeerIdentity> identity_of(const NodeId& peer) const;

 private:
  friend class Links;
  mutable std::mutex mutex_;  // guards the following; the thread of the network alone writes, and reads without it
  routing::Router router_;
  std::vector<LinkView> links_;
  std::map<NodeId, PeerIdentity> identities_;
};

class Links final : public Distribution::Links {
 public:
  struct Events {
    std::function<void(const NodeId& node, membership::LinkEvent event)> changed;
    std::function<void(const NodeId& node, std::int64_t rtt_us)> measured;
  };
  static Result<std::unique_ptr<Links>> start(LoopThread& thread, const MeshOptions& options, const NodeId& self,
                                              std::uint64_t incarnation, Distribution& distribution, LinkBoard& board,
                                              Events events);
  ~Links() override;

  static Result<std::shared_ptr<transport::TlsContext>> context_of(const transport::TlsIdentity& identity);

  std::uint16_t port() const { return transport_->port(); }
  void set_incarnation(std::uint64_t incarnation);

  // ---- members
  void member_lives(const NodeId& node, const transport::Endpoint& endpoint, const std::string& name,
                    const std::string& zone);
  void member_gone(const NodeId& node);
  /// To the node itself, a member or not; a link is made when there is none.
  Result<void> send_direct(const NodeId& to, const transport::FrameHeader& header, FramePtr frame);
  /// Whoever is there gets the frame. `done`: who that is, or why there is no link; may be empty, or not be called.
  void send_to_address(const transport::Endpoint& endpoint, const transport::FrameHeader& header, FramePtr frame,
                       std::function<void(const Result<NodeId>&)> done = {});
  /// Whether the node answers over a link, within `timeout_ns`.
  void probe(const NodeId& node, std::int64_t timeout_ns, std::function<void(membership::LinkProbe)> done);

  // ---- Distribution::Links
  Result<NodeId> send(const NodeId& to, transport::Lane lane, const transport::FrameHeader& header,
                      FramePtr frame) override;
  std::uint64_t bulk_frames_sent(const NodeId& neighbour) const override;

  /// Another node's costs (Service::routes).
  void link_state(const Msg<wire::LinkState>& state);
  /// Each second: measures, tells, mends.
  void tick();
  /// Closes links of certificates that are revoked now.
  void replace_tls(std::shared_ptr<transport::TlsContext> tls, const security::Revocations& revocations);
  void collect(Samples& out) const;

 private:
  struct Member {
    transport::Endpoint endpoint;
    std::string name, zone;
  };
  struct Peer {
    PeerIdentity identity;
    std::string serial;  // of its certificate
    std::int64_t since_ns = 0;
    double rtt_us = 0;
    std::vector<std::function<void(membership::LinkProbe)>> probes;  // that the next answer answers
  };

  Links(LoopThread& thread, const MeshOptions& options, const NodeId& self, std::uint64_t incarnation,
        Distribution& distribution, LinkBoard& board, Events events);
  transport::TransportEvents transport_events();
  void up(const transport::Hello& hello, const security::CertificateInfo& certificate);
  void down(const NodeId& node, const Error& why);
  void received(const NodeId& from, transport::Received received);
  void relay(const NodeId& from, transport::Received received);
  void refused(const NodeId& from, const transport::Received& received);
  void send_back(const NodeId& from, transport::Lane lane, const transport::FrameHeader& request, const Error& why);
  void probed(const NodeId& from, const transport::FrameHeader& header, const FramePtr& frame);
  void send_probe(const NodeId& to);
  void call_wanted();
  void advertise();
  void flood(const routing::LinkStatement& statement, const NodeId& except);
  bool is_node(const NodeId& peer) const;
  void show();

  LoopThread& thread_;
  const NodeId self_;
  const std::size_t degree_;
  const std::uint64_t random_seed_;
  Distribution& distribution_;
  LinkBoard& board_;
  Events events_;
  std::unique_ptr<transport::Transport> transport_;
  std::unique_ptr<routing::Advertiser> advertiser_;
  std::map<NodeId, Member> members_;
  std::map<NodeId, Peer> peers_;  // that are up
  std::map<NodeId, routing::LinkStatement> statements_;
  std::uint64_t ticks_ = 0;
};

}  // namespace noodle::actors
