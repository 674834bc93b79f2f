// Nodes of different versions over real links: a node of today beside a peer that speaks version2.capnp.
#include <doctest/doctest.h>

#include <fstream>
#include <future>
#include <sstream>

#include "actors/mesh/endings.hpp"
#include "actors/mesh/frame_fields.hpp"
#include "actors/mesh/mesh_inside.hpp"
#include "messages/error.capnp.h"
#include "runtime/base/log.hpp"
#include "tests/actors/mesh_nodes.hpp"
#include "tests/actors/version2.capnp.h"

using namespace noodle;
using namespace noodle::test::mesh;
using transport::FrameHeader;
using transport::Lane;

namespace {

using NewQuestion = Msg<wire2::StatsRequest>;
using NewAnswer = Msg<wire2::StatsAnswer>;
constexpr std::uint64_t kWork = service_number(Service::work), kItself = 77;

/// What a later version says of itself.
transport::Hello later_hello(std::vector<std::uint64_t> reads) {
  transport::Hello hello;
  hello.protocol_highest = 2;
  hello.schema_hash = 2;
  hello.schemas_read = std::move(reads);
  hello.incarnation = 1;
  return hello;
}

/// A peer of a later version: links, and frames that it writes and reads by its own schema.
class LaterPeer {
 public:
  LaterPeer(Cluster& cluster, const std::string& name, const transport::Hello& hello) : thread_(node_.system()) {
    transport::TransportOptions options;
    options.hello = hello;
    transport::TransportEvents events;
    events.up = [](const transport::Hello&, const security::CertificateInfo&) {};
    events.down = [](const NodeId&, const Error&) {};
    events.lost = [](const NodeId&, std::uint64_t, const Error&) {};
    events.refused = [this](const std::string&, const Error& why) { refused_.push_back(why); };
    events.received = [this](const NodeId& from, transport::Received one) {
      transport_->release(from, one);
      received(from, one);
    };
    auto tls = Links::context_of(cluster.identity(security::CertificateUse::node, name));
    REQUIRE(tls.ok());
    run_on(thread_, [&] {
      auto started = transport::Transport::start(thread_.loop(), std::move(*tls), options, std::move(events));
      if (started) transport_ = std::move(*started);
    });
    REQUIRE(transport_);
  }
  ~LaterPeer() {
    run_on(thread_, [this] { transport_.reset(); });
  }
  std::uint16_t port() {
    return run_on(thread_, [this] { return transport_->port(); });
  }
  /// Links to whoever is there.
  Result<NodeId> call(std::uint16_t port) {
    const auto called = std::make_shared<std::promise<Result<NodeId>>>();
    auto answer = called->get_future();
    thread_.post([this, called, port] {
      transport_->call({"127.0.0.1", port}, [called](const Result<NodeId>& peer, bool) { called->set_value(peer); });
    });
    REQUIRE(answer.wait_for(kLong) == std::future_status::ready);
    return answer.get();
  }
  void send(const NodeId& to, std::uint64_t type, FrameKind kind, const FramePtr& frame) {
    run_on(thread_, [&] {
      CHECK(transport_->send(to, Lane::user, {kWork, kItself, message_field(kind, false, 1), type, {}}, frame).ok());
    });
  }
  /// The answer to its request: kind and words.
  std::pair<FrameKind, FramePtr> ask(const NodeId& to, std::uint64_t type, const FramePtr& frame) {
    auto answer = run_on(thread_, [this] {
      answer_.emplace();
      return answer_->get_future();
    });
    send(to, type, FrameKind::request, frame);
    REQUIRE(answer.wait_for(kLong) == std::future_status::ready);
    return answer.get();
  }
  std::vector<Error> refused() {
    return run_on(thread_, [this] { return refused_; });
  }

 private:
  void received(const NodeId& from, const transport::Received& one) {
    const FrameKind kind = kind_of(one.header.message);
    if (one.header.destination == kItself) return answer_->set_value({kind, one.frame});
    if (one.header.destination != kWork || kind != FrameKind::request) return;
    // A question of version 1, read by the later schema.
    const auto asked = NewQuestion::from_bytes(NewQuestion::kTypeId, one.frame->bytes());
    REQUIRE_MESSAGE(asked.ok(), asked.error().to_string());
    const auto answer = NewAnswer::build([&asked](wire2::StatsAnswer::Builder out) {
      out.setLive((*asked)->getLimit());
      out.setSpawned((*asked)->getOwners().size() + static_cast<std::uint64_t>((*asked)->getSince()));
      out.setAsleep(9);
      out.setNote("fields that version 1 does not know");
      auto row = out.initRows(2)[1];
      row.setWhat("second");
      row.setOwner("alice");
      row.setState(wire2::ProcessState::FROZEN);
    });
    const std::uint64_t field = message_field(FrameKind::answer, false, one.header.message & kRequestMask);
    CHECK(transport_->send(from, Lane::user, {one.header.source, kWork, field, Answer::kTypeId, {}}, answer.frame())
              .ok());
  }

