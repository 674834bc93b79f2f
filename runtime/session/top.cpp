#include "runtime/session/top.hpp"

#include <algorithm>
#include <map>

#include "runtime/session/operation.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {

namespace {

constexpr std::size_t kMostMembers = 12;

std::string text_of(capnp::Text::Reader text) {
  return plain({text.begin(), text.size()});
}

struct Actor {
  std::string node, path;
  wire::HealthRow::Reader row;
  std::uint64_t rate = 0;  // messages a second
};

using Counts = std::map<std::pair<std::string, std::string>, std::uint64_t>;

Counts counts_of(const TopReading& reading) {
  Counts counts;
  for (const TopReading::Node& node : reading.nodes) {
    if (!node.health) continue;
    for (const wire::HealthRow::Reader row : (*node.health)->getRows()) {
      counts[{node.name, row.getPath().cStr()}] = row.getHandled();
    }
  }
  return counts;
}

std::vector<Actor> actors_of(const TopReading& now, const TopReading* before) {
  const Counts counts = before ? counts_of(*before) : Counts{};
  const std::int64_t passed_ns = before ? std::max<std::int64_t>(1, now.at_ns - before->at_ns) : 1;
  std::vector<Actor> actors;
  for (const TopReading::Node& node : now.nodes) {
    if (!node.health) continue;
    for (const wire::HealthRow::Reader row : (*node.health)->getRows()) {
      Actor actor{node.name, text_of(row.getPath()), row};
      const auto known = counts.find({node.name, row.getPath().cStr()});
      if (known != counts.end() && row.getHandled() > known->second) {
        actor.rate = static_cast<std::uint64_t>(static_cast<double>(row.getHandled() - known->second) * 1e9 /
                                                static_cast<double>(passed_ns));
      }
      actors.push_back(std::move(actor));
    }
  }
  std::stable_sort(actors.begin(), actors.end(), [](const Actor& a, const Actor& b) {
    const auto rank = [](const Actor& one) {
      return std::tuple(one.row.getWaiting() + one.row.getHeld(), one.rate, one.row.getRestarts(),
                        one.row.getHandled());
    };
    return rank(a) > rank(b);
  });
  return actors;
}

std::string first_lines(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(0, end);
}

std::string members_text(const TopReading& now, const TopScreen& screen) {
  Table table({{"node", ""},
               {"state", ""},
               {"service", ""},
               {"actors", "", true},
               {"since", "", true},
               {"address", ""},
               {"", ""}});
  std::size_t shown = 0;
  for (const wire::MemberRow::Reader row : now.members->getMembers()) {
    if (++shown > kMostMembers) break;
    const std::string name = text_of(row.getName()), state = text_of(row.getState());
    const std::string service = text_of(row.getService());
    const auto of_node = [&name](const TopReading::Node& node) { return node.name == name; };
    const auto asked = std::find_if(now.nodes.begin(), now.nodes.end(), of_node);
    const bool known = asked != now.nodes.end() && asked->health;
    table.add({Cell::of(name),
               {state, {}, paint_of_state(state)},
               {service, {}, paint_of_state(service)},
               known ? Cell::count((*asked->health)->getTotal()) : Cell::of("?"),
               Cell::duration(row.getSinceNs()),
               Cell::of(text_of(row.getHost()) + ":" + std::to_string(row.getPort())),
               {}});
  }
  std::string text = table.text(screen.color, screen.width);
  const std::size_t all = now.members->getMembers().size();
  if (all > kMostMembers) text += "... and " + count_text(all - kMostMembers) + " more nodes\n";
  return text;
}

}  // namespace

std::string top_text(const TopReading& now, const TopReading* before, const TopScreen& screen) {
  const std::vector<Actor> actors = actors_of(now, before);
  std::uint64_t restarts = 0, waiting = 0, rate = 0;
  for (const Actor& actor : actors) {
    restarts += actor.row.getRestarts();
    waiting += actor.row.getWaiting() + actor.row.getHeld();
    rate += actor.rate;
  }
  std::string out =
      painted(screen.color, "1",
              shortened(count_text(now.members->getMembers().size()) + " nodes, " + count_text(rate) + " messages/s, " +
                            count_text(waiting) + " waiting, " + count_text(restarts) + " restarts",
                        screen.width)) +
      "\n\n" + members_text(now, screen) + "\n";
  Table table({{"actor", ""},
               {"state", ""},
               {"restarts", "", true},
               {"mailbox", "", true},
               {"msg/s", "", true},
               {"p99", "", true},
               {"up", "", true},
               {"last error", ""}});
  const auto home = now.members->getNode();
  for (const Actor& actor : actors) {
    const std::string state = text_of(actor.row.getState());
    Cell again = Cell::count(actor.row.getRestarts());
    if (actor.row.getRestarts() > 0) again.paint = "33";
    table.add({Cell::of(actor.node == home.cStr() ? actor.path : actor.node + ":" + actor.path),
               {state, {}, paint_of_state(state)},
               again,
               Cell::count(actor.row.getWaiting() + actor.row.getHeld()),
               Cell::count(actor.rate),
               Cell::duration(actor.row.getHandlerP99Ns()),
               Cell::duration(actor.row.getUptimeNs()),
               {text_of(actor.row.getLastError()), {}, "31"}});
  }
  out += table.text(screen.color, screen.width);
  const std::string last = screen.problem.empty()
                               ? painted(screen.color, "2", "q quits")
                               : painted(screen.color, "31", shortened(screen.problem, screen.width));
  return first_lines(out, screen.height > 2 ? screen.height - 2 : 1) + last + "\n";
}

}  // namespace noodle::session
