// `noodle replay`: a recorded run again, at once or message by message.
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "runtime/base/log.hpp"
#include "runtime/replay/replay.hpp"
#include "runtime/stdlib/register.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/report.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

namespace {

using process::Step;

/// Keys come one by one, unseen, while this lives; if standard input is a terminal.
class KeyInput {
 public:
  KeyInput() : terminal_(isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!terminal_) return;
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  ~KeyInput() {
    if (terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  KeyInput(const KeyInput&) = delete;
  KeyInput& operator=(const KeyInput&) = delete;

  bool terminal() const { return terminal_; }
  /// A key, or the first character of a line (a line end for an empty one); `q` at the end of the input.
  char next() const {
    if (terminal_) {
      char key = 'q';
      return ::read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';
    }
    std::string line;
    if (!std::getline(std::cin, line)) return 'q';
    return line.empty() ? '\n' : line.front();
  }

 private:
  termios before_{};
  const bool terminal_;
};

constexpr const char* kKeys = "space, Enter or n: next step   p: next step of this process   c: to the end   q: quit\n";

std::string json_line(const Step& step) {
  return R"({"event":")" + std::string(process::name_of(step.kind)) + "\",\"step\":" + std::to_string(step.number) +
         ",\"process\":" + json_string(step.process) + ",\"other\":" + json_string(step.other) +
         ",\"what\":" + json_string(step.what) + ",\"arguments\":" + json_string(step.arguments) +
         ",\"fuel\":" + std::to_string(step.fuel) + "}\n";
}

std::string place_text(const replay::Reached::Place& place) {
  return place.function + " (" + place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
         ")";
}

/// The line that the replay was to come to.
void show(const replay::Reached& reached, bool json) {
  if (json) {
    std::cout << R"({"event":"until","process":)" << json_string(reached.process) << R"(,"stack":[)";
    for (std::size_t k = 0; k < reached.stack.size(); ++k) {
      const replay::Reached::Place& place = reached.stack[k];
      std::cout << (k ? "," : "") << R"({"function":)" << json_string(place.function) << R"(,"file":)"
                << json_string(place.file) << R"(,"line":)" << place.line << R"(,"column":)" << place.column << "}";
    }
    std::cout << R"(],"fields":{)";
    for (std::size_t k = 0; k < reached.fields.size(); ++k) {
      std::cout << (k ? "," : "") << json_string(reached.fields[k].name) << ":" << json_string(reached.fields[k].value);
    }
    std::cout << R"(},"fuel":)" << reached.fuel << R"(,"messages":)" << reached.messages << "}" << std::endl;
    return;
  }
  std::cout << "* " << reached.process << " comes to ";
  for (std::size_t k = 0; k < reached.stack.size(); ++k) {
    std::cout << (k ? "    called by " : "") << place_text(reached.stack[k]) << "\n";
  }
  for (const auto& [name, value] : reached.fields) std::cout << "    ." << name << " = " << value << "\n";
  std::cout << "    after " << reached.messages << " messages, fuel " << reached.fuel << std::endl;
}

/// Shows steps, and waits before each with which a process goes on.
class StepConsole {
 public:
  /// `later`: shows nothing before begin().
  StepConsole(bool json, bool later) : json_(json), begun_(!later) {}

  void begin() { begun_ = true; }
  /// False: no more, please.
  bool show(const Step& step) {
    if (!begun_) return true;
    if (json_) {
      std::cout << json_line(step);
      return true;
    }
    const bool delivery = is_delivery(step.kind);
    std::cout << (delivery ? "#" + std::to_string(step.number) + " " : "   ") << sentence(step);
    if (delivery) std::cout << "   fuel " << step.fuel;
    std::cout << std::endl;
    if (!delivery || runs_ || (!only_.empty() && only_ != step.process)) return true;
    return ask(step);
  }
  void print(std::string_view text) {
    if (json_) {
      std::cout << R"({"event":"print","text":)" << json_string(text) << "}\n";
    } else {
      std::cout << "   | " << text << std::flush;
    }
  }

 private:
  bool ask(const Step& step) {
    const KeyInput keys;
    if (keys.terminal() && !std::exchange(told_, true)) std::cout << kKeys << std::flush;
    for (;;) {
      switch (keys.next()) {
        case ' ':
        case '\n':
        case 'n':
          only_.clear();
          return true;
        case 'p':
          only_ = step.process;
          return true;
        case 'c':
          runs_ = true;
          return true;
        case 'q':
          return false;
        default:
          std::cout << kKeys << std::flush;
      }
    }
  }

  const bool json_;
  bool begun_;
  bool told_ = false;  // what the keys are
  bool runs_ = false;  // to the end
  std::string only_;   // process whose next step is waited for
};

}  // namespace

int replay_command(const ReplayCommand& command, const CommonOptions& common) {
  stdlib::register_stdlib_natives();
  FlagValues flags;
  if (!command.jit.empty()) flags.emplace_back("vm.jit", command.jit);
  const auto settings = load_settings(common, std::move(flags));
  if (!settings) {
    print_error(settings.error(), common.json);
    return kExitUsage;
  }
  std::ifstream file(command.path, std::ios::binary);
  if (!file) {
    print_error({Code::file_unreadable, "cannot read `" + command.path + "`: " + std::strerror(errno), {}},
                common.json);
    return kExitCompile;
  }
  replay::ReplayOptions options;
  options.jit = settings->system.jit;
  options.vm_memory_bytes = settings->system.vm_memory_bytes;
  options.on_uncaught = [&common](const process::Exit& exit) { print_process_end(exit, common.json); };
  StepConsole console(common.json, !command.until.empty());
  bool reached = false;
  options.until = command.until;
  options.on_until = [&](const replay::Reached& there) {
    reached = true;
    show(there, common.json);
    console.begin();
    return command.step;
  };
  if (command.step) {
    options.on_step = [&console](const Step& step) { return console.show(step); };
    options.output = [&console](std::string_view text) { console.print(text); };
  }
  const replay::Replayed replayed = replay::replay(file, options);
  process_log().stop();
  if (replayed.result && !command.until.empty() && !reached) {
    std::cerr << "the run has ended without coming to " << command.until << "\n";
  }
  if (replayed.problem) {
    if (replayed.result) report_result(*replayed.result, command.stats, common.json);
    print_error(*replayed.problem, common.json);
    return replayed.problem->code == Code::usage ? kExitUsage : kExitCompile;
  }
  return replayed.result ? report_result(*replayed.result, command.stats, common.json) : kExitOk;
}

}  // namespace noodle::tools
