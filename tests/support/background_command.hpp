// A noodle program that runs beside the test and prints JSON lines: nodes, `noodle up`.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace noodle::test {

/// Nothing waits longer than this.
inline constexpr int kBackgroundLimitMs = 60'000;

class BackgroundCommand {
 public:
  BackgroundCommand(const std::string& program, const std::vector<std::string>& arguments);
  /// Kills it, if it still runs.
  ~BackgroundCommand();
  BackgroundCommand(const BackgroundCommand&) = delete;
  BackgroundCommand& operator=(const BackgroundCommand&) = delete;

  pid_t process() const { return process_; }
  void signal(int number) const;
  /// The next line (JSON) with this "event"; "null" when the output ends or the time is over.
  std::string wait_for(const std::string& event);
  /// Its exit code, 128 + signal when killed by one; -1 when it does not end in time.
  int wait_for_end();
  /// All lines that have been read, for messages.
  const std::string& output() const { return output_; }

 private:
  bool read_more();

  pid_t process_ = -1;
  bool ended_ = false;
  int out_ = -1;
  std::string output_;
  std::size_t at_ = 0;  // of output_, behind the last line that was looked at
};

/// Waits until a process that need not be a child has ended. `descriptor`: from open_process, before.
bool wait_for_process(int descriptor);
int open_process(pid_t process);

}  // namespace noodle::test
