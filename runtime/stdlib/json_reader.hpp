// JSON text (RFC 8259) to values, guided by the type that is expected, in steps.
//
// Threads: the thread that runs the process. Owns: half-built values, as roots.
// Limits: nesting as asked for, at most 512. Errors: 1617 with line and column for a malformed text, 1609 with the path
// of a value that does not fit its type, and those of the heap.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vm/native.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {

class JsonReader final : public vm::RootSource {
 public:
  /// Types of the lists and maps that stand where any value is expected.
  struct FreeTypes {
    bytecode::TypeIndex list, map;
  };
  enum class Status : std::uint8_t { more, done, failed };

  JsonReader(vm::Process& process, bytecode::TypeRef expected, FreeTypes free_types, std::size_t max_depth)
      : process_(process),
        program_(*process.program),
        expected_(expected),
        free_types_(free_types),
        max_depth_(max_depth) {}

  /// Reads about `count` values of the flat String `text`, which is a root and may move. With `failed` the error of the
  /// process is set.
  Status step(vm::Object*& text, int count);
  std::size_t position() const { return at_; }
  /// The value, by the kind of the expected type.
  vm::Slot scalar() const { return scalar_; }
  vm::Object* pointer() const { return pointer_; }

  void visit_roots(vm::RootVisitor& visitor) override;

 private:
  using TypeRef = bytecode::TypeRef;
  enum class Shape : std::uint8_t { list, set, map, record, enum_start, ignored };
  struct Frame {
    Shape shape{};
    bool first = true;
    char close = 0;
    TypeRef type;                  // of the value; of the case once it is known
    vm::Object* target = nullptr;  // list, set, map, record
    vm::Object* key = nullptr;     // map
    vm::Slot scalar_key{};
    std::size_t field = 0;    // record: being read
    std::int64_t index = 0;   // list: being read
    std::bitset<256> seen{};  // record
  };

  std::string_view text() const { return static_cast<vm::StringObject*>(*text_)->view(); }
  char peek() const { return at_ < text().size() ? text()[at_] : '\0'; }
  void skip_blanks();
  bool advance();  // one value or end of a value
  bool read_value(TypeRef type);
  bool read_literal(TypeRef type);
  bool read_number(TypeRef type);
  bool read_string();  // into scratch_
  bool read_escape();
  bool read_hex(std::uint32_t& value);
  bool open(TypeRef type);
  bool open_list(TypeRef type);
  bool open_map(TypeRef type);
  bool push(Frame frame);
  bool read_member(Frame& frame, TypeRef& type);
  bool set_map_key(Frame& frame);
  bool choose_case(Frame& frame);
  bool finish();
  bool finish_record(Frame& frame);

  bool give_null(TypeRef type);
  bool give_bool(TypeRef type, bool value);
  bool give_int(TypeRef type, std::int64_t value);
  bool give_float(TypeRef type, double value);
  bool give_text(TypeRef type);  // scratch_
  bool give_scalar(TypeRef type, bytecode::TypeIndex scalar, vm::Slot value);
  bool give_pointer(vm::Object* value);
  bool store();  // what was given goes into the innermost frame
  bool store_in(Frame& frame);

  bool scalar_from_text(bytecode::TypeIndex type, vm::Slot& value) const;
  const bytecode::TypeDef& def(TypeRef type) const { return program_.module.types[type.index]; }
  bool is_free(TypeRef type) const { return type.index == bytecode::kAny; }
  bool is_ignored(TypeRef type) const { return type.index == bytecode::kVoid; }
  /// The scalar type behind a scalar or its box, else kVoid.
  bytecode::TypeIndex scalar_of(TypeRef type) const;

  bool malformed(std::string_view what);
  bool mismatch(TypeRef type, std::string_view found);
  bool misfit(std::string_view what);
  std::string path() const;

  vm::Process& process_;
  const vm::Program& program_;
  const TypeRef expected_;
  const FreeTypes free_types_;
  const std::size_t max_depth_;
  vm::Object** text_ = nullptr;
  std::size_t at_ = 0;
  bool complete_ = false;
  std::vector<Frame> frames_;
  std::string scratch_;
  // the value given last
  bool is_pointer_ = false;
  vm::Slot scalar_{};
  vm::Object* pointer_ = nullptr;
};

}  // namespace noodle::stdlib
