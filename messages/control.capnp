# What is asked of a running program from outside its node process, and what it answers.
@0xb3a1c5d2f7e94a61;

using Cxx = import "/capnp/c++.capnp";
using import "error.capnp".Failure;
$Cxx.namespace("noodle::wire");

struct SwapProgram {
  # Move the running program to another version of it.
  image @0 :Data;             # bytes of the .nbc file
  canary @1 :Float64;         # share of the actors that move first, 0-1
  watchNs @2 :Int64;
  failureShare @3 :Float64;   # taken back when more of the moved processes end with an error
  patienceNs @4 :Int64;
  strict @5 :Bool;
  drain @6 :Bool;
  force @7 :Bool;
  checkOnly @8 :Bool;         # only tell what would change
}

struct SwapChange {
  kind @0 :Text;
  breaking @1 :Bool;
  subject @2 :Text;
  text @3 :Text;
}

struct SwapStay {
  process @0 :UInt64;
  failure @1 :Failure;
}

struct SwapDone {
  failure @0 :Failure;        # code 0: none
  version @1 :UInt64;
  moved @2 :UInt64;
  stayed @3 :UInt64;          # could not move
  behind @4 :UInt64;          # actors on older versions
  failures @5 :UInt64;        # processes of the new version that ended with an error
  killed @6 :UInt64;
  elapsedNs @7 :Int64;        # until the last one had moved
  takenBack @8 :Text;         # why; empty: the version holds
  changes @9 :List(SwapChange);
  stays @10 :List(SwapStay);
}
