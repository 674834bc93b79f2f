# What the greeter and its guests tell each other.
@0xe2c3f5a7b9481d06;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("demo");

struct Greet {
  who @0 :Text;
}

struct Greeting {
  text @0 :Text;
  guests @1 :UInt64;   # it has greeted, since it was started
}
