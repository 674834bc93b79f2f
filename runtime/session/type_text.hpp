// Types as source text: how a unit writes the type of a variable so that it means the same in every later unit.
//
// Types of library modules are written through imports of the unit's own (`$std_text.Regex`), which no program can
// name.
#pragma once

#include <set>
#include <string>

#include "runtime/check/hir.hpp"

namespace noodle::session {

/// The text; empty for a type that cannot be written. Modules it needs are added to `modules`.
/// `unit`: the file whose declarations are in scope.
std::string type_text(const check::Type* type, const lang::SourceFile* unit, std::set<std::string>& modules);
/// The same from the name of a type of a module (`List<std.text.Match>`).
std::string type_text(const std::string& name, std::set<std::string>& modules);
/// "$std_text" for "std.text"
std::string module_alias(const std::string& module);

}  // namespace noodle::session
