// The tree as text, for comparing: (kind part part ...).
#pragma once

#include <string>
#include <string_view>

#include "runtime/lang/ast.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::lang {

/// All declarations, one a line. Type names are canonical (`String` for `string`), empty statements are left out.
std::string ast_text(const Ast& ast);
std::string ast_text(const Expr& expr);
std::string ast_text(const TypeExpr& type);
std::string ast_text(const Pattern& pattern);

/// A source with its tree.
struct Parsed {
  explicit Parsed(std::string text, std::string path = "test.nc");
  SourceFile source;
  Diagnostics diagnostics;
  Ast ast;
  /// "1012 3:5" of each finding, separated by blanks.
  std::string codes() const;
};

/// Tree of `text` parsed as the only expression or statement.
std::string expr_text(std::string_view text);
std::string stmt_text(std::string_view text);

}  // namespace noodle::lang
