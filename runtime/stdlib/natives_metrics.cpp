// The host object `metrics`: series of programs in the node's registry, their names prefixed with `program_`.
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <variant>

#include "runtime/base/metrics/metrics.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestLabel = 200;
constexpr std::size_t kMostLabels = 8;

std::string text_of(const vm::Object* text) {
  std::string out(vm::text_bytes(text), '\0');
  vm::copy_text(text, out.data());
  return out;
}

struct HistogramSeries {
  Histogram histogram;
  double sum = 0;
};
using Series = std::variant<Counter, Gauge, HistogramSeries>;

struct Key {
  std::string name;
  Metrics::Labels labels;
  auto operator<=>(const Key&) const = default;
};

/// Handles of the series that programs have used. All calls take its lock: the registry behind it is slow to search.
struct Registry {
  std::mutex mutex;
  std::map<Key, Series> series;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

/// Name in p[1] and labels in p[2]; false: trapped.
bool key_of(NativeContext& native, unsigned labels, Key& key) {
  const auto refuse = [&native](std::string message) {
    native.trap(Code::invalid_argument, "metrics: " + std::move(message));
    return false;
  };
  if (vm::text_bytes(native.p[1]) > kLongestName) return refuse("name is longer than 100 characters");
  key.name = "program_" + text_of(native.p[1]);
  const auto* map = static_cast<const vm::MapObject*>(native.p[labels]);
  if (map->count > static_cast<std::int64_t>(kMostLabels)) return refuse("more than 8 labels");
  const vm::Class& cls = native.program.class_of(map);
  for (std::int64_t entry = vm::next_entry(map, 0); entry >= 0; entry = vm::next_entry(map, entry + 1)) {
    const vm::Object* name = vm::key_at(cls, map, entry).pointer;
    const vm::Object* value = vm::value_at(cls, map, entry).pointer;
    if (vm::text_bytes(name) > kLongestName || vm::text_bytes(value) > kLongestLabel)
      return refuse("label is too long");
    key.labels.emplace(text_of(name), text_of(value));
  }
  return true;
}

/// The series of a key, made by `make` (a Result of Kind) when it is new. Under the lock.
template <class Kind, class Make>
Result<Kind*> find(const Key& key, Make make) {
  Registry& all = registry();
  auto it = all.series.find(key);
  if (it == all.series.end()) {
    auto made = make();
    if (!made) return made.error();
    it = all.series.emplace(key, Kind{std::move(made).value()}).first;
  }
  if (auto* series = std::get_if<Kind>(&it->second)) return series;
  return Error{Code::invalid_argument, "metrics: " + key.name.substr(8) + " is of another kind", {}};
}

/// Changes a series as `update` does (a Result<void>); what comes of it depends on what the node has counted so far.
template <class Update>
NativeStatus change(NativeContext& native, Update update) {
  const auto [code, message] = process::from_outside(native, [&update]() -> std::tuple<std::uint16_t, std::string> {
    const std::lock_guard lock(registry().mutex);
    const Result<void> done = update();
    return done ? std::tuple{std::uint16_t{0}, std::string()} : std::tuple{done.error().number(), done.error().message};
  });
  return code == 0 ? NativeStatus::ok : native.trap(static_cast<Code>(code), message);
}

constexpr char kHelp[] = "Of a program.";

NativeStatus inc(NativeContext& native) {
  Key key;
  if (!key_of(native, 2, key)) return NativeStatus::trap;
  if (!(native.s[0].f >= 0)) return native.trap(Code::invalid_argument, "metrics: a counter only grows");
  return change(native, [&]() -> Result<void> {
    auto counter = find<Counter>(key, [&] { return process_metrics().counter(key.name, kHelp, key.labels); });
    if (!counter) return counter.error();
    (*counter)->add(native.s[0].f);
    return {};
  });
}

NativeStatus set(NativeContext& native) {
  Key key;
  if (!key_of(native, 2, key)) return NativeStatus::trap;
  return change(native, [&]() -> Result<void> {
    auto gauge = find<Gauge>(key, [&] { return process_metrics().gauge(key.name, kHelp, key.labels); });
    if (!gauge) return gauge.error();
    (*gauge)->set(native.s[0].f);
    return {};
  });
}

NativeStatus observe(NativeContext& native) {
  Key key;
  if (!key_of(native, 2, key)) return NativeStatus::trap;
  return change(native, [&]() -> Result<void> {
    auto series = find<HistogramSeries>(key, [&]() -> Result<HistogramSeries> {
      auto made = process_metrics().histogram(key.name, kHelp, Metrics::duration_bounds(), key.labels);
      if (!made) return made.error();
      return HistogramSeries{std::move(made).value()};
    });
    if (!series) return series.error();
    (*series)->histogram.observe(native.s[0].f);
    (*series)->sum += native.s[0].f;
    return {};
  });
}

std::optional<double> value_of(const Key& key) {
  const std::lock_guard lock(registry().mutex);
  const auto it = registry().series.find(key);
  if (it == registry().series.end()) return std::nullopt;
  if (const auto* counter = std::get_if<Counter>(&it->second)) return counter->value();
  if (const auto* gauge = std::get_if<Gauge>(&it->second)) return gauge->value();
  return std::get<HistogramSeries>(it->second).sum;
}

NativeStatus read(NativeContext& native) {
  Key key;
  if (!key_of(native, 2, key)) return NativeStatus::trap;
  const auto [known, bits] = process::from_outside(native, [&key]() -> std::tuple<bool, std::uint64_t> {
    const std::optional<double> value = value_of(key);
    return {value.has_value(), std::bit_cast<std::uint64_t>(value.value_or(0))};
  });
  if (known) return vm::give(native, vm::new_box(native.process, bytecode::kBoxFloat, {.u = bits}));
  native.p[0] = nullptr;
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"Metrics.inc", "(I, String, float, Map<String, String>)", inc},
    {"Metrics.set", "(I, String, float, Map<String, String>)", set},
    {"Metrics.observe", "(I, String, float, Map<String, String>)", observe},
    {"Metrics.read", "(I, String, Map<String, String>)float?", read},
};

}  // namespace

NativeTable metrics_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
