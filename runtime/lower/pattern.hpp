// Patterns after name resolution, and what a list of them covers.
//
// Source of the algorithm: L. Maranget, "Warnings for pattern matching", JFP 17 (2007).
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "runtime/check/checker_impl.hpp"
#include "runtime/lower/flow.hpp"

namespace noodle::check {

/// A pattern for subjects of type `type`.
struct CheckedPattern {
  enum class Kind : std::uint8_t {
    any,           // matches everything; binds `local` if set
    literal,       // value
    null,          // subject is T? and null
    present,       // subject is T? and not null; items[0] for the T
    enum_case,     // case_index; items: payload
    record,        // items: fields
    type_test,     // subject `is` target; items[0] for the target
    alternatives,  // items
    error
  };
  Kind kind = Kind::any;
  const Type* type = nullptr;
  Local* local = nullptr;
  HNode* value = nullptr;
  const Type* target = nullptr;
  std::uint32_t case_index = 0;
  std::vector<CheckedPattern*> items;
  Span span;
};

/// Decides which values a list of patterns leaves over. Gives up (claims nothing is missing, everything is useful)
/// after a bounded number of steps.
class Coverage {
 public:
  explicit Coverage(Checker& checker) : checker_(checker) {}
  using Row = std::vector<const CheckedPattern*>;

  /// False if every value that `pattern` matches is matched by a row before.
  bool useful(const CheckedPattern& pattern);
  void add(const CheckedPattern& pattern) { rows_.push_back({&pattern}); }
  /// A value of `type` that no row matches, as a pattern; nothing if all are matched.
  std::optional<std::string> missing(const Type* type);
  bool gave_up() const { return steps_ < 0; }

 private:
  /// A way to build a value of a type: an enum case, true, null, a literal ...
  struct Constructor {
    CheckedPattern::Kind kind{};
    std::uint32_t index = 0;                 // enum case; bool
    const CheckedPattern* sample = nullptr;  // literal, type_test
    std::vector<const Type*> parts;
    std::string name;
  };
  std::vector<Constructor> all_constructors(const Type* type);
  Constructor constructor_of(const CheckedPattern& pattern);
  static bool is_wild(const CheckedPattern* pattern);
  bool same(const Constructor& constructor, const CheckedPattern& pattern);
  bool specialise(const Row& row, const Constructor& constructor, Row& out);
  static void expand(const Row& row, std::vector<Row>& out);
  bool useful(const std::vector<Row>& rows, const Row& row, int depth);
  bool missing(const std::vector<Row>& rows, const std::vector<const Type*>& types, int depth,
               std::vector<std::string>& out);
  std::string text(const Constructor& constructor, const std::vector<std::string>& parts);
  std::vector<const Type*> payload(const Type* type, std::uint32_t index);
  std::vector<const Type*> fields(const Type* type);

  Checker& checker_;
  std::vector<Row> rows_;
  std::int64_t steps_ = 200'000;
};

}  // namespace noodle::check
