// TLS context: who a node is and whom it trusts, as OpenSSL wants it.
//
// TLS 1.3 alone, both sides with a certificate, no tickets, no resumption: every connection proves who the peer is. The
// peer's certificate is judged by security::Authorities, not by OpenSSL's own rules, so that links, commands and tests
// share one judgement.
// Threads: create and replace on one; connections that exist keep what they were made with.
// Errors: 8010, 8017, 6020.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cluster/security/authority.hpp"

namespace noodle::transport {

struct TlsIdentity {
  std::string certificate;  // PEM
  Secret key;               // PEM
  security::Trust trust;
};

class TlsContext {
 public:
  /// `now_s` gives the seconds since 1970.
  static Result<std::shared_ptr<TlsContext>> create(TlsIdentity identity, std::function<std::int64_t()> now_s);
  ~TlsContext();

  const security::CertificateInfo& self() const { return self_; }
  SSL_CTX* native();
  /// What the peer's certificate (DER) says, or why it does not count.
  Result<security::CertificateInfo> judge(std::string_view der) const;

 private:
  struct State;
  TlsContext();

  security::CertificateInfo self_;
  std::unique_ptr<State> state_;
};

}  // namespace noodle::transport
