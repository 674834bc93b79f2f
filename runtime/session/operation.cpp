#include "runtime/session/operation.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "runtime/base/clock.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/suggest.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {

namespace {

constexpr std::uint32_t kShownActors = 40;
constexpr std::size_t kMostCompletions = 500;

using What = wire::ServiceCommand::What;
using HealthResult = Result<Msg<wire::HealthAnswer>>;

std::string text_of(capnp::Text::Reader text) {
  return plain({text.begin(), text.size()});
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// The commands of one console, with what they share.
class Commands {
 public:
  Commands(Operation& operation, const ConsoleOptions& options) : operation_(operation), options_(options) {}

  Answer nodes(const std::string& argument);
  Answer tree(const std::string& argument);
  Answer inspect(const std::string& argument);
  Answer actors(const std::string& argument);
  Answer deaths(const std::string& argument);
  Answer mailbox(const std::string& argument);
  std::optional<Answer> kill(const std::string& argument);
  Answer restart(const std::string& argument);
  Answer links(const std::string& argument);
  Answer route(const std::string& argument);
  Answer metrics(const std::string& argument) { return metrics_answer(operation_, argument, options_); }
  Answer names(const std::string& argument) { return names_answer(operation_, argument, options_); }
  Answer leases(const std::string&) { return leases_answer(operation_, options_); }
  Answer serve(const std::string& argument, What what, const char* done);
  std::vector<std::string> complete_actor(const std::string& word);
  std::vector<std::string> complete_node(const std::string& word);
  std::vector<std::string> complete_node_or_metric(const std::string& word);

 private:
  std::string node_of(const ActorName& name) const { return name.node.empty() ? operation_.node() : name.node; }
  /// The name to be typed for an actor of a node.
  std::string name_of(const std::string& node, const std::string& path) const {
    return node == operation_.node() ? path : node + ":" + path;
  }
  Answer refused(const Error& error) const { return refusal(error, options_); }
  Answer usage(const std::string& command, const std::string& arguments) const {
    return refused({Code::command_usage, "write :" + command + " " + arguments, {}});
  }
  HealthResult health_of(const ActorName& name, const Operation::HealthQuestion& question);
  Error unknown(const ActorName& name);
  Answer end(const std::string& command, const std::string& argument, bool again);
  Answer table(const Table& table, const std::string& empty) const {
    Answer answer;
    if (options_.json) {
      answer.json = "\"rows\":" + table.json();
    } else {
      answer.text = table.empty() ? empty + "\n" : table.text(options_.color, options_.width);
    }
    return answer;
  }
  Table actor_table() const {
    return Table({{"actor", "actor"},
                  {"state", "state"},
                  {"restarts", "restarts", true},
                  {"waiting", "waiting", true},
                  {"held", "held", true},
                  {"handled", "handled", true},
                  {"p99", "p99_ns", true},
                  {"up", "uptime_ns", true},
                  {"last error", "last_error"},
                  {"", "dead_letters"},
                  {"", "node"},
                  {"", "path"}});
  }
  void add(Table& table, const std::string& node, const wire::HealthRow::Reader& row) const;

  Operation& operation_;
  const ConsoleOptions options_;
};

void Commands::add(Table& table, const std::string& node, const wire::HealthRow::Reader& row) const {
  const std::string state = text_of(row.getState());
  const std::string path = text_of(row.getPath());
  table.add({Cell::of(name_of(node, path)),
             {state, {}, paint_of_state(state)},
             Cell::count(row.getRestarts()),
             Cell::count(row.getWaiting()),
             Cell::count(row.getHeld()),
             Cell::count(row.getHandled()),
             Cell::duration(row.getHandlerP99Ns()),
             Cell::duration(row.getUptimeNs()),
             {text_of(row.getLastError()), {}, "31"},
             Cell::count(row.getDeadLetters()),
             Cell::of(node),
             Cell::of(path)});
}

Answer Commands::nodes(const std::string&) {
  const auto answer = operation_.members();
  if (!answer) return refused(answer.error());
  Table table({{"node", "name"},
               {"state", "state"},
               {"service", "service"},
               {"reach", "reach"},
               {"since", "since_ns", true},
               {"address", "address"},
               {"incarnation", "incarnation", true},
               {"labels", "labels"},
               {"", "id"}});
  for (const wire::MemberRow::Reader row : (*answer)->getMembers()) {
    const std::string state = text_of(row.getState()), service = text_of(row.getService());
    const std::string reach = text_of(row.getReach());
    table.add({Cell::of(row.getName().size() > 0 ? text_of(row.getName()) : text_of(row.getId())),
               {state, {}, paint_of_state(state)},
               {service, {}, paint_of_state(service)},
               {reach, {}, paint_of_state(reach)},
               Cell::duration(row.getSinceNs()),
               Cell::of(text_of(row.getHost()) + ":" + std::to_string(row.getPort())),
               {std::to_string(row.getIncarnation()), std::to_string(row.getIncarnation())},
               Cell::of(labels_text(row.getLabels())),
               Cell::of(text_of(row.getId()))});
  }
  return this->table(table, "no nodes");
}

HealthResult Commands::health_of(const ActorName& name, const Operation::HealthQuestion& question) {
  std::vector<HealthResult> answers = operation_.health({node_of(name)}, question);
  if (answers.empty() || !answers[0]) return answers.empty() ? Error{Code::node_unknown, name.node, {}} : answers[0];
  const auto rows = (*answers[0])->getRows();
  if (rows.size() == 0 && !name.path.empty() && name.path != "node") return unknown(name);
  // One row: the actor itself, not the first below a name that is nobody's.
  if (question.limit == 1 && name.path != rows[0].getPath().cStr()) return unknown(name);
  return answers[0];
}

/// 6305 with the name that may have been meant, and what is known of one that lived.
Error Commands::unknown(const ActorName& name) {
  const std::string node = node_of(name);
  Error error{Code::actor_not_found, node + " has no actor `" + name.path + "`", {}};
  const auto deaths = operation_.deaths(node, name.path, 1);
  if (deaths && (*deaths)->getDeaths().size() > 0) {
    error.details = "it has ended for good; :deaths " + name_of(node, name.path) + " tells how";
    return error;
  }
  const std::vector<HealthResult> all = operation_.health({node}, {});
  if (all.empty() || !all[0]) return error;
  std::vector<std::string> paths;
  for (const wire::HealthRow::Reader row : (*all[0])->getRows()) paths.emplace_back(row.getPath().cStr());
  const std::string_view near = nearest_name(name.path, paths);
  if (!near.empty()) error.details = "did you mean `" + name_of(node, std::string(near)) + "`?";
  return error;
}

Answer Commands::tree(const std::string& argument) {
  ActorName name = read_actor_name(argument);
  std::vector<std::string> nodes;
  if (argument.empty()) {
    const auto members = operation_.members();
    if (!members) return refused(members.error());
    for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
      if (row.getState() != "left")
        nodes.push_back(row.getName().size() > 0 ? row.getName().cStr() : row.getId().cStr());
    }
  } else {
    nodes.push_back(node_of(name));
  }
  if (name.path == "node") name.path.clear();
  const std::vector<HealthResult> answers = operation_.health(nodes, {.prefix = name.path});
  if (!argument.empty()) {
    if (!answers[0]) return refused(answers[0].error());
    if (!name.path.empty() && (*answers[0])->getRows().size() == 0) return refused(unknown(name));
  }
  Answer answer;
  if (!options_.json) {
    answer.text = tree_text(operation_, nodes, name.path, answers, options_);
    return answer;
  }
  Table table = actor_table();
  std::string unreachable;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (!answers[k]) {
      unreachable += (unreachable.empty() ? "{\"node\":" : ",{\"node\":") + json_string(nodes[k]) +
                     ",\"code\":" + std::to_string(answers[k].error().number()) +
                     ",\"message\":" + json_string(answers[k].error().message) + "}";
      continue;
    }
    for (const wire::HealthRow::Reader row : (*answers[k])->getRows()) add(table, nodes[k], row);
  }
  answer.json = "\"rows\":" + table.json() + ",\"unreachable\":[" + unreachable + "]";
  return answer;
}

