// Hot swap: running processes move to another version of their program with their state, and no message is lost.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "runtime/run/swap.hpp"
#include "tests/process/program_fixture.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

/// A run on two workers that prints lines the test can wait for.
class Live final : public Output {
 public:
  explicit Live(const std::string& text) : system_(options()), drive_(drive_with_threads(system_)) {
    const auto program = test::program_of(text);
    RunSettings settings;
    settings.program = System::load(program);
    settings.function = program->module.main;
    settings.output = this;
    settings.on_end = [this](const RunEnd& end) {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      end_ = end;
      changed_.notify_all();
    };
    auto run = system_.start(std::move(settings));
    REQUIRE(run);
    run_ = *run;
  }
  ~Live() override {
    run_->kill("the test is over");
    wait([this] { return ended_; });
    drive_.reset();
  }

  void write(std::string_view text) override {
    const std::lock_guard lock(mutex_);
    output_ += text;
    changed_.notify_all();
  }
  void wait_for(const std::string& line) {
    wait([&] { return output_.find(line + "\n") != std::string::npos; });
  }
  RunEnd wait_for_end() {
    wait([this] { return ended_; });
    return end_;
  }
  Result<SwapReport> swap(std::shared_ptr<const vm::Program> program, const SwapOptions& options = {}) {
    return swap_program(system_, *run_, std::move(program), options);
  }
  Result<SwapReport> swap(const std::string& text, const SwapOptions& options = {}) {
    return swap(test::program_of(text), options);
  }
  std::string output() {
    const std::lock_guard lock(mutex_);
    return output_;
  }
  System& system() { return system_; }

 private:
  static SystemOptions options() {
    SystemOptions options;
    options.workers = 2;
    return options;
  }
  void wait(const std::function<bool()>& what) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::minutes(2), what));
  }

  System system_;
  std::unique_ptr<WorkerDrive> drive_;
  std::shared_ptr<Run> run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool ended_ = false;
  RunEnd end_;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

// Sends `add` to all counters until they have the version asked for, then compares what they hold with what was sent.
const std::string kCounters = R"(
record Entry(name: String, at: int);

actor Counter(step: int) {
  total: int = 0;
  entries: List<Entry> = [];
  notes: Map<String, int> = {};

  on add(n: int, label: String) {
    total += n * step;
    if (entries.length < 5) { entries.push(Entry(label, n)); }
    notes[label] = (notes.get(label) ?? 0) + n;
  }
  on get(): int { return total; }
  on first(): String { return entries[0].name; }
  on version(): int { return 1; }
}

func main(): int {
  let counters: List<ActorRef<Counter>> = [];
  for (i in 0..<50) { counters.push(spawn Counter(2)); }
  let rounds = 0;
  let behind = true;
  while (behind) {
    for (c in counters) { send c.add(1, `x${rounds % 3}`); }
    rounds += 1;
    if (rounds == 20) { print("under load"); }
    behind = false;
    if (rounds % 20 == 0) {
      for (c in counters) { if (ask c.version() == 1) { behind = true; } }
    } else { behind = true; }
  }
  let total = 0;
  for (c in counters) { total += ask c.get(); }
  print(`sent ${rounds * 50 * 2} held ${total} first ${ask counters[7].first()}`);
  return total == rounds * 50 * 2 ? 0 : 1;
}
)";

}  // namespace

