#include "tools/up/follow_logs.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "runtime/base/suggest.hpp"

namespace noodle::up {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string prefix;
  std::ifstream file;
  std::string rest = {};  // of a line that is not complete
};

/// Whole lines that have come since the last time.
void print_new(Source& source, std::ostream& out) {
  char buffer[16 * 1024];
  source.file.clear();
  for (;;) {
    source.file.read(buffer, sizeof buffer);
    const auto count = static_cast<std::size_t>(source.file.gcount());
    if (count == 0) break;
    source.rest.append(buffer, count);
  }
  std::size_t from = 0;
  for (std::size_t end; (end = source.rest.find('\n', from)) != std::string::npos; from = end + 1) {
    out << source.prefix << std::string_view(source.rest).substr(from, end + 1 - from);
  }
  source.rest.erase(0, from);
}

}  // namespace

Result<void> print_logs(const Layout& layout, std::vector<std::string> nodes, bool follow, bool names,
                        std::ostream& out) {
  std::vector<std::string> known;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(layout.logs(), problem)) {
    if (entry.path().extension() == ".log") known.push_back(entry.path().stem().string());
  }
  std::sort(known.begin(), known.end());
  if (nodes.empty()) nodes = known;
  if (nodes.empty()) return Error{Code::file_not_found, "there are no logs in " + layout.logs(), {}};
  const Descriptor changes(inotify_init1(IN_CLOEXEC));
  std::vector<Source> sources;
  for (const std::string& node : nodes) {
    if (std::find(known.begin(), known.end(), node) == known.end()) {
      const std::string_view near = nearest_name(node, known);
      return Error{Code::file_not_found,
                   "no log of a node `" + node + "`" +
                       (near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?"),
                   {}};
    }
    inotify_add_watch(changes.get(), layout.log(node).c_str(), IN_MODIFY);
    sources.push_back(
        {names && nodes.size() > 1 ? node + " | " : "", std::ifstream(layout.log(node), std::ios::binary)});
  }
  for (;;) {
    for (Source& source : sources) print_new(source, out);
    out.flush();
    if (!follow || !out) return {};
    char events[4096];
    if (read(changes.get(), events, sizeof events) <= 0) return {};
  }
}

}  // namespace noodle::up
