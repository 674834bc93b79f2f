#include "runtime/base/metrics.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <thread>

#include "messages/limits.hpp"

using namespace noodle;

TEST_CASE("counters, gauges and histograms come out in the Prometheus text format") {
  Metrics metrics;
  auto counter = *metrics.counter("noodle_b_total", "Things.", {{"kind", "a\"b"}});
  counter.add();
  counter.add(2);
  counter.add(-5);
  counter.add(std::numeric_limits<double>::quiet_NaN());
  CHECK(counter.value() == 3);
  auto gauge = *metrics.gauge("noodle_a", "Level.");
  gauge.set(10);
  gauge.add(-2.5);
  CHECK(gauge.value() == 7.5);
  auto histogram = *metrics.histogram("noodle_c_seconds", "Times.", {0.1, 1});
  histogram.observe(0.05);
  histogram.observe(0.5);
  histogram.observe(5);
  CHECK(metrics.expose() ==
        "# HELP noodle_a Level.\n# TYPE noodle_a gauge\nnoodle_a 7.5\n"
        "# HELP noodle_b_total Things.\n# TYPE noodle_b_total counter\nnoodle_b_total{kind=\"a\\\"b\"} 3\n"
        "# HELP noodle_c_seconds Times.\n# TYPE noodle_c_seconds histogram\n"
        "noodle_c_seconds_count 3\nnoodle_c_seconds_sum 5.55\n"
        "noodle_c_seconds_bucket{le=\"0.1\"} 1\nnoodle_c_seconds_bucket{le=\"1\"} 2\n"
        "noodle_c_seconds_bucket{le=\"+Inf\"} 3\n");
}

TEST_CASE("asking again gives the same series, other labels another one") {
  Metrics metrics;
  metrics.counter("n_total", "N.", {{"a", "1"}})->add();
  metrics.counter("n_total", "Another text.", {{"a", "1"}})->add();
  metrics.counter("n_total", "N.", {{"a", "2"}})->add();
  CHECK(metrics.counter("n_total", "N.", {{"a", "1"}})->value() == 2);
  CHECK(metrics.counter("n_total", "N.", {{"a", "2"}})->value() == 1);
  metrics.histogram("h", "H.", {1})->observe(0);
  metrics.histogram("h", "H.", {1})->observe(0);
  CHECK(metrics.expose().find("h_count 2") != std::string::npos);
  CHECK(metrics.gauge("g", "G.")->value() == 0);
}

TEST_CASE("bad names, labels, kinds and bounds are refused with the name in the message") {
  Metrics metrics;
  REQUIRE(metrics.counter("taken", "T.").ok());
  REQUIRE(metrics.histogram("times", "T.", {1, 2}).ok());
  const double infinite = std::numeric_limits<double>::infinity();
  const Error errors[] = {
      metrics.counter("", "").error(),
      metrics.counter("1a", "").error(),
      metrics.gauge("with space", "").error(),
      metrics.gauge("taken", "").error(),
      metrics.counter("x", "", {{"bad-label", "v"}}).error(),
      metrics.histogram("taken", "", {1}).error(),
      metrics.histogram("times", "", {1, 3}).error(),
      metrics.histogram("x", "", {}).error(),
      metrics.histogram("x", "", {2, 1}).error(),
      metrics.histogram("x", "", {1, 1}).error(),
      metrics.histogram("x", "", {1, infinite}).error(),
      metrics.histogram("x", "", {1}, {{"le", "v"}}).error(),
  };
  for (const Error& error : errors) {
    CHECK(error.code == Code::invalid_argument);
    CHECK(error.message.starts_with("metric `"));
  }
}

TEST_CASE("the number of series is bounded") {
  Metrics metrics;
  for (std::size_t i = 0; i < kMaxMetricSeries; ++i) {
    if (!metrics.gauge("g", "G.", {{"i", std::to_string(i)}}).ok()) FAIL("refused too early");
  }
  CHECK_FALSE(metrics.gauge("g", "G.", {{"i", "more"}}).ok());
  CHECK_FALSE(metrics.counter("other", "O.").ok());
  CHECK(metrics.gauge("g", "G.", {{"i", "7"}}).ok());
}

TEST_CASE("threads register and count at the same time") {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&metrics] {
      for (int i = 0; i < 500; ++i) {
        auto counter = *metrics.counter("n_total", "N.", {{"i", std::to_string(i % 10)}});
        counter.add();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  double sum = 0;
  for (int i = 0; i < 10; ++i) sum += metrics.counter("n_total", "N.", {{"i", std::to_string(i)}})->value();
  CHECK(sum == 2000);
}

TEST_CASE("the bounds for times are accepted and the process has one registry") {
  CHECK(process_metrics().histogram("noodle_test_seconds", "T.", Metrics::duration_bounds()).ok());
  CHECK(&process_metrics() == &process_metrics());
}
