// Exports of audit logs from outside: none verifies without a signature.
#include "storage/audit.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (noodle::storage::verify_audit_text(text, {1, 2, 3}).ok()) std::abort();
  return 0;
}
