// Loops: tested once before, then at the bottom by one conditional back edge.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using bytecode::kInt;
using bytecode::kVoid;
using check::TypeKind;

namespace {

constexpr std::size_t kMaxRepeatedCondition = 24;  // nodes; larger conditions are not generated twice

std::size_t node_count(const HNode* node) {
  if (!node) return 0;
  std::size_t count = 1;
  for (const HNode* kid : node->kids) count += node_count(kid);
  return count;
}

/// Can it resize a collection? Anything that runs other code may.
bool may_resize(const HNode* node) {
  if (!node) return false;
  switch (node->op) {
    case HOp::call:
    case HOp::call_virtual:
    case HOp::call_interface:
    case HOp::call_bound:
    case HOp::call_closure:
    case HOp::call_native:
    case HOp::new_object:
    case HOp::new_fields:
    case HOp::ask:
    case HOp::spawn:
      return true;
    default:
      break;
  }
  for (const HNode* kid : node->kids) {
    if (may_resize(kid)) return true;
  }
  return false;
}

}  // namespace

FunctionGen::Target& FunctionGen::open_loop(const HNode* node) {
  Target target;
  target.end = code_.new_label();
  target.next = code_.new_label();
  target.tries = tries_.size();
  return frame().targets[node->label] = target;
}

void FunctionGen::loop(const HNode* node) {
  const Target target = open_loop(node);
  const HNode* condition = node->kids[0];
  const HNode* step = node->kids.size() > 2 ? node->kids[2] : nullptr;
  if (condition && condition->op == HOp::const_int && condition->ival) condition = nullptr;
  hoist_constants(node);
  ++loop_depth_;
  const Mark mark = registers_.mark();
  const Label body = code_.new_label(), test = code_.new_label();
  const bool repeat = condition && node_count(condition) <= kMaxRepeatedCondition;
  if (condition && repeat) branch(condition, false, target.end);
  if (condition && !repeat) code_.jump(test);
  code_.use(body);  // by the back edge
  if (code_.reachable() || !repeat) {
    code_.bind(body);
    statement(node->kids[1]);
    registers_.release(mark);
    code_.bind(target.next);
    if (step && code_.reachable()) statement(step);
    code_.bind(test);
    if (code_.reachable()) {
      if (condition) {
        begin_statement(condition);
        branch(condition, true, body);
      } else {
        code_.jump(body);
      }
    }
  }
  registers_.release(mark);
  --loop_depth_;
  code_.bind(target.end);
}

/// Register of a bound or collection that must keep its value during the loop.
Reg FunctionGen::loop_operand(const HNode* node, const HNode* body) {
  const Mark mark = registers_.mark();
  const Reg r = value(node);
  if (!r || !mark.is_below(r) || !writes(body, r)) return r;
  const Reg copy = alloc(r.rep);
  move(copy, r);
  return copy;
}

void FunctionGen::for_range(const HNode* node) {
  const HNode* from = resolved(node->kids[0]);
  const HNode* to = resolved(node->kids[1]);
  const HNode* body = node->kids[2];
  // A constant end is made exclusive.
  const bool constant_end = to->op == HOp::const_int;
  const bool made_exclusive = constant_end && node->ival != 0 && to->ival != INT64_MAX;
  const bool inclusive = node->ival != 0 && !made_exclusive;
  const std::int64_t end = constant_end ? to->ival + made_exclusive : 0;
  const bool small = constant_end && end >= -128 && end <= 127;
  hoist_constants(node);
  // The counter is the variable itself unless the body changes it.
  const bool separate = node->var->in_cell || assigned_in(node->var, body);
  const Reg counter = alloc(Rep::s);
  value_to(from, counter);
  const Reg limit = small ? Reg{} : constant_end ? constant(end, alloc(Rep::s)) : loop_operand(to, body);
  if (!code_.reachable()) return;
  const Target target = open_loop(node);
  ++loop_depth_;
  const auto jump = [&](bool less_than_limit, bool equal_too, Label label) {
    const std::uint32_t k = static_cast<std::uint32_t>(end) & 255;
    if (small) {
      const Op op = less_than_limit ? (equal_too ? Op::jlek : Op::jltk) : equal_too ? Op::jgek : Op::jgtk;
      code_.jump(op, counter.index, k, label);
    } else if (less_than_limit) {
      code_.jump(equal_too ? Op::jle : Op::jlt, counter.index, limit.index, label);
    } else {
      code_.jump(equal_too ? Op::jle : Op::jlt, limit.index, counter.index, label);
    }
  };
  at(node);
  const Label top = code_.new_label(), increment = code_.new_label();
  const bool runs = from->op == HOp::const_int && constant_end && !inclusive && from->ival < end;
  if (!runs) jump(false, !inclusive, target.end);
  const Mark mark = registers_.mark();
  if (inclusive) {  // the counter never passes the limit, so `..` up to the greatest int works
    code_.jump(top);
    code_.use(increment);
    code_.bind(increment);
    code_.emit(Op::addk, counter.index, counter.index, 1);
  }
  code_.use(top);
  code_.bind(top);
  if (separate) {
    const Reg fresh = alloc(Rep::s);
    move(fresh, counter);
    declare(node->var, fresh);
  } else {
    place(node->var) = {Place::Kind::reg, counter};
    begin_variable(node->var);
  }
  statement(body);
  registers_.release(mark);
  code_.bind(target.next);
  begin_statement(node);
  at(node);
  if (inclusive) {
    jump(true, false, increment);
  } else {
    code_.emit(Op::addk, counter.index, counter.index, 1);
    jump(true, false, top);
  }
  --loop_depth_;
  code_.bind(target.end);
}

