// The inside of a transport: its connections and what it knows of each peer. Between transport.cpp and connection.cpp.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <deque>
#include <random>
#include <set>
#include <utility>

#include "cluster/transport/tls_stream.hpp"
#include "cluster/transport/tls_verdict.hpp"
#include "cluster/transport/transport.hpp"

namespace noodle::transport {

using Tcp = asio::ip::tcp;

/// One TCP connection, from its first byte to its last. Lives as long as asio has work of it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Transport::State> transport, LinkRole role, Tcp::socket socket);

  void accept();
  void connect(const NodeId& peer, const Tcp::endpoint& endpoint);
  /// To whoever is there; `done` is called once, unless it is closed before.
  void call(const Tcp::endpoint& endpoint, Transport::Called done);
  /// Writes what the link has to say, when the loop has done what else is ready, so that all of it goes together.
  void pump_soon();
  void fail(const Error& why);
  void close();

  Link& link() { return *link_; }
  LinkRole role() const { return role_; }
  bool is_open() const { return open_; }
  const NodeId& peer() const { return peer_; }
  std::int64_t began_ns() const { return began_ns_; }
  std::int64_t opened_ns() const { return opened_ns_; }
  const std::string& address() const { return address_; }
  const security::CertificateInfo& certificate() const { return *verdict_.peer; }
  /// Of a call that has not been answered yet.
  Transport::Called take_called() { return std::exchange(called_, nullptr); }
  bool refused() const { return refused_; }

 private:
  void open_socket(const Tcp::endpoint& endpoint);
  void shake_hands();
  void greet();
  Result<std::uint16_t> judge(const Hello& hello);
  void read();
  void step_handshake();
  void take_in();
  void take_in_plain(std::span<const std::byte> bytes);
  std::size_t fill();
  void pump();
  void arm_timer();
  void on_timer();
  void send_last(const Error& why);

  std::shared_ptr<Transport::State> transport_;
  LinkRole role_;
  std::shared_ptr<TlsContext> tls_;  // outlives the stream
  TlsVerdict verdict_;
  Tcp::socket socket_;
  TlsStream stream_;
  asio::steady_timer timer_;
  std::optional<Link> link_;
  NodeId peer_;
  std::string address_;
  std::int64_t began_ns_, opened_ns_ = 0;
  Transport::Called called_;
  bool open_ = false, writing_ = false, closed_ = false;
  bool refused_ = false;  // by the peer's machine
  bool shaken_ = false;   // TLS is done with its handshake
  bool leaving_ = false;  // the last bytes are being written
  bool pumping_ = false;  // soon
  std::vector<std::byte> plain_, outgoing_, sealed_in_, sealed_out_;
};

struct Transport::State : std::enable_shared_from_this<Transport::State> {
  struct Waiting {
    Lane lane;
    FrameHeader header;
    FramePtr frame;
  };
  struct Peer {
    std::optional<Tcp::endpoint> endpoint;
    std::shared_ptr<Connection> connecting, up;
    std::deque<Waiting> waiting;
    std::uint64_t waiting_bytes = 0;
    std::uint32_t attempt = 0;
    std::int64_t retry_ns = 0;
    std::uint64_t newest_incarnation = 0;
  };

  State(asio::io_context& loop, std::shared_ptr<TlsContext> context, const TransportOptions& wanted,
        TransportEvents handlers, const Clock& time)
      : io(loop),
        tls(std::move(context)),
        options(wanted),
        events(std::move(handlers)),
        clock(time),
        acceptor(loop),
        random(wanted.random_seed) {}

  asio::io_context& io;
  std::shared_ptr<TlsContext> tls;
  TransportOptions options;
  TransportEvents events;
  const Clock& clock;
  Tcp::acceptor acceptor;
  std::mt19937_64 random;
  std::map<NodeId, Peer> peers;
  std::set<std::shared_ptr<Connection>> accepted;  // that are not open yet
  std::set<std::shared_ptr<Connection>> calling;
  TransportStatistics statistics;
  bool stopped = false;

  Result<void> listen();
  void accept_next();
  void admit(Tcp::socket socket);
  Result<void> start_connecting(const NodeId& id, Peer& peer);
  /// A call has found out who is there. False: there is a link to that peer already, or one is being made.
  bool begin(const std::shared_ptr<Connection>& connection);
  /// Why a peer that wants to be linked is refused, if it is.
  Result<void> check_duplicate(const Hello& hello, const Connection& connection);
  void on_open(const std::shared_ptr<Connection>& connection);
  void on_closed(const std::shared_ptr<Connection>& connection, const Error& why);
  /// Looks after a moment whether the link of the other side is up; connects once more when it is not.
  void look_again(const NodeId& id, Peer& peer);
  void lose(const NodeId& id, std::uint64_t frames, const Error& why);
  void stop();
};

}  // namespace noodle::transport
