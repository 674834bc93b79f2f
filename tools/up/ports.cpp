#include "tools/up/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>

#include "cluster/security/key_file.hpp"
#include "messages/ids.hpp"
#include "runtime/base/config_file.hpp"
#include "runtime/base/json_text.hpp"
#include "tools/up/local_socket.hpp"

namespace noodle::up {
namespace {

/// Holds a port of both kinds; port 0: any.
struct Held {
  explicit Held(std::uint16_t wanted) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(wanted);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const int yes = 1;
    setsockopt(tcp.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);  // as listeners do; TIME_WAIT is no hindrance
    if (bind(tcp.get(), generic, size) != 0 || getsockname(tcp.get(), generic, &size) != 0) return;
    if (listen(tcp.get(), 1) != 0 || bind(udp.get(), generic, size) != 0) return;
    port = ntohs(address.sin_port);
  }
  Descriptor tcp{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  Descriptor udp{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;  // 0: not free
};

constexpr int kAttempts = 200;
constexpr std::uint16_t kLowestPort = 20'000;

/// One to try, below those that the kernel gives to outgoing connections: it stays free while no node has it. 0, any,
/// when there is hardly room below.
std::uint16_t candidate() {
  std::uint32_t lowest_of_kernel = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> lowest_of_kernel;
  if (lowest_of_kernel < kLowestPort + 1000u) return 0;
  return static_cast<std::uint16_t>(kLowestPort + noodle::detail::random64() % (lowest_of_kernel - kLowestPort));
}

}  // namespace

Result<Ports> read_ports(const std::string& path) {
  Ports ports;
  const auto text = security::read_public_file(path);
  if (!text) return text.error().code == Code::file_not_found ? Result<Ports>(ports) : text.error();
  const auto entries = parse_toml_config(*text, path);
  if (!entries) return entries.error();
  for (const ConfigEntry& entry : *entries) {
    const auto* port = std::get_if<std::int64_t>(&entry.value);
    if (port != nullptr && *port > 0 && *port <= 65'535) ports[entry.key] = static_cast<std::uint16_t>(*port);
  }
  return ports;
}

Result<void> write_ports(const std::string& path, const Ports& ports) {
  std::string text;
  for (const auto& [name, port] : ports) text += json_string(name) + " = " + std::to_string(port) + "\n";
  return security::write_public_file(path, text, security::Existing::replace);
}

bool is_free(std::uint16_t port) {
  return Held(port).port != 0;
}

Result<void> complete_ports(Ports& ports, const std::vector<std::string>& names,
                            const std::vector<std::string>& running) {
  std::vector<Held> held;  // until all are chosen, so that none is chosen twice
  for (const std::string& name : names) {
    if (std::find(running.begin(), running.end(), name) != running.end()) continue;
    const auto known = ports.find(name);
    if (known != ports.end()) {
      held.emplace_back(known->second);
      if (held.back().port != 0) continue;
    }
    bool chosen = false;
    for (int attempt = 0; attempt < kAttempts && !chosen; ++attempt) {  // the port may be free for one kind only
      held.emplace_back(candidate());
      const std::uint16_t port = held.back().port;
      const bool kept = std::any_of(ports.begin(), ports.end(), [port](const auto& one) { return one.second == port; });
      if (port == 0 || kept) continue;
      ports[name] = port;
      chosen = true;
    }
    if (!chosen) {
      return Error{Code::peer_unreachable, "no port of the loopback is free for node " + name, {}};
    }
  }
  return {};
}

}  // namespace noodle::up
