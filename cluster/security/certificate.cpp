#include "cluster/security/certificate.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <memory>

#include "runtime/base/hex.hpp"
#include "runtime/base/utc_text.hpp"

namespace noodle::security {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

constexpr std::size_t kMaxHosts = 32;

Error malformed(const std::string& why) {
  ERR_clear_error();
  return {Code::certificate_malformed, "not a certificate of noodle: " + why, {}};
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

BioPtr bio_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Never asks for a pass phrase.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

X509Ptr parse(std::string_view text) {
  if (text.size() > kMaxPemBytes) return nullptr;
  X509Ptr parsed;
  if (text.find("-----BEGIN") != std::string_view::npos) {
    parsed.reset(PEM_read_bio_X509(bio_of(text).get(), nullptr, no_pass_phrase, nullptr));
  } else {
    auto* at = reinterpret_cast<const unsigned char*>(text.data());
    const unsigned char* end = at + text.size();
    parsed.reset(d2i_X509(nullptr, &at, static_cast<long>(text.size())));
    if (at != end) parsed.reset();
  }
  ERR_clear_error();
  return parsed;
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string host_of(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return text_of(name->d.dNSName);
  if (name->type != GEN_IPADD) return {};
  const std::string bytes = text_of(name->d.iPAddress);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.size() == 4) {
      text += (i == 0 ? "" : ".") + std::to_string(static_cast<unsigned char>(bytes[i]));
    } else {
      if (i != 0 && i % 2 == 0) text += ':';
      append_hex(text, {&bytes[i], 1});
    }
  }
  return text;
}

/// noodle://CLUSTER/USE/NAME
bool read_uri(std::string_view uri, CertificateInfo& info) {
  constexpr std::string_view kScheme = "noodle://";
  if (!uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  const std::size_t first = uri.find('/');
  const std::size_t second = first == std::string_view::npos ? first : uri.find('/', first + 1);
  if (second == std::string_view::npos) return false;
  info.cluster = uri.substr(0, first);
  info.name = uri.substr(second + 1);
  const std::string_view use = uri.substr(first + 1, second - first - 1);
  for (const CertificateUse one : {CertificateUse::authority, CertificateUse::node, CertificateUse::client}) {
    if (use != to_string(one)) continue;
    info.use = one;
    return is_label(info.cluster) && is_label(info.name);
  }
  return false;
}

bool read_names(X509* certificate, CertificateInfo& info) {
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return false;
  int uris = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) {
      if (++uris > 1 || !read_uri(text_of(name->d.uniformResourceIdentifier), info)) return false;
    } else if (std::string host = host_of(name); !host.empty() && info.hosts.size() < kMaxHosts) {
      info.hosts.push_back(std::move(host));
    }
  }
  return uris == 1;
}

/// The usages that X.509 itself knows must fit what the URI says.
bool usage_fits(X509* certificate, CertificateUse use) {
  const bool signs = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
  if (signs != (use == CertificateUse::authority)) return false;
  if (use == CertificateUse::authority) return (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
  const std::uint32_t wanted = use == CertificateUse::node ? XKU_SSL_SERVER | XKU_SSL_CLIENT : XKU_SSL_CLIENT;
  return (X509_get_extended_key_usage(certificate) & (XKU_SSL_SERVER | XKU_SSL_CLIENT)) == wanted;
}

Result<CertificateInfo> info_of(X509* certificate) {
  CertificateInfo info;
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  std::size_t length = info.key.bytes.size();
  if (key == nullptr || EVP_PKEY_base_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key, info.key.bytes.data(), &length) != 1) {
    return malformed("its key is not ed25519");
  }
  if (!read_names(certificate, info)) return malformed("it does not say noodle://CLUSTER/USE/NAME");
  if ((X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0 || !usage_fits(certificate, info.use)) {
    return malformed("its key usage does not fit");
  }
  const NumberPtr serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  unsigned char bytes[16];
  if (!serial || BN_is_negative(serial.get()) || BN_bn2binpad(serial.get(), bytes, sizeof bytes) != sizeof bytes) {
    return malformed("its serial number is longer than 128 bits");
  }
  append_hex(info.serial, {reinterpret_cast<const char*>(bytes), sizeof bytes});
  info.not_before_s = seconds_of(X509_get0_notBefore(certificate));
  info.not_after_s = seconds_of(X509_get0_notAfter(certificate));
  ERR_clear_error();
  return info;
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool set_name(X509_NAME* name, std::string_view cluster, std::string_view common_name) {
  const auto add = [name](const char* field, std::string_view value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", cluster) && add("CN", common_name);
}

bool is_address(const std::string& host) {
  ASN1_OCTET_STRING* parsed = a2i_IPADDRESS(host.c_str());
  ERR_clear_error();
  ASN1_OCTET_STRING_free(parsed);
  return parsed != nullptr;
}

Result<std::string> names_of(const CertificateRequest& request) {
  std::string names =
      "URI:noodle://" + request.cluster + "/" + std::string(to_string(request.use)) + "/" + request.name;
  if (request.hosts.size() > kMaxHosts) return malformed("more than 32 names");
  for (const std::string& host : request.hosts) {
    // The text is parsed by OpenSSL: a comma would begin another name.
    if (is_address(host)) {
      names += ",IP:" + host;
    } else if (is_label(host)) {
      names += ",DNS:" + host;
    } else {
      return malformed("`" + host + "` is no host name or address");
    }
  }
  return names;
}

bool fill(X509* certificate, const CertificateRequest& request, const std::string& names, std::string_view issuer) {
  const bool signs = request.use == CertificateUse::authority;
  const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, request.key.bytes.data(), 32));
  const NumberPtr serial(BN_new());
  const std::string usages = request.use == CertificateUse::node ? "serverAuth,clientAuth" : "clientAuth";
  return key && serial && X509_set_version(certificate, 2) == 1 &&
         BN_rand(serial.get(), 126, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), request.not_before_s) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), request.not_after_s) != nullptr &&
         set_name(X509_get_subject_name(certificate), request.cluster, request.name) &&
         set_name(X509_get_issuer_name(certificate), request.cluster, issuer) &&
         X509_set_pubkey(certificate, key.get()) == 1 &&
         add_extension(certificate, NID_basic_constraints,
                       signs ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage,
                       signs ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         (signs || add_extension(certificate, NID_ext_key_usage, usages)) &&
         add_extension(certificate, NID_subject_alt_name, names);
}

