// Messages of JSON-RPC 2.0, and the frames around them: header lines, an empty line, and as many bytes as
// `Content-Length` says (Language Server Protocol 3.17, "Base Protocol").
//
// Limits: header 4 KiB, message 64 MiB, JSON nested 64 deep. What is beyond is an error, not memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace noodle::language_server {

/// The error codes of JSON-RPC and of the protocol.
enum class Problem : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  not_initialized = -32002,
  request_failed = -32803,
  cancelled = -32800
};

struct Failure {
  Problem code{};
  std::string message;
};

struct Message {
  enum class Kind : std::uint8_t { request, notification, response, invalid };
  Kind kind = Kind::invalid;
  std::string id = "null";  // as JSON
  std::string method;
  std::string params = "null";  // as JSON
  Failure failure;              // what is wrong with an invalid one
};

/// Before it is parsed: more than 64 levels of brackets.
bool is_nested_too_deep(std::string_view text);
Message read_message(std::string_view text);
/// `id` and `result` are JSON.
std::string response(const std::string& id, const std::string& result);
std::string response(const std::string& id, const Failure& failure);
std::string notification(const std::string& method, const std::string& params);
std::string request(const std::string& id, const std::string& method, const std::string& params);

std::string framed(const std::string& message);

/// Cuts a stream of bytes into messages.
class FrameReader {
 public:
  static constexpr std::size_t kMaxHeaderBytes = 4096;
  static constexpr std::size_t kMaxMessageBytes = std::size_t{64} << 20;

  struct Next {
    std::string message;
    std::optional<Failure> failure;  // instead of a message
    bool is_last = false;            // nothing can be read behind this failure
  };
  /// Takes all bytes; what they complete is given by next().
  void feed(std::string_view bytes) { buffer_ += bytes; }
  std::optional<Next> next();
  /// True between two messages.
  bool is_empty() const { return buffer_.empty() && skip_ == 0 && !length_; }

 private:
  std::optional<Next> header();
  Next lost(std::string message);

  std::string buffer_;
  std::optional<std::size_t> length_;  // of the body, when its header was read
  std::size_t skip_ = 0;               // bytes left of a message that is too large
  bool lost_ = false;
};

}  // namespace noodle::language_server
