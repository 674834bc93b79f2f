// TLS stream: one side of a TLS connection without the connection: sealed bytes in and out, plain bytes in and out.
//
// In place of a stream over the socket, since that makes a system call of each record of 16 KiB; this one fills whole
// buffers. Threads: one. Owns: OpenSSL's state. Errors: 6020 with OpenSSL's reason.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>

#include "messages/error.hpp"

namespace noodle::transport {

class TlsStream {
 public:
  TlsStream(SSL_CTX* context, bool accepts);

  SSL* native() { return ssl_.get(); }
  /// What has come from the socket.
  void feed(std::span<const std::byte> sealed);
  /// True: done. False: feed() more, after what take() gives was sent.
  Result<bool> shake_hands();
  /// Plain bytes that have come; 0: there are none yet. An orderly end of the peer is an error too.
  Result<std::size_t> read(std::span<std::byte> plain);
  Result<void> write(std::span<const std::byte> plain);
  /// What is to go to the socket.
  std::size_t take(std::span<std::byte> sealed);

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };
  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;  // of ssl_
  BIO* out_;
};

}  // namespace noodle::transport
