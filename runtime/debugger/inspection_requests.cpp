// Requests that look at stopped processes: threads, stack, variables, expressions.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/debugger/session.hpp"

namespace noodle::debugger {
namespace {

using bytecode::TypeKind;
using nlohmann::json;

constexpr std::size_t kMaxThreads = 1000;       // that are listed
constexpr std::size_t kFramesAtOnce = 1000;     // when a client asks for all
constexpr std::int64_t kPartsAtOnce = 1000;     // the same
constexpr std::size_t kListedBytes = 1024;      // of a value in a list of values
constexpr std::size_t kKeptBytes = 1024;        // of an expression whose value can be opened
constexpr std::size_t kWholeBytes = 256 << 10;  // of a value that was asked for by itself

/// A range that a client asks for; 0 of them are all.
std::size_t count_of(const Arguments& arguments, const char* name, std::size_t most) {
  const std::int64_t count = arguments.number(name, 0);
  if (count < 0) refuse("`" + std::string(name) + "` is 0 or more");
  return count == 0 ? most : std::min(static_cast<std::size_t>(count), most);
}

template <class Look>
auto inspected(Session& session, Pid pid, Look look) {
  decltype(look(std::declval<vm::Process&>())) result;
  std::optional<Refusal> refused;
  const bool done = session.debugger.inspect(pid, [&](vm::Process& process) {
    try {
      result = look(process);
    } catch (Refusal& refusal) {
      refused = std::move(refusal);
    }
  });
  if (refused) throw std::move(*refused);
  if (!done) refuse("the process runs; pause it first");
  return result;
}

Reference reference_of(const Session& session, const Arguments& arguments, const char* name) {
  auto found = session.references.find(arguments.number(name));
  if (!found) refuse("`" + std::string(name) + "` names nothing of a stopped process");
  return std::move(*found);
}

// ---------------------------------------------------------------- threads and frames

std::string threads(Session& session) {
  auto processes = session.debugger.processes(kMaxThreads);
  std::sort(processes.begin(), processes.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  std::set<Pid> pids;
  json list = json::array();
  for (const process::ProcessFacts& facts : processes) {
    pids.insert(facts.pid);
    list.push_back(
        {{"id", session.threads.number_of(facts.pid)}, {"name", facts.what + "#" + std::to_string(facts.pid >> 32)}});
  }
  if (pids.size() < kMaxThreads) session.threads.keep(pids);
  return dump_json({{"threads", list}});
}

json source_of(const Session& session, std::uint32_t file) {
  const std::string& name = session.program->module.files[file];
  if (!session.code.is_library(file)) {
    const std::string& path = session.code.path(file);
    return {{"name", std::filesystem::path(path).filename().string()}, {"path", path}};
  }
  json source{{"name", name}, {"origin", "standard library"}, {"presentationHint", "deemphasize"}};
  if (file < session.program->module.sources.size()) source["sourceReference"] = file + 1;
  return source;
}

json frame_json(Session& session, Pid pid, const Frame& frame) {
  const bytecode::LineEntry at = position(frame);
  json shown{{"id", session.references.number_of({pid, frame.depth, {}, {}})},
             {"name", frame.function->def->name},
             {"line", at.line},
             {"column", at.column}};
  const std::uint32_t file = frame.function->def->file;
  if (file < session.program->module.files.size()) {
    shown["source"] = source_of(session, file);
    if (session.code.is_library(file)) shown["presentationHint"] = "subtle";
  }
  return shown;
}

std::string stack_trace(Session& session, const Arguments& arguments) {
  const Pid pid = session.thread(arguments);
  const std::int64_t start = arguments.number("startFrame", 0);
  if (start < 0) refuse("`startFrame` is 0 or more");
  const std::size_t levels = count_of(arguments, "levels", kFramesAtOnce);
  return dump_json(inspected(session, pid, [&](vm::Process& process) {
    json list = json::array();
    const std::size_t depth = depth_of(process);
    for (const Frame& frame : frames(process, static_cast<std::size_t>(start), levels)) {
      list.push_back(frame_json(session, pid, frame));
      // Adapters that the compiler writes.
      if (frame.function->def->name.starts_with('$')) list.back()["presentationHint"] = "subtle";
    }
    if (depth == 0 && start == 0) {
      list.push_back({{"id", session.references.number_of({pid, 0, {}, {}})},
                      {"name", "(waits for a message)"},
                      {"line", 0},
                      {"column", 0},
                      {"presentationHint", "label"}});
    }
    return json{{"stackFrames", list}, {"totalFrames", std::max<std::size_t>(depth, 1)}};
  }));
}

std::string scopes(Session& session, const Arguments& arguments) {
  const Reference frame = reference_of(session, arguments, "frameId");
  return dump_json(inspected(session, frame.pid, [&](vm::Process& process) {
    json list = json::array();
    const std::vector<NamedValue> all = variables_at(process, frame.depth);
    list.push_back({{"name", "Locals"},
                    {"presentationHint", "locals"},
                    {"variablesReference", session.references.number_of(frame)},
                    {"namedVariables", all.size()},
                    {"expensive", false}});
    for (const NamedValue& variable : all) {
      if (variable.name != "self") continue;
      const PartCount fields = part_count(*session.program, variable.value);
      Reference self = frame;
      self.expression = "self";
      list.push_back({{"name", type_text(*session.program, variable.value)},
                      {"variablesReference", fields.count > 0 ? session.references.number_of(self) : 0},
                      {"namedVariables", fields.count},
                      {"expensive", false}});
    }
    return json{{"scopes", list}};
  }));
}

// ---------------------------------------------------------------- variables

/// What a response says of a value; with a reference when it has parts.
json value_json(Session& session, const Value& value, const Reference& reference, const char* text_name,
                std::size_t limit) {
  const vm::Program& program = *session.program;
  json shown{{text_name, shown_text(program, value, limit)}, {"type", type_text(program, value)}};
  const PartCount parts = part_count(program, value);
  const bool opens = parts.count > 0 && reference.expression.size() <= kKeptBytes;
  shown["variablesReference"] = opens ? session.references.number_of(reference) : 0;
  if (opens) shown[parts.indexed ? "indexedVariables" : "namedVariables"] = parts.count;
  return shown;
}

Value value_at(const Session& session, const vm::Process& process, const Reference& reference) {
  auto found = evaluate(reference.expression, *session.program, variables_at(process, reference.depth));
  if (auto* problem = std::get_if<Problem>(&found)) refuse(std::move(problem->text));
  Value value = std::move(std::get<Value>(found));
  for (const std::int64_t index : reference.parts) {
    auto inner = part(*session.program, value, index);
    if (!inner) refuse("the value is not there any more");
    value = std::move(*inner);
  }
  return value;
}

struct Child {
  NamedValue named;
  Reference reference;
  std::string expression;  // that a client may evaluate; "" if there is none
};

std::string expression_of(const Reference& parent, const NamedValue& part) {
  if (parent.expression.empty()) return part.name;
  if (!parent.parts.empty()) return {};
  return parent.expression + (part.name.starts_with('[') ? part.name : "." + part.name);
}

std::vector<Child> children(const Session& session, const vm::Process& process, const Reference& parent,
                            std::int64_t start, std::int64_t count) {
  std::vector<NamedValue> found;
  const bool is_frame = parent.expression.empty();
  if (is_frame) {
    found = variables_at(process, parent.depth);
    const auto first = static_cast<std::size_t>(std::min<std::int64_t>(start, static_cast<std::int64_t>(found.size())));
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(first));
    if (found.size() > static_cast<std::size_t>(count)) found.resize(static_cast<std::size_t>(count));
  } else {
    found = parts(*session.program, value_at(session, process, parent), start, count);
  }
  std::vector<Child> out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    Child child{std::move(found[i]), parent, {}};
    child.expression = expression_of(parent, child.named);
    if (is_frame) {
      child.reference.expression = child.named.name;
    } else {
      child.reference.parts.push_back(start + static_cast<std::int64_t>(i));
    }
    out.push_back(std::move(child));
  }
  return out;
}

std::string variables(Session& session, const Arguments& arguments) {
  const Reference parent = reference_of(session, arguments, "variablesReference");
  const std::int64_t start = std::max<std::int64_t>(arguments.number("start", 0), 0);
  const auto count = static_cast<std::int64_t>(count_of(arguments, "count", kPartsAtOnce));
  const std::string filter = arguments.text("filter", "");
  return dump_json(inspected(session, parent.pid, [&](vm::Process& process) {
    json list = json::array();
    const std::vector<Child> all = children(session, process, parent, start, count);
    for (const Child& child : all) {
      const bool indexed = child.named.name.starts_with('[');
      if ((filter == "indexed" && !indexed) || (filter == "named" && indexed)) continue;
      json shown = value_json(session, child.named.value, child.reference, "value", kListedBytes);
      shown["name"] = child.named.name;
      if (!child.expression.empty()) shown["evaluateName"] = child.expression;
      list.push_back(std::move(shown));
    }
    if (!parent.expression.empty()) {
      const std::int64_t rest = part_count(*session.program, value_at(session, process, parent)).count - start -
                                static_cast<std::int64_t>(all.size());
      if (rest > 0 && !arguments.has("count"))
        list.push_back({{"name", "..."}, {"value", std::to_string(rest) + " more"}, {"variablesReference", 0}});
    }
    return json{{"variables", list}};
  }));
}

std::string evaluated(Session& session, const Arguments& arguments) {
  Reference at;
  at.expression = arguments.text("expression");
  if (!arguments.has("frameId")) {
    const auto found = evaluate(at.expression, *session.program, {});
    if (const auto* problem = std::get_if<Problem>(&found)) refuse(problem->text);
    const Value& value = std::get<Value>(found);
    return dump_json({{"result", shown_text(*session.program, value, kWholeBytes)},
                      {"type", type_text(*session.program, value)},
                      {"variablesReference", 0}});
  }
  const Reference frame = reference_of(session, arguments, "frameId");
  at.pid = frame.pid;
  at.depth = frame.depth;
  return dump_json(inspected(session, at.pid, [&](vm::Process& process) {
    const Value value = value_at(session, process, at);
    return value_json(session, value, at, "result", kWholeBytes);
  }));
}

// ---------------------------------------------------------------- changes

/// The bits of `value` as a `type`.
vm::Slot converted(const vm::Program& program, const Value& value, bytecode::TypeIndex type) {
  const TypeKind wanted = program.module.types[type].kind;
  const TypeKind given = kind_of(program, value);
  if (value.kind == Value::Kind::scalar && (value.type == type || wanted == given)) {
    if (wanted != TypeKind::scalar_enum || value.type == type) return value.scalar;
  }
  const bool is_int = given == TypeKind::int_ || given == TypeKind::byte;
  if (is_int && wanted == TypeKind::int_) return value.scalar;
  if (is_int && wanted == TypeKind::float_) return float_value(static_cast<double>(value.scalar.i)).scalar;
  if (is_int && wanted == TypeKind::byte && value.scalar.u <= 255) return value.scalar;
  refuse("a `" + type_text(program, value) + "` is no `" + program.module.types[type].name + "`");
}

/// Where among the parts one of a name is looked for: that of a list is told by its number.
std::pair<std::int64_t, std::int64_t> range_of(const Session& session, const vm::Process& process,
                                               const Reference& parent, const std::string& name) {
  if (parent.expression.empty()) return {0, kPartsAtOnce};
  const Value value = value_at(session, process, parent);
  const std::int64_t all = part_count(*session.program, value).count;
  std::int64_t index = 0;
  if (kind_of(*session.program, value) != TypeKind::list || !name.starts_with('[')) return {0, all};
  const auto [end, problem] = std::from_chars(name.data() + 1, name.data() + name.size(), index);
  if (problem != std::errc() || index < 0 || index >= all) return {0, 0};
  return {index, 1};
}

std::string set_variable(Session& session, const Arguments& arguments) {
  const Reference parent = reference_of(session, arguments, "variablesReference");
  const std::string name = arguments.text("name");
  const std::string text = arguments.text("value");
  return dump_json(inspected(session, parent.pid, [&](vm::Process& process) {
    const vm::Program& program = *session.program;
    const auto all = variables_at(process, parent.depth);
    auto given = evaluate(text, program, all);
    if (auto* problem = std::get_if<Problem>(&given)) refuse(std::move(problem->text));
    const auto [start, count] = range_of(session, process, parent, name);
    for (const Child& child : children(session, process, parent, start, count)) {
      if (child.named.name != name) continue;
      Value value = child.named.value;
      if (!value.slot && !value.byte) refuse("only numbers, truth values, times and simple enums can be set");
      value.scalar = converted(program, std::get<Value>(given), value.type);
      if (value.byte) {
        *value.byte = static_cast<std::uint8_t>(value.scalar.u);
      } else {
        *value.slot = value.scalar;
      }
      return value_json(session, value, child.reference, "value", kListedBytes);
    }
    refuse("there is no `" + name + "`");
  }));
}

std::string exception_info(Session& session, const Arguments& arguments) {
  const auto thrown = session.debugger.thrown(session.thread(arguments));
  if (!thrown) refuse("the process did not stop at an error");
  return dump_json({{"exceptionId", "error " + std::to_string(thrown->code)},
                    {"description", thrown->message},
                    {"breakMode", thrown->caught ? "always" : "unhandled"},
                    {"details", {{"message", thrown->message}, {"typeName", "Error"}, {"stackTrace", thrown->trace}}}});
}

std::string source_text(const Session& session, const Arguments& arguments) {
  const std::int64_t number = arguments.number("sourceReference");
  const auto& sources = session.program->module.sources;
  if (number < 1 || number > static_cast<std::int64_t>(sources.size())) refuse("there is no such source");
  return dump_json({{"content", sources[static_cast<std::size_t>(number) - 1]}});
}

}  // namespace

std::optional<std::string> answer_inspection(Session& session, const std::string& command, const Arguments& arguments) {
  if (command == "threads") return threads(session);
  if (command == "stackTrace") return stack_trace(session, arguments);
  if (command == "scopes") return scopes(session, arguments);
  if (command == "variables") return variables(session, arguments);
  if (command == "evaluate") return evaluated(session, arguments);
  if (command == "setVariable") return set_variable(session, arguments);
  if (command == "exceptionInfo") return exception_info(session, arguments);
  if (command == "source") return source_text(session, arguments);
  return std::nullopt;
}

}  // namespace noodle::debugger
