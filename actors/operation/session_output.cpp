#include "actors/operation/session_output.hpp"

#include <algorithm>

namespace noodle::actors {

void SessionOutput::add(std::string& to, std::string_view text) {
  while (!text.empty()) {
    std::size_t end = std::min(text.size(), kMost);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // whole characters
    bool first = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closed_ || discards_ || text_.size() + aside_.size() < kMost; });
      if (closed_ || discards_) return;
      first = text_.empty() && aside_.empty();
      to += text.substr(0, end);
    }
    if (first) wake_();
    text.remove_prefix(end);
  }
}

SessionOutput::Taken SessionOutput::take() {
  const std::lock_guard lock(mutex_);
  Taken taken;
  taken.text.swap(text_);
  taken.aside.swap(aside_);
  changed_.notify_all();
  return taken;
}

void SessionOutput::discard() {
  const std::lock_guard lock(mutex_);
  discards_ = true;
  changed_.notify_all();
}

void SessionOutput::begin_input() {
  const std::lock_guard lock(mutex_);
  discards_ = false;
}

void SessionOutput::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace noodle::actors
