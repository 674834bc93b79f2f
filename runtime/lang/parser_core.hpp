// The recursive-descent parser behind parse(): one class, its grammar spread over parse_*.cpp by subject.
//
// After an error the parser is in panic: nothing more is reported until a loop over statements, members, arms or
// declarations, or a closing bracket, has found its footing again. `soft` errors are mistakes whose meaning is clear:
// they are reported and parsing goes on.
#pragma once

#include <string>

#include "runtime/lang/ast.hpp"
#include "runtime/lang/diagnostic.hpp"
#include "runtime/lang/token.hpp"

namespace noodle::lang {

class Parser {
 public:
  Parser(const SourceFile& source, Ast& ast, Diagnostics& diagnostics);
  void file();

 private:
  static constexpr int kMaxNesting = 256;
  // Links of a chain (a.b.c, x + y + z) nest the tree without nesting the text; they are bounded on every path.
  static constexpr int kMaxChain = 1000;

  /// Counts one level of nesting for its lifetime; false when it is one too many (reported).
  class Nest {
   public:
    explicit Nest(Parser& parser) : parser_(parser) { ok_ = ++parser.depth_ <= kMaxNesting || parser.too_deep(); }
    ~Nest() { --parser_.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    explicit operator bool() const { return ok_; }

   private:
    Parser& parser_;
    bool ok_;
  };

  /// Sets a flag for its lifetime.
  class Scoped {
   public:
    Scoped(bool& flag, bool value) : flag_(flag), before_(flag) { flag = value; }
    ~Scoped() { flag_ = before_; }
    Scoped(const Scoped&) = delete;
    Scoped& operator=(const Scoped&) = delete;

   private:
    bool& flag_;
    bool before_;
  };

  // ---- tokens (parser_core.cpp)
  Tok kind() const { return t_->kind; }
  bool at(Tok kind) const { return t_->kind == kind; }
  bool at_word(std::string_view word) const { return at(Tok::ident) && text(*t_) == word; }
  const Token& next() { return at(Tok::eof) ? *t_ : *t_++; }
  bool accept(Tok kind);
  std::string_view text(const Token& token) const { return source_.text(token.span()); }
  std::uint32_t index() const { return static_cast<std::uint32_t>(t_ - list_.tokens.data()); }
  std::uint32_t last_end() const { return t_ == list_.tokens.data() ? 0 : t_[-1].end; }
  Span from(std::uint32_t start) const { return {start, last_end() < start ? start : last_end()}; }
  bool ends_statement() const;

  // ---- errors and recovery (parser_core.cpp, parse_mistakes.cpp)
  Diagnostic& fail(Code code, Span span, std::string message, std::string suggestion = {});
  Diagnostic& soft(Code code, Span span, std::string message, std::string suggestion = {});
  void replace_word(const Token& token, std::string message, std::string replacement);
  bool too_deep();
  Span missing_place() const;
  std::string found(const Token& token) const;
  void fail_expected(const std::string& what, Code code = Code::expected_token, std::string suggestion = {});
  bool expect(Tok kind, const char* where);
  const Token& likely_unclosed(const Token& open) const;
  void close(std::uint32_t opener, Tok kind, const char* where);
  bool comma_or_close(std::uint32_t opener, Tok closer, const char* between);
  void end_statement(const char* what);
  void synchronise();
  bool brace_missing_here(std::uint32_t opener);
  bool starts_declaration(const Token* token) const;
  bool name_follows(const Token* token) const;
  bool starts_operand(const Token& token) const;
  bool module_name() const;
  std::string advice() const;
  std::string operand_advice() const;
  void unexpected(const char* what);
  bool mistaken_infix();
  bool mistaken_let();
  bool mistaken_not();
  bool mistaken_statement(Stmt& stmt);
  Tok mistaken_declaration();

  // ---- names
  Name take_name() { return {text(*t_), next().span()}; }
  Name name(const char* what);
  Name any_word(const char* what);
  std::vector<Name> path(const char* what);

