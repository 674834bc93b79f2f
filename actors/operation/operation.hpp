// The operation component of a node: inspector, sessions, and a supervisor of the sessions that are open.
//
//     node/operation              supervisor
//     ├─ inspector                served as Service::inspector
//     ├─ sessions                 served as Service::sessions
//     └─ shells                   supervisor of the open ones: node/operation/shells/alice-3
//
// Threads: the functions of the options are called from any, and must not wait.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/core/supervisor.hpp"
#include "actors/operation/node_view.hpp"
#include "actors/work/vm_census.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/policy.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/process/system.hpp"
#include "storage/audit.hpp"

namespace noodle::actors {

struct OperationOptions {
  std::shared_ptr<NodeView> view;
  /// Whose tokens count; asked again for every input, so that what is revoked ends.
  std::function<std::shared_ptr<const security::Trust>()> trust;
  /// Empty, or giving null: capabilities of tokens alone.
  std::function<std::shared_ptr<const security::Policy>()> policy;
  std::map<std::string, std::string> labels;  // of the node, for policies
  /// Logins, what was refused, and what was done to actors and nodes. Must not wait: append from another thread.
  std::function<void(const storage::AuditEvent&)> audit;
  /// What the components of the node have counted, besides actors and sessions (runtime/base/metrics/metrics.hpp).
  std::function<void(Samples&)> collect;
  VmCensusPtr census;  // that counts the systems of sessions; may be null
  std::size_t most_sessions = 32;
  std::size_t most_sessions_of_one = 8;      // with the same subject
  std::chrono::milliseconds patience{2000};  // for the answer of a node
  process::SystemOptions system;             // of each session; one worker
  Mesh* mesh = nullptr;                      // where sessions may spawn; outlives them. Null: on their node only
  vm::ProcessLimits limits;
  const Clock* clock = &system_clock();
};

/// Since the node began.
struct SessionCounts {
  std::atomic<std::uint64_t> opened{0};  // the number of the last one
  std::atomic<std::uint64_t> refused_token{0}, refused_full{0};
};

ChildSpec operation_child(std::shared_ptr<Roster> roster, OperationOptions options);

/// The token as of now. Errors 8020 to 8026.
Result<security::Token> check_token(const OperationOptions& options, std::string_view text);
void audit(const OperationOptions& options, storage::AuditEvent event);
/// Where the open sessions are, for the actor of `path` beside them.
std::string shells_path(const std::string& path);

}  // namespace noodle::actors
