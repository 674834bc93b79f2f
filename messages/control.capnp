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

enum UpVerb {
  status @0;
  stop @1;
  restart @2;
  kill @3;
  scale @4;
}

struct UpRequest {
  # To `noodle up`: do this with the cluster it runs, and answer when it is done.
  verb @0 :UpVerb;
  node @1 :Text;              # of restart and kill
  count @2 :UInt32;           # of scale
}

struct UpNode {
  name @0 :Text;
  state @1 :Text;             # starting, ready, waiting, stopping, stopped
  process @2 :UInt32;         # 0: none
  port @3 :UInt16;
  id @4 :Text;                # empty: not known yet
  incarnation @5 :UInt64;
  restarts @6 :UInt32;
  stateNs @7 :Int64;          # for how long it has been in this state
  lastEnd @8 :Text;           # of the process before; empty: there was none
  log @9 :Text;               # file
}

struct UpAnswer {
  failure @0 :Failure;        # code 0: none
  cluster @1 :Text;
  context @2 :Text;
  process @3 :UInt32;         # that of noodle up
  nodes @4 :List(UpNode);
}
