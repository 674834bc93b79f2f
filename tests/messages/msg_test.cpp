#include "messages/msg.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "messages/limits.hpp"
#include "messages/process.capnp.h"
#include "messages/value.capnp.h"
#include "messages/work.capnp.h"
#include "tests/messages/test.capnp.h"

using namespace noodle;

namespace {

Msg<wire::RunProgram> run_program(std::size_t image_bytes) {
  return Msg<wire::RunProgram>::build([&](wire::RunProgram::Builder run) {
    run.setRun(42);
    auto image = run.initImage(static_cast<unsigned>(image_bytes));
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<capnp::byte>(i * 31);
    auto arguments = run.initArguments(2);
    arguments.set(0, "first");
    arguments.set(1, "");
    run.initLimits().setMailboxPolicy(wire::MailboxPolicy::DROP_OLDEST);
    run.setTimeLimitMs(1500);
  });
}

template <class T>
Result<Msg<T>> resend(const Msg<T>& m) {
  return Msg<T>::from_bytes(m.frame()->type(), m.frame()->bytes());
}

}  // namespace

TEST_CASE("a message reads back what was built, in place and after a trip through bytes") {
  for (const std::size_t image_bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{8000}, std::size_t{9000}, std::size_t{300'000}}) {
    CAPTURE(image_bytes);
    const auto built = run_program(image_bytes);
    const auto received = resend(built);
    REQUIRE_MESSAGE(received.ok(), received.error().to_string());
    CHECK_FALSE(built.frame()->is_foreign());
    CHECK((*received).frame()->is_foreign());
    for (const auto& m : {built, *received}) {
      CHECK(m->getRun() == 42);
      REQUIRE(m->getImage().size() == image_bytes);
      for (std::size_t i = 0; i < image_bytes; i += 97) CHECK(m->getImage()[i] == static_cast<capnp::byte>(i * 31));
      CHECK(m->getArguments().size() == 2);
      CHECK(m->getArguments()[0] == "first");
      CHECK(m->getArguments()[1] == "");
      CHECK(m->getLimits().getMailboxPolicy() == wire::MailboxPolicy::DROP_OLDEST);
      CHECK(m->getTimeLimitMs() == 1500);
      CHECK(m->getGrants().size() == 0);
      CHECK(m->getSourceName() == "");
    }
  }
}

TEST_CASE("a message of several segments becomes one frame without holes") {
  const auto built = Msg<test::Shapes>::build([](test::Shapes::Builder shapes) {
    shapes.initNumbers(3000);  // abandoned below: a hole in the first segment
    shapes.initNumbers(1).set(0, 5);
    shapes.initBlob(20'000);  // its own segment
    auto names = shapes.initNames(500);
    for (unsigned i = 0; i < 500; ++i) names.set(i, "name " + std::to_string(i));
  });
  CHECK(built.frame()->word_count() * 8 < 20'000 + 500 * 24 + 1000);
  CHECK(built->getNumbers()[0] == 5);
  CHECK(built->getBlob().size() == 20'000);
  CHECK(built->getNames()[499] == "name 499");
  CHECK(resend(built).ok());
}

TEST_CASE("messages built within the filling of another one do not disturb it") {
  Msg<wire::Kill> inner;
  const auto outer = Msg<test::Shapes>::build([&](test::Shapes::Builder shapes) {
    shapes.setName("outer");
    inner = Msg<wire::Kill>::build([](wire::Kill::Builder kill) { kill.setReason("inner"); });
    shapes.setCount(3);
  });
  CHECK(outer->getName() == "outer");
  CHECK(outer->getCount() == 3);
  CHECK(inner->getReason() == "inner");
}

TEST_CASE("the scratch segment is clean for the next message") {
  for (int round = 0; round < 3; ++round) {
    run_program(5000);
    const auto empty = Msg<wire::RunProgram>::build([](wire::RunProgram::Builder) {});
    const auto words = std::span(empty.frame()->words(), empty.frame()->word_count());
    for (const std::uint64_t word : words.subspan(1)) CHECK(word == 0);
  }
}

TEST_CASE("an exception in the filling leaves the scratch segment usable") {
  CHECK_THROWS_AS(Msg<test::Shapes>::build([](test::Shapes::Builder shapes) {
                    shapes.setName("half");
                    throw std::runtime_error("no");
                  }),
                  std::runtime_error);
  const auto next = Msg<test::Shapes>::build([](test::Shapes::Builder) {});
  CHECK(next->getName() == "unnamed");
}

TEST_CASE("an empty message reads as defaults") {
  const Msg<test::Shapes> none;
  CHECK(none.empty());
  CHECK(none->getCount() == 7);
  CHECK(none->getName() == "unnamed");
  CHECK(none->getNumbers().size() == 0);
  CHECK(none->getMore().getLabel() == "");
}

TEST_CASE("copies share the words and the last one frees them") {
  auto first = run_program(100);
  CHECK(first.frame()->use_count() == 1);
  {
    auto second = first;
    CHECK(second.shares_with(first));
    CHECK(first.frame()->use_count() == 2);
    const auto third = std::move(second);
    CHECK(second.empty());  // NOLINT: a moved-from message is empty
    CHECK(first.frame()->use_count() == 2);
    first = Msg<wire::RunProgram>();
    CHECK(third->getRun() == 42);
    CHECK(third.frame()->use_count() == 1);
    auto self = third;
    const auto& same = self;
    self = same;
    CHECK(self->getRun() == 42);
  }
  CHECK(first.empty());
}

TEST_CASE("many threads share and drop one message") {
  auto shared = run_program(1000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([copy = shared] {
      std::uint64_t sum = 0;
      for (int i = 0; i < 20'000; ++i) {
        const auto mine = copy;
        sum += mine->getRun();
      }
      if (sum != 42u * 20'000) std::abort();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(shared.frame()->use_count() == 1);
}

TEST_CASE("threads build messages at the same time without sharing scratch memory") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        const auto name = std::to_string(t) + "/" + std::to_string(i);
        const auto m = Msg<test::Shapes>::build([&](test::Shapes::Builder shapes) { shapes.setName(name.c_str()); });
        if (m->getName() != name.c_str()) std::abort();
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST_CASE("a frame of another type is refused with both types named") {
  const auto kill = Msg<wire::Kill>::build([](wire::Kill::Builder k) { k.setRun(1); });
  const auto wrong = Msg<wire::RunProgram>::from_frame(kill.frame());
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().code == Code::frame_wrong_type);
  CHECK(wrong.error().message.find("RunProgram") != std::string::npos);
  CHECK(Msg<wire::Kill>::from_frame(kill.frame()).ok());
  CHECK(Msg<wire::Kill>::from_frame(FramePtr()).error().code == Code::frame_malformed);
}

TEST_CASE("a message over the frame limit is 6002 for try_build and an exception for build") {
  const auto fill = [](wire::ParcelBatch::Builder batch) {
    for (auto parcel : batch.initParcels(5)) parcel.initImage((1u << 29) - 1);  // nobody touches them
  };
  const auto refused = Msg<wire::ParcelBatch>::try_build(fill);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Code::frame_too_large);
  CHECK_THROWS_AS(Msg<wire::ParcelBatch>::build(fill), std::length_error);
}

TEST_CASE("an object over Cap'n Proto's own limits is 6002, not an exception") {
  const auto refused = Msg<wire::RunProgram>::try_build([](wire::RunProgram::Builder run) { run.initImage(1u << 29); });
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Code::frame_too_large);
}

TEST_CASE("schema ids on the wire never change") {
  CHECK(Msg<wire::RunProgram>::kTypeId == 0x949c3f4946adf6d1);
  CHECK(Msg<wire::ProgramExited>::kTypeId == 0xd2bcc44439656a9a);
  CHECK(Msg<wire::Kill>::kTypeId == 0xb72ea0cb57b313bd);
  CHECK(Msg<wire::StatsRequest>::kTypeId == 0xb54dbe02811b4e91);
  CHECK(Msg<wire::StatsAnswer>::kTypeId == 0xeef68fa97fa08785);
  CHECK(Msg<wire::ProcessMessage>::kTypeId == 0xcf9abd6c7f2ae742);
  CHECK(Msg<wire::Value>::kTypeId == 0x910d02e04ccc1d44);
}
