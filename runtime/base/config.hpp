// Config: the values of all declared options, from defaults < file < NOODLE_ environment < command line.
//
//     auto config = Config::load(node_options(), {.file = "noodle.toml", .environment = noodle_environment()});
//     config->size_bytes("vm.process_memory");
//
// Threads: immutable after load.
// Errors: load 7001 and 7002 (file), 7010 syntax, 7011 unknown key with a suggestion, 7012 value not accepted; each
// with file:line:column, variable or flag. All problems (at most 20) are in one message, a line each.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"
#include "runtime/base/option.hpp"
#include "runtime/base/secret.hpp"

namespace noodle {

/// Names the file when ConfigSources::file does not.
inline constexpr std::string_view kConfigPathVariable = "NOODLE_NET_CONFIG_PATH";

struct ConfigSources {
  std::optional<std::string> file = {};
  std::map<std::string, std::string> environment = {};
  std::vector<std::pair<std::string, std::string>> flags = {};  // key, value; later ones win
};

/// The variables of this process whose names start with NOODLE_.
std::map<std::string, std::string> noodle_environment();

class Config {
 public:
  /// `options` must outlive the Config; their defaults must be valid.
  static Result<Config> load(std::span<const Option> options, const ConfigSources& sources);

  // Values by key. An undeclared key, or one of another kind, is a bug: std::logic_error.
  std::int64_t integer(std::string_view key) const;
  double real(std::string_view key) const;
  bool boolean(std::string_view key) const;
  const std::string& text(std::string_view key) const;  // text and choice
  std::chrono::nanoseconds duration(std::string_view key) const;
  std::uint64_t size_bytes(std::string_view key) const;
  const std::vector<std::string>& text_list(std::string_view key) const;
  Secret secret(std::string_view key) const;

  /// Where the value comes from: "default", "noodle.toml:3:1", "NOODLE_VM_WORKERS", "--vm.workers".
  const std::string& origin(std::string_view key) const;
  /// NOODLE_ variables that name no option (they may belong to another version).
  const std::vector<std::string>& warnings() const { return warnings_; }
  /// "key = value   # origin", a line each; secrets redacted.
  std::string show() const;

  /// The reference of all options as a Markdown table per section.
  static std::string describe(std::span<const Option> options);

 private:
  struct Setting {
    const Option* option;
    OptionValue value;
    std::string origin;
  };
  struct Loader;

  const Setting& find(std::string_view key, std::initializer_list<OptionKind> kinds) const;

  std::map<std::string_view, Setting> settings_;
  std::vector<std::string> warnings_;
};

}  // namespace noodle
