#include "cluster/transport/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <string>

namespace noodle::transport {
namespace {

Error failure(SSL* ssl, int result) {
  if (SSL_get_error(ssl, result) == SSL_ERROR_ZERO_RETURN) return {Code::link_tls, "the peer has ended it", {}};
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return {Code::link_tls, reason != nullptr ? reason : "it broke off", {}};
}

bool waits(SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

}  // namespace

void TlsStream::Free::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

TlsStream::TlsStream(SSL_CTX* context, bool accepts)
    : ssl_(SSL_new(context)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  if (!ssl_ || in_ == nullptr || out_ == nullptr) throw std::bad_alloc();
  SSL_set_bio(ssl_.get(), in_, out_);
  if (accepts) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

void TlsStream::feed(std::span<const std::byte> sealed) {
  BIO_write(in_, sealed.data(), static_cast<int>(sealed.size()));
}

Result<bool> TlsStream::shake_hands() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return true;
  if (waits(ssl_.get(), result)) return false;
  return failure(ssl_.get(), result);
}

Result<std::size_t> TlsStream::read(std::span<std::byte> plain) {
  std::size_t filled = 0;
  while (filled < plain.size()) {
    const int result = SSL_read(ssl_.get(), plain.data() + filled, static_cast<int>(plain.size() - filled));
    if (result > 0) {
      filled += static_cast<std::size_t>(result);
    } else if (filled > 0 || waits(ssl_.get(), result)) {
      break;  // what is wrong comes again with the next call
    } else {
      return failure(ssl_.get(), result);
    }
  }
  return filled;
}

Result<void> TlsStream::write(std::span<const std::byte> plain) {
  if (plain.empty()) return {};
  const int result = SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
  if (result == static_cast<int>(plain.size())) return {};
  return failure(ssl_.get(), result);
}

std::size_t TlsStream::take(std::span<std::byte> sealed) {
  const int count = BIO_read(out_, sealed.data(), static_cast<int>(sealed.size()));
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace noodle::transport