TEST_CASE("a swap under load keeps the state of every actor and loses no message") {
  Live live(kCounters);
  live.wait_for("under load");
  const auto report = live.swap(replaced(kCounters, "on version(): int { return 1; }",
                                         R"(seen: List<int> = [7]; label: String = "v2"; extra: int;
                                            on version(): int { return seen[0] == 7 && label == "v2" ? 2 : 1; })"));
  REQUIRE(report);
  CHECK(report->moved == 50);
  CHECK(report->stayed == 0);
  CHECK(report->behind == 0);
  CHECK(report->taken_back.empty());
  const RunEnd end = live.wait_for_end();
  INFO(live.output());
  CHECK(end.main.code == 1800);
  CHECK(end.main.result.i == 0);
  CHECK(live.output().find("first x0") != std::string::npos);
}

const std::string kKeeper = R"(
actor Keeper(start: int) {
  value: int = start;
  on get(): String { return `one ${value}`; }
}
func main() {
  const keeper = spawn Keeper(41);
  print("ready");
  let said = "";
  while (true) {
    const now = ask keeper.get();
    if (now != said) { print(now); }
    said = now;
    if (now.startsWith("done")) { return; }
    sleep(1ms);
  }
}
)";

TEST_CASE("`on migrate` gets the fields it names of the version before") {
  Live live(kKeeper);
  live.wait_for("one 41");
  auto next = replaced(kKeeper, "actor Keeper", "record Before(value: int, start: int, other: String?);\nactor Keeper");
  next = replaced(next, "value: int = start;", R"(
    text: String = "";
    on migrate(old: Before) { text = `${old.value + old.start} ${old.other ?? "none"}`; })");
  next = replaced(next, "one ${value}", "done ${text}");
  const auto report = live.swap(next);
  REQUIRE(report);
  CHECK(report->moved == 1);
  live.wait_for("done 82 none");
  CHECK(live.wait_for_end().main.code == 1800);
}

TEST_CASE("an actor whose `on migrate` fails stays on the old version, as it was") {
  Live live(kKeeper);
  live.wait_for("one 41");
  auto next = replaced(kKeeper, "actor Keeper", "record Before(value: int);\nactor Keeper");
  next = replaced(next, "on get()", "on migrate(old: Before) { value = old.value / (old.value - 41); }\n on get()");
  const auto report = live.swap(replaced(next, "one ${value}", "two ${value}"));
  REQUIRE(report);
  CHECK(report->moved == 0);
  CHECK(report->stayed == 1);
  REQUIRE(report->stays.size() == 1);
  CHECK(report->stays[0].second.code == Code::division_by_zero);
  SUBCASE("and takes a mended version later") {
    const auto mended = live.swap(replaced(kKeeper, "one ${value}", "done ${value}"));
    REQUIRE(mended);
    CHECK(mended->moved == 1);
    live.wait_for("done 41");
  }
  SUBCASE("and with strict all go back") {
    SwapOptions options;
    options.rollout.strict = true;
    const auto strict = live.swap(next, options);
    REQUIRE(strict);
    CHECK(strict->taken_back.find("could not move") != std::string::npos);
  }
  CHECK(live.output().find("two") == std::string::npos);
}

TEST_CASE("a change that would lose messages or state is refused, unless it is forced") {
  Live live(kKeeper);
  live.wait_for("one 41");
  const auto renamed = replaced(replaced(kKeeper, "on get()", "on read()"), "keeper.get()", "keeper.read()");
  const auto refused = live.swap(renamed);
  REQUIRE(!refused);
  CHECK(refused.error().code == Code::swap_incompatible);
  CHECK(refused.error().message.find("Keeper.get") != std::string::npos);
  SwapOptions options;
  options.force = true;
  const auto forced = live.swap(renamed, options);
  REQUIRE(forced);
  CHECK(forced->moved == 1);
  // Main is old code and asks for what is no more: an error it can catch, here its end.
  CHECK(live.wait_for_end().main.code == 1541);
}

const std::string kCrashing = R"(
actor Counter(step: int) {
  total: int = 0;
  on add(n: int) { total += n * step; }
  on get(): int { return total; }
}
func main() {
  let counters: List<ActorRef<Counter>> = [];
  for (i in 0..<50) { counters.push(spawn Counter(2)); }
  let rounds = 0;
  while (true) {
    for (c in counters) { send c.add(1); }
    rounds += 1;
    let whole = 0;
    for (c in counters) {
      try { if (ask c.get() == rounds * 2) { whole += 1; } } catch (e) { }
    }
    print(`whole ${whole}`);
    sleep(1ms);
  }
}
)";

