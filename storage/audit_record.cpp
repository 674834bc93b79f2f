#include "storage/audit_record.hpp"

#include <sodium.h>

#include "runtime/base/hex.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/json_value.hpp"
#include "runtime/base/utc_text.hpp"

namespace noodle::storage {
namespace {

constexpr JsonLimits kLineLimits{.bytes = 32 * 1024, .nesting = 1};
const std::string kNoHash(64, '0');

Error broken(std::uint64_t sequence, const std::string& why) {
  return {Code::audit_broken, "the audit log was changed at record " + std::to_string(sequence) + ": " + why, {}};
}

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  append_hex(text, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return text;
}

// What a signature is for is part of what is signed, so that a seal never counts as a head.
std::string seal_message(std::uint64_t sequence, const std::string& previous) {
  return "noodle audit seal\n" + std::to_string(sequence) + "\n" + previous;
}

std::string head_message(const AuditHead& head) {
  return "noodle audit head\n" + std::to_string(head.sequence) + "\n" + head.hash;
}

std::string signed_text(const AuditSigner& signer, const std::string& message) {
  const auto signature = signer(message);
  return hex(signature);
}

bool good_signature(const AuditKey& key, const std::string& message, const std::string& signature) {
  unsigned char bytes[crypto_sign_BYTES];
  std::size_t length = 0;
  return signature.size() == 2 * sizeof bytes &&
         sodium_hex2bin(bytes, sizeof bytes, signature.data(), signature.size(), nullptr, &length, nullptr) == 0 &&
         length == sizeof bytes &&
         crypto_sign_verify_detached(bytes, reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                                     key.data()) == 0;
}

std::string text_of(const JsonValue& line, std::string_view name) {
  const std::string* text = line.text(name);
  return text != nullptr ? *text : std::string();
}

std::uint64_t number_of(const JsonValue& line, std::string_view name) {
  const std::int64_t* number = line.integer(name);
  return number != nullptr && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

void append_field(std::string& line, std::string_view name, std::string_view text) {
  line += ",\"";
  line += name;
  line += "\":";
  append_json_string(line, text.substr(0, kMaxAuditTextBytes));
}

std::string beginning(std::uint64_t sequence, std::int64_t time_ns) {
  return "{\"seq\":" + std::to_string(sequence) + ",\"time\":\"" + utc_text_ns(time_ns) + "\"";
}

}  // namespace

std::string audit_hash(std::string_view line) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(line.data()), line.size());
  return hex(digest);
}

std::string audit_line(std::uint64_t sequence, const AuditEvent& event, const std::string& previous) {
  std::string line = beginning(sequence, event.time_ns);
  append_field(line, "kind", event.kind);
  append_field(line, "subject", event.subject);
  append_field(line, "action", event.action);
  append_field(line, "resource", event.resource);
  append_field(line, "outcome", event.outcome);
  append_field(line, "rule", event.rule);
  append_field(line, "details", event.details);
  append_field(line, "prev", previous);
  return line + "}";
}

std::string seal_line(std::uint64_t sequence, std::int64_t time_ns, const std::string& previous,
                      const AuditSigner& signer) {
  std::string line = beginning(sequence, time_ns);
  append_field(line, "kind", "seal");
  append_field(line, "signature", signed_text(signer, seal_message(sequence, previous)));
  append_field(line, "prev", previous);
  return line + "}";
}

std::string head_line(const AuditHead& head, const AuditSigner& signer) {
  std::string line = "{\"head\":" + std::to_string(head.sequence);
  append_field(line, "hash", head.hash);
  append_field(line, "signature", signed_text(signer, head_message(head)));
  return line + "}";
}

bool is_head_line(std::string_view line) {
  return line.starts_with("{\"head\":");
}

Result<AuditHead> read_head(std::string_view line, const AuditKey* key) {
  const auto json = parse_json(line, kLineLimits);
  AuditHead head;
  if (json) head = {number_of(*json, "head"), text_of(*json, "hash")};
  if (head.sequence == 0 || head.hash.size() != kNoHash.size()) return broken(0, "its head is damaged");
  if (key != nullptr && !good_signature(*key, head_message(head), text_of(*json, "signature"))) {
    return Error{Code::audit_unsigned,
                 "the head of the audit log (record " + std::to_string(head.sequence) + ") is not signed by this key",
                 {}};
  }
  return head;
}

Result<void> AuditChain::add(std::string_view line, std::optional<std::uint64_t> row) {
  AuditHead& last = report_.head;
  const auto json = parse_json(line, kLineLimits);
  const std::uint64_t wanted = started_ ? last.sequence + 1 : row.value_or(0);
  if (!json) return broken(row.value_or(wanted), "it is no line of JSON");
  const std::uint64_t sequence = number_of(*json, "seq");
  if (row && *row != sequence) return broken(*row, "it says that it is record " + std::to_string(sequence));
  if (started_ && sequence != wanted) {
    return broken(wanted, "record " + std::to_string(sequence) + " is in its place");
  }
  const std::string previous = text_of(*json, "prev");
  if (started_ && previous != last.hash) return broken(last.sequence, "its hash does not match the next record");
  if (!started_ && sequence == 1 && previous != audit_hash("")) return broken(1, "it does not begin the log");
  if (text_of(*json, "kind") == "seal") {
    if (!good_signature(key_, seal_message(sequence, previous), text_of(*json, "signature"))) {
      return Error{Code::audit_unsigned, "the seal at record " + std::to_string(sequence) + " is not of this key", {}};
    }
    ++report_.seals;
  }
  last = {sequence, audit_hash(line)};
  started_ = true;
  ++report_.records;
  return {};
}

Result<void> AuditChain::finish(const AuditHead& head) const {
  const AuditHead& last = report_.head;
  if (last.sequence < head.sequence) {
    return broken(last.sequence + 1, "records up to " + std::to_string(head.sequence) + " are missing");
  }
  if (last.sequence > head.sequence) return broken(head.sequence + 1, "the head knows nothing of it");
  if (last.hash != head.hash) return broken(last.sequence, "its hash does not match the head");
  return {};
}

}  // namespace noodle::storage
