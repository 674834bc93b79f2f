#include "runtime/message/mailbox.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/message/pid_set.hpp"
#include "tests/process/random_seed.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

Message* numbered(std::uint32_t number, bool counted = true) {
  Message* message = new_message(MessageKind::call, 0, 0, 0);
  message->number = number;
  message->counted = counted;
  return message;
}

/// Pops everything and gives the numbers.
std::vector<std::uint32_t> drain(Mailbox& mailbox) {
  std::vector<std::uint32_t> numbers;
  while (Message* message = mailbox.pop()) {
    numbers.push_back(message->number);
    mailbox.release_room(*message);
    release_message(message);
  }
  return numbers;
}

}  // namespace

TEST_CASE("a mailbox gives messages in order and knows when it is empty") {
  Mailbox mailbox;
  CHECK(mailbox.queue_empty());
  for (std::uint32_t i = 0; i < 5; ++i) mailbox.push(numbered(i, false));
  CHECK_FALSE(mailbox.queue_empty());
  CHECK(drain(mailbox) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  CHECK(mailbox.queue_empty());
  mailbox.push(numbered(9, false));
  CHECK(drain(mailbox) == std::vector<std::uint32_t>{9});
  CHECK(mailbox.queue_empty());
}

TEST_CASE("a message may go past the queue only while nothing is in the mailbox and none may be dropped for room") {
  Mailbox mailbox;
  CHECK(mailbox.takes_directly());
  mailbox.append_pending(numbered(0, false));
  CHECK_FALSE(mailbox.takes_directly());
  mailbox.push(numbered(1, false));
  CHECK(drain(mailbox) == std::vector<std::uint32_t>{0, 1});
  CHECK(mailbox.takes_directly());
  mailbox.push(numbered(2, false));
  CHECK_FALSE(mailbox.takes_directly());
  CHECK(drain(mailbox) == std::vector<std::uint32_t>{2});
  mailbox.set_limits(1, 1000, MailboxPolicy::drop_oldest);
  CHECK_FALSE(mailbox.takes_directly());
}

TEST_CASE("messages passed over stay before the queue, and any of them can be removed") {
  Mailbox mailbox;
  for (std::uint32_t i = 0; i < 4; ++i) mailbox.push(numbered(i, false));
  Message* first = mailbox.pop_queue();
  mailbox.append_pending(first);
  Message* second = mailbox.pop_queue();
  mailbox.append_pending(second);
  mailbox.remove_pending(first, second);
  release_message(second);
  CHECK(drain(mailbox) == std::vector<std::uint32_t>{0, 2, 3});
}

TEST_CASE("the bounds hold exactly, in messages and in bytes") {
  Mailbox mailbox;
  mailbox.set_limits(3, 1000, MailboxPolicy::error);
  CHECK(mailbox.book(400));
  CHECK(mailbox.book(400));
  CHECK_FALSE(mailbox.book(201));
  CHECK(mailbox.book(200));
  CHECK_FALSE(mailbox.book(0));
  CHECK(mailbox.messages() == 3);
  CHECK(mailbox.bytes() == 1000);
}

TEST_CASE("an empty mailbox takes a message that is larger than its bound") {
  Mailbox mailbox;
  mailbox.set_limits(10, 100, MailboxPolicy::block);
  CHECK(mailbox.book(5000));
  CHECK_FALSE(mailbox.book(1));
}

TEST_CASE("control messages are taken all at once and in order") {
  Mailbox mailbox;
  CHECK(mailbox.control_empty());
  for (std::uint32_t i = 0; i < 3; ++i) mailbox.push_control(numbered(i, false));
  std::vector<std::uint32_t> numbers;
  for (Message* message = mailbox.take_control(); message != nullptr;) {
    auto* next = static_cast<Message*>(message->next.load());
    numbers.push_back(message->number);
    release_message(message);
    message = next;
  }
  CHECK(numbers == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(mailbox.control_empty());
}

TEST_CASE("with many senders nothing is lost, order per sender is kept and the bound is never passed") {
  constexpr std::uint32_t kSenders = 4, kEach = 20'000, kLimit = 50;
  Mailbox mailbox;
  mailbox.set_limits(kLimit, 1 << 20, MailboxPolicy::error);
  std::vector<std::thread> senders;
  for (std::uint32_t sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&mailbox, sender] {
      for (std::uint32_t i = 0; i < kEach;) {
        if (!mailbox.book(64)) {
          std::this_thread::yield();
          continue;
        }
        mailbox.push(numbered(sender << 24 | i++));
      }
    });
  }
  std::vector<std::uint32_t> next(kSenders, 0);
  for (std::uint32_t received = 0; received < kSenders * kEach;) {
    if (mailbox.messages() > kLimit) FAIL("bound passed");
    Message* message = mailbox.pop();
    if (!message) {
      std::this_thread::yield();
      continue;
    }
    const std::uint32_t sender = message->number >> 24;
    if ((message->number & 0xffffff) != next[sender]++) FAIL("order lost");
    mailbox.release_room(*message);
    release_message(message);
    ++received;
  }
  for (std::thread& thread : senders) thread.join();
  CHECK(mailbox.queue_empty());
  CHECK(mailbox.messages() == 0);
  CHECK(mailbox.bytes() == 0);
}

TEST_CASE("a set of processes keeps insertion order and forgets what is erased") {
  NOODLE_RANDOM(random);
  PidSet set;
  std::vector<Pid> reference;
  for (int step = 0; step < 5000; ++step) {
    const Pid pid = 1 + random() % (step < 2500 ? 200 : 20);
    const auto found = std::find(reference.begin(), reference.end(), pid);
    if (random() % 2) {
      CHECK(set.insert(pid) == (found == reference.end()));
      if (found == reference.end()) reference.push_back(pid);
    } else {
      CHECK(set.erase(pid) == (found != reference.end()));
      if (found != reference.end()) reference.erase(found);
    }
    CHECK(set.size() == reference.size());
  }
  std::vector<Pid> listed;
  set.for_each([&listed](Pid pid) { listed.push_back(pid); });
  CHECK(listed == reference);
}
