// HIR: the typed, resolved and desugared tree between checker and code generator (and reference evaluator).
//
// Names are resolved to HVar/HFunc/HClass/HField, every implicit conversion is a node, `match`, `?.`, `??`, `+=`,
// `receive` and interpolation are lowered. Generic code appears once, with type parameters in the types; users of HIR
// instantiate it (HFunc + type arguments) by substituting types. Evaluation order of kids is left to right unless said.
// Owns: a Program owns all nodes (arenas); nodes are read-only for its users.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/check/types.hpp"
#include "runtime/lang/ast.hpp"

namespace noodle::check {

struct HFunc;
struct HNode;

/// A local variable or parameter of one function.
struct HVar {
  std::string_view name;  // "" for temporaries
  const Type* type = nullptr;
  bool is_param = false;
  bool in_cell = false;  // captured by a closure and assigned somewhere: lives in a heap cell
  std::uint32_t id = 0;  // dense within its function
  lang::Span span;
};

enum class HOp : std::uint8_t {
  // ---- values; `type` is the type of the result
  const_int,     // ival (also bool 0/1, byte, duration, time, scalar enum ordinal: see type)
  const_float,   // fval
  const_string,  // text
  const_null,    // type: null or a nullable type
  local,         // var
  set_local,     // var, kids[0]; the value of the expression is the value assigned (type void if unused is fine)
  get_field,     // kids[0] object, field
  set_field,     // kids[0] object, field, kids[1]
  // ---- operators; operand types are equal after conversions and given by kids[0]->type
  neg,
  bit_not,
  logical_not,
  add,
  sub,
  mul,
  div,
  mod,  // int (checked), float, byte is converted to int before; Duration +,-
  bit_and,
  bit_or,
  bit_xor,
  shl,
  shr,  // int
  eq,
  ne,  // any equal types (rule 13); strings, structural, identity by type
  lt,
  le,
  gt,
  ge,  // int, float, byte, String, Duration, Time
  logical_and,
  logical_or,  // short circuit
  cond,        // kids: condition, then, else
  concat,      // kids: Strings (two or more) -> String
  to_text,     // kids[0] any type -> String
  // ---- conversions
  int_to_float,  // implicit
  float_to_int,  // int(x): traps 1607
  byte_to_int,
  int_to_byte,      // int_to_byte traps 1600
  box,              // scalar -> its nullable type or any/json (see type)
  unbox,            // nullable scalar known not to be null -> scalar
  upcast,           // pointer to pointer, always succeeds: class -> base/interface, T -> T?, T -> any, ActorRef<A> ->
                    // ActorRef<any>
  assume_not_null,  // T? (pointer) -> T after narrowing; never fails in correct programs, may be checked
  assume_type,      // narrowed by `is`: kids[0] of a wider type -> type; like cast, but never fails in correct programs
  cast,             // `as`: checked, traps 1605 (1603 when null and the target is not nullable); any -> scalar unboxes
  is_type,          // kids[0] `is` target -> bool; null is false
  is_null,          // kids[0] == null -> bool
  // ---- calls; targs: type arguments of func (owner class's first), in terms of the current function's parameters
  call,            // func (static target), kids = [self if method] + args
  call_virtual,    // func (method of a class), kids = [self] + args; dispatch on the run-time class
  call_interface,  // func (method of an interface), kids = [self] + args
  call_bound,      // func (method of the bound interface of a type parameter): self's type is the parameter
  call_closure,    // kids = [closure] + args
  call_native,     // func (has native or host name), kids = [self if method] + args
  // ---- construction
  new_object,    // type; func = its constructor (init) or null; kids = constructor args
  new_fields,    // type; kids[i] = value of all_fields(type)[i] or null = its default (HField::init or zero)
  new_enum,      // type, case_index; kids = payload (none: scalar enums use const_int)
  new_list,      // type; kids = elements
  new_map,       // type; kids = key, value, key, value ...
  new_set,       // type; kids = members
  lambda,        // type func; func (its captures are taken from the current variables)
  func_ref,      // type func; func, targs: a top-level function or static target as a value
  bound_method,  // type func; kids[0] object, func: obj.method as a value
  host_object,   // type: host interface; the host's object of that name (text)
  // ---- collections
  index,      // kids: List/Map/String/Bytes, index -> element; traps 1602 / 1604
  set_index,  // kids: List/Map, index, value
  length,     // kids[0]: String (code points), Bytes, List, Map, Set -> int
  // ---- enums
  enum_tag,    // kids[0]: payload or scalar enum -> int ordinal
  enum_field,  // kids[0]: payload enum known to be case_index; ival = payload index
  // ---- actors
  self_ref,  // ActorRef of the running process
  spawn,     // type ActorRef<A>; target = A's object type; kids = constructor args; opt = SpawnOptions record or null;
             // place
  spawn_func,  // type ActorRef<any>; func, targs; kids = args; opt, place
  send,        // kids = [ref] + args; func = handler or interface method
  ask,         // kids = [ref, timeout(Duration)] + args; func = handler; type = its result
  send_raw,    // kids = [ref, value as any]
  stop,        // kids = [ref]
  // ---- blocks as expressions
  seq,      // kids = statements..., last = value (type = its type; void: no value)
  labeled,  // label; kids[0] = body statement; value is given by `leave`; end is reached by leave only if not void
  // ---- statements (type void or never)
  leave,       // label, kids[0] = value or none
  let,         // var, kids[0] = initial value or none (zero)
  block,       // kids
  if_,         // kids: condition, then, [else]
  loop,        // label; kids: condition or null, body, step or null       continue goes to step
  for_range,   // label; var; kids: from, to (exclusive), body. ival = 1: `to` is inclusive
  for_list,    // label; var = element; var2 = index or null; kids: list, body      traps 1608 when resized
  for_map,     // label; var = key; var2 = value or null; kids: map, body           traps 1608
  for_set,     // label; var; kids: set, body                                       traps 1608
  for_string,  // label; var = one-code-point String; var2 = index or null; kids: string, body
  break_,
  continue_,  // label
  return_,    // kids[0] or none
  throw_,     // kids[0]: Error
  try_,       // kids: body, catch or null, finally or null; var = catch variable (Error) or null
  expr,       // kids[0] evaluated, value dropped
  edge        // way ival out of the conditional at span was taken: only in programs checked for coverage
};

struct HField;

struct HNode {
  HOp op{};
  const Type* type = nullptr;
  lang::Span span;
  std::vector<HNode*> kids;
  HVar* var = nullptr;
  HVar* var2 = nullptr;
  HFunc* func = nullptr;
  const HField* field = nullptr;
  std::vector<const Type*> targs;
  const Type* target = nullptr;  // is_type, cast, spawn
  std::int64_t ival = 0;
  double fval = 0;
  std::string_view text;    // kept by the Program
  std::uint32_t label = 0;  // unique within the function
  std::uint32_t case_index = 0;
  HNode* opt = nullptr;    // spawn: options
  HNode* place = nullptr;  // spawn: `on` NODE (String or any) or `where` condition
};

/// Field of a class, record or actor; own fields only, base fields belong to the base.
struct HField {
  std::string_view name;
  const Type* type = nullptr;  // in terms of the class's type parameters
  HClass* owner = nullptr;
  std::uint32_t index = 0;  // among the owner's own fields
  bool is_private = false;
  bool required = false;  // has neither initialiser nor zero
  HFunc* init = nullptr;  // method (self, no params) that computes the initial value, or null = zero
  lang::Span span;
};

struct HCase {
  std::string_view name;
  std::vector<HField> fields;
};

/// A function, method, handler, lambda, initialiser or test.
struct HFunc {
  enum class Kind : std::uint8_t { function, method, constructor, handler, every, lambda, field_init, test, thunk };
  Kind kind = Kind::function;
  std::string name;  // "geometry.area", "List.map", "Counter.add", "Counter.$init", "main$lambda3"
  const lang::SourceFile* file = nullptr;
  const lang::Decl* decl = nullptr;
  lang::Span span;
  HClass* owner = nullptr;
  std::vector<const Type*> tparams;  // owner's first, then its own
  HVar* self = nullptr;              // methods, constructors, handlers, field_init, and lambdas never
  std::vector<HVar*> params;
  const Type* result = nullptr;
  HNode* body = nullptr;  // null until checked, and for abstract, native and declared functions
  bool has_body = false;
  bool is_virtual = false;  // overridable or overriding; else called statically
  bool is_abstract = false;
  bool is_export = false;
  std::string_view native;      // @native("list.push") or host "Logger.warning"; else empty
  std::string_view capability;  // @cap of host functions
  HFunc* overrides = nullptr;   // method of the nearest base class that this one overrides
  HFunc* resolved = nullptr;    // body-less top-level func: the function that satisfies it, or null
  struct Capture {
    HVar* outer;
    HVar* inner;
  };                              // outer: variable of the enclosing function (its `self` too)
  std::vector<Capture> captures;  // lambdas
  std::deque<HVar> vars;          // all variables of this function
  std::uint32_t label_count = 0;
  HClass* message_class = nullptr;  // handlers: record of the parameters, as seen by `receive`
  bool checked = false;
  std::uint32_t id = 0;  // index in Program::funcs
};

/// Handlers that the system calls by these names (language.md, "Actors"); no message does.
constexpr std::string_view kSystemHandlers[] = {"started", "stopping", "down", "other", "migrate"};
constexpr bool is_system_handler(std::string_view name) {
  for (const std::string_view handler : kSystemHandlers) {
    if (handler == name) return true;
  }
  return false;
}

struct HClass {
  enum class Kind : std::uint8_t { class_, interface, record, enum_, actor, agent, supervisor, host };
  Kind kind = Kind::class_;
  std::string name;  // "geometry.Point"; prelude and entry-file names are unqualified
  const lang::SourceFile* file = nullptr;
  const lang::Decl* decl = nullptr;
  std::vector<const Type*> tparams;
  const Type* self_type = nullptr;  // with its own parameters as arguments
  const Type* base = nullptr;       // object type or null
  std::vector<const Type*> interfaces;
  std::deque<HField> fields;     // own fields in order
  std::vector<HFunc*> methods;   // own, without handlers
  HFunc* constructor = nullptr;  // init(self, params): header params, field initialisers, body; null: new_fields
  std::vector<HCase> cases;      // enum_
  bool scalar_enum = false;
  bool is_abstract = false;
  bool is_final = false;  // no subclass in the program
  bool is_export = false;
  std::vector<HFunc*> handlers;  // `on`; system handlers started, stopping, down, other included
  struct Every {
    HFunc* interval;
    HFunc* body;
  };  // interval: method -> Duration, evaluated once
  std::vector<Every> everys;
  // supervisor: children in order; each thunk is a method (self) -> ActorRef<any> whose body is one `spawn`
  std::vector<HFunc*> children;
  struct Option {
    std::string_view name;
    std::string_view word;
    std::int64_t value;
  };
  std::vector<Option> options;  // strategy (word), intensity, period (ns); per child: restart words in `spawn` options
  std::vector<std::pair<std::string, std::string>> metadata;  // agent: name, capabilities (joined by ',') ...
  std::vector<std::string> requires_;                         // capability patterns
  std::uint32_t id = 0;                                       // index in Program::classes
};

/// Own and inherited fields of an object type, base first, with types in terms of type's arguments.
struct FieldRef {
  const HField* field;
  const Type* type;
};
std::vector<FieldRef> all_fields(TypeTable& types, const Type* object_type);

/// A checked program: everything reachable from the entry package, the prelude and imported library modules.
struct Program {
  TypeTable types;
  std::string name, version;
  std::vector<const lang::SourceFile*> files;
  std::vector<const lang::SourceFile*> own_files;  // of the package itself, not of libraries
  std::deque<HFunc> funcs;
  std::deque<HClass> classes;
  std::deque<HNode> nodes;
  std::deque<std::string> texts;
  HFunc* main = nullptr;        // func main, or a synthetic one holding the top-level statements
  std::vector<HFunc*> tests;    // kind test; name = test name
  std::vector<HFunc*> exports;  // exported functions of the entry package
  std::vector<std::string> requires_;
  // well-known prelude declarations
  HClass* error_class = nullptr;          // class Error
  HClass* down_class = nullptr;           // record Down(ref, reason)
  HClass* range_class = nullptr;          // record Range(from, to)
  HClass* spawn_options_class = nullptr;  // record SpawnOptions(...)
  HClass* entry_class = nullptr;          // record Entry<K, V>(key, value)
  /// Checks the body of a function on demand (prelude and library bodies are checked only when used). Idempotent.
  std::function<void(HFunc&)> ensure_body;
  std::shared_ptr<void> owner;  // keeps the checker, Asts and SourceFiles alive
};

}  // namespace noodle::check
