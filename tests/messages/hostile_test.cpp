// Frames from outside: whatever the bytes are, they are refused with a code or every field of them can be read.
#include <capnp/serialize.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "messages/message_size.hpp"
#include "messages/msg.hpp"
#include "messages/pointer_check.hpp"
#include "messages/value.capnp.h"
#include "tests/messages/test.capnp.h"

using namespace noodle;
using Words = std::vector<std::uint64_t>;

namespace {

std::uint64_t struct_pointer(std::int64_t offset, std::uint64_t data, std::uint64_t pointers) {
  return (static_cast<std::uint64_t>(offset) << 2 & 0xffffffff) | data << 32 | pointers << 48;
}
std::uint64_t list_pointer(std::int64_t offset, std::uint64_t element, std::uint64_t count) {
  return (static_cast<std::uint64_t>(offset) << 2 & 0xffffffff) | 1 | element << 32 | count << 35;
}
constexpr std::uint64_t kBytes = 2, kPointers = 6, kComposite = 7;

template <class T>
Result<Msg<T>> receive(const Words& words) {
  return Msg<T>::from_bytes(Msg<T>::kTypeId, std::as_bytes(std::span(words)));
}

Words words_of(const FramePtr& frame) {
  return Words(frame->words(), frame->words() + frame->word_count());
}

Msg<test::Shapes> every_shape() {
  return Msg<test::Shapes>::build([](test::Shapes::Builder shapes) {
    shapes.setCount(1);
    shapes.setName("name");
    shapes.initBlob(5);
    auto names = shapes.initNames(2);
    names.set(0, "one");
    names.set(1, "zw\xc3\xb6lf");
    shapes.initBlobs(2).init(1, 3);
    shapes.initNumbers(9);
    auto matrix = shapes.initMatrix(2);
    matrix.init(0, 2).set(1, -5);
    shapes.initFlags(70);
    shapes.initNothing(3);
    auto children = shapes.initTree().initChildren(2);
    children[0].setLabel("left");
    children[1].initChildren(1)[0].setLabel("deep");
    shapes.getAny().initAs<capnp::List<std::uint16_t>>(4);
    shapes.initInner().setLabel("active");
    shapes.getMore().setLabel("grouped");
  });
}

std::uint64_t read_tree(test::Tree::Reader tree) {
  std::uint64_t sum = tree.getLabel().size();
  for (auto child : tree.getChildren()) sum += read_tree(child);
  return sum;
}

/// Touches every byte that the accessors of an accepted message can reach.
std::uint64_t read_everything(const Msg<test::Shapes>& m) {
  const auto shapes = m.read();
  std::uint64_t sum = shapes.getCount();
  const auto add_bytes = [&](const auto& bytes) {
    for (auto byte : bytes) sum += static_cast<unsigned char>(byte);
  };
  add_bytes(shapes.getName());
  add_bytes(shapes.getBlob());
  for (auto name : shapes.getNames()) add_bytes(name);
  for (auto blob : shapes.getBlobs()) add_bytes(blob);
  for (auto number : shapes.getNumbers()) sum += number;
  for (auto row : shapes.getMatrix()) {
    for (auto cell : row) sum += static_cast<std::uint64_t>(cell);
  }
  for (auto flag : shapes.getFlags()) sum += flag;
  sum += shapes.getNothing().size();
  sum += read_tree(shapes.getTree());
  sum += shapes.getAny().targetSize().wordCount;
  switch (shapes.which()) {
    case test::Shapes::TEXT:
      add_bytes(shapes.getText());
      break;
    case test::Shapes::INNER:
      sum += read_tree(shapes.getInner());
      break;
    case test::Shapes::NUMBER:
      sum += shapes.getNumber() > 0;
      break;
  }
  add_bytes(shapes.getMore().getLabel());
  return sum + shapes.getMore().getLevel();
}

std::uint64_t test_seed() {
  const char* text = std::getenv("NOODLE_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : std::random_device()();
}

}  // namespace

TEST_CASE("a frame of every shape is accepted and reads the same") {
  const auto built = every_shape();
  const auto received = receive<test::Shapes>(words_of(built.frame()));
  REQUIRE_MESSAGE(received.ok(), received.error().to_string());
  CHECK(read_everything(*received) == read_everything(built));
}

TEST_CASE("a frame cut short anywhere is refused or complete") {
  const Words whole = words_of(every_shape().frame());
  const auto bytes = std::as_bytes(std::span(whole));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = Msg<test::Shapes>::from_bytes(Msg<test::Shapes>::kTypeId, bytes.first(size));
    CAPTURE(size);
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().code == Code::frame_malformed);
  }
}

