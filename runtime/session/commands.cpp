// The `:` commands of a console.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/base/json_text.hpp"
#include "runtime/base/suggest.hpp"
#include "runtime/lang/lexer.hpp"
#include "runtime/session/console.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {
namespace {

constexpr std::size_t kShownProcesses = 50;

const char* state_text(const process::ProcessFacts& row) {
  return row.runs ? "runs" : row.state == process::kParked ? "waits" : "idle";
}

bool read_count(std::string_view text, std::uint64_t& value) {
  std::string digits(text);
  std::erase(digits, '_');
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return problem == std::errc() && end == digits.data() + digits.size();
}

/// "#3.2", "3.2", "3" -> pid
std::optional<process::Pid> read_pid(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  std::uint64_t index = 0, generation = 1;
  if (!read_count(text.substr(0, dot), index) || index > UINT32_MAX) return {};
  if (dot != std::string_view::npos && (!read_count(text.substr(dot + 1), generation) || generation > UINT32_MAX)) {
    return {};
  }
  return process::make_pid(static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(generation));
}

/// Files that could be meant, folders with a slash.
std::vector<std::string> file_names(const std::string& text) {
  const std::size_t slash = text.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : text.substr(0, slash + 1);
  std::vector<std::string> names;
  std::error_code problem;
  std::filesystem::directory_iterator at(folder.empty() ? "." : folder, problem);
  for (const std::filesystem::directory_iterator end; !problem && at != end; at.increment(problem)) {
    std::string name = folder + at->path().filename().string();
    if (!name.starts_with(text) || (slash == std::string::npos && name.starts_with('.') && text.empty())) continue;
    std::error_code unknown;
    if (at->is_directory(unknown)) name += '/';
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

struct Console::Command {
  const char* name;
  const char* arguments;
  const char* help;
  Answer (Console::*run)(const std::string&);
};

const std::vector<Console::Command>& Console::commands() {
  static const std::vector<Command> kCommands = {
      {"help", "[WHAT]", "this list, or what a command or an error code means", &Console::help},
      {"type", "EXPR", "the type of an expression, without running it", &Console::type},
      {"dis", "NAME | EXPR", "byte code of a function, method or expression", &Console::dis},
      {"ps", "", "living processes: what they do, mailbox, memory, fuel", &Console::ps},
      {"heap", "[PID]", "memory of the session and its variables, or objects of a process", &Console::heap},
      {"fuel", "[N | off]", "fuel used (calls and loop rounds); N: budget of each input", &Console::fuel},
      {"list", "", "declarations and variables", &Console::list},
      {"drop", "NAME ...", "forget declarations or variables", &Console::drop},
      {"load", "FILE", "enter a file", &Console::load},
      {"kill", "PID", "end a process", &Console::kill},
      {"trace", "PID", "show each message a process takes, and what comes of it; again: stop", &Console::trace},
      {"swap", "", "move the actors that live to their declarations as they are now", &Console::swap},
      {"reset", "", "end all processes and forget everything", &Console::reset},
      {"quit", "", "leave (also Ctrl-D)", &Console::quit},
  };
  return kCommands;
}

bool Console::is_there(const Command& command) const {
  return options_.files || command.run != &Console::load;
}

const ConsoleCommand* Console::more_command(std::string_view name, bool exact) const {
  for (const ConsoleCommand& command : more_) {
    if (exact ? command.name == name : command.name.starts_with(name)) return &command;
  }
  return nullptr;
}

Answer Console::finished(const std::string& name, Answer answer) const {
  if (!options_.json || !answer.ok) return answer;
  std::string text = "{\"command\":\"" + name + "\",\"status\":\"done\",";
  if (answer.json.empty()) {
    text += "\"text\":";
    append_json_string(text, answer.text);
  }
  answer.text = text + answer.json + "}\n";
  return answer;
}

/// A whole name counts before a shortened one, and the session's own commands may be shortened first.
Answer Console::command(std::string_view name, const std::string& argument) {
  if (const ConsoleCommand* more = more_command(name, true)) {
    if (auto answer = more->run(argument)) return finished(more->name, std::move(*answer));
  }
  const Command* own = nullptr;
  for (const Command& command : commands()) {
    if (!is_there(command) || name.empty() || !std::string_view(command.name).starts_with(name)) continue;
    if (own == nullptr || command.name == name) own = &command;
  }
  if (own != nullptr) {
    Answer answer = (this->*own->run)(argument);
    return own->run == &Console::load ? answer : finished(own->name, std::move(answer));
  }
  if (const ConsoleCommand* more = name.empty() ? nullptr : more_command(name, false)) {
    if (auto answer = more->run(argument)) return finished(more->name, std::move(*answer));
  }
  std::vector<std::string_view> names;
  for (const ConsoleCommand& command : more_) names.emplace_back(command.name);
  for (const Command& command : commands()) {
    if (is_there(command)) names.emplace_back(command.name);
  }
  const std::string_view near = nearest_name(name, names);
  return refusal({Code::command_unknown, "no such command: `:" + std::string(name) + "`",
                  near.empty() ? "" : "did you mean `:" + std::string(near) + "`?"},
                 options_);
}

/// What `:help NAME` tells of a command; nothing when there is none.
std::optional<Answer> Console::help_of(const std::string& name) const {
  std::string text;
  for (const ConsoleCommand& command : more_) {
    if (command.name != name) continue;
    text += bold(":" + command.name + " " + command.arguments) + "\n" + command.help + "\n" + command.more;
    if (!command.needs.empty()) text += dim("needs " + command.needs) + "\n";
  }
  for (const Command& command : commands()) {
    if (command.name != name || !is_there(command)) continue;
    text += bold(std::string(":") + command.name + " " + command.arguments) + "\n" + command.help + "\n";
  }
  if (text.empty()) return std::nullopt;
  return Answer{text, {}};
}

Answer Console::help(const std::string& argument) {
  std::uint64_t code = 0;
  if (!argument.empty()) {
    if (auto answer = help_of(argument.substr(argument.starts_with(':') ? 1 : 0))) return *answer;
    const ErrorInfo* info =
        read_count(argument, code) && code <= UINT16_MAX ? find_error(static_cast<std::uint16_t>(code)) : nullptr;
    if (!info) {
      return failure("`" + argument + "` is no command and no error code", "write :help kill, or :help 1601");
    }
    return {std::string(info->title) + "\n" + std::string(info->advice) + "\nnoodle explain " + argument +
                " shows an example\n",
            {}};
  }
  std::string text;
  const auto add = [&](const std::string& usage, const std::string& told) {
    text += "  " + bold(padded(":" + usage, more_.empty() ? 17 : 23)) + " " + told + "\n";
  };
  if (!more_.empty()) text += dim("the cluster, its nodes and their actors") + "\n";
  for (const ConsoleCommand& command : more_) add(command.name + " " + command.arguments, command.help);
  if (!more_.empty()) text += "\n" + dim("this session and its own processes") + "\n";
  for (const Command& command : commands()) {
    if (is_there(command)) add(std::string(command.name) + " " + command.arguments, command.help);
  }
  text +=
      "\nCommands may be shortened (:t, :q). An input goes on over lines while a bracket or text is open.\n"
      "`it` is the last value. Ctrl-C ends a running input, or clears the line; Tab completes names.\n"
      "Functions and types may be entered again; what uses them sees the new version.\n";
  return {text, {}};
}

Answer Console::type(const std::string& argument) {
  const TypeReply reply = session_.type_of(argument);
  if (reply.type.empty()) return diagnostics(reply.diagnostics);
  return {reply.type + "\n", {}};
}

Answer Console::dis(const std::string& argument) {
  std::vector<lang::Diagnostic> found;
  std::vector<SourcePtr> sources;
  const auto text = session_.disassemble(argument, found, sources);
  if (!text) return failure(text.error().message);
  if (text->empty()) return diagnostics(found);
  return {*text, {}};
}

Answer Console::ps(const std::string&) {
  const std::vector<process::ProcessFacts> rows = session_.processes();
  std::size_t width = 4;
  for (std::size_t i = 0; i < std::min(rows.size(), kShownProcesses); ++i) width = std::max(width, rows[i].what.size());
  width = std::min<std::size_t>(width, 40);
  std::string text = dim(right("pid", 6) + "  " + padded("what", width) + "  state  " + right("mailbox", 9) +
                         right("memory", 11) + right("fuel", 15)) +
                     "\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kShownProcesses); ++i) {
    const process::ProcessFacts& row = rows[i];
    text += right("#" + pid_text(row.pid), 6) + "  " + padded(row.what, width) + "  " + padded(state_text(row), 5) +
            "  " + right(count_text(row.messages), 9) + right(size_text(row.heap_bytes), 11) +
            right(count_text(row.fuel), 15) + "\n";
  }
  if (rows.size() > kShownProcesses) text += "... and " + count_text(rows.size() - kShownProcesses) + " more\n";
  if (rows.empty()) text = "no processes: the first input that runs makes one\n";
  return {text, {}};
}

Answer Console::heap_of(const std::string& argument) {
  const auto pid = read_pid(argument);
  if (!pid) return failure("`" + argument + "` is no process", "write :heap 3 for the process that :ps shows as #3");
  const auto rows = session_.heap_of(*pid);
  if (!rows) return failure("process #" + pid_text(*pid) + ": " + rows.error().message, ":ps shows which live");
  std::string text = dim(right("objects", 9) + right("memory", 11) + "  class") + "\n";
  for (std::size_t i = 0; i < std::min(rows->size(), kShownProcesses); ++i) {
    const process::ClassCensus& row = (*rows)[i];
    text += right(count_text(row.objects), 9) + right(size_text(row.bytes), 11) + "  " + row.name + "\n";
  }
  if (rows->size() > kShownProcesses) text += "... and " + count_text(rows->size() - kShownProcesses) + " more\n";
  if (rows->empty()) text = "no objects\n";
  return {text, {}};
}

Answer Console::heap(const std::string& argument) {
  if (!argument.empty()) return heap_of(argument);
  Memory memory = session_.memory();
  std::string text = "variables   " + size_text(memory.values_bytes) + "\n";
  text += "last input  " + size_text(memory.last_heap_bytes) + " of at most " + size_text(memory.limit_bytes) + "\n";
  text += "node        " + size_text(memory.node_bytes) + " in all processes\n";
  std::sort(memory.variables.begin(), memory.variables.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [name, bytes] : memory.variables) text += "  " + padded(name, 16) + " " + size_text(bytes) + "\n";
  return {text, {}};
}

Answer Console::fuel(const std::string& argument) {
  std::uint64_t budget = 0;
  if (argument == "off") {
    session_.set_fuel_budget(~std::uint64_t{0});
  } else if (!argument.empty()) {
    if (!read_count(argument, budget) || budget == 0) {
      return failure("`" + argument + "` is no number of fuel units", "write :fuel 1_000_000, or :fuel off");
    }
    session_.set_fuel_budget(budget);
  }
  const std::uint64_t limit = session_.fuel_budget();
  return {"last input  " + count_text(session_.fuel_last()) + "\nin total    " + count_text(session_.fuel_total()) +
              "\nbudget      " + (limit == ~std::uint64_t{0} ? "none" : count_text(limit) + " for each input") + "\n",
          {}};
}

Answer Console::list(const std::string&) {
  std::string text;
  for (const Declaration& kept : session_.declarations()) {
    const std::string_view source = kept.source->text(kept.span);
    const std::string_view line = source.substr(0, source.find('\n'));
    text += std::string(line) + (line.size() < source.size() ? dim(" ...") : "") + "\n";
  }
  for (const Variable& variable : session_.variables()) {
    text += (variable.is_const ? "const " : "let ") + variable.name + dim(": " + variable.type);
    if (variable.is_lambda()) text += std::string(variable.source->text(variable.span));
    text += "\n";
  }
  if (text.empty()) text = "nothing yet\n";
  return {text, {}};
}

Answer Console::drop(const std::string& argument) {
  std::istringstream names(argument);
  std::string name;
  if (argument.empty()) return failure("what shall be dropped?", ":list shows what there is");
  while (names >> name) {
    if (session_.drop(name)) continue;
    std::vector<std::string_view> known;
    for (const Declaration& kept : session_.declarations()) known.push_back(kept.name);
    for (const Variable& variable : session_.variables()) known.push_back(variable.name);
    const std::string_view near = nearest_name(name, known);
    return failure("there is no `" + name + "`",
                   near.empty() ? ":list shows what there is" : "did you mean `" + std::string(near) + "`?");
  }
  return {};
}

Answer Console::load(const std::string& argument) {
  if (argument.empty()) return failure("which file?", "write :load FILE");
  std::ifstream file(argument, std::ios::binary);
  std::string text;
  text.resize(lang::kMaxSourceBytes + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || (text.empty() && !file.eof())) {
    return failure("cannot read `" + argument + "`", "give the path of a .nc file");
  }
  return input(text, argument);
}

Answer Console::no_process(const std::string& command, const std::string& argument) const {
  const std::string example = "write :" + command + " 3 for the process that :ps shows as #3";
  return refusal({Code::command_usage,
                  argument.empty() ? ":" + command + " needs a process" : "`" + argument + "` is no process", example},
                 options_);
}

Answer Console::gone_process(process::Pid pid) const {
  return refusal({Code::no_such_process, "process #" + pid_text(pid) + " does not live", ":ps shows which do"},
                 options_);
}

Answer Console::kill(const std::string& argument) {
  const auto pid = read_pid(argument);
  if (!pid) return no_process("kill", argument);
  if (!session_.kill(*pid)) return gone_process(*pid);
  return {};
}

Answer Console::trace(const std::string& argument) {
  const auto pid = read_pid(argument);
  if (!pid) return no_process("trace", argument);
  const auto on = session_.trace(*pid);
  if (!on) return on.error().code == Code::no_such_process ? gone_process(*pid) : refusal(on.error(), options_);
  return {"process #" + pid_text(*pid) +
              (*on ? " is traced; :trace " + pid_text(*pid) + " stops it" : " is no longer traced") + "\n",
          {}};
}

Answer Console::swap(const std::string&) {
  std::vector<lang::Diagnostic> found;
  std::vector<SourcePtr> sources;
  const auto report = session_.swap(found, sources);
  if (!found.empty()) return diagnostics(found);
  if (!report) return failure(report.error().message, "noodle explain " + std::to_string(report.error().number()));
  std::string text = std::to_string(report->moved) + (report->moved == 1 ? " actor moved\n" : " actors moved\n");
  for (const auto& [pid, error] : report->stays) text += "#" + pid_text(pid) + " stays: " + error.message + "\n";
  if (report->behind > report->stayed) {
    text += std::to_string(report->behind - report->stayed) + " busy with old code; they move at their next message\n";
  }
  return {text, {}};
}

Answer Console::reset(const std::string&) {
  session_.reset();
  return {options_.quiet ? "" : dim("everything is forgotten") + "\n", {}};
}

Answer Console::quit(const std::string&) {
  Answer answer;
  answer.quit = true;
  return answer;
}

std::vector<std::string> Console::complete(const std::string& text, std::size_t& start) {
  if (!text.starts_with(':')) return session_.complete(text, start);
  std::vector<std::string> names;
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) {
    start = 0;
    for (const Command& command : commands()) {
      if (is_there(command)) names.push_back(":" + std::string(command.name));
    }
    for (const ConsoleCommand& command : more_) {
      const std::string name = ":" + command.name;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    std::erase_if(names, [&text](const std::string& name) { return !name.starts_with(text); });
    return names;
  }
  const std::string argument = text.substr(space + 1);
  const std::string command = text.substr(1, space - 1);
  if (const ConsoleCommand* more = more_command(command, true); more && more->complete) {
    start = text.find_last_of(' ') + 1;
    return more->complete(text.substr(start));
  }
  if (options_.files && std::string_view("load").starts_with(command) && command.starts_with("lo")) {
    start = space + 1;
    return file_names(argument);
  }
  std::size_t inner = 0;
  names = session_.complete(argument, inner);
  start = space + 1 + inner;
  if (!std::string_view("drop").starts_with(command)) return names;
  names.clear();
  const std::string word = text.substr(start);
  for (const Declaration& kept : session_.declarations()) names.push_back(kept.name);
  for (const Variable& variable : session_.variables()) names.push_back(variable.name);
  std::erase_if(names, [&word](const std::string& name) { return !name.starts_with(word); });
  return names;
}

}  // namespace noodle::session
