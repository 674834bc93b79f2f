// audit_writer: appends to the node's audit log for those who must not wait for the disk.
//
// Interface: storage::AuditEvent (within the node only). State: the log. Behaviour: what has come meanwhile is appended
// with one sync. It runs on a thread of its own. Supervision: a component, before those that write to it; at its end
// everything that came before has been written.
#pragma once

#include <functional>

#include "actors/core/supervisor.hpp"
#include "storage/audit.hpp"

namespace noodle::actors {

/// `log` outlives it.
ChildSpec audit_child(storage::AuditLog& log);
/// What writes to the component.
std::function<void(const storage::AuditEvent&)> audit_sink(const caf::actor& writer);

}  // namespace noodle::actors

namespace caf {
template <>
struct allowed_unsafe_message_type<noodle::storage::AuditEvent> : std::true_type {};
}  // namespace caf
