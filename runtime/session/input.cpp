#include "runtime/session/input.hpp"

#include <algorithm>

#include "runtime/lang/lexer.hpp"
#include "runtime/lang/parser.hpp"

namespace noodle::session {
namespace {

using lang::Decl;
using lang::Expr;
using lang::Stmt;

const Expr* without_parens(const Expr* expr) {
  while (expr && expr->kind == Expr::Kind::paren) expr = expr->a;
  return expr;
}

Piece piece_of_expression(const Expr& expr) {
  Piece piece;
  piece.kind = Piece::Kind::expression;
  piece.span = expr.span;
  const bool assigns = expr.kind == Expr::Kind::assign || expr.kind == Expr::Kind::inc_dec;
  if (!assigns) return piece;
  const Expr* target = without_parens(expr.a);
  piece.kind = target && target->kind == Expr::Kind::name ? Piece::Kind::assignment : Piece::Kind::statement;
  if (piece.kind == Piece::Kind::assignment) piece.name = target->text;
  return piece;
}

Piece piece_of_statement(const Stmt& stmt) {
  Piece piece;
  piece.span = stmt.span;
  if (stmt.kind == Stmt::Kind::expr && stmt.a) return piece_of_expression(*stmt.a);
  if (stmt.kind != Stmt::Kind::let) return piece;
  piece.kind = Piece::Kind::let;
  piece.name = stmt.name.text;
  piece.is_const = stmt.flag;
  const Expr* value = without_parens(stmt.a);
  if (value && value->kind == Expr::Kind::lambda) {
    piece.kind = Piece::Kind::lambda;
    piece.rest = {stmt.name.span.end, stmt.a->span.end};
  }
  return piece;
}

bool is_constant_value(const Expr* value) {
  switch (value ? value->kind : Expr::Kind::error) {
    case Expr::Kind::int_lit:
    case Expr::Kind::float_lit:
    case Expr::Kind::bool_lit:
    case Expr::Kind::string_lit:
    case Expr::Kind::duration_lit:
      return true;
    case Expr::Kind::paren:
    case Expr::Kind::unary:
      return is_constant_value(value->a);
    case Expr::Kind::binary:
      return is_constant_value(value->a) && is_constant_value(value->b);
    default:
      return false;
  }
}

Piece piece_of(const Decl& decl) {
  if (decl.kind == Decl::Kind::statement && decl.stmt) return piece_of_statement(*decl.stmt);
  Piece piece;
  piece.span = decl.span;
  if (decl.kind == Decl::Kind::constant && !is_constant_value(decl.init)) {
    // Not known before it runs: a variable of the session that cannot be assigned.
    const Expr* value = without_parens(decl.init);
    const bool lambda = value && value->kind == Expr::Kind::lambda;
    piece.kind = lambda ? Piece::Kind::lambda : Piece::Kind::let;
    piece.name = decl.name.text;
    piece.is_const = true;
    if (lambda) piece.rest = {decl.name.span.end, decl.init->span.end};
    return piece;
  }
  piece.kind = Piece::Kind::declaration;
  piece.word = lang::keyword_of(decl.kind);
  if (decl.kind == Decl::Kind::import) {
    piece.name = !decl.alias.text.empty() ? decl.alias.text : decl.path.empty() ? decl.text : decl.path.back().text;
    return piece;
  }
  if (piece.word != "test" && piece.word != "requires" && piece.word != "module") piece.name = decl.name.text;
  return piece;
}

/// `{...}` on its own is read as an object or map, not as a block, where it can be.
bool is_object(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || text[start] != '{') return false;
  const lang::SourceFile source("", "(" + std::string(text) + "\n)");
  lang::Ast ast;
  lang::Diagnostics diagnostics;
  lang::parse(source, ast, diagnostics);
  if (diagnostics.has_errors() || ast.decls.size() != 1 || ast.decls[0]->kind != Decl::Kind::statement) return false;
  const Expr* value = without_parens(ast.decls[0]->stmt->a);
  return value && value->kind == Expr::Kind::object && !value->fields.empty();
}

}  // namespace

Input parse_input(std::string path, std::string text) {
  Input input;
  auto source = std::make_shared<const lang::SourceFile>(std::move(path), std::move(text));
  input.source = source;
  if (is_object(source->text())) {
    Piece piece;
    piece.kind = Piece::Kind::expression;
    const std::size_t start = source->text().find('{');
    const std::size_t end = source->text().find_last_of('}') + 1;
    piece.span = {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
    input.pieces.push_back(std::move(piece));
    return input;
  }
  lang::Ast ast;
  lang::parse(*source, ast, input.diagnostics);
  if (input.diagnostics.has_errors()) return input;
  for (const Decl* decl : ast.decls) input.pieces.push_back(piece_of(*decl));
  return input;
}

bool needs_more(std::string_view text) {
  return lang::is_incomplete(text);
}

bool goes_on(std::string_view next) {
  const lang::SourceFile source("", std::string(next));
  lang::Diagnostics diagnostics;
  lang::TokenList list;
  lang::lex(source, diagnostics, list);
  if (list.tokens.empty()) return false;
  const std::string_view word = source.text(list.tokens.front().span());
  static constexpr std::string_view kWords[] = {"else", "catch", "finally", ".", "?.", "??", "=>", "&&", "||",
                                                "?",    "+",     "*",       "/", "%",  "==", "!=", "|",  "within"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

std::set<std::string, std::less<>> names_in(std::string_view text) {
  const lang::SourceFile source("", std::string(text));
  lang::Diagnostics diagnostics;
  lang::TokenList list;
  lang::lex(source, diagnostics, list);
  std::set<std::string, std::less<>> names;
  for (const lang::Token& token : list.tokens) {
    if (lang::is_name(token.kind)) names.emplace(source.text(token.span()));
  }
  return names;
}

}  // namespace noodle::session
