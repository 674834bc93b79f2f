# What people ask of a running cluster: sessions of a shell, and the health, deaths, members, links, routes and metrics of nodes.
# New fields go to the end. A request that is refused or fails is answered by an error, not by one of these.
@0xf3b1d6a27c5e8094;

using Cxx = import "/capnp/c++.capnp";
using import "error.capnp".Failure;
using import "membership.capnp".NodeLabel;
$Cxx.namespace("noodle::wire");

# ---- sessions: the answer to SessionOpen comes from the session; all that follows is sent to it by who opened it

struct SessionOpen {
  token @0 :Text;             # at most 16 KiB
  width @1 :UInt16;           # columns; 0: not a terminal
  color @2 :Bool;
  json @3 :Bool;              # one JSON object an input
}

struct SessionOpened {
  session @0 :Text;           # "alice-3"
  node @1 :Text;
  cluster @2 :Text;
  greeting @3 :Text;
  prompt @4 :Text;            # before the number of the first input
  expiresS @5 :Int64;         # since 1970; 0: never
}

struct SessionInput {
  text @0 :Text;              # an input or command, complete; at most 1 MiB
  path @1 :Text;              # of the file it comes from, for messages; empty: it was typed
}

struct SessionAnswer {
  output @0 :Text;            # printed since the last SessionOutput
  text @1 :Text;
  problem @2 :Text;
  ok @3 :Bool;
  quit @4 :Bool;
}

struct SessionComplete {
  text @0 :Text;              # at most 1 MiB
}

struct SessionCompletions {
  start @0 :UInt32;           # the names replace what follows in the text
  names @1 :List(Text);       # at most 1000
}

struct SessionInterrupt {
  # Ends the input that runs. Not answered.
}

struct SessionOutput {
  # To who opened the session, answered by Nothing; there is one at a time.
  text @0 :Text;              # for standard output; at most 1 MiB
  aside @1 :Text;             # about processes: their ends, and steps of those that are traced
}

struct SessionClose {
  # Answered by Nothing.
}

# ---- nodes. `node`: a name, for sessions, which ask that node; empty: the one asked.

enum HealthOrder {
  path @0;
  busiest @1;                 # by messages waiting, then restarts, then messages handled
}

struct HealthRequest {
  node @0 :Text;
  prefix @1 :Text;            # this actor and those below it; empty: all
  order @2 :HealthOrder;
  limit @3 :UInt32;           # most rows; 0: as many as there may be (20 000)
}

struct HealthRow {
  path @0 :Text;
  state @1 :Text;
  incarnation @2 :UInt64;
  restarts @3 :UInt64;
  uptimeNs @4 :Int64;
  waiting @5 :UInt64;
  held @6 :UInt64;
  handled @7 :UInt64;
  deadLetters @8 :UInt64;
  handlerP50Ns @9 :Int64;
  handlerP99Ns @10 :Int64;
  busyWith @11 :Text;
  lastError @12 :Text;
  lastMessages @13 :List(Text);   # newest first; when one row was asked for
}

struct HealthAnswer {
  node @0 :Text;
  total @1 :UInt64;           # that match
  rows @2 :List(HealthRow);
}

struct DeathsRequest {
  node @0 :Text;
  prefix @1 :Text;
  limit @2 :UInt32;           # 0: all (1000)
}

struct Death {
  path @0 :Text;
  incarnation @1 :UInt64;
  reason @2 :Failure;         # code 0: it ended normally
  cause @3 :Text;
  decision @4 :Text;
  seenBy @5 :Text;
  lastMessages @6 :List(Text);
  handled @7 :UInt64;
  livedNs @8 :Int64;
  diedWallNs @9 :Int64;
  inTime @10 :Bool;
}

struct DeathsAnswer {
  node @0 :Text;
  total @1 :UInt64;           # that are kept and match
  deaths @2 :List(Death);     # newest first
}

struct MembersRequest {
  node @0 :Text;
}

struct MemberRow {
  id @0 :Text;
  name @1 :Text;
  host @2 :Text;
  port @3 :UInt16;
  state @4 :Text;
  service @5 :Text;
  reach @6 :Text;
  incarnation @7 :UInt64;
  labels @8 :List(NodeLabel);
  sinceNs @9 :Int64;          # it has been in this state so long
}

struct MembersAnswer {
  node @0 :Text;
  members @1 :List(MemberRow);
}

struct LinksRequest {
  node @0 :Text;
}

struct LinkRow {
  peer @0 :Text;              # name
  id @1 :Text;
  client @2 :Bool;
  ageNs @3 :Int64;
  cost @4 :UInt32;
  roundTripNs @5 :Int64;
  framesSent @6 :UInt64;
  framesReceived @7 :UInt64;
  bytesSent @8 :UInt64;
  bytesReceived @9 :UInt64;
  stalls @10 :UInt64;
  refusedFull @11 :UInt64;
}

struct LinksAnswer {
  node @0 :Text;
  links @1 :List(LinkRow);
}

struct RouteRequest {
  node @0 :Text;              # where the way begins
  to @1 :Text;
}

struct RouteAnswer {
  hops @0 :List(Text);        # names, both ends included; empty: there is no way
}

struct MetricsRequest {
  node @0 :Text;
}

struct MetricsAnswer {
  node @0 :Text;
  text @1 :Text;              # in the Prometheus text format, sorted by name
}

struct ActorCommand {
  # Ends the incarnation of an actor. Answered by Nothing when it has ended.
  enum What {
    kill @0;                  # for good
    restart @1;               # its supervisor starts it again
  }
  path @0 :Text;
  what @1 :What;
  subject @2 :Text;           # who wants it
  reason @3 :Text;
}

struct ServiceCommand {
  # Answered by Nothing.
  enum What {
    uncordon @0;              # take work again
    cordon @1;                # take no new work
    drain @2;                 # and let go of what can go
    leave @3;                 # tell all and go
  }
  what @0 :What;
  subject @1 :Text;
}
