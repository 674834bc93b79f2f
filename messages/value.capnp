# NoodleCore values on their way between processes that do not share a heap or a module version.
@0xa6d145a3c5e95c7c;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct Value {
  # One value, or the arguments of one message: scalars by themselves, all else in a relocatable heap image
  # (runtime/process/image.hpp): objects one after another as on a process heap, except that
  #  - the class id in a header is an index into `layouts`,
  #  - a reference is the byte offset of its object within the image << 1 | 1; null is 0.
  # The receiver checks bounds, layouts and UTF-8 before it adopts the image.
  scalars @0 :List(UInt64);     # in order of the scalar parameters; floats by their bits
  references @1 :List(UInt64);  # in order of the others
  layouts @2 :List(UInt64);     # layout hashes: name, kinds, field names and types, the same in every program
  image @3 :Data;
}

struct ProcessRef {
  # A process anywhere. A node of zero is the receiver's own.
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  process @2 :UInt64;         # index in the high half, generation in the low one
}

struct ProcessMessage {
  # The envelope of one `send`, `ask` or answer between processes.
  sender @0 :ProcessRef;
  receiver @1 :ProcessRef;
  correlationHigh @2 :UInt64;
  correlationLow @3 :UInt64;
  union {
    send :group {
      handler @4 :UInt64;     # hash of the handler's name and signature
      arguments @5 :Value;
    }
    raw @6 :Value;            # send ref <- value
    ask :group {
      handler @7 :UInt64;
      arguments @8 :Value;
      question @9 :UInt64;    # chosen by the sender, repeated in the answer
      timeoutMs @10 :UInt64;  # the sender stops waiting after it
    }
    answer :group {
      question @11 :UInt64;
      value @12 :Value;
    }
    failed :group {
      question @13 :UInt64;
      code @14 :UInt16;
      message @15 :Text;
    }
  }
}
