#include "tools/up/progress.hpp"

#include <iomanip>
#include <sstream>

#include "runtime/base/json_text.hpp"

namespace noodle::up {
namespace {

std::string seconds(std::int64_t ns) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << static_cast<double>(ns) / 1e9 << " s";
  return out.str();
}

std::string event(const char* name, const std::string& fields) {
  return std::string("{\"event\":\"") + name + '"' + fields + "}";
}
std::string text_field(const char* name, const std::string& value) {
  return std::string(",\"") + name + "\":" + json_string(value);
}
template <class Number>
std::string field(const char* name, Number value) {
  return std::string(",\"") + name + "\":" + std::to_string(value);
}

}  // namespace

void Progress::line(const std::string& text, const std::string& json) {
  out_ << (json_ ? json : text) << '\n' << std::flush;
}

void Progress::starting(const std::string& cluster, std::size_t nodes, const std::string& folder) {
  line("cluster " + cluster + ": starting " + std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") + ", kept in " +
           folder,
       event("starting", text_field("cluster", cluster) + field("nodes", nodes) + text_field("folder", folder)));
}

void Progress::node_ready(const std::string& node, std::uint16_t port, std::int64_t process, std::uint64_t incarnation,
                          std::int64_t took_ns) {
  line("  " + node + " is ready on 127.0.0.1:" + std::to_string(port) + ", process " + std::to_string(process) + ", " +
           seconds(took_ns),
       event("node_ready", text_field("name", node) + field("port", port) + field("pid", process) +
                               field("incarnation", incarnation) + field("took_ns", took_ns)));
}

void Progress::node_ended(const std::string& node, const std::string& why, std::int64_t wait_ns,
                          const std::string& log) {
  line("  " + node + " has ended: " + why + (wait_ns < 0 ? "" : "; it starts again in " + seconds(wait_ns)) + "; log " +
           log,
       event("node_ended", text_field("name", node) + text_field("why", why) +
                               (wait_ns < 0 ? "" : field("restart_in_ns", wait_ns)) + text_field("log", log)));
}

void Progress::node_left(const std::string& node) {
  line("  " + node + " was told to leave, and has left the cluster; `noodle up --restart " + node + "` brings it back",
       event("node_left", text_field("name", node)));
}

void Progress::node_stopped(const std::string& node, const std::string& how) {
  line("  " + node + " has stopped, " + how, event("node_stopped", text_field("name", node) + text_field("how", how)));
}

void Progress::cluster_ready(const std::string& cluster, std::size_t nodes, const std::string& context) {
  line("cluster " + cluster + " is ready: " + std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") + ", context " +
           context + " is in use; " + (detached_ ? "" : "Ctrl-C or ") + "`noodle up --stop` ends it",
       event("ready", text_field("cluster", cluster) + field("nodes", nodes) + text_field("context", context)));
}

void Progress::stopping(const std::string& cluster) {
  line("cluster " + cluster + " is stopping; Ctrl-C again kills what is left",
       event("stopping", text_field("cluster", cluster)));
}

void Progress::stopped(const std::string& cluster) {
  line("cluster " + cluster + " has stopped", event("stopped", text_field("cluster", cluster)));
}

void Progress::warning(const std::string& text) {
  line("warning: " + text, event("warning", text_field("message", text)));
}

}  // namespace noodle::up
