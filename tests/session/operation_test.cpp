// Tables, trees and the screen of `noodle top`, from answers that no cluster has given.
#include "runtime/session/operation.hpp"

#include <doctest/doctest.h>

#include "runtime/session/table.hpp"
#include "runtime/session/top.hpp"

namespace {

using namespace noodle;
using namespace noodle::session;

bool shows(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("`" << part << "` is not in:\n" << text);
  return found;
}

struct Row {
  const char* path;
  const char* state = "running";
  std::uint64_t restarts = 0, waiting = 0, handled = 0;
  const char* last_error = "";
};

Msg<wire::HealthAnswer> health_of(const std::vector<Row>& rows) {
  return Msg<wire::HealthAnswer>::build([&rows](wire::HealthAnswer::Builder answer) {
    answer.setTotal(rows.size());
    auto list = answer.initRows(static_cast<unsigned>(rows.size()));
    for (unsigned k = 0; k < rows.size(); ++k) {
      list[k].setPath(rows[k].path);
      list[k].setState(rows[k].state);
      list[k].setRestarts(rows[k].restarts);
      list[k].setWaiting(rows[k].waiting);
      list[k].setHandled(rows[k].handled);
      list[k].setLastError(rows[k].last_error);
      list[k].setUptimeNs(90'000'000'000);
    }
  });
}

Msg<wire::MembersAnswer> members_of(const std::vector<std::pair<const char*, const char*>>& members) {
  return Msg<wire::MembersAnswer>::build([&members](wire::MembersAnswer::Builder answer) {
    answer.setNode(members.front().first);
    auto list = answer.initMembers(static_cast<unsigned>(members.size()));
    for (unsigned k = 0; k < members.size(); ++k) {
      list[k].setName(members[k].first);
      list[k].setState(members[k].second);
      list[k].setService("ready");
      list[k].setHost("10.0.0.1");
      list[k].setPort(7700);
    }
  });
}

const char* const metrics_of_alpha =
    "# HELP noodle_actors_supervised Actors.\n# TYPE noodle_actors_supervised gauge\n"
    "noodle_actors_supervised{state=\"running\"} 11\n"
    "# HELP noodle_vm_fuel_total Fuel.\n# TYPE noodle_vm_fuel_total counter\nnoodle_vm_fuel_total 123456789\n";

/// Node alpha, which answers what it is given.
struct FakeOperation final : Operation {
  std::string node() const override { return "alpha"; }
  Result<Msg<wire::MembersAnswer>> members() override { return members_of({{"alpha", "alive"}}); }
  std::vector<Result<Msg<wire::HealthAnswer>>> health(const std::vector<std::string>& nodes,
                                                      const HealthQuestion&) override {
    return {nodes.size(), health_of({{"node/a"}})};
  }
  Result<Msg<wire::DeathsAnswer>> deaths(const std::string&, const std::string&, std::uint32_t) override {
    return Msg<wire::DeathsAnswer>{};
  }
  Result<Msg<wire::LinksAnswer>> links(const std::string&) override { return Msg<wire::LinksAnswer>{}; }
  Result<Msg<wire::RouteAnswer>> route(const std::string&, const std::string&) override {
    return Msg<wire::RouteAnswer>{};
  }
  Result<Msg<wire::MetricsAnswer>> metrics(const std::string& node) override {
    if (node != "alpha") return Error{Code::node_unknown, "no node `" + node + "`", {}};
    return Msg<wire::MetricsAnswer>::build(
        [](wire::MetricsAnswer::Builder answer) { answer.setText(metrics_of_alpha); });
  }
  Result<Msg<wire::NamesAnswer>> names(const std::string& prefix) override {
    return Msg<wire::NamesAnswer>::build([&prefix](wire::NamesAnswer::Builder answer) {
      const char* const all[] = {"jobs/copy", "jobs/sort", "leader"};
      auto rows = answer.initRows(3);
      for (unsigned k = 0; k < 3; ++k) {
        if (!std::string(all[k]).starts_with(prefix)) continue;
        rows[k].setName(all[k]);
        rows[k].setUnique(k == 2);
        rows[k].setNode("aa01");
        rows[k].setPid(k);
      }
    });
  }
  Result<Msg<wire::LeasesAnswer>> leases() override {
    return Error{Code::lease_node_absent, "no node keeps leases", {}};
  }
  Result<void> end_actor(const std::string&, const std::string&, bool, const std::string&) override { return {}; }
  Result<void> set_service(const std::string&, wire::ServiceCommand::What) override { return {}; }
};

}  // namespace

TEST_CASE("a table aligns its columns, cuts lines to the terminal, and is JSON for programs") {
  Table table({{"name", "name"}, {"count", "count", true}, {"note", ""}, {"", "id"}});
  table.add({Cell::of("a"), Cell::count(1234), Cell::of("über"), Cell::of("7")});
  table.add({Cell::of("longer"), Cell::count(5), Cell::of("x\033[31m"), Cell::of("8")});
  CHECK(table.text(false, 0) == "name    count  note\na       1,234  über\nlonger      5  x [31m\n");
  CHECK(table.text(false, 16) == "name    count  .\na       1,234  .\nlonger      5  .\n");
  CHECK(table.json() == R"([{"name":"a","count":1234,"id":"7"},{"name":"longer","count":5,"id":"8"}])");
  CHECK(shows(table.text(true, 0), "\033[2mname\033[0m"));
}

TEST_CASE("durations are told as people tell them") {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "-"},
                                                        {850, "850 ns"},
                                                        {3'240'000, "3.2 ms"},
                                                        {12'000'000'000, "12 s"},
                                                        {9'960'000'000, "10 s"},
                                                        {180'000'000'000, "3 min"},
                                                        {90'000'000'000'000, "1 d"}};
  for (const auto& [ns, text] : cases) CHECK(duration_text(ns) == text);
}

TEST_CASE("actors are named with or without their node") {
  CHECK(read_actor_name("node/a").path == "node/a");
  CHECK(read_actor_name("node/a").node.empty());
  CHECK(read_actor_name("beta:node/a").node == "beta");
  CHECK(read_actor_name("beta:node/a").path == "node/a");
  CHECK(read_actor_name("beta").node == "beta");
  CHECK(read_actor_name("beta:").path.empty());
}

TEST_CASE("a tree is drawn by paths, also where names sort between a parent and its children") {
  FakeOperation operation;
  const std::vector<Row> rows = {{"node/a"}, {"node/a-b", "restarting", 3, 7, 0, "error 1891: no"}, {"node/a/c"}};
  const std::string text =
      tree_text(operation, {"alpha", "beta"}, "", {health_of(rows), Error{Code::node_lost, "beta is dead", {}}}, {});
  CHECK(text ==
        "actor         state        restarts  mailbox       up  last error\n"
        "node (alpha)\n"
        "├─ a          running             0        0  1.5 min\n"
        "│  └─ c       running             0        0  1.5 min\n"
        "└─ a-b        restarting          3        7  1.5 min  error 1891: no\n"
        "beta:node     unreachable                              beta is dead\n");
}

TEST_CASE("the screen of top shows who is busy, in as many lines as there are") {
  TopReading before, now;
  before.at_ns = 0;
  before.members = now.members = members_of({{"alpha", "alive"}, {"beta", "suspect"}});
  now.at_ns = 2'000'000'000;
  before.nodes = {{"alpha", health_of({{"node/a", "running", 0, 0, 100}, {"node/b", "running", 0, 0, 50}})}};
  now.nodes = {{"alpha", health_of({{"node/a", "running", 0, 0, 100}, {"node/b", "running", 2, 0, 450}})},
               {"beta", Error{Code::link_timeout, "beta did not answer", {}}}};
  const std::string text = top_text(now, &before, {.width = 100, .height = 30, .color = false, .problem = {}});
  CHECK(shows(text, "2 nodes, 200 messages/s, 0 waiting, 2 restarts"));
  CHECK(text.find("node/b") < text.find("node/a"));
  CHECK(shows(text, "q quits\n"));
  const std::string low = top_text(now, nullptr, {.width = 40, .height = 6, .color = false, .problem = "link lost"});
  CHECK(std::count(low.begin(), low.end(), '\n') == 5);
  CHECK(shows(low, "link lost"));
}

TEST_CASE("commands of a console come from elsewhere too, and leave arguments to the session's own") {
  FakeOperation operation;
  auto opened = Session::open({});
  REQUIRE(opened.ok());
  ConsoleOptions options;
  options.files = false;
  Console console(**opened, options, operation_commands(operation, options));
  CHECK(shows(console.answer(":tree").text, "node (alpha)"));
  CHECK(shows(console.answer(":tr 99").problem, "process #99 does not live"));  // :trace, as before
  CHECK(shows(console.answer(":kill 99").problem, "process #99 does not live"));
  CHECK(shows(console.answer(":kill node/a").text, "node/a was ended for good"));
  CHECK(shows(console.answer(":nod").text, "alpha"));
  CHECK(shows(console.answer(":load x.nc").problem, "no such command"));
  CHECK(shows(console.answer(":help").text, ":deaths [NAME]"));
  CHECK(shows(console.answer(":help tree").text, "needs cluster.inspect"));
  CHECK(shows(console.answer(":treee").problem, "did you mean `:tree`?"));
}

TEST_CASE(":names shows who is called what, by a pattern if wanted; without a node for leases :leases says so") {
  FakeOperation operation;
  const auto names = [&operation](const std::string& pattern) { return names_answer(operation, pattern, {}).text; };
  CHECK(shows(names(""), "leader"));
  CHECK(shows(names(""), "jobs/sort"));
  CHECK(shows(names("jobs/*"), "jobs/sort"));
  CHECK(names("jobs/*").find("leader") == std::string::npos);
  CHECK(shows(names("j*s*t"), "jobs/sort"));
  CHECK(names("j*s*t").find("copy") == std::string::npos);
  CHECK(shows(names("leader"), "unique"));
  CHECK(names("lead") == "no name fits `lead`\n");
  CHECK(shows(names_answer(operation, "a*b*c*d*e*f", {}).problem, "at most 4"));
  CHECK(shows(names_answer(operation, "leader", {}).json, "\"unique\":true"));
  CHECK(shows(leases_answer(operation, {}).problem, "error 6152"));
}

TEST_CASE(":metrics is a table of what a node counts, of one prefix if wanted") {
  FakeOperation operation;
  const auto answer = [&operation](const std::string& argument, bool json = false) {
    ConsoleOptions options;
    options.json = json;
    return metrics_answer(operation, argument, options);
  };
  CHECK(answer("").text ==
        "metric                    labels                 value\n"
        "noodle_actors_supervised  {state=\"running\"}         11\n"
        "noodle_vm_fuel_total                         123456789\n");
  CHECK(answer("alpha").text == answer("").text);
  CHECK(answer("noodle_vm").text.find("noodle_actors") == std::string::npos);
  CHECK(answer("alpha noodle_vm").text == answer("noodle_vm").text);
  CHECK(shows(answer("beta noodle_vm").problem, "error 6107"));
  CHECK(answer("noodle_db").text == "no metric of alpha begins with `noodle_db`\n");
  CHECK(answer("noodle_actors", true).json ==
        R"("node":"alpha","rows":[{"name":"noodle_actors_supervised","labels":{"state":"running"},"value":11}])");
  CHECK(complete_metric(operation, "noodle_v") == std::vector<std::string>{"noodle_vm_fuel_total"});
}
