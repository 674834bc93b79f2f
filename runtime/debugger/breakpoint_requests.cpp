// Requests that set breakpoints.
#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/debugger/session.hpp"

namespace noodle::debugger {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBreakpoints = 10'000;
constexpr std::size_t kMaxLocations = 10'000;

std::uint32_t line_of(const Arguments& arguments, const char* name) {
  const std::int64_t line = arguments.number(name);
  if (line < 1 || line > 0x7fffffff) refuse("`" + std::string(name) + "` is a line from 1 on");
  return static_cast<std::uint32_t>(line);
}

/// Conditions as they were written; a problem makes the breakpoint one that is not set.
Terms terms_of(const Arguments& asked, std::string& problem) {
  Terms terms;
  terms.hit_condition = asked.text("hitCondition", "");
  terms.log = asked.text("logMessage", "");
  problem = hit_condition_problem(terms.hit_condition);
  const std::string condition = asked.text("condition", "");
  if (condition.empty()) return terms;
  auto parsed = Expression::parse(condition);
  if (auto* found = std::get_if<Problem>(&parsed)) {
    problem = "the condition cannot be read: " + found->text;
  } else {
    terms.condition = std::move(std::get<Expression>(parsed));
  }
  return terms;
}

json refused(const std::string& reason) {
  return {{"verified", false}, {"message", reason}};
}

json set(Session& session, const std::string& group, StopReason reason, std::vector<Site> sites, const Arguments& asked,
         std::string problem) {
  Terms terms;
  if (problem.empty()) terms = terms_of(asked, problem);
  if (problem.empty() && session.debugger.breakpoint_count() >= kMaxBreakpoints)
    problem = "there are 10 000 breakpoints, and more cannot be set";
  if (!problem.empty()) return refused(problem);
  const Site& first = sites.front();
  json body{{"verified", true}, {"line", first.line}, {"column", first.column}};
  const std::string& path = session.code.path(first.function->def->file);
  if (!path.empty()) body["source"] = {{"path", path}};
  body["id"] = session.debugger.add_breakpoint(group, reason, std::move(sites), std::move(terms));
  return body;
}

std::string set_breakpoints(Session& session, const Arguments& arguments) {
  const Arguments source = arguments.object("source");
  const std::string path = source.text("path", "");
  const std::string group = "file:" + normal_path(path);
  session.debugger.clear_breakpoints(group);
  const std::uint32_t file = path.empty() ? CodeMap::kNoFile : session.code.file(path);
  json list = json::array();
  for (const Arguments& asked : arguments.list("breakpoints")) {
    const std::uint32_t line = line_of(asked, "line");
    std::string problem;
    std::vector<Site> sites;
    if (file == CodeMap::kNoFile) {
      problem = "the program has no code from this file";
    } else {
      sites = session.code.at_line(file, line, problem);
    }
    list.push_back(set(session, group, StopReason::breakpoint, std::move(sites), asked, std::move(problem)));
    if (!list.back()["verified"].get<bool>()) list.back()["line"] = line;
  }
  return dump_json({{"breakpoints", list}});
}

std::string set_function_breakpoints(Session& session, const Arguments& arguments) {
  const std::string group = "functions";
  session.debugger.clear_breakpoints(group);
  json list = json::array();
  for (const Arguments& asked : arguments.list("breakpoints")) {
    const std::string name = asked.text("name");
    std::vector<Site> sites = session.code.at_function(name);
    std::string problem = sites.empty() ? "no function `" + name + "` has code in this program" : "";
    list.push_back(set(session, group, StopReason::function_breakpoint, std::move(sites), asked, std::move(problem)));
  }
  return dump_json({{"breakpoints", list}});
}

std::string set_exception_breakpoints(Session& session, const Arguments& arguments) {
  bool all = false, uncaught = false;
  json list = json::array();
  for (const std::string& filter : arguments.texts("filters")) {
    all |= filter == "all";
    uncaught |= filter == "uncaught";
    const bool known = filter == "all" || filter == "uncaught";
    list.push_back(known ? json{{"verified", true}} : refused("there is no filter `" + filter + "`"));
  }
  session.debugger.stop_at_errors(all, uncaught);
  return dump_json({{"breakpoints", list}});
}

std::string breakpoint_locations(Session& session, const Arguments& arguments) {
  const std::uint32_t first = line_of(arguments, "line");
  const std::uint32_t last = arguments.has("endLine") ? line_of(arguments, "endLine") : first;
  const std::uint32_t file = session.code.file(arguments.object("source").text("path", ""));
  json list = json::array();
  std::uint32_t line = 0;
  if (file != CodeMap::kNoFile) {
    for (const Site& site : session.code.lines_between(file, first, last)) {
      if (list.size() == kMaxLocations) break;
      if (site.line != line) list.push_back({{"line", site.line}, {"column", site.column}});
      line = site.line;
    }
  }
  return dump_json({{"breakpoints", list}});
}

}  // namespace

std::optional<std::string> answer_breakpoints(Session& session, const std::string& command,
                                              const Arguments& arguments) {
  if (command == "setBreakpoints") return set_breakpoints(session, arguments);
  if (command == "setFunctionBreakpoints") return set_function_breakpoints(session, arguments);
  if (command == "setExceptionBreakpoints") return set_exception_breakpoints(session, arguments);
  if (command == "breakpointLocations") return breakpoint_locations(session, arguments);
  return std::nullopt;
}

}  // namespace noodle::debugger
