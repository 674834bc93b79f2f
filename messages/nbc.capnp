# Body of an NBC file: one compiled module (runtime/bytecode/module.hpp, docs/bytecode.md). It follows the 16-byte prelude
# of container.hpp as one segment. Numbers of fields never change; readers ignore fields they do not know.
@0xd3f1c0a4b7e25961;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("noodle::nbc");

# 0xffffffff stands for an absent index.

struct Module {
  name @0 :Text;
  version @1 :Text;
  files @2 :List(Text);            # source paths
  sources @3 :List(Text);          # source texts in the same order, or empty
  scalars @4 :Data;                # constants, 8 bytes each, little endian
  strings @5 :List(Text);          # literals
  types @6 :List(Type);
  functions @7 :List(Function);
  natives @8 :List(Native);
  selectors @9 :List(Selector);
  handlers @10 :List(Handler);
  actors @11 :List(Actor);
  tests @12 :List(Test);
  exports @13 :List(Export);
  capabilities @14 :List(Text);
  main @15 :UInt32 = 0xffffffff;
  unresolved @16 :List(Unresolved);
}

# A TypeRef is packed into 32 bits: type index << 1 | nullable.

struct Signature {
  params @0 :List(UInt32);
  result @1 :UInt32;
}

struct Field {
  name @0 :Text;
  type @1 :UInt32;
}

struct InterfaceMethod {
  selector @0 :UInt32;
  function @1 :UInt32;
}

struct Type {
  kind @0 :UInt8;                  # TypeKind
  isRecord @1 :Bool;
  isAbstract @2 :Bool;
  isActor @3 :Bool;
  name @4 :Text;
  parent @5 :UInt32 = 0xffffffff;
  args @6 :List(UInt32);
  result @7 :UInt32;
  interfaces @8 :List(UInt32);
  fields @9 :List(Field);
  vtable @10 :List(UInt32);
  methods @11 :List(InterfaceMethod);
  cases @12 :List(Text);
  caseTypes @13 :List(UInt32);
  tag @14 :UInt32;
  function @15 :UInt32 = 0xffffffff;
  actor @16 :UInt32 = 0xffffffff;
}

struct Function {
  name @0 :Text;
  signature @1 :Signature;
  scalarRegisters @2 :UInt16;
  pointerRegisters @3 :UInt16;
  code @4 :Data;                   # 32-bit words, little endian
  joins @5 :Data;                  # numbers as in delta_code.hpp
  handlers @6 :List(HandlerRange);
  file @7 :UInt32;
  lines @8 :Data;                  # numbers as in delta_code.hpp
  inlined @9 :List(InlinedCall);
}

struct InlinedCall {
  start @0 :UInt32;
  end @1 :UInt32;
  name @2 :Text;
  line @3 :UInt32;
  column @4 :UInt32;
}

struct HandlerRange {
  start @0 :UInt32;
  end @1 :UInt32;
  target @2 :UInt32;
  errorRegister @3 :UInt32;
}

struct Native {
  name @0 :Text;
  signature @1 :Signature;
  capability @2 :Text;
}

struct Selector {
  interface @0 :UInt32;
  name @1 :Text;
  signature @2 :Signature;
}

struct Handler {
  owner @0 :UInt32;
  name @1 :Text;
  signature @2 :Signature;
  function @3 :UInt32 = 0xffffffff;
  messageType @4 :UInt32 = 0xffffffff;
}

struct Actor {
  type @0 :UInt32;
  name @1 :Text;
  isAgent @2 :Bool;
  isSupervisor @3 :Bool;
  constructor @4 :UInt32 = 0xffffffff;
  constructorArgs @5 :Signature;
  handlers @6 :List(UInt32);
  onStarted @7 :UInt32 = 0xffffffff;
  onStopping @8 :UInt32 = 0xffffffff;
  onDown @9 :UInt32 = 0xffffffff;
  onOther @10 :UInt32 = 0xffffffff;
  everys @11 :List(Every);
  children @12 :List(UInt32);
  strategy @13 :UInt8;
  intensity @14 :Int64;
  periodNs @15 :Int64;
  metadata @16 :List(Pair);
  requires @17 :List(Text);
  onMigrate @18 :UInt32 = 0xffffffff;
  initials @19 :List(Initial);
}

struct Initial {
  field @0 :UInt32;
  function @1 :UInt32;
}

struct Every {
  interval @0 :UInt32;
  body @1 :UInt32;
}

struct Pair {
  key @0 :Text;
  value @1 :Text;
}

struct Test {
  name @0 :Text;
  function @1 :UInt32;
  line @2 :UInt32;
  file @3 :UInt32;
}

struct Export {
  name @0 :Text;
  function @1 :UInt32;
}

struct Unresolved {
  name @0 :Text;
  signature @1 :Signature;
  function @2 :UInt32;
}
