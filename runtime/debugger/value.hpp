// The debugger: what a Debug Adapter Protocol client asks of a program that runs.
//
// The folder does no input or output. Values are read where they lie (value, frames), expressions are worked out over
// them (expression), Breakpoints and CodeMap know where code can be stopped, Debugger stops and resumes processes, and
// Server takes messages of the protocol as text and gives messages as text; tools/noodle/dap.cpp carries them over
// stdin and stdout.
//
// This file: a value of a stopped process. Nothing here allocates on its heap.
// Threads: the worker that owns the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::debugger {

struct Value {
  enum class Kind : std::uint8_t { scalar, object, text };
  Kind kind = Kind::object;
  bytecode::TypeIndex type = bytecode::kNull;  // of a scalar; of an object the declared one, if it is known
  vm::Slot scalar{};
  vm::Object* object = nullptr;  // null: `null`
  std::string text;              // a String that was computed here

  // Where a scalar lies, if it can be set there.
  vm::Slot* slot = nullptr;
  std::uint8_t* byte = nullptr;

  bool is_null() const { return kind == Kind::object && !object; }
};

struct NamedValue {
  std::string name;
  Value value;
};

Value scalar_value(bytecode::TypeIndex type, vm::Slot bits);
Value int_value(std::int64_t number);
Value float_value(double number);
Value bool_value(bool truth);
Value text_value(std::string text);
/// The value in a slot of a type: the scalar, or the object; a box is opened.
Value value_in(const vm::Program& program, bytecode::TypeIndex type, vm::Slot* slot);
Value object_value(const vm::Program& program, vm::Object* object);

/// Class of an object: that of String for its other forms.
std::uint32_t class_of(const vm::Object* object);
bytecode::TypeKind kind_of(const vm::Program& program, const Value& value);
bool is_text(const vm::Program& program, const Value& value);
/// The String as it is. Precondition: is_text.
std::string plain_text(const Value& value);
/// As `print` inside a list shows it: Strings in quotes; about `limit_bytes` of it.
std::string shown_text(const vm::Program& program, const Value& value, std::size_t limit_bytes);
std::string type_text(const vm::Program& program, const Value& value);

/// Parts of a value: fields, elements, entries. `indexed`: they have numbers in place of names.
struct PartCount {
  std::int64_t count = 0;
  bool indexed = false;
};
PartCount part_count(const vm::Program& program, const Value& value);
/// At most `count` parts from `start` on.
std::vector<NamedValue> parts(const vm::Program& program, const Value& value, std::int64_t start, std::int64_t count);
std::optional<Value> part(const vm::Program& program, const Value& value, std::int64_t index);
std::optional<Value> field(const vm::Program& program, const Value& value, std::string_view name);
/// Value of a map's key.
std::optional<Value> entry(const vm::Program& program, const Value& map, const Value& key);
bool equal(const vm::Program& program, const Value& left, const Value& right);

}  // namespace noodle::debugger
