// `noodle run --record` and `noodle replay` as their users meet them.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

CommandResult noodle_run(const std::vector<std::string>& arguments, const std::string& input = {}) {
  return noodle::test::run_command(NOODLE_BINARY, arguments, input);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Without the line about machine code, which is another one in every run.
std::string without_compiled(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("compiled ")) out += line + "\n";
  }
  return out;
}

constexpr const char* kChance = R"(requires random, time, fs.read;
actor Dice(sides: int) {
  thrown: int;
  on roll(): int {
    thrown += 1;
    if (random.int(0, 4) == 0) { throw Error(4001, "fell off the table"); }
    return random.int(1, sides);
  }
}
func main(args: List<String>): int {
  let sum = 0;
  for (i in 0..<30) {
    let dice = spawn Dice(6);
    try { sum += ask dice.roll() within 2ms; } catch (e) { print("lost", e.code); }
    if (i % 10 == 0) { sleep(1ms); }
  }
  print(args, fs.read(args[0]), sum, now());
  if (sum > 0) { throw Error(4002, "that was it"); }
  return 3;
}
)";

}  // namespace

TEST_CASE("a recorded run is replayed in every tier, without its source and the file it read") {
  std::string recording;
  CommandResult recorded;
  const TemporaryFolder kept;
  {
    const TemporaryFolder folder;
    const std::string data = folder.write("data.txt", "from a file");
    recording = kept.path() + "/run.nrr";
    recorded = noodle_run({"run", "--record", recording, "--stats", "--allow", "fs.read:" + folder.path(),
                           folder.write("chance.nc", kChance), "--", data});
  }
  CHECK(recorded.exit_code == 1);
  CHECK(contains(recorded.out, "from a file"));
  CHECK(contains(recorded.err, "error 4002: that was it"));
  CHECK(contains(recorded.err, "chance.nc:"));
  for (const char* jit : {"off", "on", "eager"}) {
    CAPTURE(std::string(jit));
    const CommandResult replayed = noodle_run({"replay", recording, "--stats", "--jit", jit});
    CHECK(replayed.exit_code == recorded.exit_code);
    CHECK(replayed.out == recorded.out);
    CHECK(without_compiled(replayed.err) == without_compiled(recorded.err));
  }
}

