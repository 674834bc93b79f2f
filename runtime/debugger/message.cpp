#include "runtime/debugger/message.hpp"

#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/base/json_text.hpp"

namespace noodle::debugger {
namespace {

using language_server::Problem;
using nlohmann::json;

Message invalid(std::string text, std::string id = "0") {
  Message message;
  message.id = std::move(id);
  message.failure = {Problem::invalid_request, std::move(text)};
  return message;
}

std::string with_body(std::string message, const std::string& body) {
  return message + (body.empty() ? "" : R"(,"body":)" + body) + "}";
}

}  // namespace

Message read_request(std::string_view text) {
  if (language_server::is_nested_too_deep(text)) return invalid("JSON is nested deeper than 64 levels");
  const json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return invalid("this is no JSON text");
  if (!value.is_object()) return invalid("a message is one JSON object");
  const auto seq = value.find("seq");
  if (seq == value.end() || !seq->is_number_integer()) return invalid("a message has a whole number `seq`");
  Message message;
  message.id = seq->dump();
  const auto type = value.find("type");
  if (type != value.end() && *type == "response") {
    message.kind = Message::Kind::response;
    return message;
  }
  if (type == value.end() || *type != "request") return invalid("`type` is \"request\"", message.id);
  const auto command = value.find("command");
  if (command == value.end() || !command->is_string()) return invalid("`command` is a text", message.id);
  message.method = command->get<std::string>();
  message.kind = Message::Kind::request;
  message.params = "{}";
  if (const auto arguments = value.find("arguments"); arguments != value.end() && !arguments->is_null()) {
    if (!arguments->is_object()) return invalid("`arguments` is an object", message.id);
    message.params = dump_json(*arguments);
  }
  return message;
}

Message cancellation(const Message& cancel) {
  Message message;
  message.kind = Message::Kind::notification;
  message.method = "$/cancelRequest";
  const json arguments = json::parse(cancel.params, nullptr, false);
  const auto id = arguments.find("requestId");
  message.params = dump_json(json{{"id", id == arguments.end() ? json() : *id}});
  return message;
}

std::string response(std::int64_t seq, const Message& request, const std::string& body) {
  return with_body(R"({"seq":)" + std::to_string(seq) + R"(,"type":"response","request_seq":)" + request.id +
                       R"(,"success":true,"command":)" + json_string(request.method),
                   body);
}

std::string failure(std::int64_t seq, const Message& request, const std::string& text) {
  const std::string shown = json_string(text);
  // `format` is a template: its braces are kept from being one by the variable.
  return R"({"seq":)" + std::to_string(seq) + R"(,"type":"response","request_seq":)" + request.id +
         R"(,"success":false,"command":)" + json_string(request.method) + R"(,"message":)" + shown +
         R"(,"body":{"error":{"id":1,"format":"{text}","variables":{"text":)" + shown + R"(},"showUser":true}}})";
}

std::string event(std::int64_t seq, const std::string& name, const std::string& body) {
  return with_body(R"({"seq":)" + std::to_string(seq) + R"(,"type":"event","event":)" + json_string(name), body);
}

}  // namespace noodle::debugger
