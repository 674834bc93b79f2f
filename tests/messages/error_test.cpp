#include "messages/error.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace noodle;

TEST_CASE("the error table is ascending, unique, in range and complete in every column") {
  std::uint16_t last = 1000;
  std::set<std::string_view> names;
  for (const ErrorInfo& info : error_table()) {
    CAPTURE(info.name);
    const auto number = static_cast<std::uint16_t>(info.code);
    CHECK(number > last);
    CHECK(number <= 9999);
    CHECK(names.insert(info.name).second);
    CHECK_FALSE(info.title.empty());
    CHECK_FALSE(info.advice.empty());
    CHECK(info.title.back() != '.');
    CHECK(info.advice.back() == '.');
    last = number;
  }
}

TEST_CASE("a code finds its row and a code outside the table finds none") {
  for (const ErrorInfo& info : error_table()) CHECK(find_error(static_cast<std::uint16_t>(info.code)) == &info);
  for (const std::uint16_t code : {0, 1000, 1023, 5999, 9999, 65535}) CHECK(find_error(code) == nullptr);
  CHECK(find_error(6001)->name == "frame_malformed");
}

TEST_CASE("codes that other programs rely on keep their number") {
  CHECK(static_cast<int>(Code::unknown_name) == 1100);
  CHECK(static_cast<int>(Code::stack_overflow) == 1700);
  CHECK(static_cast<int>(Code::ask_timeout) == 1811);
  CHECK(static_cast<int>(Code::host_module_missing) == 1890);
  CHECK(static_cast<int>(Code::frame_malformed) == 6001);
  CHECK(static_cast<int>(Code::config_bad_value) == 7012);
  CHECK(static_cast<int>(Code::capability_missing) == 8001);
}

TEST_CASE("an error prints code, message and details, and its title when it has no message") {
  CHECK(Error{Code::unknown_name, "no such name `foo`", {}}.to_string() == "error 1100: no such name `foo`");
  CHECK(Error{Code::unknown_name, "no", "line 3"}.to_string() == "error 1100: no (line 3)");
  CHECK(Error{Code::unknown_name, {}, {}}.to_string() == "error 1100: no such name");
  CHECK(Error{static_cast<Code>(4242), {}, {}}.to_string() == "error 4242: ");
}

TEST_CASE("every remedy has words") {
  std::set<std::string_view> words;
  for (const Remedy remedy :
       {Remedy::change_request, Remedy::retry, Remedy::other_node, Remedy::bad_data, Remedy::bug}) {
    words.insert(to_string(remedy));
  }
  CHECK(words.size() == 5);
  CHECK(words.count("") == 0);
}

TEST_CASE("a result holds either its value or its error") {
  Result<std::string> good("text");
  REQUIRE(good);
  CHECK(*good == "text");
  CHECK(good->size() == 4);
  CHECK(std::move(good).value() == "text");
  const Result<std::string> bad(Error{Code::usage, "no", {}});
  CHECK_FALSE(bad.ok());
  CHECK(bad.error().number() == 7020);
  CHECK(Result<void>().ok());
  CHECK(Result<void>(Error{Code::usage, "no", {}}).error().code == Code::usage);
}
