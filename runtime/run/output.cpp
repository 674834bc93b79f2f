#include "runtime/run/output.hpp"

#include <unistd.h>

#include "runtime/base/write_all.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kBufferBytes = 32 << 10;

}  // namespace

FileOutput::FileOutput(int descriptor) : descriptor_(descriptor), interactive_(isatty(descriptor) == 1) {}

FileOutput::~FileOutput() {
  flush();
}

void FileOutput::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (broken_) return;
  buffer_ += text;
  pending_.store(true, std::memory_order_relaxed);
  if (interactive_ || buffer_.size() >= kBufferBytes) write_out();
}

void FileOutput::flush() {
  if (!pending_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  write_out();
}

void FileOutput::write_out() {
  if (!write_all(descriptor_, buffer_)) broken_ = true;
  buffer_.clear();
  pending_.store(false, std::memory_order_relaxed);
}

void StringOutput::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  text_ += text;
}

std::string StringOutput::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

}  // namespace noodle::process
