// Lint: warnings about what is legal but probably not meant, as far as the syntax shows it (codes 1400-1449).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/lang/ast.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::lang {

/// Warnings in the order of the text. Precondition: the file parsed without errors. `capabilities` are the names that
/// `requires` may list; when it is empty they are not checked.
std::vector<Diagnostic> lint(const Ast& ast, std::span<const std::string_view> capabilities = {});

}  // namespace noodle::lang
