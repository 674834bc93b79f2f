// A recorded run is had again, whatever made it what it was: the clock, chance, files, kills, machine code.
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/replay/event_reader.hpp"
#include "runtime/run/outside.hpp"
#include "tests/process/program_fixture.hpp"
#include "tests/support/recorded_run.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using test::check_replays;
using test::program_of;
using test::record_run;
using test::RecordedRun;
using test::replay_run;
using test::ReplayedRun;

namespace {

// Everything that a scheduler can get in another order: timers against messages, restarts against asks, a full
// mailbox, a kill, large messages and heaps that the background takes over.
constexpr const char* kRace = R"(
requires random, time;
record Job(id: int, size: int)
actor Worker(name: String) {
  done: int;
  memory: List<int> = [];
  on work(job: Job): int {
    for (i in 0..<job.size) { memory.push(i * random.int(1, 9)); }
    if (memory.length > 5000) { memory.clear(); }
    if (random.int(0, 20) == 0) { throw Error(4001, "bad luck in " + name); }
    if (random.int(0, 15) == 0) { sleep(3ms); }
    done += 1;
    return job.id * 2 + done;
  }
  on load(values: List<int>): int { return values.length; }
  on poke(n: int) { done += n; }
  every 2ms { done += 1; }
}
supervisor Pool {
  strategy: one_for_one;
  intensity: 1000;
  period: 1s;
  child Worker("a") with { name: "a", restart: permanent }
  child Worker("b") with { name: "b", restart: permanent }
  child Worker("c") with { name: "c", restart: permanent, mailbox: 3 }
}
func hammer(name: String, rounds: int) {
  let worker: ActorRef<Worker> = whereis(name);
  for (i in 0..<rounds) {
    try {
      if (i % 3 == 0) { send worker.poke(random.int(1, 3)); }
      let answer = ask worker.work(Job(i, random.int(1, 60))) within 1ms;
      if (answer % 7 == 0) { print(name, i, answer, uuid()); }
    } catch (e) { print(name, "error", e.code); }
  }
}
func main(): int {
  spawn Pool();
  let hammers: List<ActorRef<any>> = [];
  for (k in 0..<6) { hammers.push(spawn hammer(["a", "b", "c"][k % 3], 40)); }
  for (h in hammers) { monitor(h); }
  let victim = spawn hammer("a", 100000);
  sleep(5ms);
  kill(victim);
  try {
    print("loaded", ask (whereis("b") as ActorRef<Worker>).load(list<int>(400000, 1)));
  } catch (e) { print("load", e.code); }
  let left = hammers.length;
  while (left > 0) {
    receive {
      case down(ref, reason) => { left -= 1; }
      after 2ms => { print("waiting", left); }
    }
  }
  print("at", now());
  return random.int(0, 9);
}
)";

constexpr const char* kFiles = R"(
requires fs.read, fs.write, env, random, time;
import std.time;
func main(args: List<String>) {
  let folder = args[0];
  fs.mkdir(folder + "/deep/er");
  let text = "line\n".repeat(100000);
  fs.write(folder + "/deep/a.txt", text);
  fs.append(folder + "/deep/a.txt", "more");
  print(fs.read(folder + "/deep/a.txt").length, fs.readLines(folder + "/deep/a.txt").length);
  print(fs.readBytes(folder + "/deep/a.txt").length, fs.list(folder + "/deep"), fs.exists(folder + "/nothing"));
  let info = fs.stat(folder + "/deep/a.txt");
  print(info.size, info.isDirectory, info.modified);
  try { print(fs.read(folder + "/nothing")); } catch (e) { print(e.code, e.message); }
  try { print(fs.read("/etc/passwd")); } catch (e) { print(e.code, e.message); }
  print(fs.remove(folder + "/deep/a.txt"), fs.remove(folder + "/deep/a.txt"));
  print(env.get("PATH"), env.names().length, random.bytes(20000).length, random.float(), time.monotonic());
}
)";

std::string with_block_changed(std::string recording, std::size_t at) {
  recording[at] = static_cast<char>(recording[at] ^ 1);
  return recording;
}

/// Where blocks begin.
std::vector<std::size_t> blocks_of(const std::string& recording) {
  std::vector<std::size_t> starts;
  for (std::size_t at = replay::kPreludeBytes; at < recording.size();) {
    starts.push_back(at);
    std::uint32_t size = 0;
    std::memcpy(&size, recording.data() + at, sizeof size);
    at += replay::kBlockHeaderBytes + size;
  }
  return starts;
}

/// Makes the checksums of all blocks right again.
std::string with_checksums(std::string recording) {
  for (const std::size_t at : blocks_of(recording)) {
    std::uint32_t header[3];
    std::memcpy(header, recording.data() + at, sizeof header);
    header[2] = replay::block_checksum(header[1],
                                       std::string_view(recording).substr(at + replay::kBlockHeaderBytes, header[0]));
    std::memcpy(recording.data() + at, header, sizeof header);
  }
  return recording;
}

}  // namespace

