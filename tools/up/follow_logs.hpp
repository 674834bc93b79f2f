// The logs of a local cluster's nodes, as they are and as they grow.
//
// Threads: one. Errors: 7001.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "tools/up/layout.hpp"

namespace noodle::up {

/// Prints the logs of these nodes (none given: all that there are), each line behind the node's name when there are
/// several. `follow`: goes on until `out` fails.
Result<void> print_logs(const Layout& layout, std::vector<std::string> nodes, bool follow, bool names,
                        std::ostream& out);

}  // namespace noodle::up
