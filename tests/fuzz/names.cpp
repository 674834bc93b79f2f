// Names and leases of other nodes: any bytes are refused with a code, or leave a registry and a table within their
// bounds that still tell what they know. The first byte says which message it is.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "cluster/lease/lease_table.hpp"
#include "cluster/registry/message.hpp"
#include "messages/lease.capnp.h"

using namespace noodle;
using namespace noodle::registry;

namespace {

constexpr NodeId kSelf{1, 1};

void take_digest(Registry& registry, const Msg<wire::NameDigest>& message) {
  const auto digest = read_digest(message.read());
  if (!digest) return;
  if (registry.wanted(*digest).size() > digest->size()) std::abort();
  for (const bool listed : {false, true}) {
    std::size_t count = 0;
    for (const WriterEntries& one : registry.missing(*digest, 3, listed)) count += one.entries.size();
    if (count > 3) std::abort();
  }
}

void take_entries(Registry& registry, const Msg<wire::NameEntries>& message) {
  const auto entries = read_entries(message.read());
  if (!entries) return;
  std::vector<LostName> lost;
  const auto accepted = registry.accept(*entries, lost);
  for (const LostName& one : lost) {
    if (one.winner == kSelf) std::abort();
  }
  if (!accepted) return;
  // What was taken can be passed on, and is taken by others as it was.
  Registry other({9, 9}, 1, {});
  for (const auto& part : write_entries(registry.missing(other.digest()), false)) {
    const auto again = read_entries(part.read());
    if (!again || !other.accept(*again, lost)) std::abort();
  }
  if (other.digest_of(entries->writer) != registry.digest_of(entries->writer)) std::abort();
}

void take_lease(const Msg<wire::LeaseRequest>& message) {
  lease::LeaseTable table({.max_leases = 2}, 5, {}, 0);
  const auto request = message.read();
  const lease::Holder holder{kSelf, request.getHolder()};
  const auto granted = table.ask(request.getName(), holder, request.getToken(), 1);
  if (!granted) return;
  if (granted->token <= 5) std::abort();
  if (!table.release(request.getName(), holder, granted->token)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  Registry::Settings settings;
  settings.max_known = 64;
  Registry registry(kSelf, 3, settings);
  if (!registry.register_name("mine", Scope::unique, 1, 1'000)) std::abort();
  if (!registry.register_name("shared", Scope::plain, 2, 1'000)) std::abort();
  switch (data[0] % 3) {
    case 0:
      if (const auto message = Msg<wire::NameDigest>::from_bytes(Msg<wire::NameDigest>::kTypeId, bytes)) {
        take_digest(registry, *message);
      }
      break;
    case 1:
      if (const auto message = Msg<wire::NameEntries>::from_bytes(Msg<wire::NameEntries>::kTypeId, bytes)) {
        take_entries(registry, *message);
      }
      break;
    default:
      if (const auto message = Msg<wire::LeaseRequest>::from_bytes(Msg<wire::LeaseRequest>::kTypeId, bytes)) {
        take_lease(*message);
      }
  }
  if (registry.known() > settings.max_known || !registry.find("shared")) std::abort();
  for (const NameView& view : registry.list("", 100)) {
    if (!registry.find(view.entry.name)) std::abort();
  }
  return 0;
}
