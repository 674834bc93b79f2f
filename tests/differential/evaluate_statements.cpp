// Statements and expressions of the reference evaluator: the walk itself.
#include "tests/differential/evaluator.hpp"

namespace noodle::reference {

/// After a loop body: true to go on with the next round.
bool Evaluator::next_round(Frame& frame, std::uint32_t label) {
  if (frame.flow == Flow::continue_ && frame.label == label) frame.flow = Flow::normal;
  if (frame.flow == Flow::break_ && frame.label == label) {
    frame.flow = Flow::normal;
    return false;
  }
  return frame.flow == Flow::normal;
}

Value Evaluator::loop(Frame& frame, const HNode& node) {
  while (true) {
    if (node.kids[0] != nullptr) {
      const Value condition = eval(frame, node.kids[0]);
      if (frame.flow != Flow::normal || condition.integer == 0) return {};
    }
    eval(frame, node.kids[1]);
    if (!next_round(frame, node.label)) return {};
    if (node.kids.size() > 2 && node.kids[2] != nullptr) eval(frame, node.kids[2]);
    if (frame.flow != Flow::normal) return {};
  }
}

Value Evaluator::for_loop(Frame& frame, const HNode& node) {
  const auto bind = [&](HVar* variable, Value value) {
    if (variable != nullptr) frame.variables[variable] = std::make_shared<Value>(std::move(value));
  };
  const HNode* body = node.kids.back();
  if (node.op == HOp::for_range) {
    std::vector<Value> bounds;
    bounds.push_back(eval(frame, node.kids[0]));
    if (frame.flow != Flow::normal) return {};
    bounds.push_back(eval(frame, node.kids[1]));
    if (frame.flow != Flow::normal) return {};
    for (std::int64_t i = bounds[0].integer; node.ival != 0 ? i <= bounds[1].integer : i < bounds[1].integer; ++i) {
      bind(node.var, Value::of(i));
      eval(frame, body);
      if (!next_round(frame, node.label) || i == INT64_MAX) return {};
    }
    return {};
  }
  const Value subject = eval(frame, node.kids[0]);
  if (frame.flow != Flow::normal) return {};
  const std::shared_ptr<Thing> thing = subject.thing;
  if (node.op == HOp::for_string) {
    std::int64_t index = 0;
    for (const std::string& character : code_points(thing->text)) {
      bind(node.var, make_string(character));
      bind(node.var2, Value::of(index++));
      eval(frame, body);
      if (!next_round(frame, node.label)) return {};
    }
    return {};
  }
  const bool map = node.op == HOp::for_map;
  const std::size_t size = map ? thing->entries.size() : thing->items.size();
  for (std::size_t i = 0; i < size; ++i) {
    if ((map ? thing->entries.size() : thing->items.size()) != size) {
      trap(node, 1608,
           map ? "entries were added or removed inside the collection's own for"
               : "the list changed its length inside its own for");
    }
    bind(node.var, map ? thing->entries[i].first : thing->items[i]);
    bind(node.var2, map ? thing->entries[i].second : Value::of(static_cast<std::int64_t>(i)));
    eval(frame, body);
    if (!next_round(frame, node.label)) return {};
  }
  return {};
}

Value Evaluator::try_statement(Frame& frame, const HNode& node) {
  const HNode* catch_body = node.kids.size() > 1 ? node.kids[1] : nullptr;
  const HNode* finally = node.kids.size() > 2 ? node.kids[2] : nullptr;
  const std::size_t depth = depth_;
  const std::size_t frames = stack_.size();
  const auto run_finally = [&] {
    if (finally == nullptr) return;
    const Flow flow = frame.flow;
    const std::uint32_t label = frame.label;
    const Value result = frame.result;
    frame.flow = Flow::normal;
    eval(frame, finally);
    if (frame.flow != Flow::normal) return;
    frame.flow = flow;
    frame.label = label;
    frame.result = result;
  };
  try {
    try {
      eval(frame, node.kids[0]);
    } catch (const Thrown& thrown) {
      if (catch_body == nullptr) throw;
      depth_ = depth;
      stack_.resize(frames);
      if (node.var != nullptr) frame.variables[node.var] = std::make_shared<Value>(thrown.error);
      eval(frame, catch_body);
    }
  } catch (const Thrown&) {
    depth_ = depth;
    stack_.resize(frames);
    frame.flow = Flow::normal;
    run_finally();
    throw;
  }
  run_finally();
  return {};
}

Value Evaluator::eval(Frame& frame, const HNode* node) {
  if (node == nullptr) return {};
  if (steps_-- == 0) throw GaveUp{"steps"};
  const auto kid = [&](std::size_t i) { return eval(frame, node->kids[i]); };
  const auto left = [&] { return frame.flow != Flow::normal; };
  switch (node->op) {
    case HOp::const_int:
      return Value::of(node->ival);
    case HOp::const_float:
      return Value::of(node->fval);
    case HOp::const_string:
      return make_string(std::string(node->text));
    case HOp::const_null:
      return {};
    case HOp::local:
      return *frame.variables.at(node->var);
    case HOp::set_local: {
      Value value = kid(0);
      if (left()) return {};
      *frame.variables.at(node->var) = value;
      return value;
    }
    case HOp::get_field: {
      const Value object = kid(0);
      if (left()) return {};
      return object.thing->items[field_position(node->field)];
    }
    case HOp::set_field: {
      const Value object = kid(0);
      if (left()) return {};
      Value value = kid(1);
      if (left()) return {};
      object.thing->items[field_position(node->field)] = value;
      return value;
    }
    case HOp::neg: {
      const Value value = kid(0);
      if (left()) return {};
      if (concrete(frame, node->kids[0]->type)->kind == TypeKind::float_) return Value::of(-value.real);
      if (value.integer == INT64_MIN) trap(*node, 1600, "integer overflow: -(" + std::to_string(INT64_MIN) + ")");
      return Value::of(-value.integer);
    }
    case HOp::bit_not:
      return Value::of(~kid(0).integer);
    case HOp::logical_not:
      return Value::of(std::int64_t{kid(0).integer == 0});
    case HOp::eq:
    case HOp::ne: {
      const Value a = kid(0);
      if (left()) return {};
      const Value b = kid(1);
      if (left()) return {};
      return Value::of(std::int64_t{equal(a, b, concrete(frame, node->kids[0]->type)) == (node->op == HOp::eq)});
    }
    case HOp::add:
    case HOp::sub:
    case HOp::mul:
    case HOp::div:
    case HOp::mod:
    case HOp::bit_and:
    case HOp::bit_or:
    case HOp::bit_xor:
    case HOp::shl:
    case HOp::shr:
    case HOp::lt:
    case HOp::le:
    case HOp::gt:
    case HOp::ge: {
      const Value a = kid(0);
      if (left()) return {};
      const Value b = kid(1);
      if (left()) return {};
      return arithmetic(*node, concrete(frame, node->kids[0]->type), a, b);
    }
    case HOp::logical_and:
    case HOp::logical_or: {
      const Value a = kid(0);
      if (left()) return {};
      return (a.integer != 0) == (node->op == HOp::logical_or) ? a : kid(1);
    }
    case HOp::cond: {
      const Value condition = kid(0);
      if (left()) return {};
      return condition.integer != 0 ? kid(1) : kid(2);
    }
    case HOp::concat: {
      std::string text;
      for (std::size_t i = 0; i < node->kids.size(); ++i) {
        const Value part = kid(i);
        if (left()) return {};
        text += part.thing->text;
        if (text.size() > 1 << 22) throw GaveUp{"string size"};
      }
      return make_string(std::move(text));
    }
    case HOp::to_text: {
      const Value value = kid(0);
      if (left()) return {};
      return make_string(text_of(value, concrete(frame, node->kids[0]->type)));
    }
    case HOp::int_to_float:
    case HOp::float_to_int:
    case HOp::byte_to_int:
    case HOp::int_to_byte:
    case HOp::box:
    case HOp::unbox:
    case HOp::upcast:
    case HOp::assume_not_null:
    case HOp::assume_type:
    case HOp::cast:
    case HOp::is_type:
    case HOp::is_null:
      return conversion(frame, *node);
    case HOp::call:
    case HOp::call_virtual:
    case HOp::call_interface:
    case HOp::call_bound:
    case HOp::call_closure:
    case HOp::call_native:
      return call_node(frame, *node);
    case HOp::new_object:
    case HOp::new_fields:
    case HOp::new_enum:
    case HOp::new_list:
    case HOp::new_map:
    case HOp::new_set:
    case HOp::lambda:
    case HOp::func_ref:
    case HOp::bound_method:
      return construction(frame, *node);
    case HOp::index:
    case HOp::set_index:
      return index(frame, *node);
    case HOp::length: {
      const Value value = kid(0);
      if (left()) return {};
      return Value::of(length_of(*value.thing));
    }
    case HOp::enum_tag: {
      const Value value = kid(0);
      if (left()) return {};
      return value.thing ? Value::of(std::int64_t{value.thing->case_index}) : value;
    }
    case HOp::enum_field: {
      const Value value = kid(0);
      if (left()) return {};
      return value.thing->items[static_cast<std::size_t>(node->ival)];
    }
    case HOp::seq: {
      Value last;
      for (std::size_t i = 0; i < node->kids.size(); ++i) {
        last = kid(i);
        if (left()) return {};
      }
      return last;
    }
    case HOp::block:
      for (std::size_t i = 0; i < node->kids.size() && !left(); ++i) kid(i);
      return {};
    case HOp::labeled: {
      kid(0);
      if (frame.flow == Flow::leave && frame.label == node->label) {
        frame.flow = Flow::normal;
        return frame.result;
      }
      return {};
    }
    case HOp::leave:
    case HOp::return_: {
      Value value;
      if (!node->kids.empty() && node->kids[0] != nullptr) value = kid(0);
      if (left()) return {};
      frame.flow = node->op == HOp::leave ? Flow::leave : Flow::return_;
      frame.label = node->label;
      frame.result = value;
      return {};
    }
    case HOp::let: {
      Value value = node->kids.empty() || node->kids[0] == nullptr ? zero(concrete(frame, node->var->type)) : kid(0);
      if (left()) return {};
      frame.variables[node->var] = std::make_shared<Value>(std::move(value));
      return {};
    }
    case HOp::if_: {
      const Value condition = kid(0);
      if (left()) return {};
      if (condition.integer != 0) return kid(1);
      return node->kids.size() > 2 ? kid(2) : Value{};
    }
    case HOp::loop:
      return loop(frame, *node);
    case HOp::for_range:
    case HOp::for_list:
    case HOp::for_map:
    case HOp::for_set:
    case HOp::for_string:
      return for_loop(frame, *node);
    case HOp::break_:
    case HOp::continue_:
      frame.flow = node->op == HOp::break_ ? Flow::break_ : Flow::continue_;
      frame.label = node->label;
      return {};
    case HOp::throw_: {
      const Value error = kid(0);
      if (left()) return {};
      raise(*node, error);
    }
    case HOp::try_:
      return try_statement(frame, *node);
    case HOp::expr:
      return kid(0);
    case HOp::spawn:
      return spawn(frame, *node);
    case HOp::send:
    case HOp::ask:
      return message(frame, *node);
    default:
      throw GaveUp{"HIR operation " + std::to_string(static_cast<int>(node->op))};
  }
}

}  // namespace noodle::reference
