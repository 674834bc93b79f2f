// Where the programs of a run print to: whole lines, in the order in which the calls happened.
//
// Threads: any. A write takes a lock for a copy; the buffer goes out when it is large, or when a worker has nothing
// else to do, or at the end of the run.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace noodle::process {

class Output {
 public:
  virtual ~Output() = default;
  /// One piece that nothing else comes between.
  virtual void write(std::string_view text) = 0;
  virtual void flush() {}
};

/// To a file descriptor. Errors of the descriptor (a closed pipe) end the output silently.
class FileOutput final : public Output {
 public:
  explicit FileOutput(int descriptor);
  ~FileOutput() override;
  void write(std::string_view text) override;
  void flush() override;

 private:
  void write_out();

  const int descriptor_;
  const bool interactive_;  // a terminal: every write goes out at once
  std::mutex mutex_;
  std::string buffer_;
  std::atomic<bool> pending_{false};
  bool broken_ = false;
};

/// Into a string, for tests.
class StringOutput final : public Output {
 public:
  void write(std::string_view text) override;
  std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace noodle::process
