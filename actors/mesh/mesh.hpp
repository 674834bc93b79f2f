// The mesh of a node: links, members, routes and names, and the actors of other nodes as if they were here.
//
//     auto mesh = Mesh::start(node, options);             // component "mesh" of the node
//     mesh->serve(Service::inspector, inspector);         // other nodes reach it under that name
//     self->request(mesh->service(other, Service::inspector), timeout, question) ...
//
// A handle of a remote actor (`service`, `actor`, or one that came as the sender of a message) takes messages,
// requests, monitors and links like a local one. One DOWN comes, with the true reason, whether the actor ended, never
// was, or its node was declared dead; then the handle is dead, and what is sent to it is refused. A node that comes
// back has new handles. Messages are single Msg<T> of types in message_types.hpp. Threads: all functions from any;
// everything of the network happens on one thread of its own. Owns: that thread. Limits: those of transport.hpp and
// membership; distribution.hpp for what waits for an actor. Errors: start 6019, 6103, 6106, 8010, 8014, 8017; requests
// 6201, 6204 to 6208, 6017, 6120.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/core/node.hpp"
#include "cluster/failure/detector.hpp"
#include "cluster/membership/member.hpp"
#include "cluster/membership/settings.hpp"
#include "cluster/routing/topology.hpp"
#include "cluster/security/certificate.hpp"
#include "cluster/transport/link.hpp"
#include "cluster/transport/tls_context.hpp"
#include "cluster/transport/transport.hpp"
#include "messages/ids.hpp"
#include "runtime/base/metrics/metrics.hpp"
#include "runtime/base/secret.hpp"

namespace noodle::actors {

/// Actors that every node has under the same number. Clients may address `sessions` alone, and what that gives them.
enum class Service : std::uint8_t { membership = 1, routes, names, inspector, sessions, work, courier, leases = 9 };

/// An actor of another node, as others can be told of it. Good until it ends or the node restarts.
struct ActorAddress {
  NodeId node;
  std::uint64_t number = 0;
  friend bool operator==(const ActorAddress&, const ActorAddress&) = default;
};

struct MeshOptions {
  std::string name;  // of the node, for people
  transport::TlsIdentity identity;
  Secret gossip_keys;               // lines of gossip.key
  transport::Endpoint listen;       // TCP and UDP; port 0: any that is free
  std::string advertise;            // address for others; empty: the one it listens on
  std::vector<std::string> seeds;   // ADDRESS:PORT
  std::vector<std::string> labels;  // KEY=VALUE
  std::uint64_t incarnation = 0;    // above that of every run before
  membership::Settings membership = membership::lan_settings();
  std::string lease_node;                                     // name of the node that keeps leases; empty: none does
  std::size_t degree = 8;                                     // links that it wants; its neighbours may want more
  std::uint64_t max_message = transport::kDefaultMaxMessage;  // that it sends or takes, in bytes (6002)
  std::uint64_t receive_memory = transport::kDefaultReceiveMemory;  // for large ones that are on their way here (6017)
  std::uint64_t random_seed = 1;
  /// This node has left the cluster: the news is out, and answers about it have had their time. Called once, on the
  /// thread of the network; may be empty.
  std::function<void()> on_left = {};
};

/// A link, as this end sees it.
struct LinkView {
  NodeId peer;
  std::string name;     // of the peer; that of its certificate for a client
  bool client = false;  // the peer is a person or program, not a node
  std::int64_t since_ns = 0;
  routing::Cost cost = 0;          // as this node tells it; 0: not measured yet
  std::int64_t round_trip_ns = 0;  // smoothed; 0: not measured yet
  transport::LinkStatistics statistics;
};

/// Whose certificate a link shows.
struct PeerIdentity {
  NodeId id;
  std::string name;
  security::CertificateUse use{};
};

class Leases;
class Names;

class Mesh {
 public:
  static Result<std::unique_ptr<Mesh>> start(Node& node, MeshOptions options);
  /// Stops the node, if nobody has, and closes all links.
  ~Mesh();
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;

  const NodeId& self() const;
  const std::string& name() const;
  std::uint16_t port() const;
  std::uint64_t incarnation() const;

  /// A new certificate, new trust, new gossip keys: for links and datagrams from now on. The key, and with it the id,
  /// has to stay. Errors 6014, 8010, 8014, 8017.
  Result<void> replace_identity(transport::TlsIdentity identity, const Secret& gossip_keys);

  // ---- actors
  /// Makes an actor of this node (best: a slot) the service of that number.
  void serve(Service service, const caf::actor& actor);
  /// The service of a node; of this one the actor itself (empty while there is none).
  caf::actor service(const NodeId& node, Service service);
  /// Where a remote actor is; nothing for actors of this node.
  std::optional<ActorAddress> address_of(const caf::strong_actor_ptr& actor) const;
  /// Whoever is there; of this node only those that others may know, and nobody else.
  caf::actor actor_at(const ActorAddress& address);
  /// Where others find an actor of this node.
  ActorAddress address_here(const caf::actor& actor);
  /// What actors and processes of the cluster are called (names.hpp).
  Names& names();
  /// What actors and processes of this node hold of the leases of the cluster (leases.hpp).
  Leases& leases();
  /// Of the node that keeps leases; empty: there is none, or it is not known here.
  caf::actor lease_keeper();
  /// Who is at the other end of a remote actor's link; nothing for actors of this node and behind relays.
  std::optional<PeerIdentity> identity_of(const caf::strong_actor_ptr& actor) const;

  // ---- members
  /// Everybody this node knows of, itself first, then by name.
  std::vector<membership::MemberView> members() const;
  /// By name, by id, or by at least 4 characters an id begins with. Errors 6107 with a suggestion.
  Result<NodeId> find_node(std::string_view name) const;
  failure::Verdict judge(const NodeId& node) const;
  /// False: this node may have been declared dead, and must not make anything durable or visible.
  bool may_commit() const;
  /// Whether this node takes work: ready, draining or cordoned.
  void set_service(membership::Service service);
  /// Tells all that this node goes; true when the news is out.
  bool leave(std::chrono::milliseconds limit);
  /// `actor` gets a Msg<wire::MemberEvent> for each change until it ends.
  void subscribe(const caf::actor& actor);

  // ---- links and routes
  std::vector<LinkView> links() const;
  /// The way messages take, this node first; empty when there is none.
  std::vector<NodeId> route(const NodeId& to) const;
  /// noodle_transport_*, noodle_link_*, noodle_membership_*, noodle_distribution_*. Waits for the thread of the
  /// network.
  void collect(Samples& out) const;

  class Inside;

 private:
  Mesh(std::shared_ptr<Inside> inside, Node& node);
  std::shared_ptr<Inside> inside_;
  Node& node_;
};

struct ClientOptions {
  transport::TlsIdentity identity;  // a client certificate
  std::vector<std::string> nodes;   // ADDRESS:PORT, tried in order
  std::chrono::milliseconds timeout{5000};
};

/// A person's or program's link to one node.
class MeshClient {
 public:
  /// Errors: 8010, and 8014 when the certificate is not a client's; those of the last node tried.
  static Result<std::unique_ptr<MeshClient>> connect(caf::actor_system& system, ClientOptions options);
  ~MeshClient();
  MeshClient(const MeshClient&) = delete;
  MeshClient& operator=(const MeshClient&) = delete;

  const PeerIdentity& node() const;
  /// Of the node it is linked to. Dead once the link is lost.
  caf::actor service(Service service);

  class Inside;

 private:
  explicit MeshClient(std::shared_ptr<Inside> inside);
  std::shared_ptr<Inside> inside_;
};

}  // namespace noodle::actors
