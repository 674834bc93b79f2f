#include "runtime/stdlib/json_writer.hpp"

#include <cmath>

#include "runtime/base/json_text.hpp"
#include "runtime/stdlib/base64.hpp"
#include "runtime/stdlib/fields.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::stdlib {
namespace {

using bytecode::TypeKind;

constexpr std::size_t kMaxDepth = 512;

}  // namespace

void JsonWriter::visit_roots(vm::RootVisitor& visitor) {
  for (Frame& frame : frames_) visitor.visit(frame.object);
}

void JsonWriter::fail(Code code, std::string message) {
  if (!error_) error_ = Error{code, std::move(message), {}};
}

bool JsonWriter::step(int count) {
  for (int i = 0; i < count && !frames_.empty() && !error_; ++i) element(frames_.back());
  if (out_.size() > limit_bytes_) fail(Code::value_too_large, "JSON text is larger than the process may hold");
  return frames_.empty() || error_.has_value();
}

void JsonWriter::write(vm::Object* value) {
  if (!value) {
    out_ += "null";
    return;
  }
  const vm::Class& cls = program_.class_of(value);
  if (value->class_id() == bytecode::kString || value->class_id() == vm::kRope) return write_text(value);
  switch (cls.kind) {
    case TypeKind::box:
      return write_scalar(cls.def->args[0].index, value->slots()[0]);
    case TypeKind::bytes:
      out_ += '"';
      append_base64(out_, {reinterpret_cast<const char*>(value->bytes()), value->length()}, false);
      out_ += '"';
      return;
    case TypeKind::list:
    case TypeKind::set:
      return open(value, '[', ']');
    case TypeKind::map:
      return open(value, '{', '}');
    case TypeKind::object:
      return open(value, '{', '}');
    case TypeKind::enum_case:
      open(value, '{', '}');
      if (!error_) {
        separate(frames_.back());
        const bytecode::TypeDef& parent = program_.module.types[cls.def->parent];
        out_ += indent_ > 0 ? "\"case\": " : "\"case\":";
        append_json_string(out_, parent.cases[cls.tag]);
      }
      return;
    default:
      fail(Code::invalid_argument, "JSON cannot express a value of type " + cls.def->name);
  }
}

void JsonWriter::write_scalar(bytecode::TypeIndex type, vm::Slot value) {
  switch (program_.module.types[type].kind) {
    case TypeKind::int_:
    case TypeKind::byte:
      out_ += std::to_string(value.i);
      return;
    case TypeKind::bool_:
      out_ += value.i ? "true" : "false";
      return;
    case TypeKind::float_:
      if (!std::isfinite(value.f))
        return fail(Code::invalid_argument, "JSON cannot express " + vm::float_text(value.f));
      out_ += vm::float_text(value.f);
      return;
    case TypeKind::scalar_enum:
      return append_json_string(out_, case_name(type, value));
    default:
      return append_json_string(out_, vm::scalar_text(program_, type, value));
  }
}

/// Modules from elsewhere may hold ordinals that name no case.
std::string_view JsonWriter::case_name(bytecode::TypeIndex type, vm::Slot value) const {
  const auto& cases = program_.module.types[type].cases;
  return value.u < cases.size() ? std::string_view(cases[value.u]) : "?";
}

void JsonWriter::write_text(const vm::Object* text) {
  std::string_view view;
  if (!vm::contiguous_text(text, view)) {
    scratch_.resize(vm::text_bytes(text));
    vm::copy_text(text, scratch_.data());
    view = scratch_;
  }
  append_json_string(out_, view);
}

void JsonWriter::open(vm::Object* object, char open, char close) {
  if (frames_.size() == kMaxDepth) {
    return fail(Code::invalid_argument, "value is nested deeper than 512 levels, or contains itself");
  }
  out_ += open;
  frames_.push_back({.object = object, .close = close});
}

