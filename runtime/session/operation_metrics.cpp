// `:metrics`: what the nodes count, as a table.
#include <algorithm>
#include <set>

#include "runtime/base/json_text.hpp"
#include "runtime/base/metrics/metrics_text.hpp"
#include "runtime/session/operation.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {

namespace {

bool is_member(Operation& operation, const std::string& name) {
  const auto members = operation.members();
  if (!members) return false;
  for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
    if (row.getName() == name.c_str()) return true;
  }
  return false;
}

}  // namespace

Answer metrics_answer(Operation& operation, const std::string& argument, const ConsoleOptions& options) {
  const std::size_t space = std::min(argument.find(' '), argument.size());
  std::string node = argument.substr(0, space);
  std::string prefix = argument.substr(std::min(space + 1, argument.size()));
  if (prefix.empty() && !is_member(operation, node)) node.swap(prefix);
  if (node.empty()) node = operation.node();
  const auto answer = operation.metrics(node);
  if (!answer) return refusal(answer.error(), options);
  Table table({{"metric", "name"}, {"labels", "labels"}, {"value", "value", true}});
  for (const MetricFamily& family : read_metrics((*answer)->getText().cStr())) {
    for (const MetricSample& sample : family.samples) {
      if (!sample.name.starts_with(prefix)) continue;
      table.add({Cell::of(sample.name),
                 {plain(metric_labels_text(sample.labels)), metric_labels_json(sample.labels)},
                 {plain(sample.value), metric_value_json(sample.value)}});
    }
  }
  Answer shown{table.empty() ? "no metric of " + node + " begins with `" + prefix + "`\n"
                             : table.text(options.color, options.width),
               {}};
  shown.json = "\"node\":" + json_string(node) + ",\"rows\":" + table.json();
  return shown;
}

std::vector<std::string> complete_metric(Operation& operation, const std::string& word) {
  std::set<std::string> names;
  const auto answer = operation.metrics(operation.node());
  if (!answer || word.empty()) return {};
  for (const MetricFamily& family : read_metrics((*answer)->getText().cStr())) {
    if (family.name.starts_with(word)) names.insert(family.name);
  }
  return {names.begin(), names.end()};
}

}  // namespace noodle::session
