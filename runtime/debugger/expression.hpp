// Expressions over variables: names, fields, elements, literals, operators.
//
// They are worked out on the values as they lie there and change nothing; so calls of functions are not possible, but
// for the properties `length` and `isEmpty()`.
// Errors: texts for the user. Limits: text 64 KiB, nesting that of the parser.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/debugger/value.hpp"

namespace noodle::debugger {

/// Why there is no value.
struct Problem {
  std::string text;
};

class Expression {
 public:
  /// Parses once, for conditions that are worked out often.
  static std::variant<Expression, Problem> parse(std::string_view text);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  std::variant<Value, Problem> value(const vm::Program& program, const std::vector<NamedValue>& variables) const;

 private:
  struct Parsed;
  explicit Expression(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

std::variant<Value, Problem> evaluate(std::string_view text, const vm::Program& program,
                                      const std::vector<NamedValue>& variables);

}  // namespace noodle::debugger
