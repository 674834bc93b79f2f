// The process of a session: it lasts from input to input, and can be ended without losing what the session knows.
#include <chrono>
#include <thread>

#include "tests/session/session_fixture.hpp"

using noodle::session::Reply;
using noodle::test::TestSession;

namespace {

constexpr const char* kCounter = R"(actor Counter {
  total: int;
  on add(n: int): int { total += n; return total; }
  on fail() { throw Error(4001, "told to"); }
})";

/// Runs `input` and interrupts it as soon as it has printed a line.
Reply interrupt_when_printing(TestSession& session, const std::string& input) {
  const std::size_t before = session.output().size();
  std::atomic<bool> over{false};
  std::thread presser([&] {
    while (session.output().size() == before && !over) std::this_thread::yield();
    session.interrupt = true;
  });
  Reply reply = session.enter(input);
  over = true;
  presser.join();
  session.interrupt = false;
  return reply;
}

}  // namespace

TEST_CASE("an actor lives on and is asked by later inputs") {
  TestSession session;
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  session.enter("send c.add(20)");
  CHECK(session.show("ask c.add(22)") == "42 : int");
  CHECK(session->processes().size() == 2);
  CHECK(session->processes()[1].what == "Counter");
}

TEST_CASE("an actor keeps its code when its declaration is replaced; new ones get the new code") {
  TestSession session;
  session.enter("actor A { on hi(): String { return \"old\"; } }");
  session.enter("let a = spawn A()");
  session.enter("actor A { on hi(): String { return \"new\"; } }");
  session.enter("let b = spawn A()");
  CHECK(session.show("[ask a.hi(), ask b.hi()]") == "[\"old\", \"new\"] : List<String>");
}

TEST_CASE("the session is one process: self, its mailbox and its monitors last") {
  TestSession session;
  session.enter("let me = self");
  CHECK(session.show("me == self") == "true : bool");
  session.enter("send self <- 41");
  session.enter("send self <- \"later\"");
  session.enter("let waste = [1, 2, 3]");
  CHECK(session.show("receive { case n: int => print(n + 1) }").empty());
  CHECK(session.show("receive { case s: String => print(s) }").empty());
  CHECK(session.output() == "42\nlater\n");
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  session.enter("monitor(c)");
  session.enter("send c.fail()");
  session.enter("receive { case down(ref, reason) => print(ref == c, reason.code, reason.message) }");
  CHECK(session.output() == "42\nlater\ntrue 4001 told to\n");
}

TEST_CASE("a message that an earlier input was sent is read by the types of a later one") {
  TestSession session;
  session.enter("record Point(x: int, y: int)");
  session.enter("send self <- Point(1, 2)");
  session.enter("send self <- [Point(3, 4)]");
  // Looked at and left by this one: it waits behind the others.
  session.enter("receive { case n: int => print(n) after 0s => print(\"no number\") }");
  session.enter("receive { case p: Point => print(p.x + p.y) }");
  session.enter("receive { case ps: List<Point> => print(ps[0].y) }");
  CHECK(session.output() == "no number\n3\n4\n");
  session.enter("send self <- Point(5, 6)");
  session.enter("record Point(x: int)");
  session.enter("receive { case p: Point => print(p) after 0s => print(\"nothing\") }");
  CHECK(session.output() == "no number\n3\n4\nnothing\n");
}

TEST_CASE("an uncaught error does not end the session's process") {
  TestSession session;
  session.enter("let me = self");
  CHECK(session.show("[1][5]") == "error 1602");
  CHECK(session.show("me == self") == "true : bool");
}

TEST_CASE("an endless loop is killed, and the variables are as before") {
  TestSession session;
  session.enter("let n = 1");
  const Reply reply = interrupt_when_printing(session, "n = 2; print(\"on\"); while (true) { }");
  CHECK(reply.status == Reply::Status::killed);
  CHECK(reply.error_code == 1802);
  CHECK(session.show("n") == "1 : int");
}

TEST_CASE("waiting for ever is killed: receive, sleep, ask") {
  TestSession session;
  session.enter("actor Slow { on wait() { sleep(1h); } }");
  session.enter("let slow = spawn Slow()");
  for (const char* input : {"print(1); receive { case n: int => print(n) }", "print(1); sleep(1h)",
                            "print(1); ask slow.wait() within 1h", "print(1); while (true) { sleep(1h) }"}) {
    CAPTURE(input);
    CHECK(interrupt_when_printing(session, input).status == Reply::Status::killed);
    CHECK(session.show("1 + 1") == "2 : int");
  }
}

TEST_CASE("actors survive when the input that talks to them is killed") {
  TestSession session;
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  interrupt_when_printing(session, "ask c.add(1); print(1); while (true) { }");
  CHECK(session.show("ask c.add(1)") == "2 : int");
}