Answer Commands::actors(const std::string& argument) {
  ActorName name = read_actor_name(argument);
  if (name.path == "node") name.path.clear();
  const auto answer = health_of(
      name, {.prefix = name.path, .order = wire::HealthOrder::BUSIEST, .limit = options_.json ? 0 : kShownActors});
  if (!answer) return refused(answer.error());
  Table table = actor_table();
  for (const wire::HealthRow::Reader row : (*answer)->getRows()) add(table, node_of(name), row);
  Answer shown = this->table(table, "no actors");
  const std::uint64_t total = (*answer)->getTotal();
  if (total > (*answer)->getRows().size()) {
    shown.text +=
        painted(options_.color, "2", "... and " + count_text(total - (*answer)->getRows().size()) + " quieter ones") +
        "\n";
  }
  return shown;
}

Answer Commands::inspect(const std::string& argument) {
  const ActorName name = read_actor_name(argument);
  if (name.path.empty()) return usage("inspect", "ACTOR, such as :inspect " + std::string("node/operation"));
  const auto found = health_of(name, {.prefix = name.path, .limit = 1});
  if (!found) return refused(found.error());
  const auto deaths = operation_.deaths(node_of(name), {}, 0);  // all: causes are deaths of others
  if (!deaths) return refused(deaths.error());
  const wire::HealthRow::Reader row = (*found)->getRows()[0];
  Answer answer;
  answer.text =
      inspect_text(name_of(node_of(name), name.path), row, deaths->read(), system_clock().wall_ns(), options_);
  Table table = actor_table();
  add(table, node_of(name), row);
  answer.json = "\"rows\":" + table.json();
  return answer;
}

