// Parser of NoodleCore: LL(k), recovers at `;`, `}` and declaration keywords.
//
// Limits: nesting 256 (1016), source 16 MiB (1020). Never fails: what cannot be parsed is an `error` node plus a
// diagnostic.
#pragma once

#include "runtime/lang/ast.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::lang {

/// Parses a whole file (.nc or .nci by its path) into `ast`; `source` must outlive it.
void parse(const SourceFile& source, Ast& ast, Diagnostics& diagnostics);

/// True if the text is an incomplete input for the REPL: open brackets, strings, or a trailing operator.
bool is_incomplete(std::string_view text);

}  // namespace noodle::lang
