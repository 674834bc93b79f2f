#include "tools/sim/scenario.hpp"

#include <toml++/toml.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "messages/limits.hpp"
#include "runtime/base/suggest.hpp"
#include "tools/sim/invariants.hpp"

namespace noodle::sim {
namespace {

constexpr std::string_view kFaultNames[] = {"partition", "isolate",    "cut",  "one_way", "pause", "crash",
                                            "power_off", "restart",    "join", "leave",   "slow",  "clog",
                                            "swizzle",   "clock_step", "loss", "latency", "drain"};

/// One table of the file: every key is read once, and those that nobody read are errors.
class Table {
 public:
  Table(const toml::table& table, std::string where, Result<void>& outcome)
      : table_(table), where_(std::move(where)), outcome_(outcome) {}
  ~Table() {
    for (const auto& [key, node] : table_) {
      if (read_.count(std::string(key.str())) == 0) {
        std::vector<std::string_view> known(read_.begin(), read_.end());
        fail(std::string(key.str()), "is not known" + did_you_mean(key.str(), known));
      }
    }
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const toml::node* node(const std::string& key) {
    read_.insert(key);
    return table_.get(key);
  }
  void fail(const std::string& key, const std::string& what) {
    if (outcome_.ok()) outcome_ = Error{Code::scenario_invalid, where_ + "`" + key + "` " + what, {}};
  }
  void text(const std::string& key, std::string& out) {
    if (const auto* n = node(key)) {
      if (const auto value = n->value_exact<std::string>())
        out = *value;
      else
        fail(key, "has to be a text");
    }
  }
  void truth(const std::string& key, bool& out) {
    if (const auto* n = node(key)) {
      if (const auto value = n->value_exact<bool>())
        out = *value;
      else
        fail(key, "has to be true or false");
    }
  }
  template <class T>
  void integer(const std::string& key, std::int64_t low, std::int64_t high, T& out) {
    if (const auto* n = node(key)) {
      const auto value = n->value_exact<std::int64_t>();
      if (value && *value >= low && *value <= high)
        out = static_cast<T>(*value);
      else
        fail(key, "has to be a number from " + std::to_string(low) + " to " + std::to_string(high));
    }
  }
  void real(const std::string& key, double low, double high, double& out) {
    if (const auto* n = node(key)) {
      const auto value = n->value<double>();
      if (value && *value >= low && *value <= high) {
        out = *value;
      } else {
        std::ostringstream range;
        range << low << " to " << high;
        fail(key, "has to be a number from " + range.str());
      }
    }
  }
  void duration(const std::string& key, std::int64_t& out) {
    if (const auto* n = node(key)) {
      const auto value = n->value_exact<std::string>();
      const auto parsed = value ? parse_duration_ns(*value) : std::nullopt;
      if (parsed && std::abs(*parsed) <= kMaxDurationNs)
        out = *parsed;
      else
        fail(key, "has to be a duration of at most a day, as \"200ms\", \"1.5s\", \"5m\" or \"1h\"");
    }
  }
  void indexes(const std::string& key, std::uint32_t nodes, std::vector<std::uint32_t>& out) {
    if (const auto* n = node(key)) read_indexes(key, *n, nodes, out);
  }
  void read_indexes(const std::string& key, const toml::node& n, std::uint32_t nodes, std::vector<std::uint32_t>& out) {
    const auto* array = n.as_array();
    if (array == nullptr) return fail(key, "has to be a list of node numbers");
    for (const auto& item : *array) {
      const auto value = item.value_exact<std::int64_t>();
      if (!value || *value < 0 || *value >= nodes) {
        return fail(key, "names a node that does not exist; nodes are 0 to " + std::to_string(nodes - 1));
      }
      out.push_back(static_cast<std::uint32_t>(*value));
    }
  }

 private:
  static std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
    const auto found = nearest_name(word, known);
    return found.empty() ? "" : "; did you mean `" + std::string(found) + "`?";
  }

