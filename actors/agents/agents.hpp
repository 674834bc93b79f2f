// agents: the supervisor of the agents that plug-ins bring.
//
// Interface, State: none of its own. Behaviour: each agent is a child of the name it has in its plug-in, and other
// agents find it by that. Supervision: component `agents`, one for one; an agent that fails too often rests for a
// minute. Threads: loading at the start of the node, by one. A plug-in that was loaded stays: its code is in use.
// Errors: 6401 it cannot be loaded, 6402 it was built with another noodle, 1815 two agents of one name.
#pragma once

#include <string>
#include <vector>

#include "actors/agents/plugin.hpp"
#include "actors/core/node.hpp"
#include "actors/mesh/mesh.hpp"

namespace noodle::actors {

/// The agents of all plug-ins, in order.
Result<std::vector<AgentSpec>> load_plugins(const std::vector<std::string>& files);

/// Starts the component. `mesh` outlives it.
Result<void> start_agents(Node& node, Mesh& mesh, std::vector<AgentSpec> agents);

}  // namespace noodle::actors