Answer Commands::mailbox(const std::string& argument) {
  const ActorName name = read_actor_name(argument);
  if (name.path.empty()) return usage("mailbox", "ACTOR");
  const auto found = health_of(name, {.prefix = name.path, .limit = 1});
  if (!found) return refused(found.error());
  const wire::HealthRow::Reader row = (*found)->getRows()[0];
  std::string last;
  for (const capnp::Text::Reader text : row.getLastMessages()) last += (last.empty() ? "" : ", ") + text_of(text);
  Table table({{"waiting", "waiting", true},
               {"held", "held", true},
               {"handled", "handled", true},
               {"dead letters", "dead_letters", true},
               {"p50", "p50_ns", true},
               {"p99", "p99_ns", true},
               {"works on", "busy_with"},
               {"last messages", "last_messages"}});
  table.add({Cell::count(row.getWaiting()), Cell::count(row.getHeld()), Cell::count(row.getHandled()),
             Cell::count(row.getDeadLetters()), Cell::duration(row.getHandlerP50Ns()),
             Cell::duration(row.getHandlerP99Ns()), Cell::of(text_of(row.getBusyWith())), Cell::of(last)});
  return this->table(table, "");
}

Answer Commands::deaths(const std::string& argument) {
  const ActorName name = read_actor_name(argument);
  const auto answer = operation_.deaths(node_of(name), name.path == "node" ? "" : name.path, 0);
  if (!answer) return refused(answer.error());
  Answer shown;
  if (!options_.json) {
    shown.text = deaths_text(answer->read(), system_clock().wall_ns(), options_);
    return shown;
  }
  shown.json = "\"rows\":" + deaths_json(answer->read());
  return shown;
}

Answer Commands::end(const std::string& command, const std::string& argument, bool again) {
  const std::string word = argument.substr(0, argument.find(' '));
  const ActorName name = read_actor_name(word);
  if (name.path.empty()) return usage(command, "ACTOR [REASON]");
  std::string reason = argument.substr(std::min(argument.size(), word.size() + 1));
  const auto ended = operation_.end_actor(node_of(name), name.path, again, reason);
  if (!ended) return refused(ended.error().code == Code::actor_not_found ? unknown(name) : ended.error());
  const std::string full = name_of(node_of(name), name.path);
  return {again ? full + " was ended and is started again\n"
                : full + " was ended for good; :deaths " + full + " tells of it\n",
          {}};
}

std::optional<Answer> Commands::kill(const std::string& argument) {
  const bool process = !argument.empty() && (argument[0] == '#' || (argument[0] >= '0' && argument[0] <= '9'));
  if (process) return std::nullopt;
  return end("kill", argument, false);
}

Answer Commands::restart(const std::string& argument) {
  return end("restart", argument, true);
}

