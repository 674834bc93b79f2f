// vm_pool: programs run for other actors that send Cap'n Proto messages.
#include "actors/work/vm_pool.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>

#include "actors/core/caf_messages.hpp"
#include "actors/core/node.hpp"
#include "messages/work.capnp.h"
#include "tests/actors/program_image.hpp"

namespace {

using namespace noodle;
using namespace noodle::actors;
using noodle::test::image_of;
using RunProgram = Msg<wire::RunProgram>;
using ProgramExited = Msg<wire::ProgramExited>;
using Kill = Msg<wire::Kill>;
using StatsRequest = Msg<wire::StatsRequest>;
using StatsAnswer = Msg<wire::StatsAnswer>;

constexpr const char* kEndless = "func main() { while (true) {} }";

struct Wanted {
  std::vector<std::string> arguments = {};
  std::string capability = {};
  std::string resource = {};
  std::uint64_t time_limit_ms = 0;
  std::uint64_t fuel = 0;
};

RunProgram request_of(std::uint64_t run, const std::string& image, const Wanted& wanted = {}) {
  return RunProgram::build([&](wire::RunProgram::Builder request) {
    request.setRun(run);
    request.setImage({reinterpret_cast<const capnp::byte*>(image.data()), image.size()});
    auto arguments = request.initArguments(static_cast<unsigned>(wanted.arguments.size()));
    for (unsigned i = 0; i < wanted.arguments.size(); ++i) arguments.set(i, wanted.arguments[i]);
    if (!wanted.capability.empty()) {
      auto grant = request.initGrants(1)[0];
      grant.setCapability(wanted.capability);
      grant.setResource(wanted.resource);
    }
    request.setTimeLimitMs(wanted.time_limit_ms);
    request.initLimits().setFuel(wanted.fuel);
  });
}

/// A node with a pool, and an actor of this thread that asks it.
struct Pool {
  Pool() : node({}), self(node.system()) {
    VmPoolOptions options;
    options.system.workers = 2;
    options.output = &output;
    REQUIRE(node.start("work", [&options](caf::actor_system& system) { return spawn_vm_pool(system, options); }).ok());
    actor = node.component("work");
  }
  void send(const RunProgram& request) { asked.push_back(self->request(actor, caf::infinite, request)); }
  /// The answer to the oldest request.
  ProgramExited answer() {
    ProgramExited exited;
    auto oldest = std::move(asked.front());
    asked.erase(asked.begin());
    oldest.receive([&](const ProgramExited& got) { exited = got; },
                   [](const caf::error& error) { FAIL(caf::to_string(error)); });
    return exited;
  }
  ProgramExited run(const RunProgram& request) {
    send(request);
    return answer();
  }
  StatsAnswer stats(bool processes) {
    StatsAnswer answer;
    const auto request = StatsRequest::build([&](wire::StatsRequest::Builder r) { r.setProcesses(processes); });
    self->request(actor, caf::infinite, request)
        .receive([&](const StatsAnswer& got) { answer = got; }, [](const caf::error&) {});
    return answer;
  }
  void kill(std::uint64_t run, std::uint64_t process) {
    self->send(actor, Kill::build([&](wire::Kill::Builder kill) {
                 kill.setRun(run);
                 kill.setProcess(process);
                 kill.setReason("test");
               }));
  }

  process::StringOutput output;
  Node node;
  caf::scoped_actor self;
  caf::actor actor;
  using Asked = decltype(self->request(actor, caf::infinite, RunProgram()));
  std::vector<Asked> asked;
};

}  // namespace

TEST_CASE("a pool runs a program with its arguments and answers with its end") {
  Pool pool;
  const std::string image = image_of("func main(args: List<String>): int { print(args); return args.length; }");
  const ProgramExited exited = pool.run(request_of(7, image, {.arguments = {"a", "b"}}));
  CHECK(exited->getRun() == 7);
  CHECK(exited->getExitCode() == 2);
  CHECK(exited->getFailure().getCode() == 0);
  CHECK(exited->getFuel() > 0);
  CHECK(pool.output.text() == "[\"a\", \"b\"]\n");
}

