// A debugging client: the adapter in this process, a program in a file, requests and what comes of them.
#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/debugger/server.hpp"
#include "runtime/stdlib/register.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

/// `json`: nlohmann::json, which headers do not include.
template <class json>
class DebugClientOf {
 public:
  DebugClientOf()
      : server_({[this](const std::string& text) { take(text); },
                 [](const debugger::Launch&) {
                   process::RunOptions options;
                   options.workers = 2;
                   return options;
                 }}) {
    stdlib::register_stdlib_natives();
  }

  /// Writes the program, whose lines a test names, and launches it.
  void launch(const std::string& text, json arguments = json::object()) {
    path = folder_.write("main.nc", text);
    arguments["program"] = path;
    request("initialize", json::object());
    const json response = send("launch", arguments);
    INFO(response.dump());
    REQUIRE(response["success"] == true);
    event("initialized");
  }
  /// Breakpoints on lines of the program.
  json break_at(const std::vector<json>& breakpoints) {
    return request("setBreakpoints", {{"source", {{"path", path}}}, {"breakpoints", breakpoints}})["breakpoints"];
  }
  void start() { request("configurationDone", json::object()); }

  json send(const std::string& command, const json& arguments) {
    const int seq = ++seq_;
    const json message{{"seq", seq}, {"type", "request"}, {"command", command}, {"arguments", arguments}};
    return handle(message.dump(), seq);
  }
  json handle(const std::string& message, int seq) {
    server_.handle(debugger::read_request(message), [] { return false; });
    return wait_for([seq](const json& m) { return m["type"] == "response" && m["request_seq"] == seq; });
  }
  /// Body of the response to a request that is done.
  json request(const std::string& command, const json& arguments) {
    const json response = send(command, arguments);
    INFO(response.dump());
    REQUIRE(response["success"] == true);
    return response.value("body", json::object());
  }
  /// Why a request is not done.
  std::string refused(const std::string& command, const json& arguments) {
    const json response = send(command, arguments);
    CHECK(response["success"] == false);
    return response.value("message", "");
  }
  json event(const std::string& name) {
    return wait_for([&name](const json& m) { return m["type"] == "event" && m["event"] == name; })
        .value("body", json::object());
  }

  /// Waits for a stop and gives its reason and the innermost frame: "breakpoint main:3".
  std::string stop() {
    const json body = event("stopped");
    thread = body["threadId"];
    last_stop = body;
    return body["reason"].template get<std::string>() + " " + top();
  }
  std::string top() {
    const json frames = stack();
    frame = frames[0]["id"];
    return frames[0]["name"].template get<std::string>() + ":" + std::to_string(frames[0]["line"].template get<int>());
  }
  json stack() { return request("stackTrace", {{"threadId", thread}})["stackFrames"]; }
  std::string go(const std::string& command) {
    request(command, {{"threadId", thread}});
    return stop();
  }
  void resume() { request("continue", {{"threadId", thread}}); }
  /// Text of an expression in the innermost frame, or why it has none.
  std::string value(const std::string& expression) {
    const json response = send("evaluate", {{"expression", expression}, {"frameId", frame}});
    return response["success"] == true ? response["body"]["result"] : response["message"];
  }
  json variables(const json& reference, json range = json::object()) {
    range["variablesReference"] = reference;
    return request("variables", range)["variables"];
  }
  /// "name=value" of each local variable of the innermost frame.
  std::string locals() {
    const json scopes = request("scopes", {{"frameId", frame}})["scopes"];
    std::string out;
    for (const json& variable : variables(scopes[0]["variablesReference"])) {
      out += (out.empty() ? "" : " ") + variable["name"].template get<std::string>() + "=" +
             variable["value"].template get<std::string>();
    }
    return out;
  }
  /// What the program and its log points have written until it ended; its exit code.
  std::pair<std::string, int> end() {
    const int code = event("exited")["exitCode"];
    event("terminated");
    std::string out;
    const std::lock_guard lock(mutex_);
    for (const json& message : messages_) {
      if (message.value("event", "") == "output") out += message["body"]["output"].template get<std::string>();
    }
    return {out, code};
  }

  std::string path;
  json last_stop;
  int thread = 1;
  int frame = 0;

 private:
  void take(const std::string& text) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(json::parse(text));
    changed_.notify_all();
  }
  template <class Matches>
  json wait_for(Matches matches) {
    std::unique_lock lock(mutex_);
    json found;
    const auto look = [&] {
      for (auto at = messages_.begin(); at != messages_.end(); ++at) {
        if (!matches(*at)) continue;
        found = std::move(*at);
        messages_.erase(at);
        return true;
      }
      return false;
    };
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60), look));
    return found;
  }

  TemporaryFolder folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<json> messages_;
  int seq_ = 0;
  debugger::Server server_;
};

}  // namespace noodle::test
