// What messages between nodes cost: the same ping-pong over Noodle's mesh and over CAF's own middleman (BASP).
//
//     noodle_mesh_bench mesh|basp MESSAGES IN_FLIGHT     two processes on this machine
//     noodle_mesh_bench local     MESSAGES               one process: Msg<T> and int between two actors
//     noodle_mesh_bench bulk      MIB_EACH COUNT         large messages over one link, and as much over bare TLS
//     noodle_mesh_bench beside    MIB      PINGS         pings of 1 KiB, one in flight: alone, then beside one message
//
// Prints one JSON object. A message is asked and answered IN_FLIGHT at a time; every answer is checked.
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <future>
#include <iostream>
#include <thread>

#include "actors/mesh/mesh.hpp"
#include "actors/mesh/message_types.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "messages/value.capnp.h"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

using namespace noodle;
using namespace noodle::actors;
using Ping = Msg<wire::ProcessRef>;

namespace {

std::int64_t now_ns() {
  return system_clock().monotonic_ns();
}

[[noreturn]] void give_up(const Error& error) {
  std::cerr << error.to_string() << '\n';
  _exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) give_up(result.error());
  return std::move(*result);
}

Ping ping(std::uint64_t number) {
  return Ping::build([number](wire::ProcessRef::Builder ref) { ref.setProcess(number); });
}
std::uint64_t number_of(const Ping& message) {
  return message->getProcess();
}
std::uint64_t number_of(std::uint64_t number) {
  return number;
}

using Value = Msg<wire::Value>;
Value kilobyte(std::uint64_t number) {
  return Value::build([number](wire::Value::Builder value) {
    value.initScalars(1).set(0, number);
    value.initImage(960);
  });
}
std::uint64_t number_of(const Value& message) {
  return message->getScalars()[0];
}
std::uint64_t checksum(const Value& message) {
  std::uint64_t sum = message->getImage().size();
  for (const std::uint64_t word : message->getScalars()) sum = sum * 31 + word;
  return sum;
}

struct Measured {
  double seconds = 0;
  std::vector<std::int64_t> round_trips_ns;
};

/// Keeps `in_flight` messages on their way until `count` have come back.
template <class Message, class Make>
Measured play(caf::actor_system& system, const caf::actor& other, std::uint64_t count, std::uint64_t in_flight,
              Make make) {
  std::promise<Measured> done;
  system.spawn([&done, other, count, in_flight, make](caf::event_based_actor* self) -> caf::behavior {
    struct State {
      std::uint64_t sent = 0, received = 0;
      std::int64_t begun = now_ns();
      std::vector<std::int64_t> sent_at, took;
    };
    const auto state = std::make_shared<State>();
    state->sent_at.resize(count);
    state->took.reserve(count);
    const auto send_next = [self, other, state, make] {
      state->sent_at[state->sent] = now_ns();
      self->send(other, make(state->sent++));
    };
    for (std::uint64_t k = 0; k < in_flight; ++k) send_next();
    return {[self, state, send_next, count, &done](const Message& answer) {
      if (number_of(answer) != state->received) give_up({Code::frame_malformed, "an answer is out of order", {}});
      state->took.push_back(now_ns() - state->sent_at[state->received++]);
      if (state->sent < count) return send_next();
      if (state->received < count) return;
      done.set_value({static_cast<double>(now_ns() - state->begun) / 1e9, std::move(state->took)});
      self->quit();
    }};
  });
  return done.get_future().get();
}

template <class Message>
caf::behavior echo(caf::event_based_actor* self) {
  return {[self](const Message& message) { self->send(caf::actor_cast<caf::actor>(self->current_sender()), message); }};
}

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double quantile_us(std::vector<std::int64_t>& took_ns, double q) {
  std::sort(took_ns.begin(), took_ns.end());
  return static_cast<double>(took_ns[static_cast<std::size_t>(q * static_cast<double>(took_ns.size() - 1))]) / 1000;
}

void print(Measured measured, std::uint64_t count) {
  auto& took = measured.round_trips_ns;
  std::printf("{\"messages\": %llu, \"per_second\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
              static_cast<unsigned long long>(count), static_cast<double>(count) / measured.seconds,
              quantile_us(took, 0.5), quantile_us(took, 0.99));
}

