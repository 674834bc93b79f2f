// Fuzzes loading: any bytes -> read_nbc -> verify -> link -> run with small limits. The checksum is made right first,
// or nothing would get past it.
#include <cstdint>
#include <cstring>
#include <string>

#include "runtime/bytecode/container.hpp"
#include "runtime/bytecode/disasm.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/run_functions.hpp"

using namespace noodle;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string file(reinterpret_cast<const char*>(data), size);
  if (size >= bytecode::kNbcPreludeBytes) {
    const std::uint32_t crc = bytecode::crc32c(std::string_view(file).substr(bytecode::kNbcPreludeBytes));
    std::memcpy(file.data() + 12, &crc, sizeof crc);
  }
  Result<bytecode::Module> module = bytecode::read_nbc(file);
  if (!module) return 0;
  if (!bytecode::verify(*module)) return 0;
  // What was read writes and reads again, and what was verified can be shown.
  const Result<std::string> again = bytecode::write_nbc(*module);
  if (!again || !bytecode::read_nbc(*again)) __builtin_trap();
  (void)bytecode::disassemble(*module, {.states = true});
  auto program = vm::link(std::move(module).value());
  if (program) test::run_functions(**program);
  return 0;
}
