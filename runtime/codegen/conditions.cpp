// Conditions as branches: short circuit by jumps, comparisons fused with the branch.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

namespace {

HOp negated(HOp op) {
  switch (op) {
    case HOp::eq:
      return HOp::ne;
    case HOp::ne:
      return HOp::eq;
    case HOp::lt:
      return HOp::ge;
    case HOp::le:
      return HOp::gt;
    case HOp::gt:
      return HOp::le;
    default:
      return HOp::lt;
  }
}

/// The operator that holds with the operands exchanged.
HOp mirrored(HOp op) {
  switch (op) {
    case HOp::lt:
      return HOp::gt;
    case HOp::le:
      return HOp::ge;
    case HOp::gt:
      return HOp::lt;
    case HOp::ge:
      return HOp::le;
    default:
      return op;
  }
}

Op immediate_branch(HOp op) {
  switch (op) {
    case HOp::eq:
      return Op::jeqk;
    case HOp::ne:
      return Op::jnek;
    case HOp::lt:
      return Op::jltk;
    case HOp::le:
      return Op::jlek;
    case HOp::gt:
      return Op::jgtk;
    default:
      return Op::jgek;
  }
}

}  // namespace

/// Jumps to `target` when the condition is `sense`, else continues.
void FunctionGen::branch(const HNode* node, bool sense, Label target) {
  const Mark mark = registers_.mark();
  cover(node);
  switch (node->op) {
    case HOp::const_int:
      if ((node->ival != 0) == sense) code_.jump(target);
      return;
    case HOp::logical_not:
      return branch(node->kids[0], !sense, target);
    case HOp::logical_and:
    case HOp::logical_or: {
      const bool stops = node->op == HOp::logical_or;  // value of the first operand that decides alone
      if (stops == sense) {
        branch(node->kids[0], sense, target);
        branch(node->kids[1], sense, target);
        return;
      }
      const Label skip = code_.new_label();
      branch(node->kids[0], !sense, skip);
      branch(node->kids[1], sense, target);
      code_.bind(skip);
      return;
    }
    case HOp::cond: {
      const Label otherwise = code_.new_label(), end = code_.new_label();
      branch(node->kids[0], false, otherwise);
      branch(node->kids[1], sense, target);
      code_.jump(end);
      code_.bind(otherwise);
      branch(node->kids[2], sense, target);
      code_.bind(end);
      return;
    }
    case HOp::seq:
      block(node->kids, 0, node->kids.size() - 1);
      branch(node->kids.back(), sense, target);
      registers_.release(mark);
      return;
    case HOp::is_null: {
      const Reg r = value(node->kids[0]);
      registers_.release(mark);
      if (r) code_.jump(sense ? Op::jnul : Op::jnnul, r.index, 0, target);
      return;
    }
    case HOp::eq:
    case HOp::ne:
    case HOp::lt:
    case HOp::le:
    case HOp::gt:
    case HOp::ge:
      if (branch_compare(node, sense, target)) return;
      break;
    default:
      break;
  }
  const Reg r = value(node);
  registers_.release(mark);
  if (r) code_.jump(sense ? Op::jt : Op::jf, r.index, 0, target);
}

/// Comparisons with a branch instruction of their own. False: not one of those.
bool FunctionGen::branch_compare(const HNode* node, bool sense, Label target) {
  const Type* type = type_of(node->kids[0]);
  const HNode* left = resolved(node->kids[0]);
  const HNode* right = resolved(node->kids[1]);
  const bool real = type->is(TypeKind::float_);
  const bool string = type->is(TypeKind::string);
  const bool is_equality = node->op == HOp::eq || node->op == HOp::ne;
  if (check::rep_of(type) == Rep::p && !(string && is_equality)) return false;
  HOp op = node->op;
  const Mark mark = registers_.mark();
  if (!real && !string) {
    if (!sense) op = negated(op);
    if (branch_immediate(op, left, right, target)) return true;
    if (branch_immediate(mirrored(op), right, left, target)) return true;
  }
  Reg a = protect(value(left), mark, right);
  Reg b = value(right);
  registers_.release(mark);
  if (!a || !b) return true;
  at(node);
  if (string) {
    code_.jump((op == HOp::eq) == sense ? Op::jstreq : Op::jstrne, a.index, b.index, target);
    return true;
  }
  if (op == HOp::gt || op == HOp::ge) {
    std::swap(a, b);
    op = mirrored(op);
  }
  Op code{};
  if (real) {  // nan: the negated branches are not the mirrored ones
    switch (op) {
      case HOp::eq:
        code = sense ? Op::jfeq : Op::jfne;
        break;
      case HOp::ne:
        code = sense ? Op::jfne : Op::jfeq;
        break;
      case HOp::lt:
        code = sense ? Op::jflt : Op::jfnlt;
        break;
      default:
        code = sense ? Op::jfle : Op::jfnle;
    }
  } else {
    switch (op) {
      case HOp::eq:
        code = Op::jeq;
        break;
      case HOp::ne:
        code = Op::jne;
        break;
      case HOp::lt:
        code = Op::jlt;
        break;
      default:
        code = Op::jle;
    }
  }
  code_.jump(code, a.index, b.index, target);
  return true;
}

bool FunctionGen::branch_immediate(HOp op, const HNode* left, const HNode* right, Label target) {
  if (right->op != HOp::const_int || right->ival < -128 || right->ival > 127 || left->op == HOp::const_int) {
    return false;
  }
  const Mark mark = registers_.mark();
  const Reg r = value(left);
  registers_.release(mark);
  if (r) code_.jump(immediate_branch(op), r.index, static_cast<std::uint32_t>(right->ival) & 255, target);
  return true;
}

}  // namespace noodle::codegen
