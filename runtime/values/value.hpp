// Values as whole: their text, equality and hash (language.md, rules 13 and 16).
//
// Values are walked with an explicit stack, so depth costs memory, not native stack; cycles end. Long walks can stop
// between two steps and go on after a collection.
// Threads: the thread that runs the process.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/vm/object.hpp"
#include "runtime/vm/program.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::vm {

/// Shortest text that reads back equal, always with `.` or exponent: "4.0", "1e300", "nan", "inf".
std::string float_text(double value);
/// "1h30m", "2.5s", "-300ms", "0s".
std::string duration_text(std::int64_t nanoseconds);
/// "2024-02-29T12:30:00.5Z".
std::string time_text(std::int64_t unix_nanoseconds);
/// Text of a scalar of a scalar type (int, float, bool, byte, Duration, Time, enum without payload).
std::string scalar_text(const Program& program, bytecode::TypeIndex type, Slot value);
/// Name of a type in texts: without module and type arguments.
std::string_view short_type_name(std::string_view name);

/// The text of one value, made step by step. A String at the top is itself, inside it is quoted; null is `null`.
class ValueText final : public RootSource {
 public:
  /// `nested`: a String is quoted at the top too.
  ValueText(const Program& program, const Object* value, bool nested = false) : program_(program) {
    begin(value, nested);
  }
  ~ValueText() override { unmark(); }
  ValueText(ValueText&& other) noexcept
      : program_(other.program_), out_(std::move(other.out_)), open_(std::move(other.open_)) {
    other.open_.clear();
  }
  ValueText& operator=(ValueText&&) = delete;

  /// Makes about `budget_bytes` more of the text; true when it is complete.
  bool step(std::size_t budget_bytes);
  std::string& out() { return out_; }
  void visit_roots(RootVisitor& visitor) override;

 private:
  /// A container whose text is being made.
  struct Open {
    const Object* object;
    std::int64_t next;  // child
    bool first;         // no child yet: no comma
  };

  void begin(const Object* value, bool nested);
  void begin_container(const Object* value);
  bool next_child(Open& open);
  void next_field(const Class& cls, const Object* object, std::int64_t index, bool named);
  bool next_map_entry(const Class& cls, Open& open);
  void add_scalar_or_pointer(const Class& cls, Storage kind, std::size_t arg, Slot scalar, const Object* pointer);
  void close(const Object* object);
  void unmark();

  const Program& program_;
  std::string out_;
  std::vector<Open> open_;
};

/// The whole text at once; cut with `...` behind `limit_bytes`.
std::string value_text(const Program& program, const Object* value, std::size_t limit_bytes);

/// Floats equal themselves when nan, as keys do; or not, as `==` says.
enum class NanRule : std::uint8_t { equal, unequal };

/// Comparison of two values by rule 13, step by step. Never allocates on the process heap.
class ValueComparison final : public RootSource {
 public:
  ValueComparison(const Program& program, NanRule nan, const Object* left, const Object* right);

  enum class Answer : std::uint8_t { equal, unequal, unknown };
  /// Compares about `budget` more values.
  Answer step(std::uint64_t budget);
  void visit_roots(RootVisitor& visitor) override;

 private:
  /// Containers of one class and size; children before `next` are equal.
  struct Pair {
    const Object* left;
    const Object* right;
    std::int64_t count;
    std::int64_t next;
  };

  bool same_scalar(bytecode::TypeKind kind, Slot a, Slot b) const;
  bytecode::TypeKind kind_of(bytecode::TypeIndex type) const { return program_.classes[type].kind; }
  bool is_nan_box(const Object* object) const;
  bool compare(const Object* left, const Object* right);
  bool open(const Object* left, const Object* right, std::int64_t count);
  const Object* representative(const Object* object);
  bool open_lists(const Class& cls, const ListObject* left, const ListObject* right);
  bool compare_child(const Pair& pair, std::int64_t index);
  bool compare_entry(const Class& cls, const Pair& pair, std::int64_t index);
  const std::vector<std::uint64_t>* cells_for(const MapObject* map);

  const Program& program_;
  NanRule nan_;
  bool equal_ = false;
  std::vector<Pair> open_;
  // Both are forgotten when objects move.
  std::unordered_map<const Object*, const Object*> same_as_;
  std::map<const MapObject*, std::vector<std::uint64_t>> cells_;
  std::size_t opened_ = 0;
  std::uint64_t visited_ = 0;
};

bool values_equal(const Program& program, const Object* left, const Object* right, NanRule nan = NanRule::unequal);

/// Hash that agrees with values_equal as it is used for keys; for the types that may be keys.
std::uint32_t value_hash(const Program& program, const Object* value);
std::uint32_t hash_bytes(std::string_view bytes);
std::uint32_t hash_scalar(std::uint64_t bits);
/// Hash of a flat or lazy text; the hash of a flat String is kept in it.
std::uint32_t hash_text(const Object* text);

}  // namespace noodle::vm
