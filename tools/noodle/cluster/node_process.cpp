#include "tools/noodle/cluster/node_process.hpp"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"
#include "storage/data_folder.hpp"
#include "tools/noodle/cluster/node_components.hpp"

namespace noodle::tools {
namespace {

const Logger& logger() {
  static const Logger log("node");
  return log;
}

std::int64_t now() {
  return system_clock().wall_ns() / kSecondNs;
}

/// A list that is older than one the node has seen, in this run or before, would bring back what was revoked.
Result<void> check_revocations(storage::DataFolder& data, std::uint64_t number) {
  const auto known = data.known_revocations();
  if (!known) return known.error();
  if (number < *known) {
    return Error{Code::revocations_invalid,
                 "the revocation list is number " + std::to_string(number) + ", and " + std::to_string(*known) +
                     " is known; give the node the newest one (of a new cluster, with a new CA: remove " + data.path() +
                     "/revocations)",
                 {}};
  }
  return number == *known ? Result<void>() : data.remember_revocations(number);
}

/// Names become addresses: looking them up can block, and the mesh must not.
std::vector<std::string> resolved(const std::vector<std::string>& seeds) {
  std::vector<std::string> addresses;
  for (const std::string& seed : seeds) {
    const std::size_t colon = seed.rfind(':');
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int problem = getaddrinfo(seed.substr(0, colon).c_str(), nullptr, &wanted, &found);
    if (problem != 0) {
      logger().warning("a seed is not known", {{"seed", seed}, {"why", gai_strerror(problem)}});
      continue;
    }
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      char host[NI_MAXHOST];
      if (getnameinfo(one->ai_addr, one->ai_addrlen, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0) continue;
      addresses.push_back(host + seed.substr(colon));
    }
    freeaddrinfo(found);
  }
  return addresses;
}

}  // namespace

// In the order of the start; members go in reverse.
struct NodeProcess::State {
  State(NodeSettings given, NodeIdentity identity, storage::DataFolder folder)
      : settings(std::move(given)),
        info(std::move(identity.info)),
        trust(std::make_shared<const security::Trust>(identity.tls.trust)),
        data(std::move(folder)) {}

  void record(const char* action, bool done, const std::string& details) {
    storage::AuditEvent event;
    event.time_ns = system_clock().wall_ns();
    event.kind = "node";
    event.subject = facts.name;
    event.action = action;
    event.resource = facts.id;
    event.outcome = done ? "done" : "failed";
    event.details = details;
    const auto written = audit->append(event);
    if (!written) logger().error("the audit log takes no record", {{"why", written.error().to_string()}});
  }

  NodeSettings settings;
  security::CertificateInfo info;
  std::atomic<std::shared_ptr<const security::Trust>> trust;
  NodeFacts facts;
  storage::DataFolder data;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::AuditLog> audit;
  std::unique_ptr<actors::Node> node;
  std::unique_ptr<actors::Mesh> mesh;
  bool ready = false, stopped = false;
};

NodeProcess::NodeProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}

NodeProcess::~NodeProcess() {
  stop();
}

const NodeFacts& NodeProcess::facts() const {
  return state_->facts;
}

