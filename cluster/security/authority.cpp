#include "cluster/security/authority.hpp"

#include <algorithm>
#include <filesystem>

#include "cluster/security/base64url.hpp"
#include "cluster/security/key_file.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/json_value.hpp"
#include "runtime/base/lines.hpp"

namespace noodle::security {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokenKeys = 8;

Result<std::vector<PublicKey>> read_public_keys(std::string_view text, const std::string& name) {
  std::vector<PublicKey> keys;
  for (const std::string_view line : lines_of(text)) {
    if (line.empty()) continue;
    const auto bytes = from_base64url(line);
    const auto key = bytes ? PublicKey::from(*bytes) : std::nullopt;
    if (!key || keys.size() == kMaxTokenKeys) {
      return Error{Code::key_malformed, name + " must hold 1 to 8 lines of 43 characters", {}};
    }
    keys.push_back(*key);
  }
  if (keys.empty()) return Error{Code::key_malformed, name + " holds no key", {}};
  return keys;
}

std::string public_key_lines(const std::vector<PublicKey>& keys) {
  std::string text;
  for (const PublicKey& key : keys) text += base64url(key.view()) + "\n";
  return text;
}

Result<SigningKey> read_key(const std::string& path) {
  auto pem = read_secret_file(path);
  if (!pem) return pem.error();
  return read_private_key(pem->reveal(), path);
}

std::string new_gossip_key() {
  // A seed of 32 random bytes, whatever it is for.
  return base64url(SigningKey::generate().seed().reveal());
}

CertificateRequest authority_request(const std::string& cluster, const SigningKey& key, std::int64_t now_s,
                                     std::int64_t days) {
  CertificateRequest request;
  request.use = CertificateUse::authority;
  request.cluster = cluster;
  request.name = "ca-" + key.public_key().id().to_string().substr(0, 8);
  request.key = key.public_key();
  request.not_before_s = now_s - kClockSkewS;
  request.not_after_s = now_s + days * kDayS;
  return request;
}

Result<std::string> self_signed(const std::string& cluster, const SigningKey& key, std::int64_t now_s,
                                std::int64_t days) {
  const CertificateRequest request = authority_request(cluster, key, now_s, days);
  return make_certificate(request, key, request.name);
}

/// The PEM blocks of a text, in order.
std::vector<std::string> blocks_of(const std::string& pem) {
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----\n";
  std::vector<std::string> blocks;
  std::size_t at = 0;
  for (std::size_t end = pem.find(kEnd); end != std::string::npos; end = pem.find(kEnd, at)) {
    blocks.push_back(pem.substr(at, end + kEnd.size() - at));
    at = end + kEnd.size();
  }
  return blocks;
}

}  // namespace

Result<Trust> read_trust(const std::string& folder, std::uint64_t known_revocations) {
  auto pem = read_public_file(folder + "/ca.crt");
  if (!pem) return pem.error();
  auto authorities = Authorities::read(*pem);
  if (!authorities) return authorities.error();
  auto lines = read_public_file(folder + "/token.pub");
  if (!lines) return lines.error();
  auto keys = read_public_keys(*lines, folder + "/token.pub");
  if (!keys) return keys.error();
  Revocations revocations(authorities->cluster());
  auto text = read_public_file(folder + "/revocations");
  if (text) {
    auto list = Revocations::read(*text, authorities->keys(), authorities->cluster(), known_revocations);
    if (!list) return Error{Code::revocations_invalid, folder + "/revocations: " + list.error().message, {}};
    revocations = std::move(list).value();
  } else if (text.error().code != Code::file_not_found) {
    return text.error();
  } else if (known_revocations != 0) {
    return Error{Code::revocations_invalid,
                 folder + "/revocations is not there, and number " + std::to_string(known_revocations) + " is known",
                 {}};
  }
  return Trust{std::move(authorities).value(), std::move(keys).value(), std::move(revocations)};
}

Authority::Authority(std::string folder, SigningKey key, SigningKey token_key, Trust trust)
    : folder_(std::move(folder)), key_(key), token_key_(token_key), trust_(std::move(trust)) {}

