#include "cluster/membership/message.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "messages/membership.capnp.h"
#include "messages/msg.hpp"

namespace noodle::membership {
namespace {

Error too_large(const char* what, std::size_t bytes, std::size_t limit) {
  return Error{Code::membership_too_large,
               std::string(what) + " of " + std::to_string(bytes) + " bytes is over the limit of " +
                   std::to_string(limit) + " bytes",
               {}};
}

void write_profile(const Profile& profile, wire::NodeProfile::Builder out) {
  out.setName(profile.name.c_str());
  out.setHost(profile.host.c_str());
  out.setPort(profile.port);
  out.setProtocolMin(profile.protocol_min);
  out.setProtocolMax(profile.protocol_max);
  if (profile.labels.empty()) return;
  auto labels = out.initLabels(static_cast<unsigned>(profile.labels.size()));
  for (unsigned i = 0; i < labels.size(); ++i) {
    labels[i].setKey(profile.labels[i].key.c_str());
    labels[i].setValue(profile.labels[i].value.c_str());
  }
}

void write_rumour(const Rumour& rumour, wire::Rumour::Builder out) {
  out.setNodeHigh(rumour.subject.high);
  out.setNodeLow(rumour.subject.low);
  out.setIncarnation(rumour.version.incarnation);
  out.setRefutation(rumour.version.refutation);
  out.setState(static_cast<std::uint8_t>(rumour.state));
  out.setService(static_cast<std::uint8_t>(rumour.service));
  out.setRefusals(rumour.refusals);
  if (!rumour.accusers.empty()) {
    auto accusers = out.initAccusers(static_cast<unsigned>(2 * rumour.accusers.size()));
    for (unsigned i = 0; i < rumour.accusers.size(); ++i) {
      accusers.set(2 * i, rumour.accusers[i].high);
      accusers.set(2 * i + 1, rumour.accusers[i].low);
    }
  }
  if (rumour.profile) write_profile(*rumour.profile, out.initProfile());
}

std::string text_of(capnp::Text::Reader text) {
  return std::string(text.cStr(), text.size());
}

/// Null when it breaks a limit.
ProfilePtr read_profile(wire::NodeProfile::Reader in) {
  if (in.getLabels().size() > kMaxLabels) return nullptr;
  Profile profile;
  profile.name = text_of(in.getName());
  profile.host = text_of(in.getHost());
  profile.port = in.getPort();
  profile.protocol_min = in.getProtocolMin();
  profile.protocol_max = in.getProtocolMax();
  profile.labels.reserve(in.getLabels().size());
  for (const auto label : in.getLabels())
    profile.labels.push_back({text_of(label.getKey()), text_of(label.getValue())});
  if (!check_profile(profile)) return nullptr;
  return std::make_shared<const Profile>(std::move(profile));
}

/// False when this version cannot make sense of it.
bool read_rumour(wire::Rumour::Reader in, Rumour& out) {
  if (in.getState() > static_cast<std::uint8_t>(State::left)) return false;
  if (in.getAccusers().size() % 2 != 0 || in.getAccusers().size() > 2 * kMaxAccusers) return false;
  out.subject = {in.getNodeHigh(), in.getNodeLow()};
  out.version = {in.getIncarnation(), in.getRefutation()};
  if (!out.subject || out.version.incarnation == 0) return false;
  out.state = static_cast<State>(in.getState());
  // A service state that this version does not know: the node takes no work as far as this version can tell.
  out.service = in.getService() > static_cast<std::uint8_t>(Service::degraded) ? Service::cordoned
                                                                               : static_cast<Service>(in.getService());
  for (unsigned i = 0; i < in.getAccusers().size(); i += 2) {
    out.accusers.push_back({in.getAccusers()[i], in.getAccusers()[i + 1]});
  }
  out.refusals = static_cast<std::uint8_t>(std::min<std::size_t>(in.getRefusals(), out.accusers.size()));
  if (in.hasProfile()) {
    out.profile = read_profile(in.getProfile());
    if (!out.profile) return false;
  }
  return out.state != State::alive || out.profile != nullptr;
}

template <class List>
void read_rumours(const List& list, std::vector<Rumour>& out) {
  for (const auto entry : list) {
    if (out.size() == kMaxRumours) return;
    Rumour rumour;
    if (read_rumour(entry, rumour)) out.push_back(std::move(rumour));
  }
}

template <class T, class Fill>
Result<std::vector<std::byte>> encode_bounded(const char* what, std::size_t limit, const Fill& fill) {
  const auto message = Msg<T>::try_build(fill);
  if (!message) return message.error();
  const auto bytes = message->frame()->bytes();
  if (bytes.size() > limit) return too_large(what, bytes.size(), limit);
  return std::vector<std::byte>(bytes.begin(), bytes.end());
}

template <class T>
Result<Msg<T>> decode_bounded(const char* what, std::size_t limit, std::span<const std::byte> bytes) {
  if (bytes.size() > limit) return too_large(what, bytes.size(), limit);
  auto message = Msg<T>::from_bytes(Msg<T>::kTypeId, bytes);
  if (!message) return Error{Code::membership_malformed, message.error().message, message.error().details};
  return message;
}

Error unknown_kind(const char* what, int kind, NodeId from, int last) {
  return Error{Code::membership_unknown,
               std::string(what) + " of kind " + std::to_string(kind) + " from node " + from.to_string() +
                   ": this node knows kinds 0 to " + std::to_string(last),
               {}};
}

}  // namespace

std::size_t Datagram::wire_bytes() const {
  std::size_t bytes = kDatagramFixedBytes;
  for (const Rumour& rumour : rumours) bytes += rumour.wire_bytes();
  return bytes;
}

Result<std::vector<std::byte>> encode(const Datagram& datagram) {
  return encode_bounded<wire::Datagram>("datagram", kMaxDatagramBytes, [&datagram](wire::Datagram::Builder out) {
    out.setKind(static_cast<std::uint8_t>(datagram.kind));
    out.setSequence(datagram.sequence);
    out.setFromHigh(datagram.from.high);
    out.setFromLow(datagram.from.low);
    out.setFromIncarnation(datagram.from_incarnation);
    out.setToHigh(datagram.to.high);
    out.setToLow(datagram.to.low);
    out.setToIncarnation(datagram.to_incarnation);
    out.setTargetHigh(datagram.target.high);
    out.setTargetLow(datagram.target.low);
    if (datagram.rumours.empty()) return;
    auto rumours = out.initRumours(static_cast<unsigned>(datagram.rumours.size()));
    for (unsigned i = 0; i < rumours.size(); ++i) write_rumour(datagram.rumours[i], rumours[i]);
  });
}

Result<Datagram> decode_datagram(std::span<const std::byte> bytes) {
  const auto message = decode_bounded<wire::Datagram>("datagram", kMaxDatagramBytes, bytes);
  if (!message) return message.error();
  const auto in = message->read();
  Datagram out;
  out.from = {in.getFromHigh(), in.getFromLow()};
  if (in.getKind() > static_cast<std::uint8_t>(DatagramKind::gossip)) {
    return unknown_kind("datagram", in.getKind(), out.from, static_cast<int>(DatagramKind::gossip));
  }
  out.kind = static_cast<DatagramKind>(in.getKind());
  out.sequence = in.getSequence();
  out.from_incarnation = in.getFromIncarnation();
  out.to = {in.getToHigh(), in.getToLow()};
  out.to_incarnation = in.getToIncarnation();
  out.target = {in.getTargetHigh(), in.getTargetLow()};
  if (!out.from || out.from_incarnation == 0 || !out.to) {
    return Error{Code::membership_malformed, "datagram without sender, incarnation or receiver", {}};
  }
  if (out.kind == DatagramKind::ping_request && !out.target) {
    return Error{Code::membership_malformed, "ping request that names no target", {}};
  }
  read_rumours(in.getRumours(), out.rumours);
  return out;
}

Result<std::vector<std::byte>> encode(const MemberState& state) {
  return encode_bounded<wire::MemberState>("member state", kMaxStateBytes, [&state](wire::MemberState::Builder out) {
    out.setKind(static_cast<std::uint8_t>(state.kind));
    out.setFromHigh(state.from.high);
    out.setFromLow(state.from.low);
    out.setFromIncarnation(state.from_incarnation);
    out.setDigest(state.digest);
    out.setSequence(state.sequence);
    out.setLast(state.last);
    if (state.members.empty()) return;
    auto members = out.initMembers(static_cast<unsigned>(state.members.size()));
    for (unsigned i = 0; i < members.size(); ++i) write_rumour(state.members[i], members[i]);
  });
}

Result<MemberState> decode_member_state(std::span<const std::byte> bytes) {
  const auto message = decode_bounded<wire::MemberState>("member state", kMaxStateBytes, bytes);
  if (!message) return message.error();
  const auto in = message->read();
  MemberState out;
  out.from = {in.getFromHigh(), in.getFromLow()};
  if (in.getKind() > static_cast<std::uint8_t>(StateKind::push)) {
    return unknown_kind("member state", in.getKind(), out.from, static_cast<int>(StateKind::push));
  }
  out.kind = static_cast<StateKind>(in.getKind());
  out.from_incarnation = in.getFromIncarnation();
  out.digest = in.getDigest();
  out.sequence = in.getSequence();
  out.last = in.getLast();
  if (!out.from || out.from_incarnation == 0) {
    return Error{Code::membership_malformed, "member state without sender or incarnation", {}};
  }
  read_rumours(in.getMembers(), out.members);
  return out;
}

}  // namespace noodle::membership
