// Programs that have spread over two nodes, while the link between these is cut again and again.
#include "actors/work/courier.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "actors/work/vm_pool.hpp"
#include "tests/actors/mesh_nodes.hpp"
#include "tests/actors/program_image.hpp"

using namespace noodle;
using namespace noodle::test::mesh;

namespace {

/// Breaks the TCP connections of this process from or to these ports, as if the network had done it.
int cut_links(const std::vector<std::uint16_t>& ports) {
  const auto meant = [&ports](std::uint16_t port) {
    return std::find(ports.begin(), ports.end(), ntohs(port)) != ports.end();
  };
  int cut = 0;
  for (int socket = 3; socket < 1024; ++socket) {
    sockaddr_in own{}, other{};
    socklen_t size = sizeof own;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0 || own.sin_family != AF_INET) continue;
    size = sizeof other;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&other), &size) != 0) continue;
    if (!meant(own.sin_port) && !meant(other.sin_port)) continue;
    if (::shutdown(socket, SHUT_RDWR) == 0) ++cut;
  }
  return cut;
}

/// Each line "cut" that a program prints cuts the links between the nodes at these ports.
class CuttingOutput final : public process::Output {
 public:
  explicit CuttingOutput(std::vector<std::uint16_t> ports) : ports_(std::move(ports)) {}
  void write(std::string_view text) override {
    text_.write(text);
    if (text.starts_with("cut")) cuts_ += cut_links(ports_) > 0 ? 1 : 0;
  }
  std::string text() const { return text_.text(); }
  int cuts() const { return cuts_; }

 private:
  const std::vector<std::uint16_t> ports_;
  process::StringOutput text_;
  std::atomic<int> cuts_{0};
};

}  // namespace

TEST_CASE(
    "messages between programs on two nodes arrive once and in order, though the link is cut in the middle of them") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && living(*beta.mesh) == 2; }));
  CuttingOutput output({alpha.mesh->port(), beta.mesh->port()});
  const auto start = [](TestNode& node, process::Output* out) {
    actors::VmPoolOptions options;
    options.system.workers = 1;
    options.mesh = node.mesh.get();
    options.output = out;
    REQUIRE(
        node.node.start("work", [options](caf::actor_system& system) { return spawn_vm_pool(system, options); }).ok());
  };
  start(alpha, &output);
  start(beta, nullptr);
  const std::string image = test::image_of(R"(
actor Log() {
  seen: int = 0;
  wrong: int = 0;
  on add(n: int, text: String) {
    if (n != seen || text.length != 100) { wrong += 1; }
    seen += 1;
  }
  on result(): List<int> { return [seen, wrong]; }
}
actor Mirror(home: ActorRef<Log>) {
  seen: int = 0;
  wrong: int = 0;
  on add(n: int, text: String) {
    if (n != seen) { wrong += 1; }
    seen += 1;
    send home.add(n, text);
  }
  on result(): List<int> { return [seen, wrong]; }
}
func main() {
  let home = spawn Log();
  let mirror = spawn Mirror(home) on "beta";
  let text = "x".repeat(100);
  let n = 0;
  for (round in 0..<15) {
    ask mirror.result() within 60s;          // the link is there again
    for (i in 0..<600) {
      send mirror.add(n, text);
      n += 1;
      if (i == 37 * round) { print("cut"); }
    }
  }
  print(ask mirror.result() within 60s);
  while ((ask home.result())[0] < n) { sleep(1ms); }
  print(ask home.result());
}
)");
  caf::scoped_actor self(alpha.node.system());
  const auto request = Msg<wire::RunProgram>::build([&image](wire::RunProgram::Builder run) {
    run.setRun(1);
    run.setImage({reinterpret_cast<const capnp::byte*>(image.data()), image.size()});
    run.initGrants(1)[0].setCapability("mesh.spawn");
    run.setTimeLimitMs(120'000);
  });
  Msg<wire::ProgramExited> exited;
  self->request(alpha.node.component("work"), caf::infinite, request)
      .receive([&exited](const Msg<wire::ProgramExited>& ended) { exited = ended; },
               [](const caf::error& problem) { FAIL(from_caf(problem).to_string()); });
  CHECK_MESSAGE(exited->getExitCode() == 0, exited->getTrace().cStr());
  const std::string text = output.text();
  CHECK_MESSAGE(text.ends_with("[9000, 0]\n[9000, 0]\n"), text);
  CHECK(output.cuts() == 15);
  // The pools end before the meshes that carry them.
  alpha.node.stop();
  beta.node.stop();
}
