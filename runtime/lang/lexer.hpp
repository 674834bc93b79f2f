// The lexer: source text to tokens, hand written, one pass.
//
// Line ends inside ( ), [ ] and ${ } are marked as meaningless; brackets know their partners. Templates are flattened:
// template_begin, then template_text and ( template_open, tokens, template_close ) in turn, then template_end.
// Limits: 16 MiB of source (1020). Errors: 1001-1007, 1020; a token that was reported has kind Tok::error where it is
// of no further use.
#pragma once

#include "runtime/lang/diagnostic.hpp"
#include "runtime/lang/token.hpp"

namespace noodle::lang {

constexpr std::size_t kMaxSourceBytes = std::size_t{16} << 20;

void lex(const SourceFile& source, Diagnostics& diagnostics, TokenList& out);

}  // namespace noodle::lang
