#include "runtime/base/config.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "messages/limits.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/options.hpp"

using namespace noodle;
using namespace std::chrono_literals;

namespace {

const std::vector<Option> kOptions{
    {.key = "name", .kind = OptionKind::text, .default_text = "none", .help = "A name."},
    {.key = "vm.workers",
     .kind = OptionKind::integer,
     .default_text = "2",
     .help = "Threads.",
     .min = 0,
     .max = 64,
     .other_env = {"NOODLE_OLD_WORKERS"}},
    {.key = "vm.share", .kind = OptionKind::real, .default_text = "0.5", .help = "Share.", .min = 0, .max = 1},
    {.key = "vm.memory", .kind = OptionKind::size, .default_text = "64MB", .help = "Heap."},
    {.key = "vm.policy",
     .kind = OptionKind::choice,
     .default_text = "block",
     .help = "When full.",
     .choices = {"block", "drop"}},
    {.key = "net.timeout", .kind = OptionKind::duration, .default_text = "30s", .help = "Patience."},
    {.key = "net.tls.on", .kind = OptionKind::boolean, .default_text = "true", .help = "Encrypt."},
    {.key = "net.seeds", .kind = OptionKind::text_list, .help = "Where to begin."},
    {.key = "net.token", .kind = OptionKind::secret, .help = "Proof."},
};

struct File {
  std::string path;
  File(const char* suffix, std::string_view text) {
    char name[] = "/tmp/noodle-config-XXXXXX";
    ::close(mkstemp(name));
    std::filesystem::remove(name);
    path = std::string(name) + suffix;
    std::ofstream(path) << text;
  }
  ~File() { std::filesystem::remove(path); }
};

Config loaded(const ConfigSources& sources) {
  auto config = Config::load(kOptions, sources);
  REQUIRE_MESSAGE(config.ok(), config.error().message);
  return std::move(config).value();
}

Error refused(const ConfigSources& sources) {
  const auto config = Config::load(kOptions, sources);
  REQUIRE_FALSE(config.ok());
  return config.error();
}

Error refused_file(const char* suffix, std::string_view text) {
  const File file(suffix, text);
  Error error = refused({.file = file.path});
  for (std::size_t at; (at = error.message.find(file.path)) != std::string::npos;) {
    error.message.replace(at, file.path.size(), "F");
  }
  return error;
}

}  // namespace

TEST_CASE("without sources every option has its default") {
  const Config config = loaded({});
  CHECK(config.text("name") == "none");
  CHECK(config.integer("vm.workers") == 2);
  CHECK(config.real("vm.share") == 0.5);
  CHECK(config.size_bytes("vm.memory") == 64 * kMiB);
  CHECK(config.text("vm.policy") == "block");
  CHECK(config.duration("net.timeout") == 30s);
  CHECK(config.boolean("net.tls.on"));
  CHECK(config.text_list("net.seeds").empty());
  CHECK(config.secret("net.token").empty());
  CHECK(config.origin("vm.share") == "default");
  CHECK(config.warnings().empty());
}

TEST_CASE("TOML and JSON files set the same values") {
  const File toml(".toml",
                  "name = 'n1'\n[vm]\nworkers = 4\nshare = 1\nmemory = \"1GB\"\npolicy = 'drop'\n"
                  "[net]\ntimeout = 1500\nseeds = ['a:1', 'b:2']\ntoken = 'hunter2'\n[net.tls]\non = false\n");
  const File json(".json",
                  "{\"name\": \"n1\", \"vm\": {\"workers\": 4, \"share\": 1, \"memory\": 1073741824, \"policy\": "
                  "\"drop\"}, \"net\": {\"timeout\": \"1500ms\", \"seeds\": [\"a:1\", \"b:2\"], \"token\": "
                  "\"hunter2\", \"tls\": {\"on\": false}}}");
  for (const auto& path : {toml.path, json.path}) {
    CAPTURE(path);
    const Config config = loaded({.file = path});
    CHECK(config.text("name") == "n1");
    CHECK(config.integer("vm.workers") == 4);
    CHECK(config.real("vm.share") == 1.0);
    CHECK(config.size_bytes("vm.memory") == kGiB);
    CHECK(config.text("vm.policy") == "drop");
    CHECK(config.duration("net.timeout") == 1500ms);
    CHECK(config.text_list("net.seeds") == std::vector<std::string>{"a:1", "b:2"});
    CHECK(config.secret("net.token").reveal() == "hunter2");
    CHECK_FALSE(config.boolean("net.tls.on"));
  }
  CHECK(loaded({.file = toml.path}).origin("vm.workers") == toml.path + ":3:1");
}

