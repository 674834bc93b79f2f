// A node as a child process: it dies with this process, and tells when it is ready.
//
// Threads: the one that starts children must live as long as they shall. Errors: 7104.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "tools/up/local_socket.hpp"

namespace noodle::up {

struct ChildProcess {
  pid_t process = 0;
  Descriptor ready{};  // its ready line comes here; end of file without one: it will not become ready
};

/// `noodle node --config CONFIG`, both outputs appended to `log`. `program`: path of noodle.
Result<ChildProcess> start_child(const std::string& program, const std::string& config, const std::string& log);

/// What a ready line says.
struct ReadyLine {
  std::string id;
  std::uint16_t port = 0;
  std::uint64_t incarnation = 0;
};
/// Error 7104 when it is none.
Result<ReadyLine> parse_ready_line(std::string_view line);

/// "exit code 1", "signal 9 (Killed)"
std::string describe_end(int wait_status);
/// The last lines of a file, at most `lines` of them and 4 KiB.
std::string tail_of(const std::string& path, std::size_t lines);

}  // namespace noodle::up
