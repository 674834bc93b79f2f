# What nodes tell each other of the names that actors and processes have in the cluster (cluster/registry/message.hpp).
# New fields go to the end.
@0xf0b7c3a19d52e864;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct NameDigest {
  # How much the sender knows of the names of each node.
  enum Kind {
    compare @0;               # of all: tell me what I lack, and ask for what you lack
    news @1;                  # of those that have changed: ask for what you lack
    want @2;                  # of those that I lack: tell me
  }
  struct Writer {
    nodeHigh @0 :UInt64;
    nodeLow @1 :UInt64;
    incarnation @2 :UInt64;
    version @3 :UInt64;
    epoch @4 :UInt64;
  }
  kind @0 :Kind;
  writers @1 :List(Writer);   # at most 20 000
}

struct NameEntries {
  # Names of one node, from a version on.
  struct Entry {
    name @0 :Text;
    unique @1 :Bool;
    actor @2 :UInt64;         # number on its node
    sinceNs @3 :Int64;        # wall clock
    version @4 :UInt64;
    gone @5 :Bool;
    pid @6 :UInt64;           # of a process in the system whose courier `actor` is; 0: the actor itself
    homeHigh @7 :UInt64;      # of the process's run: node, courier there, number
    homeLow @8 :UInt64;
    homeActor @9 :UInt64;
    run @10 :UInt64;
  }
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;
  since @3 :UInt64;
  version @4 :UInt64;         # known with these
  entries @5 :List(Entry);    # at most 1024, in order of version
  epoch @6 :UInt64;
  more @7 :Bool;              # there is more than fits; ask again
}

struct NameLost {
  # Within one node: a process has lost a cluster-unique name to another node.
  name @0 :Text;
  pid @1 :UInt64;
  winner @2 :Text;            # node
}

struct NamesRequest {
  prefix @0 :Text;
  limit @1 :UInt32;           # most rows; 0: as many as there may be (20 000)
}

struct NameRow {
  name @0 :Text;
  unique @1 :Bool;
  node @2 :Text;              # id
  pid @3 :UInt64;             # of a process; 0: an actor
  ageNs @4 :Int64;            # by the clock of its node
  hidden @5 :Bool;            # the node is not there
}

struct NamesAnswer {
  node @0 :Text;
  rows @1 :List(NameRow);
}
