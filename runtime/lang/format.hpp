// The formatter: one layout for every program, no options, idempotent, comments kept.
#pragma once

#include <string>

#include "runtime/lang/ast.hpp"

namespace noodle::lang {

/// Source text of `ast` in the canonical layout. Precondition: the file parsed without errors.
std::string format(const Ast& ast);

}  // namespace noodle::lang
