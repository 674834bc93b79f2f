# What the membership protocol of the mesh sends: datagrams (probes and rumours) and full states over links.
# New fields go to the end; unknown kinds and states are skipped by their receiver.
@0xcfa0d1f0b6c2e1d7;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct NodeLabel {
  key @0 :Text;
  value @1 :Text;
}

struct NodeProfile {
  # What a node says of itself and what stays the same for one incarnation.
  name @0 :Text;
  host @1 :Text;
  port @2 :UInt16;
  protocolMin @3 :UInt16;     # versions of the mesh protocol that it speaks
  protocolMax @4 :UInt16;
  labels @5 :List(NodeLabel);
}

struct Rumour {
  # What is believed of one node. The later of two is the one with the higher (incarnation, refutation).
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;     # of the process: higher after a restart or a rejoin
  refutation @3 :UInt32;      # raised by the node when it hears that it is suspected
  state @4 :UInt8;            # 0 alive, 1 suspect, 2 dead, 3 left
  service @5 :UInt8;          # 0 ready, 1 draining, 2 cordoned, 3 degraded
  refusals @6 :UInt8;         # so many of the accusers, from the first on, had a connection refused; the others silence
  accusers @7 :List(UInt64);  # of suspect and dead: high and low halves in turn
  profile @8 :NodeProfile;    # of alive
}

struct Datagram {
  kind @0 :UInt8;             # 0 ping, 1 ping request, 2 ack, 3 nack, 4 gossip
  sequence @1 :UInt32;        # an answer repeats that of its question
  fromHigh @2 :UInt64;
  fromLow @3 :UInt64;
  fromIncarnation @4 :UInt64;
  toHigh @5 :UInt64;
  toLow @6 :UInt64;
  toIncarnation @7 :UInt64;   # 0: whichever runs
  targetHigh @8 :UInt64;      # of a ping request, and of its answer: who is asked about
  targetLow @9 :UInt64;
  rumours @10 :List(Rumour);
}

struct MemberState {
  # Push-pull: everything that the sender knows, in parts; only the digest when it is asked for a comparison.
  fromHigh @0 :UInt64;
  fromLow @1 :UInt64;
  fromIncarnation @2 :UInt64;
  kind @3 :UInt8;             # 0 compare, 1 answer, 2 push
  digest @4 :UInt64;          # of all living members
  members @5 :List(Rumour);
  sequence @6 :UInt32;        # an answer repeats that of its comparison
  last @7 :Bool;              # no more parts follow
}
