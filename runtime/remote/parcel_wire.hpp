// Parcels as messages and back.
//
// Threads: any. Errors: 6001 for what is malformed.
#pragma once

#include <functional>
#include <span>

#include "messages/msg.hpp"
#include "messages/process.capnp.h"
#include "runtime/remote/parcel.hpp"

namespace noodle::process {

/// How many bytes a parcel takes, about.
std::size_t size_of(const Parcel& parcel);

/// `number`: of a system within the batch.
void write_parcel(wire::Parcel::Builder out, const Parcel& parcel,
                  const std::function<std::uint32_t(SystemNumber)>& number);
/// `system`: of a number within the batch; nothing if there is none.
Result<Parcel> read_parcel(wire::Parcel::Reader in,
                           const std::function<std::optional<SystemNumber>(std::uint32_t number)>& system);

}  // namespace noodle::process
