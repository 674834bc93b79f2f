// The syntax tree: what was written, nothing resolved. Produced by the parser, read by checker, formatter and lint.
//
// Nodes live in the Ast's arena and are plain structs with a kind; which fields a kind uses is said beside it.
// Names are string_views into the source (or the arena for unescaped text).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/lang/source.hpp"

namespace noodle::lang {

struct Expr;
struct Stmt;
struct Decl;
struct Pattern;

/// A name with its place.
struct Name {
  std::string_view text;
  Span span;
};

/// Type as written.
struct TypeExpr {
  enum class Kind : std::uint8_t {
    named,     // path, args            a.b<T, U>
    func,      // params, result        func(A): B      (result null = void)
    nullable,  // inner                 T?
    error      // could not be parsed
  };
  Kind kind = Kind::error;
  Span span;
  std::vector<Name> path;
  std::vector<TypeExpr*> args;  // named: type arguments; func: parameter types
  TypeExpr* inner = nullptr;    // nullable: T; func: result or null
};

enum class UnaryOp : std::uint8_t { neg, logical_not, bit_not };
enum class BinaryOp : std::uint8_t {
  coalesce,
  logical_or,
  logical_and,
  bit_or,
  bit_xor,
  bit_and,
  eq,
  ne,
  lt,
  gt,
  le,
  ge,
  in,
  range_incl,
  range_excl,
  shl,
  shr,
  add,
  sub,
  mul,
  div,
  mod
};
enum class AssignOp : std::uint8_t { assign, add, sub, mul, div };

/// Argument of a call: `name: value` or positional (name.text empty).
struct Arg {
  Name name;
  Expr* value = nullptr;
};

struct Param {
  Name name;
  TypeExpr* type = nullptr;  // null only for lambda parameters
  Expr* init = nullptr;      // default value or null
};

struct TypeParam {
  Name name;
  TypeExpr* bound = nullptr;  // <T: I>
};

/// `case PATTERN [if COND] => EXPR | BLOCK | STATEMENT`, or `after EXPR => ...` in receive (pattern null, after set).
struct Arm {
  Span span;
  Pattern* pattern = nullptr;
  Expr* after = nullptr;
  Expr* guard = nullptr;
  Expr* value = nullptr;  // expression arm; null when body is set
  Stmt* body = nullptr;   // block, or a single return/throw/break/continue/send/stop statement
};

/// `{ name: value, ... }`
struct ObjectField {
  Name name;  // text is the unescaped key
  bool quoted = false;
  Expr* value = nullptr;
};

struct Expr {
  enum class Kind : std::uint8_t {
    error,
    int_lit,    // int_value (magnitude; a preceding unary minus may make it -2^63: then int_value = 2^63)
    float_lit,  // float_value
    bool_lit,   // int_value 0/1
    null_lit,
    string_lit,    // text (unescaped)
    interp,        // parts: string_lit and expressions alternating        `a ${x} b`
    duration_lit,  // int_value nanoseconds
    name,          // text
    self,
    super,
    member,       // a = object, name                  a.name
    safe_member,  // a = object, name                  a?.name
    call,         // a = callee, type_args, args       f<T>(x, name: y)
    index,        // a, b                              a[b]
    unary,        // unary_op, a
    binary,       // binary_op, a, b
    assign,       // assign_op, a = target, b
    inc_dec,      // a = target; int_value: +1/-1; flag: prefix
    cond,         // a ? b : c
    is,           // a, type
    as,           // a, type
    lambda,       // params, result_type, body (block) or a (expression)
    list,         // items
    object,       // fields
    match,        // a = subject, arms
    spawn,        // a = call (Actor(args)), b = with-object or null, c = on/where expr or null; flag: c is `where`
    ask,          // a = call (ref.h(args)), b = within or null
    new_,         // type, args
    paren         // a (kept for the formatter)
  };
  Kind kind = Kind::error;
  bool flag = false;
  UnaryOp unary_op{};
  BinaryOp binary_op{};
  AssignOp assign_op{};
  Span span;     // whole expression
  Span op_span;  // operator, or the name after `.`
  std::string_view text;
  std::uint64_t int_value = 0;
  double float_value = 0;
  Name name;
  Expr* a = nullptr;
  Expr* b = nullptr;
  Expr* c = nullptr;
  TypeExpr* type = nullptr;
  TypeExpr* result_type = nullptr;
  Stmt* body = nullptr;
  std::vector<Expr*> items;  // list items, interp parts
  std::vector<Arg> args;
  std::vector<TypeExpr*> type_args;
  std::vector<Param> params;
  std::vector<ObjectField> fields;
  std::vector<Arm> arms;
};

struct Pattern {
  enum class Kind : std::uint8_t {
    error,
    wildcard,   // _
    literal,    // value: int, float, string, bool, null, duration literal, possibly negated
    bind,       // name                     x
    typed,      // name, type               x: T      (name "_" allowed)
    construct,  // path, items              Enum.case(p, ...), Record(p, ...), Enum.case without parentheses (no items)
    alternatives  // items                    p | q
  };
  Kind kind = Kind::error;
  bool has_parens = false;  // construct: written with ( )
  Span span;
  Name name;
  Expr* value = nullptr;
  TypeExpr* type = nullptr;
  std::vector<Name> path;
  std::vector<Pattern*> items;
};

struct Stmt {
  enum class Kind : std::uint8_t {
    error,
    block,  // body
    empty,
    local_func,  // decl
    let,         // name, type, a = init or null; flag: const
    if_,         // a = cond, then_, else_
    while_,      // a = cond, then_
    for_in,      // name, name2 (text empty if none), a = iterable, then_
    for_c,       // init (stmt or null), a = cond or null, b = step or null, then_
    return_,     // a or null
    break_,
    continue_,
    throw_,   // a
    try_,     // then_ = body; catch_name, catch_type, catch_body or catch arms; else_ = finally
    send,     // a = call (ref.h(args)); or flag: raw send, a = ref, b = value   send ref <- value
    stop,     // a
    receive,  // arms
    expr      // a
  };
  Kind kind = Kind::error;
  bool flag = false;
  Span span;
  Name name, name2;
  TypeExpr* type = nullptr;
  Expr* a = nullptr;
  Expr* b = nullptr;
  Stmt* init = nullptr;
  Stmt* then_ = nullptr;
  Stmt* else_ = nullptr;  // else branch, or finally
  bool has_catch = false;
  Name catch_name;  // empty: `catch { }`
  TypeExpr* catch_type = nullptr;
  Stmt* catch_body = nullptr;  // null when arms are used
  Decl* decl = nullptr;
  std::vector<Stmt*> body;
  std::vector<Arm> arms;
};

/// `requires db.read('table'), fs` entry: dotted capability name and optional argument literals.
struct CapabilityUse {
  std::string name;
  Span span;
  std::vector<Expr*> args;
};

/// `@name(args)` metadata.
struct Attribute {
  Name name;
  Span span;
  std::vector<Arg> args;
};

struct Decl {
  enum class Kind : std::uint8_t {
    error,
    module,      // path
    import,      // path or text (string form), alias
    requires_,   // capabilities
    func,        // name, type_params, params, type = result, body (null: body-less)
    class_,      // name, type_params, header_params (has_header), base, interfaces, members; body-less allowed
    interface,   // name, type_params, base (extends, in interfaces), members: body-less funcs
    actor,       // like class
    agent,       // like class
    record,      // name, type_params, header_params = fields, members = funcs
    enum_,       // name, type_params, cases, members = funcs
    supervisor,  // name, header_params, members: field (options), child
    alias,       // type NAME<..> = type
    constant,    // const NAME[: type] = init                      (module level)
    test,        // text = name, body
    // members
    field,        // name, type, init; is_static, is_private; type_first: written `int x;`
    metadata,     // name, init                                     ID: literal   (agent)
    handler,      // on name(params): type body
    every,        // init = interval, body
    constructor,  // params, body
    child,        // init = call, object = with-object or null      (supervisor)
    statement     // stmt: top-level statement
  };
  Kind kind = Kind::error;
  Span span;  // whole declaration
  Name name;
  bool is_export = false, is_private = false, is_static = false, type_first = false, has_header = false,
       has_body = false;
  std::string_view doc;  // text of the /// lines above, with the slashes
  std::string_view text;
  Name alias;
  std::vector<Attribute> attributes;
  std::vector<Name> path;
  std::vector<CapabilityUse> capabilities;
  std::vector<TypeParam> type_params;
  std::vector<Param> params;  // parameters, header parameters, record fields
  TypeExpr* type = nullptr;
  TypeExpr* base = nullptr;
  std::vector<TypeExpr*> interfaces;
  Expr* init = nullptr;
  Expr* object = nullptr;
  Stmt* body = nullptr;
  Stmt* stmt = nullptr;
  struct Case {
    Name name;
    std::vector<Param> params;
    bool has_parens = false;
    std::string_view doc;
  };
  std::vector<Case> cases;
  std::vector<Decl*> members;
};

/// Does a declaration of this kind name a type?
bool declares_type(Decl::Kind kind);
/// The word that a declaration of this kind begins with; "module" for what begins with none.
const char* keyword_of(Decl::Kind kind);

/// A comment, for the formatter. `own_line`: nothing but blanks before it on its line.
struct Comment {
  Span span;
  bool own_line = false;
};

/// Nodes of one kind, allocated in chunks; a node stays where it is until the pool goes.
template <class T>
class NodePool {
 public:
  T* make() {
    if (used_ == size_) {
      size_ = chunks_.empty() ? kFirstChunk : kChunk;
      chunks_.push_back(std::make_unique<T[]>(size_));
      used_ = 0;
    }
    return &chunks_.back()[used_++];
  }

