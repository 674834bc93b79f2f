// Programs that find each other's processes by names of the cluster.
#include <future>

#include "tests/remote/connected_systems.hpp"

using noodle::test::ConnectedSystems;

namespace {

const std::vector<std::string> kGrants = {"mesh.spawn", "mesh.send", "mesh.register", "cluster.read"};

constexpr const char* kCounter = R"(
record Total(value: int, of: String)
actor Counter() {
  sum: int = 0;
  on started() { cluster.register_unique("counter", self); }
  on add(n: int): int { sum += n; return sum; }
  on total(): Total { return Total(sum, "all"); }
  on tell(to: ActorRef<any>) { send to <- sum; }
  on finish() { stop self; }
}
)";

}  // namespace

TEST_CASE("a program uses an actor of another program, on a third node, that it found by name") {
  ConnectedSystems systems(3);
  std::promise<void> there;
  std::string served;
  // Its home is n2, the actor is on n3.
  std::thread service([&] {
    served = systems.run(
        std::string(kCounter) + R"(
func main() {
  let counter = spawn Counter() on "n3";
  print(ask counter.add(1));
  monitor(counter);
  receive { case down(ref, reason) => print("ended", reason.code) }
}
)",
        kGrants, [&](ConnectedSystems&) { there.set_value(); }, 1);
  });
  there.get_future().wait();
  const std::string used = systems.run(std::string(kCounter) + R"(
func main() {
  print(cluster.names(), cluster.names("no"), cluster.find<Counter>("nobody") == null);
  let counter = cluster.find<Counter>("counter");
  if (counter == null) { print("not found"); return; }
  for (i in 0..<1000) { send counter.add(1); }
  let total = ask counter.total();
  print(total.value, total.of);
  send counter.tell(self);
  receive { case n: int => print("told", n) }
  print(cluster.find<Counter>("counter") == counter);
  try { cluster.register("mine", counter); } catch (e) { print(e.code); }
  try { cluster.register_unique("counter", self); } catch (e) { print(e.code); }
  cluster.register("here", self);
  print(cluster.find<any>("here") == self, cluster.unregister("here"), cluster.unregister("here"));
  monitor(counter);
  link(counter);
  unlink(counter);
  send counter.finish();
  receive { case down(ref, reason) => print("down", reason.code) }
  print(cluster.find<Counter>("counter") == null, cluster.names().length);
}
)",
                                       kGrants);
  service.join();
  CHECK(used == "[\"counter\"] [] true\n1001 all\ntold 1001\ntrue\n1613\n6132\ntrue true false\ndown 1801\ntrue 0\n");
  CHECK(served == "1\nended 1801\n");
  for (std::size_t k = 0; k < 3; ++k) CHECK(systems.becomes_empty(k));
}

TEST_CASE("a process asks for a lease and has a token while it holds it; its end lets the next one have it") {
  ConnectedSystems systems(2);
  CHECK(systems.run(R"(
actor Leader() {
  on token(): int? { return cluster.lease("leader"); }
  on resign(): bool { return cluster.release("leader"); }
  on finish() { stop self; }
}
func main() {
  let here = spawn Leader();
  let there = spawn Leader() on "n2";
  print(ask here.token(), ask there.token(), ask here.token());
  print(ask there.resign(), ask here.resign(), ask there.token());
  monitor(there);
  send there.finish();
  receive { case down(ref, reason) => print(ask here.token()) }
  try { cluster.lease("other"); } catch (e) { print(e.code); }
}
)",
                    {"mesh.spawn", "mesh.lease:leader"}) == "1 null 1\nfalse true 2\n3\n8001\n");
}

TEST_CASE("names need their capabilities, each for the name") {
  ConnectedSystems systems(1);
  CHECK(systems.run(R"(
func main() {
  try { cluster.register("counter", self); } catch (e) { print(e.code, e.message.contains("mesh.register")); }
  try { cluster.find<any>("counter"); } catch (e) { print(e.code); }
  cluster.register("jobs/1", self);
  print(cluster.find<any>("jobs/1") == self);
  try { cluster.names(); } catch (e) { print(e.code); }
}
)",
                    {"mesh.register:jobs/*", "mesh.send:jobs/*"}) == "8001 true\n8001\ntrue\n8001\n");
}
