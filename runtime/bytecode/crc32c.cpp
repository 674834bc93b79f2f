// CRC-32C, eight bytes a step ("slicing by 8").
#include <array>
#include <cstring>

#include "runtime/bytecode/container.hpp"

namespace noodle::bytecode {

namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // Castagnoli, reflected
using Table = std::array<std::uint32_t, 256>;

constexpr std::array<Table, 8> make_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      tables[k][byte] = tables[k - 1][byte] >> 8 ^ tables[0][tables[k - 1][byte] & 255];
    }
  }
  return tables;
}
constexpr std::array<Table, 8> kTables = make_tables();

}  // namespace

std::uint32_t crc32c(std::string_view data) {
  std::uint32_t crc = ~0u;
  while (data.size() >= 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, data.data(), 8);
    block ^= crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][block >> (8 * k) & 255];
    data.remove_prefix(8);
  }
  for (const char c : data) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<std::uint8_t>(c)) & 255];
  return ~crc;
}

}  // namespace noodle::bytecode
