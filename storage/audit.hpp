// Audit log: who did or was refused what, in records that cannot be changed, removed or moved without being noticed.
//
// A record is one line of JSON: {"seq","time","kind","subject","action","resource","outcome","rule","details","prev"}.
// `prev` is the SHA-256 of the line before (of "" for the first), so every line vouches for all before it. Every
// kSealRecords records, and on demand, a line of kind "seal" carries a signature over the chain so far. The head, a row
// of its own, holds the last sequence and hash and is signed at every append: without the last records it does not fit.
// Who takes the whole folder back to an earlier day is found by a head that was noted elsewhere (`expected`).
// Threads: append from any. Blocks: one sync a batch. Owns: the rows of family audit.
// Limits: kMaxAuditTextBytes (longer texts are cut), kMaxAuditBatch.
// Errors: those of the store; 8040 changed, 8041 signature of another key.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/base/metrics/metrics.hpp"
#include "storage/store.hpp"

namespace noodle::storage {

inline constexpr std::size_t kMaxAuditTextBytes = 1024;  // one field
inline constexpr std::size_t kMaxAuditBatch = 1000;
inline constexpr std::uint64_t kSealRecords = 64;

struct AuditEvent {
  std::int64_t time_ns = 0;  // wall clock
  std::string kind;          // "access", "token", "certificate", "node", ...
  std::string subject;       // who
  std::string action;
  std::string resource;
  std::string outcome;  // "allowed", "denied", "done", "failed"
  std::string rule;
  std::string details;
};

/// 64 bytes of an ed25519 signature. Injected: storage/ knows no keys.
using AuditSigner = std::function<std::array<std::uint8_t, 64>(std::string_view message)>;
using AuditKey = std::array<std::uint8_t, 32>;

struct AuditHead {
  std::uint64_t sequence = 0;  // of the last record; 0: none
  std::string hash;            // 64 hexadecimal digits
};

class AuditLog {
 public:
  /// Continues the log of `store`, which must outlive it. Error 8040 when the last record does not fit the head.
  static Result<std::unique_ptr<AuditLog>> open(Store& store, AuditSigner signer);

  /// Durable when it returns. All or none of `events`. Error 5017 for more than kMaxAuditBatch.
  Result<AuditHead> append(std::span<const AuditEvent> events);
  Result<AuditHead> append(const AuditEvent& event);
  /// A signature in the log itself, for a part that is exported.
  Result<AuditHead> seal(std::int64_t time_ns);
  AuditHead head() const;
  /// noodle_audit_*. Does not wait for the disk.
  void collect(Samples& out) const;

 private:
  AuditLog(Store& store, AuditSigner signer, AuditHead head);
  Result<AuditHead> append_locked(std::span<const AuditEvent> events, bool seal_after, std::int64_t seal_time_ns);

  Store& store_;
  AuditSigner signer_;
  mutable std::mutex mutex_;
  AuditHead head_;
  std::atomic<std::uint64_t> records_, failures_{0};
};

struct AuditReport {
  std::uint64_t records = 0, seals = 0;
  AuditHead head;
};

/// Walks the log of a store from its first record. `expected`: a head noted earlier, which the log must contain.
/// Errors 8040 with the first sequence that is wrong, 8041.
Result<AuditReport> verify_audit(const Store& store, const AuditKey& key,
                                 const std::optional<AuditHead>& expected = {});
/// The same for lines of `export_audit`.
Result<AuditReport> verify_audit_text(std::string_view lines, const AuditKey& key);

/// Every record from `from` on as a line, then the signed head as a line. Gives each line, with its "\n", to `sink`,
/// until it returns false.
Result<void> export_audit(const Store& store, std::uint64_t from, const std::function<bool(std::string_view)>& sink);
/// The last `count` records, oldest first.
Result<std::vector<std::string>> tail_audit(const Store& store, std::size_t count);

}  // namespace noodle::storage
