// Messages of many megabytes between nodes.
#include "actors/mesh/distribution.hpp"
#include "actors/mesh/message_types.hpp"
#include "messages/value.capnp.h"
#include "tests/actors/mesh_nodes.hpp"

using namespace noodle;
using namespace noodle::test::mesh;

namespace {

using Value = Msg<wire::Value>;

Value value_of(std::size_t bytes) {
  return Value::build([bytes](wire::Value::Builder value) {
    auto words = value.initScalars(static_cast<unsigned>(bytes / 8));
    for (unsigned k = 0; k < words.size(); ++k) words.set(k, k * 0x9e3779b97f4a7c15u);
  });
}
std::uint64_t checksum(const Value& value) {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : value->getScalars()) sum = sum * 31 + word;
  return sum;
}

/// Answers a value with its sum, and a question with a value of so many MiB.
caf::behavior summing(caf::event_based_actor*) {
  return {[](const Value& value) {
            return Answer::build([&value](wire::StatsAnswer::Builder out) { out.setLive(checksum(value)); });
          },
          [](const Question& asked) { return value_of(asked->getLimit() << 20); }};
}

template <class Wanted, class Message>
Result<Wanted> ask_for(caf::scoped_actor& self, const caf::actor& actor, const Message& message) {
  Result<Wanted> result = Error{Code::host_failed, "no answer", {}};
  self->request(actor, 3 * kLong, message)
      .receive([&result](const Wanted& answer) { result = answer; },
               [&result](const caf::error& error) { result = from_caf(error); });
  return result;
}

}  // namespace

TEST_CASE("a message larger than a mailbox's room arrives whole, and others are answered meanwhile") {
  Cluster cluster;
  add_message_type(message_type_of<wire::Value>());
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  const caf::actor sums = beta.node.system().spawn(summing), echoes = beta.node.system().spawn(echo);
  beta.mesh->serve(Service::work, sums);
  beta.mesh->serve(Service::sessions, echoes);
  caf::scoped_actor self(alpha.node.system()), other(alpha.node.system());
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  const caf::actor quick = alpha.mesh->service(beta.mesh->self(), Service::sessions);
  REQUIRE(ask(other, quick, 1).ok());
  const Value large = value_of(Distribution::kMostWaitingBytes + 16 * kMiB);
  auto sum = self->request(remote, 3 * kLong, large);
  for (std::uint32_t number = 0; number < 100; ++number) CHECK(*ask(other, quick, number) == number);
  sum.receive([&](const Answer& answer) { CHECK(answer->getLive() == checksum(large)); },
              [](const caf::error& problem) { FAIL(from_caf(problem).to_string()); });
  const auto back = ask_for<Value>(self, remote, question(80));
  REQUIRE_MESSAGE(back.ok(), back.error().to_string());
  CHECK(checksum(*back) == checksum(value_of(80 << 20)));
  for (const caf::actor& one : {sums, echoes}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

TEST_CASE("a message that is too large for either node is refused to who sent it or waits for it, and the link stays") {
  Cluster cluster;
  add_message_type(message_type_of<wire::Value>());
  TestNode alpha(cluster, "alpha"), small(cluster, "small", 8, {}, "", 2 * kMiB);
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && alpha.mesh->links().size() == 1; }));
  const std::int64_t since_ns = alpha.mesh->links().front().since_ns;
  const caf::actor here = alpha.node.system().spawn(summing), there = small.node.system().spawn(summing);
  alpha.mesh->serve(Service::work, here);
  small.mesh->serve(Service::work, there);
  caf::scoped_actor self(alpha.node.system()), from_there(small.node.system());
  const caf::actor remote = alpha.mesh->service(small.mesh->self(), Service::work);
  const caf::actor back = small.mesh->service(alpha.mesh->self(), Service::work);
  const auto refused = [](const auto& result) {
    REQUIRE_FALSE(result.ok());
    CHECK_MESSAGE(result.error().code == Code::frame_too_large, result.error().to_string());
  };
  refused(ask_for<Answer>(self, remote, value_of(3 << 20)));      // the request, by its receiver
  refused(ask_for<Value>(self, remote, question(3)));             // the answer, by its sender
  refused(ask_for<Answer>(from_there, back, value_of(3 << 20)));  // the request, by its sender
  refused(ask_for<Value>(from_there, back, question(3)));         // the answer, by its receiver
  const auto fits = ask_for<Answer>(self, remote, value_of(1 << 20));
  REQUIRE_MESSAGE(fits.ok(), fits.error().to_string());
  CHECK((*fits)->getLive() == checksum(value_of(1 << 20)));
  REQUIRE(alpha.mesh->links().size() == 1);
  CHECK(alpha.mesh->links().front().since_ns == since_ns);
  for (const caf::actor& one : {here, there}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}
