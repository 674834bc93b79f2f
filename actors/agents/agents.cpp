#include "actors/agents/agents.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>

#include "actors/mesh/names.hpp"

namespace noodle::actors {

namespace {

constexpr std::int64_t kShortestWaitNs = 100'000'000, kLongestWaitNs = 5'000'000'000;  // before a restart
constexpr std::int64_t kRestNs = 60'000'000'000;
constexpr std::uint32_t kRests = 1'000'000;  // an agent that fails is its author's affair, never the node's

Error not_loaded(const std::string& file, const std::string& why) {
  return {Code::plugin_not_loaded, "`" + file + "`: " + why, {}};
}

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

Result<std::vector<AgentSpec>> load(const std::string& file) {
  std::error_code problem;
  const std::string path = std::filesystem::canonical(file, problem);  // else the linker's folders would be searched
  if (problem) return not_loaded(file, problem.message());
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) return not_loaded(file, dlerror());
  const auto build = symbol<const char*()>(library, "noodle_plugin_build");
  const auto fill = symbol<void(std::vector<AgentSpec>&)>(library, "noodle_plugin_agents");
  if (!build || !fill) return not_loaded(file, "it is no plug-in: there is no NOODLE_PLUGIN(...) in it");
  if (std::string_view(build()) != kPluginBuild) {
    return Error{Code::plugin_other_build,
                 "`" + file + "` was built with " + build() + ", this is " + std::string(kPluginBuild),
                 {}};
  }
  std::vector<AgentSpec> agents;
  fill(agents);
  return agents;
}

class Host final : public AgentHost {
 public:
  explicit Host(Mesh& mesh) : mesh_(mesh) {}
  const std::string& node_name() const override { return mesh_.name(); }
  Result<caf::actor> find(const std::string& agent) override {
    auto place = mesh_.names().find(agent);
    if (!place) return place.error();
    return place->actor;
  }

 private:
  Mesh& mesh_;
};

}  // namespace

Result<std::vector<AgentSpec>> load_plugins(const std::vector<std::string>& files) {
  std::vector<AgentSpec> all;
  for (const std::string& file : files) {
    auto agents = load(file);
    if (!agents) return agents.error();
    for (AgentSpec& agent : *agents) {
      const auto same = [&agent](const AgentSpec& other) { return other.name == agent.name; };
      if (std::any_of(all.begin(), all.end(), same)) {
        return Error{Code::name_taken, "`" + file + "`: there is another agent `" + agent.name + "`", {}};
      }
      all.push_back(std::move(agent));
    }
  }
  return all;
}

Result<void> start_agents(Node& node, Mesh& mesh, std::vector<AgentSpec> agents) {
  if (agents.empty()) return {};
  const auto host = std::make_shared<Host>(mesh);
  SupervisorSpec spec;
  spec.options.backoff_ns = kShortestWaitNs;
  spec.options.backoff_limit_ns = kLongestWaitNs;
  spec.options.quarantine_ns = kRestNs;
  spec.options.quarantines = kRests;
  for (AgentSpec& agent : agents) {
    ChildSpec child;
    child.name = agent.name;
    child.spawn = [host, spawn = std::move(agent.spawn)](caf::actor_system& system, const SeatPtr& seat) {
      return spawn(system, seat, host);
    };
    child.restart = agent.options.restart;
    child.stop_deadline = agent.options.stop_deadline;
    child.probe = agent.options.probe;
    child.held_messages = agent.options.held_messages;
    spec.children.push_back(std::move(child));
  }
  std::vector<std::string> names;
  for (const ChildSpec& child : spec.children) names.push_back(child.name);
  if (auto started = node.start(supervisor_child("agents", node.roster(), std::move(spec))); !started) return started;
  for (const std::string& name : names) {
    const auto known = mesh.names().add(name, registry::Scope::plain, {node.component("agents/" + name)});
    if (!known) return known;
  }
  return {};
}

}  // namespace noodle::actors