Result<Authority> Authority::create(const std::string& folder, const std::string& cluster, std::int64_t now_s,
                                    std::int64_t days) {
  const SigningKey key = SigningKey::generate();
  const SigningKey token_key = SigningKey::generate();
  auto certificate = self_signed(cluster, key, now_s, days);
  if (!certificate) return certificate.error();
  // ca.key comes first and is never replaced here: it decides which of two who try at once makes the cluster.
  auto written = write_secret_file(folder + "/ca.key", private_key_pem(key), Existing::refuse);
  if (written) written = write_secret_file(folder + "/token.key", private_key_pem(token_key), Existing::refuse);
  if (written) written = write_secret_file(folder + "/gossip.key", Secret(new_gossip_key() + "\n"), Existing::refuse);
  if (written) written = write_public_file(folder + "/ca.crt", *certificate, Existing::refuse);
  if (written) {
    written = write_public_file(folder + "/token.pub", public_key_lines({token_key.public_key()}), Existing::refuse);
  }
  if (written) {
    Revocations none(cluster);
    written = write_public_file(folder + "/revocations", none.sign(key, now_s), Existing::refuse);
  }
  if (!written) return written.error();
  return open(folder);
}

Result<Authority> Authority::open(const std::string& folder) {
  auto key = read_key(folder + "/ca.key");
  if (!key) return key.error();
  auto token_key = read_key(folder + "/token.key");
  if (!token_key) return token_key.error();
  auto trust = read_trust(folder);
  if (!trust) return trust.error();
  const std::vector<PublicKey> known = trust->authorities.keys();
  if (std::find(known.begin(), known.end(), key->public_key()) == known.end()) {
    return Error{Code::key_malformed, folder + "/ca.key does not belong to ca.crt", {}};
  }
  return Authority(folder, *key, *token_key, std::move(trust).value());
}

Result<Authority::Issued> Authority::issue(CertificateUse use, const std::string& name,
                                           const std::vector<std::string>& hosts, std::int64_t days,
                                           const std::string& out, bool renew, std::int64_t now_s) {
  const std::string target = out.empty() ? folder_ : out;
  Issued issued{{}, target + "/" + name + ".crt", target + "/" + name + ".key"};
  SigningKey key = SigningKey::generate();
  if (renew) {
    auto kept = read_key(issued.key_path);
    if (!kept) return kept.error();
    key = *kept;
  }
  CertificateRequest request{use, cluster(), name, hosts, key.public_key(), now_s - kClockSkewS, now_s + days * kDayS};
  const auto authority = std::find_if(trust_.authorities.all().begin(), trust_.authorities.all().end(),
                                      [this](const CertificateInfo& one) { return one.key == key_.public_key(); });
  // Nothing outlives its CA.
  request.not_after_s = std::min(request.not_after_s, authority->not_after_s);
  auto certificate = make_certificate(request, key_, authority->name);
  if (!certificate) return certificate.error();
  auto info = read_certificate(*certificate);
  if (!info) return info.error();
  issued.info = std::move(info).value();
  Result<void> written;
  if (!renew) written = write_secret_file(issued.key_path, private_key_pem(key), Existing::refuse);
  if (written) written = write_public_file(issued.certificate_path, *certificate, Existing::replace);
  if (written) written = note_issued(issued.info);
  if (written && target != folder_) {
    for (const char* file : {"ca.crt", "token.pub", "revocations"}) {
      auto content = read_public_file(path(file));
      if (!content) return content.error();
      written = write_public_file(target + "/" + file, *content, Existing::replace);
      if (!written) return written.error();
    }
    if (use == CertificateUse::node) {
      auto gossip = read_secret_file(path("gossip.key"));
      if (!gossip) return gossip.error();
      written = write_secret_file(target + "/gossip.key", *gossip, Existing::replace);
    }
  }
  if (!written) return written.error();
  return issued;
}

Result<void> Authority::note_issued(const CertificateInfo& info) {
  auto known = read_public_file(path("issued"));
  if (!known && known.error().code != Code::file_not_found) return known.error();
  std::string text = known ? *known : std::string();
  text += "{\"serial\":" + json_string(info.serial) + ",\"use\":" + json_string(to_string(info.use)) +
          ",\"name\":" + json_string(info.name) + ",\"key\":" + json_string(base64url(info.key.view())) +
          ",\"from\":" + std::to_string(info.not_before_s) + ",\"until\":" + std::to_string(info.not_after_s) + "}\n";
  return write_public_file(path("issued"), text, Existing::replace);
}

