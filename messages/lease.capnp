# Leases, as their holders and the node that keeps them talk of them (cluster/lease/lease_table.hpp).
# New fields go to the end.
@0xbd41e97a3c6f2058;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct LeaseRequest {
  # Answered by LeaseAnswer, or an error.
  name @0 :Text;              # at most 255 bytes
  holder @1 :UInt64;          # chosen by chance, one for each holder
  token @2 :UInt64;           # of the lease it has, to be renewed or released; 0: it has none
  release @3 :Bool;
}

struct LeaseAnswer {
  token @0 :UInt64;           # 0: released
  durationNs @1 :Int64;       # from when the request was sent
}

struct LeasesRequest {
  limit @0 :UInt32;           # most rows; 0: as many as there may be (20 000)
}

struct LeaseRow {
  name @0 :Text;
  node @1 :Text;              # id of the holder's
  token @2 :UInt64;
  leftNs @3 :Int64;           # until it runs out, unless it is renewed
  renewals @4 :UInt64;
}

struct LeasesAnswer {
  total @0 :UInt64;
  rows @1 :List(LeaseRow);
  lastToken @2 :UInt64;
}

struct LeaseChanged {
  # Within one node: to a holder.
  name @0 :Text;
  token @1 :UInt64;           # 0: it is not held any more
}
