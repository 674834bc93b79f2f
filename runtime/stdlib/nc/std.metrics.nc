// Counters, gauges, histograms and timers. Needs the capability `metrics`.

/// Counts up.
export class Counter(name: String, labels: Map<String, String> = {}) {
  func inc(by: float = 1.0) { metrics.inc(name, by, labels); }
  func value(): float { return metrics.read(name, labels) ?? 0.0; }
}
/// Goes up and down.
export class Gauge(name: String, labels: Map<String, String> = {}) {
  func set(value: float) { metrics.set(name, value, labels); }
  func value(): float { return metrics.read(name, labels) ?? 0.0; }
}
/// Distribution of observations.
export class Histogram(name: String, labels: Map<String, String> = {}) {
  func observe(value: float) { metrics.observe(name, value, labels); }
  /// Runs `action` and observes how many seconds it took. Needs the capability `time`, too.
  func measure<T>(action: func(): T): T {
    let start = time.monotonic();
    let result = action();
    self.observe((time.monotonic() - start).seconds());
    return result;
  }
}
