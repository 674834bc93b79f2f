// Base64, hexadecimal, times and durations as text; Unicode classes; event subscriptions.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "runtime/base/hex.hpp"
#include "runtime/message/event_bus.hpp"
#include "runtime/stdlib/base64.hpp"
#include "runtime/stdlib/code_points.hpp"
#include "runtime/stdlib/time_text.hpp"

using namespace noodle;
using namespace noodle::stdlib;

TEST_CASE("base64 and hexadecimal read back what they wrote") {
  const char* seed_text = std::getenv("NOODLE_SEED");
  const unsigned seed = seed_text ? static_cast<unsigned>(std::atoi(seed_text)) : 7;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string standard, url, hex;
    append_base64(standard, bytes, false);
    append_base64(url, bytes, true);
    append_hex(hex, bytes);
    CHECK(decode_base64(standard) == bytes);
    CHECK(decode_base64(url) == bytes);
    CHECK(decode_hex(hex) == bytes);
  }
  for (const char* bad : {"A", "AB=A", "AAA=A", "A===", "AA=", "A A=", "AB", "=="}) {
    CAPTURE(bad);  // "AB": left-over bits that are not zero
    CHECK_FALSE(decode_base64(bad));
  }
}

TEST_CASE("RFC 3339 texts are read exactly") {
  struct Case {
    const char* text;
    std::optional<std::int64_t> nanos;
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59.5Z", -500'000'000},
      {"2024-02-29T12:34:56Z", 1'709'210'096'000'000'000},
      {"2024-02-29t14:04:56+01:30", 1'709'210'096'000'000'000},
      {"2024-02-29 12:34:56.123456789z", 1'709'210'096'123'456'789},
      {"1678-01-01T00:00:00Z", -9'214'560'000'000'000'000},
      {"2261-12-31T23:59:59Z", 9'214'646'399'000'000'000},
      {"2023-02-29T00:00:00Z", {}},
      {"2024-13-01T00:00:00Z", {}},
      {"2024-01-01T24:00:00Z", {}},
      {"2024-01-01T00:00:60Z", {}},
      {"2024-01-01T00:00:00", {}},
      {"2024-01-01T00:00:00.Z", {}},
      {"2024-01-01T00:00:00Z ", {}},
      {"2024-1-01T00:00:00Z", {}},
      {"1500-01-01T00:00:00Z", {}},
      {"", {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(parse_time(c.text) == c.nanos);
  }
}

TEST_CASE("durations are read in every unit") {
  struct Case {
    const char* text;
    std::optional<std::int64_t> nanos;
  };
  const Case cases[] = {
      {"0s", 0},
      {"1h30m", 5'400'000'000'000},
      {"-2.5s", -2'500'000'000},
      {"250ms", 250'000'000},
      {"12us", 12'000},
      {"7ns", 7},
      {"1d", 86'400'000'000'000},
      {".5s", 500'000'000},
      {"1.5ns", 2},
      {"9223372036854775807ns", 9'223'372'036'854'775'807},
      {"9223372036854775808ns", {}},
      {"", {}},
      {"-", {}},
      {"5", {}},
      {"s", {}},
      {"1x", {}},
      {"1s2", {}},
      {"106752d", {}},
      {"1s ", {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(parse_duration(c.text) == c.nanos);
  }
}

TEST_CASE("code points have their Unicode classes and other cases") {
  CHECK(is_letter('a'));
  CHECK(is_letter(0xe9));
  CHECK(is_letter(0x4e2d));
  CHECK_FALSE(is_letter('1'));
  CHECK(is_digit(0x664));
  CHECK(is_space(0xa0));
  CHECK(is_upper(0x100));
  CHECK_FALSE(is_upper(0x101));
  CHECK(is_lower(0x101));
  CHECK(to_upper(0xe4) == 0xc4);
  CHECK(to_lower(0x130a0) == 0x130a0);
  CHECK(to_lower(0x10a0) == 0x2d00);
  CHECK(to_upper(0xdf) == 0xdf);
  for (std::uint32_t c = 0; c < 0x11000; ++c) {
    if (is_upper(c) && to_lower(c) != c && to_upper(to_lower(c)) == c) CHECK(is_lower(to_lower(c)));
  }
}

TEST_CASE("events go to those whose patterns fit, each once") {
  process::EventBus bus;
  CHECK(bus.subscribe(1, "job.*"));
  CHECK(bus.subscribe(1, "job.start"));
  CHECK(bus.subscribe(2, "job.start"));
  CHECK(bus.subscribe(3, "*"));
  CHECK(bus.receivers("job.start") == std::vector<process::Pid>{1, 2, 3});
  CHECK(bus.receivers("job.end") == std::vector<process::Pid>{1, 3});
  CHECK(bus.receivers("other") == std::vector<process::Pid>{3});
  bus.unsubscribe(1, "job.*");
  CHECK(bus.receivers("job.end") == std::vector<process::Pid>{3});
  CHECK(bus.receivers("job.start") == std::vector<process::Pid>{1, 2, 3});
  bus.forget(3);
  CHECK(bus.receivers("x").empty());
  for (std::size_t i = 1; i < process::EventBus::kMostPatterns; ++i) CHECK(bus.subscribe(2, "p" + std::to_string(i)));
  CHECK_FALSE(bus.subscribe(2, "one too many"));
  CHECK(bus.subscribe(2, "p1"));
}
