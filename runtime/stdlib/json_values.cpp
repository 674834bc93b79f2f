// The typed half of the JSON reader: what was read becomes a value of the type that is expected there.
#include <charconv>
#include <cmath>

#include "runtime/stdlib/base64.hpp"
#include "runtime/stdlib/fields.hpp"
#include "runtime/stdlib/json_reader.hpp"
#include "runtime/stdlib/time_text.hpp"
#include "runtime/values/list.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"

namespace noodle::stdlib {

using bytecode::TypeKind;

bytecode::TypeIndex JsonReader::scalar_of(TypeRef type) const {
  const bytecode::TypeDef& definition = def(type);
  if (bytecode::is_scalar_kind(definition.kind)) return type.index;
  return definition.kind == TypeKind::box ? definition.args[0].index
                                          : static_cast<bytecode::TypeIndex>(bytecode::kVoid);
}

bool JsonReader::give_pointer(vm::Object* value) {
  if (!value) return false;
  is_pointer_ = true;
  pointer_ = value;
  return store();
}

/// `scalar` is the type of `value`; what is expected is that type, its box, or anything.
bool JsonReader::give_scalar(TypeRef type, bytecode::TypeIndex box, vm::Slot value) {
  if (bytecode::is_scalar_kind(def(type).kind)) {
    is_pointer_ = false;
    scalar_ = value;
    return store();
  }
  return give_pointer(vm::new_box(process_, is_free(type) ? box : type.index, value));
}

bool JsonReader::give_null(TypeRef type) {
  if (is_ignored(type)) return store();
  if (!type.nullable && !is_free(type)) return mismatch(type, "null");
  is_pointer_ = true;
  pointer_ = nullptr;
  return store();
}

bool JsonReader::give_bool(TypeRef type, bool value) {
  if (is_ignored(type)) return store();
  if (!is_free(type) && scalar_of(type) != bytecode::kBool) return mismatch(type, "a bool");
  return give_scalar(type, bytecode::kBoxBool, {.i = value});
}

bool JsonReader::give_int(TypeRef type, std::int64_t value) {
  if (is_ignored(type)) return store();
  if (is_free(type)) return give_scalar(type, bytecode::kBoxInt, {.i = value});
  switch (scalar_of(type)) {
    case bytecode::kInt:
      return give_scalar(type, bytecode::kBoxInt, {.i = value});
    case bytecode::kFloat:
      return give_scalar(type, bytecode::kBoxFloat, {.f = static_cast<double>(value)});
    case bytecode::kByte:
      if (value < 0 || value > 255) return misfit(std::to_string(value) + " is no byte");
      return give_scalar(type, bytecode::kBoxByte, {.i = value});
    default:
      return mismatch(type, "a number");
  }
}

bool JsonReader::give_float(TypeRef type, double value) {
  if (is_ignored(type)) return store();
  if (!is_free(type) && scalar_of(type) != bytecode::kFloat) return mismatch(type, "a number with a fraction");
  return give_scalar(type, bytecode::kBoxFloat, {.f = value});
}

bool JsonReader::give_text(TypeRef type) {
  if (is_ignored(type)) return store();
  if (is_free(type) || type.index == bytecode::kString) return give_pointer(vm::new_string(process_, scratch_));
  if (type.index == bytecode::kBytes) {
    const auto bytes = decode_base64(scratch_);
    return bytes ? give_pointer(vm::new_bytes(process_, *bytes)) : misfit("text is not base64");
  }
  const bytecode::TypeIndex scalar = scalar_of(type);
  const TypeKind kind = program_.module.types[scalar].kind;
  vm::Slot value{};
  if (kind != TypeKind::duration && kind != TypeKind::time && kind != TypeKind::scalar_enum)
    return mismatch(type, "a text");
  if (!scalar_from_text(scalar, value))
    return misfit("\"" + scratch_ + "\" is no " + program_.module.types[scalar].name);
  return give_scalar(type, type.index, value);
}

/// The scalar that scratch_ names: values that JSON has no form for, and map keys.
bool JsonReader::scalar_from_text(bytecode::TypeIndex type, vm::Slot& value) const {
  const bytecode::TypeDef& definition = program_.module.types[type];
  const char* end = scratch_.data() + scratch_.size();
  const auto number = [&](auto& out) {
    const auto [stop, error] = std::from_chars(scratch_.data(), end, out);
    return error == std::errc() && stop == end;
  };
  const auto set = [&value](std::optional<std::int64_t> parsed) {
    if (parsed) value.i = *parsed;
    return parsed.has_value();
  };
  switch (definition.kind) {
    case TypeKind::int_:
      return number(value.i);
    case TypeKind::byte:
      return number(value.i) && value.i >= 0 && value.i <= 255;
    case TypeKind::float_:
      return number(value.f);
    case TypeKind::bool_:
      value.i = scratch_ == "true";
      return scratch_ == "true" || scratch_ == "false";
    case TypeKind::duration:
      return set(parse_duration(scratch_));
    case TypeKind::time:
      return set(parse_time(scratch_));
    case TypeKind::scalar_enum:
      for (std::size_t i = 0; i < definition.cases.size(); ++i) {
        if (definition.cases[i] == scratch_) return set(static_cast<std::int64_t>(i));
      }
      return false;
    default:
      return false;
  }
}

bool JsonReader::store() {
  if (frames_.empty()) {
    complete_ = true;
    return true;
  }
  Frame& frame = frames_.back();
  const bool stored = store_in(frame);
  pointer_ = nullptr;
  return stored;
}

bool JsonReader::store_in(Frame& frame) {
  vm::MapValue value{.scalar = scalar_, .pointer = nullptr};
  switch (frame.shape) {
    case Shape::ignored:
      return true;
    case Shape::list: {
      const vm::Storage kind = program_.class_of(frame.target).element;
      auto* list = static_cast<vm::ListObject*>(frame.target);
      if (list->count == vm::list_capacity(list) && !vm::grow_list_by_one(process_, frame.target, kind)) return false;
      list = static_cast<vm::ListObject*>(frame.target);
      const std::int64_t index = list->count++;
      switch (kind) {
        case vm::Storage::pointer:
          list->storage->pointers()[index] = pointer_;
          break;
        case vm::Storage::scalar:
          list->storage->slots()[index] = scalar_;
          break;
        case vm::Storage::byte:
          list->storage->bytes()[index] = static_cast<std::uint8_t>(scalar_.u);
          break;
      }
      frame.index = list->count;
      return true;
    }
    case Shape::set: {
      vm::Object* none = nullptr;
      value.pointer = pointer_;
      return vm::map_put(process_, frame.target, value, pointer_, {}, none) >= 0;
    }
    case Shape::map:
      value.pointer = pointer_;
      return vm::map_put(process_, frame.target, {.scalar = frame.scalar_key, .pointer = frame.key}, frame.key, value,
                         pointer_) >= 0;
    default:
      break;
  }
  const vm::Class& cls = program_.classes[frame.type.index];
  if (frame.field >= cls.def->fields.size()) return true;
  const std::uint8_t slot = field_slot(program_, cls, frame.field);
  if (is_pointer_) {
    frame.target->pointers()[slot] = pointer_;
  } else {
    frame.target->slots()[slot] = scalar_;
  }
  frame.seen.set(frame.field);
  return true;
}

bool JsonReader::mismatch(TypeRef type, std::string_view found) {
  return misfit(def(type).name + " expected, got " + std::string(found));
}

bool JsonReader::misfit(std::string_view what) {
  vm::trap(process_, Code::json_access, "JSON at " + path() + ": " + std::string(what));
  return false;
}

std::string JsonReader::path() const {
  std::string out = "$";
  for (const Frame& frame : frames_) {
    if (frame.shape == Shape::list) {
      out += '[' + std::to_string(frame.index) + ']';
    } else if (frame.shape == Shape::map && frame.key) {
      std::string key(vm::text_bytes(frame.key), '\0');
      vm::copy_text(frame.key, key.data());
      out += '.' + key;
    } else if (frame.shape == Shape::record) {
      const auto& fields = def(frame.type).fields;
      if (frame.field < fields.size()) out += '.' + fields[frame.field].name;
    }
  }
  return out;
}

}  // namespace noodle::stdlib
