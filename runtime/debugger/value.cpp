#include "runtime/debugger/value.hpp"

#include <algorithm>

#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::debugger {
namespace {

using bytecode::TypeIndex;
using bytecode::TypeKind;
using vm::Class;
using vm::Object;
using vm::Program;
using vm::Slot;
using vm::Storage;

/// What lies in an array of a list or map.
Value element(const Program& program, TypeIndex type, Storage storage, Object* array, std::int64_t index) {
  switch (storage) {
    case Storage::byte: {
      Value value = scalar_value(type, {array->bytes()[index]});
      value.byte = &array->bytes()[index];
      return value;
    }
    case Storage::pointer:
      return object_value(program, array->pointers()[index]);
    default:
      return value_in(program, type, &array->slots()[index]);
  }
}

Value from_map(const Program& program, TypeIndex type, Storage storage, vm::MapValue value) {
  if (storage == Storage::pointer) return object_value(program, value.pointer);
  return scalar_value(type, value.scalar);
}

std::string key_text(const Program& program, const Value& key) {
  return shown_text(program, key, 200);
}

/// The n-th field of an object, in the order of its type.
Value field_at(const Program& program, Object* object, const Class& cls, std::size_t index) {
  const auto is_scalar = [&](std::size_t i) {
    return bytecode::is_scalar_kind(program.module.types[cls.def->fields[i].type.index].kind);
  };
  std::size_t number = 0;
  const bool scalar = is_scalar(index);
  for (std::size_t i = 0; i < index; ++i) number += is_scalar(i) == scalar ? 1 : 0;
  const std::uint8_t slot = scalar ? cls.scalar_slots[number] : cls.pointer_slots[number];
  return value_in(program, cls.def->fields[index].type.index, &object->slots()[slot]);
}

void map_parts(const Program& program, const Class& cls, vm::MapObject* map, std::int64_t start, std::int64_t count,
               std::vector<NamedValue>& out) {
  std::int64_t at = 0;
  for (std::int64_t entry = vm::next_entry(map, 0); entry >= 0 && count > 0; entry = vm::next_entry(map, entry + 1)) {
    if (at++ < start) continue;
    --count;
    const Value key = from_map(program, cls.def->args[0].index, cls.element, vm::key_at(cls, map, entry));
    if (cls.kind == TypeKind::set) {
      out.push_back({"[" + std::to_string(at - 1) + "]", key});
      continue;
    }
    Value value = element(program, cls.def->args[1].index, cls.value, map->values, entry);
    out.push_back({"[" + key_text(program, key) + "]", std::move(value)});
  }
}

}  // namespace

Value scalar_value(TypeIndex type, Slot bits) {
  Value value;
  value.kind = Value::Kind::scalar;
  value.type = type;
  value.scalar = bits;
  return value;
}

Value int_value(std::int64_t number) {
  return scalar_value(bytecode::kInt, {number});
}

Value float_value(double number) {
  Slot bits{};
  bits.f = number;
  return scalar_value(bytecode::kFloat, bits);
}

Value bool_value(bool truth) {
  return scalar_value(bytecode::kBool, {truth ? 1 : 0});
}

Value text_value(std::string text) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(text);
  return value;
}

Value object_value(const Program& program, Object* object) {
  Value value;
  value.object = object;
  if (!object) return value;
  const Class& cls = program.classes[class_of(object)];
  return cls.kind == TypeKind::box ? scalar_value(cls.def->args[0].index, object->slots()[0]) : value;
}

Value value_in(const Program& program, TypeIndex type, Slot* slot) {
  if (!bytecode::is_scalar_kind(program.module.types[type].kind)) {
    Value value = object_value(program, *reinterpret_cast<Object**>(slot));
    if (value.kind == Value::Kind::object) value.type = type;
    return value;
  }
  Value value = scalar_value(type, *slot);
  value.slot = slot;
  return value;
}

std::uint32_t class_of(const Object* object) {
  return object->class_id() == vm::kRope ? std::uint32_t{bytecode::kString} : object->class_id();
}

TypeKind kind_of(const Program& program, const Value& value) {
  if (value.kind == Value::Kind::text) return TypeKind::string;
  if (value.kind == Value::Kind::scalar) return program.module.types[value.type].kind;
  return value.object ? program.classes[class_of(value.object)].kind : TypeKind::null;
}

bool is_text(const Program& program, const Value& value) {
  return kind_of(program, value) == TypeKind::string;
}

std::string plain_text(const Value& value) {
  if (value.kind == Value::Kind::text) return value.text;
  std::string text(vm::text_bytes(value.object), '\0');
  vm::copy_text(value.object, text.data());
  return text;
}

