// How large one message may be. Nodes allow less, as they are configured (net.max_message).
#pragma once

#include <cstddef>

#include "messages/limits.hpp"

namespace noodle {

inline constexpr std::size_t kMaxMessageBytes = 2 * kGiB;  // built, or received over a link (6002)

}  // namespace noodle
