// The walk behind lint(): scopes of locals, one visit of every node.
#pragma once

#include <string>
#include <unordered_set>

#include "runtime/lang/lint.hpp"

namespace noodle::lang {

class Linter {
 public:
  Linter(const Ast& ast, std::span<const std::string_view> capabilities) : ast_(ast), capabilities_(capabilities) {}
  std::vector<Diagnostic> run();

 private:
  struct Local {
    Name name;
    bool used = false;
    bool reported = false;  // warn when it is never used
  };
  using Scope = std::vector<Local>;

  // ---- lint.cpp
  Diagnostic& warn(Code code, Span span, std::string message, std::string suggestion);
  void decl(const Decl& decl);
  void type_name(const Decl& decl);
  void capabilities(const Decl& decl);
  void function(const std::vector<Param>& params, const Stmt* body, const Expr* value);
  void stmt(const Stmt& stmt);
  void scoped(const Stmt* stmt);
  void statements(const std::vector<Stmt*>& body, bool has_value);
  void try_catch(const Stmt& stmt);
  void body_of(const Stmt& stmt, std::string_view word);
  void condition(const Expr* expr, bool loop);
  void arms(const std::vector<Arm>& list, bool has_value);
  void pattern(const Pattern& pattern);
  void expr(const Expr* expr);
  void comparison(const Expr& expr);
  void assignment(const Expr& expr);
  void type(const TypeExpr* type);
  void declare(const Name& name, bool reported);
  void use(std::string_view name);
  void open() { scopes_.emplace_back(); }
  void close();
  void imports();
  void directions();

  const Ast& ast_;
  std::span<const std::string_view> capabilities_;
  std::vector<Diagnostic> found_;
  std::vector<Scope> scopes_;
  std::unordered_set<std::string_view> used_names_;
};

/// `expr` without the parentheses around it.
const Expr& bare(const Expr& expr);
/// Evaluating `expr` may do more than give a value.
bool has_effect(const Expr& expr);

}  // namespace noodle::lang
