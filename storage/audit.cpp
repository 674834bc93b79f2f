#include "storage/audit.hpp"

#include <algorithm>

#include "runtime/base/lines.hpp"
#include "storage/audit_record.hpp"
#include "storage/key.hpp"

namespace noodle::storage {
namespace {

constexpr char kRecord = 'r';
const std::string kHeadKey = "h";

Key record_key(std::uint64_t sequence) {
  return Key().tag(kRecord).u64(sequence);
}

KeyRange records_from(std::uint64_t sequence) {
  return {record_key(sequence).bytes(), prefix_end(Key().tag(kRecord))};
}

std::uint64_t sequence_of(std::string_view key) {
  KeyReader reader(key);
  reader.tag();
  return reader.u64().value_or(0);
}

Error broken(const std::string& why) {
  return {Code::audit_broken, "the audit log was changed: " + why, {}};
}

struct Rows {
  Snapshot moment;  // head and records of the same moment, also while a node appends
  std::optional<std::string> head;
};

Result<Rows> rows_of(const Store& store) {
  Rows rows{store.snapshot(), {}};
  auto head = store.get(Family::audit, kHeadKey, &rows.moment);
  if (!head) return head.error();
  rows.head = std::move(head).value();
  return rows;
}

}  // namespace

AuditLog::AuditLog(Store& store, AuditSigner signer, AuditHead head)
    : store_(store), signer_(std::move(signer)), head_(std::move(head)), records_(head_.sequence) {}

Result<std::unique_ptr<AuditLog>> AuditLog::open(Store& store, AuditSigner signer) {
  auto row = store.get(Family::audit, kHeadKey);
  if (!row) return row.error();
  AuditHead head{0, audit_hash("")};
  const Cursor last = store.scan(Family::audit, records_from(0), Direction::backward);
  if (auto good = last.status(); !good) return good.error();
  if (*row) {
    auto read = read_head(**row, nullptr);
    if (!read) return read.error();
    head = std::move(read).value();
    if (!last.valid() || sequence_of(last.key()) != head.sequence || audit_hash(last.value()) != head.hash) {
      return broken("its last record does not match its head; `noodle audit verify` tells more");
    }
  } else if (last.valid()) {
    return broken("its head is missing");
  }
  return std::unique_ptr<AuditLog>(new AuditLog(store, std::move(signer), std::move(head)));
}

AuditHead AuditLog::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

void AuditLog::collect(Samples& out) const {
  out.counter("noodle_audit_records_total", "Records of the audit log, those of earlier runs too.")
      .add(static_cast<double>(records_));
  out.counter("noodle_audit_failures_total", "Times that the audit log could not be written.")
      .add(static_cast<double>(failures_));
}

Result<AuditHead> AuditLog::append(const AuditEvent& event) {
  return append({&event, 1});
}

Result<AuditHead> AuditLog::append(std::span<const AuditEvent> events) {
  const std::lock_guard lock(mutex_);
  if (events.empty()) return head_;
  if (events.size() > kMaxAuditBatch) {
    return Error{
        Code::store_too_large, "a batch of " + std::to_string(events.size()) + " audit records; the limit is 1000", {}};
  }
  const std::uint64_t end = head_.sequence + events.size();
  return append_locked(events, end / kSealRecords != head_.sequence / kSealRecords, events.back().time_ns);
}

Result<AuditHead> AuditLog::seal(std::int64_t time_ns) {
  const std::lock_guard lock(mutex_);
  if (head_.sequence == 0) return head_;
  return append_locked({}, true, time_ns);
}

Result<AuditHead> AuditLog::append_locked(std::span<const AuditEvent> events, bool seal_after,
                                          std::int64_t seal_time_ns) {
  Batch batch;
  AuditHead next = head_;
  const auto add = [&batch, &next](const std::string& line) {
    batch.put(Family::audit, record_key(++next.sequence), line);
    next.hash = audit_hash(line);
  };
  for (const AuditEvent& event : events) add(audit_line(next.sequence + 1, event, next.hash));
  if (seal_after) add(seal_line(next.sequence + 1, seal_time_ns, next.hash, signer_));
  batch.put(Family::audit, kHeadKey, head_line(next, signer_));
  if (auto written = store_.write(std::move(batch), Sync::yes); !written) {
    ++failures_;
    return written.error();
  }
  head_ = next;
  records_ = head_.sequence;
  return head_;
}

Result<AuditReport> verify_audit(const Store& store, const AuditKey& key, const std::optional<AuditHead>& expected) {
  auto rows = rows_of(store);
  if (!rows) return rows.error();
  AuditChain chain(key);
  bool seen = !expected || expected->sequence == 0;
  Cursor cursor = store.scan(Family::audit, records_from(0), Direction::forward, &rows->moment);
  if (cursor.valid() && sequence_of(cursor.key()) != 1) {
    return broken("records before " + std::to_string(sequence_of(cursor.key())) + " are missing");
  }
  for (; cursor.valid(); cursor.next()) {
    if (auto good = chain.add(cursor.value(), sequence_of(cursor.key())); !good) return good.error();
    const AuditHead& at = chain.report().head;
    if (expected && at.sequence == expected->sequence) {
      if (at.hash != expected->hash) return broken("record " + std::to_string(at.sequence) + " is not the one noted");
      seen = true;
    }
  }
  if (auto good = cursor.status(); !good) return good.error();
  if (rows->head) {
    const auto head = read_head(*rows->head, &key);
    if (!head) return head.error();
    if (auto good = chain.finish(*head); !good) return good.error();
  } else if (chain.report().records > 0) {
    return broken("its head is missing");
  }
  if (!seen) return broken("it ends before record " + std::to_string(expected->sequence) + ", which was noted");
  return chain.report();
}

Result<AuditReport> verify_audit_text(std::string_view lines, const AuditKey& key) {
  AuditChain chain(key);
  bool ended = false;
  for (const std::string_view line : lines_of(lines)) {
    if (ended) return broken("something follows its head");
    if (!is_head_line(line)) {
      if (auto good = chain.add(line); !good) return good.error();
      continue;
    }
    const auto head = read_head(line, &key);
    if (!head) return head.error();
    if (auto good = chain.finish(*head); !good) return good.error();
    ended = true;
  }
  if (!ended) return broken("its head is missing");
  return chain.report();
}

Result<void> export_audit(const Store& store, std::uint64_t from, const std::function<bool(std::string_view)>& sink) {
  auto rows = rows_of(store);
  if (!rows) return rows.error();
  Cursor cursor = store.scan(Family::audit, records_from(from), Direction::forward, &rows->moment);
  for (; cursor.valid(); cursor.next()) {
    if (!sink(std::string(cursor.value()) + "\n")) return {};
  }
  if (auto good = cursor.status(); !good) return good;
  if (rows->head) sink(*rows->head + "\n");
  return {};
}

Result<std::vector<std::string>> tail_audit(const Store& store, std::size_t count) {
  std::vector<std::string> lines;
  Cursor cursor = store.scan(Family::audit, records_from(0), Direction::backward);
  for (; cursor.valid() && lines.size() < count; cursor.next()) lines.emplace_back(cursor.value());
  if (auto good = cursor.status(); !good) return good.error();
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace noodle::storage