  Node node_{{}};
  LoopThread thread_;
  std::unique_ptr<transport::Transport> transport_;  // of the thread, as the following
  std::optional<std::promise<std::pair<FrameKind, FramePtr>>> answer_;
  std::vector<Error> refused_;
};

NewQuestion new_question(std::uint32_t limit) {
  return NewQuestion::build([limit](wire2::StatsRequest::Builder request) {
    request.setLimit(limit);
    request.setSince(-1);
    request.initOwners(1).set(0, "alice");
  });
}

}  // namespace

TEST_CASE("a node and one of a later version understand each other both ways, and a new message costs no link") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  const caf::actor served = alpha.node.system().spawn(echo);
  alpha.mesh->serve(Service::work, served);
  LaterPeer later(cluster, "later", later_hello({1}));
  const auto linked = later.call(alpha.mesh->port());
  REQUIRE_MESSAGE(linked.ok(), linked.error().to_string());
  REQUIRE(comes_true([&] { return alpha.mesh->links().size() == 1; }));
  const LinkView link = alpha.mesh->links().front();

  const auto asks = [&](std::uint32_t number) {
    const auto [kind, frame] = later.ask(*linked, Question::kTypeId, new_question(number).frame());
    REQUIRE(kind == FrameKind::answer);
    const auto answer = NewAnswer::from_bytes(NewAnswer::kTypeId, frame->bytes());
    REQUIRE(answer.ok());
    CHECK((*answer)->getLive() == number);
    CHECK((*answer)->getAsleep() == 5);  // what version 1 does not say has its default
    CHECK_FALSE((*answer)->hasNote());
  };
  asks(7);

  // From here to there: the later one reads our question, we its answer.
  caf::scoped_actor self(alpha.node.system());
  const caf::actor remote = alpha.mesh->actor_at({link.peer, kWork});
  Answer got;
  self->request(remote, kLong, question(8))
      .receive([&](const Answer& answer) { got = answer; }, [](const caf::error& e) { FAIL(from_caf(e).to_string()); });
  CHECK(got->getLive() == 8);
  CHECK(got->getSpawned() == 0);  // the fields it added were not set
  REQUIRE(got->getRows().size() == 2);
  CHECK(got->getRows()[1].getWhat() == "second");
  CHECK(static_cast<int>(got->getRows()[1].getState()) == 3);

  // A message that version 1 does not have is refused by its code; the link stays.
  const auto forecast = Msg<wire2::Forecast>::build([](wire2::Forecast::Builder out) { out.setDays(3); });
  const auto [kind, frame] = later.ask(*linked, forecast.kTypeId, forecast.frame());
  CHECK(kind == FrameKind::failure);
  const Error refused = read_failure_frame(frame);
  CHECK(refused.code == Code::frame_wrong_type);
  CHECK(refused.message == "this node knows no message of that type");
  later.send(*linked, forecast.kTypeId, FrameKind::message, forecast.frame());
  asks(9);
  REQUIRE(alpha.mesh->links().size() == 1);
  CHECK(alpha.mesh->links().front().since_ns == link.since_ns);
  caf::anon_send_exit(served, caf::exit_reason::user_shutdown);
}

TEST_CASE("peers that cannot work together are refused with the field named: to the caller, at the node, in its log") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  const std::string log = cluster.folder.path() + "/log";
  LogSettings settings;
  settings.file = log;
  REQUIRE(process_log().start(settings).ok());
  const auto logged = [&log] {
    process_log().flush();
    std::stringstream text;
    text << std::ifstream(log).rdbuf();
    return text.str();
  };
  transport::Hello schema = later_hello({}), protocol = later_hello({1});
  protocol.protocol_lowest = 2;
  struct Row {
    std::string name;
    transport::Hello hello;
    Code code;
    std::string text;
  };
  for (const Row& row :
       {Row{"schema", schema, Code::link_schema, "schemaHash: the peer has schema "},
        Row{"protocol", protocol, Code::link_version, "protocolVersion: the peer speaks 2 to 2, this node 1 to 1"}}) {
    CAPTURE(row.text);
    LaterPeer later(cluster, row.name, row.hello);
    const auto called = later.call(alpha.mesh->port());
    REQUIRE_FALSE(called.ok());
    CHECK(called.error().code == row.code);
    CHECK_MESSAGE(called.error().message.starts_with("the peer refused: " + row.text), called.error().message);
    CHECK(comes_true([&] { return logged().find(row.text) != std::string::npos; }));
    // A person whose node is of another version.
    Node person({});
    const auto client =
        MeshClient::connect(person.system(), {cluster.identity(security::CertificateUse::client, "alice-" + row.name),
                                              {"127.0.0.1:" + std::to_string(later.port())},
                                              kLong});
    REQUIRE_FALSE(client.ok());
    CHECK(client.error().code == row.code);
    CHECK_MESSAGE(client.error().message.find(row.text.substr(0, row.text.find(':'))) != std::string::npos,
                  client.error().message);
    CHECK(alpha.mesh->links().empty());
  }
  process_log().stop();
}
