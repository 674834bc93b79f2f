#include "runtime/bytecode/typing.hpp"

#include <algorithm>

namespace noodle::bytecode {

void RegisterState::clobber(std::uint32_t first_scalar, std::uint32_t first_pointer) {
  for (std::uint32_t word = 0; word < scalars.size(); ++word) {
    const std::uint32_t base = word * 64;
    if (first_scalar <= base) {
      scalars[word] = 0;
    } else if (first_scalar < base + 64) {
      scalars[word] &= (std::uint64_t{1} << (first_scalar - base)) - 1;
    }
  }
  for (std::size_t p = first_pointer; p < pointers.size(); ++p) pointers[p] = kUnsetCell;
}

void Typing::begin(const FunctionDef& function, const CallShape& shape, RegisterState& state) {
  scalar_registers_ = function.scalar_registers;
  pointer_registers_ = function.pointer_registers;
  shape_ = &shape;
  state.scalars = {};
  for (std::uint32_t s = 0; s < shape.scalars; ++s) state.set_scalar(s);
  state.pointers.assign(function.pointer_registers, kNullCell);
  std::copy(shape.pointers.begin(), shape.pointers.end(), state.pointers.begin());
}

// ---------------------------------------------------------------- registers

bool Typing::fail(Code code, std::string reason) {
  code_ = code;
  reason_ = std::move(reason);
  return false;
}

bool Typing::read(std::uint32_t s) {
  if (state_->has_scalar(s)) return true;
  return fail(Code::verify_uninitialised, "S" + std::to_string(s) + " is not set");
}

bool Typing::read_pointer(std::uint32_t p) {
  if (state_->pointers[p] != kUnsetCell) return true;
  return fail(Code::verify_uninitialised, "P" + std::to_string(p) + " is not set");
}

bool Typing::expect(std::uint32_t p, Cell type) {
  const Cell cell = state_->pointers[p];
  if (cell == type || view_.assignable(cell, type)) return true;
  if (!read_pointer(p)) return false;
  return fail(Code::verify_type,
              "P" + std::to_string(p) + " is " + type_text(module_, cell) + ", expected " + type_text(module_, type));
}

bool Typing::write(std::uint32_t s) {
  state_->set_scalar(s);
  effect_->written_scalar = s;
  return true;
}

bool Typing::write_pointer(std::uint32_t p, Cell type) {
  state_->pointers[p] = type;
  effect_->written_pointer = p;
  return true;
}

bool Typing::expect_box(std::uint32_t p) {
  if (!read_pointer(p)) return false;
  const Cell cell = state_->pointers[p];
  if (!(cell & 1) && view_.kind(cell >> 1) == TypeKind::box) return true;
  return fail(Code::verify_type, "P" + std::to_string(p) + " is " + type_text(module_, cell) + ", expected a box");
}

bool Typing::expect_enum(std::uint32_t p) {
  if (!read_pointer(p)) return false;
  const Cell cell = state_->pointers[p];
  const TypeKind kind = view_.kind(cell >> 1);
  if (!(cell & 1) && (kind == TypeKind::enum_ || kind == TypeKind::enum_case)) return true;
  return fail(Code::verify_type, "P" + std::to_string(p) + " is " + type_text(module_, cell) + ", expected an enum");
}

const FieldLayout* Typing::object_fields(std::uint32_t p) {
  if (!read_pointer(p)) return nullptr;
  const Cell cell = state_->pointers[p];
  if (cell & 1) {
    fail(Code::verify_type, "P" + std::to_string(p) + " is " + type_text(module_, cell) + ", which can be null");
    return nullptr;
  }
  effect_->object_type = cell >> 1;
  return &view_.fields(cell >> 1);
}

/// Storage: 's' 8-byte scalars, 'b' bytes, 'p' pointers, '*' any of them.
bool Typing::list_element(std::uint32_t p, char storage, Cell& element) {
  if (!read_pointer(p)) return false;
  const Cell cell = state_->pointers[p];
  if ((cell & 1) || view_.kind(cell >> 1) != TypeKind::list) {
    return fail(Code::verify_type, "P" + std::to_string(p) + " is " + type_text(module_, cell) + ", expected a list");
  }
  const TypeRef type = view_.type(cell >> 1).args[0];
  const TypeKind kind = view_.kind(type.index);
  const char actual = !is_scalar_kind(kind) ? 'p' : kind == TypeKind::bool_ || kind == TypeKind::byte ? 'b' : 's';
  if (storage != '*' && storage != actual) {
    return fail(Code::verify_type, type_text(module_, cell) + " keeps its elements in another form");
  }
  element = to_cell(type);
  return true;
}

// ---------------------------------------------------------------- instructions

bool Typing::step(const Instruction& i, RegisterState& state, StepEffect& effect) {
  state_ = &state;
  effect_ = &effect;
  effect = StepEffect{};
  switch (i.op) {
    case Op::mvp:
      return read_pointer(i.b) && write_pointer(i.a, state.pointers[i.b]);
    case Op::ldn:
      return write_pointer(i.a, kNullCell);
    case Op::lds:
      return write_pointer(i.a, not_null(kString));
    case Op::ldf: {
      const TypeIndex closure = view_.static_closure(i.extra);
      if (closure == kNone) return fail(Code::verify_type, "the function has no closure class without captures");
      return write_pointer(i.a, not_null(closure));
    }
    case Op::pnul:
      return read_pointer(i.b) && write(i.a);
    case Op::peq:
      return read_pointer(i.b) && read_pointer(i.c) && write(i.a);
    case Op::new_:
    case Op::gets:
    case Op::sets:
    case Op::getp:
    case Op::setp:
    case Op::box:
    case Op::unbox:
    case Op::etag:
      return step_object(i);
    case Op::isa:
    case Op::cast:
    case Op::castn:
    case Op::upc:
    case Op::nnul:
      return step_cast(i);
    case Op::newl:
    case Op::llen:
    case Op::lgs:
    case Op::lgb:
    case Op::lgp:
    case Op::lss:
    case Op::lsb:
    case Op::lsp:
    case Op::lps:
    case Op::lpb:
    case Op::lpp:
    case Op::lres:
      return step_list(i);
    case Op::slen:
    case Op::sbyte:
    case Op::scat:
    case Op::streq:
    case Op::strcmp:
      return step_string(i);
    case Op::call:
    case Op::vcall:
    case Op::icall:
    case Op::ccall:
    case Op::ncall:
    case Op::ret:
    case Op::rets:
    case Op::retp:
    case Op::throw_:
      return step_call(i);
    case Op::spawn:
    case Op::spawnf:
    case Op::send:
    case Op::ask:
    case Op::sendv:
      return step_actor(i);
    default:
      return i.op >= Op::jmp && i.op <= Op::jstrne ? step_branch(i) : step_scalar(i);
  }
}

/// Instructions on S registers alone: their format tells all.
bool Typing::step_scalar(const Instruction& i) {
  const Operands& o = kOperands[static_cast<std::size_t>(i.op)];
  if (o.b == 's' && !read(i.b)) return false;
  if (o.c == 's' && !read(i.c)) return false;
  return write(i.a);
}

bool Typing::step_branch(const Instruction& i) {
  effect_->branches = true;
  effect_->target = static_cast<std::uint32_t>(i.target());
  switch (i.op) {
    case Op::jmp:
      effect_->falls_through = false;
      return true;
    case Op::jnul:
      return refine(i, true);
    case Op::jnnul:
      return refine(i, false);
    case Op::jstreq:
    case Op::jstrne:
      return expect(i.a, not_null(kString)) && expect(i.b, not_null(kString));
    default: {
      const Operands& o = kOperands[static_cast<std::size_t>(i.op)];
      return read(i.a) && (o.b != 's' || read(i.b));
    }
  }
}

/// jnul and jnnul: on one edge the register is null, on the other it is not. The null constant takes only the first.
bool Typing::refine(const Instruction& i, bool jump_if_null) {
  if (!read_pointer(i.a)) return false;
  const Cell cell = state_->pointers[i.a];
  const bool always_null = cell == kNullCell;
  effect_->refined = i.a;
  if (jump_if_null) {
    effect_->refined_cell = kNullCell;
    if (always_null) {
      effect_->falls_through = false;
      return true;
    }
    return write_pointer(i.a, cell & ~Cell{1});
  }
  effect_->refined_cell = cell & ~Cell{1};
  effect_->branches = !always_null;
  return write_pointer(i.a, kNullCell);
}

bool Typing::step_object(const Instruction& i) {
  const auto no_field = [&] { return fail(Code::verify_type, "the object has no such field"); };
  switch (i.op) {
    case Op::new_: {
      const TypeDef& def = view_.type(i.d);
      const bool plain =
          def.kind == TypeKind::object || def.kind == TypeKind::enum_case || def.kind == TypeKind::closure;
      if (!plain || def.is_abstract) return fail(Code::verify_type, "`" + def.name + "` has no objects of its own");
      return write_pointer(i.a, not_null(i.d));
    }
    case Op::gets: {
      const FieldLayout* fields = object_fields(i.b);
      return fields && (i.c < fields->scalar_slots.size() || no_field()) && write(i.a);
    }
    case Op::sets: {
      const FieldLayout* fields = object_fields(i.a);
      return fields && (i.b < fields->scalar_slots.size() || no_field()) && read(i.c);
    }
    case Op::getp: {
      const FieldLayout* fields = object_fields(i.b);
      return fields && (i.c < fields->pointers.size() || no_field()) && write_pointer(i.a, fields->pointers[i.c]);
    }
    case Op::setp: {
      const FieldLayout* fields = object_fields(i.a);
      return fields && (i.b < fields->pointers.size() || no_field()) && expect(i.c, fields->pointers[i.b]);
    }
    case Op::box:
      if (view_.kind(i.extra) != TypeKind::box) return fail(Code::verify_type, "not a box type");
      return read(i.b) && write_pointer(i.a, not_null(i.extra));
    case Op::unbox:
      return expect_box(i.b) && write(i.a);
    default:
      return expect_enum(i.b) && write(i.a);  // etag
  }
}

bool Typing::step_cast(const Instruction& i) {
  if (!read_pointer(i.b)) return false;
  const Cell cell = state_->pointers[i.b];
  if (i.op == Op::nnul) {
    effect_->falls_through = cell != kNullCell;
    return write_pointer(i.a, cell & ~Cell{1});
  }
  const TypeKind kind = view_.kind(i.extra);
  if (is_scalar_kind(kind) || kind == TypeKind::void_ || kind == TypeKind::null) {
    return fail(Code::verify_type, "`" + view_.type(i.extra).name + "` is not the type of an object");
  }
  switch (i.op) {
    case Op::isa:
      return write(i.a);
    case Op::cast:
      return write_pointer(i.a, not_null(i.extra));
    case Op::castn:
      return write_pointer(i.a, not_null(i.extra) | (cell & 1));
    default: {  // upc
      const Cell type = not_null(i.extra) | (cell & 1);
      return expect(i.b, type) && write_pointer(i.a, type);
    }
  }
}

bool Typing::step_list(const Instruction& i) {
  Cell element = kUnsetCell;
  switch (i.op) {
    case Op::newl:
      if (view_.kind(i.extra) != TypeKind::list) return fail(Code::verify_type, "not a list type");
      return read(i.b) && write_pointer(i.a, not_null(i.extra));
    case Op::llen:
      return list_element(i.b, '*', element) && write(i.a);
    case Op::lgs:
      return list_element(i.b, 's', element) && read(i.c) && write(i.a);
    case Op::lgb:
      return list_element(i.b, 'b', element) && read(i.c) && write(i.a);
    case Op::lgp:
      return list_element(i.b, 'p', element) && read(i.c) && write_pointer(i.a, element);
    case Op::lss:
      return list_element(i.a, 's', element) && read(i.b) && read(i.c);
    case Op::lsb:
      return list_element(i.a, 'b', element) && read(i.b) && read(i.c);
    case Op::lsp:
      return list_element(i.a, 'p', element) && read(i.b) && expect(i.c, element);
    case Op::lps:
      return list_element(i.a, 's', element) && read(i.b);
    case Op::lpb:
      return list_element(i.a, 'b', element) && read(i.b);
    case Op::lpp:
      return list_element(i.a, 'p', element) && expect(i.b, element);
    default:
      return list_element(i.a, '*', element) && read(i.b);  // lres
  }
}

bool Typing::step_string(const Instruction& i) {
  const Cell string = not_null(kString);
  switch (i.op) {
    case Op::slen:
      return expect(i.b, string) && write(i.a);
    case Op::sbyte:
      return expect(i.b, string) && read(i.c) && write(i.a);
    case Op::scat:
      if (i.b + i.c > pointer_registers_) return fail(Code::verify_operand, "the Strings lie outside the registers");
      for (std::uint32_t p = i.b; p < i.b + i.c; ++p) {
        if (!expect(p, string)) return false;
      }
      return write_pointer(i.a, string);
    default:
      return expect(i.b, string) && expect(i.c, string) && write(i.a);  // streq, strcmp
  }
}

// ---------------------------------------------------------------- calls

/// Arguments of `shape` from its `first` pointer on, in S[scalar].. and P[pointer]...
bool Typing::arguments(const CallShape& shape, std::size_t first, std::uint32_t scalar, std::uint32_t pointer) {
  const std::size_t pointers = shape.pointers.size() - first;
  if (scalar + shape.scalars > scalar_registers_ || pointer + pointers > pointer_registers_) {
    return fail(Code::verify_operand, "the arguments lie outside the registers");
  }
  for (std::uint32_t s = 0; s < shape.scalars; ++s) {
    if (!read(scalar + s)) return false;
  }
  for (std::uint32_t p = 0; p < pointers; ++p) {
    if (!expect(pointer + p, shape.pointers[first + p])) return false;
  }
  return true;
}

bool Typing::finish_call(const Instruction& i, char result, Cell type) {
  effect_->clobbered_scalar = i.a;
  effect_->clobbered_pointer = i.b;
  state_->clobber(i.a, i.b);
  if (result == 's') {
    if (i.a >= scalar_registers_) return fail(Code::verify_operand, "the result lies outside the registers");
    return write(i.a);
  }
  if (result == 'p') {
    if (i.b >= pointer_registers_) return fail(Code::verify_operand, "the result lies outside the registers");
    return write_pointer(i.b, type);
  }
  return true;
}

bool Typing::step_call(const Instruction& i) {
  const auto plain = [&](const CallShape& shape) {
    return arguments(shape, 0, i.a, i.b) && finish_call(i, shape.result, shape.result_cell);
  };
  const auto with_receiver = [&](const CallShape& shape, TypeIndex receiver) {
    if (i.b >= pointer_registers_) return fail(Code::verify_operand, "the receiver lies outside the registers");
    return expect(i.b, not_null(receiver)) && arguments(shape, 0, i.a, i.b + 1) &&
           finish_call(i, shape.result, shape.result_cell);
  };
  switch (i.op) {
    case Op::call:
      return plain(view_.function(i.extra));
    case Op::ncall:
      return plain(view_.native(i.extra));
    case Op::vcall:
      return step_virtual_call(i);
    case Op::icall:
      return with_receiver(view_.selector(i.extra), module_.selectors[i.extra].interface);
    case Op::ccall:
      if (view_.kind(i.extra) != TypeKind::func) return fail(Code::verify_type, "not a function type");
      return with_receiver(view_.func_type(i.extra), i.extra);
    default:
      break;
  }
  effect_->falls_through = false;
  switch (i.op) {
    case Op::throw_:
      return expect(i.a, not_null(kError));
    case Op::ret:
      return shape_->result == 'v' || fail(Code::verify_signature, "the function has a result");
    case Op::rets:
      if (shape_->result != 's') return fail(Code::verify_signature, "the function has no scalar result");
      return read(i.a);
    default:  // retp
      if (shape_->result != 'p') return fail(Code::verify_signature, "the function has no pointer result");
      return expect(i.a, shape_->result_cell);
  }
}

bool Typing::step_virtual_call(const Instruction& i) {
  if (i.b >= pointer_registers_) return fail(Code::verify_operand, "the receiver lies outside the registers");
  if (!object_fields(i.b)) return false;
  const TypeIndex type = effect_->object_type;
  if (view_.kind(type) != TypeKind::object || i.extra >= view_.type(type).vtable.size()) {
    return fail(Code::verify_type, "`" + view_.type(type).name + "` has no such method");
  }
  const std::uint32_t function = view_.slot_function(type, i.extra);
  if (function == kNone) {
    // No class that can have objects implements it, so there is no such receiver: control never gets here.
    effect_->falls_through = false;
    return true;
  }
  const CallShape& shape = view_.function(function);
  return arguments(shape, 1, i.a, i.b + 1) && finish_call(i, shape.result, shape.result_cell);
}

bool Typing::step_actor(const Instruction& i) {
  if (i.op == Op::sendv) {
    return expect(i.a, not_null(kActorRefAny)) && read_pointer(i.b);
  }
  if (i.op == Op::spawn || i.op == Op::spawnf) {
    if (!expect(i.c, kSpawnOptions << 1 | 1)) return false;
    if (i.op == Op::spawnf) {
      return arguments(view_.function(i.extra), 0, i.a, i.b) && finish_call(i, 'p', not_null(kActorRefAny));
    }
    const TypeDef& def = view_.type(i.extra);
    if (def.kind != TypeKind::object || !def.is_actor) return fail(Code::verify_type, "not an actor type");
    return arguments(view_.constructor_args(def.actor), 0, i.a, i.b) &&
           finish_call(i, 'p', not_null(view_.actor_ref(i.extra)));
  }
  if (i.b >= pointer_registers_) return fail(Code::verify_operand, "the receiver lies outside the registers");
  if (!expect(i.b, not_null(kActorRefAny))) return false;
  const HandlerDef& handler = module_.handlers[i.extra];
  const TypeIndex actor = view_.type(state_->pointers[i.b] >> 1).args[0].index;
  if (actor == kAny || !view_.handles(actor, handler.owner)) {
    return fail(Code::verify_type,
                type_text(module_, state_->pointers[i.b]) + " has no handler `" + handler.name + "`");
  }
  const CallShape& shape = view_.handler(i.extra);
  if (i.op == Op::send) return arguments(shape, 0, i.a, i.b + 1) && finish_call(i, 'v', kUnsetCell);
  if (i.a >= scalar_registers_) return fail(Code::verify_operand, "the time limit lies outside the registers");
  return read(i.a) && arguments(shape, 0, i.a + 1, i.b + 1) && finish_call(i, shape.result, shape.result_cell);
}

}  // namespace noodle::bytecode