Answer Commands::links(const std::string& argument) {
  const std::string node = node_of(read_actor_name(argument));
  const auto answer = operation_.links(node);
  if (!answer) return refused(answer.error());
  Table table({{"peer", "peer"},
               {"what", "kind"},
               {"up", "age_ns", true},
               {"round trip", "round_trip_ns", true},
               {"cost", "cost", true},
               {"frames out", "frames_sent", true},
               {"in", "frames_received", true},
               {"sent", "bytes_sent", true},
               {"received", "bytes_received", true},
               {"stalls", "stalls", true},
               {"refused", "refused_full", true},
               {"key", "id"}});
  for (const wire::LinkRow::Reader row : (*answer)->getLinks()) {
    const auto size = [](std::uint64_t bytes) { return Cell{size_text(bytes), std::to_string(bytes)}; };
    table.add({Cell::of(text_of(row.getPeer())),
               Cell::of(row.getClient() ? "client" : "node"),
               Cell::duration(row.getAgeNs()),
               Cell::duration(row.getRoundTripNs()),
               Cell::count(row.getCost()),
               Cell::count(row.getFramesSent()),
               Cell::count(row.getFramesReceived()),
               size(row.getBytesSent()),
               size(row.getBytesReceived()),
               Cell::count(row.getStalls()),
               Cell::count(row.getRefusedFull()),
               {text_of(row.getId()).substr(0, 12), json_string(text_of(row.getId()))}});
  }
  return this->table(table, node + " has no links");
}

Answer Commands::route(const std::string& argument) {
  const std::vector<std::string> words = words_of(argument);
  if (words.empty() || words.size() > 2) return usage("route", "[FROM] TO");
  const std::string from = words.size() == 2 ? words[0] : operation_.node();
  const auto answer = operation_.route(from, words.back());
  if (!answer) return refused(answer.error());
  std::string text, json;
  for (const capnp::Text::Reader hop : (*answer)->getHops()) {
    text += (text.empty() ? "" : " -> ") + text_of(hop);
    json += (json.empty() ? "" : ",") + json_string(text_of(hop));
  }
  if (text.empty()) return refused({Code::no_route, "there is no way from " + from + " to " + words.back(), {}});
  Answer shown{text + "\n", {}};
  shown.json = "\"hops\":[" + json + "]";
  return shown;
}

Answer Commands::serve(const std::string& argument, What what, const char* done) {
  if (argument.empty()) {
    const char* const names[] = {"uncordon", "cordon", "drain", "leave"};
    return usage(names[static_cast<std::size_t>(what)], "NODE");
  }
  const std::string node = read_actor_name(argument).node;
  const auto told = operation_.set_service(node.empty() ? argument : node, what);
  if (!told) return refused(told.error());
  return {argument + done, {}};
}

std::vector<std::string> Commands::complete_node(const std::string& word) {
  std::vector<std::string> names;
  const auto members = operation_.members();
  if (!members) return names;
  for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
    if (std::string_view(row.getName().cStr()).starts_with(word)) names.push_back(text_of(row.getName()));
  }
  return names;
}

std::vector<std::string> Commands::complete_node_or_metric(const std::string& word) {
  std::vector<std::string> names = complete_node(word);
  std::ranges::move(complete_metric(operation_, word), std::back_inserter(names));
  return names;
}

/// One part of a path at a time, as shells complete files.
std::vector<std::string> Commands::complete_actor(const std::string& word) {
  const std::size_t colon = word.find(':');
  const std::string node = colon == std::string::npos ? operation_.node() : word.substr(0, colon);
  const std::string before = colon == std::string::npos ? "" : word.substr(0, colon + 1);
  const std::string path = word.substr(before.size());
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
  std::set<std::string> found;
  if (std::string_view("node").starts_with(path)) found.insert(before + "node/");
  if (colon == std::string::npos && slash == std::string::npos) {
    for (const std::string& name : complete_node(word)) found.insert(name + ":");
  }
  const std::vector<HealthResult> answers = slash == std::string::npos
                                                ? std::vector<HealthResult>{}
                                                : operation_.health({node}, {.prefix = parent == "node" ? "" : parent});
  for (const HealthResult& answer : answers) {
    if (!answer) continue;
    for (const wire::HealthRow::Reader row : (*answer)->getRows()) {
      const std::string full = text_of(row.getPath());
      if (!full.starts_with(path)) continue;
      const std::size_t end = full.find('/', path.size());
      found.insert(before + full.substr(0, end == std::string::npos ? end : end + 1));
      if (found.size() >= kMostCompletions) break;
    }
  }
  // With `a` and `a/` both, the first is enough to go on.
  std::erase_if(found, [&found](const std::string& name) {
    return name.ends_with('/') && found.contains(name.substr(0, name.size() - 1));
  });
  return {found.begin(), found.end()};
}

}  // namespace