Result<std::unique_ptr<NodeProcess>> NodeProcess::start(NodeSettings settings, NodeIdentity identity,
                                                        std::function<void()> on_left) {
  if (settings.name.empty()) settings.name = identity.info.name;
  if (settings.data.empty()) settings.data = default_data_folder(settings.name);
  auto data = storage::DataFolder::open(settings.data);
  if (!data) return data.error();
  if (const auto newest = check_revocations(*data, identity.tls.trust.revocations.number()); !newest) {
    return newest.error();
  }
  auto incarnation = data->next_incarnation(system_clock().wall_ns());
  if (!incarnation) return incarnation.error();

  actors::MeshOptions mesh = settings.mesh;
  mesh.name = settings.name;
  mesh.seeds = resolved(settings.mesh.seeds);
  mesh.incarnation = *incarnation;
  mesh.random_seed = detail::random64();
  mesh.identity = identity.tls;
  mesh.gossip_keys = identity.gossip_keys;
  mesh.on_left = std::move(on_left);
  const security::SigningKey key = identity.key;

  auto process = std::unique_ptr<NodeProcess>(
      new NodeProcess(std::make_unique<State>(std::move(settings), std::move(identity), std::move(data).value())));
  State& state = *process->state_;
  state.stopped = true;  // until there is something to stop
  auto store = storage::Store::open(state.data.store_path());
  if (!store) return store.error();
  state.store = std::move(store).value();
  auto audit = storage::AuditLog::open(*state.store, [key](std::string_view message) { return key.sign(message); });
  if (!audit) return audit.error();
  state.audit = std::move(audit).value();

  state.node = std::make_unique<actors::Node>(actors::NodeOptions{});
  state.stopped = false;
  const transport::Endpoint listen = mesh.listen;
  state.facts = {state.settings.name, state.info.id().to_string(),
                 mesh.advertise.empty() ? listen.host : mesh.advertise, listen.port, *incarnation};
  const auto failed = [&state](const Error& error) {
    state.record("start", false, error.to_string());
    return error;
  };
  auto started = actors::Mesh::start(*state.node, std::move(mesh));
  if (!started) return failed(started.error());
  state.mesh = std::move(started).value();
  state.facts.port = state.mesh->port();
  const auto components =
      start_components({*state.node, *state.mesh, *state.store, *state.audit, [&state] { return state.trust.load(); },
                        state.settings.run, state.settings.mesh.labels, state.settings.plugins,
                        state.settings.mesh.lease_node, state.settings.lease_duration});
  if (!components) return failed(components.error());
  state.ready = true;
  state.record("start", true, "incarnation " + std::to_string(*incarnation) + ", process " + std::to_string(getpid()));
  logger().info("node is ready", {{"name", state.facts.name},
                                  {"id", state.facts.id},
                                  {"host", state.facts.host},
                                  {"port", state.facts.port},
                                  {"incarnation", state.facts.incarnation},
                                  {"data", state.data.path()}});
  return process;
}

void NodeProcess::reload_identity() {
  auto identity = read_identity(state_->settings, now(), state_->trust.load()->revocations.number());
  const auto trust = identity ? std::make_shared<const security::Trust>(identity->tls.trust) : nullptr;
  const auto replaced = !identity ? Result<void>(identity.error())
                                  : state_->mesh->replace_identity(std::move(identity->tls), identity->gossip_keys);
  if (!replaced) {
    return logger().error("what is on the disk does not count; the node keeps certificate, trust and keys as they were",
                          {{"why", replaced.error().to_string()}});
  }
  if (const auto kept = check_revocations(state_->data, trust->revocations.number()); !kept) {
    logger().error("the number of the revocation list is not kept for the next start",
                   {{"why", kept.error().to_string()}});
  }
  logger().info("certificate, trust and gossip keys were read again", {{"serial", identity->info.serial}});
  state_->info = identity->info;
  state_->trust = trust;  // sessions look at it with every input
}

bool NodeProcess::stop() {
  State& state = *state_;
  if (std::exchange(state.stopped, true)) return true;
  bool left = true;
  if (state.mesh) {
    logger().info("node is leaving", {{"name", state.facts.name}});
    left =
        state.mesh->leave(std::min<std::chrono::milliseconds>(state.settings.stop_limit / 4, std::chrono::seconds(3)));
    if (!left) logger().warning("the others may not know yet that this node goes", {});
  }
  const bool in_time = state.node->stop();
  if (!in_time) logger().warning("a component did not end in time", {});
  if (state.ready) state.record("stop", in_time, left ? "" : "left without telling");
  state.mesh.reset();
  state.node.reset();
  logger().info("node has stopped", {{"name", state.facts.name}});
  return in_time;
}

}  // namespace noodle::tools