  const toml::table& table_;
  std::string where_;
  Result<void>& outcome_;
  std::set<std::string> read_;
};

bool disturbs_by_nature(FaultKind kind) {
  switch (kind) {
    case FaultKind::partition:
    case FaultKind::isolate:
    case FaultKind::pause:
    case FaultKind::crash:
    case FaultKind::power_off:
    case FaultKind::restart:
    case FaultKind::join:
    case FaultKind::leave:
    case FaultKind::clog:
    case FaultKind::swizzle:
      return true;
    default:
      return false;
  }
}

void read_fault(const toml::table& in, std::size_t number, const Scenario& scenario, const std::string& file,
                Result<void>& outcome, Fault& fault) {
  Table table(in, file + ": fault " + std::to_string(number) + ": ", outcome);
  std::string kind;
  table.text("kind", kind);
  const auto* found = std::find(std::begin(kFaultNames), std::end(kFaultNames), kind);
  if (found == std::end(kFaultNames)) {
    const std::vector<std::string_view> names(std::begin(kFaultNames), std::end(kFaultNames));
    const auto near = nearest_name(kind, names);
    table.fail("kind", "`" + kind + "` is unknown" +
                           (near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?"));
    return;
  }
  fault.kind = static_cast<FaultKind>(found - std::begin(kFaultNames));
  fault.disturbs = disturbs_by_nature(fault.kind);
  table.duration("at", fault.at_ns);
  table.duration("for", fault.for_ns);
  table.duration("every", fault.every_ns);
  table.duration("period", fault.period_ns);
  table.duration("by", fault.by_ns);
  table.integer("times", 1, 100'000, fault.times);
  table.integer("pick", 1, scenario.nodes, fault.pick);
  table.real("rate", 0, 1, fault.rate);
  table.real("duty", 0.001, 1, fault.duty);
  table.truth("disturbs", fault.disturbs);
  table.indexes("nodes", scenario.nodes, fault.nodes);
  table.indexes("from", scenario.nodes, fault.from);
  table.indexes("to", scenario.nodes, fault.to);
  table.indexes("except", scenario.nodes, fault.except);
  if (const auto* groups = table.node("groups")) {
    if (const auto* array = groups->as_array()) {
      for (const auto& item : *array) table.read_indexes("groups", item, scenario.nodes, fault.groups.emplace_back());
    } else {
      table.fail("groups", "has to be a list of lists of node numbers");
    }
  }
  if (fault.period_ns <= 0) table.fail("period", "has to be above zero");
  if (fault.at_ns < 0 || fault.for_ns < 0 || fault.every_ns < 0) table.fail("at", "cannot be before the start");
  if (fault.times > 1 && fault.every_ns == 0) table.fail("every", "is needed with `times`");
  if (fault.kind == FaultKind::partition && fault.groups.empty()) table.fail("groups", "is needed");
  const bool pairs = fault.kind == FaultKind::cut || fault.kind == FaultKind::one_way;
  if (pairs && (fault.from.empty() || fault.to.empty())) table.fail("from", "and `to` are needed");
  const bool all =
      fault.kind == FaultKind::loss || fault.kind == FaultKind::latency || fault.kind == FaultKind::partition;
  if (!pairs && !all && fault.nodes.empty() && fault.pick == 0) table.fail("nodes", "or `pick` is needed");
}

void read_network(const toml::table& in, const std::string& file, Result<void>& outcome, NetworkSettings& network) {
  Table table(in, file + ": network: ", outcome);
  table.duration("latency", network.latency_ns);
  table.duration("jitter", network.jitter_ns);
  table.real("loss", 0, 1, network.loss);
  table.real("duplicate", 0, 1, network.duplicate);
  table.real("reorder", 0, 1, network.reorder);
  if (network.latency_ns <= 0 || network.jitter_ns < 0) table.fail("latency", "has to be above zero");
}

void read_all(const toml::table& root, const std::string& file, Result<void>& outcome, Scenario& scenario) {
  Table table(root, file + ": ", outcome);
  table.text("name", scenario.name);
  table.integer("nodes", 1, kMaxNodes, scenario.nodes);
  table.integer("started", 1, scenario.nodes, scenario.started);
  table.integer("seed", 0, std::numeric_limits<std::int64_t>::max(), scenario.seed);
  table.integer("labels", 0, 16, scenario.labels);
  table.text("profile", scenario.profile);
  table.duration("duration", scenario.duration_ns);
  table.duration("detect_within", scenario.detect_within_ns);
  table.duration("settle", scenario.settle_ns);
  table.real("max_suspicions_per_minute", 0, 1e9, scenario.max_suspicions_per_minute);
  table.truth("wire", scenario.wire);
  table.truth("formed", scenario.formed);
  table.truth("leases", scenario.leases);
  if (const auto* network = table.node("network")) {
    if (const auto* inner = network->as_table())
      read_network(*inner, file, outcome, scenario.network);
    else
      table.fail("network", "has to be a table");
  }
  if (const auto* invariants = table.node("invariants")) {
    const auto* array = invariants->as_array();
    if (array == nullptr) return table.fail("invariants", "has to be a list of names");
    for (const auto& item : *array) {
      const auto name = item.value_exact<std::string>();
      if (!name || !is_invariant(*name))
        return table.fail("invariants", "names `" + name.value_or("") + "`, which is none");
      scenario.invariants.push_back(*name);
    }
  }
  if (const auto* faults = table.node("fault")) {
    const auto* array = faults->as_array();
    if (array == nullptr || !array->is_array_of_tables()) return table.fail("fault", "has to be written [[fault]]");
    if (array->size() > kMaxFaults) return table.fail("fault", "occurs more than 1000 times");
    for (const auto& item : *array) {
      const std::size_t number = scenario.faults.size() + 1;
      read_fault(*item.as_table(), number, scenario, file, outcome, scenario.faults.emplace_back());
    }
  }
  if (scenario.duration_ns <= 0) table.fail("duration", "has to be above zero");
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  return kFaultNames[static_cast<std::size_t>(kind)];
}

std::optional<std::int64_t> parse_duration_ns(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || std::abs(number) > 1e9) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double factor = unit == "us"   ? 1e3
                        : unit == "ms" ? 1e6
                        : unit == "s"  ? 1e9
                        : unit == "m"  ? 60e9
                        : unit == "h"  ? 3600e9
                                       : 0;
  if (factor == 0 || std::abs(number) * factor > 9e18) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(number * factor));
}

Result<Scenario> parse_scenario(std::string_view text, const std::string& file) {
  if (text.size() > kMaxConfigBytes) return Error{Code::scenario_invalid, file + " is larger than 1 MiB", {}};
  try {
    const toml::table root = toml::parse(text, file);
    Scenario scenario;
    scenario.name = file;
    Result<void> outcome;
    read_all(root, file, outcome, scenario);
    if (!outcome) return outcome.error();
    return scenario;
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return Error{Code::scenario_invalid,
                 file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                     std::string(error.description()),
                 {}};
  }
}

Result<Scenario> read_scenario(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Code::file_not_found, "no scenario file " + path, {}};
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_scenario(text, path);
}

}  // namespace noodle::sim
