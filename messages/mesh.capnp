# What nodes tell each other beside the messages of their actors: ends of actors, costs of links, members.
# New fields go to the end.
@0xd1c5a0a7e93b42f6;

using Cxx = import "/capnp/c++.capnp";
using import "error.capnp".Failure;
using import "membership.capnp".NodeProfile;
$Cxx.namespace("noodle::wire");

struct ActorRef {
  # An actor anywhere.
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;     # of the node; 0: whichever runs
  actor @3 :UInt64;
}

struct Nothing {
  # An answer that says only that it was done.
}

struct Done {
  # The answer of a handler that gives none.
}

struct Watch {
  # Tell the sender's node when the destination ends. Repeated when messages may have been lost.
  linked @0 :List(UInt64);    # actors of the sender's node that are linked to it
}

struct End {
  # Why an actor ended, or is to end.
  kind @0 :Kind;
  failure @1 :Failure;        # of kind error

  enum Kind {
    normal @0;
    error @1;
    stopped @2;               # in order: its supervisor or its node ends
    killed @3;
  }
}

struct Down {
  # The source has ended, or never was.
  end @0 :End;
}

struct Exit {
  # The source asks the destination to end: a link broke, or somebody sent an exit.
  end @0 :End;
}

struct LinkProbe {
  # Sent back as it is.
  sentNs @0 :Int64;           # by the sender's clock
}

struct LinkCost {
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  cost @2 :UInt32;
}

struct LinkState {
  # Flooded: what the links of one node cost.
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;
  sequence @3 :UInt64;
  links @4 :List(LinkCost);
}

struct MemberEvent {
  # Within one node: what it now thinks of another one.
  nodeHigh @0 :UInt64;
  nodeLow @1 :UInt64;
  incarnation @2 :UInt64;
  state @3 :UInt8;            # as in Rumour
  before @4 :UInt8;
  service @5 :UInt8;
  joined @6 :Bool;
  restarted @7 :Bool;
  refused @8 :Bool;           # of suspect and dead: connections were refused, so its process is gone
  profile @9 :NodeProfile;
}
