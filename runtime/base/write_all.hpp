// write(2) until nothing is left.
#pragma once

#include <string_view>

namespace noodle {

/// Signals do not cut it short. False with errno when the file takes no more.
bool write_all(int file, std::string_view bytes);

}  // namespace noodle