// ---- the mesh

struct Cluster {
  std::string folder;
  std::string keys(const std::string& name) const { return folder + "/" + name; }

  void create() const {
    const std::int64_t now_s = system_clock().wall_ns() / 1'000'000'000;
    auto authority = need(security::Authority::create(keys("ca"), "bench", now_s));
    for (const char* name : {"alpha", "beta"}) {
      need(authority.issue(security::CertificateUse::node, name, {"127.0.0.1"}, 1, keys(name), false, now_s));
    }
  }
  MeshOptions options(const std::string& name, std::vector<std::string> seeds) const {
    MeshOptions options;
    options.name = name;
    options.identity = {need(security::read_public_file(keys(name) + "/" + name + ".crt")),
                        need(security::read_secret_file(keys(name) + "/" + name + ".key")),
                        need(security::read_trust(keys("ca")))};
    options.gossip_keys = need(security::read_secret_file(keys("ca") + "/gossip.key"));
    options.listen = {"127.0.0.1", 0};
    options.seeds = std::move(seeds);
    options.incarnation = 1;
    options.membership = membership::local_settings();
    return options;
  }
};

/// In a child process: serves until the pipe `until` closes, and writes its port to `ready`.
void serve_mesh(const Cluster& cluster, int ready, int until) {
  Node node({});
  auto mesh = need(Mesh::start(node, cluster.options("beta", {})));
  caf::actor served = node.system().spawn(echo<Ping>);
  mesh->serve(Service::work, served);
  caf::actor sink = node.system().spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const Msg<wire::Value>& value) {
      self->send(caf::actor_cast<caf::actor>(self->current_sender()), ping(checksum(value)));
    }};
  });
  mesh->serve(Service::sessions, sink);
  caf::actor echoes = node.system().spawn(echo<Value>);
  mesh->serve(Service::inspector, echoes);
  const std::uint16_t port = mesh->port();
  if (write(ready, &port, sizeof port) != sizeof port) _exit(1);
  char byte;
  while (read(until, &byte, 1) > 0) {
  }
  _exit(0);
}

/// Makes a child that serves; gives its port. `until` is to be closed at the end.
template <class Serve>
std::uint16_t start_child(Serve serve, int& until) {
  int ready[2], end[2];
  if (pipe(ready) != 0 || pipe(end) != 0) _exit(1);
  if (fork() == 0) {
    close(end[1]);
    serve(ready[1], end[0]);
    _exit(0);
  }
  close(end[0]);
  until = end[1];
  std::uint16_t port = 0;
  if (read(ready[0], &port, sizeof port) != sizeof port) _exit(1);
  return port;
}

struct Pair {
  Node node{{}};
  std::unique_ptr<Mesh> mesh;
  NodeId other;

  Pair(const Cluster& cluster, std::uint16_t port) {
    mesh = need(Mesh::start(node, cluster.options("alpha", {"127.0.0.1:" + std::to_string(port)})));
    while (mesh->links().empty()) std::this_thread::yield();
    while (!mesh->find_node("beta")) std::this_thread::yield();
    other = *mesh->find_node("beta");
  }
};

void run_mesh(const Cluster& cluster, std::uint64_t count, std::uint64_t in_flight) {
  int until = -1;
  const std::uint16_t port = start_child([&cluster](int ready, int end) { serve_mesh(cluster, ready, end); }, until);
  {
    Pair pair(cluster, port);
    const caf::actor remote = pair.mesh->service(pair.other, Service::work);
    play<Ping>(pair.node.system(), remote, std::min<std::uint64_t>(count, 2000), in_flight, ping);
    print(play<Ping>(pair.node.system(), remote, count, in_flight, ping), count);
  }
  close(until);
}

// ---- CAF's middleman

struct BaspConfig : caf::actor_system_config {
  BaspConfig() { load<caf::io::middleman>(); }
};

