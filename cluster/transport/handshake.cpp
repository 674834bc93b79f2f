#include "cluster/transport/handshake.hpp"

#include <algorithm>

#include "messages/link.capnp.h"
#include "messages/msg.hpp"

namespace noodle::transport {
namespace {

constexpr std::size_t kMaxClusterBytes = 63;
constexpr std::size_t kMaxLabelBytes = 256;

Error malformed(const std::string& what) {
  return {Code::link_malformed, "handshake: " + what, {}};
}

std::string hex(std::uint64_t value) {
  return detail::hex128(0, value).substr(16);
}

bool reads(const Hello& hello, std::uint64_t schema) {
  return std::find(hello.schemas_read.begin(), hello.schemas_read.end(), schema) != hello.schemas_read.end();
}

}  // namespace

FramePtr write_hello(const Hello& hello) {
  const auto built = Msg<wire::LinkHello>::build([&hello](wire::LinkHello::Builder out) {
    out.setProtocolLowest(hello.protocol_lowest);
    out.setProtocolHighest(hello.protocol_highest);
    out.setSchemaHash(hello.schema_hash);
    auto schemas = out.initSchemasRead(static_cast<unsigned>(hello.schemas_read.size()));
    for (unsigned i = 0; i < schemas.size(); ++i) schemas.set(i, hello.schemas_read[i]);
    out.setCluster(hello.cluster);
    out.setNodeHigh(hello.node.high);
    out.setNodeLow(hello.node.low);
    out.setIncarnation(hello.incarnation);
    auto labels = out.initLabels(static_cast<unsigned>(hello.labels.size()));
    unsigned at = 0;
    for (const auto& [name, value] : hello.labels) labels.set(at++, name + "=" + value);
  });
  return built.frame();
}

Result<Hello> read_hello(std::span<const std::byte> words) {
  const auto message = Msg<wire::LinkHello>::from_bytes(Msg<wire::LinkHello>::kTypeId, words);
  if (!message) return malformed(message.error().message);
  const auto in = message->read();
  Hello hello;
  hello.protocol_lowest = in.getProtocolLowest();
  hello.protocol_highest = in.getProtocolHighest();
  hello.schema_hash = in.getSchemaHash();
  if (in.getSchemasRead().size() > kMaxSchemasRead) return malformed("schemasRead: more than 64");
  for (const auto schema : in.getSchemasRead()) hello.schemas_read.push_back(schema);
  hello.cluster = std::string(in.getCluster().cStr(), in.getCluster().size());
  if (hello.cluster.empty() || hello.cluster.size() > kMaxClusterBytes) return malformed("cluster: no name");
  hello.node = {in.getNodeHigh(), in.getNodeLow()};
  if (!hello.node) return malformed("nodeId: none");
  hello.incarnation = in.getIncarnation();
  if (in.getLabels().size() > kMaxLabels) return malformed("labels: more than 64");
  for (const auto label : in.getLabels()) {
    const std::string text(label.cStr(), label.size());
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || text.size() > kMaxLabelBytes) {
      return malformed("labels: not NAME=VALUE");
    }
    hello.labels[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return hello;
}

Result<std::uint16_t> agree(const Hello& local, const Hello& peer, const PeerKnown& known) {
  const std::uint16_t lowest = std::max(local.protocol_lowest, peer.protocol_lowest);
  const std::uint16_t highest = std::min(local.protocol_highest, peer.protocol_highest);
  if (lowest > highest) {
    return Error{Code::link_version,
                 "protocolVersion: the peer speaks " + std::to_string(peer.protocol_lowest) + " to " +
                     std::to_string(peer.protocol_highest) + ", this node " + std::to_string(local.protocol_lowest) +
                     " to " + std::to_string(local.protocol_highest),
                 {}};
  }
  if (peer.cluster != local.cluster) {
    return Error{Code::link_wrong_cluster,
                 "cluster: the peer belongs to `" + peer.cluster + "`, this node to `" + local.cluster + "`",
                 {}};
  }
  if (peer.node != known.certified || peer.node == local.node) {
    return Error{
        Code::link_identity,
        "nodeId: the peer says " + peer.node.to_string() + ", its certificate is of " + known.certified.to_string(),
        {}};
  }
  if (peer.schema_hash != local.schema_hash && !reads(local, peer.schema_hash) && !reads(peer, local.schema_hash)) {
    return Error{Code::link_schema,
                 "schemaHash: the peer has schema " + hex(peer.schema_hash) + ", this node " + hex(local.schema_hash) +
                     ", and neither reads the other",
                 {}};
  }
  if (peer.incarnation < known.newest_incarnation) {
    return Error{Code::link_stale,
                 "incarnation: " + std::to_string(peer.incarnation) + " of " + peer.node.to_string() + " is over, " +
                     std::to_string(known.newest_incarnation) + " is known",
                 {}};
  }
  return highest;
}

bool keeps_own_link(const NodeId& local, const NodeId& peer) {
  return local < peer;
}

std::int64_t backoff_ns(std::uint32_t attempt, std::uint64_t random) {
  constexpr std::int64_t kFirst = 100'000'000, kLongest = 30'000'000'000;
  const std::uint32_t doublings = std::min(attempt == 0 ? 0U : attempt - 1, 16U);
  const std::int64_t longest = std::min(kFirst << doublings, kLongest);
  return longest / 2 + static_cast<std::int64_t>(random % static_cast<std::uint64_t>(longest / 2 + 1));
}

}  // namespace noodle::transport
