// What a tree of supervisors does, as simple as it can be: one thing happens at a time, and nothing takes time.
// Restarts count for ever, as if the period had no end; windows are for the tests of the core.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/process/supervision.hpp"

namespace noodle::test {

class SupervisionModel {
 public:
  enum class State : std::uint8_t { absent, running, gone };
  struct Place {
    std::string path;
    Place* parent = nullptr;
    bool supervisor = false, significant = false, may_hang = false;
    process::Restart restart = process::Restart::permanent;
    process::Strategy strategy = process::Strategy::one_for_one;
    std::int64_t intensity = 0, restarts = 0;
    std::vector<std::unique_ptr<Place>> children;
    State state = State::absent;
  };

  Place root;
  std::vector<std::string> deaths;                         // "node/a 1891 restarted", in order
  std::map<std::string, std::vector<std::string>> births;  // by supervisor, in order
  std::size_t born = 0;
  bool over = false;
  std::uint16_t reason = 0;  // why the root has ended

  void start(Place& place) {
    place.state = State::running;
    if (place.parent != nullptr) {
      births[place.parent->path].push_back(place.path);
      ++born;
    }
    place.restarts = 0;
    for (const auto& child : place.children) start(*child);
  }
  /// A child ends by itself: with an error, or (0) normally.
  void end(Place& place, std::uint16_t code) {
    if (place.parent == nullptr) {
      over = true;
      reason = code;
      return;
    }
    Place& supervisor = *place.parent;
    place.state = State::gone;
    const bool stays_away =
        place.restart == process::Restart::temporary || (place.restart == process::Restart::transient && code == 0);
    if (stays_away) {
      bury(place, code, "not restarted");
      if (!place.significant) return;
      stop_children(supervisor, "not restarted");
      return end(supervisor, 0);
    }
    if (++supervisor.restarts > supervisor.intensity) {
      bury(place, code, "the supervisor gave up");
      stop_children(supervisor, "the supervisor gave up");
      return end(supervisor, static_cast<std::uint16_t>(Code::actors_gave_up));
    }
    bury(place, code, "restarted");
    place.state = State::absent;
    restart_with_others(place, 0);
  }
  /// An operator ends it for the reason, to be started again.
  void renew(Place& place, std::uint16_t code) {
    if (place.state == State::running && place.restart != process::Restart::temporary) restart_with_others(place, code);
  }
  /// An operator ends it for good; `code` 0: it is taken out.
  void remove(Place& place, std::uint16_t code) {
    if (place.state != State::running) return;
    stop_children(place, "not restarted");
    bury(place, code, code == 0 ? "not restarted" : "not restarted, as it was told");
    place.state = State::gone;
  }
  void shut_down() {
    stop_children(root, "not restarted");
    over = true;
  }

 private:
  void bury(const Place& place, std::uint16_t code, const std::string& decision) {
    deaths.push_back(place.path + " " + std::to_string(code) + " " + decision);
  }
  void stop_children(Place& place, const std::string& decision) {
    for (auto child = place.children.rbegin(); child != place.children.rend(); ++child) {
      if ((*child)->state == State::running) {
        stop_children(**child, "not restarted");
        bury(**child, 0, decision);
      }
      (*child)->state = State::gone;
    }
  }
  /// Those that depend on `place`, and itself when it runs, end in reverse order; then all that are missing are born.
  void restart_with_others(Place& place, std::uint16_t code) {
    auto& all = place.parent->children;
    bool after = true;  // place, seen from the end
    for (auto child = all.rbegin(); child != all.rend(); ++child) {
      Place& one = **child;
      const bool self = &one == &place;
      if (self) after = false;
      const bool depends = place.parent->strategy == process::Strategy::one_for_all ||
                           (place.parent->strategy == process::Strategy::rest_for_one && after);
      if (one.state != State::running || !(self || depends)) continue;
      const bool back = one.restart != process::Restart::temporary;
      stop_children(one, "not restarted");
      bury(one, self ? code : std::uint16_t{0}, back ? "restarted" : "not restarted");
      one.state = back ? State::absent : State::gone;
    }
    for (const auto& child : all) {
      if (child->state == State::absent) start(*child);
    }
  }
};

}  // namespace noodle::test
