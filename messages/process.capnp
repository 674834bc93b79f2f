# What process systems tell each other about runs that have spread over several nodes (runtime/remote/parcel.hpp).
# New fields go to the end.
@0xc5a2d8f1407be936;

using Cxx = import "/capnp/c++.capnp";
using import "work.capnp".ProcessLimits;
$Cxx.namespace("noodle::wire");

struct ActorAddress {
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  number @2 :UInt64;          # of the actor on that node
}

struct ParcelBatch {
  # Parcels of one system to another, in order. Answered by BatchTaken; the next one is sent after that. A batch whose
  # answer was lost comes again with the same sequence.
  life @0 :UInt64;            # of the sender: another one means that everything before is void
  receiverLife @1 :UInt64;    # 0: not known yet
  sequence @2 :UInt64;        # from 1, for each life of the sender and receiver
  service @3 :UInt64;         # number under which the sender is known; 0: its own
  systems @4 :List(ActorAddress);
  parcels @5 :List(Parcel);   # at most 1024
}

struct BatchTaken {
  life @0 :UInt64;            # of the receiver
}

struct Parcel {
  # Systems are numbered within a batch: 0 its sender, 1 its receiver, from 2 on those in `systems`.
  kind @0 :UInt8;
  home @1 :UInt32;            # system of the run
  run @2 :UInt64;
  to @3 :UInt64;
  from @4 :ProcessAddress;
  ask @5 :UInt32;
  code @6 :UInt32;
  hash @7 :UInt64;
  scalars @8 :List(UInt64);   # floats by their bits
  image @9 :Data;             # portable image (runtime/message/portable_image.hpp); the receiver checks all of it
  references @10 :List(ProcessAddress);
  text @11 :Text;
  trace @12 :Text;
  order @13 :SpawnOrder;      # of a spawn
}

struct ProcessAddress {
  system @0 :UInt32;
  pid @1 :UInt64;
}

struct SpawnOrder {
  program @0 :UInt64;         # content hash
  index @1 :UInt32;
  isFunction @2 :Bool;
  name @3 :Text;
  priority @4 :UInt8;
  limits @5 :ProcessLimits;
  defaults @6 :ProcessLimits;
  grants @7 :List(Text);
}

struct ProgramRequest {
  hash @0 :UInt64;
}

struct ProgramAnswer {
  nbc @0 :Data;               # verified by the receiver
}
