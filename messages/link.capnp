# The first message of both ends of a link, see docs of cluster/transport/handshake.hpp.
@0xe2a96d1c57b80f43;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct LinkHello {
  protocolLowest @0 :UInt16;   # versions of the link protocol it speaks
  protocolHighest @1 :UInt16;
  schemaHash @2 :UInt64;       # of all message schemas it was built with
  schemasRead @3 :List(UInt64);  # older ones it reads and writes well enough
  cluster @4 :Text;
  nodeHigh @5 :UInt64;         # id: hash of the key in its certificate
  nodeLow @6 :UInt64;
  incarnation @7 :UInt64;      # rises with every start of the node
  labels @8 :List(Text);       # NAME=VALUE
}