TEST_CASE("--step shows who takes what from whom, waits before it, and what comes of it") {
  const TemporaryFolder folder;
  const std::string recording = folder.path() + "/a.nrr";
  noodle_run({"run", "--record", recording, folder.write("a.nc", R"(record Job(id: int, text: String)
actor Counter {
  total: int;
  on add(n: int, job: Job): int { total += n; return total; }
  on fail(why: String) { throw Error(4001, why); }
}
func main() {
  let counter = spawn Counter();
  monitor(counter);
  print(ask counter.add(2, Job(1, "first")));
  send counter.fail("on purpose");
  receive { case down(ref, reason) => print("down", reason.code) }
}
)")});
  const CommandResult whole = noodle_run({"replay", recording, "--step"}, "c\n");
  CHECK(whole.exit_code == 0);
  for (const char* part :
       {"#1 main <0> starts: main()", "spawns Counter <", "asks Counter <", R"x(: add(2, Job(id: 1, text: "first")))x",
        " takes add(2, ", " from main <0>", "goes on: it has waited for the answer to its ask", "| 2\n",
        R"x(takes fail("on purpose"))x", "done with error 4001: on purpose, fuel ", "| down 4001"}) {
    CAPTURE(std::string(part));
    CHECK(contains(whole.out, part));
  }
  const CommandResult two = noodle_run({"replay", recording, "--step"}, "\n\nq\n");
  CHECK(two.exit_code == 0);
  CHECK(contains(two.out, "#3 "));
  CHECK_FALSE(contains(two.out, "#4 "));
  CHECK(noodle_run({"replay", recording, "--step"}, "").out == "#1 main <0> starts: main()   fuel 0\n");
  CHECK(contains(noodle_run({"replay", recording, "--step"}, "x\nq\n").out, "p: next step of this process"));

  const CommandResult json = noodle_run({"replay", recording, "--step", "--json"});
  CHECK(json.exit_code == 0);
  CHECK(contains(json.out, R"x("what":"add","arguments":"(2, Job(id: 1, text: \"first\"))")x"));
  CHECK(contains(json.out, R"({"event":"print","text":"2\n"})"));
}

TEST_CASE("what is no recording, a damaged and a cut off one are told apart") {
  const TemporaryFolder folder;
  const std::string program = folder.write("a.nc", "requires time; for (i in 0..<5000) { print(i, now()); }");
  const std::string recording = folder.path() + "/a.nrr";
  const CommandResult recorded = noodle_run({"run", "--record", recording, program});
  CHECK(recorded.exit_code == 0);
  std::ifstream file(recording, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};

  const CommandResult source = noodle_run({"replay", program});
  CHECK(source.exit_code == 2);
  CHECK(contains(source.err, "error 1560"));
  CHECK(contains(noodle_run({"replay", folder.path() + "/none"}).err, "error 7002"));

  const CommandResult cut = noodle_run({"replay", folder.write("cut.nrr", bytes.substr(0, bytes.size() - 10))});
  CHECK(cut.exit_code == 2);
  CHECK(contains(cut.err, "error 1563: the recording ends before its run"));
  CHECK(recorded.out.starts_with(cut.out));

  bytes[bytes.size() - 10] ^= 1;
  const CommandResult damaged = noodle_run({"replay", "--json", folder.write("damaged.nrr", bytes)});
  CHECK(damaged.exit_code == 2);
  CHECK(contains(damaged.err, "\"code\":1562"));
}

TEST_CASE("a recording that cannot be written is told, and --record goes with one worker only") {
  const TemporaryFolder folder;
  const std::string program = folder.write("a.nc", "print(1)");
  const CommandResult missing = noodle_run({"run", "--record", folder.path() + "/none/a.nrr", program});
  CHECK(missing.exit_code == 2);
  CHECK(contains(missing.err, "error 7002"));
  const CommandResult full = noodle_run({"run", "--record", "/dev/full", program});
  CHECK(full.exit_code == 2);
  CHECK(full.out == "1\n");
  CHECK(contains(full.err, "could not be written"));
  CHECK(noodle_run({"run", "--record", folder.path() + "/a.nrr", "--workers", "2", program}).exit_code == 64);
}

TEST_CASE("a replay runs up to a line and shows who is there, or goes on step by step from it") {
  const TemporaryFolder folder;
  const std::string program = folder.write("a.nc", R"(record Job(id: int, text: String)
actor Counter(step: int) {
  total: int;
  last: Job? = null;
  on add(job: Job): int {
    last = job;
    total += double(job.id) * step;
    return total;
  }
}
func double(n: int): int {
  if (n > 6) { print("big", n); }
  return n * 2;
}
func main(): int {
  let counter = spawn Counter(3);
  for (i in 0..<10) { ask counter.add(Job(i, "job")); }
  return 3;
}
)");
  const std::string recording = folder.path() + "/a.nrr";
  CHECK(noodle_run({"run", "--record", recording, program}).exit_code == 3);
  const CommandResult at = noodle_run({"replay", recording, "--until", "7"});
  CHECK(at.exit_code == 0);
  CHECK(contains(at.out, "comes to Counter.add ("));
  CHECK(contains(at.out, "a.nc:7:"));
  CHECK(contains(at.out, ".total = 0\n    .last = Job(id: 0, text: \"job\")\n    after 1 messages, fuel "));

  const CommandResult inlined = noodle_run({"replay", recording, "--until", "a.nc:12", "--json", "--jit", "eager"});
  CHECK(contains(inlined.out, R"("stack":[{"function":"double",)"));
  CHECK(contains(inlined.out, R"({"function":"Counter.add",)"));
  CHECK(contains(inlined.out, "\"total\":\"126\",\"last\":\"Job(id: 7"));

  const CommandResult stepped = noodle_run({"replay", recording, "--until", "a.nc:12", "--step"}, "n\nc\n");
  CHECK(stepped.exit_code == 3);
  CHECK(stepped.out.find("* Counter") < stepped.out.find("done"));
  CHECK_FALSE(contains(stepped.out, "#1 "));
  CHECK(contains(stepped.out, "Job(id: 9, text: \"job\")"));

  const CommandResult never = noodle_run({"replay", recording, "--until", "1"});
  CHECK(never.exit_code == 0);
  const std::string spare = folder.write("b.nc", "func never() { print(0); }\nlet n = 1;\nif (n > 1) { never(); }\n");
  CHECK(noodle_run({"run", "--record", recording, spare}).exit_code == 0);
  CHECK(contains(noodle_run({"replay", recording, "--until", "1"}).err, "ended without coming to 1"));
  for (const char* wrong : {"0", "x", "99", "c.nc:1", "b.nc:", ":"}) {
    const CommandResult refused = noodle_run({"replay", recording, "--until", wrong});
    CHECK(refused.exit_code == 64);
    CHECK(contains(refused.err, "error 7020: cannot stop at `" + std::string(wrong) + "`"));
  }
}