void run_basp(std::uint64_t count, std::uint64_t in_flight) {
  int until = -1;
  const std::uint16_t port = start_child(
      [](int ready, int end) {
        BaspConfig config;
        caf::actor_system system(config);
        const auto opened = system.middleman().publish(system.spawn(echo<std::uint64_t>), 0, "127.0.0.1");
        const std::uint16_t at = opened ? *opened : 0;
        if (write(ready, &at, sizeof at) != sizeof at) _exit(1);
        char byte;
        while (read(end, &byte, 1) > 0) {
        }
        _exit(0);
      },
      until);
  BaspConfig config;
  caf::actor_system system(config);
  const auto remote = system.middleman().remote_actor("127.0.0.1", port);
  if (!remote) give_up({Code::peer_unreachable, "BASP did not connect", {}});
  const auto same = [](std::uint64_t number) { return number; };
  play<std::uint64_t>(system, *remote, std::min<std::uint64_t>(count, 2000), in_flight, same);
  print(play<std::uint64_t>(system, *remote, count, in_flight, same), count);
  std::cout.flush();
  close(until);
  _exit(0);
}

// ---- within one process

void run_local(std::uint64_t count) {
  Node node({});
  const auto cost = [&](auto&& play_one) {
    const double before = cpu_seconds(RUSAGE_SELF);
    play_one();
    return (cpu_seconds(RUSAGE_SELF) - before) / static_cast<double>(count) * 1e9;
  };
  const caf::actor words = node.system().spawn(echo<Ping>), numbers = node.system().spawn(echo<std::uint64_t>);
  const double msg = cost([&] { play<Ping>(node.system(), words, count, 100, ping); });
  const double raw =
      cost([&] { play<std::uint64_t>(node.system(), numbers, count, 100, [](std::uint64_t n) { return n; }); });
  std::printf("{\"messages\": %llu, \"msg_ns\": %.0f, \"int_ns\": %.0f}\n", static_cast<unsigned long long>(count), msg,
              raw);
  for (const caf::actor& one : {words, numbers}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

// ---- bandwidth

/// Both ends of a TCP connection on this machine, as links are.
std::array<int, 2> tcp_pair() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  const int listener = socket(AF_INET, SOCK_STREAM, 0), caller = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, name, size) != 0 || listen(listener, 1) != 0 || getsockname(listener, name, &size) != 0 ||
      connect(caller, name, size) != 0) {
    _exit(1);
  }
  const int accepted = accept(listener, nullptr, nullptr);
  close(listener);
  return {accepted, caller};
}

double bare_tls_mib_s(const Cluster& cluster, std::size_t bytes) {
  const std::array<int, 2> ends = tcp_pair();
  const auto context = [&cluster](const SSL_METHOD* method) {
    SSL_CTX* made = SSL_CTX_new(method);
    SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
    SSL_CTX_use_certificate_chain_file(made, (cluster.keys("alpha") + "/alpha.crt").c_str());
    SSL_CTX_use_PrivateKey_file(made, (cluster.keys("alpha") + "/alpha.key").c_str(), SSL_FILETYPE_PEM);
    return made;
  };
  std::vector<char> block(1 << 20, 'x');
  if (fork() == 0) {
    SSL* tls = SSL_new(context(TLS_server_method()));
    SSL_set_fd(tls, ends[0]);
    if (SSL_accept(tls) != 1) _exit(1);
    for (std::size_t sent = 0; sent < bytes; sent += block.size())
      SSL_write(tls, block.data(), static_cast<int>(block.size()));
    SSL_shutdown(tls);
    _exit(0);
  }
  SSL* tls = SSL_new(context(TLS_client_method()));
  SSL_set_fd(tls, ends[1]);
  if (SSL_connect(tls) != 1) _exit(1);
  const std::int64_t begun = now_ns();
  std::size_t received = 0;
  while (received < bytes) {
    const int count = SSL_read(tls, block.data(), static_cast<int>(block.size()));
    if (count <= 0) break;
    received += static_cast<std::size_t>(count);
  }
  const double seconds = static_cast<double>(now_ns() - begun) / 1e9;
  wait(nullptr);
  return static_cast<double>(received) / (1 << 20) / seconds;
}

