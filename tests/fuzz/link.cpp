// A hostile peer: any bytes after any handshake, cut anywhere. The link closes or goes on; it holds bounded memory.
#include "cluster/transport/link.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace noodle;
using namespace noodle::transport;

Hello hello_of(std::uint64_t node) {
  Hello hello;
  hello.cluster = "production";
  hello.node = {0, node};
  return hello;
}

void feed(Link& link, std::span<const std::byte> bytes, std::size_t piece) {
  std::vector<std::byte> out(1024);
  while (!bytes.empty() && link.state() != LinkState::closed) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    (void)link.receive(part, 0).ok();
    while (link.take(out, 0) > 0) {
    }
    while (auto received = link.next()) link.consumed(*received);
    if (link.held_bytes() > 200 * kMiB) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] + std::size_t{1};
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  (void)read_hello(bytes.first(bytes.size() / 8 * 8)).ok();
  const auto anybody = [](const Hello&) { return Result<std::uint16_t>(std::uint16_t{1}); };
  Link greeting(LinkRole::acceptor, hello_of(1), anybody, {}, 0);
  feed(greeting, bytes, piece);
  Link open(LinkRole::acceptor, hello_of(1), anybody, {}, 0);
  Link peer(LinkRole::initiator, hello_of(2), anybody, {}, 0);
  std::vector<std::byte> hello(4096);
  hello.resize(peer.take(hello, 0));
  if (!open.receive(hello, 0).ok()) std::abort();
  feed(open, bytes, piece);
  return 0;
}
