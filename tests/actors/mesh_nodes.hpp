// Nodes of one cluster over real TLS and UDP on the loopback, in one process.
#pragma once

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/caf_messages.hpp"
#include "actors/mesh/mesh.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "messages/work.capnp.h"
#include "runtime/base/clock.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test::mesh {

using namespace noodle::actors;

inline constexpr std::chrono::seconds kLong{20};
using Question = Msg<wire::StatsRequest>;
using Answer = Msg<wire::StatsAnswer>;

inline Question question(std::uint32_t number) {
  return Question::build([number](wire::StatsRequest::Builder request) { request.setLimit(number); });
}

/// A cluster's authority in a folder of its own.
struct Cluster {
  test::TemporaryFolder folder;
  security::Authority authority;
  std::vector<std::string> seeds;

  Cluster() : authority(make()) {}
  security::Authority make() {
    auto made = security::Authority::create(folder.path() + "/ca", "production", now_s());
    REQUIRE_MESSAGE(made.ok(), made.error().to_string());
    return std::move(*made);
  }
  static std::int64_t now_s() { return system_clock().wall_ns() / 1'000'000'000; }

  transport::TlsIdentity identity(security::CertificateUse use, const std::string& name) {
    auto issued = authority.issue(use, name, {"127.0.0.1"}, 30, folder.path() + "/" + name, false, now_s());
    REQUIRE_MESSAGE(issued.ok(), issued.error().to_string());
    return {*security::read_public_file(issued->certificate_path), *security::read_secret_file(issued->key_path),
            authority.trust()};
  }
  MeshOptions options(const std::string& name) {
    MeshOptions options;
    options.name = name;
    options.identity = identity(security::CertificateUse::node, name);
    options.gossip_keys = *security::read_secret_file(folder.path() + "/ca/gossip.key");
    options.listen = {"127.0.0.1", 0};
    options.seeds = seeds;
    options.incarnation = 1;
    options.membership = membership::local_settings();
    return options;
  }
};

struct TestNode {
  Node node{{}};
  MeshOptions options;
  std::unique_ptr<Mesh> mesh;

  TestNode(Cluster& cluster, const std::string& name, std::size_t degree = 8, std::function<void()> on_left = {},
           const std::string& lease_node = "", std::uint64_t max_message = transport::kDefaultMaxMessage) {
    options = cluster.options(name);
    options.lease_node = lease_node;
    options.max_message = max_message;
    options.degree = degree;
    options.on_left = std::move(on_left);
    auto started = Mesh::start(node, options);
    REQUIRE_MESSAGE(started.ok(), started.error().to_string());
    mesh = std::move(*started);
    cluster.seeds.push_back("127.0.0.1:" + std::to_string(mesh->port()));
  }
};

/// Looks again until it holds; the test fails after kLong.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kLong;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

inline std::size_t living(const Mesh& mesh) {
  std::size_t count = 0;
  for (const auto& member : mesh.members()) count += member.state == membership::State::alive ? 1 : 0;
  return count;
}

/// Answers each question with its number.
inline caf::behavior echo(caf::event_based_actor* self) {
  self->set_default_handler(caf::print_and_drop);
  return {[](const Question& asked) {
    return Answer::build([&asked](wire::StatsAnswer::Builder answer) { answer.setLive(asked->getLimit()); });
  }};
}

/// Makes an actor end with an error.
inline void fail(const caf::actor& actor) {
  caf::anon_send(actor, caf::exit_msg{actor.address(), to_caf({Code::file_not_found, "it lost its book", {}})});
}

inline Result<std::uint64_t> ask(caf::scoped_actor& self, const caf::actor& actor, std::uint32_t number) {
  Result<std::uint64_t> result = Error{Code::host_failed, "no answer", {}};
  self->request(actor, kLong, question(number))
      .receive([&result](const Answer& answer) { result = answer->getLive(); },
               [&result](const caf::error& error) { result = from_caf(error); });
  return result;
}

}  // namespace noodle::test::mesh
