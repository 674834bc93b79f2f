#include "tests/differential/reference_evaluator.hpp"

#include <cmath>
#include <unordered_map>

#include "tests/differential/reference_natives.hpp"
#include "tests/differential/reference_value.hpp"

namespace noodle::reference {

namespace {

using check::HClass;
using check::HFunc;
using check::HNode;
using check::HOp;
using check::HVar;
using check::Substitution;

/// How a statement or expression ended.
enum class Flow : std::uint8_t { normal, leave, break_, continue_, return_ };

struct Frame {
  const HFunc* func = nullptr;
  Substitution substitution;
  std::unordered_map<const HVar*, Variable> variables;
  Flow flow = Flow::normal;
  std::uint32_t label = 0;
  Value result;  // of return and leave
};

class Evaluator {
 public:
  Evaluator(check::Program& program, std::uint64_t max_steps) : program_(program), steps_(max_steps) {}

  Outcome run() {
    Outcome outcome;
    try {
      std::vector<Value> args;
      if (!program_.main->params.empty()) args.push_back(make_list(program_.main->params[0]->type, {}));
      const Value result = call(*program_.main, {}, {}, nullptr, std::move(args));
      if (program_.main->result->kind == TypeKind::int_) outcome.exit_code = result.integer;
    } catch (const Thrown& thrown) {
      outcome.error_code = static_cast<int>(thrown.error.thing->items[0].integer);
    } catch (const GaveUp& reason) {
      outcome.gave_up = true;
      outcome.why = reason.why;
    }
    outcome.output = output_;
    return outcome;
  }

 private:
  // ---- types and values
  const Type* concrete(const Frame& frame, const Type* type) {
    return type->has_param ? program_.types.substitute(type, frame.substitution) : type;
  }
  Value make(const Type* type) {
    Value value;
    value.thing = std::make_shared<Thing>();
    value.thing->type = type;
    return value;
  }
  Value make_list(const Type* type, std::vector<Value> items) {
    Value value = make(type);
    value.thing->items = std::move(items);
    return value;
  }
  Value make_string(std::string text) {
    Value value = make(program_.types.basic(TypeKind::string));
    value.thing->text = std::move(text);
    return value;
  }
  Value zero(const Type* type) {
    switch (type->kind) {
      case TypeKind::string:
        return make_string("");
      case TypeKind::list:
      case TypeKind::map:
      case TypeKind::set:
      case TypeKind::bytes:
        return make(type);
      default:
        return {};
    }
  }
  [[noreturn]] void trap(int code) {
    Value error = make(program_.error_class->self_type);
    error.thing->items = {Value::of(std::int64_t{code}), make_string("trap"), {}, {}, make_string("")};
    throw Thrown{error};
  }

  bool is_instance(const Type* type, const Type* target) {
    if (type == target || target->kind == TypeKind::any || target->kind == TypeKind::json) return true;
    if (target->kind == TypeKind::nullable) return is_instance(type, target->args[0]);
    for (const Type* at = type; at != nullptr && at->decl != nullptr;) {
      if (at == target) return true;
      const Substitution own = arguments_of(at);
      for (const Type* interface : at->decl->interfaces) {
        if (is_instance(program_.types.substitute(interface, own), target)) return true;
      }
      at = at->decl->base == nullptr ? nullptr : program_.types.substitute(at->decl->base, own);
    }
    return false;
  }
  Substitution arguments_of(const Type* type) {
    Substitution out;
    for (std::size_t i = 0; i < type->args.size(); ++i) out[type->decl->tparams[i]] = type->args[i];
    return out;
  }

