#include "storage/data_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using storage::DataFolder;

namespace {
constexpr std::int64_t kNoon = 1'800'000'000'000'000'000;  // wall clock
constexpr std::uint64_t kNoonMs = 1'800'000'000'000;
}  // namespace

TEST_CASE("the incarnation rises with every start, whatever the clock does") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/data";
  const auto start = [&path](std::int64_t wall_ns) { return *DataFolder::open(path)->next_incarnation(wall_ns); };
  CHECK(start(kNoon) == kNoonMs);
  CHECK(start(kNoon) == kNoonMs + 1);
  CHECK(start(kNoon - 3'600'000'000'000) == kNoonMs + 2);
  CHECK(start(-1) == kNoonMs + 3);
  CHECK(start(kNoon + 1'000'000'000) == kNoonMs + 1000);
}

TEST_CASE("a data folder belongs to one at a time, and to its owner alone") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/a/data";
  {
    const auto first = DataFolder::open(path);
    REQUIRE(first.ok());
    struct stat facts {};
    REQUIRE(stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 077) == 0);
    const auto second = DataFolder::open(path);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().code == Code::data_in_use);
    CHECK(second.error().message.find(std::to_string(getpid())) != std::string::npos);
  }
  CHECK(DataFolder::open(path).ok());
}

TEST_CASE("a damaged number is told, not replaced by a smaller one") {
  for (const char* damaged : {"", "noodle incarnation \n", "noodle incarnation 12", "noodle incarnation 1x\n",
                              "noodle incarnation 0\n", "noodle incarnation 18446744073709551615\n"}) {
    CAPTURE(damaged);
    const test::TemporaryFolder folder;
    folder.write("incarnation", damaged);
    auto data = DataFolder::open(folder.path());
    REQUIRE(data.ok());
    const auto next = data->next_incarnation(kNoon);
    REQUIRE_FALSE(next.ok());
    CHECK(next.error().code == Code::store_corrupt);
  }
}

TEST_CASE("the number of the newest revocation list is kept, and a damaged one is told") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/data";
  {
    auto data = DataFolder::open(path);
    CHECK(*data->known_revocations() == 0);
    REQUIRE(data->remember_revocations(7).ok());
  }
  CHECK(*DataFolder::open(path)->known_revocations() == 7);
  folder.write("data/revocations", "noodle incarnation 7\n");
  CHECK(DataFolder::open(path)->known_revocations().error().code == Code::store_corrupt);
}

TEST_CASE("a folder that cannot be made is told with its path") {
  const test::TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  const auto data = DataFolder::open(file + "/data");
  REQUIRE_FALSE(data.ok());
  CHECK(data.error().code == Code::store_unavailable);
  CHECK(data.error().message.find(file) != std::string::npos);
}
