# Errors inside other messages.
@0xa7379dcb969d8fab;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::wire");

struct Failure {
  code @0 :UInt16;      # 1001-9999, see error_table.def; 0: no failure
  message @1 :Text;
  details @2 :Text;
}
