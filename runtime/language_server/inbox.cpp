#include "runtime/language_server/inbox.hpp"
#include "runtime/base/json_dump.hpp"

#include <nlohmann/json.hpp>

namespace noodle::language_server {
namespace {

bool is_edit(const Message& message) {
  return message.method == "textDocument/didChange";
}

std::size_t size_of(const Message& message) {
  return sizeof message + message.id.size() + message.method.size() + message.params.size();
}

}  // namespace

void Inbox::push(Message message) {
  std::unique_lock lock(mutex_);
  if (message.kind == Message::Kind::notification && message.method == "$/cancelRequest") return cancel(message);
  changed_.wait(lock, [this] { return bytes_ < kMaxBytes || closed_; });
  bytes_ += size_of(message);
  waiting_edits_ += is_edit(message) ? 1 : 0;
  ++waiting_count_;
  waiting_.push_back({std::move(message), false});
  changed_.notify_all();
}

void Inbox::cancel(const Message& message) {
  const auto params = nlohmann::json::parse(message.params, nullptr, false);
  const auto id = params.is_object() ? params.find("id") : params.end();
  if (!params.is_object() || id == params.end()) return;
  const std::string text = dump_json(*id);
  if (text == current_id_) cancelled_ = true;
  for (Taken& waiting : waiting_) {
    if (waiting.message.kind == Message::Kind::request && waiting.message.id == text) waiting.cancelled = true;
  }
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::optional<Inbox::Taken> Inbox::take() {
  std::unique_lock lock(mutex_);
  current_id_.clear();
  changed_.wait(lock, [this] { return !waiting_.empty() || closed_; });
  if (waiting_.empty()) return std::nullopt;
  Taken taken = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= size_of(taken.message);
  waiting_edits_ -= is_edit(taken.message) ? 1 : 0;
  --waiting_count_;
  cancelled_ = taken.cancelled;
  if (taken.message.kind == Message::Kind::request) current_id_ = taken.message.id;
  changed_.notify_all();
  return taken;
}

}  // namespace noodle::language_server