bool signed_by(X509* certificate, const PublicKey& authority) {
  const KeyPtr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, authority.bytes.data(), 32));
  const bool good = key && X509_verify(certificate, key.get()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

std::string_view to_string(CertificateUse use) {
  switch (use) {
    case CertificateUse::authority:
      return "ca";
    case CertificateUse::node:
      return "node";
    case CertificateUse::client:
      break;
  }
  return "client";
}

Error wrong_use(const CertificateInfo& info, std::string_view wanted) {
  return {Code::certificate_wrong_use,
          "the certificate of " + info.name + " is for a " + std::string(to_string(info.use)) + ", a " +
              std::string(wanted) + " is wanted",
          {}};
}

Result<std::string> make_certificate(const CertificateRequest& request, const SigningKey& authority,
                                     std::string_view authority_name) {
  if (!is_label(request.cluster) || !is_label(request.name)) {
    return malformed("names are 1 to 63 letters, digits, `-`, `_` and `.`: `" +
                     (is_label(request.cluster) ? request.name : request.cluster) + "`");
  }
  if (request.not_after_s <= request.not_before_s) return malformed("it would never be valid");
  auto names = names_of(request);
  if (!names) return names.error();
  const X509Ptr certificate(X509_new());
  if (!certificate || !fill(certificate.get(), request, *names, authority_name)) {
    return malformed("OpenSSL cannot make it");
  }
  const Secret seed = authority.seed();
  const KeyPtr key(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.reveal().data()), seed.reveal().size()));
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!key || !out || X509_sign(certificate.get(), key.get(), nullptr) == 0 ||
      PEM_write_bio_X509(out.get(), certificate.get()) != 1) {
    return malformed("OpenSSL cannot sign it");
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(length));
}

NodeId CertificateInfo::link_id(std::uint64_t incarnation) const {
  return use == CertificateUse::client ? key.id(incarnation) : key.id();
}

Result<CertificateInfo> read_certificate(std::string_view pem) {
  const X509Ptr certificate = parse(pem);
  if (!certificate) return malformed("it cannot be read");
  return info_of(certificate.get());
}

Result<Authorities> Authorities::read(std::string_view pem) {
  if (pem.size() > kMaxPemBytes) return malformed("larger than 64 KiB");
  Authorities authorities;
  const BioPtr bio = bio_of(pem);
  while (true) {
    const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr));
    if (!certificate) break;
    auto info = info_of(certificate.get());
    if (!info) return info.error();
    if (info->use != CertificateUse::authority) {
      return wrong_use(*info, "CA");
    }
    if (!signed_by(certificate.get(), info->key)) return malformed("the CA has not signed itself");
    if (!authorities.all_.empty() && authorities.cluster() != info->cluster) {
      return malformed("CAs of two clusters, `" + authorities.cluster() + "` and `" + info->cluster + "`");
    }
    if (authorities.all_.size() == kMaxAuthorities) return malformed("more than 8 CAs");
    authorities.all_.push_back(std::move(info).value());
  }
  if (authorities.all_.empty()) return malformed("it holds no CA");
  ERR_clear_error();
  return authorities;
}

std::vector<PublicKey> Authorities::keys() const {
  std::vector<PublicKey> keys;
  for (const CertificateInfo& one : all_) keys.push_back(one.key);
  return keys;
}

Result<CertificateInfo> Authorities::check_peer(std::string_view text, const Revocations* revocations,
                                                std::int64_t now_s) const {
  const X509Ptr certificate = parse(text);
  if (!certificate) return malformed("it cannot be read");
  auto info = info_of(certificate.get());
  if (!info) return info.error();
  const auto in_time = [now_s](const CertificateInfo& one) {
    return one.not_before_s <= now_s && now_s < one.not_after_s;
  };
  const auto signer = std::find_if(all_.begin(), all_.end(), [&](const CertificateInfo& one) {
    return in_time(one) && signed_by(certificate.get(), one.key);
  });
  if (signer == all_.end() || info->cluster != cluster()) {
    return Error{
        Code::certificate_foreign, "the certificate of " + info->name + " was not signed by this cluster's CA", {}};
  }
  if (!in_time(*info)) {
    const bool early = now_s < info->not_before_s;
    return Error{Code::certificate_expired,
                 "the certificate of " + info->name + (early ? " is valid from " : " was valid until ") +
                     utc_text(early ? info->not_before_s : info->not_after_s),
                 {}};
  }
  if (const auto* entry = revocations == nullptr ? nullptr : revocations->certificate(info->serial)) {
    return Error{Code::certificate_revoked,
                 "the certificate of " + info->name + " (serial " + info->serial + ") was revoked: " + entry->reason,
                 {}};
  }
  return info;
}

Result<CertificateInfo> Authorities::check(std::string_view certificate, CertificateUse use,
                                           const Revocations* revocations, std::int64_t now_s) const {
  auto info = check_peer(certificate, revocations, now_s);
  if (info && info->use != use) {
    return wrong_use(*info, to_string(use));
  }
  return info;
}

}  // namespace noodle::security
