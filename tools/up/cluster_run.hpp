// A cluster that runs: its node processes, from the first start to the last end.
//
// run() starts all nodes, watches them, does what steering.hpp asks for, and stops them in reverse order at SIGINT,
// SIGTERM, SIGHUP or stop(). A second signal kills what is left. A node that is not ready at the first start ends it
// all; later ones are started again, with back-off. Nodes die with this process, however it ends. Threads: one, which
// must be the process's first. Owns: the child processes, the signal mask, the folder (locked by the caller). Errors:
// 7101, 7104; of the preparations those of credentials.hpp and ports.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "tools/up/child_process.hpp"
#include "tools/up/cluster_file.hpp"
#include "tools/up/credentials.hpp"
#include "tools/up/node_watch.hpp"
#include "tools/up/ports.hpp"
#include "tools/up/progress.hpp"

namespace noodle::up {

/// A node of the cluster, as it is now.
struct Member {
  PlannedNode plan;
  std::uint16_t port = 0;
  NodeWatch watch;
  ChildProcess child;
  std::string line = {};  // of the ready line, as far as it has come
  ReadyLine facts = {};
  std::uint32_t starts = 0;
  std::string last_end = {};

  std::uint32_t restarts() const { return starts == 0 ? 0 : starts - 1; }
};

struct ClusterOptions {
  Layout layout;
  ClusterFile file;
  std::size_t count = 0;                   // 0: as the file says
  std::string program = "/proc/self/exe";  // noodle
  std::function<void()> on_ready;          // all nodes are ready for the first time
};

class ClusterRun {
 public:
  ClusterRun(ClusterOptions options, Progress& progress);

  Result<void> run();

  // ---- for steering, within run()
  const std::string& name() const { return options_.file.name; }
  const std::string& context() const { return context_; }
  const Layout& layout() const { return options_.layout; }
  const std::list<Member>& members() const { return members_; }
  /// But for those that have left.
  bool all_ready() const;
  bool is_stopping() const { return stopping_; }
  /// Error 7101 with a suggestion.
  Result<Member*> find(const std::string& node);
  void restart(Member& member);
  void kill(Member& member);
  Result<void> scale(std::size_t count);
  void stop();

 private:
  Result<void> prepare();
  Result<void> add(const std::vector<PlannedNode>& plan);
  void step();
  void act(Member& member, NodeWatch::Action action);
  void launch(Member& member);
  void reap();
  void ended(Member& member, const std::string& why, bool in_order);
  void read_ready(Member& member);
  void on_signal(int descriptor);
  void stop_next();
  Result<void> enter();
  std::int64_t due_ns() const;
  std::string address(const Member& member) const { return "127.0.0.1:" + std::to_string(member.port); }

  ClusterOptions options_;
  Progress& progress_;
  std::list<Member> members_;  // in the order of the plan
  std::optional<security::Authority> authority_;
  Ports ports_;
  std::string context_;
  bool was_ready_ = false, stopping_ = false;
  std::optional<Error> failure_;  // of the first start
};

}  // namespace noodle::up