TEST_CASE("a run of many actors that race is the same ten times, in both tiers") {
  const auto program = program_of(kRace);
  const RecordedRun recorded = record_run(program);
  for (int round = 0; round < 10; ++round) {
    CAPTURE(round);
    const ReplayedRun replayed = replay_run(recorded.recording, round % 2 ? jit::Mode::eager : jit::Mode::off);
    CHECK(replayed.message == "");
    REQUIRE(replayed.shown == recorded.shown);
  }
}

TEST_CASE("a race is replayed with slices of any size, recorded in either tier") {
  const auto program = program_of(kRace);
  for (const std::uint64_t slice : {7, 100, 50000}) {
    CAPTURE(slice);
    check_replays(program, {.slice_fuel = slice, .jit = jit::Mode::off});
  }
  check_replays(program, {.jit = jit::Mode::eager});
}

TEST_CASE("a replay needs nothing that the run had: no source, no file, no variable, no time") {
  RecordedRun recorded;
  {
    const test::TemporaryFolder folder;
    const auto program = program_of(kFiles);
    recorded = record_run(
        program, {.grants = {"fs.read:" + folder.path(), "fs.write:" + folder.path(), "env"}, .args = {folder.path()}});
    CHECK(recorded.shown.find("500004 100001") != std::string::npos);
    CHECK(recorded.shown.find("error 0") != std::string::npos);
  }
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    const ReplayedRun replayed = replay_run(recorded.recording, jit);
    CHECK(replayed.message == "");
    CHECK(replayed.shown == recorded.shown);
  }
}

TEST_CASE("a replay changes nothing outside") {
  const test::TemporaryFolder folder;
  const auto program = program_of(kFiles);
  const std::string sub = folder.path() + "/sub";
  const RecordedRun recorded =
      record_run(program, {.grants = {"fs.read:" + sub, "fs.write:" + sub, "env"}, .args = {sub}});
  std::filesystem::remove_all(sub);
  CHECK(replay_run(recorded.recording).shown == recorded.shown);
  CHECK_FALSE(std::filesystem::exists(sub));
}

TEST_CASE("an hour of sleep is replayed at once") {
  const auto program = program_of(R"(
requires time;
func main() {
  let begin = now();
  sleep(30ms);
  print((now().since(begin)) >= 30ms);
}
)");
  check_replays(program, {});
}

TEST_CASE("an interrupted run is replayed to where it was interrupted") {
  const auto program = program_of(R"(
actor Ticker { n: int; every 1ms { n += 1; print(n); } }
func main() { spawn Ticker(); while (true) { sleep(1ms); } }
)");
  const RecordedRun recorded = record_run(program, {}, [](process::RunOptions& options) {
    auto polls = std::make_shared<int>(0);
    options.interrupted = [polls] { return ++*polls > 60; };
  });
  CHECK(recorded.shown.find("exit code 137") != std::string::npos);
  const ReplayedRun replayed = replay_run(recorded.recording, jit::Mode::off);
  CHECK(replayed.message == "");
  CHECK(replayed.shown == recorded.shown);
}

TEST_CASE("a run that takes too long is replayed with its time limit") {
  const auto program = program_of("func main() { let n = 0; while (true) { n = (n + 1) % 1000; } }");
  const RecordedRun recorded =
      record_run(program, {}, [](process::RunOptions& options) { options.time_limit_ms = 20; });
  CHECK(recorded.shown.find("exit code 124, error 1709: the run took longer than 20 ms") != std::string::npos);
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    const ReplayedRun replayed = replay_run(recorded.recording, jit);
    CHECK(replayed.message == "");
    CHECK(replayed.shown == recorded.shown);
  }
}

TEST_CASE("a run that cannot start is no recording") {
  const auto program = program_of("func main() { print(1); }");
  std::ostringstream out;
  process::RunOptions options;
  options.grants = {"no.such"};
  const replay::Recorded recorded = replay::record(program, program->module.main, {}, options, out);
  CHECK(recorded.result.error_code == 8002);
}

