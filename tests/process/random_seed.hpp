// Seed of a random test: NOODLE_SEED, or a new one; printed with every failure.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <random>

namespace noodle::test {

inline std::uint64_t random_seed() {
  const char* given = std::getenv("NOODLE_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace noodle::test

#define NOODLE_RANDOM(name)                                      \
  const std::uint64_t name##_seed = noodle::test::random_seed(); \
  CAPTURE(name##_seed);                                          \
  std::mt19937_64 name(name##_seed)