TEST_CASE("the environment wins over the file and flags win over both") {
  const File file(".toml", "[vm]\nworkers = 4\nshare = 0.1\nmemory = 1\n");
  const Config config = loaded({.file = file.path,
                                .environment = {{"NOODLE_VM_WORKERS", "8"}, {"NOODLE_VM_SHARE", "0.2"}},
                                .flags = {{"vm.workers", "15"}, {"vm.workers", "16"}}});
  CHECK(config.size_bytes("vm.memory") == 1);
  CHECK(config.real("vm.share") == 0.2);
  CHECK(config.integer("vm.workers") == 16);
  CHECK(config.origin("vm.share") == "NOODLE_VM_SHARE");
  CHECK(config.origin("vm.workers") == "--vm.workers");
}

TEST_CASE("an older name of a variable works, and the main name wins over it") {
  CHECK(loaded({.environment = {{"NOODLE_OLD_WORKERS", "5"}}}).integer("vm.workers") == 5);
  CHECK(loaded({.environment = {{"NOODLE_OLD_WORKERS", "5"}, {"NOODLE_VM_WORKERS", "6"}}}).integer("vm.workers") == 6);
}

TEST_CASE("a variable can name the file, and an explicit file wins") {
  const File named(".toml", "name = 'named'\n"), given(".toml", "name = 'given'\n");
  const std::map<std::string, std::string> environment{{"NOODLE_NET_CONFIG_PATH", named.path}};
  CHECK(loaded({.environment = environment}).text("name") == "named");
  CHECK(loaded({.file = given.path, .environment = environment}).text("name") == "given");
  CHECK(loaded({.environment = {{"NOODLE_NET_CONFIG_PATH", ""}}}).text("name") == "none");
  CHECK(refused({.file = "/no/such.toml"}).code == Code::file_not_found);
}

TEST_CASE("unknown keys and sections are errors with position and suggestion") {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"[vm]\nworkrs = 4\n", "F:2:1: unknown key `vm.workrs`; did you mean `vm.workers`?"},
      {"\nnmae = 'x'\n", "F:2:1: unknown key `nmae`; did you mean `name`?"},
      {"[storage]\nx = 1\ny = 2\n", "F:1:2: unknown section `storage`"},
      {"[ne]\ntimeout = 1\n", "F:1:2: unknown section `ne`; did you mean `net`?"},
      {"[net.tsl]\n", "F:1:6: unknown section `net.tsl`; did you mean `net.tls`?"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const Error error = refused_file(".toml", c.text);
    CHECK(error.code == Code::config_unknown_key);
    CHECK(error.message == c.message);
  }
  CHECK(refused({.flags = {{"vm.worker", "1"}}}).message ==
        "--vm.worker: unknown key `vm.worker`; did you mean `vm.workers`?");
}

