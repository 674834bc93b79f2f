#include "runtime/session/console.hpp"

#include <algorithm>
#include <cctype>

#include "runtime/base/json_text.hpp"
#include "runtime/session/table.hpp"

namespace noodle::session {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

void add_json(std::string& out, const char* key, const std::string& text) {
  out += std::string(",\"") + key + "\":";
  append_json_string(out, text);
}

const char* name_of(Reply::Status status) {
  switch (status) {
    case Reply::Status::done:
      return "done";
    case Reply::Status::refused:
      return "refused";
    case Reply::Status::failed:
      return "failed";
    default:
      return "killed";
  }
}

/// Words that newcomers try before they know the commands.
std::string_view meant_command(std::string_view text) {
  if (text.ends_with("()")) text.remove_suffix(2);
  if (text == "exit" || text == "quit") return "quit";
  return text == "help" || text == "?" ? "help" : std::string_view();
}

}  // namespace

std::string pid_text(process::Pid pid) {
  const std::uint32_t generation = process::pid_generation(pid);
  return std::to_string(process::pid_index(pid)) + (generation > 1 ? "." + std::to_string(generation) : "");
}

std::string Console::greeting() {
  return "noodle 0.1.0: type an expression or a declaration, :help for help, Ctrl-D to leave\n";
}

std::string Console::dim(const std::string& text) const {
  return painted(options_.color, "2", text);
}
std::string Console::bold(const std::string& text) const {
  return painted(options_.color, "1", text);
}

bool Console::needs_more(const std::string& input) {
  const std::string_view text = trimmed(input);
  return !text.starts_with(':') && session::needs_more(input);
}

Answer Console::answer(const std::string& input, const std::string& path) {
  const std::string_view text = trimmed(input);
  if (!path.empty()) return this->input(input, path);
  if (text.starts_with(':')) {
    const std::size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    return command(text.substr(1, end - 1), std::string(trimmed(text.substr(end))));
  }
  if (const std::string_view meant = meant_command(text); !meant.empty()) {
    const std::string word(text.substr(0, text.find('(')));
    const auto& variables = session_.variables();
    const auto& declarations = session_.declarations();
    const bool known =
        std::any_of(variables.begin(), variables.end(), [&word](const auto& kept) { return kept.name == word; }) ||
        std::any_of(declarations.begin(), declarations.end(), [&word](const auto& kept) { return kept.name == word; });
    if (!known) return command(meant, {});
  }
  return this->input(input);
}

Answer Console::input(const std::string& text, const std::string& path) {
  const std::uint32_t number = session_.next_number();
  const Reply reply = session_.enter(text, path);
  Answer answer;
  answer.ok = reply.status == Reply::Status::done;
  if (options_.json) {
    if (session_.next_number() == number) return answer;
    answer.text = "{\"input\":" + std::to_string(number) + render_json(reply) + "}\n";
    return answer;
  }
  render(reply, answer);
  return answer;
}

void Console::render(const Reply& reply, Answer& answer) const {
  for (const lang::Diagnostic& found : reply.diagnostics) answer.problem += lang::render(found, options_.color);
  for (const std::string& note : reply.notes) {
    answer.problem += painted(options_.color, "36", "note:") + " " + note + "\n";
  }
  if (!options_.quiet) {
    for (const Change& change : reply.changes) {
      const bool import = change.kind == "import";
      const std::string done = import ? "imported " : (change.replaced ? "replaced " : "defined ") + change.kind + " ";
      answer.text += dim(done + change.name) + "\n";
    }
  }
  if (reply.error_code != 0) render_error(reply, answer);
  if (!reply.shown) return;
  const Shown& shown = *reply.shown;
  const std::string text = shown.text + (shown.cut ? " ..." : "");
  if (shown.name.empty()) {
    answer.text += text + dim(" : " + shown.type) + "\n";
  } else if (!options_.quiet) {
    answer.text += shown.name + dim(" : " + shown.type + " = ") + text + "\n";
  }
}

void Console::render_error(const Reply& reply, Answer& answer) const {
  const ErrorInfo* info = find_error(reply.error_code);
  if (reply.error_code == static_cast<std::uint16_t>(Code::exit_killed)) {
    answer.problem += painted(options_.color, "1;33", "killed") + ": the variables are as before this input\n";
    return;
  }
  lang::Diagnostic error;
  error.code = static_cast<Code>(reply.error_code);
  error.message = reply.error_message + (info ? "" : "  (raised by the program)");
  error.file = reply.error_place.source.get();
  error.span = reply.error_place.span;
  answer.problem += lang::render(error, options_.color);
  std::string_view trace = reply.error_trace;
  while (!trace.empty()) {
    const std::string_view line = trace.substr(0, trace.find('\n'));
    std::size_t times = 0;  // a recursion fills many lines
    do {
      trace.remove_prefix(std::min(line.size() + 1, trace.size()));
      ++times;
    } while (trace.substr(0, trace.find('\n')) == line && !trace.empty());
    const std::string repeated = times > 1 ? "  (" + std::to_string(times) + " times)" : "";
    answer.problem += dim("  at " + std::string(line) + repeated) + "\n";
  }
  if (info) {
    answer.problem += painted(options_.color, "36", "help:") + " " + std::string(info->advice) + " (noodle explain " +
                      std::to_string(reply.error_code) + ")\n";
  }
}

