// Errors across CAF: caf::error has 8-bit codes, so ours travel as its context.
//
// Threads: any.
#pragma once

#include <caf/error.hpp>

#include "messages/error.hpp"

namespace noodle::actors {

caf::error to_caf(const Error& error);
/// The Error that to_caf made; for errors of CAF itself 1891 with CAF's text.
Error from_caf(const caf::error& error);

}  // namespace noodle::actors
