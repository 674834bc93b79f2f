#include "cluster/transport/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <asio/ssl/context.hpp>

#include "cluster/transport/tls_verdict.hpp"

namespace noodle::transport {
namespace {

/// Room for a verdict at each connection.
int verdict_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int judge_peer(X509_STORE_CTX* store, void* context) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verdict = ssl == nullptr ? nullptr : static_cast<TlsVerdict*>(SSL_get_ex_data(ssl, verdict_index()));
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  unsigned char* der = nullptr;
  const int length = certificate == nullptr ? -1 : i2d_X509(certificate, &der);
  if (verdict == nullptr || length <= 0) return 0;
  verdict->peer =
      static_cast<TlsContext*>(context)->judge({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  if (verdict->peer && verdict->wants_node && verdict->peer->use != security::CertificateUse::node) {
    verdict->peer = security::wrong_use(*verdict->peer, "node");
  }
  if (verdict->peer) return 1;
  X509_STORE_CTX_set_error(store, verdict->peer.error().code == Code::certificate_expired ? X509_V_ERR_CERT_HAS_EXPIRED
                                  : verdict->peer.error().code == Code::certificate_revoked
                                      ? X509_V_ERR_CERT_REVOKED
                                      : X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

}  // namespace

void attach_verdict(SSL* ssl, TlsVerdict* verdict) {
  SSL_set_ex_data(ssl, verdict_index(), verdict);
}

struct TlsContext::State {
  asio::ssl::context context{asio::ssl::context::tlsv13};
  security::Trust trust;
  std::function<std::int64_t()> now_s;
};

TlsContext::TlsContext() = default;
TlsContext::~TlsContext() = default;

SSL_CTX* TlsContext::native() {
  return state_->context.native_handle();
}

Result<security::CertificateInfo> TlsContext::judge(std::string_view der) const {
  return state_->trust.authorities.check_peer(der, &state_->trust.revocations, state_->now_s());
}

Result<std::shared_ptr<TlsContext>> TlsContext::create(TlsIdentity identity, std::function<std::int64_t()> now_s) {
  auto self = security::read_certificate(identity.certificate);
  if (!self) return self.error();
  // Read by our own parser first: OpenSSL would ask the terminal for the pass phrase of an encrypted key.
  auto key = security::read_private_key(identity.key.reveal(), "the key of " + self->name);
  if (!key) return key.error();
  if (key->public_key() != self->key) {
    return Error{Code::key_malformed, "the key of " + self->name + " does not belong to its certificate", {}};
  }
  std::shared_ptr<TlsContext> made(new TlsContext());
  made->self_ = std::move(self).value();
  made->state_.reset(new State{.trust = std::move(identity.trust), .now_s = std::move(now_s)});
  SSL_CTX* context = made->state_->context.native_handle();
  asio::error_code problem;
  made->state_->context.use_certificate(asio::buffer(identity.certificate), asio::ssl::context::pem, problem);
  if (!problem) {
    made->state_->context.use_private_key(asio::buffer(identity.key.reveal()), asio::ssl::context::pem, problem);
  }
  if (problem || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384") !=
          1) {
    ERR_clear_error();
    return Error{Code::link_tls, "OpenSSL does not take key and certificate of " + made->self_.name, {}};
  }
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context, 16 * 1024);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, judge_peer, made.get());
  return made;
}

}  // namespace noodle::transport
