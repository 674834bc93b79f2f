#include "runtime/base/metrics/process_samples.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace noodle {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void collect_process(Samples& out) {
  out.gauge("noodle_node_build_info", "1; its labels tell the build.").add(1, {{"version", NOODLE_VERSION}});
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  out.counter("noodle_process_cpu_seconds_total", "Processor time used, of programs and of the kernel for them.")
      .add(seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));

  std::uint64_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  out.gauge("noodle_process_resident_memory_bytes", "Memory that is not swapped out.")
      .add(static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)));

  std::error_code problem;
  int open = -1;  // without the one that reads them
  for (std::filesystem::directory_iterator at("/proc/self/fd", problem), end; !problem && at != end;
       at.increment(problem)) {
    ++open;
  }
  if (!problem) out.gauge("noodle_process_open_fds", "Open file descriptors.").add(open);

  // The name, in parentheses, may hold anything; what follows it are numbers (proc(5)).
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  constexpr int kThreads = 20, kStarted = 22;
  std::string field;
  for (int number = 3; number <= kStarted && fields >> field; ++number) {
    if (number == kThreads) out.gauge("noodle_process_threads", "Threads.").add(std::stod(field));
    if (number != kStarted) continue;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const double started_s = std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
    out.gauge("noodle_node_uptime_seconds", "Time since the process of the node began.")
        .add(static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 - started_s);
  }
}

}  // namespace noodle