 private:
  static constexpr std::size_t kFirstChunk = 8;
  static constexpr std::size_t kChunk = 64;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t used_ = 0;
  std::size_t size_ = 0;
};

/// The tree of one file. Movable; owns all nodes.
struct Ast {
  const SourceFile* source = nullptr;
  std::vector<Decl*> decls;       // in order, top-level statements as Kind::statement
  std::vector<Comment> comments;  // in order
  bool interface_file = false;    // .nci

  template <class T>
  T* make();
  std::string_view keep(std::string text);  // stores unescaped text

 private:
  NodePool<Expr> exprs_;
  NodePool<Stmt> stmts_;
  NodePool<Decl> decl_nodes_;
  NodePool<Pattern> patterns_;
  NodePool<TypeExpr> types_;
  std::deque<std::string> texts_;
};

template <>
inline Expr* Ast::make<Expr>() {
  return exprs_.make();
}
template <>
inline Stmt* Ast::make<Stmt>() {
  return stmts_.make();
}
template <>
inline Decl* Ast::make<Decl>() {
  return decl_nodes_.make();
}
template <>
inline Pattern* Ast::make<Pattern>() {
  return patterns_.make();
}
template <>
inline TypeExpr* Ast::make<TypeExpr>() {
  return types_.make();
}
inline std::string_view Ast::keep(std::string text) {
  return texts_.emplace_back(std::move(text));
}

}  // namespace noodle::lang
