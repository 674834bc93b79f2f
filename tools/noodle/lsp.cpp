// `noodle lsp`: the language server on stdin and stdout. One thread reads, so that a cancellation or a newer edit is
// seen while a check runs; the main thread answers; a third frees what is no longer used.
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/language_server/inbox.hpp"
#include "runtime/language_server/server.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/stdio_messages.hpp"

namespace noodle::tools {

namespace {

using namespace language_server;

void fill(Inbox& inbox) {
  read_messages([&inbox](FrameReader::Next& next) {
    Message message = next.failure ? Message() : read_message(next.message);
    if (next.failure) message.failure = *next.failure;
    const bool exits = message.kind == Message::Kind::notification && message.method == "exit";
    inbox.push(std::move(message));
    return !exits;
  });
  inbox.close();
}

/// Frees checked programs away from the thread that answers.
class Disposal {
 public:
  Disposal() : thread_([this] { run(); }) {}
  ~Disposal() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  void take(AnalysisPtr old) {
    const std::lock_guard lock(mutex_);
    old_.push_back(std::move(old));
    changed_.notify_all();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closed_ || !old_.empty(); });
      if (old_.empty()) return;
      AnalysisPtr freed = std::move(old_.front());
      old_.pop_front();
      lock.unlock();
      freed.reset();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<AnalysisPtr> old_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace

int lsp_command() {
  if (::isatty(STDIN_FILENO)) {
    std::cerr
        << "noodle lsp speaks the Language Server Protocol with an editor, which starts it; see docs/editors.md\n";
  }
  std::signal(SIGPIPE, SIG_IGN);  // an editor that is gone is seen at the end of stdin
  const auto shared_inbox = std::make_shared<Inbox>();
  Inbox& inbox = *shared_inbox;
  Disposal disposal;
  Server server([](std::string message) { write_message(message); });
  server.workspace().dispose = [&disposal](AnalysisPtr old) { disposal.take(std::move(old)); };
  // It ends with the process: read() cannot be called off.
  std::thread([shared_inbox] { fill(*shared_inbox); }).detach();
  const auto edit_waits = [&inbox] { return inbox.edit_waits(); };
  const auto anything_waits = [&inbox] { return !inbox.is_empty(); };
  while (const auto taken = inbox.take()) {
    server.handle(taken->message, [&inbox] { return inbox.is_cancelled(); });
    if (server.has_exited()) break;
    if (!anything_waits()) server.publish(edit_waits, anything_waits);
  }
  return server.exit_code();
}

}  // namespace noodle::tools
