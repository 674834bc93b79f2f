// The Prometheus text format, read back: for tables, JSON, and one text about several nodes.
//
// Threads: values. Errors: none; lines that are not of the format are left out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace noodle {

struct MetricSample {
  std::string name;  // of the family, with _bucket, _sum or _count for those of a histogram
  std::map<std::string, std::string> labels;
  std::string value;  // as it stands
};

struct MetricFamily {
  std::string name, help, type;  // the help as it stands, with \\ and \n
  std::vector<MetricSample> samples;
};

std::vector<MetricFamily> read_metrics(std::string_view text);
/// `{a="1",b="2"}`; empty without any.
std::string metric_labels_text(const std::map<std::string, std::string>& labels);
/// The labels as an object, a value as a number; what JSON has no number for is a text.
std::string metric_labels_json(const std::map<std::string, std::string>& labels);
std::string metric_value_json(const std::string& value);
std::string metrics_text(const std::vector<MetricFamily>& families);
/// Adds what `node` told to what others have: each sample gets its name as label `node`, each family comes once.
void add_metrics_of(const std::string& node, std::vector<MetricFamily> of_node, std::vector<MetricFamily>& all);

}  // namespace noodle
