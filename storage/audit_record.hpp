// The lines of the audit log: how they are written, and how a chain of them is checked. Used by audit.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/audit.hpp"

namespace noodle::storage {

/// 64 hexadecimal digits of SHA-256.
std::string audit_hash(std::string_view line);

std::string audit_line(std::uint64_t sequence, const AuditEvent& event, const std::string& previous);
std::string seal_line(std::uint64_t sequence, std::int64_t time_ns, const std::string& previous,
                      const AuditSigner& signer);
/// {"head":SEQUENCE,"hash":...,"signature":...}
std::string head_line(const AuditHead& head, const AuditSigner& signer);

/// The head of a line, its signature checked when `key` is given. Errors 8040, 8041.
Result<AuditHead> read_head(std::string_view line, const AuditKey* key);
bool is_head_line(std::string_view line);

/// Takes lines one by one and says where the chain breaks.
class AuditChain {
 public:
  explicit AuditChain(const AuditKey& key) : key_(key) {}

  /// `sequence`: what the key of the row says, if there is one. Errors 8040, 8041.
  Result<void> add(std::string_view line, std::optional<std::uint64_t> sequence = {});
  /// Whether the chain ends where the head says.
  Result<void> finish(const AuditHead& head) const;
  const AuditReport& report() const { return report_; }

 private:
  AuditKey key_;
  AuditReport report_;
  bool started_ = false;
};

}  // namespace noodle::storage