TEST_CASE("a replay that is watched is the same run, and tells of every message") {
  const RecordedRun recorded = record_run(program_of(kRace));
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    std::string seen;
    std::uint64_t deliveries = 0, messages = 0, ends = 0;
    replay::ReplayOptions options;
    options.jit = jit;
    options.output = [&seen](std::string_view text) { seen += text; };
    options.on_uncaught = [&seen](const process::Exit& exit) { seen += test::text_of(exit); };
    options.on_step = [&](const process::Step& step) {
      if (is_delivery(step.kind)) CHECK(step.number == ++deliveries);
      messages += step.kind == process::Step::Kind::message;
      ends += step.kind == process::Step::Kind::end;
      return true;
    };
    std::istringstream in(recorded.recording);
    const replay::Replayed replayed = replay::replay(in, options);
    CHECK_FALSE(replayed.problem.has_value());
    REQUIRE(replayed.result.has_value());
    CHECK(test::shown(seen, *replayed.result) == recorded.shown);
    CHECK(messages > 100);
    CHECK(ends >= messages / 2);
  }
}

TEST_CASE("a replay ends when its watcher has seen enough") {
  const RecordedRun recorded = record_run(program_of(kRace));
  int steps = 0;
  replay::ReplayOptions options;
  options.output = [](std::string_view) {};
  options.on_step = [&steps](const process::Step&) { return ++steps < 20; };
  std::istringstream in(recorded.recording);
  const replay::Replayed replayed = replay::replay(in, options);
  CHECK(steps == 20);
  CHECK_FALSE(replayed.result.has_value());
  CHECK_FALSE(replayed.problem.has_value());
}

TEST_CASE("a recording that was changed is refused") {
  const RecordedRun recorded = record_run(program_of(kRace));
  const std::vector<std::size_t> blocks = blocks_of(recorded.recording);
  REQUIRE(blocks.size() >= 2);
  for (const std::size_t block : {blocks[0], blocks[1]}) {
    const std::size_t content = block + replay::kBlockHeaderBytes;
    CHECK(replay_run(with_block_changed(recorded.recording, content + 40)).problem == Code::recording_damaged);
    CHECK(replay_run(with_block_changed(recorded.recording, block + 4)).problem == Code::recording_damaged);
    CHECK(replay_run(with_block_changed(recorded.recording, block + 8)).problem == Code::recording_damaged);
  }
  CHECK(replay_run(with_block_changed(recorded.recording, 0)).problem == Code::not_recording);
  CHECK(replay_run(with_block_changed(recorded.recording, 4)).problem == Code::recording_version);
  CHECK(replay_run("").problem == Code::not_recording);
}

TEST_CASE("a recording whose answers were changed does not pass for the run") {
  const RecordedRun recorded = record_run(program_of(R"(
requires random;
func main() {
  let odd = 0;
  for (i in 0..<200) { if (random.int(0, 1000) % 2 == 1) { odd += 1; } }
  print(odd);
}
)"));
  const std::vector<std::size_t> blocks = blocks_of(recorded.recording);
  int refused = 0;
  for (std::size_t at = blocks[1] + replay::kBlockHeaderBytes; at < recorded.recording.size(); at += 7) {
    const ReplayedRun replayed = replay_run(with_checksums(with_block_changed(recorded.recording, at)));
    CHECK((replayed.problem != Code{} || replayed.shown == recorded.shown));
    if (replayed.problem == Code::replay_diverged) {
      ++refused;
      CHECK(replayed.message.find("recorded was") != std::string::npos);
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a recording that was cut off is replayed up to there") {
  const RecordedRun recorded = record_run(program_of(R"(
requires time, random;
func main() {
  for (i in 0..<20000) { print(i, now(), random.int(0, 1000000000)); }
}
)"));
  std::size_t least = 0;
  for (const double share : {0.3, 0.7, 0.999}) {
    const auto size = static_cast<std::size_t>(static_cast<double>(recorded.recording.size()) * share);
    const ReplayedRun replayed = replay_run(recorded.recording.substr(0, size));
    CHECK(replayed.problem == Code::recording_cut_off);
    CHECK(recorded.shown.starts_with(replayed.shown));
    CHECK(replayed.shown.size() >= least);
    least = replayed.shown.size();
  }
  CHECK(least > 10000);
  SUBCASE("zeros that a file system left behind are no damage") {
    const std::string torn =
        recorded.recording.substr(0, blocks_of(recorded.recording).back()) + std::string(4096, '\0');
    CHECK(replay_run(torn).problem == Code::recording_cut_off);
  }
}

TEST_CASE("numbers and texts of answers are read as they were written, and no further") {
  using namespace process;
  const std::tuple<int, std::int64_t, bool, std::string, std::vector<std::string>> answer{
      -5, INT64_MIN, true, std::string("a\0b", 3), {"", "x"}};
  std::string bytes;
  put_answer(bytes, answer);
  std::remove_const_t<decltype(answer)> again;
  std::string_view rest = bytes;
  CHECK(take_answer(rest, again));
  CHECK(rest.empty());
  CHECK((again == answer));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view cut(bytes.data(), size);
    CHECK_FALSE(take_answer(cut, again));
  }
  std::string_view endless = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
  std::uint64_t number = 0;
  CHECK_FALSE(take_number(endless, number));
}