  // ---- calls
  Value call(HFunc& func, Substitution substitution, const std::vector<Variable>& captured, const Value* self,
             std::vector<Value> args) {
    if (++depth_ > 2000) throw GaveUp{"call depth"};
    program_.ensure_body(func);
    if (func.body == nullptr) throw GaveUp{"no body: " + func.name};
    Frame frame;
    frame.func = &func;
    frame.substitution = std::move(substitution);
    if (func.self != nullptr && self != nullptr) frame.variables[func.self] = std::make_shared<Value>(*self);
    for (std::size_t i = 0; i < func.params.size(); ++i)
      frame.variables[func.params[i]] = std::make_shared<Value>(args[i]);
    for (std::size_t i = 0; i < func.captures.size(); ++i) frame.variables[func.captures[i].inner] = captured[i];
    const Value last = eval(frame, func.body);
    --depth_;
    return frame.flow == Flow::return_ ? frame.result : last;
  }
  Value call_closure(const Value& closure, std::vector<Value> args) {
    const Thing& thing = *closure.thing;
    if (thing.bound) {
      Value self;
      self.thing = thing.bound;
      return call_method(*thing.func, self, std::move(args));
    }
    return call(*thing.func, thing.substitution, thing.captured, nullptr, std::move(args));
  }
  /// Finds the implementation of a method by name in the run-time class of `self`.
  Value call_method(HFunc& method, const Value& self, std::vector<Value> args) {
    const std::size_t dot = method.name.rfind('.');
    const std::string name = method.name.substr(dot + 1);
    const Type* type = self.thing ? self.thing->type : nullptr;
    while (type != nullptr && type->decl != nullptr) {
      for (HFunc* candidate : type->decl->methods) {
        if (candidate->name.substr(candidate->name.rfind('.') + 1) == name && candidate->has_body) {
          return call(*candidate, arguments_of(type), {}, &self, std::move(args));
        }
      }
      type = type->decl->base == nullptr ? nullptr : program_.types.substitute(type->decl->base, arguments_of(type));
    }
    throw GaveUp{"no method " + method.name};
  }
  Substitution call_substitution(Frame& frame, const HNode& node) {
    Substitution out;
    for (std::size_t i = 0; i < node.targs.size() && i < node.func->tparams.size(); ++i) {
      out[node.func->tparams[i]] = concrete(frame, node.targs[i]);
    }
    return out;
  }

  // ---- expressions and statements
  /// Evaluates kids[from..]; false when control left.
  bool eval_kids(Frame& frame, const HNode& node, std::vector<Value>& out, std::size_t from = 0) {
    for (std::size_t i = from; i < node.kids.size(); ++i) {
      out.push_back(eval(frame, node.kids[i]));
      if (frame.flow != Flow::normal) return false;
    }
    return true;
  }

  Value eval(Frame& frame, const HNode* node);
  Value eval_arithmetic(const HNode& node, const Type* type, const Value& a, const Value& b);
  Value eval_call(Frame& frame, const HNode& node);
  Value eval_construction(Frame& frame, const HNode& node);
  Value eval_index(Frame& frame, const HNode& node);
  Value eval_loop(Frame& frame, const HNode& node);
  Value eval_for(Frame& frame, const HNode& node);
  Value eval_try(Frame& frame, const HNode& node);
  Value eval_conversion(Frame& frame, const HNode& node);

  /// After a loop body: true to go on with the next round.
  bool next_round(Frame& frame, std::uint32_t label) {
    if (frame.flow == Flow::continue_ && frame.label == label) frame.flow = Flow::normal;
    if (frame.flow == Flow::break_ && frame.label == label) {
      frame.flow = Flow::normal;
      return false;
    }
    return frame.flow == Flow::normal;
  }
  std::size_t field_position(const check::HField* field) {
    std::size_t position = field->index;
    for (const Type* base = field->owner->base; base != nullptr; base = base->decl->base)
      position += base->decl->fields.size();
    return position;
  }

