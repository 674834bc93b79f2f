// Links runtime/base and messages, nothing above.
#include "runtime/base/config.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/metrics/metrics.hpp"
#include "runtime/base/options.hpp"

int main() {
  using namespace noodle;
  const auto config = Config::load(node_options(), {});
  if (!config.ok() || !log_settings(*config).ok()) return 1;
  const Logger log("layer");
  log.debug("not written");
  process_metrics().counter("noodle_layer_total", "Runs of this program.")->add();
  return process_metrics().expose().empty() ? 1 : 0;
}
