// What a look at all actors of a node costs: a session over the mesh asks a node with ACTORS supervised actors.
//
//     noodle_inspect_bench ACTORS ROUNDS        two processes on this machine
//
// Prints one JSON object: the milliseconds of `:actors` as JSON (all rows), as people see it (the busiest ones), and of
// `:inspect` of one. Every answer is checked.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <caf/all.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "actors/core/node_actor.hpp"
#include "actors/core/supervisor.hpp"
#include "actors/mesh/mesh.hpp"
#include "actors/operation/operation.hpp"
#include "actors/operation/session_client.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/stdlib/register.hpp"

using namespace noodle;
using namespace noodle::actors;

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << why << '\n';
  _exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) give_up(result.error().to_string());
  return std::move(*result);
}

class Idle final : public NodeActor {
 public:
  using NodeActor::NodeActor;
  caf::behavior make_behavior() override {
    return {[](int n) { return n; }};
  }
};

struct Keys {
  std::string folder;
  std::int64_t now_s = system_clock().wall_ns() / 1'000'000'000;
  security::Authority authority = need(security::Authority::create(folder + "/ca", "bench", now_s));

  transport::TlsIdentity issue(security::CertificateUse use, const std::string& name) {
    const auto issued = need(authority.issue(use, name, {"127.0.0.1"}, 1, folder + "/" + name, false, now_s));
    return {need(security::read_public_file(issued.certificate_path)),
            need(security::read_secret_file(issued.key_path)), authority.trust()};
  }
  std::string token() {
    security::Claims claims;
    claims.subject = "bench";
    claims.audience = "bench";
    claims.capabilities.push_back(*security::Capability::parse("*"));
    return need(security::issue_token(claims, authority.token_key(), false, now_s)).text.reveal();
  }
};

/// In a child process: a node with a crowd, until the pipe `until` closes. Writes its port to `ready`.
void serve(Keys& keys, std::size_t actors, int ready, int until) {
  stdlib::register_stdlib_natives();
  Node node({});
  MeshOptions options;
  options.name = "crowded";
  options.identity = keys.issue(security::CertificateUse::node, "crowded");
  options.gossip_keys = need(security::read_secret_file(keys.folder + "/ca/gossip.key"));
  options.listen = {"127.0.0.1", 0};
  options.incarnation = 1;
  const auto mesh = need(Mesh::start(node, std::move(options)));
  SupervisorSpec crowd;
  for (std::size_t k = 0; k < actors; ++k) {
    ChildSpec child;
    child.name = "a" + std::to_string(k);
    child.spawn = [](caf::actor_system& system, const SeatPtr& seat) { return system.spawn<Idle>(seat); };
    crowd.children.push_back(std::move(child));
  }
  if (!node.start(supervisor_child("crowd", node.roster(), std::move(crowd))).ok()) give_up("no crowd");
  OperationOptions operation;
  operation.view = view_of(*mesh);
  const auto trust = std::make_shared<const security::Trust>(keys.authority.trust());
  operation.trust = [trust] { return trust; };
  operation.audit = [](const storage::AuditEvent&) {};
  operation.patience = std::chrono::seconds(30);
  if (!node.start(operation_child(node.roster(), std::move(operation))).ok()) give_up("no sessions");
  mesh->serve(Service::inspector, node.component("operation/inspector"));
  mesh->serve(Service::sessions, node.component("operation/sessions"));
  const std::uint16_t port = mesh->port();
  if (write(ready, &port, sizeof port) != sizeof port) _exit(1);
  char byte;
  while (read(until, &byte, 1) > 0) {
  }
  _exit(0);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++found;
  return found;
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

class Asker {
 public:
  Asker(Node& node, MeshClient& client, const std::string& token, bool json) {
    SessionClient::Options options;
    options.token = Secret(token);
    options.json = json;
    options.on_output = [](std::string_view, std::string_view) {};
    session_ = need(SessionClient::open(node.system(), client.service(Service::sessions), std::move(options)));
  }
  /// The answer, and how many milliseconds it took.
  std::string ask(const std::string& input, double& took_ms) {
    const std::int64_t begun = system_clock().monotonic_ns();
    const auto answer = need(session_->enter(input));
    took_ms = static_cast<double>(system_clock().monotonic_ns() - begun) / 1e6;
    if (!answer->getOk()) give_up(answer->getProblem().cStr());
    return answer->getText().cStr();
  }

 private:
  std::unique_ptr<SessionClient> session_;
};

/// `complete`: how many rows of actors the answer must have.
void measure(const char* name, Asker& asker, const std::string& input, const std::string& part, std::size_t least,
             std::size_t rounds) {
  std::vector<double> took;
  for (std::size_t round = 0; round < rounds; ++round) {
    double ms = 0;
    const std::string answer = asker.ask(input, ms);
    if (count(answer, part) < least) give_up(input + " tells too little: " + answer.substr(0, 400));
    took.push_back(ms);
  }
  std::printf("\"%s_p50_ms\": %.2f, \"%s_p99_ms\": %.2f, ", name, quantile(took, 0.5), name, quantile(took, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::size_t actors = std::stoull(argv[1]), rounds = std::stoull(argv[2]);
  std::string folder = (std::filesystem::temp_directory_path() / "noodle-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  Keys keys{folder};
  int ready[2], until[2];
  if (pipe(ready) != 0 || pipe(until) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    close(until[1]);
    serve(keys, actors, ready[1], until[0]);
  }
  close(until[0]);
  close(ready[1]);
  std::uint16_t port = 0;
  if (read(ready[0], &port, sizeof port) != sizeof port) return 1;
  {
    Node node({});
    ClientOptions options;
    options.identity = keys.issue(security::CertificateUse::client, "bench");
    options.nodes = {"127.0.0.1:" + std::to_string(port)};
    const auto client = need(MeshClient::connect(node.system(), std::move(options)));
    Asker people(node, *client, keys.token(), false), programs(node, *client, keys.token(), true);
    double ms = 0;
    while (count(programs.ask(":actors", ms), "node/crowd/a") < actors) {
    }
    std::printf("{\"actors\": %zu, \"rounds\": %zu, ", actors, rounds);
    measure("all", programs, ":actors", "\"path\":\"node/crowd/a", actors, rounds);
    measure("busiest", people, ":actors", "node/", 40, rounds);
    measure("one", people, ":inspect node/crowd/a" + std::to_string(actors / 2), "running", 1, rounds);
    std::printf("\"cores\": %ld}\n", sysconf(_SC_NPROCESSORS_ONLN));
  }
  close(until[1]);
  waitpid(child, nullptr, 0);
  std::filesystem::remove_all(folder);
  return 0;
}
