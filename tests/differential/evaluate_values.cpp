// Values, arithmetic, construction and conversions of the reference evaluator.
#include <cmath>

#include "tests/differential/evaluator.hpp"

namespace noodle::reference {

Value Evaluator::make(const Type* type) {
  Value value;
  value.thing = std::make_shared<Thing>();
  value.thing->type = type;
  return value;
}

Value Evaluator::make_list(const Type* type, std::vector<Value> items) {
  Value value = make(type);
  value.thing->items = std::move(items);
  return value;
}

Value Evaluator::make_string(std::string text) {
  Value value = make(program_.types.basic(TypeKind::string));
  value.thing->text = std::move(text);
  return value;
}

/// Fields: code, message, data, cause, trace.
Value Evaluator::make_error(int code, std::string message) {
  Value error = make(program_.error_class->self_type);
  error.thing->items = {Value::of(std::int64_t{code}), make_string(std::move(message)), {}, {}, make_string("")};
  return error;
}

Value Evaluator::zero(const Type* type) {
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

bool Evaluator::is_instance(const Type* type, const Type* target) {
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

Substitution Evaluator::arguments_of(const Type* type) {
  Substitution out;
  for (std::size_t i = 0; i < type->args.size(); ++i) out[type->decl->tparams[i]] = type->args[i];
  return out;
}

std::size_t Evaluator::field_position(const check::HField* field) {
  std::size_t position = field->index;
  for (const Type* base = field->owner->base; base != nullptr; base = base->decl->base)
    position += base->decl->fields.size();
  return position;
}

Value Evaluator::arithmetic(const HNode& node, const Type* type, const Value& a, const Value& b) {
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
  const auto overflow = [&](const char* op) {
    trap(node, 1600, "integer overflow: " + std::to_string(x) + op + std::to_string(y));
  };
  const auto bad_shift = [&] { trap(node, 1606, "shift by " + std::to_string(y) + "; possible are 0 to 63"); };
  switch (node.op) {
    case HOp::add:
      if (__builtin_add_overflow(x, y, &r)) overflow(" + ");
      return Value::of(r);
    case HOp::sub:
      if (__builtin_sub_overflow(x, y, &r)) overflow(" - ");
      return Value::of(r);
    case HOp::mul:
      if (__builtin_mul_overflow(x, y, &r)) overflow(" * ");
      return Value::of(r);
    case HOp::div:
      if (y == 0) trap(node, 1601, "division by zero: " + std::to_string(x) + " / 0");
      if (y == -1) {
        if (__builtin_sub_overflow(std::int64_t{0}, x, &r)) overflow(" / ");
        return Value::of(r);
      }
      return Value::of(x / y);
    case HOp::mod:
      if (y == 0) trap(node, 1601, "division by zero: " + std::to_string(x) + " % 0");
      return Value::of(y == -1 ? 0 : x % y);
    case HOp::bit_and:
      return Value::of(x & y);
    case HOp::bit_or:
      return Value::of(x | y);
    case HOp::bit_xor:
      return Value::of(x ^ y);
    case HOp::shl:
      if (y < 0 || y > 63) bad_shift();
      return Value::of(static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << y));
    case HOp::shr:
      if (y < 0 || y > 63) bad_shift();
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

Value Evaluator::construction(Frame& frame, const HNode& node) {
  const Type* type = concrete(frame, node.type);
  Value value = make(type);
  std::vector<Value> args;
  switch (node.op) {
    case HOp::new_object: {
      if (!kids(frame, node, args)) return {};
      for (const auto& ref : check::all_fields(program_.types, type)) value.thing->items.push_back(zero(ref.type));
      if (node.func != nullptr) {
        // The constructor may be inherited: its owner's arguments come from that base.
        const Type* owner = type;
        while (owner->decl != node.func->owner)
          owner = program_.types.substitute(owner->decl->base, arguments_of(owner));
        stack_.back().at = &node;
        call(*node.func, arguments_of(owner), &value, std::move(args));
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
        value.thing->items[i] = call(*fields[i].field->init, arguments_of(owner), &value, {});
      }
      return value;
    }
    case HOp::new_enum:
      value.thing->case_index = node.case_index;
      if (!kids(frame, node, value.thing->items)) return {};
      return value;
    case HOp::new_list:
      if (!kids(frame, node, value.thing->items)) return {};
      return value;
    case HOp::new_set:
    case HOp::new_map: {
      if (!kids(frame, node, args)) return {};
      const std::size_t width = node.op == HOp::new_map ? 2 : 1;
      for (std::size_t i = 0; i < args.size(); i += width) put(*value.thing, args[i], args[i + width - 1]);
      return value;
    }
    case HOp::lambda:
      value.thing->func = node.func;
      value.thing->substitution = frame.substitution;
      value.thing->text = frame.type_arguments;
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

namespace {

std::string missing_key_text(const Thing& map, const Value& key) {
  constexpr std::size_t kShownBytes = 60;
  std::string text = text_of(key, map.type->args[0]);
  if (text.size() > kShownBytes) {
    std::size_t end = kShownBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  return "the map has no key " + text;
}

}  // namespace

Value Evaluator::index(Frame& frame, const HNode& node) {
  std::vector<Value> args;
  if (!kids(frame, node, args)) return {};
  Thing& thing = *args[0].thing;
  if (thing.type->kind == TypeKind::map) {
    if (node.op == HOp::set_index) {
      put(thing, args[1], args[2]);
      return args[2];
    }
    const Value* found = find(thing, args[1]);
    if (found == nullptr) trap(node, 1604, missing_key_text(thing, args[1]));
    return *found;
  }
  const std::int64_t at = args[1].integer;
  const auto out_of_range = [&](std::size_t length) {
    trap(node, 1602, "index " + std::to_string(at) + " is out of range: length is " + std::to_string(length));
  };
  if (thing.type->kind == TypeKind::string) {
    const std::vector<std::string> characters = code_points(thing.text);
    if (at < 0 || at >= static_cast<std::int64_t>(characters.size())) out_of_range(characters.size());
    return make_string(characters[static_cast<std::size_t>(at)]);
  }
  if (at < 0 || at >= static_cast<std::int64_t>(thing.items.size())) out_of_range(thing.items.size());
  Value& item = thing.items[static_cast<std::size_t>(at)];
  if (node.op == HOp::set_index) item = args[2];
  return item;
}

namespace {

/// ".circle" of a value of an enum with payload.
std::string case_of(const Value& value) {
  if (!value.thing || value.thing->type->kind != TypeKind::enum_) return {};
  return "." + std::string(value.thing->type->decl->cases[value.thing->case_index].name);
}

}  // namespace

Value Evaluator::conversion(Frame& frame, const HNode& node) {
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
  const auto bad_cast = [&](const Type* actual) {
    trap(node, 1605, "value is of type " + check::to_string(actual) + case_of(value) + ", not " + check::to_string(to));
  };
  switch (node.op) {
    case HOp::int_to_float:
      return Value::of(static_cast<double>(value.integer));
    case HOp::float_to_int:
      if (!(value.real >= -9223372036854775808.0 && value.real < 9223372036854775808.0)) {
        trap(node, 1607, "float " + text_of_float(value.real) + " does not fit an int");
      }
      return Value::of(static_cast<std::int64_t>(value.real));
    case HOp::byte_to_int:
      return value;
    case HOp::int_to_byte:
      if (value.integer < 0 || value.integer > 255) {
        trap(node, 1600, std::to_string(value.integer) + " does not fit a byte: 0 to 255");
      }
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
        if (!is_instance(from, to)) bad_cast(from);
        return check::is_scalar(to) ? value : boxed(from);
      }
      if (!value.thing) {
        if (to->kind != TypeKind::nullable && to->kind != TypeKind::any && to->kind != TypeKind::json)
          trap(node, 1603, "null is not a " + check::to_string(to));
        return value;
      }
      if (!is_instance(value.thing->type, to)) bad_cast(value.thing->type);
      return check::is_scalar(to) ? value.thing->boxed : value;
    }
  }
}

}  // namespace noodle::reference
