// The NBC file: a 16-byte prelude and one Cap'n Proto message (messages/nbc.capnp) that holds a module.
//
// Prelude, little endian: "NBC\0", format u16, minimal VM u16, flags u32, crc32c u32 of everything after it.
// Reading trusts nothing: sizes, counts, texts and numbers are checked before memory is taken; the code itself is
// checked by verify(). Errors: 1500 not NBC, 1501 other version, 1502 damaged, 1503 malformed. Limits: kMaxNbcBytes
// (messages/limits.hpp); reading takes at most 32 times the file in memory.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/limits.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

constexpr std::uint16_t kNbcFormat = 1;
constexpr std::uint16_t kNbcVm = 1;          // version of this VM; files name the least one they need
constexpr std::uint32_t kNbcHasSources = 1;  // flag: source texts are included
constexpr std::size_t kNbcPreludeBytes = 16;

struct NbcOptions {
  bool sources = true;  // include source texts, if the module has them
};

/// Error: 1516 when the module is larger than a file may be.
Result<std::string> write_nbc(const Module& module, NbcOptions options = {});
Result<Module> read_nbc(std::string_view file);

/// Address of a module's content: Blake2b-256 of the file without its prelude. Error: 1500.
using ContentHash = std::array<std::uint8_t, 32>;
Result<ContentHash> content_hash(std::string_view file);
/// CRC-32C (Castagnoli) as in the prelude.
std::uint32_t crc32c(std::string_view data);

}  // namespace noodle::bytecode
