#include "cluster/security/revocations.hpp"

#include <algorithm>

#include "cluster/security/base64url.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/json_value.hpp"

namespace noodle::security {
namespace {

using Entries = std::map<std::string, Revocations::Entry, std::less<>>;

// What a signature is for is part of what is signed, so that none counts for another purpose.
constexpr std::string_view kPurpose = "noodle revocations 1\n";
constexpr std::size_t kMaxReasonBytes = 256;

Error invalid(const std::string& why) {
  return {Code::revocations_invalid, "the revocation list is not valid: " + why, {}};
}

void append_entries(std::string& out, const Entries& entries) {
  out += '[';
  const char* comma = "";
  for (const auto& [id, entry] : entries) {
    out += comma;
    out += "{\"id\":" + json_string(id) + ",\"reason\":" + json_string(entry.reason) +
           ",\"expires\":" + std::to_string(entry.expires_s) + "}";
    comma = ",";
  }
  out += ']';
}

bool read_entries(const JsonValue* list, Entries& entries) {
  if (list == nullptr || list->list() == nullptr || list->list()->size() > kMaxRevocations) return false;
  for (const JsonValue& item : *list->list()) {
    const std::string* id = item.text("id");
    const std::string* reason = item.text("reason");
    const std::int64_t* expires = item.integer("expires");
    if (id == nullptr || reason == nullptr || expires == nullptr) return false;
    entries[*id] = {*reason, *expires};
  }
  return true;
}

const Revocations::Entry* find(const Entries& entries, std::string_view id) {
  const auto found = entries.find(id);
  return found == entries.end() ? nullptr : &found->second;
}

}  // namespace

Result<Revocations> Revocations::read(std::string_view text, std::span<const PublicKey> authorities,
                                      std::string_view cluster, std::uint64_t known_number) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (text.size() > kMaxRevocationBytes) return invalid("larger than 4 MiB");
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return invalid("it has no signature");
  const auto body = from_base64url(text.substr(0, dot));
  const auto signature = from_base64url(text.substr(dot + 1));
  if (!body || !signature) return invalid("it is not base64url");
  const std::string message = std::string(kPurpose) + *body;
  const bool good = std::any_of(authorities.begin(), authorities.end(),
                                [&](const PublicKey& key) { return verify(key, message, *signature); });
  if (!good) return invalid("the signature is not of this cluster's CA");
  const auto json = parse_json(*body, {.bytes = kMaxRevocationBytes, .nesting = 3});
  if (!json) return invalid(json.error().message);
  const std::string* of = json->text("cluster");
  const std::int64_t* number = json->integer("number");
  if (of == nullptr || *of != cluster) return invalid("it is of another cluster");
  if (number == nullptr || *number < 1) return invalid("it has no number");
  Revocations list{std::string(cluster)};
  list.number_ = static_cast<std::uint64_t>(*number);
  if (list.number_ < known_number) {
    return invalid("number " + std::to_string(list.number_) + " is older than " + std::to_string(known_number) +
                   ", which is known");
  }
  if (!read_entries(json->member("certificates"), list.certificates_) ||
      !read_entries(json->member("tokens"), list.tokens_)) {
    return invalid("an entry is malformed");
  }
  return list;
}

std::string Revocations::sign(const SigningKey& authority, std::int64_t now_s) {
  // A day more than needed, for clocks that are wrong.
  const auto expired = [now_s](const auto& entry) { return entry.second.expires_s + 86'400 < now_s; };
  std::erase_if(certificates_, expired);
  std::erase_if(tokens_, expired);
  ++number_;
  std::string body = "{\"cluster\":" + json_string(cluster_) + ",\"number\":" + std::to_string(number_) +
                     ",\"issued\":" + std::to_string(now_s) + ",\"certificates\":";
  append_entries(body, certificates_);
  body += ",\"tokens\":";
  append_entries(body, tokens_);
  body += '}';
  const Signature signature = authority.sign(std::string(kPurpose) + body);
  return base64url(body) + "." + base64url(view(signature)) + "\n";
}

Result<void> Revocations::revoke_certificate(const std::string& serial, Entry entry) {
  if (certificates_.size() >= kMaxRevocations) return invalid("it is full (10000 certificates)");
  entry.reason.resize(std::min(entry.reason.size(), kMaxReasonBytes));
  certificates_[serial] = std::move(entry);
  return {};
}

Result<void> Revocations::revoke_token(const std::string& id, Entry entry) {
  if (tokens_.size() >= kMaxRevocations) return invalid("it is full (10000 tokens)");
  entry.reason.resize(std::min(entry.reason.size(), kMaxReasonBytes));
  tokens_[id] = std::move(entry);
  return {};
}

const Revocations::Entry* Revocations::certificate(std::string_view serial) const {
  return find(certificates_, serial);
}

const Revocations::Entry* Revocations::token(std::string_view id) const {
  return find(tokens_, id);
}

}  // namespace noodle::security
