// Runs the noodle program in tests as a user would: arguments, standard input, both outputs, exit code.
#pragma once

#include <string>
#include <vector>

namespace noodle::test {

struct CommandResult {
  int exit_code = -1;       // 128 + signal when killed by one
  std::string out, err;
};

/// Runs `program` with `arguments` in `folder` ("" = current). Kills it after 120 s (exit code 137).
CommandResult run_command(const std::string& program, const std::vector<std::string>& arguments, const std::string& input = {},
                          const std::string& folder = {});

/// A fresh folder below the system's temporary folder, removed at the end of scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  /// Writes a file (folders are made as needed) and returns its path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

}  // namespace noodle::test
