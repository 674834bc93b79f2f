# The first block of a recording (runtime/replay/recording.hpp): what the run was started with.
@0x9085c67263d468a6;

using Cxx = import "/capnp/c++.capnp";
using import "work.capnp".ProcessLimits;
$Cxx.namespace("noodle::wire");

struct Recording {
  image @0 :Data;             # bytes of the .nbc file
  function @1 :UInt32;        # that the main process runs
  arguments @2 :List(Data);
  grants @3 :List(Text);      # "fs.read:/data", besides those that every program has
  limits @4 :ProcessLimits;   # of each process that sets no own ones
  sliceFuel @5 :UInt32;
  processes @6 :UInt32;       # most at once
  memoryBytes @7 :UInt64;     # of all processes
  messageBytes @8 :UInt64;    # of the largest message
}
