#include "runtime/base/metrics/metrics.hpp"

#include <prometheus/check_names.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <utility>

#include "messages/limits.hpp"

namespace noodle {

void Counter::add(double by) {
  if (by > 0) counter_->Increment(by);
}
double Counter::value() const {
  return counter_->Value();
}

void Gauge::set(double value) {
  gauge_->Set(value);
}
void Gauge::add(double by) {
  gauge_->Increment(by);
}
double Gauge::value() const {
  return gauge_->Value();
}

void Histogram::observe(double value) {
  histogram_->Observe(value);
}

// ---- samples

struct Samples::State {
  struct Entry {
    prometheus::MetricFamily family;
    std::set<Labels> known;
  };
  std::map<std::string, Entry> entries;  // by name

  void* find(const std::string& name, const std::string& help, prometheus::MetricType type) {
    const auto [found, fresh] = entries.try_emplace(name);
    prometheus::MetricFamily& family = found->second.family;
    if (fresh) family = {name, help, type, {}};
    return family.type == type ? &found->second : nullptr;
  }
};

Samples::Family Samples::counter(const std::string& name, const std::string& help) {
  return Family(state_.find(name, help, prometheus::MetricType::Counter));
}

Samples::Family Samples::gauge(const std::string& name, const std::string& help) {
  return Family(state_.find(name, help, prometheus::MetricType::Gauge));
}

Samples::Family& Samples::Family::add(double value, const Labels& labels) {
  auto* const entry = static_cast<State::Entry*>(entry_);
  if (entry == nullptr || !entry->known.insert(labels).second) return *this;
  prometheus::ClientMetric& metric = entry->family.metric.emplace_back();
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  const bool counts = entry->family.type == prometheus::MetricType::Counter;
  (counts ? metric.counter.value : metric.gauge.value) = value;
  return *this;
}

// ---- registry

namespace {

enum class Kind { counter, gauge, histogram };

Error refused(const std::string& name, const std::string& why) {
  return {Code::invalid_argument, "metric `" + name + "`: " + why, {}};
}

bool are_bounds(const std::vector<double>& bounds) {
  const auto not_ascending = [](double a, double b) { return !(a < b); };
  return !bounds.empty() && std::all_of(bounds.begin(), bounds.end(), [](double b) { return std::isfinite(b); }) &&
         std::adjacent_find(bounds.begin(), bounds.end(), not_ascending) == bounds.end();
}

}  // namespace

struct Metrics::State {
  struct Known {
    Kind kind;
    std::string help;  // of the first call: a family has one help text
    std::vector<double> bounds;
  };

  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, Known> families;
  std::map<std::pair<std::string, Labels>, void*> series;

  /// The series, made by `make(help, bounds)` when it is new.
  template <class Series, class Make>
  Result<Series*> find(Kind kind, const std::string& name, const std::string& help, const std::vector<double>& bounds,
                       const Labels& labels, Make make) {
    const std::lock_guard lock(mutex);
    const auto known = series.find({name, labels});
    const auto family = families.find(name);
    if (family != families.end() && (family->second.kind != kind || family->second.bounds != bounds)) {
      return refused(name, "is registered as another kind or with other bounds");
    }
    if (known != series.end()) return static_cast<Series*>(known->second);
    if (!prometheus::CheckMetricName(name)) return refused(name, "not a metric name; use letters, digits and _");
    for (const auto& [label, value] : labels) {
      if (!prometheus::CheckLabelName(label)) return refused(name, "`" + label + "` is not a label name");
      if (kind == Kind::histogram && label == "le") return refused(name, "label `le` is the histogram's own");
    }
    if (series.size() >= kMaxMetricSeries) {
      return refused(name, "the limit of " + std::to_string(kMaxMetricSeries) + " series is reached");
    }
    Known& entry = families.try_emplace(name, Known{kind, help, bounds}).first->second;
    Series* const made = &make(entry.help);
    series[{name, labels}] = made;
    return made;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Result<Counter> Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto found = state_->find<prometheus::Counter>(
      Kind::counter, name, help, {}, labels, [&](const std::string& text) -> prometheus::Counter& {
        return prometheus::BuildCounter().Name(name).Help(text).Register(state_->registry).Add(labels);
      });
  if (!found) return found.error();
  return Counter(**found);
}

Result<Gauge> Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto found = state_->find<prometheus::Gauge>(
      Kind::gauge, name, help, {}, labels, [&](const std::string& text) -> prometheus::Gauge& {
        return prometheus::BuildGauge().Name(name).Help(text).Register(state_->registry).Add(labels);
      });
  if (!found) return found.error();
  return Gauge(**found);
}

Result<Histogram> Metrics::histogram(const std::string& name, const std::string& help,
                                     const std::vector<double>& bounds, const Labels& labels) {
  if (!are_bounds(bounds)) return refused(name, "bounds must be finite and ascending");
  auto found = state_->find<prometheus::Histogram>(
      Kind::histogram, name, help, bounds, labels, [&](const std::string& text) -> prometheus::Histogram& {
        return prometheus::BuildHistogram().Name(name).Help(text).Register(state_->registry).Add(labels, bounds);
      });
  if (!found) return found.error();
  return Histogram(**found);
}

const std::vector<double>& Metrics::duration_bounds() {
  static const std::vector<double> bounds{1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2,
                                          2e-2, 5e-2, 0.1,  0.2,  0.5,  1,    2,    5,    10};
  return bounds;
}

std::string Metrics::expose(const std::function<void(Samples&)>& collect) const {
  Samples::State all;
  for (prometheus::MetricFamily& family : state_->registry.Collect()) {
    all.entries[family.name].family = std::move(family);
  }
  Samples samples(all);
  if (collect) collect(samples);
  std::vector<prometheus::MetricFamily> families;
  for (auto& [name, entry] : all.entries) families.push_back(std::move(entry.family));
  return prometheus::TextSerializer().Serialize(families);
}

Metrics& process_metrics() {
  // Never destroyed: threads may count until the very end.
  static Metrics* const metrics = new Metrics;
  return *metrics;
}

}  // namespace noodle
