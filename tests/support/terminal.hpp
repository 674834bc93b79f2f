// A program on a pseudo-terminal, as a person meets it: keys in, screen text out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace noodle::test {

class Terminal {
 public:
  /// Starts `program` with `arguments` on a terminal of 100 columns. `environment` is added to that of the test.
  Terminal(const std::string& program, const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& keys);
  /// Reads until `text` shows behind what earlier calls have found; false after 60 s or at the end of the program.
  bool wait_for(const std::string& text);
  /// Until a prompt such as "12> " comes; the arrows of diagnostics are none.
  bool wait_for_prompt();
  /// Exit code once the program ends (128 + signal when killed by one); -1 after 60 s.
  int wait_for_end();
  /// True while the program takes every key as it is typed, not whole lines.
  bool takes_keys() const;
  /// All that was shown, without escape sequences.
  const std::string& shown() const { return shown_; }

 private:
  bool read_more(int timeout_ms);

  int terminal_ = -1;
  int child_ = -1;
  std::string escape_;  // a sequence that has not ended
  std::string shown_;
  std::size_t found_ = 0;
};

}  // namespace noodle::test
