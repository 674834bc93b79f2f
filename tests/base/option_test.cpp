#include "runtime/base/option.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace noodle;

namespace {

template <class T>
T parsed(const Option& option, std::string_view text) {
  const auto value = parse_option(option, text);
  REQUIRE_MESSAGE(value.ok(), value.error().message);
  return std::get<T>(*value);
}

std::string refusal(const Option& option, std::string_view text) {
  const auto value = parse_option(option, text);
  REQUIRE_FALSE(value.ok());
  CHECK(value.error().code == Code::config_bad_value);
  return value.error().message;
}

}  // namespace

TEST_CASE("a key has a variable in the environment") {
  CHECK(env_name("vm.process_memory") == "NOODLE_VM_PROCESS_MEMORY");
  CHECK(env_name("a.b-c.d9") == "NOODLE_A_B_C_D9");
}

TEST_CASE("integers, numbers, truths and lists are read from text") {
  const Option integer{.key = "k", .kind = OptionKind::integer};
  CHECK(parsed<std::int64_t>(integer, "-42") == -42);
  const Option real{.key = "k", .kind = OptionKind::real};
  CHECK(parsed<double>(real, "0.75") == 0.75);
  CHECK(parsed<double>(real, "3") == 3);
  const Option boolean{.key = "k", .kind = OptionKind::boolean};
  for (const char* yes : {"true", "1", "yes", "on"}) CHECK(parsed<bool>(boolean, yes));
  for (const char* no : {"false", "0", "no", "off"}) CHECK_FALSE(parsed<bool>(boolean, no));
  const Option list{.key = "k", .kind = OptionKind::text_list};
  CHECK(parsed<std::vector<std::string>>(list, "a, b ,,c d,") == std::vector<std::string>{"a", "b", "c d"});
  CHECK(parsed<std::vector<std::string>>(list, "").empty());
  const Option text{.key = "k", .kind = OptionKind::text};
  CHECK(parsed<std::string>(text, " as is ") == " as is ");
}

TEST_CASE("durations take units, fractions and bare numbers") {
  Option option{.key = "k", .kind = OptionKind::duration};
  const struct {
    const char* text;
    std::int64_t ns;
  } cases[] = {{"5ns", 5},
               {"3us", 3000},
               {"200ms", 200'000'000},
               {"1.5s", 1'500'000'000},
               {"30s", 30 * kSecondNs},
               {"5m", 300 * kSecondNs},
               {"2h", 7200 * kSecondNs},
               {"1d", 86400 * kSecondNs},
               {"30000", 30 * kSecondNs},
               {"0", 0},
               {"-1s", -kSecondNs}};
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(parsed<std::int64_t>(option, c.text) == c.ns);
  }
  option.bare_unit_ns = kSecondNs;
  CHECK(parsed<std::int64_t>(option, "300") == 300 * kSecondNs);
  for (const char* text :
       {"", "s", "1 s", "5 minutes", "1e999s", "1e300", "nan", "inf", "9223372036854775807d", "--1s", "1x", "0x10"}) {
    CAPTURE(text);
    refusal(option, text);
  }
}

TEST_CASE("sizes are 1024-based") {
  const Option option{.key = "k", .kind = OptionKind::size};
  CHECK(parsed<std::int64_t>(option, "100") == 100);
  CHECK(parsed<std::int64_t>(option, "100B") == 100);
  CHECK(parsed<std::int64_t>(option, "1KB") == 1024);
  CHECK(parsed<std::int64_t>(option, "64MB") == 64 << 20);
  CHECK(parsed<std::int64_t>(option, "1.5GB") == 3ll << 29);
  CHECK(parsed<std::int64_t>(option, "2TB") == 2ll << 40);
  for (const char* text : {"", "MB", "64mb", "64 MB", "99999999TB"}) refusal(option, text);
}