TEST_CASE("a frame over the size limit is refused before there is room for it") {
  CHECK(FrameDraft::begin(1, kMaxMessageBytes + 8).error().code == Code::frame_too_large);
}

TEST_CASE("a misaligned buffer is received like any other") {
  const auto built = every_shape();
  std::vector<std::byte> bytes(built.frame()->bytes().size() + 1);
  std::memcpy(bytes.data() + 1, built.frame()->bytes().data(), bytes.size() - 1);
  CHECK(Msg<test::Shapes>::from_bytes(Msg<test::Shapes>::kTypeId, std::span(bytes).subspan(1)).ok());
}

TEST_CASE("hand-made malformed pointers are refused") {
  const struct {
    const char* what;
    Words words;
  } cases[] = {
      {"struct before the frame", {struct_pointer(-5, 1, 0), 0}},
      {"struct after the frame", {struct_pointer(1, 1, 0), 0}},
      {"struct larger than the frame", {struct_pointer(0, 0xffff, 0xffff), 0}},
      {"struct far outside", {struct_pointer((1 << 29) - 1, 1, 0), 0}},
      {"struct that contains itself", {struct_pointer(0, 0, 1), struct_pointer(-1, 0, 1)}},
      {"list larger than the frame", {struct_pointer(0, 0, 1), list_pointer(0, kBytes, (1u << 29) - 1)}},
      {"list of pointers larger than the frame", {struct_pointer(0, 0, 1), list_pointer(0, kPointers, 1u << 28)}},
      {"composite list without room for its tag", {struct_pointer(0, 0, 1), list_pointer(0, kComposite, 0)}},
      {"composite list with more elements than words",
       {struct_pointer(0, 0, 1), list_pointer(0, kComposite, 2), struct_pointer(1000, 1, 1), 0, 0}},
      {"composite list whose element count overflows",
       {struct_pointer(0, 0, 1), list_pointer(0, kComposite, 2), struct_pointer((1 << 29) - 1, 0xffff, 0xffff), 0, 0}},
      {"composite list whose tag is no struct",
       {struct_pointer(0, 0, 1), list_pointer(0, kComposite, 1), list_pointer(1, kBytes, 1), 0}},
      {"half a billion empty structs",
       {struct_pointer(0, 0, 1), list_pointer(0, kComposite, 0), struct_pointer((1 << 29) - 1, 0, 0)}},
      {"half a billion nothings", {struct_pointer(0, 0, 1), list_pointer(0, 0, (1u << 29) - 1)}},
      {"far pointer", {struct_pointer(0, 0, 1), 2, 0}},
      {"capability", {struct_pointer(0, 0, 1), 3, 0}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    const auto checked = check_pointers(c.words);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().code == Code::frame_malformed);
    CHECK_FALSE(receive<test::Shapes>(c.words).ok());
    CHECK_FALSE(receive<test::Tree>(c.words).ok());
  }
  CHECK_FALSE(check_pointers({}).ok());
}

TEST_CASE("nesting is accepted up to the limit and refused beyond it") {
  const auto nested = [](int levels) {
    // Every level is a struct of one pointer.
    return Words(static_cast<std::size_t>(levels), struct_pointer(0, 0, 1));
  };
  Words fits = nested(kMaxMessageNesting + 1);
  fits.push_back(0);
  CHECK(check_pointers(fits).ok());
  Words deep = nested(kMaxMessageNesting + 2);
  deep.push_back(0);
  CHECK(check_pointers(deep).error().message.find("too deep") != std::string::npos);
  Words very_deep = nested(1'000'000);
  very_deep.push_back(0);
  CHECK_FALSE(check_pointers(very_deep).ok());
}

