#include "runtime/bytecode/container.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "runtime/bytecode/delta_code.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "tests/bytecode/sample_module.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

std::string written(const Module& m, NbcOptions options = {}) {
  Result<std::string> file = write_nbc(m, options);
  REQUIRE(file);
  return *file;
}

std::uint16_t read_error(std::string_view file) {
  const Result<Module> m = read_nbc(file);
  return m ? 0 : m.error().number();
}

/// Makes the checksum right again after a change of the body.
void reseal(std::string& file) {
  const std::uint32_t crc = crc32c(std::string_view(file).substr(kNbcPreludeBytes));
  std::memcpy(file.data() + 12, &crc, sizeof crc);
}

std::uint64_t seed() {
  const char* given = std::getenv("NOODLE_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace

TEST_CASE("a module survives the container unchanged") {
  Module m = sample_module();
  m.functions[0].inlined = {{0, 1, "half<int>", 3, 9}};
  const std::string file = written(m);
  const Result<Module> read = read_nbc(file);
  REQUIRE(read);
  CHECK(written(*read) == file);
  CHECK(read->name == "sample");
  CHECK(read->version == "1.2.3");
  CHECK(read->files == m.files);
  CHECK(read->sources == m.sources);
  CHECK(read->scalars == m.scalars);
  CHECK(read->strings == m.strings);
  CHECK(read->capabilities == m.capabilities);
  CHECK(read->main == m.main);
  REQUIRE(read->types.size() == m.types.size());
  for (std::size_t i = 0; i < m.types.size(); ++i) {
    CAPTURE(m.types[i].name);
    CHECK(read->types[i].name == m.types[i].name);
    CHECK(read->types[i].kind == m.types[i].kind);
    CHECK(read->types[i].args == m.types[i].args);
    CHECK(read->types[i].vtable == m.types[i].vtable);
    CHECK(read->types[i].cases == m.types[i].cases);
    CHECK(read->types[i].fields.size() == m.types[i].fields.size());
  }
  REQUIRE(read->functions.size() == m.functions.size());
  for (std::size_t i = 0; i < m.functions.size(); ++i) {
    CHECK(read->functions[i].code == m.functions[i].code);
    CHECK(read->functions[i].signature == m.functions[i].signature);
    REQUIRE(read->functions[i].joins.size() == m.functions[i].joins.size());
    for (std::size_t j = 0; j < m.functions[i].joins.size(); ++j) {
      CHECK(read->functions[i].joins[j].scalars == m.functions[i].joins[j].scalars);
      CHECK(read->functions[i].joins[j].pointers == m.functions[i].joins[j].pointers);
    }
    CHECK(read->functions[i].lines.size() == m.functions[i].lines.size());
    REQUIRE(read->functions[i].inlined.size() == m.functions[i].inlined.size());
  }
  CHECK(read->functions[0].inlined[0].name == "half<int>");
  CHECK(read->functions[0].inlined[0].end == 1);
  CHECK(read->functions[0].inlined[0].line == 3);
  CHECK(read->functions[0].inlined[0].column == 9);
  REQUIRE(read->actors.size() == 1);
  CHECK(read->actors[0].metadata == m.actors[0].metadata);
  CHECK(read->actors[0].requires_ == m.actors[0].requires_);
  CHECK(read->actors[0].period_ns == m.actors[0].period_ns);
  CHECK(read->handlers[0].message_type == m.handlers[0].message_type);
  CHECK(read->tests[0].name == "it works");
  CHECK(verify(*read));
}

TEST_CASE("the prelude is what the format says") {
  const std::string file = written(ModuleBuilder().build());
  CHECK(file.substr(0, 4) == std::string("NBC\0", 4));
  CHECK(file.substr(4, 8) == std::string("\1\0\1\0\0\0\0\0", 8));
  CHECK(crc32c("123456789") == 0xe3069283);  // the check value of CRC-32C
  std::uint32_t crc = 0;
  std::memcpy(&crc, file.data() + 12, 4);
  CHECK(crc == crc32c(std::string_view(file).substr(16)));
  CHECK(file.size() % 8 == 0);
}

TEST_CASE("source texts can be left out") {
  const Module m = sample_module();
  const std::string with = written(m), without = written(m, {.sources = false});
  CHECK(with.size() > without.size());
  CHECK(with[8] == 1);
  CHECK(without[8] == 0);
  const Result<Module> read = read_nbc(without);
  REQUIRE(read);
  CHECK(read->sources.empty());
}

TEST_CASE("the content hash tells contents apart and ignores nothing") {
  Module m = sample_module();
  const Result<ContentHash> a = content_hash(written(m));
  const Result<ContentHash> again = content_hash(written(m));
  m.strings[0] = "other ";
  const Result<ContentHash> b = content_hash(written(m));
  REQUIRE(a);
  REQUIRE(b);
  CHECK(*a == *again);
  CHECK(*a != *b);
  CHECK(content_hash("no").error().number() == 1500);
}

TEST_CASE("files that are not NBC are refused with the right code") {
  const std::string good = written(sample_module());
  CHECK(read_error("") == 1500);
  CHECK(read_error("NBC") == 1500);
  CHECK(read_error(std::string(40, 'x')) == 1500);
  std::string f = good;
  f[4] = 2;
  CHECK(read_error(f) == 1501);
  f = good;
  f[6] = 9;
  CHECK(read_error(f) == 1501);
  f = good;
  f[100] = static_cast<char>(f[100] ^ 1);
  CHECK(read_error(f) == 1502);
  CHECK(read_error(good.substr(0, good.size() - 8)) == 1502);
  f = good.substr(0, good.size() - 8);
  reseal(f);
  CHECK(read_error(f) == 1503);
  f = good + "abc";
  reseal(f);
  CHECK(read_error(f) == 1503);
  f = good.substr(0, 16);
  reseal(f);
  CHECK(read_error(f) == 1503);
  f = good;
  f.resize(kMaxNbcBytes + 8);
  CHECK(read_error(f) == 1503);
}

TEST_CASE("modules with impossible contents are refused") {
  Module m = sample_module();
  m.strings[0] = "\xff";
  CHECK(read_error(written(m)) == 1503);
  m = sample_module();
  m.types[5].kind = static_cast<TypeKind>(77);
  CHECK(read_error(written(m)) == 1503);
  m = sample_module();
  m.functions[1].code.clear();
  m.functions[1].joins.resize(1);
  CHECK(read_error(written(m)) == 1503);
  m = sample_module();
  m.name.assign(kMaxNbcBytes, 'x');
  CHECK(write_nbc(m).error().number() == 1516);
}

TEST_CASE("numbers of lines and states are checked") {
  std::vector<LineEntry> lines;
  CHECK(unpack_lines(pack_lines({{0, 5, 3}, {4, 2, 9}, {70'000, 1'000'000, 1}}), lines));
  REQUIRE(lines.size() == 3);
  CHECK(lines[2].word == 70'000);
  CHECK(lines[1].line == 2);
  CHECK(lines[2].column == 1);
  CHECK(!unpack_lines(std::string("\x01\x01", 2), lines));      // cut
  CHECK(!unpack_lines(std::string("\x00\x01\x00", 3), lines));  // line -1
  CHECK(!unpack_lines("\xff\xff\xff\xff\xff\xff", lines));      // too long
  std::vector<JoinState> joins;
  CHECK(!unpack_joins(std::string("\x01", 1), 3, 0, joins));
  CHECK(!unpack_joins(std::string("\x01\x07", 2), 3, 1, joins));
  CHECK(unpack_joins(std::string("\x01\x05\x12", 3), 3, 1, joins));
  CHECK(joins.back().scalars == std::vector<bool>{true, false, true});
  CHECK(joins.back().pointers == std::vector<TypeRef>{{kString, false}});
}

TEST_CASE("damaged files never crash the reader and what it accepts never crashes the verifier") {
  const std::string good = written(sample_module());
  const std::uint64_t s = seed();
  INFO("NOODLE_SEED=" << s);
  std::mt19937_64 random(s);
  std::size_t accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string f = good;
    const std::size_t changes = 1 + random() % 4;
    for (std::size_t k = 0; k < changes; ++k) {
      const std::size_t at = kNbcPreludeBytes + random() % (f.size() - kNbcPreludeBytes);
      f[at] = static_cast<char>(random() % 4 == 0 ? random() : f[at] ^ (1 << random() % 8));
    }
    if (random() % 8 == 0) f.resize(kNbcPreludeBytes + random() % (f.size() - kNbcPreludeBytes));
    reseal(f);
    const Result<Module> m = read_nbc(f);
    if (m && verify(*m)) ++accepted;
  }
  MESSAGE(accepted << " of 4000 damaged files are still valid");
}
