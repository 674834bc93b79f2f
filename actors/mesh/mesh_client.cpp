#include <caf/all.hpp>
#include <future>

#include "actors/mesh/members.hpp"
#include "actors/mesh/mesh_inside.hpp"
#include "actors/mesh/message_types.hpp"

namespace noodle::actors {
namespace {

using transport::FrameHeader;
using transport::Lane;

}  // namespace

/// One link, to whichever node answers.
class MeshClient::Inside final : public Distribution::Links {
 public:
  Inside(caf::actor_system& system, const security::CertificateInfo& certificate, std::uint64_t run)
      : incarnation(run),
        thread(system),
        distribution(std::make_shared<Distribution>(system, thread, certificate.link_id(run), run)) {}
  ~Inside() override {
    run_on(thread, [this] {
      distribution->end({Code::link_closed, "the client has ended its link", {}});
      transport.reset();
    });
  }

  Result<void> start(transport::TlsIdentity identity) {
    auto tls = actors::Links::context_of(identity);
    if (!tls) return tls.error();
    transport::TransportOptions options;
    options.listens = false;
    options.hello.schema_hash = kMessageSchema;
    options.hello.incarnation = incarnation;
    transport::TransportEvents events;
    events.up = [this](const transport::Hello& hello, const security::CertificateInfo& certificate) {
      node = {hello.node, certificate.name, certificate.use};
      distribution->link_up(hello.node, false);
    };
    events.down = [this](const NodeId& peer, const Error& why) {
      distribution->link_lost(peer, why);
      distribution->node_gone(peer, {Code::node_lost, "the link to " + node.name + " is lost", why.to_string()});
    };
    events.received = [this](const NodeId& from, transport::Received received) {
      transport->release(from, received);
      if (!received.frame) return distribution->refused(from, received.header, received.refused);
      distribution->received(from, false, received.header, std::move(received.frame));
    };
    events.refused = [](const std::string&, const Error&) {};
    events.lost = [this](const NodeId& peer, std::uint64_t, const Error& why) { distribution->link_lost(peer, why); };
    auto made = transport::Transport::start(thread.loop(), std::move(*tls), options, std::move(events));
    if (!made) return made.error();
    transport = std::move(*made);
    distribution->set_links(this);
    return {};
  }

  Result<NodeId> send(const NodeId& to, Lane lane, const FrameHeader& header, FramePtr frame) override {
    if (!transport->is_up(to)) return Error{Code::node_lost, "the link to " + node.name + " is lost", {}};
    if (auto sent = transport->send(to, lane, header, std::move(frame)); !sent) return sent.error();
    return to;
  }
  std::uint64_t bulk_frames_sent(const NodeId& neighbour) const override {
    const auto* const statistics = transport->link_statistics(neighbour);
    return statistics ? statistics->frames_sent[static_cast<std::size_t>(Lane::bulk)] : UINT64_MAX;
  }

  const std::uint64_t incarnation;
  LoopThread thread;
  std::shared_ptr<Distribution> distribution;
  std::unique_ptr<transport::Transport> transport;  // of the thread of the network, as the following
  PeerIdentity node;
};

MeshClient::MeshClient(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
MeshClient::~MeshClient() = default;

Result<std::unique_ptr<MeshClient>> MeshClient::connect(caf::actor_system& system, ClientOptions options) {
  const auto certificate = security::read_certificate(options.identity.certificate);
  if (!certificate) return certificate.error();
  // Linked with a node's certificate, it would be that node to the other end, with an incarnation beyond all of its.
  if (certificate->use != security::CertificateUse::client) return security::wrong_use(*certificate, "client");
  const auto run = static_cast<std::uint64_t>(system_clock().wall_ns());
  auto inside = std::make_shared<Inside>(system, *certificate, run);
  auto begun = run_on(inside->thread, [&] { return inside->start(std::move(options.identity)); });
  if (!begun) return begun.error();
  Error last{Code::peer_unreachable, "the context names no node", {}};
  for (const std::string& address : options.nodes) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint) return endpoint.error();
    const auto called = std::make_shared<std::promise<Result<NodeId>>>();
    auto answer = called->get_future();
    inside->thread.post([&inside = *inside, called, at = *endpoint] {
      inside.transport->call(at, [called](const Result<NodeId>& peer, bool) { called->set_value(peer); });
    });
    if (answer.wait_for(options.timeout) != std::future_status::ready) {
      last = {Code::link_timeout,
              address + " did not answer within " + std::to_string(options.timeout.count()) + " ms",
              {}};
      continue;
    }
    const Result<NodeId> peer = answer.get();
    if (peer) return std::unique_ptr<MeshClient>(new MeshClient(std::move(inside)));
    last = peer.error();
  }
  return last;
}

const PeerIdentity& MeshClient::node() const {
  return inside_->node;
}

caf::actor MeshClient::service(Service service) {
  return inside_->distribution->service(inside_->node.id, service);
}

}  // namespace noodle::actors
