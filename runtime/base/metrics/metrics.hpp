// Metrics: counters, gauges and histograms of this process, written out in the Prometheus text format.
//
//     Counter lost = *metrics.counter("noodle_events_lost_total", "Events that met a full mailbox.");
//     lost.add();                          // a few nanoseconds; keep the handle, looking it up is slow
//
// This folder: metrics, process_samples (what the kernel knows), metrics_text (the format read back).
// What a component counts anyway is not counted again: it gives its Samples when somebody asks.
// Threads: everything here may be used by any thread, Samples by one. Handles are valid as long as their Metrics.
// Limits: kMaxMetricSeries. Errors: 1613 for a bad name, a name of another kind, bad bounds or too many series.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace noodle {

/// Only grows. Name ends in _total.
class Counter {
 public:
  /// Precondition: by >= 0; anything else is ignored.
  void add(double by = 1);
  double value() const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void set(double value);
  void add(double by = 1);
  double value() const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_;
};

/// Counts observations by upper bounds.
class Histogram {
 public:
  void observe(double value);

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_;
};

/// Values of one moment, given by those who have them.
///
///     out.gauge("noodle_actors_mailbox_messages", "Messages that wait.").add(17);
class Samples {
 public:
  using Labels = std::map<std::string, std::string>;
  /// A family of series. It comes out with its help, also without any.
  class Family {
   public:
    /// The first value for the same labels counts.
    Family& add(double value, const Labels& labels = {});

   private:
    friend class Samples;
    explicit Family(void* entry) : entry_(entry) {}
    void* entry_;  // null: the name is taken by another kind
  };
  /// Precondition of both: names and labels are such. Asking again for a family gives the same.
  Family counter(const std::string& name, const std::string& help);
  Family gauge(const std::string& name, const std::string& help);

 private:
  friend class Metrics;
  struct State;
  explicit Samples(State& state) : state_(state) {}
  State& state_;
};

class Metrics {
 public:
  using Labels = Samples::Labels;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Asking again for the same name and labels gives the same series.
  Result<Counter> counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Result<Gauge> gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  /// `bounds`: upper bounds of the buckets, ascending; the last bucket (+Inf) is implied.
  Result<Histogram> histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                              const Labels& labels = {});

  /// 10 us to 10 s, three a decade: for times in seconds.
  static const std::vector<double>& duration_bounds();

  /// Everything, and what `collect` gives, sorted by name. Slow with many series: call it away from I/O threads.
  std::string expose(const std::function<void(Samples&)>& collect = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The metrics of this process.
Metrics& process_metrics();

}  // namespace noodle
