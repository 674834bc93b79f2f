// The checker: names, types, inference, narrowing, exhaustiveness; lowers syntax trees to HIR.
//
// Errors: 1100-1499 as diagnostics. With errors the returned Program must not be given to the code generator.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/check/hir.hpp"
#include "runtime/check/references.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::check {

/// One source file as a module: `name` is its dotted import path; the entry file's is "" when run as a single file.
struct SourceModule {
  std::string name;
  std::shared_ptr<const lang::SourceFile> source;
  std::shared_ptr<lang::Ast> ast;
  bool is_entry = false;
  bool is_library = false;  // standard library or dependency: bodies are checked on demand, no top-level statements
};

/// Finds a module by import path ("std.math", "app.model", "host:db") or returns null. Parses it; reports parse errors.
using ModuleLoader = std::function<std::shared_ptr<SourceModule>(const std::string& path)>;

struct CheckOptions {
  std::vector<std::string> granted;  // capabilities that need not be declared; unused by the checker itself
  bool need_main = false;            // report 1162 when the entry has neither main nor top-level statements
  bool coverage = false;             // HIR tells which way conditionals go (HOp::edge)
  bool all_bodies = false;           // check the bodies of libraries too, used or not
  std::string entry = "main";        // the function that runs
  References* references = nullptr;  // set: names are written down here; lives as long as the Program
  std::function<bool(const SourceModule&)> wants_bodies;  // set: bodies of other modules of the package are left out
  std::function<bool()>
      cancelled;  // asked between declarations: when true, the check ends early and counts for nothing
};

/// Checks `modules` (entry package) plus everything they import through `loader`. The prelude is the modules
/// "prelude" and "prelude-..." from the loader; host interfaces are the modules "host" (host.nci) and those imported as
/// "host:NAME".
std::unique_ptr<Program> check(std::vector<std::shared_ptr<SourceModule>> modules, const ModuleLoader& loader,
                               const CheckOptions& options, lang::Diagnostics& diagnostics);

// For completion, sorted, without what is private or of the compiler's own. Precondition: a program made by check().
/// Members of a value of the type, or (`of_type`) what may follow the type's name: cases and static members.
/// `with_private`: as its own methods see it.
struct MemberName {
  std::string name;
  Place declared;
};
std::vector<MemberName> members(const Program& program, const Type* type, bool of_type, bool with_private);
/// Names of the members of a value of the type.
std::vector<std::string> member_names(const Program& program, const Type* type);
/// What may follow `name.`: exports of an imported module, cases and static members of a type.
std::vector<std::string> names_within(const Program& program, std::string_view name);
/// Names declared in the entry module, by the host and by the prelude.
std::vector<std::string> visible_names(const Program& program);

}  // namespace noodle::check
