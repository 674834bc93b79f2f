#include "runtime/codegen/function_gen.hpp"

#include <algorithm>

#include "runtime/bytecode/code_scan.hpp"
#include "runtime/codegen/coverage.hpp"

namespace noodle::codegen {

FunctionGen::FunctionGen(ModuleBuilder& builder, const Instance& instance)
    : builder_(builder),
      instance_(instance),
      covers_(builder.options.coverage && is_own_file(builder.program, instance.func->file)) {
  Frame& frame = frames_.emplace_back();
  frame.func = instance.func;
  frame.types = &instance.types;
  frame.places.resize(instance.func->vars.size());
}

void FunctionGen::run() {
  bind_parameters();
  const HFunc& func = *instance_.func;
  if (func.body && !instance_.targs.empty() && !is_finite(func.body)) return;
  if (func.body) {
    cover_entry(func);
    if (func.kind == HFunc::Kind::constructor) skip_zero_stores(func);
    statement(func.body);
    if (code_.reachable()) {
      if (!func.result || check::rep_of(concrete(func.result)) == Rep::none) {
        code_.emit(Op::ret, 0);
      } else {
        const Label end = code_.new_label();  // the checker proved that control cannot get here
        code_.use(end);
        code_.bind(end);
        code_.jump(end);
      }
    }
  } else if (!func.native.empty()) {
    native_body();
  } else {
    unresolved_body();
  }
  finish();
}

/// Types that grow with every instantiation end as errors, which have no parts to generate code from.
bool FunctionGen::is_finite(const HNode* node) {
  if (!node) return true;
  if (node->type && type_of(node)->has_error) {
    builder_.report(Code::instantiation_too_deep, frame().func->file, node->span,
                    "`" + frame().func->name + "` is instantiated with ever larger types");
    return false;
  }
  return std::all_of(node->kids.begin(), node->kids.end(), [this](const HNode* kid) { return is_finite(kid); }) &&
         is_finite(node->opt) && is_finite(node->place);
}

void FunctionGen::bind_parameters() {
  const HFunc& func = *instance_.func;
  Reg closure;
  if (instance_.closure_type != bytecode::kNone) closure = alloc(Rep::p);
  std::vector<const HVar*> params;
  if (func.self) params.push_back(func.self);
  params.insert(params.end(), func.params.begin(), func.params.end());
  for (const HVar* param : params) {
    place(param) = {Place::Kind::reg, alloc(check::rep_of(concrete(param->type)))};
  }
  for (const HVar* param : params) {
    if (param->in_cell) declare(param, place(param).reg);
    if (!param->in_cell) begin_variable(param);
  }
  std::uint32_t numbers[3] = {};
  for (const HFunc::Capture& capture : func.captures) {
    const bool cell = capture.outer->in_cell;
    const Rep kind = cell ? Rep::p : check::rep_of(concrete(capture.inner->type));
    const std::uint32_t number = numbers[static_cast<int>(kind)]++;
    place(capture.inner) = {cell ? Place::Kind::capture_cell : Place::Kind::capture, {kind, closure.index}, number};
    begin_variable(capture.inner);
  }
}

/// Nothing satisfies this declaration: linking fails (1530), so what the code does is never seen.
void FunctionGen::unresolved_body() {
  const Label start = code_.new_label();
  code_.use(start);
  code_.bind(start);
  code_.jump(start);
}

/// A native as an ordinary function (methods of interfaces, exports): passes its arguments on.
void FunctionGen::native_body() {
  const HFunc& func = *instance_.func;
  const Rep result = func.result ? check::rep_of(concrete(func.result)) : Rep::none;
  const Mark window{};
  code_.set_position(func.span.start);
  const std::uint32_t native = builder_.native(instance_.func, instance_.targs);
  const Reg r = finish_call(Op::ncall, window, native, result, {});
  code_.emit(result == Rep::none ? Op::ret : result == Rep::s ? Op::rets : Op::retp, r.index);
}

void FunctionGen::finish() {
  const HFunc& func = *instance_.func;
  code_.tidy();
  bytecode::FunctionDef& def = builder_.module.functions[instance_.index];
  if (registers_.overflow()) {
    builder_.report(Code::too_many_registers, func.file, func.span,
                    "`" + func.name + "` needs more than 250 variables and temporaries of one kind");
    return;
  }
  def.scalar_registers = registers_.peak().s;
  def.pointer_registers = registers_.peak().p;
  code_.assemble(def, func.file);
  if (def.code.size() > bytecode::kMaxCodeWords) {
    builder_.report(Code::function_too_large, func.file, func.span,
                    "`" + func.name + "` has " + std::to_string(def.code.size()) + " words of code");
    return;
  }
  describe(def);
  builder_.keep_code(instance_.index, func.file, std::move(code_));
}

std::vector<const Type*> FunctionGen::concrete(const std::vector<const Type*>& list) {
  std::vector<const Type*> out;
  out.reserve(list.size());
  for (const Type* type : list) out.push_back(concrete(type));
  return out;
}

FunctionGen::Place& FunctionGen::place(const HVar* var) {
  std::vector<Place>& places = frame().places;
  if (var->id >= places.size()) places.resize(var->id + 1);
  return places[var->id];
}

/// The literal that a parameter of an inlined function stands for, else the node itself.
const HNode* FunctionGen::resolved(const HNode* node) {
  if (node->op != HOp::local) return node;
  const Place& p = place(node->var);
  return p.kind == Place::Kind::constant ? p.literal : node;
}

void FunctionGen::at(const HNode* node) {
  code_.set_position(node->span.start);
  builder_.set_place(instance_.func->file, node->span);
}

void FunctionGen::cover(bytecode::CoveragePoint::Kind kind, lang::Span span, std::uint32_t way) {
  if (covers_) code_.mark(coverage_point(kind, *instance_.func->file, span, way));
}

/// The line of a node that does something.
void FunctionGen::cover(const HNode* node) {
  if (covers_ && holds_code(*node)) cover(bytecode::CoveragePoint::Kind::line, node->span, 0);
}

void FunctionGen::cover_entry(const HFunc& func) {
  if (is_counted(func)) cover(bytecode::CoveragePoint::Kind::function, func.span, 0);
}

void FunctionGen::move(Reg to, Reg from) {
  if (!from || to.same(from)) return;
  code_.emit(to.rep == Rep::s ? Op::mov : Op::mvp, to.index, from.index);
}

/// Makes the register's type exactly `type` where classes below it would not merge back to it.
void FunctionGen::widen(Reg reg, const Type* type) {
  const Type* plain = type->is(check::TypeKind::nullable) ? type->args[0] : type;
  const bool interface = plain->decl && plain->decl->kind == HClass::Kind::interface;
  if (interface || plain->is(check::TypeKind::func) || plain->is(check::TypeKind::actor_ref)) {
    code_.emit_extra(Op::upc, reg.index, reg.index, 0, builder_.types.index(plain));
  }
}

bool FunctionGen::writes(const HNode* node, Reg reg) {
  if (!node) return false;
  if (node->op == HOp::set_local) {
    const Place& p = place(node->var);
    if (p.kind == Place::Kind::reg && p.reg.same(reg)) return true;
  }
  for (const HNode* kid : node->kids) {
    if (writes(kid, reg)) return true;
  }
  return writes(node->opt, reg) || writes(node->place, reg);
}

/// A variable's register as an operand must be copied when `later`, evaluated before its use, assigns the variable.
Reg FunctionGen::protect(Reg reg, Mark mark, const HNode* later) {
  if (!reg || !mark.is_below(reg) || !writes(later, reg)) return reg;
  const Reg copy = alloc(reg.rep);
  move(copy, reg);
  return copy;
}

}  // namespace noodle::codegen
