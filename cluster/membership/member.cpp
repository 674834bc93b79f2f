#include "cluster/membership/member.hpp"

#include "messages/utf8.hpp"

namespace noodle::membership {
namespace {

template <std::size_t N>
std::string_view named(const std::string_view (&names)[N], std::uint8_t index) {
  return index < N ? names[index] : std::string_view("unknown");
}

/// A text in a message: its pointer, and its bytes with the zero behind them in whole words.
std::size_t text_bytes(const std::string& text) {
  return 8 + (text.size() + 8) / 8 * 8;
}

Error too_long(const std::string& what, std::size_t bytes, std::size_t limit) {
  return Error{Code::member_record_invalid,
               what + " has " + std::to_string(bytes) + " bytes, at most " + std::to_string(limit) + " are allowed",
               {}};
}

}  // namespace

std::string_view to_string(State state) {
  static constexpr std::string_view kNames[] = {"alive", "suspect", "dead", "left"};
  return named(kNames, static_cast<std::uint8_t>(state));
}

std::string_view to_string(Service service) {
  static constexpr std::string_view kNames[] = {"ready", "draining", "cordoned", "degraded"};
  return named(kNames, static_cast<std::uint8_t>(service));
}

std::string_view to_string(Evidence evidence) {
  static constexpr std::string_view kNames[] = {"silence", "refused"};
  return named(kNames, static_cast<std::uint8_t>(evidence));
}

std::string_view to_string(Reach reach) {
  static constexpr std::string_view kNames[] = {"unknown", "direct", "indirect", "none"};
  return named(kNames, static_cast<std::uint8_t>(reach));
}

std::size_t Profile::wire_bytes() const {
  std::size_t bytes = 8 + text_bytes(name) + text_bytes(host) + 8 + 8;  // data words, texts, list pointer and tag
  for (const Label& label : labels) bytes += text_bytes(label.key) + text_bytes(label.value);
  return bytes;
}

Result<void> check_profile(const Profile& profile) {
  if (profile.name.empty()) return Error{Code::member_record_invalid, "a node needs a name", {}};
  if (profile.name.size() > kMaxNameBytes) return too_long("the node's name", profile.name.size(), kMaxNameBytes);
  if (profile.host.size() > kMaxHostBytes) return too_long("the node's address", profile.host.size(), kMaxHostBytes);
  if (profile.protocol_min > profile.protocol_max) {
    return Error{Code::member_record_invalid,
                 "protocol versions " + std::to_string(profile.protocol_min) + " to " +
                     std::to_string(profile.protocol_max) + " are no range",
                 {}};
  }
  if (profile.labels.size() > kMaxLabels) {
    return Error{
        Code::member_record_invalid,
        std::to_string(profile.labels.size()) + " labels, at most " + std::to_string(kMaxLabels) + " are allowed",
        {}};
  }
  if (!is_valid_utf8(profile.name) || !is_valid_utf8(profile.host)) {
    return Error{Code::member_record_invalid, "name and address of a node have to be UTF-8", {}};
  }
  for (const Label& label : profile.labels) {
    if (label.key.empty()) return Error{Code::member_record_invalid, "a label has no key", {}};
    if (label.key.size() > kMaxLabelKeyBytes) return too_long("a label's key", label.key.size(), kMaxLabelKeyBytes);
    if (label.value.size() > kMaxLabelValueBytes) {
      return too_long("label `" + label.key + "`", label.value.size(), kMaxLabelValueBytes);
    }
    if (!is_valid_utf8(label.key) || !is_valid_utf8(label.value)) {
      return Error{Code::member_record_invalid, "label keys and values have to be UTF-8", {}};
    }
  }
  if (profile.wire_bytes() > kMaxProfileBytes) {
    return too_long("name, address and labels together", profile.wire_bytes(), kMaxProfileBytes);
  }
  return {};
}

std::size_t Rumour::wire_bytes() const {
  // 5 words of data, 2 pointers; accusers as pairs of words.
  return 7 * 8 + accusers.size() * 16 + (profile ? profile->wire_bytes() + 4 * 8 : 0);
}

}  // namespace noodle::membership
