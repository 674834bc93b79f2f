#include "cluster/transport/datagram.hpp"

#include <sodium.h>

#include <algorithm>
#include <string>

#include "cluster/security/authority.hpp"
#include "cluster/security/base64url.hpp"
#include "cluster/security/signing.hpp"
#include "cluster/transport/wire.hpp"
#include "runtime/base/lines.hpp"

namespace noodle::transport {
namespace {

static_assert(kDatagramTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

Error refused(const char* why) {
  return {Code::datagram_refused, std::string("datagram refused: ") + why, {}};
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

security::Digest nonce_of(std::span<const std::byte> header) {
  return security::sha256({reinterpret_cast<const char*>(header.data()), header.size()});
}
static_assert(sizeof(security::Digest) >= crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

const unsigned char* key_bytes(const GossipKeys::Key& key) {
  return reinterpret_cast<const unsigned char*>(key.bytes.reveal().data());
}

}  // namespace

Result<GossipKeys> GossipKeys::read(const Secret& lines) {
  GossipKeys keys;
  for (const std::string_view line : lines_of(lines.reveal())) {
    if (line.empty()) continue;
    auto bytes = security::from_base64url(line);
    if (!bytes || bytes->size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES ||
        keys.keys_.size() == security::kMaxGossipKeys) {
      return Error{Code::key_malformed, "gossip.key must hold 1 to 4 lines of 43 characters", {}};
    }
    const security::Digest digest = security::sha256(*bytes);
    const std::uint32_t id = std::uint32_t{digest[0]} | std::uint32_t{digest[1]} << 8 | std::uint32_t{digest[2]} << 16 |
                             std::uint32_t{digest[3]} << 24;
    keys.keys_.push_back({id, Secret(std::move(*bytes))});
  }
  if (keys.keys_.empty()) return Error{Code::key_malformed, "gossip.key holds no key", {}};
  return keys;
}

DatagramSeal::DatagramSeal(GossipKeys keys, const NodeId& self, std::uint64_t incarnation)
    : keys_(std::move(keys)), self_(self), incarnation_(incarnation) {}

Result<std::vector<std::byte>> DatagramSeal::seal(std::span<const std::byte> content) {
  if (content.size() > kMaxDatagramContent) {
    return Error{Code::datagram_too_large,
                 "a datagram of " + std::to_string(content.size()) + " bytes is too large; the limit is " +
                     std::to_string(kMaxDatagramContent),
                 {}};
  }
  const GossipKeys::Key& key = keys_.all().front();
  std::vector<std::byte> out(kDatagramHeaderBytes + content.size() + kDatagramTagBytes);
  const std::span<std::byte> header(out.data(), kDatagramHeaderBytes);
  put_u64(header, 1 | std::uint64_t{key.id} << 32);
  put_u64(header.subspan(8), self_.high);
  put_u64(header.subspan(16), self_.low);
  put_u64(header.subspan(24), incarnation_);
  put_u64(header.subspan(32), ++counter_);
  const security::Digest nonce = nonce_of(header);
  crypto_aead_xchacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(out.data()) + kDatagramHeaderBytes,
                                             nullptr, raw(content), content.size(), raw(header), header.size(), nullptr,
                                             nonce.data(), key_bytes(key));
  ++statistics_.sealed;
  return out;
}

Result<OpenedDatagram> DatagramSeal::open(std::span<const std::byte> datagram) {
  ++statistics_.refused;  // taken back when it opens
  if (datagram.size() < kDatagramHeaderBytes + kDatagramTagBytes) return refused("it is too short");
  if (datagram.size() > kMaxDatagramBytes) return refused("it is too long");
  const auto header = datagram.first(kDatagramHeaderBytes);
  const std::uint64_t beginning = get_u64(header);
  if ((beginning & 0xffffffff) != 1) return refused("it has another version");
  OpenedDatagram opened;
  opened.sender = {get_u64(header.subspan(8)), get_u64(header.subspan(16))};
  opened.incarnation = get_u64(header.subspan(24));
  opened.content.resize(datagram.size() - kDatagramHeaderBytes - kDatagramTagBytes);
  const security::Digest nonce = nonce_of(header);
  const auto opens = [&](const GossipKeys::Key& key) {
    const auto sealed = datagram.subspan(kDatagramHeaderBytes);
    return key.id == beginning >> 32 &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(opened.content.data()), nullptr,
                                                      nullptr, raw(sealed), sealed.size(), raw(header), header.size(),
                                                      nonce.data(), key_bytes(key)) == 0;
  };
  if (std::none_of(keys_.all().begin(), keys_.all().end(), opens)) return refused("no key of the cluster opens it");
  if (opened.sender == self_) return refused("it is our own");
  const std::uint64_t counter = get_u64(header.subspan(32));
  --statistics_.refused;
  if (!is_fresh(opened.sender, opened.incarnation, counter)) {
    ++statistics_.replayed;
    return Error{Code::datagram_replayed,
                 "datagram " + std::to_string(counter) + " of " + opened.sender.to_string() + " came before",
                 {}};
  }
  ++statistics_.opened;
  return opened;
}

/// The sliding window of RFC 4303, appendix A2.
bool DatagramSeal::is_fresh(const NodeId& node, std::uint64_t incarnation, std::uint64_t counter) {
  auto found = senders_.find(node);
  if (found == senders_.end()) {
    if (senders_.size() >= kMaxSenders) {
      senders_.erase(std::min_element(senders_.begin(), senders_.end(),
                                      [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
    }
    found = senders_.emplace(node, Sender()).first;
    found->second.incarnation = incarnation;
  }
  Sender& sender = found->second;
  if (incarnation < sender.incarnation) return false;
  if (incarnation > sender.incarnation) {
    sender = Sender();
    sender.incarnation = incarnation;
  }
  if (counter > sender.newest) {
    const std::uint64_t by = counter - sender.newest;
    sender.seen = by < kReplayWindow ? sender.seen << by : std::bitset<kReplayWindow>();
    sender.newest = counter;
  }
  const std::uint64_t behind = sender.newest - counter;
  if (behind >= kReplayWindow || sender.seen[behind]) return false;
  sender.seen.set(behind);
  sender.heard = ++heard_;
  return true;
}

}  // namespace noodle::transport
