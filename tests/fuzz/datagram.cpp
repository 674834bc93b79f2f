// Datagrams from anybody: none opens without the key, whatever its header says.
#include "cluster/transport/datagram.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noodle;
  using namespace noodle::transport;
  static const std::string kLine(43, 'A');  // 32 zero bytes
  static DatagramSeal receiver(*GossipKeys::read(Secret(kLine)), {0, 1}, 1);
  static DatagramSeal sender(*GossipKeys::read(Secret(kLine)), {0, 2}, 1);
  const auto bytes = std::as_bytes(std::span(data, size));
  if (receiver.open(bytes).ok()) std::abort();
  (void)GossipKeys::read(Secret(std::string(reinterpret_cast<const char*>(data), size))).ok();
  // Sealed, it opens once; with one bit changed, never.
  auto sealed = sender.seal(bytes);
  if (!sealed) return 0;
  std::vector<std::byte> changed = *sealed;
  changed[size % changed.size()] ^= std::byte{1};
  if (receiver.open(changed).ok()) std::abort();
  if (!receiver.open(*sealed).ok() || receiver.open(*sealed).ok()) std::abort();
  return 0;
}
