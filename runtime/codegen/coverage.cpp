#include "runtime/codegen/coverage.hpp"

#include <algorithm>

namespace noodle::codegen {

using bytecode::CoveragePoint;
using check::HFunc;
using check::HNode;
using check::HOp;

bool holds_code(const HNode& node) {
  if (node.span.end <= node.span.start) return false;
  switch (node.op) {
    case HOp::const_int:
    case HOp::const_float:
    case HOp::const_string:
    case HOp::const_null:
    case HOp::local:
    case HOp::logical_and:
    case HOp::logical_or:
    case HOp::cond:
    case HOp::byte_to_int:
    case HOp::int_to_float:
    case HOp::int_to_byte:
    case HOp::box:
    case HOp::unbox:
    case HOp::upcast:
    case HOp::assume_not_null:
    case HOp::assume_type:
    case HOp::seq:
    case HOp::labeled:
    case HOp::leave:
    case HOp::block:
    case HOp::if_:
    case HOp::try_:
    case HOp::expr:
    case HOp::edge:
      return false;
    case HOp::let:
      return !node.var->name.empty();
    case HOp::return_:  // that of `x => x` is not written
      return node.kids.empty() || node.kids[0]->span.start != node.span.start;
    default:
      return true;
  }
}

bool is_counted(const HFunc& func) {
  if (!func.has_body || !func.decl) return false;
  return func.kind == HFunc::Kind::function || func.kind == HFunc::Kind::method ||
         func.kind == HFunc::Kind::constructor || func.kind == HFunc::Kind::handler || func.kind == HFunc::Kind::every;
}

bool is_own_file(const check::Program& program, const lang::SourceFile* file) {
  return std::find(program.own_files.begin(), program.own_files.end(), file) != program.own_files.end();
}

CoveragePoint coverage_point(CoveragePoint::Kind kind, const lang::SourceFile& file, lang::Span span,
                             std::uint32_t way) {
  const lang::LineColumn position = file.position(span.start);
  return {kind, position.line, kind == CoveragePoint::Kind::line ? 0 : position.column, way};
}

namespace {

void add_points(const HNode* node, const lang::SourceFile& file, CoveragePoints& points) {
  if (!node) return;
  using Kind = CoveragePoint::Kind;
  if (node->op == HOp::edge) {
    points.emplace(coverage_point(Kind::edge, file, node->span, static_cast<std::uint32_t>(node->ival)), "");
    points.emplace(coverage_point(Kind::line, file, node->span, 0), "");
  } else if (holds_code(*node)) {
    points.emplace(coverage_point(Kind::line, file, node->span, 0), "");
  }
  for (const HNode* kid : node->kids) add_points(kid, file, points);
  add_points(node->opt, file, points);
  add_points(node->place, file, points);
}

bool is_in_test(const check::Program& program, const HFunc& func) {
  return std::any_of(program.tests.begin(), program.tests.end(), [&func](const HFunc* test) {
    const lang::Span block = test->decl->span;
    return test->file == func.file && block.start <= func.span.start && func.span.start < block.end;
  });
}

}  // namespace

std::map<std::string, CoveragePoints> points_of(check::Program& program) {
  std::map<std::string, CoveragePoints> files;
  for (const lang::SourceFile* file : program.own_files) files[file->path()];
  for (std::size_t i = 0; i < program.funcs.size(); ++i) {  // checking a body adds its lambdas
    HFunc& func = program.funcs[i];
    if (!is_own_file(program, func.file) || is_in_test(program, func)) continue;
    if (program.ensure_body) program.ensure_body(func);
    CoveragePoints& points = files[func.file->path()];
    if (is_counted(func))
      points.emplace(coverage_point(CoveragePoint::Kind::function, *func.file, func.span, 0), func.name);
    add_points(func.body, *func.file, points);
  }
  return files;
}

}  // namespace noodle::codegen
