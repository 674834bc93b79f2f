#include "messages/ids.hpp"

#include <doctest/doctest.h>

#include <unordered_set>

using namespace noodle;

TEST_CASE("a 128-bit id prints as 32 digits and parses back") {
  const NodeId id{0x0123456789abcdef, 0xfedcba9876543210};
  CHECK(id.to_string() == "0123456789abcdeffedcba9876543210");
  CHECK(NodeId::parse(id.to_string()) == id);
  CHECK(NodeId::parse("01234567-89AB-cdef-fedc-ba9876543210") == id);
  CHECK(NodeId{}.to_string() == std::string(32, '0'));
  CHECK_FALSE(static_cast<bool>(NodeId{}));
}

TEST_CASE("text that is no 128-bit id is refused") {
  for (const char* text : {"", "0", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
                           "g123456789abcdeffedcba9876543210", "01234567x89ab-cdef-fedc-ba9876543210",
                           "0123456789abcdeffedcba9876543210----"}) {
    CAPTURE(text);
    CHECK_FALSE(NodeId::parse(text));
  }
}

TEST_CASE("random ids are never none and do not repeat") {
  std::unordered_set<CorrelationId> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = CorrelationId::random();
    CHECK(static_cast<bool>(id));
    CHECK(seen.insert(id).second);
  }
}

TEST_CASE("a process id packs, prints and parses back") {
  const ProcessId id{7, 3};
  CHECK(id.packed() == 0x0000000700000003u);
  CHECK(ProcessId::unpack(id.packed()) == id);
  CHECK(id.to_string() == "<7.3>");
  CHECK(ProcessId::parse("<7.3>") == id);
  CHECK(ProcessId::parse("<4294967295.4294967295>") == ProcessId{0xffffffff, 0xffffffff});
  CHECK_FALSE(static_cast<bool>(ProcessId{7, 0}));
  CHECK(std::hash<ProcessId>()(id) != std::hash<ProcessId>()({7, 4}));
  for (const char* text : {"", "<>", "7.3", "<7>", "<7.>", "<.3>", "<7.3", "<7.3.1>", "<4294967296.1>", "<-1.3>"}) {
    CAPTURE(text);
    CHECK_FALSE(ProcessId::parse(text));
  }
}
