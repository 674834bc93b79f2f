// Links over real sockets and real TLS on the loopback: who is let in, who is not, and what arrives.
#include "cluster/transport/transport.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "messages/msg.hpp"
#include "messages/value.capnp.h"

using namespace noodle;
using namespace noodle::transport;
using security::CertificateUse;
using security::SigningKey;

namespace {

std::int64_t now_s() {
  return system_clock().wall_ns() / 1'000'000'000;
}

struct Cluster {
  SigningKey ca = SigningKey::generate();
  std::string name;
  security::Trust trust;

  explicit Cluster(std::string cluster = "production")
      : name(std::move(cluster)),
        trust{*security::Authorities::read(certificate(CertificateUse::authority, "ca", ca)),
              {},
              security::Revocations(name)} {}

  std::string certificate(CertificateUse use, const std::string& holder, const SigningKey& key,
                          std::int64_t until_s = now_s() + 3600) const {
    security::CertificateRequest request;
    request.use = use;
    request.cluster = name;
    request.name = holder;
    request.key = key.public_key();
    request.not_before_s = now_s() - 3600;
    request.not_after_s = until_s;
    auto pem = security::make_certificate(request, ca, "ca");
    REQUIRE_MESSAGE(pem.ok(), pem.error().message);
    return *pem;
  }
  std::shared_ptr<TlsContext> tls(const std::string& pem, const SigningKey& key) const {
    auto made = TlsContext::create({pem, security::private_key_pem(key), trust}, now_s);
    REQUIRE_MESSAGE(made.ok(), made.error().message);
    return *made;
  }
};

FramePtr frame_of(std::size_t bytes, std::uint64_t number) {
  return Msg<wire::Value>::build([&](wire::Value::Builder value) {
           auto data = value.initImage(static_cast<unsigned>(bytes));
           for (unsigned i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(number + i);
         })
      .frame();
}

FrameHeader header_of(std::uint64_t number) {
  return {number, 0, 0, Msg<wire::Value>::kTypeId};
}

struct Node {
  SigningKey key;
  std::vector<NodeId> up;
  std::vector<Error> down, refused;
  std::vector<Received> received;
  std::uint64_t lost = 0;
  bool releases = true;
  std::unique_ptr<Transport> transport;

  Node(Loop& loop, const Cluster& cluster, const std::string& name, TransportOptions options = {},
       const SigningKey& own = SigningKey::generate(), CertificateUse use = CertificateUse::node,
       std::int64_t until_s = now_s() + 3600)
      : key(own) {
    start(loop, cluster.tls(cluster.certificate(use, name, key, until_s), key), std::move(options));
  }

  void start(Loop& loop, std::shared_ptr<TlsContext> tls, TransportOptions options) {
    TransportEvents events;
    events.up = [this](const Hello& peer, const security::CertificateInfo&) { up.push_back(peer.node); };
    events.down = [this](const NodeId&, const Error& why) { down.push_back(why); };
    events.refused = [this](const std::string&, const Error& why) { refused.push_back(why); };
    events.lost = [this](const NodeId&, std::uint64_t frames, const Error&) { lost += frames; };
    events.received = [this](const NodeId& peer, Received one) {
      if (releases) transport->release(peer, one);
      received.push_back(std::move(one));
    };
    auto made = Transport::start(loop, std::move(tls), options, std::move(events));
    REQUIRE_MESSAGE(made.ok(), made.error().message);
    transport = std::move(made).value();
  }
  NodeId id() const { return key.public_key().id(); }
  void knows(const Node& other) const { transport->set_endpoint(other.id(), {"127.0.0.1", other.transport->port()}); }
  Result<void> send(const Node& to, std::uint64_t number, std::size_t bytes = 100, Lane lane = Lane::user) const {
    return transport->send(to.id(), lane, header_of(number), frame_of(bytes, number));
  }
  bool was_refused(Code code) const {
    return std::any_of(refused.begin(), refused.end(), [code](const Error& one) { return one.code == code; });
  }
};

template <class Done>
bool run_until(Loop& loop, Done done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    loop.run_for(50'000'000);
  }
  return true;
}

/// A socket that is no node.
class Stranger {
 public:
  explicit Stranger(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  Stranger(Stranger&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  ~Stranger() {
    if (socket_ >= 0) ::close(socket_);
  }
  void say(const std::string& bytes) const {
    CHECK(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("two nodes of a cluster link on demand, both ways over one link, in order") {
  Loop loop;
  const Cluster cluster;
  Node a(loop, cluster, "a"), b(loop, cluster, "b");
  CHECK(a.send(b, 1).error().code == Code::peer_unreachable);  // no address yet
  a.knows(b);
  for (std::uint64_t i = 0; i < 100; ++i) REQUIRE(a.send(b, i, i * 100).ok());
  REQUIRE(run_until(loop, [&] { return b.received.size() == 100; }));
  for (std::uint64_t i = 0; i < 100; ++i) CHECK(b.received[i].header.destination == i);
  REQUIRE(b.send(a, 7).ok());
  REQUIRE(run_until(loop, [&] { return a.received.size() == 1; }));
  CHECK(a.up == std::vector<NodeId>{b.id()});
  CHECK(b.up == std::vector<NodeId>{a.id()});
  CHECK(b.transport->statistics().accepted == 1);
}

TEST_CASE("who calls on an address to which there is a link is told whose it is, and the link serves both") {
  Loop loop;
  const Cluster cluster;
  Node a(loop, cluster, "a"), b(loop, cluster, "b");
  b.knows(a);
  REQUIRE(b.send(a, 1));
  REQUIRE(run_until(loop, [&] { return a.received.size() == 1 && b.up.size() == 1; }));
  std::vector<NodeId> found;
  a.transport->call({"127.0.0.1", b.transport->port()}, [&found](const Result<NodeId>& peer, bool) {
    REQUIRE_MESSAGE(peer.ok(), peer.error().to_string());
    found.push_back(*peer);
  });
  REQUIRE(run_until(loop, [&] { return found.size() == 1; }));
  CHECK(found[0] == b.id());
  REQUIRE(a.send(b, 2));
  REQUIRE(run_until(loop, [&] { return b.received.size() == 1; }));
  CHECK(a.up.size() == 1);
  CHECK(a.down.empty());
}

TEST_CASE("a frame of many pieces arrives whole over TLS while small ones pass it") {
  Loop loop;
  const Cluster cluster;
  Node a(loop, cluster, "a"), b(loop, cluster, "b");
  a.knows(b);
  REQUIRE(a.send(b, 0).ok());
  REQUIRE(run_until(loop, [&] { return b.received.size() == 1; }));
  REQUIRE(a.send(b, 1, 30'000'000, Lane::bulk).ok());
  REQUIRE(a.send(b, 2).ok());
  REQUIRE(run_until(loop, [&] { return b.received.size() == 3; }));
  CHECK(b.received[1].header.destination == 2);
  CHECK(b.received[2].header.destination == 1);
  const FramePtr expected = frame_of(30'000'000, 1);
  CHECK(std::ranges::equal(b.received[2].frame->bytes(), expected->bytes()));
}

TEST_CASE("when both sides connect at once, one link stays and nothing is lost") {
  for (int round = 0; round < 10; ++round) {
    Loop loop;
    const Cluster cluster;
    Node a(loop, cluster, "a"), b(loop, cluster, "b");
    a.knows(b);
    b.knows(a);
    REQUIRE(a.send(b, 1).ok());
    REQUIRE(b.send(a, 2).ok());
    const bool both = run_until(loop, [&] {
      return a.received.size() + a.lost + b.lost + b.received.size() >= 2 && a.transport->is_up(b.id()) &&
             b.transport->is_up(a.id());
    });
    REQUIRE(both);
    CHECK(a.up.size() == 1);
    CHECK(b.up.size() == 1);
    CHECK(a.lost + b.lost == 0);
    CHECK(a.down.empty());
  }
}

TEST_CASE("wrong CA, expired, revoked, client as node and foreign key are refused with their reason") {
  Loop loop;
  Cluster cluster;
  const Cluster other;
  Node b(loop, cluster, "b");
  const auto refused = [&](Node& a, Code code) {
    a.knows(b);
    b.refused.clear();
    REQUIRE(a.send(b, 1).ok());
    CHECK(run_until(loop, [&] { return b.was_refused(code) && !a.refused.empty(); }));
    CHECK(b.transport->statistics().refused_by_code.at(static_cast<std::uint16_t>(code)) > 0);
    CHECK(a.lost == 1);
    CHECK_FALSE(b.transport->is_up(a.id()));
    CHECK(a.send(b, 1).error().code == Code::peer_unreachable);  // not again at once
  };
  {
    Cluster liar = cluster;  // trusts the cluster, but its certificate is of another CA
    liar.ca = SigningKey::generate();
    Node a(loop, liar, "a");
    refused(a, Code::certificate_foreign);
  }
  {
    Node a(loop, cluster, "a", {}, SigningKey::generate(), CertificateUse::node, now_s() - 10);
    refused(a, Code::certificate_expired);
  }
  {
    const SigningKey key = SigningKey::generate();
    const std::string pem = cluster.certificate(CertificateUse::node, "a", key);
    Cluster knowing = cluster;
    REQUIRE(knowing.trust.revocations
                .revoke_certificate(security::read_certificate(pem)->serial, {"stolen", now_s() + 3600})
                .ok());
    b.transport->replace_tls(knowing.tls(knowing.certificate(CertificateUse::node, "b", b.key), b.key));
    Node a(loop, cluster, "unused");
    a.transport.reset();
    a.key = key;
    a.start(loop, cluster.tls(pem, key), {});
    refused(a, Code::certificate_revoked);
  }
  // A server that is none: its certificate is a client's.
  Node client(loop, cluster, "client", {}, SigningKey::generate(), CertificateUse::client);
  b.knows(client);
  b.refused.clear();
  REQUIRE(b.send(client, 1).ok());
  CHECK(run_until(loop, [&] { return b.was_refused(Code::certificate_wrong_use); }));
  // Another node than the one that was called.
  Node c(loop, cluster, "c");
  b.refused.clear();
  b.transport->set_endpoint(SigningKey::generate().public_key().id(), {"127.0.0.1", c.transport->port()});
  const NodeId nobody{1, 2};
  b.transport->set_endpoint(nobody, {"127.0.0.1", c.transport->port()});
  REQUIRE(b.transport->send(nobody, Lane::user, header_of(1), frame_of(1, 1)).ok());
  CHECK(run_until(loop, [&] { return b.was_refused(Code::link_identity); }));
}

TEST_CASE("an old protocol is refused on both sides with the field named") {
  Loop loop;
  const Cluster cluster;
  TransportOptions newer;
  newer.hello.protocol_lowest = newer.hello.protocol_highest = 2;
  Node a(loop, cluster, "a", newer), b(loop, cluster, "b");
  a.knows(b);
  REQUIRE(a.send(b, 1).ok());
  CHECK(run_until(loop, [&] { return a.was_refused(Code::link_version) && b.was_refused(Code::link_version); }));
  CHECK(a.refused[0].message.find("protocolVersion: ") != std::string::npos);
}

TEST_CASE("what is no TLS, is cut off or never speaks is refused in time, and floods are bounded") {
  Loop loop;
  const Cluster cluster;
  TransportOptions options;
  options.link.handshake_ns = 300'000'000;
  options.max_handshakes = 8;
  Node a(loop, cluster, "a"), b(loop, cluster, "b", options);
  {
    const Stranger garbage(b.transport->port());
    garbage.say("GET / HTTP/1.1\r\n\r\n");
    CHECK(run_until(loop, [&] { return b.was_refused(Code::link_tls); }));
  }
  {
    const Stranger cut(b.transport->port());
    cut.say(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  CHECK(run_until(loop, [&] { return b.refused.size() == 2; }));
  std::vector<Stranger> silent;
  for (int i = 0; i < 30; ++i) silent.emplace_back(b.transport->port());
  CHECK(run_until(loop, [&] { return b.transport->statistics().flooded == 22; }));
  CHECK(run_until(loop, [&] { return b.was_refused(Code::link_timeout) && b.refused.size() == 32; }));
  // Those who belong get in again.
  a.knows(b);
  REQUIRE(a.send(b, 1).ok());
  CHECK(run_until(loop, [&] { return b.received.size() == 1; }));
}

TEST_CASE("a peer that goes away is down once, and is found again at its new address") {
  Loop loop;
  const Cluster cluster;
  Node a(loop, cluster, "a");
  const SigningKey key = SigningKey::generate();
  TransportOptions first, second;
  first.hello.incarnation = 1;
  second.hello.incarnation = 2;
  auto b = std::make_unique<Node>(loop, cluster, "b", first, key);
  a.knows(*b);
  REQUIRE(a.send(*b, 1).ok());
  REQUIRE(run_until(loop, [&] { return b->received.size() == 1; }));
  b.reset();
  REQUIRE(run_until(loop, [&] { return a.down.size() == 1; }));
  Node again(loop, cluster, "b", second, key);
  a.knows(again);
  REQUIRE(a.send(again, 2).ok());
  REQUIRE(run_until(loop, [&] { return again.received.size() == 1; }));
  CHECK(a.down.size() == 1);
  // An earlier incarnation is not let in any more.
  Node ghost(loop, cluster, "b", first, key);
  ghost.knows(a);
  REQUIRE(ghost.send(a, 3).ok());
  CHECK(run_until(loop, [&] { return a.was_refused(Code::link_stale); }));
}

TEST_CASE("a node that is silent is given up when its time is over, and a client then still has some") {
  Loop loop;
  const Cluster cluster;
  TransportOptions soon;
  soon.link.silence_ns = 200'000'000;  // and nobody is asked before
  Node a(loop, cluster, "a", soon), b(loop, cluster, "b", soon);
  Node person(loop, cluster, "p", {}, SigningKey::generate(), CertificateUse::client);
  person.knows(a);
  REQUIRE(person.send(a, 1).ok());
  REQUIRE(run_until(loop, [&] { return a.up.size() == 1; }));
  b.knows(a);
  REQUIRE(b.send(a, 2).ok());
  REQUIRE(run_until(loop, [&] { return a.up.size() == 2; }));
  CHECK(run_until(loop, [&] { return !a.down.empty(); }));
  CHECK(run_until(loop, [&] { return !b.down.empty(); }));
  CHECK((a.down.front().code == Code::link_timeout || b.down.front().code == Code::link_timeout));
  CHECK(a.down.size() == 1);
  CHECK(a.transport->is_up(a.up.front()));
}

TEST_CASE("who does not take its frames leaves memory flat, the control lane alive and the sender told") {
  Loop loop;
  const Cluster cluster;
  Node a(loop, cluster, "a"), b(loop, cluster, "b");
  b.releases = false;
  a.knows(b);
  REQUIRE(a.send(b, 0).ok());
  REQUIRE(run_until(loop, [&] { return b.received.size() == 1; }));
  std::uint64_t sent = 0;
  const bool full = run_until(loop, [&] {
    const auto result = a.send(b, 1, 50'000);
    if (result.ok()) ++sent;
    return !result.ok() && result.error().code == Code::link_lane_full;
  });
  REQUIRE(full);
  REQUIRE(a.send(b, 99, 10, Lane::control).ok());
  CHECK(run_until(loop, [&] { return b.received.back().header.destination == 99; }));
  CHECK(b.received.size() * 50'000 <= kWindow[1] + 200'000);
  CHECK(sent * 50'000 <= kWindow[1] + LinkLimits().queue_bytes[1] + 200'000);
}

TEST_CASE("a key that does not belong to the certificate makes no context") {
  const Cluster cluster;
  const SigningKey key = SigningKey::generate();
  const std::string pem = cluster.certificate(CertificateUse::node, "a", key);
  const auto made = TlsContext::create({pem, security::private_key_pem(SigningKey::generate()), cluster.trust}, now_s);
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == Code::key_malformed);
}