TEST_CASE("a rollout moves a share, watches it, moves the rest and watches again") {
  swap::RolloutOptions options;
  options.canary = 0.1;
  options.watch_ns = 100;
  options.patience_ns = 1000;
  swap::Rollout rollout(options, 0);
  const swap::Observation begun{.told = 10, .moved = 4, .stayed = 0, .behind = 96, .failures = 0};
  const swap::Observation share{.told = 10, .moved = 9, .stayed = 1, .behind = 91, .failures = 0};
  const swap::Observation all{.told = 91, .moved = 99, .stayed = 1, .behind = 1, .failures = 0};
  CHECK(rollout.next(10, begun) == swap::Step::wait);
  CHECK(rollout.next(20, share) == swap::Step::wait);
  CHECK(rollout.next(119, share) == swap::Step::wait);
  SUBCASE("to the end") {
    CHECK(rollout.next(120, share) == swap::Step::move_all);
    CHECK(rollout.next(130, share) == swap::Step::wait);
    CHECK(rollout.next(140, all) == swap::Step::wait);
    CHECK(rollout.next(239, all) == swap::Step::wait);
    CHECK(rollout.next(240, all) == swap::Step::done);
    CHECK(rollout.reason().empty());
  }
  SUBCASE("unless too many of those that moved crash") {
    swap::Observation crashing = share;
    crashing.failures = 1;  // of 9, and 5 % are allowed
    CHECK(rollout.next(119, crashing) == swap::Step::take_back);
    CHECK(rollout.reason().find("1 processes of the new version ended with an error, of 9") == 0);
    CHECK(rollout.next(120, crashing) == swap::Step::done);
  }
}

TEST_CASE("a rollout has patience with busy actors, and ends them only when it was told to drain") {
  swap::RolloutOptions options;
  options.patience_ns = 1000;
  const swap::Observation busy{.told = 10, .moved = 8, .stayed = 0, .behind = 2, .failures = 0};
  SUBCASE("without") {
    swap::Rollout rollout(options, 0);
    CHECK(rollout.next(999, busy) == swap::Step::wait);
    CHECK(rollout.next(1000, busy) == swap::Step::wait);
    CHECK(rollout.next(1001, busy) == swap::Step::done);
  }
  SUBCASE("with") {
    options.drain = true;
    swap::Rollout rollout(options, 0);
    CHECK(rollout.next(1000, busy) == swap::Step::kill_rest);
    CHECK(rollout.next(1001, busy) == swap::Step::done);
  }
  SUBCASE("with strict one that cannot move is enough") {
    options.strict = true;
    swap::Rollout rollout(options, 0);
    CHECK(rollout.next(1, {.told = 10, .moved = 8, .stayed = 1, .behind = 2, .failures = 0}) == swap::Step::take_back);
  }
}

