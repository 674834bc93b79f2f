# What a VM worker actor is told and tells.
@0xe8435dae94d930a9;

using Cxx = import "/capnp/c++.capnp";
using import "error.capnp".Failure;
$Cxx.namespace("noodle::wire");

struct ProcessLimits {
  # 0 stands for the node's configured value.
  memoryBytes @0 :UInt64;
  frames @1 :UInt32;
  stackBytes @2 :UInt32;
  fuel @3 :UInt64;
  fuelPerSecond @4 :UInt64;
  children @5 :UInt32;
  mailboxMessages @6 :UInt32;
  mailboxBytes @7 :UInt32;
  mailboxPolicy @8 :MailboxPolicy;
}

enum MailboxPolicy {
  block @0;
  dropOldest @1;
  error @2;
}

struct Grant {
  capability @0 :Text;        # "fs.read"
  resource @1 :Text;          # pattern; empty: any
}

struct RunProgram {
  # Verify, link and run a program. Answered by ProgramExited when its main process ends.
  run @0 :UInt64;             # chosen by the sender
  image @1 :Data;             # bytes of the .nbc file
  arguments @2 :List(Text);
  grants @3 :List(Grant);
  limits @4 :ProcessLimits;
  timeLimitMs @5 :UInt64;     # 0: none
  correlationHigh @6 :UInt64;
  correlationLow @7 :UInt64;
  sourceName @8 :Text;        # for messages about it
}

struct ProgramExited {
  run @0 :UInt64;
  exitCode @1 :Int32;         # 0-125 from main, 1 uncaught error, 124 time limit, 137 killed
  failure @2 :Failure;
  fuel @3 :UInt64;            # spent by all its processes
  wallNs @4 :UInt64;
  trace @5 :Text;             # of an uncaught error
}

struct Kill {
  # End one process, or a whole program when `process` is 0. Runs no catch or finally.
  run @0 :UInt64;
  process @1 :UInt64;
  reason @2 :Text;
}

struct StatsRequest {
  processes @0 :Bool;         # also one row per process
  limit @1 :UInt32;           # most rows to send; 0: all
}

struct StatsAnswer {
  live @0 :UInt64;            # processes now; the rest counts since start
  spawned @1 :UInt64;
  ended @2 :UInt64;
  failed @3 :UInt64;
  messages @4 :UInt64;
  slices @5 :UInt64;
  fuel @6 :UInt64;
  deadLetters @7 :UInt64;
  heapBytes @8 :UInt64;       # of all processes together, now
  rows @9 :List(ProcessRow);
}

struct ProcessRow {
  process @0 :UInt64;
  parent @1 :UInt64;
  what @2 :Text;              # registered name, or name of its actor or function
  state @3 :ProcessState;
  mailbox @4 :UInt32;         # messages waiting
}

enum ProcessState {
  idle @0;
  scheduled @1;
  parked @2;
}
