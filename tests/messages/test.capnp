# Shapes that the protocol's own messages do not have yet.
@0xd2c8cf2a5a3f8f15;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::test");

struct Tree {
  label @0 :Text;
  children @1 :List(Tree);
}

struct Shapes {
  count @0 :UInt32 = 7;
  name @1 :Text = "unnamed";
  blob @2 :Data;
  names @3 :List(Text);
  blobs @4 :List(Data);
  numbers @5 :List(UInt32);
  matrix @6 :List(List(Int64));
  flags @7 :List(Bool);
  nothing @8 :List(Void);
  tree @9 :Tree;
  any @10 :AnyPointer;
  union {
    text @11 :Text;
    inner @12 :Tree;
    number @13 :Float64;
  }
  more :group {
    label @14 :Text;
    level @15 :UInt8;
  }
}