TEST_CASE("values that do not fit are errors with position and expectation") {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"[vm]\nworkers = 65", "F:2:1: `vm.workers` must be an integer from 0 to 64, not `65`"},
      {"[vm]\nworkers = '4'", "F:2:1: `vm.workers` must be an integer from 0 to 64, not a text"},
      {"[vm]\nworkers = 4.0", "F:2:1: `vm.workers` must be an integer from 0 to 64, not a number"},
      {"[vm]\nshare = true", "F:2:1: `vm.share` must be a number from 0 to 1, not true or false"},
      {"[vm]\nmemory = 1.5", "F:2:1: `vm.memory` must be a size such as 512KB or 64MB, not a number"},
      {"[vm]\nmemory = '1 GB'", "F:2:1: `vm.memory` must be a size such as 512KB or 64MB, not `1 GB`"},
      {"[vm]\npolicy = 'blok'", "F:2:1: `vm.policy` must be one of block, drop, not `blok`; did you mean `block`?"},
      {"[vm.workers]\nx = 1", "F:1:5: `vm.workers` must be an integer from 0 to 64, not a section"},
      {"vm = 3", "F:1:1: `vm` is a section, not a number"},
      {"name = ['a']", "F:1:1: `name` must be a text, not a list of texts"},
      {"name = 2026-01-31", "F:1:1: `name` must be a text, not a date or time"},
      {"[net]\nseeds = 'a'", "F:2:1: `net.seeds` must be a list of texts, not a text"},
      {"[net]\ntls = { on = 'yes' }", "F:2:9: `net.tls.on` must be true or false, not a text"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const Error error = refused_file(".toml", c.text);
    CHECK(error.code == Code::config_bad_value);
    CHECK(error.message == c.message);
  }
  CHECK(refused({.environment = {{"NOODLE_VM_WORKERS", "many"}}}).message ==
        "NOODLE_VM_WORKERS: `vm.workers` must be an integer from 0 to 64, not `many`");
  CHECK(refused({.flags = {{"net.timeout", "soon"}}}).code == Code::config_bad_value);
}

TEST_CASE("all problems are reported together, up to the limit") {
  const Error error = refused_file(".toml", "[vm]\nworkers = 65\nworkrs = 1\n");
  CHECK(error.message.find("F:2:1") != std::string::npos);
  CHECK(error.message.find("F:3:1") != std::string::npos);
  std::string many;
  for (int i = 0; i < 30; ++i) many += "unknown" + std::to_string(i) + " = 1\n";
  CHECK(refused_file(".toml", many).message.ends_with("\nand 10 more"));
}

TEST_CASE("a syntax error is reported as it is") {
  CHECK(refused_file(".json", "{\"a\" 1}").message.starts_with("F:1:6: "));
}

TEST_CASE("unknown NOODLE_ variables are warnings with a suggestion, others are ignored") {
  const Config config = loaded({.environment = {{"NOODLE_VM_WORKRES", "1"}, {"NOODLE_SEED", "1"}, {"HOME", "/"}}});
  REQUIRE(config.warnings().size() == 2);
  CHECK(config.warnings()[0] == "environment variable NOODLE_SEED names no option");
  CHECK(config.warnings()[1] ==
        "environment variable NOODLE_VM_WORKRES names no option; did you mean `NOODLE_VM_WORKERS`?");
}

TEST_CASE("secrets never show") {
  const ConfigSources sources{.environment = {{"NOODLE_NET_TOKEN", "hunter2"}}};
  const Config config = loaded(sources);
  CHECK(config.secret("net.token").reveal() == "hunter2");
  CHECK(config.show().find("hunter2") == std::string::npos);
  CHECK(config.show().find("net.token = [redacted]   # NOODLE_NET_TOKEN\n") != std::string::npos);
  CHECK(config.show().find("vm.memory = 64MB   # default\n") != std::string::npos);
  CHECK(refused_file(".toml", "[net]\ntoken = 12345").message.find("12345") == std::string::npos);
}

TEST_CASE("asking for an undeclared key or another kind is a bug") {
  const Config config = loaded({});
  CHECK_THROWS_AS(config.integer("vm.threads"), std::logic_error);
  CHECK_THROWS_AS(config.integer("vm.share"), std::logic_error);
  CHECK_THROWS_AS(config.text("net.token"), std::logic_error);
  CHECK_THROWS_AS(config.origin("no"), std::logic_error);
  const std::vector<Option> bad_default{{.key = "k", .kind = OptionKind::integer, .default_text = "x"}};
  CHECK_THROWS_AS((void)Config::load(bad_default, {}), std::logic_error);
  const std::vector<Option> twice{{.key = "k"}, {.key = "k"}};
  CHECK_THROWS_AS((void)Config::load(twice, {}), std::logic_error);
}

