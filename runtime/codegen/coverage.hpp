// What coverage counts in the package's own sources: lines with code, ways out of conditionals, functions.
//
// Two walks agree on it: points_of() lists the points of the whole package, used or not, from its HIR; FunctionGen
// marks them in the code of what is used. Test blocks are not counted, only what they reach.
#pragma once

#include <map>
#include <string>

#include "runtime/bytecode/module.hpp"
#include "runtime/check/hir.hpp"

namespace noodle::codegen {

/// Points of one file; functions have their name.
using CoveragePoints = std::map<bytecode::CoveragePoint, std::string>;

/// By path of the file. `program` was checked with `coverage`.
std::map<std::string, CoveragePoints> points_of(check::Program& program);

/// Does running a node mean that its first line was run? Constants, variables and what the checker put in do not.
bool holds_code(const check::HNode& node);
/// Functions that people declared by name.
bool is_counted(const check::HFunc& func);
bool is_own_file(const check::Program& program, const lang::SourceFile* file);
bytecode::CoveragePoint coverage_point(bytecode::CoveragePoint::Kind kind, const lang::SourceFile& file,
                                       lang::Span span, std::uint32_t way);

}  // namespace noodle::codegen
