// lease_keeper: keeps the leases of the cluster (cluster/lease/lease_table.hpp) on the node that is to.
//
// Interface: Msg<wire::LeaseRequest> -> Msg<wire::LeaseAnswer>, of holders on any node (Service::leases);
//            Msg<wire::LeasesRequest> -> Msg<wire::LeasesAnswer>.
// State:     the table; family leases of the store has what a restart must not forget.
// Behaviour: a grant is on the disk before it is told. It writes, so it has a thread of its own.
// Supervision: component `leases` of the node. Started again, it takes all stored leases for held.
// Errors (as answers): those of the table; of the store 5014 to 5017.
#pragma once

#include "actors/core/supervisor.hpp"
#include "actors/mesh/mesh.hpp"
#include "storage/store.hpp"

namespace noodle::actors {

/// Both outlive it.
ChildSpec lease_keeper_child(Mesh& mesh, storage::Store& store, std::chrono::nanoseconds duration);

}  // namespace noodle::actors
