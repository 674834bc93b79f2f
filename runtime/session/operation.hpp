// The `:` commands about a cluster: what they ask, and how the answers look. Knows no network and no actor system.
//
// Actors are named `node/work/pool` on the connected node, and `beta:node/work/pool` on others.
// Threads: one. Errors: those of Operation, 6304, 6305.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/lease.capnp.h"
#include "messages/msg.hpp"
#include "messages/names.capnp.h"
#include "messages/operation.capnp.h"
#include "runtime/session/console.hpp"

namespace noodle::session {

/// What may be asked and done. Every function checks the right to it, and answers or fails within a few seconds.
class Operation {
 public:
  virtual ~Operation() = default;

  /// Name of the connected node.
  virtual std::string node() const = 0;
  virtual Result<Msg<wire::MembersAnswer>> members() = 0;
  struct HealthQuestion {
    std::string prefix;
    wire::HealthOrder order = wire::HealthOrder::PATH;
    std::uint32_t limit = 0;
  };
  /// Of all these nodes at once; one answer or error each.
  virtual std::vector<Result<Msg<wire::HealthAnswer>>> health(const std::vector<std::string>& nodes,
                                                              const HealthQuestion& question) = 0;
  virtual Result<Msg<wire::DeathsAnswer>> deaths(const std::string& node, const std::string& prefix,
                                                 std::uint32_t limit) = 0;
  virtual Result<Msg<wire::LinksAnswer>> links(const std::string& node) = 0;
  virtual Result<Msg<wire::RouteAnswer>> route(const std::string& from, const std::string& to) = 0;
  virtual Result<Msg<wire::MetricsAnswer>> metrics(const std::string& node) = 0;
  /// Names in the cluster that begin with `prefix`, as the connected node knows them.
  virtual Result<Msg<wire::NamesAnswer>> names(const std::string& prefix) = 0;
  /// Of the node that keeps them. Error 6152 when there is none.
  virtual Result<Msg<wire::LeasesAnswer>> leases() = 0;
  /// Ends an actor, for good or to be started again.
  virtual Result<void> end_actor(const std::string& node, const std::string& path, bool again,
                                 const std::string& reason) = 0;
  virtual Result<void> set_service(const std::string& node, wire::ServiceCommand::What what) = 0;
};

struct ActorName {
  std::string node;  // empty: the connected one
  std::string path;  // empty: the node itself
};
/// `node/a`, `beta:node/a`, `beta:`, `beta`.
ActorName read_actor_name(std::string_view text);

/// `operation` outlives them.
std::vector<ConsoleCommand> operation_commands(Operation& operation, const ConsoleOptions& options);

/// `:metrics [NODE] [PREFIX]`; one word is a node when there is one of that name.
Answer metrics_answer(Operation& operation, const std::string& argument, const ConsoleOptions& options);
/// `:names [PATTERN]`, with `*` for anything.
Answer names_answer(Operation& operation, const std::string& pattern, const ConsoleOptions& options);
/// `:leases`
Answer leases_answer(Operation& operation, const ConsoleOptions& options);
std::vector<std::string> complete_metric(Operation& operation, const std::string& word);

// ---- how answers look; used by the commands and by `noodle top`

std::string tree_text(const Operation& operation, const std::vector<std::string>& nodes, const std::string& prefix,
                      const std::vector<Result<Msg<wire::HealthAnswer>>>& answers, const ConsoleOptions& options);
std::string deaths_text(wire::DeathsAnswer::Reader answer, std::int64_t now_wall_ns, const ConsoleOptions& options);
/// An array of objects.
std::string deaths_json(wire::DeathsAnswer::Reader answer);
std::string inspect_text(const std::string& name, wire::HealthRow::Reader row, wire::DeathsAnswer::Reader deaths,
                         std::int64_t now_wall_ns, const ConsoleOptions& options);
/// SGR code for the state of an actor or member; null for those that are well.
const char* paint_of_state(std::string_view state);
std::string labels_text(capnp::List<wire::NodeLabel>::Reader labels);

}  // namespace noodle::session
