// What a TLS handshake found out about the peer. Between tls_context.cpp and transport.cpp.
#pragma once

#include <openssl/types.h>

#include "cluster/security/certificate.hpp"

namespace noodle::transport {

struct TlsVerdict {
  bool wants_node = false;  // clients do not accept links
  Result<security::CertificateInfo> peer = Error{Code::link_tls, "the peer has shown no certificate", {}};
};

/// `verdict` outlives the handshake.
void attach_verdict(SSL* ssl, TlsVerdict* verdict);

}  // namespace noodle::transport
