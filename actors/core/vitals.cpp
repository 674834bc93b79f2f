#include "actors/core/vitals.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "runtime/base/clock.hpp"

namespace noodle::actors {

namespace {

std::string name_of(const std::type_info& type) {
  int status = 0;
  char* name = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type.name();
  std::free(name);
  // Msg<wire::Kill> is what people know it by.
  for (const std::string_view part : {"noodle::", "caf::"}) {
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part)) text.erase(at, part.size());
  }
  return text;
}

}  // namespace

void DurationHistogram::add(std::int64_t duration_ns) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(duration_ns, 4));
  const auto octave = static_cast<std::size_t>(std::bit_width(ns)) - 1;
  const std::size_t quarter = (ns >> (octave - 2)) & 3;
  counts_[std::min(octave * 4 + quarter, kClasses - 1)].fetch_add(1, std::memory_order_relaxed);
}

std::int64_t DurationHistogram::quantile_ns(double quantile) const {
  std::uint64_t all = 0;
  for (const auto& count : counts_) all += count.load(std::memory_order_relaxed);
  if (all == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(all)));
  std::uint64_t below = 0;
  std::size_t at = 0;
  for (; at + 1 < kClasses; ++at) {
    below += counts_[at].load(std::memory_order_relaxed);
    if (below >= wanted) break;
  }
  return static_cast<std::int64_t>(std::ldexp(1.0 + static_cast<double>(at % 4 + 1) / 4, static_cast<int>(at / 4)));
}

void Vitals::began(const std::type_info* type) {
  const std::uint64_t number = taken_.fetch_add(1, std::memory_order_relaxed) + 1;
  last_[number % kLastMessages].store(type, std::memory_order_relaxed);
  busy_with_.store(number, std::memory_order_relaxed);
  began_ns_ = number % kTimedEach == 1 ? system_clock().monotonic_ns() : 0;
}

void Vitals::finished(bool kept) {
  if (began_ns_ != 0 && !kept) durations_.add(system_clock().monotonic_ns() - began_ns_);
  busy_with_.store(0, std::memory_order_relaxed);
  if (!kept) handled_.fetch_add(1, std::memory_order_relaxed);
}

void Vitals::reset() {
  lost_.store(delivered_.load(std::memory_order_relaxed) - handled(), std::memory_order_relaxed);
  busy_with_.store(0, std::memory_order_relaxed);
  for (auto& last : last_) last.store(nullptr, std::memory_order_relaxed);
}

std::uint64_t Vitals::waiting() const {
  if (!kept_.load(std::memory_order_relaxed)) return 0;
  const std::uint64_t done = handled() + lost_.load(std::memory_order_relaxed);
  const std::uint64_t delivered = delivered_.load(std::memory_order_relaxed);
  const std::uint64_t held = delivered - std::min(delivered, done);
  return held - std::min<std::uint64_t>(held, busy_with() != 0 ? 1 : 0);
}

std::vector<std::string> Vitals::last_messages() const {
  std::vector<std::string> names;
  const std::uint64_t newest = taken_.load(std::memory_order_relaxed);
  for (std::uint64_t k = 0; k < std::min<std::uint64_t>(newest, kLastMessages); ++k) {
    const std::type_info* type = last_[(newest - k) % kLastMessages].load(std::memory_order_relaxed);
    if (type) names.push_back(name_of(*type));
  }
  return names;
}

}  // namespace noodle::actors
