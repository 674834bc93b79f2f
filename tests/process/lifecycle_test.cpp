// Births and ends of processes and runs, seen from outside: what a System promises to those that start and watch runs.
#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "runtime/process/background.hpp"
#include "runtime/process/lifecycle.hpp"
#include "tests/process/program_fixture.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

class NoOutput final : public Output {
 public:
  void write(std::string_view) override {}
};

/// A System that outlives its runs, with threads for its workers.
class Node {
 public:
  explicit Node(unsigned workers) : system(options_for(workers)), drive_(drive_with_threads(system)) {}

  std::shared_ptr<Run> start(const std::shared_ptr<const vm::Program>& program) {
    RunSettings settings;
    settings.program = System::load(program);
    settings.function = program->module.main;
    settings.output = &output_;
    settings.on_end = [this](const RunEnd& end) {
      const std::lock_guard lock(mutex_);
      ++ended_;
      last_ = end;
      changed_.notify_all();
    };
    auto run = system.start(std::move(settings));
    REQUIRE(run);
    return *run;
  }
  /// Waits until so many runs have ended; gives the end of the last.
  RunEnd wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::minutes(2), [&] { return ended_ >= count; }));
    return last_;
  }
  void stop_workers() { drive_.reset(); }
  std::size_t ended() const { return ended_; }

 private:
  static SystemOptions options_for(unsigned workers) {
    SystemOptions options;
    options.workers = workers;
    return options;
  }
  NoOutput output_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ended_ = 0;
  RunEnd last_;

 public:
  System system;

 private:
  std::unique_ptr<WorkerDrive> drive_;
};

/// A System whose one worker the test drives itself, by a clock that it sets.
struct Stepped {
  ManualClock clock{1'000'000'000};
  NoOutput output;
  System system;

  Stepped() : system(options()) {}
  SystemOptions options() {
    SystemOptions made;
    made.clock = &clock;
    return made;
  }
  std::shared_ptr<Run> start(const char* text) {
    const auto program = test::program_of(text);
    RunSettings settings;
    settings.program = System::load(program);
    settings.function = program->module.main;
    settings.output = &output;
    auto run = system.start(std::move(settings));
    REQUIRE(run);
    return *run;
  }
  /// Runs slices until there is nothing to run, at most `limit`; gives their number.
  std::size_t drain(std::size_t limit) {
    std::size_t slices = 0;
    while (slices < limit && system.worker(0).step()) ++slices;
    return slices;
  }
};

}  // namespace

TEST_CASE("a run tells its end exactly once") {
  constexpr std::size_t kRuns = 300;
  const auto program = test::program_of("func main() { }");
  std::size_t ended = 0;
  {
    Node node(2);
    for (std::size_t i = 1; i <= kRuns; ++i) {
      node.start(program);
      node.wait(i);
    }
    node.stop_workers();
    node.system.background().stop();
    ended = node.ended();
  }
  CHECK(ended == kRuns);
}

TEST_CASE("nothing of a run is kept after its end") {
  const auto program =
      test::program_of("func main() { for (i in 0..<20) { spawn idle(); } } func idle() { sleep(9s); }");
  Node node(2);
  std::vector<std::weak_ptr<Run>> runs;
  for (std::size_t i = 1; i <= 50; ++i) {
    runs.push_back(node.start(program));
    node.wait(i);
  }
  node.stop_workers();
  node.system.background().stop();
  for (const auto& run : runs) CHECK(run.expired());
}

TEST_CASE("a process that spawns without end runs no more often than what it spawned") {
  // The limit of children is far below the number of spawns: each round of them has to end before the next.
  RunOptions options;
  options.main_limits.children = 20'000;
  for (const unsigned workers : {1u, 2u}) {
    CAPTURE(workers);
    const test::Ran ran = test::run_text(R"(
actor Gate() { on pass(): bool { return true; } }
func nothing() { }
func main() {
  for (i in 0..<60000) { spawn nothing(); }
  let gate = spawn Gate();
  for (i in 0..<60) {
    for (k in 0..<1000) { spawn nothing(); }
    ask gate.pass();
  }
}
)",
                                         workers, options);
    CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
  }
}

TEST_CASE("a process that is resumed while it is being suspended runs on") {
  Node node(2);
  const auto run = node.start(test::program_of("func main() { for (i in 0..<20000000) { } }"));
  const Pid main = run->main();
  for (int i = 0; i < 20'000; ++i) {
    node.system.suspend(main);
    node.system.resume(main);
  }
  CHECK(node.wait(1).main.code == 1800);
}

TEST_CASE("a timer that fires at the moment of an end leaves the dead process alone") {
  Stepped node;
  const auto run = node.start("func main() { }");
  ProcessControl* control = node.system.table().slot(run->main());
  CHECK(node.drain(1000) < 1000);
  REQUIRE(control->live.load() == 0);
  control->process.signals.fetch_or(kSignalTimer);
  node.system.wake_always(*control, nullptr);
  CHECK(node.drain(1000) < 1000);
}