TEST_CASE("the reference lists every option with kind, default, variables and meaning") {
  const std::string reference = Config::describe(kOptions);
  CHECK(
      reference.starts_with("| key | value | default | environment | meaning |\n|---|---|---|---|---|\n"
                            "| `name` | a text | `none` | `NOODLE_NAME` | A name. |\n\n## [net]\n"));
  CHECK(reference.find("| `workers` | an integer from 0 to 64 | `2` | `NOODLE_VM_WORKERS`, `NOODLE_OLD_WORKERS` | "
                       "Threads. |") != std::string::npos);
  CHECK(reference.find("## [net.tls]") != std::string::npos);
}

TEST_CASE("the process environment is read by prefix") {
  ::setenv("NOODLE_VM_WORKERS", "3", 1);
  const auto environment = noodle_environment();
  ::unsetenv("NOODLE_VM_WORKERS");
  CHECK(environment.at("NOODLE_VM_WORKERS") == "3");
  for (const auto& [name, value] : environment) CHECK(name.starts_with("NOODLE_"));
}

TEST_CASE("a node's options start from the limits that all parts agree on") {
  const Config config = *Config::load(node_options(), {});
  CHECK(config.size_bytes("vm.process_memory") == kDefaultProcessMemoryBytes);
  CHECK(config.integer("vm.stack_frames") == kDefaultStackFrames);
  CHECK(config.size_bytes("vm.stack_bytes") == kDefaultStackBytes);
  CHECK(config.integer("vm.mailbox_messages") == kDefaultMailboxMessages);
  CHECK(config.size_bytes("vm.mailbox_bytes") == kDefaultMailboxBytes);
  CHECK(config.integer("vm.children") == kDefaultChildren);
  CHECK(config.integer("vm.processes") == kDefaultProcesses);
  CHECK(config.integer("vm.slice_fuel") == kDefaultSliceFuel);
  CHECK(config.real("vm.memory_share") == kDefaultVmMemoryShare);
  CHECK(config.size_bytes("log.queue") == kDefaultLogQueueBytes);
  CHECK(config.integer("vm.workers") == 0);
  CHECK(config.duration("vm.time_limit") == 0ns);
  CHECK(config.text("vm.mailbox_policy") == "block");
  CHECK(config.integer("vm.fuel") == 0);
  for (const Option& option : node_options()) {
    CAPTURE(option.key);
    CHECK(option.help.ends_with("."));
  }
}

TEST_CASE("the log section becomes log settings, also by its documented alias") {
  const auto config = *Config::load(node_options(), {.environment = {{"NOODLE_NET_LOG_LEVEL", "ERROR"},
                                                                     {"NOODLE_LOG_COMPONENTS", "vm=debug,mesh=INFO"},
                                                                     {"NOODLE_LOG_FILE", "/tmp/x"},
                                                                     {"NOODLE_LOG_QUEUE", "1MB"}}});
  const auto settings = *log_settings(config);
  CHECK(settings.level == LogLevel::error);
  CHECK(settings.file == "/tmp/x");
  CHECK(settings.queue_bytes == kMiB);
  REQUIRE(settings.component_levels.size() == 2);
  CHECK(settings.component_levels[0] == std::pair(std::string("vm"), LogLevel::debug));
  for (const char* bad : {"vm", "vm=loud", "=INFO"}) {
    const auto other = *Config::load(node_options(), {.environment = {{"NOODLE_LOG_COMPONENTS", bad}}});
    CHECK(log_settings(other).error().code == Code::config_bad_value);
  }
}

TEST_CASE("docs/configuration.md has every option (UPDATE_GOLDEN=1 writes it)") {
  const std::string path = std::string(NOODLE_SOURCE_DIR) + "/docs/configuration.md";
  const std::string text =
      "# Configuration\n\n"
      "`noodle node`, `noodle run` and `noodle repl` take their settings from, later ones winning: these defaults, a\n"
      "file in TOML or JSON (`--config FILE`, or the variable `NOODLE_NET_CONFIG_PATH`), variables "
      "(`NOODLE_VM_WORKERS`\n"
      "for `vm.workers`), and flags. An unknown key or a value that is not accepted is an error with its place. The\n"
      "sections cluster, node and net are for nodes ([deployment](guide/deployment.md)).\n\n" +
      Config::describe(node_options());
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path) << text;
  std::ifstream file(path);
  const std::string found{std::istreambuf_iterator<char>(file), {}};
  CHECK(found == text);
}
