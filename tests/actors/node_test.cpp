// The root of a node, and errors on their way through CAF.
#include "actors/core/node.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <mutex>

#include "actors/core/caf_error.hpp"

namespace {

using namespace noodle;
using namespace noodle::actors;

/// Notes the names of components in the order in which they end.
struct Journal {
  std::mutex mutex;
  std::string text;
  void add(const std::string& name) {
    const std::lock_guard lock(mutex);
    text += name + " ";
  }
};

std::function<caf::actor(caf::actor_system&)> component(Journal& journal, const std::string& name, bool stubborn) {
  return [&journal, name, stubborn](caf::actor_system& system) {
    return system.spawn([&journal, name, stubborn](caf::event_based_actor* self) -> caf::behavior {
      self->set_exit_handler([self, &journal, name, stubborn](caf::exit_msg& exit) {
        if (stubborn) return;
        journal.add(name);
        self->quit(exit.reason);
      });
      return {[name](int) { return name; }};
    });
  };
}

}  // namespace

TEST_CASE("an Error keeps code, message and details on its way through CAF") {
  const Error error{Code::run_number_taken, "run 7 exists already", "details"};
  const Error back = from_caf(to_caf(error));
  CHECK(back.code == error.code);
  CHECK(back.message == error.message);
  CHECK(back.details == error.details);
}

TEST_CASE("an error of CAF itself becomes a host failure with CAF's text") {
  const Error error = from_caf(caf::make_error(caf::sec::request_timeout));
  CHECK(error.code == Code::host_failed);
  CHECK(error.message.find("request_timeout") != std::string::npos);
}

TEST_CASE("a node finds its components by name and ends them in reverse order") {
  Journal journal;
  Node node({});
  REQUIRE(node.start("first", component(journal, "first", false)).ok());
  REQUIRE(node.start("second", component(journal, "second", false)).ok());
  CHECK(node.start("first", component(journal, "again", false)).error().code == Code::name_taken);
  CHECK(node.component("none") == nullptr);
  CHECK(node.roster()->health("node").size() == 2);
  {
    caf::scoped_actor self(node.system());
    std::string answer;
    self->request(node.component("second"), caf::infinite, 1)
        .receive([&answer](const std::string& name) { answer = name; }, [](const caf::error&) {});
    CHECK(answer == "second");
  }
  CHECK(node.stop());
  CHECK(journal.text == "second first ");
  CHECK(node.component("first") == nullptr);
}

TEST_CASE("a component that does not end in time is killed, and the node says so") {
  Journal journal;
  Node node({.stop_deadline = std::chrono::milliseconds(50)});
  REQUIRE(node.start("stubborn", component(journal, "stubborn", true)).ok());
  CHECK_FALSE(node.stop());
}

TEST_CASE("a component that fails is started again behind the same handle") {
  Node node({});
  int made = 0;
  REQUIRE(node.start("clerk",
                     [&made](caf::actor_system& system) {
                       return system.spawn([number = ++made](caf::event_based_actor* self) -> caf::behavior {
                         return {[self, number](int wanted) {
                           if (wanted == 0) self->quit(caf::exit_reason::unhandled_exception);
                           return number;
                         }};
                       });
                     })
              .ok());
  const caf::actor clerk = node.component("clerk");
  caf::scoped_actor self(node.system());
  self->send(clerk, 0);
  int number = 0;
  while (number != 2) {
    self->request(clerk, caf::infinite, 1).receive([&number](int n) { number = n; }, [](const caf::error&) {});
  }
  CHECK(node.roster()->certificates("node/clerk").size() == 1);
  CHECK(node.stop());
}
