// A plug-in: a shared object with agents, which a node loads at its start (configuration `agents.plugins`).
//
//     NOODLE_PLUGIN(noodle::agent<Greeter>("greeter"), noodle::agent<Guest>("guest", {.held_messages = 10}))
//
// Built with the headers of the very `noodle` that loads it (kPluginBuild says so; C++ has no other promise to give).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/agents/agent.hpp"
#include "actors/agents/build_id.hpp"
#include "actors/core/supervisor.hpp"

namespace noodle {

struct AgentOptions {
  process::Restart restart = process::Restart::permanent;
  std::chrono::milliseconds stop_deadline{2000};
  std::chrono::milliseconds probe{0};  // longest time for one message, then it hangs and is replaced; 0: any
  std::size_t held_messages = 1000;    // while it is restarted
};

struct AgentSpec {
  std::string name;  // others find it by
  AgentOptions options;
  std::function<caf::actor(caf::actor_system&, const actors::SeatPtr&, std::shared_ptr<AgentHost>)> spawn;
};

template <class A>
AgentSpec agent(std::string name, AgentOptions options = {}) {
  return {std::move(name), options,
          [](caf::actor_system& system, const actors::SeatPtr& seat, std::shared_ptr<AgentHost> host) -> caf::actor {
            return system.spawn<A>(seat, std::move(host));
          }};
}

/// Noodle's version, and a digest of the headers that plug-ins are built with.
inline constexpr const char* kPluginBuild = NOODLE_BUILD;

}  // namespace noodle

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): it defines what the node looks for
#define NOODLE_PLUGIN(...)                                                         \
  extern "C" const char* noodle_plugin_build() {                                   \
    return ::noodle::kPluginBuild;                                                 \
  }                                                                                \
  extern "C" void noodle_plugin_agents(std::vector<::noodle::AgentSpec>& agents) { \
    agents = {__VA_ARGS__};                                                        \
  }
