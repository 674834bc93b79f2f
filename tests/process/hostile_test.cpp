// Programs that mean harm: each harms only itself. Beside every one of them lives a neighbour that answers all the
// time.
#include <doctest/doctest.h>

#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <string>

#include "tests/process/program_fixture.hpp"
#include "tests/support/scale.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

/// `attack` runs in a process with 8 MiB of memory. It ends with one of `codes`; with 0 it never ends and is killed.
struct Attack {
  const char* name;
  const char* source;
  std::vector<int> codes;
  const char* options = "";
};

const Attack kAttacks[] = {
    {"an endless loop", "func attack() { while (true) { } }", {0}},
    {"an endless loop with a fuel budget", "func attack() { while (true) { } }", {1702}, ", fuel: 1000000"},
    {"endless recursion", "func dig(n: int): int { return dig(n + 1) + 1; } func attack() { dig(0); }", {1700}},
    {"endless recursion through a handler of its own errors",
     "func dig(n: int): int { try { return dig(n + 1) + 1; } catch (e) { return dig(n + 1); } } func attack() { "
     "dig(0); }",
     {0}},
    {"hoarded lists",
     "func attack() { let all: List<any> = []; while (true) { all.push(list<int>(100, 1)); } }",
     {1701}},
    {"hoarded lists, its own error caught again and again",
     "func attack() { while (true) { try { let all: List<any> = []; while (true) { all.push(list<int>(100, 1)); } } "
     "catch (e) { } } }",
     {0}},
    {"a giant list", "func attack() { let all = list<int>(1 << 40, 1); }", {1701}},
    {"a giant text", "func attack() { let text = \"x\".repeat(1 << 40); }", {1706}},
    {"a text that doubles", "func attack() { let text = \"x\"; while (true) { text = text + text; } }", {1701, 1706}},
    {"a text that doubles and is looked at",
     "func attack() { let text = \"x\"; while (true) { text = text + text; if (text.toUpper() == \"y\") { return; } } "
     "}",
     {1701}},
    {"a text padded to any width", "func attack() { let text = \"x\".padStart(1 << 50, \"ab\"); }", {1706}},
    {"children without end", "func idle() { sleep(1h); } func attack() { while (true) { spawn idle(); } }", {1704}},
    {"a receiver that never receives, flooded by many",
     "func send_all(to: ActorRef<any>) { while (true) { send to <- \"0123456789abcdef\".repeat(60); } } "
     "func attack() { for (i in 0..<50) { spawn send_all(self); } sleep(1h); }",
     {0}},
    {"a flood of its own mailbox", "func attack() { while (true) { send self <- 1; } }", {1703}},
    {"a flood of a neighbour that throws it away",
     "actor Sink() { on other(value: any) { } } "
     "func attack() { let sink = spawn Sink(); while (true) { send sink <- list<int>(1000, 1); } }",
     {0}},
    {"large messages without end",
     "actor Sink() { on other(value: any) { } } "
     "func attack() { let sink = spawn Sink(); let all = list<int>(100000, 1); while (true) { send sink <- all; } }",
     {0}},
    {"a list that contains itself twice, over and over, as text",
     "func attack() { let x: List<any> = [1]; for (i in 0..<60) { x = [x, x]; } print(x.toString().length); }",
     {1706, 1702},
     ", fuel: 3000000"},
    {"the same, compared",
     "func attack() { let x: List<any> = [1]; let y: List<any> = [1]; for (i in 0..<60) { x = [x, x]; y = [y, y]; } "
     "print(x == y); }",
     {1800, 1702},
     ", fuel: 3000000"},
    {"rings of coprime lengths, compared",
     "func ring(n: int): List<any> { let first: List<any> = []; let last = first; "
     "for (i in 1..<n) { let next: List<any> = []; last.push(next); last = next; } last.push(first); return first; } "
     "func attack() { print(ring(20011) == ring(20021)); }",
     {1800}},
    {"a tree of shared branches as a key",
     "enum Tree { leaf, node(a: Tree, b: Tree) } "
     "func attack() { let x = Tree.leaf; let y = Tree.leaf; for (i in 0..<60) { x = Tree.node(x, x); y = Tree.node(y, "
     "y); } "
     "print(x == y); let s: Set<Tree>; s.add(x); print(s.has(y)); }",
     {1800, 1702},
     ", fuel: 3000000"},
    {"the same, as JSON",
     "import std.json; "
     "func attack() { let x: List<any> = [1]; for (i in 0..<60) { x = [x, x]; } print(json.stringify(x).length); }",
     {1702, 1706, 1701},
     ", fuel: 3000000"},
    {"the same, as a message",
     "func attack() { let x: List<any> = [1]; for (i in 0..<60) { x = [x, x]; } send self <- x; "
     "receive { case y: List<any> => { } } }",
     {1800}},
    {"an object that points to itself",
     "import std.json; class Node { next: Node?; all: List<any> = []; } "
     "func attack() { let a = Node(); let b = Node(); a.next = b; b.next = a; a.all.push(a); a.all.push(b); "
     "print(a.toString().length > 0, a == b); send self <- a; receive { case n: Node => { } } "
     "try { json.stringify(a); } catch (e) { if (e.code != 1613) { throw e; } } }",
     {1800}},
    {"a very deep list",
     "func attack() { let x: List<any> = []; let y: List<any> = []; "
     "for (i in 0..<50000) { x = [x]; y = [y]; } print(x.toString().length > 0); print(x == y); send self <- x; "
     "receive { case z: List<any> => { } } }",
     {1800, 1700, 1701}},
    {"a very deep list as JSON",
     "import std.json; func attack() { let x: List<any> = []; for (i in 0..<50000) { x = [x]; } json.stringify(x); }",
     {1613, 1700}},
    {"deep JSON", "import std.json; func attack() { json.parse(\"[\".repeat(1000000)); }", {1617}},
    {"deep JSON with any depth allowed",
     "import std.json; func attack() { json.parse(\"[\".repeat(1000000), 1 << 40); }",
     {1617, 1613, 1701}},
    {"regular expressions that make others backtrack",
     "import std.text; func attack() { let t = \"a\".repeat(50000) + \"b\"; "
     "print(t.length, text.Regex(\"^(a+)+$\").matches(t)); }",
     {1800}},
    {"regular expressions that multiply",
     "import std.text; func attack() { text.Regex(\"(((a{1000}){1000}){1000}){1000}\"); }",
     {1613, 1618, 1617}},
    {"deeply nested regular expressions",
     "import std.text; func attack() { text.Regex(\"(\".repeat(100000) + \")\".repeat(100000)); }",
     {1613, 1618, 1617}},
    {"more names than sense",
     "func idle() { sleep(1h); } "
     "func attack() { for (i in 0..<3000) { spawn idle() with { name: \"name\" + i }; } while (true) { } }",
     {0}},
    {"monitors and links of everything",
     "func idle() { sleep(1h); } func attack() { let all: List<ActorRef<any>> = []; "
     "for (i in 0..<500) { all.push(spawn idle()); } "
     "for (k in 0..<20) { for (a in all) { monitor(a); link(a); } } throw Error(2001, \"crash\"); }",
     {2001}},
    {"a hundred thousand timers",
     "import std.actor; func attack() { for (i in 0..<90000) { actor.sendAfter(1h, self, i); } while (true) { } }",
     {0}},
    {"endless output of giant values",
     "func attack() { let text = \"x\".repeat(3000000); while (true) { print(text, text, text, text, text, text); } }",
     {1706}},
    {"sorting by an order that makes no sense",
     "func attack() { let all: List<int> = []; for (i in 0..<20000) { all.push(i); } let n = 0; "
     "all.sort((a, b) => { n = (n * 7 + 3) % 11; return n - 5; }); }",
     {1800}},
};

