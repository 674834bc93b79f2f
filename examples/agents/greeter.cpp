// The greeter greets whoever asks; guests ask it each second, on whichever node it is, and log what they hear.
#include <noodle/agent.hpp>

#include <greeting.capnp.h>

namespace demo {

using namespace std::chrono_literals;
using noodle::Code;
using noodle::Msg;
using noodle::Result;

struct Seen {
  std::uint64_t guests = 0;
};

class Greeter : public noodle::Agent<Seen> {
 public:
  using Agent::Agent;

  noodle::Handlers handlers() override {
    return on([this](const Msg<Greet>& greet) -> Result<Msg<Greeting>> {
      const std::string who = greet->getWho();
      if (who.empty()) return noodle::Error{Code::invalid_argument, "nobody is to be greeted", {}};
      ++state().guests;
      return Msg<Greeting>::build([&](Greeting::Builder greeting) {
        greeting.setText("Hello, " + who + "! This is " + host().node_name() + ".");
        greeting.setGuests(state().guests);
      });
    });
  }
};

class Guest : public noodle::Agent<Seen> {
 public:
  using Agent::Agent;

  noodle::Handlers handlers() override { return {}; }
  void on_start() override { visit(); }

 private:
  void visit() {
    after(1s, [this] { visit(); });
    const auto greeter = host().find("greeter");
    if (!greeter) return log_.warning("nobody greets", {{"why", greeter.error().to_string()}});
    const auto greet = Msg<Greet>::build([this](Greet::Builder wanted) { wanted.setWho(host().node_name()); });
    ask<Greeting>(*greeter, greet, 5s, [this](const Result<Msg<Greeting>>& greeting) {
      if (!greeting) return log_.warning("no greeting", {{"why", greeting.error().to_string()}});
      log_.info((*greeting)->getText().cStr(), {{"guests", (*greeting)->getGuests()}});
    });
  }

  const noodle::Logger log_{"guest"};
};

}  // namespace demo

NOODLE_PLUGIN(noodle::agent<demo::Greeter>("greeter"), noodle::agent<demo::Guest>("guest"))
