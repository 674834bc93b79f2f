// The formatter's walk over the tree: writes every node into a Layout and every comment where it belongs.
//
// Comments are taken in order. Between statements, members, cases and elements of lists they keep their own line or
// stay behind the element they follow; inside an expression they go before the next name or literal.
#pragma once

#include "runtime/lang/ast.hpp"
#include "runtime/lang/layout.hpp"

namespace noodle::lang {

class Printer {
 public:
  explicit Printer(const Ast& ast);
  std::string file();

 private:
  // ---- comments (format_comments.cpp)
  bool comment_before(std::uint32_t position) const;
  bool blank_before(std::uint32_t position) const;
  bool line_break_between(std::uint32_t from, std::uint32_t to) const;
  bool is_line_comment(const Comment& comment) const;
  void put_comment(const Comment& comment);
  void separate(std::uint32_t next);
  void inline_comments(std::uint32_t position);
  void leading_comments(std::uint32_t position);
  void trailing_comments(std::uint32_t position);
  void closing_comments(std::uint32_t end);
  void empty_brackets(std::string_view brackets, std::uint32_t end);
  std::uint32_t closing_paren(std::uint32_t from) const;

  // ---- pieces
  void word(const Name& name);
  void raw(Span span);
  template <class List, class Start, class Print>
  void elements(const List& list, std::uint32_t end, const Start& start, const Print& print, bool filled = false);
  template <class List, class Start, class Print>
  void lines(const List& list, std::uint32_t end, const Start& start, const Print& print);
  template <class List, class Start, class Print>
  void braces(const List& list, std::uint32_t end, const Start& start, const Print& print);

  // ---- declarations (format.cpp)
  void declaration(const Decl& decl);
  void declaration_body(const Decl& decl);
  void header(const Decl& decl);
  void signature(const Decl& decl);
  void function(const Decl& decl);
  void class_like(const Decl& decl);
  void members(const Decl& decl);
  void enumeration(const Decl& decl);
  void enum_case(const Decl::Case& item);
  void capabilities(const Decl& decl);
  void supervised_child(const Decl& decl);
  void path(const std::vector<Name>& names);
  void type_params(const std::vector<TypeParam>& list);
  void params(const std::vector<Param>& list, std::uint32_t from);
  void param(const Param& item);
  void type(const TypeExpr& type);
  void bare_type(const TypeExpr& type);
  void types(const std::vector<TypeExpr*>& list);
  std::string_view canonical(std::string_view type_name) const;

  // ---- statements (format_statement.cpp)
  void statement(const Stmt& stmt);
  void block(const Stmt& block);
  void branch(const Stmt& stmt);
  void let(const Stmt& stmt);
  void if_else(const Stmt& stmt);
  void for_header(const Stmt& stmt);
  void try_catch(const Stmt& stmt);
  void simple(const Stmt& stmt);
  std::uint32_t arms_end(const Stmt& stmt) const;
  void arms(const std::vector<Arm>& list, std::uint32_t end);
  void arm(const Arm& arm);
  void pattern(const Pattern& pattern);

  // ---- expressions (format_expression.cpp)
  void expr(const Expr& expr);
  void value(const Expr& expr);
  void binary(const Expr& expr);
  void conditional(const Expr& expr);
  void chain(const Expr& expr);
  void link(const Expr& expr);
  void arguments(const std::vector<Arg>& args, std::uint32_t end);
  void argument(const Arg& arg);
  bool hugs(const std::vector<Arg>& args, std::uint32_t end) const;
  void lambda(const Expr& expr);
  void list(const Expr& expr);
  void object(const Expr& expr);
  void match(const Expr& expr);
  void attributes(const Decl& decl);

  const Ast& ast_;
  std::string_view source_;
  Layout out_;
  std::size_t next_comment_ = 0;
  std::vector<std::string_view> own_types_;  // types that this file declares
};

// Elements in brackets, separated by `,`: on one line, or one on each; `filled`: as many on each as fit. The brackets
// are the caller's.
template <class List, class Start, class Print>
void Printer::elements(const List& list, std::uint32_t end, const Start& start, const Print& print, bool filled) {
  out_.group_indent();
  out_.soft();
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) {
      out_.text(",");
      trailing_comments(start(list[i]));
      if (filled) {
        out_.fill();
      } else {
        out_.line();
      }
    }
    leading_comments(start(list[i]));
    print(list[i]);
  }
  closing_comments(end);
  out_.group_dedent();
  out_.soft();
}

// Items in braces or at the top level, each on lines of its own, single blank lines kept.
template <class List, class Start, class Print>
void Printer::lines(const List& list, std::uint32_t end, const Start& start, const Print& print) {
  bool first = true;
  for (const auto& item : list) {
    const std::uint32_t position = start(item);
    if (!first) {
      trailing_comments(position);
      separate(position);
    }
    leading_comments(position);
    print(item);
    first = false;
  }
  if (first && comment_before(end)) {  // comments alone: the first one begins the line
    leading_comments(end);
    return;
  }
  closing_comments(end);
}

// `{ }` around lines.
template <class List, class Start, class Print>
void Printer::braces(const List& list, std::uint32_t end, const Start& start, const Print& print) {
  if (list.empty() && !comment_before(end)) return out_.text("{}");
  out_.begin_block();
  out_.text("{");
  trailing_comments(list.empty() ? end : start(*list.begin()));
  out_.indent();
  if (!list.empty() || comment_before(end)) out_.hard();
  lines(list, end, start, print);
  out_.dedent();
  out_.hard();
  out_.text("}");
  out_.end_block();
}

}  // namespace noodle::lang