void JsonWriter::line(std::size_t depth) {
  if (indent_ <= 0) return;
  out_ += '\n';
  out_.append(depth * static_cast<std::size_t>(indent_), ' ');
}

void JsonWriter::separate(Frame& frame) {
  if (!frame.empty) out_ += ',';
  frame.empty = false;
  line(frames_.size());
}

void JsonWriter::finish(const Frame& frame) {
  if (!frame.empty) line(frames_.size() - 1);
  out_ += frame.close;
  frames_.pop_back();
}

void JsonWriter::element(Frame& frame) {
  const vm::Class& cls = program_.class_of(frame.object);
  switch (cls.kind) {
    case TypeKind::list:
      return list_element(frame, cls);
    case TypeKind::map:
    case TypeKind::set:
      return map_entry(frame, cls);
    default:
      return field(frame, cls);
  }
}

void JsonWriter::list_element(Frame& frame, const vm::Class& cls) {
  const auto* list = static_cast<const vm::ListObject*>(frame.object);
  if (frame.next >= list->count) return finish(frame);
  separate(frame);
  const std::int64_t index = frame.next++;
  switch (cls.element) {
    case vm::Storage::pointer:
      return write(list->storage->pointers()[index]);
    case vm::Storage::scalar:
      return write_scalar(cls.def->args[0].index, list->storage->slots()[index]);
    case vm::Storage::byte: {
      const vm::Slot value{.i = list->storage->bytes()[index]};
      return write_scalar(cls.def->args[0].index, value);
    }
  }
}

void JsonWriter::map_entry(Frame& frame, const vm::Class& cls) {
  const auto* map = static_cast<const vm::MapObject*>(frame.object);
  const std::int64_t entry = vm::next_entry(map, frame.next);
  if (entry < 0) return finish(frame);
  frame.next = entry + 1;
  separate(frame);
  if (cls.kind == TypeKind::set) {
    const vm::MapValue key = vm::key_at(cls, map, entry);
    return is_scalar_type(program_, cls.def->args[0].index) ? write_scalar(cls.def->args[0].index, key.scalar)
                                                            : write(key.pointer);
  }
  write_key(cls, map, entry);
  const vm::MapValue value = vm::value_at(cls, map, entry);
  const bytecode::TypeIndex type = cls.def->args[1].index;
  is_scalar_type(program_, type) ? write_scalar(type, value.scalar) : write(value.pointer);
}

void JsonWriter::write_key(const vm::Class& cls, const vm::MapObject* map, std::int64_t entry) {
  const vm::MapValue key = vm::key_at(cls, map, entry);
  const bytecode::TypeIndex type = cls.def->args[0].index;
  const bytecode::TypeDef& def = program_.module.types[type];
  if (type == bytecode::kString) {
    write_text(key.pointer);
  } else if (def.kind == TypeKind::scalar_enum) {
    append_json_string(out_, case_name(type, key.scalar));
  } else if (bytecode::is_scalar_kind(def.kind)) {
    append_json_string(out_, vm::scalar_text(program_, type, key.scalar));
  } else {
    append_json_string(out_, vm::value_text(program_, key.pointer, limit_bytes_));
  }
  out_ += indent_ > 0 ? ": " : ":";
}

void JsonWriter::field(Frame& frame, const vm::Class& cls) {
  if (frame.next >= static_cast<std::int64_t>(cls.def->fields.size())) return finish(frame);
  separate(frame);
  const auto index = static_cast<std::size_t>(frame.next++);
  const bytecode::FieldDef& def = cls.def->fields[index];
  append_json_string(out_, def.name);
  out_ += indent_ > 0 ? ": " : ":";
  const std::uint8_t slot = field_slot(program_, cls, index);
  if (is_scalar_type(program_, def.type.index)) return write_scalar(def.type.index, frame.object->slots()[slot]);
  write(frame.object->pointers()[slot]);
}

}  // namespace noodle::stdlib
