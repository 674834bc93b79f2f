#include "runtime/language_server/server.hpp"

#include <nlohmann/json.hpp>

#include "runtime/language_server/handlers.hpp"

namespace noodle::language_server {
namespace {

using nlohmann::json;

enum { kSyncIncremental = 2 };
enum { kLogError = 1 };

json capabilities() {
  return {{"positionEncoding", "utf-16"},
          {"textDocumentSync", {{"openClose", true}, {"change", kSyncIncremental}, {"save", {{"includeText", false}}}}},
          {"hoverProvider", true},
          {"definitionProvider", true},
          {"referencesProvider", true},
          {"documentHighlightProvider", true},
          {"documentSymbolProvider", true},
          {"documentFormattingProvider", true},
          {"renameProvider", {{"prepareProvider", true}}},
          {"completionProvider", {{"triggerCharacters", {"."}}}},
          {"signatureHelpProvider", {{"triggerCharacters", {"(", ","}}}},
          {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}},
          {"semanticTokensProvider",
           {{"legend", {{"tokenTypes", semantic_token_types()}, {"tokenModifiers", semantic_token_modifiers()}}},
            {"full", true}}}};
}

/// `a/b/c` of nested objects, or null.
json at_path(const json& value, const char* pointer) {
  const json::json_pointer path(pointer);
  return value.contains(path) ? value[path] : json();
}

}  // namespace

Server::Server(Send send)
    : send_(std::move(send)), publisher_([this](std::string message) { send_(std::move(message)); }) {}

void Server::handle(const Message& message, const Cancelled& cancelled) {
  switch (message.kind) {
    case Message::Kind::invalid:
      send_(response(message.id, message.failure));
      break;
    case Message::Kind::request:
      handle_request(message, cancelled);
      break;
    case Message::Kind::notification:
      handle_notification(message);
      break;
    case Message::Kind::response:
      break;
  }
}

std::string Server::initialize(const std::string& text) {
  const json params = json::parse(text, nullptr, false);
  watches_files_ = at_path(params, "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration") == true;
  workspace_.shows_library = at_path(params, "/initializationOptions/libraryText") == true;
  return json{{"capabilities", capabilities()}, {"serverInfo", {{"name", "noodle"}, {"version", "0.1.0"}}}}.dump();
}

void Server::handle_request(const Message& message, const Cancelled& cancelled) {
  const auto fail = [&](Problem code, const std::string& text) { send_(response(message.id, Failure{code, text})); };
  if (message.method == "initialize") {
    if (state_ != State::created)
      return fail(Problem::invalid_request, "`initialize` is sent once, as the first request");
    state_ = State::running;
    return send_(response(message.id, initialize(message.params)));
  }
  if (state_ == State::created) return fail(Problem::not_initialized, "send `initialize` first");
  if (state_ != State::running) return fail(Problem::invalid_request, "the server was shut down; only `exit` is left");
  if (message.method == "shutdown") {
    state_ = State::shut_down;
    return send_(response(message.id, std::string("null")));
  }
  if (cancelled()) return fail(Problem::cancelled, "cancelled");
  const std::optional<Answer> answer = answer_request(workspace_, message.method, message.params, cancelled);
  if (!answer) return fail(Problem::method_not_found, "there is no request `" + message.method + "`");
  if (cancelled()) return fail(Problem::cancelled, "cancelled");
  if (const auto* failure = std::get_if<Failure>(&*answer)) return send_(response(message.id, *failure));
  send_(response(message.id, std::get<std::string>(*answer)));
}

void Server::handle_notification(const Message& message) {
  if (message.method == "exit") {
    exit_code_ = state_ == State::shut_down ? 0 : 1;
    state_ = State::exited;
    return;
  }
  if (state_ != State::running) return;
  if (message.method == "initialized") {
    if (!watches_files_) return;
    const json watchers = json::array({{{"globPattern", "**/*.{nc,nci}"}}, {{"globPattern", "**/noodle.toml"}}});
    const json registration{
        {"id", "files"}, {"method", "workspace/didChangeWatchedFiles"}, {"registerOptions", {{"watchers", watchers}}}};
    send_(
        request("\"watch\"", "client/registerCapability", json{{"registrations", json::array({registration})}}.dump()));
    return;
  }
  if (const auto failure = take_notification(workspace_, message.method, message.params)) log(failure->message);
}

bool Server::publish(const Cancelled& edit_waits, const Cancelled& anything_waits) {
  return state_ != State::running || publisher_.publish(workspace_, edit_waits, anything_waits);
}

void Server::log(const std::string& text) {
  send_(notification("window/logMessage", json{{"type", static_cast<int>(kLogError)}, {"message", text}}.dump(
                                              -1, ' ', false, json::error_handler_t::replace)));
}

}  // namespace noodle::language_server
