// What `noodle up` tells: lines for people, or one JSON object a line.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace noodle::up {

class Progress {
 public:
  /// `detached`: no terminal will be left to press Ctrl-C on.
  Progress(std::ostream& out, bool json, bool detached) : out_(out), json_(json), detached_(detached) {}

  void starting(const std::string& cluster, std::size_t nodes, const std::string& folder);
  void node_ready(const std::string& node, std::uint16_t port, std::int64_t process, std::uint64_t incarnation,
                  std::int64_t took_ns);
  /// `wait_ns`: until it is started again; negative: it is not.
  void node_ended(const std::string& node, const std::string& why, std::int64_t wait_ns, const std::string& log);
  void node_left(const std::string& node);
  void node_stopped(const std::string& node, const std::string& how);
  void cluster_ready(const std::string& cluster, std::size_t nodes, const std::string& context);
  void stopping(const std::string& cluster);
  void stopped(const std::string& cluster);
  void warning(const std::string& text);

 private:
  void line(const std::string& text, const std::string& json);

  std::ostream& out_;
  bool json_, detached_;
};

}  // namespace noodle::up