TEST_CASE("an uncaught error comes back with code, message and trace") {
  Pool pool;
  const ProgramExited exited = pool.run(request_of(1, image_of("func main() { throw Error(4242, \"odd\"); }")));
  CHECK(exited->getExitCode() == 1);
  CHECK(exited->getFailure().getCode() == 4242);
  CHECK(std::string(exited->getFailure().getMessage().cStr()) == "odd");
  CHECK(std::string(exited->getTrace().cStr()).find("test.nc:1") != std::string::npos);
}

TEST_CASE("a program holds the capabilities that the request grants, and no others") {
  Pool pool;
  const std::string image = image_of(
      "func main() { print(get_capability_manager().check(\"fs.read\", \"/data/x\"), "
      "get_capability_manager().check(\"fs.read\", \"/etc\")); }");
  pool.run(request_of(1, image, {.capability = "fs.read", .resource = "/data"}));
  CHECK(pool.output.text() == "true false\n");
  const ProgramExited refused = pool.run(request_of(2, image, {.capability = "unheard.of"}));
  CHECK(refused->getFailure().getCode() == 8002);
}

TEST_CASE("what is no program is refused with the reason") {
  Pool pool;
  CHECK(pool.run(request_of(1, "no byte code"))->getFailure().getCode() / 100 == 15);
  CHECK(pool.run(request_of(2, image_of("func other() {}")))->getFailure().getCode() == 1162);
  std::string damaged = image_of("func main() {}");
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  CHECK(pool.run(request_of(3, damaged))->getFailure().getCode() / 100 == 15);
  CHECK(pool.stats(false)->getSpawned() == 0);
}

TEST_CASE("a number in use is refused, and free again when its run has ended") {
  Pool pool;
  pool.send(request_of(5, image_of(kEndless)));
  pool.send(request_of(5, image_of("func main() {}")));
  const auto first = std::move(pool.asked.front());
  pool.asked.erase(pool.asked.begin());
  CHECK(pool.answer()->getFailure().getCode() == 5001);
  pool.kill(5, 0);
  pool.asked.push_back(first);
  CHECK(pool.answer()->getExitCode() == 137);
  CHECK(pool.run(request_of(5, image_of("func main(): int { return 3; }")))->getExitCode() == 3);
}

TEST_CASE("a kill that comes before the program has begun is not lost") {
  Pool pool;
  const std::string image = image_of(kEndless);
  for (std::uint64_t run = 1; run <= 20; ++run) {
    pool.send(request_of(run, image));
    pool.kill(run, 0);
  }
  for (std::uint64_t run = 1; run <= 20; ++run) CHECK(pool.answer()->getExitCode() == 137);
}

TEST_CASE("a time limit ends a program with 124 and names the limit") {
  Pool pool;
  const ProgramExited exited = pool.run(request_of(1, image_of(kEndless), {.time_limit_ms = 30}));
  CHECK(exited->getExitCode() == 124);
  CHECK(std::string(exited->getFailure().getMessage().cStr()).find("30 ms") != std::string::npos);
}

TEST_CASE("the time limit of an ended run does not meet the next run of that number") {
  Pool pool;
  pool.run(request_of(1, image_of("func main() {}"), {.time_limit_ms = 200}));
  CHECK(pool.run(request_of(1, image_of("func main() { sleep(300ms); }")))->getExitCode() == 0);
}

TEST_CASE("limits of the request hold for its processes") {
  Pool pool;
  const ProgramExited exited = pool.run(request_of(1, image_of(kEndless), {.fuel = 100'000}));
  CHECK(exited->getFailure().getCode() == 1702);
}

TEST_CASE("statistics list the processes, and one of them can be killed") {
  Pool pool;
  pool.send(request_of(1, image_of("func main() { spawn rest(); rest(); }\n"
                                   "func rest() { receive { case \"never\" => {} } }")));
  StatsAnswer answer;
  std::uint64_t main = 0;
  while (main == 0 || answer->getLive() < 2) {
    answer = pool.stats(true);
    for (const auto row : answer->getRows()) {
      if (row.getParent() == 0) main = row.getProcess();
    }
  }
  CHECK(answer->getRows().size() >= 2);
  pool.kill(0, main);
  CHECK(pool.answer()->getExitCode() == 137);
}

TEST_CASE("a pool that ends lets nobody wait") {
  Pool pool;
  pool.send(request_of(1, image_of(kEndless)));
  CHECK(pool.node.stop());
  CHECK(pool.answer()->getExitCode() == 137);
}
