#include "cluster/transport/datagram.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "cluster/security/base64url.hpp"
#include "cluster/security/signing.hpp"
#include "tests/process/random_seed.hpp"

using namespace noodle;
using namespace noodle::transport;

namespace {

std::string new_key() {
  return security::base64url(security::SigningKey::generate().seed().reveal()) + "\n";
}

GossipKeys keys_of(const std::string& lines) {
  auto keys = GossipKeys::read(Secret(lines));
  REQUIRE(keys.ok());
  return std::move(keys).value();
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> sealed(DatagramSeal& seal, std::string_view text) {
  auto datagram = seal.seal(bytes_of(text));
  REQUIRE(datagram.ok());
  return *datagram;
}

Code refusal(DatagramSeal& seal, std::span<const std::byte> datagram) {
  const auto opened = seal.open(datagram);
  REQUIRE_FALSE(opened.ok());
  return opened.error().code;
}

}  // namespace

TEST_CASE("a member hears another, and once") {
  const std::string key = new_key();
  DatagramSeal a(keys_of(key), {0, 1}, 7), b(keys_of(key), {0, 2}, 1);
  const auto datagram = sealed(a, "hello");
  const auto plain = bytes_of("hello");
  CHECK(std::search(datagram.begin(), datagram.end(), plain.begin(), plain.end()) == datagram.end());
  const auto opened = b.open(datagram);
  REQUIRE(opened.ok());
  CHECK(opened->sender == NodeId{0, 1});
  CHECK(opened->incarnation == 7);
  CHECK(opened->content == bytes_of("hello"));
  CHECK(refusal(b, datagram) == Code::datagram_replayed);
  CHECK(refusal(a, datagram) == Code::datagram_refused);  // its own, sent back
  CHECK(b.open(sealed(a, "")).ok());
  CHECK(b.statistics().opened == 2);
  CHECK(b.statistics().replayed == 1);
}

TEST_CASE("datagrams out of order are heard within the window and never twice") {
  NOODLE_RANDOM(random);
  const std::string key = new_key();
  DatagramSeal a(keys_of(key), {0, 1}, 1), b(keys_of(key), {0, 2}, 1);
  std::vector<std::vector<std::byte>> all;
  for (int i = 0; i < 500; ++i) all.push_back(sealed(a, std::to_string(i)));
  std::shuffle(all.begin(), all.end(), random);
  for (const auto& datagram : all) CHECK(b.open(datagram).ok());
  for (const auto& datagram : all) CHECK(refusal(b, datagram) == Code::datagram_replayed);
  const auto old = sealed(a, "old");
  for (std::size_t i = 0; i < kReplayWindow; ++i) sealed(a, "lost");
  CHECK(b.open(sealed(a, "new")).ok());
  CHECK(refusal(b, old) == Code::datagram_replayed);
}

TEST_CASE("after a restart of the sender its earlier datagrams are refused") {
  const std::string key = new_key();
  DatagramSeal before(keys_of(key), {0, 1}, 1), after(keys_of(key), {0, 1}, 2), b(keys_of(key), {0, 2}, 1);
  const auto late = sealed(before, "late");
  CHECK(b.open(sealed(before, "x")).ok());
  CHECK(b.open(sealed(after, "x")).ok());
  CHECK(refusal(b, late) == Code::datagram_replayed);
  CHECK(b.open(sealed(after, "y")).ok());
}

TEST_CASE("keys rotate without losing a datagram") {
  const std::string old_key = new_key(), next = new_key();
  DatagramSeal a(keys_of(old_key), {0, 1}, 1), b(keys_of(old_key), {0, 2}, 1);
  const auto flows = [&] { return b.open(sealed(a, "x")).ok() && a.open(sealed(b, "x")).ok(); };
  CHECK(flows());
  a.replace_keys(keys_of(old_key + next));
  CHECK(flows());
  b.replace_keys(keys_of(old_key + next));
  a.replace_keys(keys_of(next + old_key));
  CHECK(flows());
  b.replace_keys(keys_of(next + old_key));
  a.replace_keys(keys_of(next));
  CHECK(flows());
  DatagramSeal left_behind(keys_of(old_key), {0, 3}, 1);
  CHECK(refusal(a, sealed(left_behind, "x")) == Code::datagram_refused);
}

TEST_CASE("strangers, damage, wrong sizes and reflections are refused and counted") {
  const std::string key = new_key();
  DatagramSeal a(keys_of(key), {0, 1}, 1), b(keys_of(key), {0, 2}, 1), stranger(keys_of(new_key()), {0, 3}, 1);
  CHECK(refusal(b, sealed(stranger, "x")) == Code::datagram_refused);
  const auto datagram = sealed(a, "some content");
  for (std::size_t i = 0; i < datagram.size(); ++i) {
    auto damaged = datagram;
    damaged[i] ^= std::byte{1};
    CHECK(refusal(b, damaged) == Code::datagram_refused);
    CHECK(refusal(b, std::span(datagram).first(i)) == Code::datagram_refused);
  }
  CHECK(refusal(b, std::vector<std::byte>(65'000)) == Code::datagram_refused);
  CHECK(b.open(datagram).ok());  // the damaged ones have not used up its counter
  CHECK(a.seal(std::vector<std::byte>(kMaxDatagramContent + 1)).error().code == Code::datagram_too_large);
  const auto largest = a.seal(std::vector<std::byte>(kMaxDatagramContent));
  REQUIRE(largest.ok());
  CHECK(largest->size() == kMaxDatagramBytes);
  CHECK(b.open(*largest).ok());
  CHECK(b.statistics().refused == 2 * datagram.size() + 2);
}

TEST_CASE("key files that hold none, too many or half a key are refused") {
  CHECK_FALSE(GossipKeys::read(Secret("")).ok());
  CHECK_FALSE(GossipKeys::read(Secret("abc\n")).ok());
  std::string many;
  for (int i = 0; i < 5; ++i) many += new_key();
  CHECK_FALSE(GossipKeys::read(Secret(many)).ok());
}
