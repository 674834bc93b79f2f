#include "runtime/base/metrics/metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "runtime/base/json_text.hpp"
#include "runtime/base/lines.hpp"

namespace noodle {

namespace {

/// Up to the separator, which is taken too; everything when there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return taken;
}

/// What stands before the next quote that is not escaped; nothing when there is none.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string taken;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (text[k] == '"') {
      text.remove_prefix(k + 1);
      return taken;
    }
    if (text[k] == '\\' && k + 1 < text.size()) {
      taken += text[++k] == 'n' ? '\n' : text[k];
    } else {
      taken += text[k];
    }
  }
  return std::nullopt;
}

std::optional<MetricSample> read_sample(std::string_view line) {
  MetricSample sample;
  const std::size_t end = line.find_first_of("{ ");
  if (end == line.npos || end == 0) return std::nullopt;
  sample.name = line.substr(0, end);
  const bool has_labels = line[end] == '{';
  line.remove_prefix(end + 1);
  while (has_labels && !line.empty() && line[0] != '}') {
    const std::string name(take_until(line, '='));
    if (line.empty() || line[0] != '"') return std::nullopt;
    line.remove_prefix(1);
    auto value = take_quoted(line);
    if (!value) return std::nullopt;
    sample.labels.emplace(name, std::move(*value));
    if (!line.empty() && line[0] == ',') line.remove_prefix(1);
  }
  if (has_labels) take_until(line, ' ');
  sample.value = take_until(line, ' ');  // a time may follow
  if (sample.value.empty()) return std::nullopt;
  return sample;
}

}  // namespace

std::vector<MetricFamily> read_metrics(std::string_view text) {
  std::vector<MetricFamily> families;
  const auto family = [&families](std::string_view name) -> MetricFamily& {
    if (families.empty() || families.back().name != name) families.push_back({std::string(name), {}, "untyped", {}});
    return families.back();
  };
  for (std::string_view line : lines_of(text)) {
    if (line.empty()) continue;
    if (line[0] != '#') {
      auto sample = read_sample(line);
      if (!sample) continue;
      // Samples follow the lines about their family, whose name theirs begins with.
      const bool of_last = !families.empty() && sample->name.starts_with(families.back().name);
      (of_last ? families.back() : family(sample->name)).samples.push_back(std::move(*sample));
      continue;
    }
    take_until(line, ' ');
    const std::string_view what = take_until(line, ' ');
    const std::string_view name = take_until(line, ' ');
    if (what == "HELP") family(name).help = line;
    if (what == "TYPE") family(name).type = line;
  }
  return families;
}

std::string metric_labels_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += (text.empty() ? "{" : ",") + name + "=\"";
    for (const char c : value) {
      if (c == '\\' || c == '"') text += '\\';
      text += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    text += '"';
  }
  return text.empty() ? text : text + "}";
}

std::string metric_labels_json(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += (text.empty() ? "" : ",") + json_string(name) + ":" + json_string(value);
  return "{" + text + "}";
}

std::string metric_value_json(const std::string& value) {
  double number = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (problem != std::errc{} || end != value.data() + value.size() || !std::isfinite(number)) return json_string(value);
  std::string text;
  append_json_number(text, number);
  return text;
}

std::string metrics_text(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const MetricFamily& family : families) {
    if (!family.help.empty()) text += "# HELP " + family.name + " " + family.help + "\n";
    text += "# TYPE " + family.name + " " + family.type + "\n";
    for (const MetricSample& sample : family.samples) {
      text += sample.name + metric_labels_text(sample.labels) + " " + sample.value + "\n";
    }
  }
  return text;
}

void add_metrics_of(const std::string& node, std::vector<MetricFamily> of_node, std::vector<MetricFamily>& all) {
  for (MetricFamily& family : of_node) {
    for (MetricSample& sample : family.samples) sample.labels["node"] = node;
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&family](const MetricFamily& known) { return known.name == family.name; });
    if (same == all.end()) {
      all.push_back(std::move(family));
    } else {
      std::move(family.samples.begin(), family.samples.end(), std::back_inserter(same->samples));
    }
  }
}

}  // namespace noodle
