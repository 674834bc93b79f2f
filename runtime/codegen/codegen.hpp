// The code generator: turns a checked Program into an NBC module.
//
// Generic code is compiled once per instantiation, starting from main, tests, exports and published actors; bodies are
// checked on demand (Program::ensure_body). The walk through this folder: module_builder (what is needed), type_map
// (types, layouts, vtables), function_gen and its parts (code of one function), code_buffer (labels, clean-up, words).
#pragma once

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"
#include "runtime/check/hir.hpp"
#include "runtime/codegen/optimisations.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::codegen {

struct CodegenOptions {
  bool tests = false;   // keep test blocks
  bool sources = true;  // embed source texts for excerpts
  Optimisations optimise;
  bool coverage = false;  // mark what coverage counts
  bool actors = false;    // keep all actors, also those that nothing here spawns
  bool debug = false;     // where statements begin and variables are; wants no optimisations
};

/// Generates the module of `program`, which was checked without errors.
/// Errors: 1154, 1164, 1169, 1170 as diagnostics with position; the Error returned then is the first of them.
Result<bytecode::Module> generate(check::Program& program, lang::Diagnostics& diagnostics,
                                  const CodegenOptions& options);

}  // namespace noodle::codegen