void run_bulk(const Cluster& cluster, std::size_t mib, std::uint64_t count) {
  const double bare = bare_tls_mib_s(cluster, mib * count << 20);
  int until = -1;
  const std::uint16_t port = start_child([&cluster](int ready, int end) { serve_mesh(cluster, ready, end); }, until);
  double ours = 0;
  {
    Pair pair(cluster, port);
    const auto message = Msg<wire::Value>::build(
        [mib](wire::Value::Builder value) { value.initImage(static_cast<unsigned>(mib << 20)); });
    caf::scoped_actor self(pair.node.system());
    const caf::actor sink = pair.mesh->service(pair.other, Service::sessions);
    const std::int64_t begun = now_ns();
    std::uint64_t sent = 0, received = 0;
    for (; sent < std::min<std::uint64_t>(count, 2); ++sent) self->send(sink, message);
    while (received < count) {
      self->receive([&](const Ping& answer) {
        if (number_of(answer) != mib << 20) give_up({Code::frame_malformed, "a message came in part", {}});
        ++received;
        if (sent < count) self->send(sink, message), ++sent;
      });
    }
    ours = static_cast<double>(mib * count) / (static_cast<double>(now_ns() - begun) / 1e9);
  }
  close(until);
  std::printf("{\"mib_each\": %zu, \"mib_s\": %.0f, \"bare_tls_mib_s\": %.0f}\n", mib, ours, bare);
}

// ---- latency beside a large message

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void run_beside(const Cluster& cluster, std::size_t mib, std::uint64_t count) {
  int until = -1;
  const std::uint16_t port = start_child([&cluster](int ready, int end) { serve_mesh(cluster, ready, end); }, until);
  Pair pair(cluster, port);
  caf::actor_system& system = pair.node.system();
  const caf::actor echoes = pair.mesh->service(pair.other, Service::inspector);
  const caf::actor sink = pair.mesh->service(pair.other, Service::sessions);
  play<Value>(system, echoes, 2000, 1, kilobyte);
  std::vector<std::int64_t> alone = play<Value>(system, echoes, count, 1, kilobyte).round_trips_ns, beside;
  auto large = need(Value::try_build([mib](wire::Value::Builder value) {
    auto words = value.initScalars(static_cast<unsigned>(mib << 17));
    for (unsigned k = 0; k < words.size(); ++k) words.set(k, k * 0x9e3779b97f4a7c15u);
  }));
  const std::uint64_t expected = checksum(large);
  std::promise<std::int64_t> answered;
  auto answer = answered.get_future();
  const std::int64_t begun = now_ns();
  system.spawn([&answered, expected, sink, message = std::move(large)](caf::event_based_actor* self) mutable {
    self->send(sink, std::move(message));
    return caf::behavior{[self, &answered, expected](const Ping& sum) {
      if (number_of(sum) != expected) give_up({Code::frame_malformed, "the large message came damaged", {}});
      answered.set_value(now_ns());
      self->quit();
    }};
  });
  while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const Measured some = play<Value>(system, echoes, 50, 1, kilobyte);
    beside.insert(beside.end(), some.round_trips_ns.begin(), some.round_trips_ns.end());
  }
  const double seconds = static_cast<double>(answer.get() - begun) / 1e9;
  const double alone_p99 = quantile_us(alone, 0.99), beside_p99 = quantile_us(beside, 0.99);
  std::printf(
      "{\"mib\": %zu, \"seconds\": %.2f, \"pings_beside\": %zu, \"alone_p50_us\": %.1f, \"alone_p99_us\": %.1f, "
      "\"beside_p50_us\": %.1f, \"beside_p99_us\": %.1f, \"beside_max_us\": %.1f, \"sender_peak_mib\": %.0f}\n",
      mib, seconds, beside.size(), quantile_us(alone, 0.5), alone_p99, quantile_us(beside, 0.5), beside_p99,
      quantile_us(beside, 1), peak_mib());
  close(until);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string mode = argv[1];
  const std::uint64_t first = std::stoull(argv[2]), second = argc > 3 ? std::stoull(argv[3]) : 1;
  add_message_type(message_type_of<wire::ProcessRef>());
  add_message_type(message_type_of<wire::Value>());
  std::string folder = (std::filesystem::temp_directory_path() / "noodle-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  const Cluster cluster{folder};
  cluster.create();
  if (mode == "mesh") run_mesh(cluster, first, second);
  if (mode == "basp") run_basp(first, second);
  if (mode == "local") run_local(first);
  if (mode == "bulk") run_bulk(cluster, first, second);
  if (mode == "beside") run_beside(cluster, first, second);
  std::filesystem::remove_all(folder);
  return 0;
}