  check::Program& program_;
  std::uint64_t steps_;
  int depth_ = 0;
  std::string output_;
};

Value Evaluator::eval_arithmetic(const HNode& node, const Type* type, const Value& a, const Value& b) {
  if (type->kind == TypeKind::float_) {
    switch (node.op) {
      case HOp::add:
        return Value::of(a.real + b.real);
      case HOp::sub:
        return Value::of(a.real - b.real);
      case HOp::mul:
        return Value::of(a.real * b.real);
      case HOp::div:
        return Value::of(a.real / b.real);
      case HOp::mod:
        return Value::of(std::fmod(a.real, b.real));
      case HOp::lt:
        return Value::of(std::int64_t{a.real < b.real});
      case HOp::le:
        return Value::of(std::int64_t{a.real <= b.real});
      case HOp::gt:
        return Value::of(std::int64_t{a.real > b.real});
      case HOp::ge:
        return Value::of(std::int64_t{a.real >= b.real});
      default:
        throw GaveUp{"float operator"};
    }
  }
  if (type->kind == TypeKind::string) {
    const int order = a.thing->text.compare(b.thing->text);
    switch (node.op) {
      case HOp::lt:
        return Value::of(std::int64_t{order < 0});
      case HOp::le:
        return Value::of(std::int64_t{order <= 0});
      case HOp::gt:
        return Value::of(std::int64_t{order > 0});
      case HOp::ge:
        return Value::of(std::int64_t{order >= 0});
      default:
        throw GaveUp{"string operator"};
    }
  }
  const std::int64_t x = a.integer;
  const std::int64_t y = b.integer;
  std::int64_t r = 0;
  switch (node.op) {
    case HOp::add:
      if (__builtin_add_overflow(x, y, &r)) trap(1600);
      return Value::of(r);
    case HOp::sub:
      if (__builtin_sub_overflow(x, y, &r)) trap(1600);
      return Value::of(r);
    case HOp::mul:
      if (__builtin_mul_overflow(x, y, &r)) trap(1600);
      return Value::of(r);
    case HOp::div:
      if (y == 0) trap(1601);
      if (y == -1) {
        if (__builtin_sub_overflow(std::int64_t{0}, x, &r)) trap(1600);
        return Value::of(r);
      }
      return Value::of(x / y);
    case HOp::mod:
      if (y == 0) trap(1601);
      return Value::of(y == -1 ? 0 : x % y);
    case HOp::bit_and:
      return Value::of(x & y);
    case HOp::bit_or:
      return Value::of(x | y);
    case HOp::bit_xor:
      return Value::of(x ^ y);
    case HOp::shl:
      if (y < 0 || y > 63) trap(1606);
      return Value::of(static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << y));
    case HOp::shr:
      if (y < 0 || y > 63) trap(1606);
      return Value::of(x >> y);
    case HOp::lt:
      return Value::of(std::int64_t{x < y});
    case HOp::le:
      return Value::of(std::int64_t{x <= y});
    case HOp::gt:
      return Value::of(std::int64_t{x > y});
    case HOp::ge:
      return Value::of(std::int64_t{x >= y});
    default:
      throw GaveUp{"int operator"};
  }
}

Value Evaluator::eval_call(Frame& frame, const HNode& node) {
  std::vector<Value> args;
  if (!eval_kids(frame, node, args)) return {};
  if (node.op == HOp::call_closure) {
    const Value closure = args[0];
    args.erase(args.begin());
    return call_closure(closure, std::move(args));
  }
  if (node.op == HOp::call_native) {
    const NativeRequest request{node.func->native, concrete(frame, node.type), node.kids, args};
    NativeReply reply = call_reference_native(request, program_.types, output_);
    if (reply.trap_code != 0) trap(reply.trap_code);
    if (reply.thrown.thing) throw Thrown{reply.thrown};
    return reply.value;
  }
  const bool method = node.func->self != nullptr;
  Value self;
  if (method) {
    self = args[0];
    args.erase(args.begin());
  }
  if (node.op != HOp::call) return call_method(*node.func, self, std::move(args));
  return call(*node.func, call_substitution(frame, node), {}, method ? &self : nullptr, std::move(args));
}

Value Evaluator::eval_construction(Frame& frame, const HNode& node) {
  const Type* type = concrete(frame, node.type);
  Value value = make(type);
  std::vector<Value> args;
  switch (node.op) {
    case HOp::new_object: {
      if (!eval_kids(frame, node, args)) return {};
      for (const auto& ref : check::all_fields(program_.types, type)) value.thing->items.push_back(zero(ref.type));
      if (node.func != nullptr) {
        // The constructor may be inherited: its owner's arguments come from that base.
        const Type* owner = type;
        while (owner->decl != node.func->owner)
          owner = program_.types.substitute(owner->decl->base, arguments_of(owner));
        call(*node.func, arguments_of(owner), {}, &value, std::move(args));
      }
      return value;
    }
    case HOp::new_fields: {
      const auto fields = check::all_fields(program_.types, type);
      value.thing->items.resize(fields.size());
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (node.kids[i] == nullptr) {
          value.thing->items[i] = zero(fields[i].type);
          continue;
        }
        value.thing->items[i] = eval(frame, node.kids[i]);
        if (frame.flow != Flow::normal) return {};
      }
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (node.kids[i] != nullptr || fields[i].field->init == nullptr) continue;
        const Type* owner = type;
        while (owner->decl != fields[i].field->owner)
          owner = program_.types.substitute(owner->decl->base, arguments_of(owner));
        value.thing->items[i] = call(*fields[i].field->init, arguments_of(owner), {}, &value, {});
      }
      return value;
    }
    case HOp::new_enum:
      value.thing->case_index = node.case_index;
      if (!eval_kids(frame, node, value.thing->items)) return {};
      return value;
    case HOp::new_list:
      if (!eval_kids(frame, node, value.thing->items)) return {};
      return value;
    case HOp::new_set:
    case HOp::new_map: {
      if (!eval_kids(frame, node, args)) return {};
      const std::size_t width = node.op == HOp::new_map ? 2 : 1;
      for (std::size_t i = 0; i < args.size(); i += width) put(*value.thing, args[i], args[i + width - 1]);
      return value;
    }
    case HOp::lambda:
      value.thing->func = node.func;
      value.thing->substitution = frame.substitution;
      for (const auto& capture : node.func->captures) {
        const Variable& variable = frame.variables[capture.outer];
        value.thing->captured.push_back(capture.outer->in_cell ? variable : std::make_shared<Value>(*variable));
      }
      return value;
    case HOp::func_ref:
      value.thing->func = node.func;
      value.thing->substitution = call_substitution(frame, node);
      return value;
    case HOp::bound_method: {
      const Value object = eval(frame, node.kids[0]);
      if (frame.flow != Flow::normal) return {};
      value.thing->func = node.func;
      value.thing->bound = object.thing;
      return value;
    }
    default:
      throw GaveUp{"construction"};
  }
}

