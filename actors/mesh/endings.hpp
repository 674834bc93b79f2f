// How ends and failures of actors travel: CAF's reasons as wire::End, errors as wire::Failure.
//
// Threads: values.
#pragma once

#include <caf/error.hpp>

#include "messages/frame.hpp"
#include "messages/mesh.capnp.h"

namespace noodle::actors {

void write_end(wire::End::Builder end, const caf::error& reason);
caf::error read_end(wire::End::Reader end);
FramePtr failure_frame(const Error& error);
/// 6001 when it is none.
Error read_failure_frame(FramePtr frame);

}  // namespace noodle::actors
