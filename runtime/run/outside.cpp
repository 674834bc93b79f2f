#include "runtime/run/outside.hpp"

#include "runtime/process/system.hpp"

namespace noodle::process {
namespace {

/// Null for a bare process of a VM unit test.
const SystemOptions* options_of(const vm::Process& process) {
  return process.control ? &process.control->worker->system().options() : nullptr;
}

}  // namespace

Outside* outside_of(const vm::Process& process) {
  const SystemOptions* options = options_of(process);
  return options ? options->outside : nullptr;
}

const Clock& clock_of(const vm::Process& process) {
  const SystemOptions* options = options_of(process);
  return options ? *options->clock : system_clock();
}

void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

bool take_number(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

void put_answer(std::string& out, const std::string& value) {
  put_number(out, value.size());
  out += value;
}

bool take_answer(std::string_view& in, std::string& value) {
  std::uint64_t size = 0;
  if (!take_number(in, size) || size > in.size()) return false;
  value = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

}  // namespace noodle::process
