// Transport: the links of a node to its peers, over TLS.
//
// A link is made when there is something to send and the peer's address is known, or when the peer makes it; between
// two nodes there is one. Attempts are single: who sends while one is under way waits in a bounded queue. After a
// failure the next attempt waits (backoff_ns), and what is sent meanwhile fails at once. When both sides connect at the
// same time, the link of the node with the smaller id stays. Threads: all functions and events on the thread of the
// loop. Limits: TransportOptions. Errors: start 6019; send 6002, 6016, 6017, 6019.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "cluster/transport/link.hpp"
#include "cluster/transport/loop.hpp"
#include "cluster/transport/tls_context.hpp"
#include "runtime/base/clock.hpp"

namespace noodle::transport {

struct Endpoint {
  std::string host;  // an address, not a name: looking names up can block
  std::uint16_t port = 0;
};

inline constexpr std::uint64_t kDefaultReceiveMemory = 4 * kGiB;

struct TransportOptions {
  Hello hello;  // node id and cluster are taken from the certificate
  bool listens = true;
  Endpoint listen = {"127.0.0.1", 0};  // port 0: any that is free
  LinkLimits link = {};
  std::size_t max_links = 4096;
  std::size_t max_handshakes = 256;  // of accepted connections that are not open yet
  std::size_t max_handshakes_of_address = 64;
  std::uint64_t max_waiting_bytes = 4 * kMiB;            // of one peer, while connecting; or one larger message
  std::uint64_t receive_memory = kDefaultReceiveMemory;  // for messages that come in pieces, of all peers together
  std::uint64_t random_seed = 1;
};

struct TransportEvents {
  std::function<void(const Hello& peer, const security::CertificateInfo& certificate)> up;
  std::function<void(const NodeId& peer, const Error& why)> down;
  /// Call release() when the frame is done with, so that the peer may send more.
  std::function<void(const NodeId& peer, Received received)> received;
  /// A connection from or to `address` that did not become a link.
  std::function<void(const std::string& address, const Error& why)> refused;
  /// Frames that were accepted by send() and will not arrive.
  std::function<void(const NodeId& peer, std::uint64_t frames, const Error& why)> lost;
};

struct TransportStatistics {
  std::uint64_t accepted = 0, connected = 0, refused = 0, flooded = 0, closed = 0, lost_frames = 0;
  std::map<std::uint16_t, std::uint64_t> refused_by_code = {};
  LinkStatistics ended = {};  // of links that are no more
};

class Transport {
 public:
  static Result<std::unique_ptr<Transport>> start(Loop& loop, std::shared_ptr<TlsContext> tls,
                                                  const TransportOptions& options, TransportEvents events,
                                                  const Clock& clock = system_clock());
  /// Closes all links without events.
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// The port that was chosen; 0 when it does not listen.
  std::uint16_t port() const;
  /// Calls on an address, whoever is there: `done` gets its id or the error, and whether its machine said that nobody
  /// listens there. The link stays; a second one to the same peer is not made.
  using Called = std::function<void(const Result<NodeId>& peer, bool refused)>;
  void call(const Endpoint& endpoint, Called done);
  /// Where a peer is reached. Another address closes a link that is still being made.
  void set_endpoint(const NodeId& peer, const Endpoint& endpoint);
  /// Makes a link when there is none, as send() does.
  void connect(const NodeId& peer);
  Result<void> send(const NodeId& peer, Lane lane, const FrameHeader& header, FramePtr frame);
  void release(const NodeId& peer, const Received& received);
  void disconnect(const NodeId& peer);
  /// For connections from now on.
  void replace_tls(std::shared_ptr<TlsContext> tls);
  void set_incarnation(std::uint64_t incarnation);

  bool is_up(const NodeId& peer) const;
  const LinkStatistics* link_statistics(const NodeId& peer) const;
  const TransportStatistics& statistics() const;
  /// Of all links together, also of those that have ended.
  LinkStatistics traffic() const;

  struct State;  // transport_state.hpp

 private:
  explicit Transport(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace noodle::transport
