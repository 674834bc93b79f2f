// What a file declares, outside bodies: from its tree, in the order of the text.
#pragma once

#include <string>
#include <vector>

#include "runtime/lang/ast.hpp"
#include "runtime/language_server/protocol.hpp"

namespace noodle::language_server {

struct Declaration {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  SymbolKind kind{};
  std::string_view name;
  lang::Span name_span;
  lang::Span span;                   // all of it
  lang::Span header;                 // without its body
  std::string_view doc;              // with the slashes
  std::size_t parent = kNone;        // index in the same list
  const lang::Decl* decl = nullptr;  // itself, or what it is a part of
  const std::vector<lang::Param>* params = nullptr;
  bool is_param = false;  // parameter or type parameter
  bool is_import = false;
};

std::vector<Declaration> declarations_of(const lang::Ast& ast);

/// The declaration without its body on one line, as it is written.
std::string header_text(const lang::SourceFile& source, const Declaration& declaration);
/// Markdown of the lines of a doc comment.
std::string doc_text(std::string_view doc);

}  // namespace noodle::language_server
