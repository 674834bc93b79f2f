// Log: JSON lines with level, component, correlation id and fields, to stderr or a file.
//
//     const Logger log("vm");
//     log.warning("process killed", {{"process", id.to_string()}, {"fuel", fuel}});
//
//     {"time":"2026-01-31T12:00:00.123456Z","level":"WARNING","component":"vm","correlation":"4bf9...",
//      "message":"process killed","fields":{"process":"<7.3>","fuel":12}}         (on one line)
//
// Threads: everything here may be used by any thread. A started log has one writer thread; callers never wait for the
// disk. Limits: lines waiting for the writer (queue_bytes); beyond, new ones are dropped, counted and reported in the
// log itself. Errors: 7002 when the file cannot be opened.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/secret.hpp"

namespace noodle {

enum class LogLevel : std::uint8_t { debug, info, warning, error, critical };

/// "WARNING"
std::string_view to_string(LogLevel level);
/// Any case; nullopt when `text` is no level.
std::optional<LogLevel> parse_log_level(std::string_view text);

/// A named value of a log line; texts are not copied and must live until the call returns. Secrets print as
/// "[redacted]".
struct LogField {
  std::string_view key;
  std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view> value;

  template <std::signed_integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {}
  template <std::unsigned_integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<std::uint64_t>(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const Secret&) : key(k), value(Secret::kRedacted) {}
};

using LogFields = std::span<const LogField>;

struct LogSettings {
  LogLevel level = LogLevel::info;
  std::vector<std::pair<std::string, LogLevel>> component_levels;  // override `level`
  std::string file;                                                // empty: stderr
  std::size_t queue_bytes = kDefaultLogQueueBytes;
  const Clock* clock = &system_clock();
};

/// Where lines go. Until start() they are written to stderr by the caller's own thread.
class Log {
 public:
  Log();
  ~Log();  // stops
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Opens the file and starts the writer; again: changes to the new settings.
  Result<void> start(LogSettings settings);
  /// Writes what waits and ends the writer.
  void stop();
  /// Waits until everything logged before is written. Lines of level critical do that by themselves.
  void flush();

  /// Live change; an empty component changes the default of all that have no level of their own.
  void set_level(std::string_view component, LogLevel level);
  bool enabled(std::string_view component, LogLevel level) const;

  void write(LogLevel level, std::string_view component, std::string_view message, LogFields fields);
  /// Lines lost since the process began: queue full, or the file refused them.
  std::uint64_t dropped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The log of this process.
Log& process_log();

/// The voice of one component.
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  explicit Logger(std::string component, Log& log = process_log()) : component_(std::move(component)), log_(&log) {}

  void debug(std::string_view message, Fields fields = {}) const { write(LogLevel::debug, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(LogLevel::info, message, fields); }
  void warning(std::string_view message, Fields fields = {}) const { write(LogLevel::warning, message, fields); }
  void error(std::string_view message, Fields fields = {}) const { write(LogLevel::error, message, fields); }
  void critical(std::string_view message, Fields fields = {}) const { write(LogLevel::critical, message, fields); }
  void write(LogLevel level, std::string_view message, Fields fields) const {
    write(level, message, LogFields(fields.begin(), fields.size()));
  }
  void write(LogLevel level, std::string_view message, LogFields fields) const {
    if (log_->enabled(component_, level)) log_->write(level, component_, message, fields);
  }
  const std::string& component() const { return component_; }

 private:
  std::string component_;
  Log* log_;
};

/// While it lives, lines of this thread carry `id`. Scopes nest.
class CorrelationScope {
 public:
  explicit CorrelationScope(CorrelationId id);
  ~CorrelationScope();
  CorrelationScope(const CorrelationScope&) = delete;
  CorrelationScope& operator=(const CorrelationScope&) = delete;

 private:
  CorrelationId previous_;
};

/// The id of the innermost scope of this thread, or none.
CorrelationId current_correlation();

}  // namespace noodle