void FunctionGen::for_list(const HNode* node) {
  const HNode* body = node->kids[1];
  const Type* element = type_of(node->kids[0])->args[0];
  hoist_constants(node);
  const Reg list = loop_operand(node->kids[0], body);
  if (!code_.reachable()) return;
  const Target target = open_loop(node);
  ++loop_depth_;
  const Reg count = alloc(Rep::s), position = alloc(Rep::s);
  at(node);
  code_.emit(Op::llen, count.index, list.index);
  code_.emit_d(Op::ldi, position.index, 0);
  code_.jump(Op::jlek, count.index, 0, target.end);
  const Mark mark = registers_.mark();
  const Label top = code_.new_label();
  code_.use(top);
  code_.bind(top);
  const Reg item = alloc(check::rep_of(element));
  const bool byte = element->is(TypeKind::bool_) || element->is(TypeKind::byte);
  code_.emit(item.rep == Rep::p ? Op::lgp : byte ? Op::lgb : Op::lgs, item.index, list.index, position.index);
  declare(node->var, item);
  if (node->var2) {
    const bool separate = node->var2->in_cell || assigned_in(node->var2, body);
    Reg shown = position;
    if (separate) {
      shown = alloc(Rep::s);
      move(shown, position);
    }
    declare(node->var2, shown);
  }
  statement(body);
  registers_.release(mark);
  code_.bind(target.next);
  begin_statement(node);
  at(node);
  if (may_resize(body)) code_.emit(Op::lres, list.index, count.index);
  code_.emit(Op::addk, position.index, position.index, 1);
  code_.jump(Op::jlt, position.index, count.index, top);
  --loop_depth_;
  code_.bind(target.end);
}

/// Maps and sets: by position of live entries; `next` traps 1608 when the collection was resized.
void FunctionGen::for_map(const HNode* node) {
  const bool is_map = node->op == HOp::for_map;
  const HNode* body = node->kids[1];
  const Type* type = type_of(node->kids[0]);
  const TypeRef self = builder_.types.ref(type), integer{kInt, false};
  const std::string prefix = is_map ? "map." : "set.";
  hoist_constants(node);
  const Reg collection = loop_operand(node->kids[0], body);
  if (!code_.reachable()) return;
  const Target target = open_loop(node);
  ++loop_depth_;
  const Reg position = alloc(Rep::s);
  const auto query = [&](const char* name, const Type* result) {
    const Mark window = registers_.mark();
    move(alloc(Rep::p), collection);
    move(alloc(Rep::s), position);
    const TypeRef ref = builder_.types.ref(result);
    return native_call(window, (prefix + name).c_str(), {{self, integer}, ref}, node, {});
  };
  const Mark version_window = registers_.mark();
  move(alloc(Rep::p), collection);
  const Reg version = native_call(version_window, (prefix + "version").c_str(), {{self}, integer}, node, {});
  code_.emit_d(Op::ldi, position.index, 0);
  const Mark mark = registers_.mark();
  const auto advance = [&] {
    const Mark window = registers_.mark();
    move(alloc(Rep::p), collection);
    move(alloc(Rep::s), position);
    move(alloc(Rep::s), version);
    const Reg r = native_call(window, (prefix + "next").c_str(), {{self, integer, integer}, integer}, node, {});
    move(position, r);
    registers_.release(window);
  };
  advance();
  code_.jump(Op::jltk, position.index, 0, target.end);
  const Label top = code_.new_label();
  code_.use(top);
  code_.bind(top);
  declare(node->var, query("key_at", type->args[0]));
  if (node->var2) declare(node->var2, query("value_at", type->args[1]));
  statement(body);
  registers_.release(mark);
  code_.bind(target.next);
  begin_statement(node);
  at(node);
  code_.emit(Op::addk, position.index, position.index, 1);
  advance();
  code_.jump(Op::jgek, position.index, 0, top);
  --loop_depth_;
  code_.bind(target.end);
}

void FunctionGen::for_string(const HNode* node) {
  const HNode* body = node->kids[1];
  const TypeRef string{bytecode::kString, false}, integer{kInt, false};
  hoist_constants(node);
  const Reg text = loop_operand(node->kids[0], body);
  if (!code_.reachable()) return;
  const Target target = open_loop(node);
  ++loop_depth_;
  const Reg size = alloc(Rep::s), offset = alloc(Rep::s);
  const Reg number = node->var2 ? alloc(Rep::s) : Reg{};
  at(node);
  code_.emit(Op::slen, size.index, text.index);
  code_.emit_d(Op::ldi, offset.index, 0);
  if (number) code_.emit_d(Op::ldi, number.index, 0);
  code_.jump(Op::jlek, size.index, 0, target.end);
  const Mark mark = registers_.mark();
  const Label top = code_.new_label();
  code_.use(top);
  code_.bind(top);
  const Mark window = registers_.mark();
  move(alloc(Rep::p), text);
  move(alloc(Rep::s), offset);
  const Reg item = native_call(window, "string.char_at", {{string, integer}, string}, node, {});
  {
    const Mark after = registers_.mark();
    const Reg width = alloc(Rep::s);
    code_.emit(Op::slen, width.index, item.index);
    code_.emit(Op::add, offset.index, offset.index, width.index);
    registers_.release(after);
  }
  declare(node->var, item);
  if (node->var2) {
    const Reg shown = alloc(Rep::s);
    move(shown, number);
    declare(node->var2, shown);
  }
  statement(body);
  registers_.release(mark);
  code_.bind(target.next);
  begin_statement(node);
  at(node);
  if (number) code_.emit(Op::addk, number.index, number.index, 1);
  code_.jump(Op::jlt, offset.index, size.index, top);
  --loop_depth_;
  code_.bind(target.end);
}

}  // namespace noodle::codegen