TEST_CASE("the plan tells what a version changes") {
  const std::string text = R"(
record Item(name: String, count: int);
actor Shop(owner: String) {
  items: List<Item> = [];
  open: bool = true;
  note: String? = null;
  on put(item: Item) { items.push(item); }
  on close() { open = false; }
}
func main() { send (spawn Shop("a")).put(Item("b", 1)); }
)";
  const auto changes = [&](const std::string& next) {
    std::string found;
    for (const swap::Change& change : swap::plan(*test::program_of(text), *test::program_of(next)).changes) {
      found += (change.breaking ? "!" : "") + change.subject + " " + change.text.substr(0, 10) + "|";
    }
    return found;
  };
  CHECK(changes(text) == "");
  CHECK(changes(replaced(text, "open: bool = true;", "open: bool = true; sold: int;")) == "Shop.sold is new|");
  CHECK(changes(replaced(text, "note: String? = null;", "")) == "Shop.note is gone|");
  CHECK(changes(replaced(text, "on close() { open = false; }", "")).find("!Shop.close is gone") == 0);
  // The items inside a list and the parameter of a handler have another layout now.
  const std::string wider =
      changes(replaced(replaced(text, "count: int", "count: int, price: float"), "\"b\", 1", "\"b\", 1, 1.0"));
  CHECK(wider == "!Shop.put takes or g|!Shop.items is of a `L|");
  // What was never null can be null now, but not the other way round.
  CHECK(changes(replaced(text, "(owner: String)", "(owner: String?)")) == "");
  CHECK(changes(replaced(text, "note: String? = null", "note: String = \"\"")) == "!Shop.note was `Strin|");
  CHECK(changes(replaced(replaced(text, "actor Shop", "actor Store"), "spawn Shop", "spawn Store")) ==
        "!Shop is gone; i|Store is new|");
}

TEST_CASE("a version that crashes is taken back, and what has not crashed goes on with its state") {
  Live live(kCrashing);
  live.wait_for("whole 50");
  SwapOptions options;
  options.rollout.canary = 0.2;
  options.rollout.watch_ns = 100'000'000'000;
  options.rollout.failure_share = 0;
  const auto report = live.swap(replaced(kCrashing, "total += n * step;", "total += n / (step - 2);"), options);
  REQUIRE(report);
  CHECK(report->taken_back.find("ended with an error") != std::string::npos);
  CHECK(report->failures >= 1);
  CHECK(report->moved < 50);
  const std::uint64_t crashed = live.system().stats().failed;
  CHECK(crashed <= report->moved);
  live.wait_for("whole " + std::to_string(50 - crashed));
}

TEST_CASE("a thousand swaps under load, one in a hundred of them bad, lose no message") {
  const std::string first = replaced(kCounters, "ask c.version() == 1", "ask c.version() != 3");
  const auto second = test::program_of(replaced(first, "on version()", "extra: List<int> = [1, 2]; on version()"));
  const auto bad = test::program_of(
      replaced(replaced(first, "actor Counter", "record Before(total: int);\nactor Counter"), "on version()", R"(
    on migrate(old: Before) { throw Error(5001, "no"); }
    on version())"));
  const auto last = test::program_of(replaced(first, "return 1; }", "return 3; }"));
  const auto again = test::program_of(first);
  Live live(first);
  live.wait_for("under load");
  std::uint64_t moved = 0;
  for (int i = 1; i <= 1000; ++i) {
    SwapOptions options;
    options.rollout.strict = true;
    const bool is_bad = i % 100 == 50;
    const auto report = live.swap(is_bad ? bad : i % 2 ? second : again, options);
    REQUIRE(report);
    INFO("swap ", i, ": ", report->taken_back);
    CHECK(report->taken_back.empty() != is_bad);
    if (!is_bad) {
      CHECK(report->behind == 0);
      moved += report->moved;
    }
  }
  CHECK(moved >= 49'000);
  REQUIRE(live.swap(last));
  const RunEnd end = live.wait_for_end();
  INFO(live.output());
  CHECK(end.main.result.i == 0);
}

TEST_CASE("newborn actors of old code move too") {
  Live live(R"(
actor Worker(n: int) { on tell(): String { return `old ${n}`; } }
func main() {
  print("ready");
  let n = 0;
  while (true) {
    n += 1;
    const worker = spawn Worker(n);
    sleep(100us);
    if ((ask worker.tell()).startsWith("new")) { print("moved"); return; }
    stop worker;
  }
}
)");
  live.wait_for("ready");
  const auto report = live.swap(R"(
actor Worker(n: int) { on tell(): String { return `new ${n}`; } }
func main() { const worker = spawn Worker(1); }
)");
  REQUIRE(report);
  live.wait_for("moved");
}