Result<std::vector<CertificateInfo>> Authority::issued() const {
  std::vector<CertificateInfo> all;
  auto text = read_public_file(path("issued"));
  if (!text) {
    if (text.error().code == Code::file_not_found) return all;
    return text.error();
  }
  for (const std::string_view line : lines_of(*text)) {
    if (line.empty()) continue;
    const auto json = parse_json(line, {.bytes = 4096, .nesting = 1});
    const auto field = [&json](const char* name) {
      const std::string* value = json ? json->text(name) : nullptr;
      return value != nullptr ? *value : std::string();
    };
    const auto number = [&json](const char* name) {
      const std::int64_t* value = json ? json->integer(name) : nullptr;
      return value != nullptr ? *value : 0;
    };
    const auto bytes = from_base64url(field("key"));
    const auto key = bytes ? PublicKey::from(*bytes) : std::nullopt;
    if (!key || field("serial").empty()) {
      return Error{Code::certificate_malformed, path("issued") + ": a line is damaged", {}};
    }
    CertificateInfo info;
    info.use = field("use") == "node" ? CertificateUse::node : CertificateUse::client;
    info.cluster = cluster();
    info.name = field("name");
    info.serial = field("serial");
    info.not_before_s = number("from");
    info.not_after_s = number("until");
    info.key = *key;
    all.push_back(std::move(info));
  }
  return all;
}

Result<CertificateInfo> Authority::rotate_authority(std::int64_t now_s, std::int64_t days) {
  const SigningKey key = SigningKey::generate();
  auto certificate = self_signed(cluster(), key, now_s, days);
  if (!certificate) return certificate.error();
  auto old = read_public_file(path("ca.crt"));
  if (!old) return old.error();
  std::string bundle = *certificate;
  for (const std::string& block : blocks_of(*old)) {
    auto info = read_certificate(block);
    if (info && info->not_after_s > now_s) bundle += block;
  }
  auto authorities = Authorities::read(bundle);
  if (!authorities) return authorities.error();
  // The certificate first: with the key alone nothing would trust what it signs.
  auto written = write_public_file(path("ca.crt"), bundle, Existing::replace);
  if (written) written = write_secret_file(path("ca.key"), private_key_pem(key), Existing::replace);
  if (!written) return written.error();
  trust_.authorities = std::move(authorities).value();
  key_ = key;
  if (auto listed = write_revocations(now_s); !listed) return listed.error();
  return trust_.authorities.all().front();
}

Result<PublicKey> Authority::rotate_token_key() {
  const SigningKey key = SigningKey::generate();
  std::vector<PublicKey> keys = trust_.token_keys;
  keys.insert(keys.begin(), key.public_key());
  keys.resize(std::min(keys.size(), kMaxTokenKeys));
  auto written = write_public_file(path("token.pub"), public_key_lines(keys), Existing::replace);
  if (written) written = write_secret_file(path("token.key"), private_key_pem(key), Existing::replace);
  if (!written) return written.error();
  trust_.token_keys = std::move(keys);
  token_key_ = key;
  return key.public_key();
}

Result<void> Authority::rotate_gossip_key() {
  auto old = read_secret_file(path("gossip.key"));
  if (!old) return old.error();
  std::string text = new_gossip_key() + "\n";
  std::size_t keys = 1;
  for (const std::string_view key : lines_of(old->reveal())) {
    if (!key.empty() && ++keys <= kMaxGossipKeys) text += std::string(key) + "\n";
  }
  return write_secret_file(path("gossip.key"), Secret(std::move(text)), Existing::replace);
}

Result<void> Authority::drop_old_keys() {
  auto pem = read_public_file(path("ca.crt"));
  if (!pem) return pem.error();
  for (const std::string& block : blocks_of(*pem)) {
    auto info = read_certificate(block);
    if (!info || info->key != key_.public_key()) continue;
    auto authorities = Authorities::read(block);
    if (!authorities) return authorities.error();
    if (auto written = write_public_file(path("ca.crt"), block, Existing::replace); !written) return written.error();
    trust_.authorities = std::move(authorities).value();
  }
  trust_.token_keys = {token_key_.public_key()};
  return write_public_file(path("token.pub"), public_key_lines(trust_.token_keys), Existing::replace);
}

Result<void> Authority::write_revocations(std::int64_t now_s) {
  return write_public_file(path("revocations"), trust_.revocations.sign(key_, now_s), Existing::replace);
}

Result<void> Authority::revoke_certificate(const std::string& serial, const std::string& reason, std::int64_t now_s) {
  auto all = issued();
  if (!all) return all.error();
  std::int64_t expires_s = now_s + kAuthorityDays * kDayS;
  for (const CertificateInfo& one : *all) {
    if (one.serial == serial) expires_s = one.not_after_s;
  }
  if (auto listed = trust_.revocations.revoke_certificate(serial, {reason, expires_s}); !listed) return listed;
  return write_revocations(now_s);
}

Result<void> Authority::revoke_token(const std::string& id, const std::string& reason, std::int64_t expires_s,
                                     std::int64_t now_s) {
  if (auto listed = trust_.revocations.revoke_token(id, {reason, expires_s}); !listed) return listed;
  return write_revocations(now_s);
}

}  // namespace noodle::security
