#include "runtime/base/options.hpp"

#include <string>

#include "messages/limits.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/log.hpp"

namespace noodle {

std::span<const Option> node_options() {
  static const double kLargestSize = 1e15;
  static const std::vector<Option> options = {
      {.key = "log.level",
       .kind = OptionKind::choice,
       .default_text = "INFO",
       .help = "Lines below this level are not written.",
       .choices = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"},
       .other_env = {"NOODLE_NET_LOG_LEVEL"}},
      {.key = "log.file",
       .kind = OptionKind::text,
       .help = "Log lines are appended to this file; empty: standard error."},
      {.key = "log.components",
       .kind = OptionKind::text_list,
       .help = "Levels of single components, such as vm=DEBUG."},
      {.key = "log.queue",
       .kind = OptionKind::size,
       .default_text = "4MB",
       .help = "Lines waiting for the writer; beyond, new lines are dropped and counted.",
       .min = 64 * 1024,
       .max = 1024.0 * 1024 * 1024},
      {.key = "vm.workers",
       .kind = OptionKind::integer,
       .default_text = "0",
       .help = "Threads that run NoodleCore processes; 0: one per core.",
       .min = 0,
       .max = kMaxWorkers},
      {.key = "vm.memory_share",
       .kind = OptionKind::real,
       .default_text = "0.75",
       .help = "Share of the machine's memory that all processes together may use.",
       .min = 0.01,
       .max = 1},
      {.key = "vm.processes",
       .kind = OptionKind::integer,
       .default_text = "4000000",
       .help = "Most processes alive at once.",
       .min = 1,
       .max = 100e6},
      {.key = "vm.slice_fuel",
       .kind = OptionKind::integer,
       .default_text = "4000",
       .help = "Calls and loop turns a process runs before another one gets its turn.",
       .min = 1,
       .max = 1e9},
      {.key = "vm.jit",
       .kind = OptionKind::choice,
       .default_text = "on",
       .help = "Machine code: on compiles what runs often, off nothing, eager everything before the start.",
       .choices = {"on", "off", "eager"}},
      {.key = "vm.time_limit",
       .kind = OptionKind::duration,
       .default_text = "0ms",
       .help = "A program is ended after this time (exit code 124); 0: never.",
       .min = 0},
      {.key = "vm.process_memory",
       .kind = OptionKind::size,
       .default_text = "64MB",
       .help = "Heap of one process.",
       .min = 4096,
       .max = kLargestSize},
      {.key = "vm.stack_frames",
       .kind = OptionKind::integer,
       .default_text = "100000",
       .help = "Depth of calls in one process.",
       .min = 16,
       .max = kDefaultStackFrames},
      {.key = "vm.stack_bytes",
       .kind = OptionKind::size,
       .default_text = "8MB",
       .help = "Register stacks of one process.",
       .min = 4096,
       .max = kDefaultStackBytes},
      {.key = "vm.mailbox_messages",
       .kind = OptionKind::integer,
       .default_text = "10000",
       .help = "Messages waiting in one mailbox.",
       .min = 1,
       .max = 100e6},
      {.key = "vm.mailbox_bytes",
       .kind = OptionKind::size,
       .default_text = "16MB",
       .help = "Bytes waiting in one mailbox.",
       .min = 1024,
       .max = 4.0 * 1024 * 1024 * 1024 - 1},
      {.key = "vm.mailbox_policy",
       .kind = OptionKind::choice,
       .default_text = "block",
       .help = "What a full mailbox does: park the sender, drop the oldest message, or fail the send.",
       .choices = {"block", "drop_oldest", "error"}},
      {.key = "vm.children",
       .kind = OptionKind::integer,
       .default_text = "100000",
       .help = "Children of one process.",
       .min = 0,
       .max = 100e6},
      {.key = "vm.fuel",
       .kind = OptionKind::integer,
       .default_text = "0",
       .help = "Fuel of one process in its whole life; 0: no limit.",
       .min = 0},
      {.key = "vm.grants",
       .kind = OptionKind::text_list,
       .help = "Capabilities of a program besides log, events, time, random and metrics, such as fs.read:/data."},
  };
  return options;
}

Result<LogSettings> log_settings(const Config& config) {
  LogSettings settings;
  settings.level = *parse_log_level(config.text("log.level"));
  settings.file = config.text("log.file");
  settings.queue_bytes = config.size_bytes("log.queue");
  for (const std::string& entry : config.text_list("log.components")) {
    const std::size_t equals = entry.find('=');
    const auto level = equals == std::string::npos ? std::nullopt : parse_log_level(entry.substr(equals + 1));
    if (equals == 0 || !level) {
      return Error{Code::config_bad_value,
                   config.origin("log.components") + ": `log.components` must hold entries such as vm=DEBUG, not `" +
                       entry + "`",
                   {}};
    }
    settings.component_levels.emplace_back(entry.substr(0, equals), *level);
  }
  return settings;
}

}  // namespace noodle