TEST_CASE("a process that does not come to the end of its handler is killed 5 s after stop") {
  Stepped node;
  const auto run = node.start(R"(
actor Busy() {
  on work() { while (true) { } }
  on stopping(reason: Error) { while (true) { } }
}
func main() {
  let busy = spawn Busy() with { name: "busy" };
  send busy.work();
  sleep(1h);
}
)");
  node.drain(20);
  const Pid busy = node.system.names().find("busy");
  REQUIRE(busy != 0);
  node.system.stop(busy);
  node.drain(20);
  node.clock.advance_ns(4'900'000'000);
  node.drain(100);
  CHECK(node.system.find(busy) != nullptr);
  node.clock.advance_ns(200'000'000);
  node.drain(100);
  CHECK(node.system.find(busy) == nullptr);
}

TEST_CASE("a supervisor that is killed below another takes its children with it and comes back with new ones") {
  const test::Ran ran = test::run_text(R"(
actor Leaf(boss: ActorRef<any>) {
  on started() { send boss <- self; }
}
supervisor Branch(boss: ActorRef<any>) {
  child Leaf(boss);
}
supervisor Tree(boss: ActorRef<any>) {
  child Branch(boss) with { name: "branch" };
}
func main() {
  let tree = spawn Tree(self);
  receive { case leaf: ActorRef<any> => {
    monitor(leaf);
    let branch: ActorRef<any> = whereis("branch");
    kill(branch);
    let fresh = false;
    let gone = false;
    while (!fresh || !gone) {
      receive {
        case other: ActorRef<any> => { fresh = true; print("new", other != leaf); }
        case down(r, e) => { gone = true; }
        after 20s => { print("nothing"); return; }
      }
    }
    print("done");
  } }
}
)");
  CHECK(ran.output == "new true\ndone\n");
  CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
}

TEST_CASE("a System can end while large messages are copied in the background") {
  const auto program = test::program_of(R"(
actor Sink() { on take(all: List<int>) { } }
func main() {
  let all: List<int> = [];
  for (i in 0..<100000) { all.push(i); }
  let sink = spawn Sink();
  while (true) { send sink.take(all); }
}
)");
  for (int round = 0; round < 10; ++round) {
    Node node(2);
    node.start(program);
    for (int spins = 0; spins < 1000 && node.system.stats().messages < 3; ++spins) std::this_thread::yield();
    node.stop_workers();
  }
}

TEST_CASE("programs can talk to processes of others that end meanwhile") {
  const auto server = test::program_of(R"(
record Text(value: String)
actor Server() {
  on echo(text: String): String { return text; }
  on other(value: any) { }
}
func main() {
  try { let server = spawn Server() with { name: "server" }; } catch (e) { }
}
)");
  const auto client = test::program_of(R"(
record Text(value: String)
actor Server() {
  on echo(text: String): String { return text; }
  on other(value: any) { }
}
func main() {
  for (i in 0..<3000) {
    try {
      let server: ActorRef<Server> = whereis("server");
      send server <- Text("raw");
      send server.echo("sent");
      ask server.echo("asked") within 1s;
    } catch (e) { }
  }
}
)");
  Node node(2);
  std::size_t runs = 0;
  for (int i = 0; i < 3; ++i, ++runs) node.start(client);
  for (int i = 0; i < 150; ++i) {
    node.start(server);
    ++runs;
    if (i % 8 == 7) node.wait(runs - 10);
  }
  node.wait(runs);
}

TEST_CASE("a large message reaches a process that waits for it") {
  const test::Ran ran = test::run_text(R"(
func reader(boss: ActorRef<any>) {
  send boss <- 1;
  receive { case s: String => send boss <- s.length }
}
func main() {
  let reader = spawn reader(self);
  receive { case n: int => print(n) }
  sleep(10ms);
  send reader <- "0123456789abcdef".repeat(100000);
  receive { case n: int => print(n) after 20s => print("nothing") }
}
)");
  CHECK(ran.output == "1\n1600000\n");
  CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
}

TEST_CASE("an event of any size arrives") {
  const test::Ran ran = test::run_text(R"(
actor Reader(boss: ActorRef<any>) {
  on begin() {
    events.subscribe("large");
    send boss <- "ready";
    receive { case e: Event => send boss <- "arrived" }
  }
}
func main() {
  let reader = spawn Reader(self);
  send reader.begin();
  receive { case s: String => print(s) }
  events.emit("large", "0123456789abcdef".repeat(100000));
  receive { case s: String => print(s) after 20s => print("nothing") }
}
)");
  CHECK(ran.output == "ready\narrived\n");
  CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
}

TEST_CASE("a subscriber that does not read its events loses what its mailbox cannot hold") {
  Stepped node;
  const auto run = node.start(R"(
actor Deaf() {
  on started() { events.subscribe("flood"); }
  on begin() { receive { case s: String => { } } }
}
func main() {
  let deaf = spawn Deaf() with { mailbox: 100, name: "deaf" };
  send deaf.begin();
  sleep(0s);
  for (i in 0..<5000) { events.emit("flood", i); }
  sleep(1h);
}
)");
  node.drain(2000);
  const ProcessControl* deaf = node.system.find(node.system.names().find("deaf"));
  REQUIRE(deaf != nullptr);
  CHECK(deaf->mailbox.messages() == 100);
}