  // ---- declarations (parse_declaration.cpp, parse_member.cpp)
  Decl* top_level();
  void attributes(Decl& decl);
  void declaration(Decl& decl);
  void import_decl(Decl& decl);
  void requires_decl(Decl& decl);
  void alias_decl(Decl& decl);
  void constant_decl(Decl& decl);
  void test_decl(Decl& decl);
  void func_decl(Decl& decl);
  void signature(Decl& decl);
  void func_body(Decl& decl);
  void class_decl(Decl& decl, Decl::Kind kind);
  void record_decl(Decl& decl);
  void enum_decl(Decl& decl);
  void enum_case(Decl& decl);
  void supervisor_decl(Decl& decl);
  void supervisor_member(Decl& member);
  void class_tail(Decl& decl);
  void end_bodyless(const char* what);
  void members(Decl& decl);
  void member(Decl& owner, Decl& member);
  void modifiers(Decl& member);
  void handler(Decl& owner, Decl& member);
  void every(Decl& owner, Decl& member);
  void field(Decl& owner, Decl& member);
  void typed_first_field(Decl& member);
  void type_params(std::vector<TypeParam>& out);
  void params(std::vector<Param>& out, bool lambda);
  void param(std::vector<Param>& out, bool lambda);
  std::string_view doc_of(const Token& token) const;

  // ---- statements (parse_statement.cpp)
  Stmt* make_stmt(Stmt::Kind kind);
  Stmt* statement();
  Stmt* branch();
  Stmt* block(const char* where);
  bool simple_statement(Stmt& stmt);
  void let_statement(Stmt& stmt);
  void if_statement(Stmt& stmt);
  void while_statement(Stmt& stmt);
  void for_statement(Stmt& stmt);
  bool for_in_header(Stmt& stmt);
  void try_statement(Stmt& stmt);
  void send_statement(Stmt& stmt);
  void expression_statement(Stmt& stmt);
  void misplaced(Stmt& stmt);
  Expr* condition(const char* word);
  bool starts_stop() const;

  // ---- arms and patterns (parse_type.cpp)
  void arms(std::vector<Arm>& out, bool receive);
  void arm(Arm& out, bool receive);
  void arm_body(Arm& out);
  Pattern* pattern();
  Pattern* single_pattern();
  void literal_pattern(Pattern& pattern);
  void named_pattern(Pattern& pattern);

  // ---- expressions (parse_expression.cpp, parse_primary.cpp)
  Expr* make_expr(Expr::Kind kind, std::uint32_t start);
  Expr* error_expr();
  Expr* expr();
  Expr* conditional();
  Expr* binary(int least);
  Expr* unary();
  Expr* prefix(Expr::Kind kind);
  Expr* spawn();
  Expr* ask();
  Expr* postfix();
  Expr* link(Expr* left);
  bool chain_link(int& links);
  void target(const Expr& expr);
  void call_arguments(Expr& call);
  Expr* primary();
  Expr* number(Expr::Kind kind);
  Expr* string();
  std::string_view string_text(const Token& token, std::uint32_t cut);
  Expr* template_string();
  Expr* paren_or_lambda();
  Expr* arrow_lambda();
  Expr* func_lambda();
  Expr* list();
  Expr* object();
  Expr* match();
  Expr* new_expr();

  // ---- types (parse_type.cpp)
  TypeExpr* type();
  TypeExpr* type_without_null(bool null_in_result);
  TypeExpr* named_type();
  TypeExpr* func_type(bool null_in_result);
  TypeExpr* error_type();
  void type_args(std::vector<TypeExpr*>& out);
  std::uint32_t skip_type(std::uint32_t at, int depth) const;
  std::uint32_t skip_type_args(std::uint32_t at, int depth) const;
  bool type_args_ahead() const;

  const SourceFile& source_;
  Ast& ast_;
  Diagnostics& diagnostics_;
  TokenList list_;
  const Token* t_ = nullptr;
  int depth_ = 0;
  int links_ = 0;  // most links on one path of what was parsed since the last reset
  bool panic_ = false;
  bool aborted_ = false;    // too deep or too many errors: stay silent to the end
  bool unwinding_ = false;  // a `}` is missing: leave all blocks up to the top level
  bool negated_ = false;    // a unary minus stands right before the int literal
  bool no_lambda_ = false;  // in COND and after `after`: `=>` belongs to the arm
  Diagnostic discarded_;
};

}  // namespace noodle::lang
