// Membership messages from outside: refused with a code, or read, and a core that hears them keeps its bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "cluster/membership/membership.hpp"

using namespace noodle;
using namespace noodle::membership;

namespace {

/// What was read can be written and read again with the same meaning.
void check_again(const Datagram& datagram) {
  const auto bytes = encode(datagram);
  if (!bytes) {  // fits only with texts shared or fields left out; never larger than what the core sends
    if (bytes.error().code != Code::membership_too_large) std::abort();
    return;
  }
  if (bytes->size() > datagram.wire_bytes()) std::abort();  // the core counts with this bound
  const auto again = decode_datagram(*bytes);
  if (!again || again->kind != datagram.kind || again->rumours.size() != datagram.rumours.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  Profile profile;
  profile.name = "fuzzed";
  Settings settings;
  settings.max_members = 8;
  auto core = Membership::make({1, 1}, profile, settings, 5, {}, 1);
  if (!core) std::abort();
  Effects effects;
  core->start(0, effects);
  if (auto datagram = decode_datagram(bytes)) {
    check_again(*datagram);
    datagram->to = {1, 1};
    core->receive(*datagram, 1, effects);
  }
  if (const auto state = decode_member_state(bytes)) core->receive_state(*state, 1, effects);
  for (std::int64_t now = 1; now < 20'000'000'000; now += 100'000'000) {
    effects.clear();
    core->tick(now, effects);
    for (const Effect& effect : effects) {
      const auto* send = std::get_if<SendDatagram>(&effect);
      if (send != nullptr && !encode(send->datagram)) std::abort();  // what it sends always fits
    }
  }
  if (core->known_members() > settings.max_members) std::abort();
  return 0;
}
