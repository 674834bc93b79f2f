// What the kernel knows of this process, as samples: noodle_process_*, and which build it is.
//
// Threads: any. Reads /proc; what cannot be read is left out.
#pragma once

#include "runtime/base/metrics/metrics.hpp"

namespace noodle {

void collect_process(Samples& out);

}  // namespace noodle
