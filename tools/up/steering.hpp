// Steering: a cluster that runs is asked over the socket in its folder, by `noodle up --status`, `--stop` and so on.
//
// A request is answered when it is done: restart when the node is ready again, scale when all nodes are, stop when none
// is left. Threads: that of the ClusterRun. Limits: a request has to come within kRequestMs of its connection.
// Errors: 7101 unknown node, 7103 nobody answers, 7104; 7002 when the socket cannot be made.
#pragma once

#include <memory>
#include <vector>

#include "messages/control.capnp.h"
#include "tools/up/cluster_run.hpp"
#include "tools/up/local_socket.hpp"

namespace noodle::up {

inline constexpr int kRequestMs = 500;

class Steering {
 public:
  /// `run` must outlive it.
  static Result<std::unique_ptr<Steering>> listen(ClusterRun& run);
  /// Answers who still waits, and removes the socket.
  ~Steering();
  Steering(const Steering&) = delete;
  Steering& operator=(const Steering&) = delete;

  int descriptor() const { return listener_.get(); }
  void accept();
  /// Answers what is done.
  void step();

 private:
  struct Waiting {
    Descriptor peer;
    wire::UpVerb verb{};
    std::string node = {};
    std::uint32_t starts = 0;  // of the node, when it was asked for
  };
  Steering(ClusterRun& run, Descriptor listener) : run_(run), listener_(std::move(listener)) {}
  Result<void> begin(wire::UpRequest::Reader request, Waiting& waiting);
  /// Nothing while it is not done.
  std::optional<Result<void>> outcome(const Waiting& waiting);
  void answer(const Descriptor& peer, const Result<void>& outcome);

  ClusterRun& run_;
  Descriptor listener_;
  std::vector<Waiting> waiting_;
};

struct UpQuestion {
  wire::UpVerb verb = wire::UpVerb::STATUS;
  std::string node;
  std::uint32_t count = 0;
};
/// Asks the cluster of a folder. With STOP, its process has ended when this returns.
Result<Msg<wire::UpAnswer>> ask_cluster(const Layout& layout, const UpQuestion& question);

}  // namespace noodle::up