TEST_CASE("fuel is counted, and a budget ends the input that uses it up") {
  TestSession session;
  session.enter("for (i in 1..1000) { }");
  CHECK(session->fuel_last() >= 1000);
  CHECK(session->fuel_last() < 1100);
  session->set_fuel_budget(5000);
  const Reply reply = session.enter("while (true) { }");
  CHECK(reply.status == Reply::Status::killed);
  CHECK(reply.error_code == 1702);
  CHECK(session.show("for (i in 1..1000) { }").empty());
  session->set_fuel_budget(~std::uint64_t{0});
  CHECK(session.show("for (i in 1..10000) { }").empty());
  CHECK(session->fuel_total() >= 12000);
}

TEST_CASE("limits of memory and stack are errors of the input") {
  noodle::session::SessionOptions options;
  options.limits.memory_bytes = 1 << 20;
  TestSession session(std::move(options));
  CHECK(session.show("list<int>(1000000, 0)") == "error 1701");
  session.enter("func deep(n: int): int { return 1 + deep(n + 1); }");
  CHECK(session.show("deep(0)") == "error 1700");
  CHECK(session.show("1 + 1") == "2 : int");
}

TEST_CASE("a process is killed by its number") {
  TestSession session;
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  session.enter("monitor(c)");
  CHECK(session->kill(session->processes()[1].pid));
  session.enter("receive { case down(ref, reason) => print(reason.code) }");
  CHECK(session.output() == "1802\n");
  CHECK_FALSE(session->kill(12345));
}

TEST_CASE("when the session's process ends, the next input gets a new one and finds the variables") {
  TestSession session;
  session.enter("let n = 7");
  CHECK(session.show("stop self").empty());
  CHECK(session.show("n") == "7 : int");
  session.enter(kCounter);
  session.enter("let c = spawn Counter(); link(c)");
  session.enter("send c.fail()");
  // The link ends the session's process at some moment from here on.
  while (session->processes().size() > 1) session.enter("sleep(1ms)");
  CHECK(session.show("n") == "7 : int");
}

TEST_CASE("reset ends all processes and forgets everything") {
  TestSession session;
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  session->reset();
  CHECK(session->processes().empty());
  CHECK(session->declarations().empty());
  CHECK(session->variables().empty());
  CHECK(session.show("c") == "error 1100");
  CHECK(session.show("1") == "1 : int");
}

TEST_CASE("the work of many inputs does not pile up programs") {
  TestSession session;
  session.enter("let n = 0");
  session.enter(kCounter);
  session.enter("let c = spawn Counter()");
  for (int i = 0; i < 200; ++i) session.enter("n = ask c.add(1)");
  CHECK(session.show("n") == "200 : int");
}

TEST_CASE("a process that ends with an error is reported") {
  std::atomic<int> code{0};
  noodle::session::SessionOptions options;
  options.on_process_end = [&code](const noodle::process::Exit& exit) { code = exit.code; };
  TestSession session(std::move(options));
  session.enter(kCounter);
  session.enter("let c = spawn Counter(); monitor(c); send c.fail()");
  session.enter("receive { case down(ref, reason) => print(1) }");
  CHECK(code == 4001);
}

TEST_CASE("the heap of a process is told by class, and the process goes on as if nothing had been") {
  TestSession session;
  session.enter("record Item(n: int)");
  session.enter(R"(actor Store {
  items: List<Item> = [];
  names: Map<String, int> = {};
  on fill(n: int) { for (i in 0..<n) { items.push(Item(i)); names["name " + i] = i; } }
  on count(): int { return items.length + names.length; }
  on spin() { while (true) { } }
})");
  session.enter("let s = spawn Store()");
  session.enter("send s.fill(1000)");
  CHECK(session.show("ask s.count()") == "2000 : int");
  const auto pid = session->processes()[1].pid;
  const auto bytes_of = [&](const std::string& name, std::uint64_t objects) {
    const auto rows = session->heap_of(pid);
    REQUIRE(rows.ok());
    for (const auto& row : *rows) {
      if (row.name != name) continue;
      CHECK(row.objects == objects);
      return row.bytes;
    }
    FAIL("no objects of " << name);
    return std::uint64_t{0};
  };
  CHECK(bytes_of("Item", 1000) == 1000 * 16);
  CHECK(bytes_of("List<Item>", 1) >= 1000 * 8);
  CHECK(bytes_of("Map<String, int>", 1) >= 1000 * 16);
  CHECK(bytes_of("String", 1000) >= 1000 * 24);
  CHECK(bytes_of("Store", 1) > 0);
  CHECK(session.show("ask s.count()") == "2000 : int");
  session.enter("send s.spin()");
  CHECK(bytes_of("Item", 1000) == 1000 * 16);  // also while it computes
  CHECK(session->kill(pid));
  while (session->processes().size() == 2) std::this_thread::yield();
  CHECK(session->heap_of(pid).error().code == noodle::Code::no_such_process);
}