std::string shown_text(const Program& program, const Value& value, std::size_t limit_bytes) {
  if (value.kind == Value::Kind::scalar) return vm::scalar_text(program, value.type, value.scalar);
  if (value.kind == Value::Kind::text) return '"' + value.text.substr(0, limit_bytes) + '"';
  if (is_text(program, value)) {
    // A long text is not walked as a whole to show its beginning.
    if (std::string_view flat; vm::contiguous_text(value.object, flat) && flat.size() > limit_bytes) {
      while (limit_bytes > 0 && (static_cast<unsigned char>(flat[limit_bytes]) & 0xc0) == 0x80) --limit_bytes;
      return '"' + std::string(flat.substr(0, limit_bytes)) + "...\" (" + std::to_string(flat.size()) + " bytes)";
    }
  }
  vm::ValueText text(program, value.object, true);
  const bool complete = text.step(limit_bytes);
  std::string out = std::move(text.out());
  if (complete && out.size() <= 2 * limit_bytes) return out;
  std::size_t cut = std::min(out.size(), limit_bytes);
  while (cut > 0 && cut < out.size() && (static_cast<unsigned char>(out[cut]) & 0xc0) == 0x80) --cut;
  return out.substr(0, cut) + "...";
}

std::string type_text(const Program& program, const Value& value) {
  if (value.kind == Value::Kind::text) return "String";
  if (value.kind == Value::Kind::scalar) return program.module.types[value.type].name;
  const bytecode::TypeDef& declared = program.module.types[value.type];
  if (!value.object)
    return declared.kind == TypeKind::null || declared.name.ends_with('?') ? declared.name : declared.name + "?";
  const Class& cls = program.classes[class_of(value.object)];
  return cls.kind == TypeKind::closure ? program.module.types[cls.def->result.index].name : cls.def->name;
}

PartCount part_count(const Program& program, const Value& value) {
  if (value.kind != Value::Kind::object || !value.object) return {};
  const Class& cls = program.classes[class_of(value.object)];
  switch (cls.kind) {
    case TypeKind::list:
      return {static_cast<vm::ListObject*>(value.object)->count, true};
    case TypeKind::map:
    case TypeKind::set:
      return {static_cast<vm::MapObject*>(value.object)->count, true};
    case TypeKind::bytes:
      return {value.object->length(), true};
    case TypeKind::object:
    case TypeKind::enum_case:
    case TypeKind::closure:
      return {static_cast<std::int64_t>(cls.def->fields.size()), false};
    default:
      return {};
  }
}

std::vector<NamedValue> parts(const Program& program, const Value& value, std::int64_t start, std::int64_t count) {
  const std::int64_t all = part_count(program, value).count;
  start = std::clamp<std::int64_t>(start, 0, all);
  count = std::clamp<std::int64_t>(count, 0, all - start);
  std::vector<NamedValue> out;
  if (count == 0) return out;
  const Class& cls = program.classes[class_of(value.object)];
  if (cls.kind == TypeKind::map || cls.kind == TypeKind::set) {
    map_parts(program, cls, static_cast<vm::MapObject*>(value.object), start, count, out);
    return out;
  }
  for (std::int64_t i = start; i < start + count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::string number = "[" + std::to_string(i) + "]";
    if (cls.kind == TypeKind::list) {
      Object* storage = static_cast<vm::ListObject*>(value.object)->storage;
      out.push_back({number, element(program, cls.def->args[0].index, cls.element, storage, i)});
    } else if (cls.kind == TypeKind::bytes) {
      out.push_back({number, scalar_value(bytecode::kByte, {value.object->bytes()[index]})});
    } else {
      const std::string& name = cls.def->fields[index].name;
      out.push_back({name.empty() ? std::to_string(i) : name, field_at(program, value.object, cls, index)});
    }
  }
  return out;
}

std::optional<Value> part(const Program& program, const Value& value, std::int64_t index) {
  if (index < 0 || index >= part_count(program, value).count) return std::nullopt;
  std::vector<NamedValue> found = parts(program, value, index, 1);
  if (found.empty()) return std::nullopt;
  return std::move(found.front().value);
}

std::optional<Value> field(const Program& program, const Value& value, std::string_view name) {
  if (value.kind != Value::Kind::object || !value.object || part_count(program, value).indexed) return std::nullopt;
  const Class& cls = program.classes[class_of(value.object)];
  for (std::size_t i = 0; cls.def && i < cls.def->fields.size(); ++i) {
    if (cls.def->fields[i].name == name) return field_at(program, value.object, cls, i);
  }
  return std::nullopt;
}

std::optional<Value> entry(const Program& program, const Value& map, const Value& key) {
  const Class& cls = program.classes[class_of(map.object)];
  auto* object = static_cast<vm::MapObject*>(map.object);
  for (std::int64_t at = vm::next_entry(object, 0); at >= 0; at = vm::next_entry(object, at + 1)) {
    const Value found = from_map(program, cls.def->args[0].index, cls.element, vm::key_at(cls, object, at));
    if (equal(program, found, key)) return element(program, cls.def->args[1].index, cls.value, object->values, at);
  }
  return std::nullopt;
}

bool equal(const Program& program, const Value& left, const Value& right) {
  if (is_text(program, left) && is_text(program, right)) return plain_text(left) == plain_text(right);
  if (left.kind != right.kind) return false;
  if (left.kind == Value::Kind::object) {
    if (!left.object || !right.object) return left.object == right.object;
    return vm::values_equal(program, left.object, right.object);
  }
  const bool floats = kind_of(program, left) == TypeKind::float_ && kind_of(program, right) == TypeKind::float_;
  return floats ? left.scalar.f == right.scalar.f : left.scalar.u == right.scalar.u;
}

}  // namespace noodle::debugger