Value Evaluator::eval_index(Frame& frame, const HNode& node) {
  std::vector<Value> args;
  if (!eval_kids(frame, node, args)) return {};
  Thing& thing = *args[0].thing;
  if (thing.type->kind == TypeKind::map) {
    if (node.op == HOp::set_index) {
      put(thing, args[1], args[2]);
      return args[2];
    }
    const Value* found = find(thing, args[1]);
    if (found == nullptr) trap(1604);
    return *found;
  }
  const std::int64_t at = args[1].integer;
  if (thing.type->kind == TypeKind::string) {
    const std::vector<std::string> characters = code_points(thing.text);
    if (at < 0 || at >= static_cast<std::int64_t>(characters.size())) trap(1602);
    return make_string(characters[static_cast<std::size_t>(at)]);
  }
  if (at < 0 || at >= static_cast<std::int64_t>(thing.items.size())) trap(1602);
  Value& item = thing.items[static_cast<std::size_t>(at)];
  if (node.op == HOp::set_index) item = args[2];
  return item;
}

Value Evaluator::eval_loop(Frame& frame, const HNode& node) {
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

Value Evaluator::eval_for(Frame& frame, const HNode& node) {
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
    if ((map ? thing->entries.size() : thing->items.size()) != size) trap(1608);
    bind(node.var, map ? thing->entries[i].first : thing->items[i]);
    bind(node.var2, map ? thing->entries[i].second : Value::of(static_cast<std::int64_t>(i)));
    eval(frame, body);
    if (!next_round(frame, node.label)) return {};
  }
  return {};
}

Value Evaluator::eval_try(Frame& frame, const HNode& node) {
  const HNode* catch_body = node.kids.size() > 1 ? node.kids[1] : nullptr;
  const HNode* finally = node.kids.size() > 2 ? node.kids[2] : nullptr;
  const int depth = depth_;
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
      if (node.var != nullptr) frame.variables[node.var] = std::make_shared<Value>(thrown.error);
      eval(frame, catch_body);
    }
  } catch (const Thrown&) {
    depth_ = depth;
    frame.flow = Flow::normal;
    run_finally();
    throw;
  }
  run_finally();
  return {};
}

