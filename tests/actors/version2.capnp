# Messages as a later version might have them: fields were added to messages and to rows in lists, and there is a new
# message. On the wire they have the type ids of version 1; here their own, since both are linked into one program.
@0xf1d8a2c4be9036d7;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire2");

struct StatsRequest {
  processes @0 :Bool;
  limit @1 :UInt32;
  since @2 :Int64;            # new
  owners @3 :List(Text);      # new
}

struct StatsAnswer {
  live @0 :UInt64;
  spawned @1 :UInt64;
  ended @2 :UInt64;
  failed @3 :UInt64;
  messages @4 :UInt64;
  slices @5 :UInt64;
  fuel @6 :UInt64;
  deadLetters @7 :UInt64;
  heapBytes @8 :UInt64;
  rows @9 :List(ProcessRow);
  asleep @10 :UInt64 = 5;     # new
  note @11 :Text;             # new
}

struct ProcessRow {
  process @0 :UInt64;
  parent @1 :UInt64;
  what @2 :Text;
  state @3 :ProcessState;
  mailbox @4 :UInt32;
  owner @5 :Text;             # new
  age @6 :Int64;              # new
}

enum ProcessState {
  idle @0;
  scheduled @1;
  parked @2;
  frozen @3;                  # new
}

struct Forecast {
  # A new message.
  days @0 :UInt32;
}