ActorName read_actor_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  if (text == "node" || text.starts_with("node/")) return {{}, std::string(text)};
  return {std::string(text), {}};
}

std::vector<ConsoleCommand> operation_commands(Operation& operation, const ConsoleOptions& options) {
  const auto commands = std::make_shared<Commands>(operation, options);
  const auto run = [&commands](Answer (Commands::*function)(const std::string&)) {
    return [commands, function](const std::string& argument) -> std::optional<Answer> {
      return ((*commands).*function)(argument);
    };
  };
  const auto serve = [&commands](What what, const char* done) {
    return [commands, what, done](const std::string& argument) -> std::optional<Answer> {
      return commands->serve(argument, what, done);
    };
  };
  const auto actor = [commands](const std::string& word) { return commands->complete_actor(word); };
  const auto node = [commands](const std::string& word) { return commands->complete_node(word); };
  const char* const names =
      "Names are those that :tree shows: node/work/pool is an actor of this node, beta:node/work/pool one of node\n"
      "beta, and beta the node itself. Tab completes them.\n";
  return {
      {"nodes", "", "the nodes of the cluster: state, service, address, labels", "cluster.inspect", "",
       run(&Commands::nodes), nullptr},
      {"tree", "[NAME]", "the supervision tree: state, restarts, mailbox, last error", "cluster.inspect", names,
       run(&Commands::tree), actor},
      {"inspect", "ACTOR", "all about one actor, and what it died of", "cluster.inspect", names,
       run(&Commands::inspect), actor},
      {"actors", "[NAME]", "the busiest actors first: by mailbox, then restarts", "cluster.inspect", names,
       run(&Commands::actors), actor},
      {"deaths", "[NAME]", "death certificates, newest first: the error, its cause, what was done", "cluster.inspect",
       names, run(&Commands::deaths), actor},
      {"certificates", "[NAME]", "the same as :deaths", "cluster.inspect",
       "Certificates of peers are shown by :links.\n", run(&Commands::deaths), actor},
      {"mailbox", "ACTOR", "what waits for an actor, and what it works on", "cluster.inspect", names,
       run(&Commands::mailbox), actor},
      {"kill", "ACTOR [REASON]", "end an actor for good", "cluster.actor.kill", names,
       [commands](const std::string& argument) { return commands->kill(argument); }, actor},
      {"restart", "ACTOR [REASON]", "end an actor; its supervisor starts it again", "cluster.actor.restart", names,
       run(&Commands::restart), actor},
      {"links", "[NODE]", "the links of a node: peers, round trip, traffic", "cluster.inspect", "",
       run(&Commands::links), node},
      {"route", "[FROM] TO", "the way that messages between two nodes take", "cluster.inspect", "",
       run(&Commands::route), node},
      {"names",
       "[PATTERN]",
       "names of actors and processes in the cluster, such as jobs/*",
       "cluster.inspect",
       "",
       run(&Commands::names),
       {}},
      {"leases",
       "",
       "who may act alone, until when, and with which token",
       "cluster.inspect",
       "",
       run(&Commands::leases),
       {}},
      {"metrics", "[NODE] [PREFIX]", "what a node counts; of PREFIX, such as noodle_vm", "cluster.inspect", "",
       run(&Commands::metrics),
       [commands](const std::string& word) { return commands->complete_node_or_metric(word); }},
      {"cordon", "NODE", "the node takes no new work", "cluster.node.cordon", "",
       serve(What::CORDON, " takes no new work; :uncordon ends that\n"), node},
      {"uncordon", "NODE", "the node takes work again", "cluster.node.uncordon", "",
       serve(What::UNCORDON, " takes work again\n"), node},
      {"drain", "NODE", "the node takes no new work and lets go of what it has", "cluster.node.drain", "",
       serve(What::DRAIN, " drains; :nodes shows its service\n"), node},
      {"leave", "NODE", "the node tells all that it goes", "cluster.node.leave", "",
       serve(What::LEAVE, " has left the cluster\n"), node},
  };
}

}  // namespace noodle::session