Value Evaluator::eval_conversion(Frame& frame, const HNode& node) {
  Value value = eval(frame, node.kids[0]);
  if (frame.flow != Flow::normal) return {};
  const Type* from = concrete(frame, node.kids[0]->type);
  const Type* to = concrete(frame, node.op == HOp::is_type || node.op == HOp::cast || node.op == HOp::assume_type
                                       ? (node.target != nullptr ? node.target : node.type)
                                       : node.type);
  const auto boxed = [&](const Type* scalar) {
    Value out = make(scalar);
    out.thing->boxed = value;
    return out;
  };
  switch (node.op) {
    case HOp::int_to_float:
      return Value::of(static_cast<double>(value.integer));
    case HOp::float_to_int:
      if (!(value.real >= -9223372036854775808.0 && value.real < 9223372036854775808.0)) trap(1607);
      return Value::of(static_cast<std::int64_t>(value.real));
    case HOp::byte_to_int:
      return value;
    case HOp::int_to_byte:
      if (value.integer < 0 || value.integer > 255) trap(1600);
      return value;
    case HOp::box:
      return check::is_scalar(from) ? boxed(from) : value;
    case HOp::unbox:
      return value.thing->boxed;
    case HOp::upcast:
    case HOp::assume_not_null:  // of a type parameter these box and unbox when it stands for a scalar
      if (check::is_scalar(from) == check::is_scalar(to)) return value;
      return check::is_scalar(from) ? boxed(from) : value.thing->boxed;
    case HOp::is_null:
      return Value::of(std::int64_t{!value.thing});
    case HOp::is_type:
      if (check::is_scalar(from)) return Value::of(std::int64_t{is_instance(from, to)});
      return Value::of(std::int64_t{value.thing && is_instance(value.thing->type, to)});
    default: {  // cast, assume_type
      if (check::is_scalar(from)) {
        if (!is_instance(from, to)) trap(1605);
        return check::is_scalar(to) ? value : boxed(from);
      }
      if (!value.thing) {
        if (to->kind != TypeKind::nullable && to->kind != TypeKind::any && to->kind != TypeKind::json) trap(1603);
        return value;
      }
      if (!is_instance(value.thing->type, to)) trap(1605);
      return check::is_scalar(to) ? value.thing->boxed : value;
    }
  }
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
      if (value.integer == INT64_MIN) trap(1600);
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
      return eval_arithmetic(*node, concrete(frame, node->kids[0]->type), a, b);
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
      return eval_conversion(frame, *node);
    case HOp::call:
    case HOp::call_virtual:
    case HOp::call_interface:
    case HOp::call_bound:
    case HOp::call_closure:
    case HOp::call_native:
      return eval_call(frame, *node);
    case HOp::new_object:
    case HOp::new_fields:
    case HOp::new_enum:
    case HOp::new_list:
    case HOp::new_map:
    case HOp::new_set:
    case HOp::lambda:
    case HOp::func_ref:
    case HOp::bound_method:
      return eval_construction(frame, *node);
    case HOp::index:
    case HOp::set_index:
      return eval_index(frame, *node);
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
      return eval_loop(frame, *node);
    case HOp::for_range:
    case HOp::for_list:
    case HOp::for_map:
    case HOp::for_set:
    case HOp::for_string:
      return eval_for(frame, *node);
    case HOp::break_:
    case HOp::continue_:
      frame.flow = node->op == HOp::break_ ? Flow::break_ : Flow::continue_;
      frame.label = node->label;
      return {};
    case HOp::throw_: {
      const Value error = kid(0);
      if (left()) return {};
      throw Thrown{error};
    }
    case HOp::try_:
      return eval_try(frame, *node);
    case HOp::expr:
      return kid(0);
    default:
      throw GaveUp{"HIR operation " + std::to_string(static_cast<int>(node->op))};
  }
}

}  // namespace

Outcome evaluate(check::Program& program, std::uint64_t max_steps) {
  return Evaluator(program, max_steps).run();
}

}  // namespace noodle::reference
