// std.hash: xxHash, CRC-32C and libsodium's hashes, fed in pieces so that long inputs do not hold up the worker.
#include <sodium.h>
#define XXH_STATIC_LINKING_ONLY  // the complete type of the state
#include <xxhash.h>

#include <array>
#include <optional>
#include <variant>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kPiece = 32 * 1024;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

struct Crc {
  std::uint32_t value = 0xffffffff;
};
struct Blake {
  crypto_generichash_blake2b_state state;
  std::size_t size;
};
using Hasher = std::variant<XXH64_state_t, Crc, Blake, crypto_hash_sha256_state, crypto_hash_sha512_state,
                            crypto_auth_hmacsha256_state>;

struct HashState final : vm::RootSource {
  explicit HashState(const Hasher& h) : hasher(h) {}
  void visit_roots(vm::RootVisitor&) override {}
  Hasher hasher;
};

struct Update {
  const unsigned char* data;
  std::size_t size;
  void operator()(XXH64_state_t& state) const { XXH64_update(&state, data, size); }
  void operator()(Crc& crc) const {
    for (std::size_t i = 0; i < size; ++i) crc.value = kCrcTable[(crc.value ^ data[i]) & 255] ^ crc.value >> 8;
  }
  void operator()(Blake& blake) const { crypto_generichash_blake2b_update(&blake.state, data, size); }
  void operator()(crypto_hash_sha256_state& state) const { crypto_hash_sha256_update(&state, data, size); }
  void operator()(crypto_hash_sha512_state& state) const { crypto_hash_sha512_update(&state, data, size); }
  void operator()(crypto_auth_hmacsha256_state& state) const { crypto_auth_hmacsha256_update(&state, data, size); }
};

/// Fuel for a piece: the slower the hash, the more.
std::uint64_t cost(const Hasher& hasher, std::size_t size) {
  const bool fast = hasher.index() == 0;
  return size / (fast ? 256 : 24) + 1;
}

struct Finish {
  NativeContext& native;
  NativeStatus digest(const unsigned char* data, std::size_t size) const {
    return vm::give(native, vm::new_bytes(native.process, {reinterpret_cast<const char*>(data), size}));
  }
  NativeStatus operator()(XXH64_state_t& state) const {
    return vm::give_int(native, static_cast<std::int64_t>(XXH64_digest(&state)));
  }
  NativeStatus operator()(Crc& crc) const { return vm::give_int(native, crc.value ^ 0xffffffff); }
  NativeStatus operator()(Blake& blake) const {
    unsigned char out[crypto_generichash_blake2b_BYTES_MAX];
    crypto_generichash_blake2b_final(&blake.state, out, blake.size);
    return digest(out, blake.size);
  }
  NativeStatus operator()(crypto_hash_sha256_state& state) const {
    unsigned char out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, out);
    return digest(out, sizeof out);
  }
  NativeStatus operator()(crypto_hash_sha512_state& state) const {
    unsigned char out[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_final(&state, out);
    return digest(out, sizeof out);
  }
  NativeStatus operator()(crypto_auth_hmacsha256_state& state) const {
    unsigned char out[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_final(&state, out);
    return digest(out, sizeof out);
  }
};

/// Hashes the Bytes in p[value]; `begin` makes the hasher when the work starts.
template <class Begin>
NativeStatus hash(NativeContext& native, unsigned value, Begin begin) {
  vm::Process& process = native.process;
  if (!process.native_state) {
    std::optional<Hasher> hasher = begin();
    if (!hasher) return NativeStatus::trap;
    process.native_state = std::make_unique<HashState>(*hasher);
  }
  Hasher& hasher = static_cast<HashState&>(*process.native_state).hasher;
  const vm::Object* bytes = native.p[value];
  auto at = static_cast<std::size_t>(process.native_progress);
  while (at < bytes->length()) {
    const std::size_t size = std::min(kPiece, bytes->length() - at);
    std::visit(Update{bytes->bytes() + at, size}, hasher);
    native.charge(cost(hasher, size));
    at += size;
    process.native_progress = static_cast<std::int64_t>(at);
    if (at < bytes->length() && vm::out_of_slice(native)) return NativeStatus::again;
  }
  Hasher done = hasher;
  vm::end_steps(process);
  return std::visit(Finish{native}, done);
}

NativeStatus xxh64(NativeContext& native) {
  return hash(native, 0, [&native] {
    XXH64_state_t state;
    XXH64_reset(&state, native.s[0].u);
    return std::optional<Hasher>(state);
  });
}

NativeStatus crc32c(NativeContext& native) {
  return hash(native, 0, [] { return std::optional<Hasher>(Crc{}); });
}

NativeStatus blake2b(NativeContext& native) {
  return hash(native, 0, [&native]() -> std::optional<Hasher> {
    const std::int64_t size = native.s[0].i;
    const vm::Object* key = native.p[1];
    if (size < crypto_generichash_blake2b_BYTES_MIN || size > crypto_generichash_blake2b_BYTES_MAX) {
      native.trap(Code::invalid_argument,
                  "blake2b: digest of " + std::to_string(size) + " bytes; 16 to 64 are possible");
      return std::nullopt;
    }
    if (key && (key->length() < crypto_generichash_blake2b_KEYBYTES_MIN ||
                key->length() > crypto_generichash_blake2b_KEYBYTES_MAX)) {
      native.trap(Code::invalid_argument,
                  "blake2b: key of " + std::to_string(key->length()) + " bytes; 16 to 64 are possible");
      return std::nullopt;
    }
    Blake blake{.state = {}, .size = static_cast<std::size_t>(size)};
    crypto_generichash_blake2b_init(&blake.state, key ? key->bytes() : nullptr, key ? key->length() : 0, blake.size);
    return blake;
  });
}

NativeStatus sha256(NativeContext& native) {
  return hash(native, 0, [] {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    return std::optional<Hasher>(state);
  });
}

NativeStatus sha512(NativeContext& native) {
  return hash(native, 0, [] {
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    return std::optional<Hasher>(state);
  });
}

NativeStatus hmac_sha256(NativeContext& native) {
  return hash(native, 1, [&native]() -> std::optional<Hasher> {
    const vm::Object* key = native.p[0];
    if (key->length() > (1u << 20)) {
      native.trap(Code::invalid_argument, "hmacSha256: key is longer than 1 MiB");
      return std::nullopt;
    }
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->bytes(), key->length());
    return state;
  });
}

constexpr vm::NativeEntry kTable[] = {
    {"hash.xxh64", "(Bytes, int)int", xxh64},
    {"hash.crc32c", "(Bytes)int", crc32c},
    {"hash.blake2b", "(Bytes, int, Bytes?)Bytes", blake2b},
    {"hash.sha256", "(Bytes)Bytes", sha256},
    {"hash.sha512", "(Bytes)Bytes", sha512},
    {"hash.hmacSha256", "(Bytes, Bytes)Bytes", hmac_sha256},
};

}  // namespace

NativeTable hash_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