TEST_CASE("durations and sizes print exactly and read back") {
  for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1500}, 1500 * kMillisecondNs,
                                90 * kSecondNs, 86400 * kSecondNs, -5 * kSecondNs}) {
    CHECK(parsed<std::int64_t>({.key = "k", .kind = OptionKind::duration}, format_duration(ns)) == ns);
  }
  CHECK(format_duration(90 * kSecondNs) == "90s");
  CHECK(format_duration(0) == "0ns");
  CHECK(format_size(64 << 20) == "64MB");
  CHECK(format_size(1025) == "1025B");
}

TEST_CASE("values out of range or of another form are refused with key, expectation and value") {
  CHECK(refusal({.key = "vm.workers", .kind = OptionKind::integer, .min = 0, .max = 1024}, "2000") ==
        "`vm.workers` must be an integer from 0 to 1024, not `2000`");
  CHECK(refusal({.key = "k", .kind = OptionKind::integer, .min = 1}, "0") ==
        "`k` must be an integer of at least 1, not `0`");
  CHECK(refusal({.key = "k", .kind = OptionKind::integer, .max = 9}, "10") ==
        "`k` must be an integer of at most 9, not `10`");
  CHECK(refusal({.key = "k", .kind = OptionKind::integer}, "4.5") == "`k` must be an integer, not `4.5`");
  CHECK(refusal({.key = "k", .kind = OptionKind::real, .min = 0.01, .max = 1}, "1.5") ==
        "`k` must be a number from 0.01 to 1, not `1.5`");
  CHECK(refusal({.key = "k", .kind = OptionKind::real, .min = 0, .max = 1}, "nan") ==
        "`k` must be a number from 0 to 1, not `null`");
  CHECK(refusal({.key = "k", .kind = OptionKind::boolean}, "maybe") == "`k` must be true or false, not `maybe`");
  CHECK(refusal({.key = "k", .kind = OptionKind::duration, .min = 1e6, .max = 1e9}, "5s") ==
        "`k` must be a duration such as 200ms, 30s or 5m from 1ms to 1s, not `5s`");
  CHECK(refusal({.key = "k", .kind = OptionKind::size, .min = 4096}, "1KB") ==
        "`k` must be a size such as 512KB or 64MB of at least 4KB, not `1KB`");
  CHECK(refusal({.key = "k", .kind = OptionKind::choice, .choices = {"block", "error"}}, "blok") ==
        "`k` must be one of block, error, not `blok`; did you mean `block`?");
}

TEST_CASE("a refused text is cut, and expectations cover every kind") {
  CHECK(refusal({.key = "k", .kind = OptionKind::integer}, std::string(10'000, 'x')).size() < 300);
  CHECK(expectation({.key = "k", .kind = OptionKind::text}) == "a text");
  CHECK(expectation({.key = "k", .kind = OptionKind::secret}) == "a text");
  CHECK(expectation({.key = "k", .kind = OptionKind::text_list}) == "a list of texts");
}

TEST_CASE("values print in the form they are read in") {
  const auto round_trip = [](const Option& option, std::string_view text) {
    return format_option(option, *parse_option(option, text));
  };
  CHECK(round_trip({.key = "k", .kind = OptionKind::integer}, "-7") == "-7");
  CHECK(round_trip({.key = "k", .kind = OptionKind::real}, "0.5") == "0.5");
  CHECK(round_trip({.key = "k", .kind = OptionKind::boolean}, "on") == "true");
  CHECK(round_trip({.key = "k", .kind = OptionKind::boolean}, "off") == "false");
  CHECK(round_trip({.key = "k", .kind = OptionKind::text}, "t") == "t");
  CHECK(round_trip({.key = "k", .kind = OptionKind::text_list}, "a, b") == "a,b");
  CHECK(round_trip({.key = "k", .kind = OptionKind::duration}, "90000ms") == "90s");
  CHECK(round_trip({.key = "k", .kind = OptionKind::size}, "2048KB") == "2MB");
  CHECK(round_trip({.key = "k", .kind = OptionKind::secret}, "hunter2") == "[redacted]");
  CHECK(round_trip({.key = "k", .kind = OptionKind::secret}, "") == "");
}
