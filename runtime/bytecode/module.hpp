// An NBC module in memory: what the code generator makes, the container stores, the verifier checks and the linker
// loads.
//
// One module is one closed package: the entry package with everything it uses of its dependencies, the standard library
// and the prelude. Generic code is already instantiated. All cross references are indexes into the tables here.
// docs/bytecode.md describes it for people.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace noodle::bytecode {

using Word = std::uint32_t;
using TypeIndex = std::uint32_t;
constexpr std::uint32_t kNone = 0xffffffff;

enum class Op : std::uint8_t {
#define NOODLE_OP(name, format, effect) name,
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
};
constexpr std::size_t kOpCount = 0
#define NOODLE_OP(name, format, effect) +1
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
    ;

/// Kinds of TypeDef. Scalar kinds live in S registers, all others in P registers.
enum class TypeKind : std::uint8_t {
  void_,
  int_,
  float_,
  bool_,
  byte,
  duration,
  time,
  scalar_enum,  // name, cases
  any,          // top of the pointer types
  null,         // type of the null constant
  string,
  bytes,
  error_unused,
  box,  // args[0] = scalar type: the nullable or `any` form of a scalar
  list,
  map,
  set,        // args: element / key, value
  func,       // args = parameter types, result                          closures' static type
  actor_ref,  // args[0] = actor or interface type, or any
  object,     // class or record or cell or actor state: name, parent, interfaces, fields, vtable
  interface,  // name, selectors implied by Module::selectors
  enum_,      // payload enum: name; abstract parent of its cases
  enum_case,  // parent = enum_, tag, fields
  closure,    // class of one lambda: func = code, result_type = its func type, fields = captures
  host        // object of a host interface: name
};

/// Fixed indexes at the start of every module's type table, in this order.
enum BuiltinType : TypeIndex {
  kVoid,
  kInt,
  kFloat,
  kBool,
  kByte,
  kDuration,
  kTime,
  kAny,
  kNull,
  kString,
  kBytes,
  kBoxInt,
  kBoxFloat,
  kBoxBool,
  kBoxByte,
  kBoxDuration,
  kBoxTime,
  kActorRefAny,   // actor_ref of any
  kError,         // object "Error": fields code int, message String, data any?, cause Error?, trace String
  kDown,          // object "Down": ref ActorRef<any>, reason Error
  kSpawnOptions,  // object "SpawnOptions", fields as in the prelude
  kListString,    // list of String: main's argument, SpawnOptions.caps
  kBuiltinTypeCount
};

/// A type of a field, parameter, result or element: index plus nullability (scalars are never nullable: see box).
struct TypeRef {
  TypeIndex index = kVoid;
  bool nullable = false;
  bool operator==(const TypeRef&) const = default;
};

struct FieldDef {
  std::string name;
  TypeRef type;
};

struct TypeDef {
  TypeKind kind = TypeKind::void_;
  std::string name;                   // user-visible text of the type: "List<int>", "geometry.Point", "Color.red"
  TypeIndex parent = kNone;           // object: base class; enum_case: its enum
  std::vector<TypeRef> args;          // see TypeKind
  TypeRef result;                     // func: result; closure: its func type
  std::vector<TypeIndex> interfaces;  // object, enum_case...: all interfaces it implements, inherited ones too
  std::vector<FieldDef> fields;       // object: all fields, inherited first; enum_case: payload; closure: captures
  std::vector<std::uint32_t> vtable;  // object: function index per slot (kNone: abstract), inherited slots first
  struct InterfaceMethod {
    std::uint32_t selector;
    std::uint32_t function;
  };
  std::vector<InterfaceMethod> methods;  // object, enum, closure: implementations of interface methods
  std::vector<std::string> cases;        // scalar_enum, enum_: case names
  std::vector<TypeIndex> case_types;     // enum_: enum_case types in order
  std::uint32_t tag = 0;                 // enum_case
  std::uint32_t function = kNone;        // closure: code. Its parameters: the closure object, then the arguments
  bool is_record = false;                // object: record (structural ==, text `Name(a: 1)`), else class (`Name{a: 1}`)
  bool is_abstract = false;
  bool is_actor = false;        // object: actor state; `actor` below is meaningful
  std::uint32_t actor = kNone;  // index into Module::actors
};

/// Pointer or scalar signature. Arguments go to S/P registers by kind in order; a method's self is the first parameter.
struct Signature {
  std::vector<TypeRef> params;
  TypeRef result;  // kVoid: none
  bool operator==(const Signature&) const = default;
};

struct HandlerRange {  // exception handler: instructions [start, end) in words
  std::uint32_t start = 0, end = 0;
  std::uint32_t target = 0;          // word index
  std::uint32_t error_register = 0;  // P register that receives the Error
};

struct LineEntry {
  std::uint32_t word;
  std::uint32_t line;
  std::uint32_t column;
};

/// A call whose body stands in its caller's code: words [start, end) belong to `name`, called at line and column.
/// Traces show both functions. Both are in the same file.
struct InlinedCall {
  std::uint32_t start = 0, end = 0;
  std::string name;
  std::uint32_t line = 0, column = 0;
};

/// Something coverage counts: a line with code, one way out of a conditional, the entry of a function.
struct CoveragePoint {
  enum class Kind : std::uint8_t { line, edge, function };
  Kind kind = Kind::line;
  std::uint32_t line = 0;
  std::uint32_t column = 0;  // of the conditional or function; 0 for lines
  std::uint32_t way = 0;     // edges: 0, 1
  auto operator<=>(const CoveragePoint&) const = default;
};
/// The instruction that stands for a point in code made for coverage, a `jmp` to the next one.
struct CoverageMark {
  std::uint32_t word = 0;
  CoveragePoint point;
};