TEST_CASE("pointers that share one large object cannot amplify a small frame") {
  Words words{struct_pointer(0, 0, 1), list_pointer(0, kPointers, 4000)};
  for (std::int64_t i = 0; i < 4000; ++i) words.push_back(list_pointer(4000 - i - 1, kBytes, 8 * 4000));
  words.resize(words.size() + 4000);
  CHECK_FALSE(check_pointers(words).ok());
}

TEST_CASE("sound pointers of the wrong kind are refused by type") {
  const struct {
    const char* what;
    Words words;
  } cases[] = {
      {"the root is a list", {list_pointer(0, kBytes, 8), 0}},
      {"a text is a struct", {struct_pointer(0, 0, 2), struct_pointer(1, 1, 0), 0, 0}},
      {"a text does not end in zero", {struct_pointer(0, 0, 2), list_pointer(1, kBytes, 1), 0, 'x'}},
      {"a text is empty without its zero", {struct_pointer(0, 0, 2), list_pointer(1, kBytes, 0), 0, 0}},
      {"a text is not UTF-8", {struct_pointer(0, 0, 2), list_pointer(1, kBytes, 2), 0, 0xff}},
      {"a list of structs is bytes of bits", {struct_pointer(0, 0, 2), 0, list_pointer(0, 1, 3), 7}},
      {"a child's text is a list of pointers",
       {struct_pointer(0, 0, 2), 0, list_pointer(0, kComposite, 2), struct_pointer(1, 0, 2),
        list_pointer(1, kPointers, 1), 0, 0}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    REQUIRE(check_pointers(c.words).ok());
    const auto refused = receive<test::Tree>(c.words);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Code::frame_malformed);
    CHECK(refused.error().message.find("Tree") != std::string::npos);
  }
}

TEST_CASE("an unknown union case and unknown fields of a newer sender are accepted") {
  Words words = words_of(every_shape().frame());
  auto built = every_shape();
  // Cap'n Proto keeps the discriminant in the data section of the root; find it by changing it.
  bool found = false;
  for (std::size_t byte = 8; byte < 8 * 4 && !found; byte += 2) {
    Words changed = words;
    const std::uint16_t unknown = 77;
    std::memcpy(reinterpret_cast<char*>(changed.data()) + byte, &unknown, 2);
    const auto received = receive<test::Shapes>(changed);
    REQUIRE(received.ok());
    found = static_cast<std::uint16_t>((*received)->which()) == 77;
  }
  CHECK(found);
  CHECK(receive<wire::ProcessRef>({struct_pointer(0, 5, 1), 1, 2, 3, 4, 5, list_pointer(0, kBytes, 8), 9}).ok());
  CHECK(receive<wire::ProcessRef>({struct_pointer(0, 0, 0)}).ok());
  CHECK(receive<wire::ProcessRef>({0}).ok());
}

TEST_CASE("random damage to a frame never crashes and what is accepted can be read") {
  const std::uint64_t seed = test_seed();
  MESSAGE("NOODLE_SEED=" << seed);
  std::mt19937_64 random(seed);
  const Words whole = words_of(every_shape().frame());
  int accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    Words words = whole;
    const int damages = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < damages; ++i) {
      const std::size_t at = random() % words.size();
      switch (random() % 4) {
        case 0:
          words[at] ^= std::uint64_t{1} << (random() % 64);
          break;
        case 1:
          words[at] = random();
          break;
        case 2:
          words[at] = words[random() % words.size()];
          break;
        default:
          words.resize(1 + random() % words.size());
          break;
      }
    }
    const auto received = receive<test::Shapes>(words);
    if (received.ok()) {
      ++accepted;
      read_everything(*received);
    } else {
      CHECK(received.error().code == Code::frame_malformed);
    }
  }
  CHECK(accepted > 0);
}
