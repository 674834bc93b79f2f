#include "runtime/base/metrics/metrics.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <thread>

#include "messages/limits.hpp"
#include "runtime/base/metrics/metrics_text.hpp"
#include "runtime/base/metrics/process_samples.hpp"

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

TEST_CASE("what components have counted anyway comes out with the rest, each series once") {
  Metrics metrics;
  metrics.counter("noodle_b_total", "Things.")->add();
  const std::string text = metrics.expose([](Samples& out) {
    out.gauge("noodle_a", "Level.").add(2, {{"of", "x"}}).add(3, {{"of", "y"}}).add(4, {{"of", "y"}});
    out.counter("noodle_c_total", "None yet.");
    out.gauge("noodle_b_total", "Of another kind.").add(7);
  });
  CHECK(text ==
        "# HELP noodle_a Level.\n# TYPE noodle_a gauge\nnoodle_a{of=\"x\"} 2\nnoodle_a{of=\"y\"} 3\n"
        "# HELP noodle_b_total Things.\n# TYPE noodle_b_total counter\nnoodle_b_total 1\n"
        "# HELP noodle_c_total None yet.\n# TYPE noodle_c_total counter\n");
}

TEST_CASE("a text is read back as it was, whatever the labels hold") {
  Metrics metrics;
  metrics.gauge("noodle_a", "A.", {{"kind", "a\"b\\c\nd} e,f=\"g\""}, {"zone", ""}})->set(1.5);
  metrics.counter("noodle_b_total", "B.")->add(1e15);
  metrics.histogram("noodle_c_seconds", "C.", {0.1, 1})->observe(0.5);
  const std::string text = metrics.expose([](Samples& out) { out.counter("noodle_d_total", "None."); });
  const std::vector<MetricFamily> families = read_metrics(text);
  REQUIRE(families.size() == 4);
  CHECK(metrics_text(families) == text);
  CHECK(families[0].samples[0].labels.at("kind") == "a\"b\\c\nd} e,f=\"g\"");
  CHECK(families[2].samples.size() == 5);
}

TEST_CASE("texts of several nodes become one, with each family once and the node as a label") {
  std::vector<MetricFamily> all;
  add_metrics_of("n1", read_metrics("# TYPE a gauge\na 1\n# TYPE c gauge\nc{x=\"y\"} 3\n"), all);
  add_metrics_of("n2", read_metrics("# TYPE a gauge\na 2\n# TYPE b gauge\nb 4\n"), all);
  CHECK(metrics_text(all) ==
        "# TYPE a gauge\na{node=\"n1\"} 1\na{node=\"n2\"} 2\n# TYPE c gauge\nc{node=\"n1\",x=\"y\"} 3\n"
        "# TYPE b gauge\nb{node=\"n2\"} 4\n");
}

TEST_CASE("lines that are no metrics are left out, and values are JSON whatever they are") {
  for (const char* line :
       {"", "#", "# HELP", "a", "a ", "a{", "a{b", "a{b=\"", "a{b=\"c\"", "a{b=\"c\"}", "{} 1", " 1"}) {
    CAPTURE(line);
    for (const MetricFamily& family : read_metrics(line)) CHECK(family.samples.empty());
  }
  CHECK(metric_value_json("1e+06") == "1e+06");
  CHECK(metric_value_json("+Inf") == "\"+Inf\"");
  CHECK(metric_value_json("1 }") == "\"1 }\"");
  CHECK(metric_labels_json({{"a", "\""}, {"b", "2"}}) == R"({"a":"\"","b":"2"})");
}

TEST_CASE("a process tells its memory, time, descriptors and threads") {
  const Metrics none;
  std::vector<std::string> names;
  for (const MetricFamily& family : read_metrics(none.expose(collect_process))) {
    CAPTURE(family.name);
    REQUIRE(family.samples.size() == 1);
    CHECK(std::stod(family.samples[0].value) > 0);
    names.push_back(family.name);
  }
  CHECK(names == std::vector<std::string>{"noodle_node_build_info", "noodle_node_uptime_seconds",
                                          "noodle_process_cpu_seconds_total", "noodle_process_open_fds",
                                          "noodle_process_resident_memory_bytes", "noodle_process_threads"});
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
