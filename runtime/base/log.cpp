#include "runtime/base/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_map>

#include "runtime/base/log_line.hpp"
#include "runtime/base/write_all.hpp"

namespace noodle {
namespace {

constexpr std::string_view kLevelNames[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};

thread_local CorrelationId correlation;

std::uint64_t count_lines(std::string_view text) {
  std::uint64_t lines = 0;
  for (const char c : text) lines += c == '\n';
  return lines;
}

}  // namespace

std::string_view to_string(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t level = 0; level < std::size(kLevelNames); ++level) {
    const std::string_view name = kLevelNames[level];
    bool same = name.size() == text.size();
    for (std::size_t i = 0; same && i < name.size(); ++i) {
      same = text[i] == name[i] || text[i] == name[i] - 'A' + 'a';
    }
    if (same) return static_cast<LogLevel>(level);
  }
  return std::nullopt;
}

struct Log::State {
  // levels
  std::atomic<LogLevel> level{LogLevel::info};
  std::atomic<bool> has_component_levels{false};
  mutable std::shared_mutex levels_mutex;
  std::unordered_map<std::string, LogLevel> component_levels;

  // queue between callers and writer, guarded by mutex
  std::mutex mutex;
  std::condition_variable wake_writer;
  std::condition_variable wake_flush;
  std::string waiting;           // whole lines
  std::uint64_t unreported = 0;  // dropped since the last line that says so
  std::uint64_t queued = 0;      // lines ever put into waiting
  std::uint64_t written = 0;     // and those that the writer is done with
  bool running = false;
  bool stopping = false;
  std::size_t queue_bytes = kDefaultLogQueueBytes;
  int fd = STDERR_FILENO;

  std::atomic<const Clock*> clock{&system_clock()};
  std::atomic<std::uint64_t> dropped{0};
  std::mutex control_mutex;  // start and stop, one at a time
  std::thread writer;

  void run_writer();
  void write_now(std::string_view lines);
};

void Log::State::write_now(std::string_view lines) {
  if (!write_all(fd, lines)) dropped.fetch_add(count_lines(lines), std::memory_order_relaxed);
}

void Log::State::run_writer() {
  std::string batch;
  std::unique_lock lock(mutex);
  for (;;) {
    wake_writer.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (waiting.empty() && unreported == 0) break;
    batch.clear();
    batch.swap(waiting);
    if (unreported > 0) {
      append_log_line(batch, clock.load()->wall_ns(), LogLevel::warning, "log", {}, "lines dropped: the queue was full",
                      std::vector<LogField>{{"count", unreported}});
      unreported = 0;
    }
    const std::uint64_t taken = queued;
    lock.unlock();
    write_now(batch);
    lock.lock();
    written = taken;
    wake_flush.notify_all();
  }
}

Log::Log() : state_(std::make_unique<State>()) {}
Log::~Log() {
  stop();
}

Result<void> Log::start(LogSettings settings) {
  int fd = STDERR_FILENO;
  if (!settings.file.empty()) {
    fd = ::open(settings.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0) {
      return Error{
          Code::file_unreadable,
          "log file `" + settings.file + "` cannot be opened: " + std::strerror(errno) + "; choose another log.file",
          {}};
    }
  }
  stop();
  State& state = *state_;
  const std::lock_guard control(state.control_mutex);
  {
    const std::unique_lock levels(state.levels_mutex);
    state.component_levels = {settings.component_levels.begin(), settings.component_levels.end()};
    state.has_component_levels = !state.component_levels.empty();
    state.level = settings.level;
  }
  const std::lock_guard lock(state.mutex);
  state.queue_bytes = settings.queue_bytes;
  state.clock = settings.clock;
  state.fd = fd;
  state.running = true;
  state.writer = std::thread([&state] { state.run_writer(); });
  return {};
}

void Log::stop() {
  State& state = *state_;
  const std::lock_guard control(state.control_mutex);
  if (!state.writer.joinable()) return;
  {
    const std::lock_guard lock(state.mutex);
    state.stopping = true;
    state.wake_writer.notify_one();
  }
  state.writer.join();
  const std::lock_guard lock(state.mutex);
  state.running = false;
  state.stopping = false;
  if (state.fd != STDERR_FILENO) ::close(state.fd);
  state.fd = STDERR_FILENO;
}

void Log::flush() {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.wake_flush.wait(lock, [&state, last = state.queued] { return state.written >= last; });
}

void Log::set_level(std::string_view component, LogLevel level) {
  const std::unique_lock levels(state_->levels_mutex);
  if (component.empty()) {
    state_->level = level;
  } else {
    state_->component_levels[std::string(component)] = level;
    state_->has_component_levels = true;
  }
}

bool Log::enabled(std::string_view component, LogLevel level) const {
  if (state_->has_component_levels.load(std::memory_order_relaxed)) {
    const std::shared_lock levels(state_->levels_mutex);
    const auto own = state_->component_levels.find(std::string(component));
    if (own != state_->component_levels.end()) return level >= own->second;
  }
  return level >= state_->level.load(std::memory_order_relaxed);
}

void Log::write(LogLevel level, std::string_view component, std::string_view message, LogFields fields) {
  State& state = *state_;
  std::string line;
  append_log_line(line, state.clock.load()->wall_ns(), level, component, correlation, message, fields);
  {
    const std::lock_guard lock(state.mutex);
    if (!state.running || state.stopping) {
      state.write_now(line);
      return;
    }
    if (state.waiting.size() + line.size() > state.queue_bytes) {
      ++state.unreported;
      state.dropped.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    if (state.waiting.empty()) state.wake_writer.notify_one();
    state.waiting += line;
    ++state.queued;
  }
  if (level == LogLevel::critical) flush();
}

std::uint64_t Log::dropped() const {
  return state_->dropped.load(std::memory_order_relaxed);
}

Log& process_log() {
  // Never destroyed: destructors of other statics may log. Stopped at exit, so that nothing waiting is lost.
  static Log* const log = [] {
    auto* created = new Log;
    std::atexit([] { process_log().stop(); });
    return created;
  }();
  return *log;
}

CorrelationScope::CorrelationScope(CorrelationId id) : previous_(std::exchange(correlation, id)) {}
CorrelationScope::~CorrelationScope() {
  correlation = previous_;
}

CorrelationId current_correlation() {
  return correlation;
}

}  // namespace noodle
