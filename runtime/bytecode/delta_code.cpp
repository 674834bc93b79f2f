#include "runtime/bytecode/delta_code.hpp"

namespace noodle::bytecode {

namespace {

void put(std::string& out, std::uint64_t value) {
  while (value >= 128) {
    out.push_back(static_cast<char>(value | 128));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// Signed numbers with small magnitude become small unsigned ones.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class Reader {
 public:
  explicit Reader(std::string_view data) : rest_(data) {}
  bool done() const { return rest_.empty(); }

  /// A number up to 35 bits; more is malformed.
  bool number(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (rest_.empty()) return false;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128) return true;
    }
    return false;
  }
  bool word(std::uint64_t base, std::uint32_t& value) {
    std::uint64_t delta = 0;
    return number(delta) && fit(base + delta, value);
  }
  bool signed_step(std::int64_t base, std::uint32_t& value) {
    std::uint64_t delta = 0;
    if (!number(delta)) return false;
    const std::int64_t next = base + unzigzag(delta);
    return next >= 0 && fit(static_cast<std::uint64_t>(next), value);
  }
  bool byte(std::uint8_t& value) {
    if (rest_.empty()) return false;
    value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return true;
  }

 private:
  static bool fit(std::uint64_t wide, std::uint32_t& value) {
    value = static_cast<std::uint32_t>(wide);
    return wide <= UINT32_MAX;
  }

  std::string_view rest_;
};

}  // namespace

std::string pack_lines(const std::vector<LineEntry>& lines) {
  std::string out;
  LineEntry before{0, 0, 0};
  for (const LineEntry& entry : lines) {
    put(out, entry.word - before.word);
    put(out, zigzag(std::int64_t{entry.line} - before.line));
    put(out, zigzag(std::int64_t{entry.column} - before.column));
    before = entry;
  }
  return out;
}

bool unpack_lines(std::string_view data, std::vector<LineEntry>& lines) {
  Reader in(data);
  LineEntry entry{0, 0, 0};
  while (!in.done()) {
    if (!in.word(entry.word, entry.word) || !in.signed_step(entry.line, entry.line) ||
        !in.signed_step(entry.column, entry.column)) {
      return false;
    }
    lines.push_back(entry);
  }
  return true;
}

std::string pack_joins(const std::vector<JoinState>& joins, std::uint32_t scalar_registers,
                       std::uint32_t pointer_registers) {
  std::string out;
  std::uint32_t before = 0;
  for (const JoinState& join : joins) {
    put(out, join.word - before);
    before = join.word;
    for (std::uint32_t s = 0; s < scalar_registers; s += 8) {
      std::uint8_t bits = 0;
      for (std::uint32_t k = s; k < s + 8 && k < join.scalars.size(); ++k) {
        bits = static_cast<std::uint8_t>(bits | join.scalars[k] << (k - s));
      }
      out.push_back(static_cast<char>(bits));
    }
    for (std::uint32_t p = 0; p < pointer_registers; ++p) {
      const TypeRef type = p < join.pointers.size() ? join.pointers[p] : TypeRef{};
      put(out, std::uint64_t{type.index} << 1 | (type.nullable ? 1 : 0));
    }
  }
  return out;
}

bool unpack_joins(std::string_view data, std::uint32_t scalar_registers, std::uint32_t pointer_registers,
                  std::vector<JoinState>& joins) {
  Reader in(data);
  std::uint32_t word = 0;
  while (!in.done()) {
    if (!in.word(word, word)) return false;
    JoinState& join = joins.emplace_back();
    join.word = word;
    join.scalars.resize(scalar_registers);
    for (std::uint32_t s = 0; s < scalar_registers; s += 8) {
      std::uint8_t bits = 0;
      if (!in.byte(bits)) return false;
      for (std::uint32_t k = s; k < s + 8 && k < scalar_registers; ++k) join.scalars[k] = bits >> (k - s) & 1;
    }
    for (std::uint32_t p = 0; p < pointer_registers; ++p) {
      std::uint64_t packed = 0;
      if (!in.number(packed) || packed >> 1 > UINT32_MAX) return false;
      join.pointers.push_back({static_cast<TypeIndex>(packed >> 1), (packed & 1) != 0});
    }
  }
  return true;
}

}  // namespace noodle::bytecode