std::string Console::render_json(const Reply& reply) const {
  std::string out;
  add_json(out, "status", name_of(reply.status));
  if (reply.shown) {
    if (!reply.shown->name.empty()) add_json(out, "name", reply.shown->name);
    add_json(out, "value", reply.shown->text);
    add_json(out, "type", reply.shown->type);
    if (reply.shown->cut) out += ",\"cut\":true";
  }
  const auto list = [&out](const char* key, const auto& items, const auto& write) {
    if (items.empty()) return;
    out += std::string(",\"") + key + "\":[";
    for (std::size_t i = 0; i < items.size(); ++i) {
      out += i == 0 ? "" : ",";
      out += write(items[i]);
    }
    out += "]";
  };
  list("changes", reply.changes, [](const Change& change) {
    std::string text = std::string("{\"replaced\":") + (change.replaced ? "true" : "false");
    add_json(text, "kind", change.kind);
    add_json(text, "name", change.name);
    return text + "}";
  });
  list("notes", reply.notes, [](const std::string& note) { return json_string(note); });
  list("diagnostics", reply.diagnostics, [](const lang::Diagnostic& found) { return lang::render_json(found); });
  if (reply.error_code != 0) {
    out += ",\"error\":{\"code\":" + std::to_string(reply.error_code);
    add_json(out, "message", reply.error_message);
    add_json(out, "trace", reply.error_trace);
    out += "}";
  }
  return out + ",\"fuel\":" + std::to_string(reply.fuel);
}

std::string Console::process_end(const process::Exit& exit) const {
  // Its places are those of the program around the input it was born in: only the functions say something.
  std::string trace = exit.trace;
  const std::string mark = std::string(" (") + Unit::kPath + ":";
  for (std::size_t at = trace.find(mark); at != std::string::npos; at = trace.find(mark, at)) {
    trace.erase(at, std::min(trace.find(')', at), trace.size() - 1) + 1 - at);
  }
  const std::string place = trace.substr(0, trace.find('\n'));
  if (options_.json) {
    std::string out = "{\"ended\":\"" + pid_text(exit.pid) + "\",\"code\":" + std::to_string(exit.code);
    add_json(out, "message", exit.message);
    add_json(out, "trace", trace);
    return out + "}\n";
  }
  return painted(options_.color, "33",
                 "process #" + pid_text(exit.pid) + " ended with error " + std::to_string(exit.code)) +
         ": " + exit.message + (place.empty() ? "" : dim(" at " + place)) + "\n";
}

std::string Console::traced(const process::Step& step, std::uint64_t left_out) const {
  if (options_.json) {
    std::string out = "{\"trace\":\"" + std::string(name_of(step.kind)) + "\"";
    add_json(out, "process", step.process);
    add_json(out, "other", step.other);
    add_json(out, "what", step.what);
    add_json(out, "arguments", step.arguments);
    return out + ",\"fuel\":" + std::to_string(step.fuel) + ",\"left_out\":" + std::to_string(left_out) + "}\n";
  }
  const std::string more = left_out ? dim("  (" + std::to_string(left_out) + " steps left out)\n") : "";
  const std::string text = process::sentence(step);
  return more + dim("  " + (is_delivery(step.kind) ? text : step.process + " is " + text)) + "\n";
}

Answer Console::failure(const std::string& message, const std::string& help) const {
  Answer answer;
  answer.ok = false;
  if (options_.json) {
    answer.text = "{\"status\":\"refused\"";
    add_json(answer.text, "message", message);
    add_json(answer.text, "suggestion", help);
    answer.text += "}\n";
    return answer;
  }
  answer.problem = painted(options_.color, "1;31", "error:") + " " + message + "\n";
  if (!help.empty()) answer.problem += painted(options_.color, "36", "help:") + " " + help + "\n";
  return answer;
}

Answer refusal(const Error& error, const ConsoleOptions& options) {
  const ErrorInfo* info = find_error(error.number());
  Answer answer;
  answer.ok = false;
  if (options.json) {
    answer.text = "{\"status\":\"refused\",\"code\":" + std::to_string(error.number());
    add_json(answer.text, "message", error.message);
    add_json(answer.text, "details", error.details);
    add_json(answer.text, "suggestion", info ? std::string(info->advice) : std::string());
    answer.text += "}\n";
    return answer;
  }
  answer.problem = painted(options.color, "1;31", "error " + std::to_string(error.number()) + ":") + " " +
                   plain(error.message) + "\n";
  if (!error.details.empty()) answer.problem += plain(error.details) + "\n";
  if (info) answer.problem += painted(options.color, "36", "help:") + " " + std::string(info->advice) + "\n";
  return answer;
}

Answer Console::diagnostics(const std::vector<lang::Diagnostic>& found) const {
  Answer answer;
  answer.ok = false;
  for (const lang::Diagnostic& diagnostic : found) {
    (options_.json ? answer.text : answer.problem) +=
        options_.json ? lang::render_json(diagnostic) + "\n" : lang::render(diagnostic, options_.color);
  }
  return answer;
}

}  // namespace noodle::session
