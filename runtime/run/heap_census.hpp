// What lies on the heap of a living process, by class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/message/message.hpp"

namespace noodle::process {

class System;

struct ClassCensus {
  std::string name;
  std::uint64_t objects = 0, bytes = 0;  // elements of lists, maps and sets included
};

/// Live objects, most bytes first. The process is taken out of the hands of the workers for as long as a collection of
/// its heap and one look at each object take. Threads: any that is no worker. Errors: 1810 when the process does not
/// live, 1811 when it could not be stopped within 2 s.
Result<std::vector<ClassCensus>> heap_by_class(System& system, Pid pid);

}  // namespace noodle::process
