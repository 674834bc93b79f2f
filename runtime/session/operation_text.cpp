// How the answers of a cluster look: trees of actors, one actor, death certificates.
#include <algorithm>
#include <map>
#include <memory>

#include "runtime/session/operation.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {

namespace {

constexpr std::size_t kMostSiblings = 40;  // more of one parent are counted, not shown
constexpr std::size_t kRaggedRows = 200;   // up to so many rows all are shown
constexpr std::size_t kShownDeaths = 5;    // kinds of an actor that is inspected
constexpr std::size_t kMostDeaths = 20;    // kinds of all

using Rows = capnp::List<wire::HealthRow>::Reader;

std::string text_of(capnp::Text::Reader text) {
  return plain({text.begin(), text.size()});
}

/// The actors of a node as what they are: a tree.
struct Branch {
  int row = -1;
  std::map<std::string, Branch> children;
};

std::size_t count_of(const Branch& branch) {
  std::size_t count = branch.row >= 0 ? 1 : 0;
  for (const auto& [name, child] : branch.children) count += count_of(child);
  return count;
}

class TreePrinter {
 public:
  TreePrinter(Table& table, Rows rows) : table_(table), rows_(rows), all_(rows.size() <= kRaggedRows) {}

  void print(const Branch& branch, const std::string& label, const std::string& before_children) {
    add(branch, label);
    std::size_t shown = 0;
    for (auto at = branch.children.begin(); at != branch.children.end(); ++at) {
      if (!all_ && ++shown > kMostSiblings) {
        std::size_t left = 0;
        for (; at != branch.children.end(); ++at) left += count_of(at->second);
        table_.add({{before_children + "└─ ... and " + count_text(left) + " more", {}, "2"}, {}, {}, {}, {}, {}});
        return;
      }
      const bool last = std::next(at) == branch.children.end();
      print(at->second, before_children + (last ? "└─ " : "├─ ") + plain(at->first),
            before_children + (last ? "   " : "│  "));
    }
  }

 private:
  void add(const Branch& branch, const std::string& label) {
    if (branch.row < 0) return table_.add({{label, {}}, {}, {}, {}, {}, {}});
    const wire::HealthRow::Reader row = rows_[static_cast<unsigned>(branch.row)];
    const std::string state = text_of(row.getState());
    Cell restarts = Cell::count(row.getRestarts());
    if (row.getRestarts() > 0) restarts.paint = "33";
    table_.add({{label, {}},
                {state, {}, paint_of_state(state)},
                restarts,
                Cell::count(row.getWaiting() + row.getHeld()),
                Cell::duration(row.getUptimeNs()),
                {text_of(row.getLastError()), {}, "31"}});
  }

