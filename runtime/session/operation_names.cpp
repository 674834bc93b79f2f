// `:names` and `:leases`: who is called what in the cluster, and who may act alone.
#include <algorithm>
#include <map>

#include "runtime/session/operation.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {

namespace {

std::string text_of(capnp::Text::Reader text) {
  return plain({text.begin(), text.size()});
}

/// Names of nodes by their ids.
std::map<std::string, std::string> node_names(Operation& operation) {
  std::map<std::string, std::string> names;
  const auto members = operation.members();
  if (!members) return names;
  for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
    if (row.getName().size() != 0) names[row.getId().cStr()] = text_of(row.getName());
  }
  return names;
}

std::string name_of(const std::map<std::string, std::string>& names, const std::string& id) {
  const auto found = names.find(id);
  return found == names.end() ? plain(id) : found->second;
}

Answer shown(const Table& table, const std::string& empty, const ConsoleOptions& options) {
  Answer answer{table.empty() ? empty + "\n" : table.text(options.color, options.width), {}};
  answer.json = "\"rows\":" + table.json();
  return answer;
}

/// `*` stands for anything.
bool fits(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  pattern.remove_prefix(star + 1);
  name.remove_prefix(star);
  if (pattern.empty()) return true;
  for (; !name.empty(); name.remove_prefix(1)) {
    if (fits(pattern, name)) return true;
  }
  return fits(pattern, name);
}

}  // namespace

Answer names_answer(Operation& operation, const std::string& pattern, const ConsoleOptions& options) {
  constexpr std::size_t kMostStars = 4;  // each may have to be tried at every place
  if (std::count(pattern.begin(), pattern.end(), '*') > static_cast<std::ptrdiff_t>(kMostStars)) {
    return refusal(
        {Code::command_usage, "write :names [PATTERN], with at most " + std::to_string(kMostStars) + " `*`", {}},
        options);
  }
  const auto answer = operation.names(pattern.substr(0, pattern.find('*')));
  if (!answer) return refusal(answer.error(), options);
  const auto nodes = node_names(operation);
  Table table({{"name", "name"},
               {"", "unique"},
               {"kind", ""},
               {"node", "node"},
               {"holder", "holder"},
               {"for", "age_ns", true},
               {"", "pid"},
               {"", "hidden"}});
  for (const wire::NameRow::Reader row : (*answer)->getRows()) {
    const std::string name(row.getName().begin(), row.getName().size());
    if (!pattern.empty() && !fits(pattern, name)) continue;
    const bool hidden = row.getHidden();
    table.add({Cell::of(name),
               {{}, row.getUnique() ? "true" : "false"},
               Cell::of(row.getUnique() ? "unique" : "plain"),
               {name_of(nodes, row.getNode().cStr()) + (hidden ? " (away)" : ""), {}, hidden ? "33" : nullptr},
               Cell::of(row.getPid() != 0 ? "process" : "actor"),
               Cell::duration(row.getAgeNs()),
               {{}, std::to_string(row.getPid())},
               {{}, hidden ? "true" : "false"}});
  }
  return shown(table, pattern.empty() ? "no names" : "no name fits `" + pattern + "`", options);
}

Answer leases_answer(Operation& operation, const ConsoleOptions& options) {
  const auto answer = operation.leases();
  if (!answer) return refusal(answer.error(), options);
  const auto nodes = node_names(operation);
  Table table({{"lease", "name"},
               {"holder", "node"},
               {"token", "token", true},
               {"runs out in", "left_ns", true},
               {"renewals", "renewals", true}});
  for (const wire::LeaseRow::Reader row : (*answer)->getRows()) {
    table.add({Cell::of(text_of(row.getName())),
               Cell::of(name_of(nodes, row.getNode().cStr())),
               {std::to_string(row.getToken()), std::to_string(row.getToken())},
               Cell::duration(row.getLeftNs()),
               Cell::count(row.getRenewals())});
  }
  return shown(table, "no leases are held", options);
}

}  // namespace noodle::session