std::string program_with(const Attack& attack) {
  const std::string source = attack.source;
  std::string text;
  if (source.starts_with("import")) text = source.substr(0, source.find(';') + 1);
  text += R"(
actor Neighbour { n: int; on ping(): int { n += 1; return n; } }
)" + source.substr(text.empty() || text[0] != 'i' ? 0 : source.find(';') + 1) +
          R"(
func attacker() {
  receive { case s: String => { } }
  attack();
}
func main() {
  let neighbour = spawn Neighbour();
  let attacker = spawn attacker() with { memory: 8MB)" +
          attack.options + R"( };
  monitor(attacker);
  send attacker <- "go";
  for (i in 0..<100) { ask neighbour.ping() within 60s; }
  let code = )" +
          (attack.codes == std::vector<int>{0} ? "0" : "-1") + R"(;
  if (code < 0) { receive { case down(r, e) => { code = e.code; } after 60s => { } } }
  if (code == 0) { kill(attacker); receive { case down(r, e) => { code = e.code; } } }
  ask neighbour.ping() within 60s;
  print("code", code);
}
)";
  return text;
}

std::uint64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
}

}  // namespace

TEST_CASE("a hostile process ends with the code of its limit, or is killed, and its neighbour goes on") {
  constexpr std::uint64_t kNodeBytes = 64 << 20;
  constexpr std::uint64_t kOverheadBytes = 160 << 20;  // stacks, tables, buffers of natives
  const std::uint64_t before = peak_resident_bytes();
  for (const Attack& attack : kAttacks) {
    for (const unsigned workers : {1u, 2u}) {
      const std::string name = attack.name;
      CAPTURE(name);
      CAPTURE(workers);
      RunOptions options;
      options.vm_memory_bytes = kNodeBytes;
      const test::Ran ran = test::run_text(program_with(attack), workers, options);
      CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
      bool expected = false;
      for (const int code : attack.codes) {
        expected |= ran.output.ends_with("code " + std::to_string(code == 0 ? 1802 : code) + "\n");
      }
      CHECK_MESSAGE(expected, name, ran.output.substr(ran.output.size() > 200 ? ran.output.size() - 200 : 0));
      if (!test::kSanitized) CHECK(peak_resident_bytes() - before < kNodeBytes + kOverheadBytes);
    }
  }
}