  Table& table_;
  const Rows rows_;
  const bool all_;
};

/// The death that made this one happen: "node/b ended".
int cause_of(capnp::List<wire::Death>::Reader deaths, unsigned at) {
  const std::string cause = deaths[at].getCause().cStr();
  constexpr std::string_view kEnded = " ended";
  if (!cause.ends_with(kEnded)) return -1;
  const std::string_view path = std::string_view(cause).substr(0, cause.size() - kEnded.size());
  for (unsigned k = 0; k < deaths.size(); ++k) {
    const bool near = deaths[k].getDiedWallNs() <= deaths[at].getDiedWallNs();
    if (k != at && near && path == std::string_view(deaths[k].getPath().cStr())) return static_cast<int>(k);
  }
  return -1;
}

std::string reason_text(const wire::Death::Reader& death) {
  if (death.getReason().getCode() == 0)
    return death.getCause().size() > 0 ? "it was told to end" : "it ended by itself";
  return "error " + std::to_string(death.getReason().getCode()) + ": " + text_of(death.getReason().getMessage());
}

std::string list_text(capnp::List<capnp::Text>::Reader texts) {
  std::string out;
  for (const capnp::Text::Reader text : texts) out += (out.empty() ? "" : ", ") + text_of(text);
  return out;
}

void add_chain(std::string& out, capnp::List<wire::Death>::Reader deaths, unsigned at, const std::string& indent,
               const ConsoleOptions& options) {
  for (int hops = 0; hops < 8; ++hops) {
    const wire::Death::Reader death = deaths[at];
    if (death.getCause().size() == 0) return;
    out += indent + "because " + text_of(death.getCause());
    const int next = cause_of(deaths, at);
    if (next >= 0) out += ": " + painted(options.color, "31", reason_text(deaths[static_cast<unsigned>(next)]));
    out += "\n";
    if (next < 0) return;
    at = static_cast<unsigned>(next);
  }
}

void add_death(std::string& out, capnp::List<wire::Death>::Reader deaths, unsigned at, std::int64_t now_wall_ns,
               const std::string& indent, const ConsoleOptions& options) {
  const wire::Death::Reader death = deaths[at];
  out += indent + painted(options.color, "31", reason_text(death)) + "\n";
  add_chain(out, deaths, at, indent, options);
  const std::int64_t ago_ns = std::max<std::int64_t>(1, now_wall_ns - death.getDiedWallNs());
  out += indent + duration_text(ago_ns) + " ago, incarnation " + std::to_string(death.getIncarnation()) +
         ", which had lived " + duration_text(death.getLivedNs()) + "; " + text_of(death.getDecision()) +
         (death.getInTime() ? "" : "; it had to be killed") + "\n";
  if (death.getLastMessages().size() > 0) {
    out += indent + painted(options.color, "2", "last messages: " + list_text(death.getLastMessages())) + "\n";
  }
}

/// Deaths of one actor by the same error: who crashes in a loop is told once.
struct Same {
  unsigned newest = 0, oldest = 0;
  std::size_t times = 0;
};

/// Newest first. `path`: of one actor; empty: all.
std::vector<Same> same_deaths(capnp::List<wire::Death>::Reader deaths, std::string_view path) {
  std::vector<Same> all;
  std::map<std::string, std::size_t> known;
  for (unsigned k = 0; k < deaths.size(); ++k) {
    const wire::Death::Reader death = deaths[k];
    if (!path.empty() && path != death.getPath().cStr()) continue;
    const std::string kind =
        std::string(death.getPath().cStr()) + '\n' + reason_text(death) + '\n' + death.getCause().cStr();
    const auto [at, first] = known.emplace(kind, all.size());
    if (first) all.push_back({k, k, 0});
    all[at->second].oldest = k;
    ++all[at->second].times;
  }
  return all;
}

void add_deaths(std::string& out, capnp::List<wire::Death>::Reader deaths, const Same& same, std::int64_t now_wall_ns,
                const std::string& indent, const ConsoleOptions& options) {
  add_death(out, deaths, same.newest, now_wall_ns, indent, options);
  if (same.times < 2) return;
  const std::int64_t since_ns = std::max<std::int64_t>(1, now_wall_ns - deaths[same.oldest].getDiedWallNs());
  out += indent + painted(options.color, "33", count_text(same.times) + " times in " + duration_text(since_ns)) + "\n";
}

}  // namespace

const char* paint_of_state(std::string_view state) {
  if (state == "restarting" || state == "resting" || state == "dead" || state == "gone" || state == "none") return "31";
  if (state == "suspect" || state == "stopping" || state == "starting" || state == "left" || state == "draining" ||
      state == "cordoned" || state == "degraded") {
    return "33";
  }
  return nullptr;
}

std::string labels_text(capnp::List<wire::NodeLabel>::Reader labels) {
  std::string out;
  for (const wire::NodeLabel::Reader label : labels) {
    out += (out.empty() ? "" : " ") + text_of(label.getKey()) + "=" + text_of(label.getValue());
  }
  return out;
}

std::string tree_text(const Operation& operation, const std::vector<std::string>& nodes, const std::string& prefix,
                      const std::vector<Result<Msg<wire::HealthAnswer>>>& answers, const ConsoleOptions& options) {
  Table table({{"actor", ""},
               {"state", ""},
               {"restarts", "", true},
               {"mailbox", "", true},
               {"up", "", true},
               {"last error", ""}});
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const std::string at = nodes[k] == operation.node() ? "" : nodes[k] + ":";
    if (!answers[k]) {
      table.add(
          {{nodes[k] + ":node", {}}, {"unreachable", {}, "31"}, {}, {}, {}, {plain(answers[k].error().message), {}}});
      continue;
    }
    const Rows rows = (*answers[k])->getRows();
    const std::string_view base = prefix.empty() ? "node" : std::string_view(prefix);
    Branch root;
    for (unsigned i = 0; i < rows.size(); ++i) {
      std::string_view rest(rows[i].getPath().cStr());
      Branch* branch = &root;
      rest.remove_prefix(rest.starts_with(base) ? std::min(base.size() + 1, rest.size()) : 0);
      while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('/'));
        branch = &branch->children[std::string(part)];
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      }
      branch->row = static_cast<int>(i);
    }
    TreePrinter(table, rows)
        .print(root, at + plain(base) + (at.empty() && prefix.empty() ? " (" + nodes[k] + ")" : ""), "");
  }
  return table.text(options.color, options.width);
}

