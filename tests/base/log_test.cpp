#include "runtime/base/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "runtime/base/log_line.hpp"
#include "runtime/base/utc_text.hpp"

using namespace noodle;

namespace {

/// A folder that is removed at the end of a test.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/noodle-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

std::vector<nlohmann::json> lines_of(const std::string& file) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

LogSettings to_file(const Folder& folder, LogLevel level = LogLevel::debug) {
  LogSettings settings;
  settings.file = folder.path + "/log.jsonl";
  settings.level = level;
  return settings;
}

}  // namespace

TEST_CASE("levels have names and parse in any case") {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error, LogLevel::critical}) {
    CHECK(parse_log_level(to_string(level)) == level);
  }
  CHECK(parse_log_level("warning") == LogLevel::warning);
  CHECK(parse_log_level("Error") == LogLevel::error);
  for (const char* text : {"", "WARN", "DEBUGS", "verbose"}) CHECK_FALSE(parse_log_level(text));
}

TEST_CASE("times print in UTC with microseconds") {
  CHECK(utc_text_ns(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(utc_text_ns(1'769'860'800'123'456'789) == "2026-01-31T12:00:00.123456Z");
  CHECK(utc_text_ns(-1) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a line is one JSON object with time, level, component, correlation, message and fields") {
  std::string line;
  const std::string string = "s";
  const std::vector<LogField> fields{{"int", -5},
                                     {"unsigned", 18'446'744'073'709'551'615u},
                                     {"real", 0.5},
                                     {"truth", true},
                                     {"text", "a\"b"},
                                     {"string", string},
                                     {"view", std::string_view("v")},
                                     {"key", Secret("hunter2")}};
  append_log_line(line, 1'769'860'800'000'000'000, LogLevel::warning, "vm", CorrelationId{1, 2}, "line\nbreak",
                  LogFields(fields));
  CHECK(line ==
        "{\"time\":\"2026-01-31T12:00:00.000000Z\",\"level\":\"WARNING\",\"component\":\"vm\","
        "\"correlation\":\"00000000000000010000000000000002\",\"message\":\"line\\nbreak\",\"fields\":{\"int\":-5,"
        "\"unsigned\":18446744073709551615,\"real\":0.5,\"truth\":true,\"text\":\"a\\\"b\",\"string\":\"s\","
        "\"view\":\"v\",\"key\":\"[redacted]\"}}\n");
}

TEST_CASE("a line without correlation and fields leaves them out") {
  std::string line;
  append_log_line(line, 0, LogLevel::info, "c", {}, "m", {});
  CHECK(line ==
        "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"INFO\",\"component\":\"c\",\"message\":\"m\"}\n");
}

TEST_CASE("a very long text is cut between characters") {
  std::string text(kMaxLogTextBytes - 1, 'a');
  text += "\xe2\x82\xac tail";
  std::string line;
  append_log_line(line, 0, LogLevel::info, "c", {}, text, {});
  const auto message = nlohmann::json::parse(line)["message"].get<std::string>();
  CHECK(message == std::string(kMaxLogTextBytes - 1, 'a') + "\xe2\x80\xa6");
}

TEST_CASE("lines go to the file in order, with the clock's time") {
  const Folder folder;
  ManualClock clock(0, 1'000'000'000);
  Log log;
  auto settings = to_file(folder);
  settings.clock = &clock;
  REQUIRE(log.start(settings));
  const Logger logger("vm", log);
  CHECK(logger.component() == "vm");
  logger.debug("first");
  clock.advance_ns(1'000'000'000);
  logger.info("second", {{"n", 2}});
  logger.warning("third");
  logger.error("fourth");
  logger.critical("fifth");
  const auto lines = lines_of(settings.file);  // critical lines are written before the call returns
  REQUIRE(lines.size() == 5);
  CHECK(lines[0]["message"] == "first");
  CHECK(lines[0]["time"] == "1970-01-01T00:00:01.000000Z");
  CHECK(lines[1]["time"] == "1970-01-01T00:00:02.000000Z");
  CHECK(lines[1]["fields"]["n"] == 2);
  CHECK(lines[4]["level"] == "CRITICAL");
  CHECK(log.dropped() == 0);
}

TEST_CASE("lines below the level are not written, and levels change live, also for one component") {
  const Folder folder;
  Log log;
  auto settings = to_file(folder, LogLevel::warning);
  settings.component_levels = {{"mesh", LogLevel::debug}};
  REQUIRE(log.start(settings));
  const Logger vm("vm", log), mesh("mesh", log), work("work", log);
  vm.info("no");
  mesh.debug("1");
  log.set_level("vm", LogLevel::info);
  vm.info("2");
  vm.debug("no");
  work.info("no");
  log.set_level("", LogLevel::debug);
  work.debug("3");
  vm.debug("no");
  log.set_level("mesh", LogLevel::critical);
  mesh.error("no");
  log.flush();
  const auto lines = lines_of(settings.file);
  REQUIRE(lines.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(lines[i]["message"] == std::to_string(i + 1));
}

TEST_CASE("lines of a thread carry the innermost correlation id") {
  const Folder folder;
  Log log;
  const auto settings = to_file(folder);
  REQUIRE(log.start(settings));
  const Logger logger("vm", log);
  const auto outer = CorrelationId::random(), inner = CorrelationId::random();
  CHECK_FALSE(static_cast<bool>(current_correlation()));
  {
    const CorrelationScope scope(outer);
    logger.info("outer");
    {
      const CorrelationScope nested(inner);
      CHECK(current_correlation() == inner);
      logger.info("inner");
      std::thread([&] { logger.info("other thread"); }).join();
    }
    logger.info("outer again");
  }
  logger.info("none");
  log.stop();
  const auto lines = lines_of(settings.file);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0]["correlation"] == outer.to_string());
  CHECK(lines[1]["correlation"] == inner.to_string());
  CHECK_FALSE(lines[2].contains("correlation"));
  CHECK(lines[3]["correlation"] == outer.to_string());
  CHECK_FALSE(lines[4].contains("correlation"));
}

TEST_CASE("nothing is lost or mixed when many threads log") {
  const Folder folder;
  Log log;
  const auto settings = to_file(folder);
  REQUIRE(log.start(settings));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      const Logger logger("t" + std::to_string(t), log);
      for (int i = 0; i < 500; ++i) logger.info("line", {{"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  log.stop();
  std::map<std::string, int> next;
  for (const auto& line : lines_of(settings.file)) CHECK(line["fields"]["i"] == next[line["component"]]++);
  CHECK(next.size() == 4);
  for (const auto& [component, count] : next) CHECK(count == 500);
}

TEST_CASE("lines over the queue's bound are dropped, counted and reported") {
  const Folder folder;
  // A pipe that nobody reads yet holds the writer, so that the queue fills.
  const std::string pipe = folder.path + "/pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  LogSettings settings;
  settings.file = pipe;
  settings.queue_bytes = 20'000;
  Log log;
  REQUIRE(log.start(settings));
  const Logger logger("vm", log);
  const std::string text(1000, 'x');
  int written = 0;
  while (log.dropped() < 10) {
    logger.info(text);
    ++written;
  }
  std::string received;
  std::thread drain([&] {
    ::fcntl(reader, F_SETFL, 0);
    char buffer[4096];
    for (ssize_t got; (got = ::read(reader, buffer, sizeof buffer)) > 0;) {
      received.append(buffer, static_cast<std::size_t>(got));
    }
  });
  log.stop();
  drain.join();
  ::close(reader);
  int lines = 0, reported = 0;
  std::istringstream in(received);
  for (std::string line; std::getline(in, line);) {
    const auto parsed = nlohmann::json::parse(line);
    if (parsed["component"] == "log") {
      reported += parsed["fields"]["count"].get<int>();
    } else {
      ++lines;
    }
  }
  CHECK(reported == 10);
  CHECK(lines == written - 10);
}

TEST_CASE("lines that the file refuses are counted as dropped") {
  LogSettings settings;
  settings.file = "/dev/full";
  Log log;
  REQUIRE(log.start(settings));
  Logger("vm", log).critical("lost");
  CHECK(log.dropped() == 1);
}

TEST_CASE("a file that cannot be opened is an error that names it") {
  LogSettings settings;
  settings.file = "/no/such/folder/log";
  Log log;
  const auto started = log.start(settings);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().code == Code::file_unreadable);
  CHECK(started.error().message.find("/no/such/folder/log") != std::string::npos);
}

TEST_CASE("starting again changes the file, stopping twice is fine, and a stopped log writes to stderr") {
  const Folder folder;
  Log log;
  auto settings = to_file(folder);
  REQUIRE(log.start(settings));
  const Logger logger("vm", log);
  logger.info("one");
  settings.file = folder.path + "/other.jsonl";
  REQUIRE(log.start(settings));
  logger.info("two");
  log.stop();
  log.stop();
  log.flush();
  CHECK(lines_of(folder.path + "/log.jsonl").size() == 1);
  CHECK(lines_of(folder.path + "/other.jsonl").size() == 1);

  const int kept = ::dup(STDERR_FILENO);
  const std::string captured = folder.path + "/stderr";
  const int file = ::open(captured.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(file, STDERR_FILENO);
  logger.info("three");
  ::dup2(kept, STDERR_FILENO);
  ::close(file);
  ::close(kept);
  const auto lines = lines_of(captured);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["message"] == "three");
}

TEST_CASE("the log of the process is always there") {
  CHECK(&process_log() == &process_log());
  CHECK(Logger("vm").component() == "vm");
  CHECK_FALSE(process_log().enabled("vm", LogLevel::debug));
}

TEST_CASE("a secret moves, copies and reveals, and leaves nothing behind when moved from") {
  Secret a("token");
  Secret b = a;
  CHECK(b.reveal() == "token");
  Secret c = std::move(a);
  CHECK(a.empty());  // NOLINT: a moved-from secret is empty
  b = Secret("other");
  CHECK(b.reveal() == "other");
  CHECK(c.reveal() == "token");
}
