#include "storage/key.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "storage/family.hpp"
#include "tests/process/random_seed.hpp"

using namespace noodle::storage;
using namespace std::string_literals;

TEST_CASE("the bytes of keys are pinned: they are on disks") {
  CHECK(Key().tag('r').u64(0x0102030405060708).bytes() == "r\1\2\3\4\5\6\7\x08"s);
  CHECK(Key().u32(0xfffefdfc).bytes() == "\xff\xfe\xfd\xfc"s);
  CHECK(Key().text("a\0b"s).tag('x').bytes() ==
        "a\0\xff"
        "b\0\1x"s);
  CHECK(Key().tag('m').raw("\0\xff"s).bytes() == "m\0\xff"s);
}

TEST_CASE("the names and the order of families are pinned: they are on disks") {
  CHECK(kFamilyNames.size() == 6);
  CHECK(name_of(Family::meta) == "meta");
  CHECK(name_of(Family::audit) == "audit");
  CHECK(name_of(Family::leases) == "leases");
  CHECK(name_of(Family::names) == "names");
  CHECK(name_of(Family::modules) == "modules");
  CHECK(name_of(Family::tasks) == "tasks");
}

TEST_CASE("keys sort as their tuples do, and read back") {
  NOODLE_RANDOM(random);
  using Tuple = std::tuple<std::string, std::uint64_t, std::string>;
  std::vector<Tuple> tuples;
  const auto text = [&random] {
    std::string made(random() % 4, '\0');
    for (char& c : made) c = "\0\1\xff\xfe"[random() % 4];
    return made;
  };
  for (int i = 0; i < 500; ++i) tuples.emplace_back(text(), random() >> (random() % 64), text());
  const auto key_of = [](const Tuple& tuple) {
    return Key().text(std::get<0>(tuple)).u64(std::get<1>(tuple)).text(std::get<2>(tuple)).bytes();
  };
  // std::string compares as unsigned bytes, as RocksDB does.
  for (std::size_t i = 1; i < tuples.size(); ++i) {
    CHECK((tuples[i - 1] < tuples[i]) == (key_of(tuples[i - 1]) < key_of(tuples[i])));
    const std::string key = key_of(tuples[i]);
    KeyReader reader(key);
    CHECK(reader.text() == std::get<0>(tuples[i]));
    CHECK(reader.u64() == std::get<1>(tuples[i]));
    CHECK(reader.text() == std::get<2>(tuples[i]));
    CHECK(reader.done());
  }
}

TEST_CASE("a text is a prefix of its own keys alone") {
  const std::string ab = Key().text("ab").u64(1).bytes();
  CHECK_FALSE(ab.starts_with(Key().text("a").bytes()));
  CHECK(ab.starts_with(Key().text("ab").bytes()));
}

TEST_CASE("a key that is cut off or no tuple reads as nothing from there on") {
  KeyReader cut("\1\2");
  CHECK_FALSE(cut.u64());
  CHECK_FALSE(cut.tag());
  CHECK_FALSE(cut.done());
  KeyReader unended("abc");
  CHECK_FALSE(unended.text());
  CHECK_FALSE(unended.done());
  KeyReader unknown(std::string_view("a\0\2", 3));
  CHECK_FALSE(unknown.text());
  KeyReader more("ab");
  CHECK(more.tag() == 'a');
  CHECK_FALSE(more.done());
  CHECK(more.raw() == "b");
  CHECK(more.done());
}

TEST_CASE("the end of a prefix lies above all that begin with it") {
  CHECK(prefix_end("ab") == "ac");
  CHECK(prefix_end("a\xff\xff") == "b");
  CHECK(prefix_end("\xff").empty());
  CHECK(prefix_end("").empty());
}
