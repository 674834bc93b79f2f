// The host object `random`: libsodium's generator, fit for keys.
#include <sodium.h>

#include "runtime/natives/native_call.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/register.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::int64_t kMostBytes = 1 << 20;

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  randombytes_buf(&bits, sizeof bits);
  return bits;
}

/// Below `span`, each number as likely as the others; 0 stands for 2^64.
std::uint64_t random_below(std::uint64_t span) {
  std::uint64_t bits = random_bits();
  if (span == 0) return bits;
  const std::uint64_t rest = -span % span;  // 2^64 mod span: so many numbers at the start would come too often
  while (bits < rest) bits = random_bits();
  return bits % span;
}

NativeStatus next_int(NativeContext& native) {
  const std::int64_t low = native.s[0].i;
  const std::int64_t high = native.s[1].i;
  if (high < low) {
    return native.trap(Code::invalid_argument,
                       "random.int: " + std::to_string(low) + " to " + std::to_string(high) + " is empty");
  }
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t number = process::from_outside(native, [span] { return random_below(span); });
  native.s[0].u = static_cast<std::uint64_t>(low) + number;
  return NativeStatus::ok;
}

NativeStatus next_float(NativeContext& native) {
  return vm::give_float(native, static_cast<double>(process::from_outside(native, random_bits) >> 11) * 0x1.0p-53);
}

NativeStatus next_bytes(NativeContext& native) {
  const std::int64_t count = native.s[0].i;
  if (count < 0) return native.trap(Code::negative_size, "count " + std::to_string(count) + " is negative");
  if (count > kMostBytes) return native.trap(Code::value_too_large, "random.bytes: at most 1 MiB at a time");
  std::string bytes(static_cast<std::size_t>(count), '\0');
  process::bytes_from_outside(native, bytes, [&bytes] {
    randombytes_buf(bytes.data(), bytes.size());
    return static_cast<std::int64_t>(bytes.size());
  });
  native.charge(bytes.size() / 16);
  return vm::give(native, vm::new_bytes(native.process, bytes));
}

constexpr vm::NativeEntry kTable[] = {
    {"Random.int", "(I, int, int)int", next_int},
    {"Random.float", "(I)float", next_float},
    {"Random.bytes", "(I, int)Bytes", next_bytes},
};

}  // namespace

NativeTable random_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