TEST_CASE("processes that spawn processes that spawn processes stop at the node's limit, and one kill ends them all") {
  SystemOptions system_options;
  system_options.workers = 2;
  system_options.max_processes = 2'000;
  // Each bomb is linked to its children, so that the end of the first is the end of all.
  const auto program = test::program_of(R"(
func bomb(boss: ActorRef<any>) {
  try {
    while (true) { link(spawn bomb(boss)); }
  } catch (e) {
    if (e.code == 1705) { send boss <- e.code; sleep(1h); }
  }
}
actor Neighbour { n: int; on ping(): int { n += 1; return n; } }
func main(): int {
  let neighbour = spawn Neighbour();
  let first = spawn bomb(self);
  receive { case n: int => { } }
  for (i in 0..<100) { ask neighbour.ping() within 60s; }
  kill(first);
  for (i in 0..<100) { ask neighbour.ping() within 60s; }
  return 7;
}
)");
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  RunEnd last;
  System system(system_options);
  RunSettings settings;
  settings.program = System::load(program);
  settings.function = program->module.main;
  settings.on_end = [&](const RunEnd& end) {
    const std::lock_guard lock(mutex);
    last = end;
    ended = true;
    changed.notify_all();
  };
  auto run = system.start(std::move(settings));
  REQUIRE(run);
  const auto drive = drive_with_threads(system);
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::minutes(2), [&] { return ended; }));
  CHECK(last.main.code == 1800);
  CHECK(last.main.result.i == 7);
  CHECK(system.table().made() <= 2'000);
}