/// A named variable, and where its value is while one of the words [start, end) is next to run. For debuggers.
struct LocalDef {
  enum class Place : std::uint8_t {
    in_register,
    in_cell,        // field 0 of the object in the register
    captured,       // a field of the closure in the register
    captured_cell,  // field 0 of the object in that field
  };
  std::string name;
  TypeRef type;
  Place place{};
  std::uint32_t index = 0;  // of the register, P unless an `in_register` has a scalar type
  std::uint32_t field = 0;  // of the closure, counted among those of its kind
  std::uint32_t start = 0, end = 0;
};

/// Types of the live registers at a join point (branch target or exception handler). inference.hpp fills them.
struct JoinState {
  std::uint32_t word = 0;
  std::vector<bool> scalars;      // S register is set
  std::vector<TypeRef> pointers;  // P register: {kNull,true} null, {kVoid,false} not set, else its type
};

struct FunctionDef {
  std::string name;  // "geometry.area", "List.map<int, String>", "Counter.add"
  Signature signature;
  std::uint32_t scalar_registers = 0;   // <= 250
  std::uint32_t pointer_registers = 0;  // <= 250
  std::vector<Word> code;               // <= 32 000 words
  std::vector<JoinState> joins;         // ascending word
  std::vector<HandlerRange> handlers;   // inner first
  std::uint32_t file = 0;               // index into Module::files
  std::vector<LineEntry> lines;         // ascending word
  std::vector<InlinedCall> inlined;     // ascending, disjoint
  std::vector<CoverageMark> marks;      // ascending word; not stored in the container
  // Only of code made for a debugger, and only in memory.
  std::vector<LineEntry> statements;  // where one begins; ascending word
  std::vector<LocalDef> locals;
};

/// Native or host function with its concrete signature in this module.
struct NativeImport {
  std::string name;  // "list.slice", "Logger.warning"
  Signature signature;
  std::string capability;  // host functions; empty: none needed
};

/// Method of an interface.
struct Selector {
  TypeIndex interface = 0;
  std::string name;
  Signature signature;  // without self
};

/// Message a process can receive: a handler of an actor or a method of an interface, as seen by senders.
struct HandlerDef {
  TypeIndex owner = 0;  // actor state type or interface
  std::string name;
  Signature signature;             // without self
  std::uint32_t function = kNone;  // code for actors (self first); kNone for interfaces
  TypeIndex message_type = kNone;  // record of the parameters, as seen by `receive`; kNone if never received
};

struct ActorDef {
  TypeIndex type = 0;  // its state object
  std::string name;
  bool is_agent = false, is_supervisor = false;
  std::uint32_t constructor = kNone;    // function(self, args...): fills the fresh state object
  Signature constructor_args;           // without self
  std::vector<std::uint32_t> handlers;  // indexes into Module::handlers, interface methods included
  std::uint32_t on_started = kNone, on_stopping = kNone, on_down = kNone, on_other = kNone;  // function indexes
  std::uint32_t on_migrate = kNone;  // function (self, record of fields of the version before)
  struct Initial {
    std::uint32_t field;
    std::uint32_t function;
  };
  std::vector<Initial> initials;  // functions (self) -> value of a field that does not start as zero bits
  struct Every {
    std::uint32_t interval;
    std::uint32_t body;
  };
  std::vector<Every> everys;            // functions (self) -> Duration and (self)
  std::vector<std::uint32_t> children;  // supervisor: functions (self) -> ActorRef<any>, each one spawn
  std::uint32_t strategy = 0;           // 0 one_for_one, 1 one_for_all, 2 rest_for_one
  std::int64_t intensity = 5, period_ns = 10'000'000'000;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::string> requires_;
};

struct TestDef {
  std::string name;
  std::uint32_t function = kNone;
  std::uint32_t line = 0;
  std::uint32_t file = 0;
};
struct ExportDef {
  std::string name;
  std::uint32_t function = kNone;
};

struct Module {
  std::string name, version;
  std::vector<std::string> files;      // source paths
  std::vector<std::string> sources;    // optional: source texts, same order, for excerpts; may be empty
  std::vector<std::uint64_t> scalars;  // constants of ldk, bit patterns
  std::vector<std::string> strings;    // literals of lds
  std::vector<TypeDef> types;
  std::vector<FunctionDef> functions;
  std::vector<NativeImport> natives;
  std::vector<Selector> selectors;
  std::vector<HandlerDef> handlers;
  std::vector<ActorDef> actors;
  std::vector<TestDef> tests;
  std::vector<ExportDef> exports;
  std::vector<std::string> capabilities;  // `requires`
  std::uint32_t main = kNone;             // function: () or (List<String>), result void or int
  struct Unresolved {
    std::string name;
    Signature signature;
    std::uint32_t function;
  };
  std::vector<Unresolved> unresolved;  // declared functions without a body: 1530 at link
};

/// Format string of an opcode, e.g. "Sss" (see opcodes.def), its name and what it does.
const char* op_format(Op op);
const char* op_name(Op op);
const char* op_effect(Op op);
inline bool has_extra_word(Op op) {
  return op_format(op)[2] != 0 && op_format(op)[3] == '+';
}
constexpr Word make_abc(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return static_cast<Word>(op) | a << 8 | (b & 255) << 16 | (c & 255) << 24;
}
constexpr Word make_ad(Op op, std::uint32_t a, std::uint32_t d) {
  return static_cast<Word>(op) | a << 8 | (d & 0xffff) << 16;
}
inline bool is_scalar_kind(TypeKind kind) {
  return kind >= TypeKind::int_ && kind <= TypeKind::scalar_enum;
}

}  // namespace noodle::bytecode
