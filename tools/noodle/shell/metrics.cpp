// `noodle metrics`: what nodes count, in the Prometheus text format or as JSON lines.
#include <iostream>
#include <set>

#include "runtime/base/metrics/metrics_text.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/shell/commands.hpp"
#include "tools/noodle/shell/connection.hpp"

namespace noodle::tools {

namespace {

/// Names of the nodes that should answer, each once.
Result<std::set<std::string>> nodes_of(actors::SessionClient& client) {
  const auto members = client.members();
  if (!members) return members.error();
  std::set<std::string> names;
  for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
    if (row.getState() != "left") names.insert(row.getName().cStr());
  }
  return names;
}

void print_json(const std::vector<MetricFamily>& families) {
  for (const MetricFamily& family : families) {
    for (const MetricSample& sample : family.samples) {
      std::cout << "{\"name\":" << json_string(sample.name) << ",\"type\":" << json_string(family.type)
                << ",\"labels\":" << metric_labels_json(sample.labels)
                << ",\"value\":" << metric_value_json(sample.value) << "}\n";
    }
  }
}

}  // namespace

int metrics_command(const ShellCommand& command, const CommonOptions& common) {
  const auto fail = [&common](const Error& error) {
    print_error(error, common.json);
    return kExitUncaught;
  };
  auto connection = Connection::open(command.context, command.node);
  if (!connection) return fail(connection.error());
  const auto client = (*connection)->session({});
  if (!client) return fail(client.error());
  if (!command.all) {
    const auto answer = (*client)->metrics({});
    if (!answer) return fail(answer.error());
    if (common.json) {
      print_json(read_metrics((*answer)->getText().cStr()));
    } else {
      std::cout << (*answer)->getText().cStr();
    }
    return kExitOk;
  }
  const auto nodes = nodes_of(**client);
  if (!nodes) return fail(nodes.error());
  std::vector<MetricFamily> all;
  int code = kExitOk;
  for (const std::string& node : *nodes) {
    const auto answer = (*client)->metrics(node);
    if (answer) {
      add_metrics_of(node, read_metrics((*answer)->getText().cStr()), all);
    } else {
      Error problem = answer.error();  // not all of them say of which node
      problem.message = node + ": " + problem.message;
      code = fail(problem);
    }
  }
  if (common.json) {
    print_json(all);
  } else {
    std::cout << metrics_text(all);
  }
  return code;
}

}  // namespace noodle::tools