std::string deaths_text(wire::DeathsAnswer::Reader answer, std::int64_t now_wall_ns, const ConsoleOptions& options) {
  const auto deaths = answer.getDeaths();
  if (deaths.size() == 0) return "nobody has died\n";
  std::vector<Same> all = same_deaths(deaths, {});
  std::string out;
  // Who has done its work is no news among those that crashed; asked for by name it is shown.
  const std::size_t kinds = all.size();
  const auto in_order = [&deaths](const Same& same) {
    const wire::Death::Reader death = deaths[same.newest];
    return death.getReason().getCode() == 0 && death.getCause().size() == 0 && death.getInTime();
  };
  if (kinds > 1) std::erase_if(all, in_order);
  for (std::size_t k = 0; k < std::min(all.size(), kMostDeaths); ++k) {
    out += painted(options.color, "1", text_of(deaths[all[k].newest].getPath())) + "\n";
    add_deaths(out, deaths, all[k], now_wall_ns, "  ", options);
  }
  if (all.size() > kMostDeaths) {
    out += painted(options.color, "2", "... and " + count_text(all.size() - kMostDeaths) + " more kinds") + "\n";
  }
  if (all.size() < kinds) {
    out += painted(options.color, "2", count_text(kinds - all.size()) + " ended by themselves, in order") + "\n";
  }
  return out;
}

std::string deaths_json(wire::DeathsAnswer::Reader answer) {
  Table table({{"", "path"},
               {"", "incarnation"},
               {"", "code"},
               {"", "message"},
               {"", "cause"},
               {"", "decision"},
               {"", "seen_by"},
               {"", "lived_ns"},
               {"", "died_wall_ns"}});
  for (const wire::Death::Reader row : answer.getDeaths()) {
    table.add({Cell::of(text_of(row.getPath())), Cell::count(row.getIncarnation()),
               Cell::count(row.getReason().getCode()), Cell::of(text_of(row.getReason().getMessage())),
               Cell::of(text_of(row.getCause())), Cell::of(text_of(row.getDecision())),
               Cell::of(text_of(row.getSeenBy())), Cell::duration(row.getLivedNs()),
               Cell::duration(row.getDiedWallNs())});
  }
  return table.json();
}

std::string inspect_text(const std::string& name, wire::HealthRow::Reader row, wire::DeathsAnswer::Reader deaths,
                         std::int64_t now_wall_ns, const ConsoleOptions& options) {
  const std::string state = text_of(row.getState());
  const std::string path = row.getPath().cStr();
  std::string out = painted(options.color, "1", plain(name)) + "\n";
  const auto line = [&out](const char* what, const std::string& text) {
    if (!text.empty()) out += "  " + padded(what, 14) + text + "\n";
  };
  const char* paint = paint_of_state(state);
  line("state", (paint ? painted(options.color, paint, state) : state) +
                    (row.getUptimeNs() > 0 ? " for " + duration_text(row.getUptimeNs()) : ""));
  line("restarts", count_text(row.getRestarts()) + " (this is incarnation " + count_text(row.getIncarnation()) + ")");
  line("mailbox", count_text(row.getWaiting()) + " waiting" +
                      (row.getHeld() > 0 ? ", " + count_text(row.getHeld()) + " held for the next incarnation" : ""));
  line("handled", count_text(row.getHandled()) + " messages" +
                      (row.getHandlerP50Ns() > 0 ? ", half of them within " + duration_text(row.getHandlerP50Ns()) +
                                                       ", 99 % within " + duration_text(row.getHandlerP99Ns())
                                                 : ""));
  if (row.getDeadLetters() > 0) line("dead letters", count_text(row.getDeadLetters()));
  line("works on", text_of(row.getBusyWith()));
  line("last messages", list_text(row.getLastMessages()));
  line("last error", painted(options.color && row.getLastError().size() > 0, "31", text_of(row.getLastError())));
  const std::size_t slash = path.rfind('/');
  if (slash != std::string::npos) line("supervisor", plain(path.substr(0, slash)));
  const std::vector<Same> own = same_deaths(deaths.getDeaths(), path);
  std::size_t times = 0;
  for (const Same& same : own) times += same.times;
  line("deaths", count_text(times) + (own.empty() ? "" : ", the last first:"));
  for (std::size_t k = 0; k < std::min(own.size(), kShownDeaths); ++k) {
    add_deaths(out, deaths.getDeaths(), own[k], now_wall_ns, "    ", options);
  }
  out += painted(options.color, "2",
                 "  :kill " + plain(name) + " ends it for good, :restart " + plain(name) + " starts it afresh") +
         "\n";
  return out;
}

}  // namespace noodle::session
