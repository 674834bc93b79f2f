#include "runtime/language_server/message.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "runtime/base/json_text.hpp"

namespace noodle::language_server {
namespace {

using nlohmann::json;

constexpr int kMaxNesting = 64;

Message invalid(Problem code, std::string text, std::string id = "null") {
  Message message;
  message.id = std::move(id);
  message.failure = {code, std::move(text)};
  return message;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_nested_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxNesting) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

Message read_message(std::string_view text) {
  if (is_nested_too_deep(text)) return invalid(Problem::parse_error, "JSON is nested deeper than 64 levels");
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return invalid(Problem::parse_error, "this is no JSON text");
  if (!value.is_object()) return invalid(Problem::invalid_request, "a message is one JSON object");
  Message message;
  const auto id = value.find("id");
  const bool has_id = id != value.end();
  if (has_id) {
    if (!id->is_string() && !id->is_number_integer() && !id->is_null())
      return invalid(Problem::invalid_request, "`id` is a number or a string");
    message.id = id->dump();
  }
  const auto method = value.find("method");
  if (method == value.end()) {
    const bool answers = has_id && (value.contains("result") || value.contains("error"));
    if (!answers) return invalid(Problem::invalid_request, "the message has no `method`", message.id);
    message.kind = Message::Kind::response;
    return message;
  }
  if (!method->is_string()) return invalid(Problem::invalid_request, "`method` is a string", message.id);
  message.method = method->get<std::string>();
  if (const auto params = value.find("params"); params != value.end()) {
    if (!params->is_structured() && !params->is_null())
      return invalid(Problem::invalid_request, "`params` is an object or an array", message.id);
    message.params = params->dump();
  }
  message.kind = has_id ? Message::Kind::request : Message::Kind::notification;
  return message;
}

std::string response(const std::string& id, const std::string& result) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":)" + result + "}";
}

std::string response(const std::string& id, const Failure& failure) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(static_cast<int>(failure.code)) +
         R"(,"message":)" + json_string(failure.message) + "}}";
}

std::string notification(const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","method":)" + json_string(method) + R"(,"params":)" + params + "}";
}

std::string request(const std::string& id, const std::string& method, const std::string& params) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":)" + json_string(method) + R"(,"params":)" + params + "}";
}

std::string framed(const std::string& message) {
  return "Content-Length: " + std::to_string(message.size()) + "\r\n\r\n" + message;
}

FrameReader::Next FrameReader::lost(std::string message) {
  lost_ = true;
  buffer_.clear();
  return {{}, Failure{Problem::parse_error, std::move(message)}, true};
}

/// Reads the header into length_; gives something only when that fails.
std::optional<FrameReader::Next> FrameReader::header() {
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos || end > kMaxHeaderBytes) {
    if (end == std::string::npos && buffer_.size() <= kMaxHeaderBytes) return std::nullopt;
    return lost("a message has no header of at most 4 KiB before it; the connection ends");
  }
  std::optional<std::size_t> length;
  for (std::string_view rest(buffer_.data(), end + 2); !rest.empty();) {
    const std::size_t line_end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, line_end);
    rest.remove_prefix(line_end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
      return lost("`" + std::string(line.substr(0, 40)) + "` is no header line; the connection ends");
    if (!equals_ignoring_case(trimmed(line.substr(0, colon)), "Content-Length")) continue;
    const std::string_view digits = trimmed(line.substr(colon + 1));
    std::size_t value = 0;
    const auto [stop, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || problem != std::errc() || stop != digits.data() + digits.size() || length)
      return lost("`" + std::string(digits.substr(0, 40)) + "` is no Content-Length; the connection ends");
    length = value;
  }
  if (!length) return lost("a message has no Content-Length; the connection ends");
  buffer_.erase(0, end + 4);
  if (*length > kMaxMessageBytes) {
    skip_ = *length;
    return Next{{},
                Failure{Problem::invalid_request,
                        "a message of " + std::to_string(*length) + " bytes is too large: the limit is 64 MiB"},
                false};
  }
  length_ = length;
  return std::nullopt;
}

std::optional<FrameReader::Next> FrameReader::next() {
  if (lost_) return std::nullopt;
  if (skip_ > 0) {
    const std::size_t skipped = std::min(skip_, buffer_.size());
    buffer_.erase(0, skipped);
    skip_ -= skipped;
    if (skip_ > 0) return std::nullopt;
  }
  if (!length_) {
    if (auto failed = header()) return failed;
  }
  if (!length_ || buffer_.size() < *length_) return std::nullopt;
  Next next;
  next.message = buffer_.substr(0, *length_);
  buffer_.erase(0, *length_);
  length_.reset();
  return next;
}

}  // namespace noodle::language_server
