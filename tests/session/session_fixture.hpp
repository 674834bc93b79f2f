// A session without a terminal, and short ways to ask it.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "runtime/session/session.hpp"

namespace noodle::test {

class TestSession {
 public:
  explicit TestSession(session::SessionOptions options = {}) {
    options.system.workers = 2;
    options.output = &output_;
    options.interrupted = [this] { return interrupt.load(); };
    auto opened = session::Session::open(std::move(options));
    if (!opened) throw std::runtime_error(opened.error().to_string());
    session_ = std::move(*opened);
  }

  session::Session* operator->() { return session_.get(); }
  session::Session& operator*() { return *session_; }

  session::Reply enter(const std::string& text) { return session_->enter(text); }
  /// What the prompt would show: "x : int = 5", "5 : int", "error 1601", or nothing.
  std::string show(const std::string& text) {
    const session::Reply reply = session_->enter(text);
    if (reply.error_code != 0) return "error " + std::to_string(reply.error_code);
    if (!reply.diagnostics.empty()) return "error " + std::to_string(static_cast<unsigned>(reply.diagnostics[0].code));
    if (!reply.shown) return {};
    const session::Shown& shown = *reply.shown;
    if (shown.name.empty()) return shown.text + " : " + shown.type;
    return shown.name + " : " + shown.type + " = " + shown.text;
  }
  /// The inputs one after another; what the last one shows.
  std::string show_last(const std::vector<std::string>& inputs) {
    std::string last;
    for (const std::string& input : inputs) last = show(input);
    return last;
  }
  std::string output() const { return output_.text(); }

  std::atomic<bool> interrupt{false};

 private:
  process::StringOutput output_;
  std::unique_ptr<session::Session> session_;
};

}  // namespace noodle::test
