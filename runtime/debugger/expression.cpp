#include "runtime/debugger/expression.hpp"

#include <cmath>
#include <limits>

#include "runtime/lang/parser.hpp"
#include "runtime/values/value.hpp"

namespace noodle::debugger {
namespace {

using bytecode::TypeKind;
using lang::BinaryOp;
using lang::Expr;
using lang::UnaryOp;

constexpr std::size_t kMaxText = 64 << 10;
constexpr std::size_t kMaxMadeText = std::size_t{64} << 20;
constexpr std::int64_t kPage = 1000;          // of a collection, at a time
constexpr std::size_t kTextPartBytes = 4096;  // of a value that becomes part of a text

[[noreturn]] void fail(std::string text) {
  throw Problem{std::move(text)};
}

class Evaluation {
 public:
  Evaluation(const vm::Program& program, const std::vector<NamedValue>& variables)
      : program_(program), variables_(variables) {}

  Value value(const Expr& e) {
    switch (e.kind) {
      case Expr::Kind::paren:
        return value(*e.a);
      case Expr::Kind::int_lit:
        if (e.int_value > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) fail("the number is too large");
        return int_value(static_cast<std::int64_t>(e.int_value));
      case Expr::Kind::float_lit:
        return float_value(e.float_value);
      case Expr::Kind::bool_lit:
        return bool_value(e.int_value != 0);
      case Expr::Kind::null_lit:
        return {};
      case Expr::Kind::string_lit:
        return text_value(std::string(e.text));
      case Expr::Kind::duration_lit:
        return scalar_value(bytecode::kDuration, {static_cast<std::int64_t>(e.int_value)});
      case Expr::Kind::interp: {
        std::string text;
        for (const Expr* part : e.items) text = joined(std::move(text), as_text(value(*part)));
        return text_value(std::move(text));
      }
      case Expr::Kind::self:
        if (const Value* self = variable("self")) return *self;
        fail("`self` is no variable here");
      case Expr::Kind::name:
        return name(e.text);
      case Expr::Kind::member:
      case Expr::Kind::safe_member:
        return member(e);
      case Expr::Kind::call:
        return call(e);
      case Expr::Kind::index:
        return index(value(*e.a), value(*e.b));
      case Expr::Kind::unary:
        return unary(e.unary_op, value(*e.a));
      case Expr::Kind::binary:
        return binary(e);
      case Expr::Kind::cond:
        return truth(value(*e.a)) ? value(*e.b) : value(*e.c);
      default:
        fail("only names, fields, elements, literals and operators can be evaluated here");
    }
  }

 private:
  TypeKind kind(const Value& value) const { return kind_of(program_, value); }
  std::string describe(const Value& value) const { return "`" + type_text(program_, value) + "`"; }

  const Value* variable(std::string_view name) const {
    for (const NamedValue& variable : variables_) {
      if (variable.name == name) return &variable.value;
    }
    return nullptr;
  }

  Value name(std::string_view name) {
    if (const Value* found = variable(name)) return *found;
    if (const Value* self = variable("self")) {
      if (auto found = field(program_, *self, name)) return *found;
    }
    fail("there is no variable `" + std::string(name) + "` here");
  }

  /// `Color.red`
  std::optional<Value> enum_case(const Expr& e) const {
    if (e.a->kind != Expr::Kind::name || variable(e.a->text)) return std::nullopt;
    for (std::size_t type = 0; type < program_.module.types.size(); ++type) {
      const bytecode::TypeDef& def = program_.module.types[type];
      if (def.kind != TypeKind::scalar_enum || vm::short_type_name(def.name) != e.a->text) continue;
      for (std::size_t i = 0; i < def.cases.size(); ++i) {
        if (def.cases[i] == e.name.text)
          return scalar_value(static_cast<bytecode::TypeIndex>(type), {static_cast<std::int64_t>(i)});
      }
    }
    return std::nullopt;
  }

  Value member(const Expr& e) {
    if (auto found = enum_case(e)) return *found;
    const Value object = value(*e.a);
    if (object.is_null()) {
      if (e.kind == Expr::Kind::safe_member) return {};
      fail("the value before `." + std::string(e.name.text) + "` is null");
    }
    if (e.name.text == "length") {
      if (auto length = length_of(object)) return int_value(*length);
    }
    if (auto found = field(program_, object, e.name.text)) return *found;
    fail("a " + describe(object) + " has no field `" + std::string(e.name.text) + "`");
  }

  std::optional<std::int64_t> length_of(const Value& value) const {
    if (is_text(program_, value)) {
      const std::string text = plain_text(value);
      std::int64_t points = 0;
      for (const char c : text) points += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
      return points;
    }
    const PartCount parts = part_count(program_, value);
    if (parts.indexed) return parts.count;
    return std::nullopt;
  }

  Value call(const Expr& e) {
    const bool asks_empty = e.a->kind == Expr::Kind::member && e.args.empty() && e.a->name.text == "isEmpty";
    if (!asks_empty) fail("functions cannot be called here: only values are looked at");
    const Value object = value(*e.a->a);
    const auto length = length_of(object);
    if (!length) fail("a " + describe(object) + " has no `isEmpty`");
    return bool_value(*length == 0);
  }

  Value index(const Value& object, const Value& key) {
    if (object.is_null()) fail("the value before `[` is null");
    if (kind(object) == TypeKind::map) {
      if (auto found = entry(program_, object, key)) return *found;
      fail("the map has no key " + shown_text(program_, key, 100));
    }
    if (kind(key) != TypeKind::int_) fail("an index is an int, not a " + describe(key));
    const auto length = length_of(object);
    if (!length) fail("a " + describe(object) + " has no elements");
    if (key.scalar.i < 0 || key.scalar.i >= *length) {
      fail("index " + std::to_string(key.scalar.i) + " is outside of the length " + std::to_string(*length));
    }
    if (is_text(program_, object)) return code_point(plain_text(object), key.scalar.i);
    return *part(program_, object, key.scalar.i);
  }

  static Value code_point(const std::string& text, std::int64_t number) {
    const auto begins = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80; };
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
      if (begins(at) && number-- == 0) break;
    }
    std::size_t end = at + 1;
    while (end < text.size() && !begins(end)) ++end;
    return text_value(text.substr(at, end - at));
  }

  Value unary(UnaryOp op, const Value& operand) {
    if (op == UnaryOp::logical_not) return bool_value(!truth(operand));
    if (op == UnaryOp::bit_not && is_int(operand)) return int_value(~operand.scalar.i);
    if (op == UnaryOp::neg && is_int(operand)) return whole(BinaryOp::sub, 0, operand.scalar.i);
    if (op == UnaryOp::neg && kind(operand) == TypeKind::float_) return float_value(-operand.scalar.f);
    if (op == UnaryOp::neg && kind(operand) == TypeKind::duration)
      return scalar_value(bytecode::kDuration, whole(BinaryOp::sub, 0, operand.scalar.i).scalar);
    fail("the operator does not take a " + describe(operand));
  }

  bool truth(const Value& value) const {
    if (kind(value) != TypeKind::bool_) fail("a condition is a bool, not a " + describe(value));
    return value.scalar.i != 0;
  }
  bool is_int(const Value& value) const { return kind(value) == TypeKind::int_ || kind(value) == TypeKind::byte; }
  bool is_number(const Value& value) const { return is_int(value) || kind(value) == TypeKind::float_; }
  double as_float(const Value& value) const {
    return kind(value) == TypeKind::float_ ? value.scalar.f : static_cast<double>(value.scalar.i);
  }
  std::string as_text(const Value& value) const {
    return is_text(program_, value) ? plain_text(value) : shown_text(program_, value, kTextPartBytes);
  }

  static std::string joined(std::string left, const std::string& right) {
    if (left.size() + right.size() > kMaxMadeText) fail("the text is longer than 64 MiB");
    return left += right;
  }

  Value binary(const Expr& e) {
    if (e.binary_op == BinaryOp::logical_and) return bool_value(truth(value(*e.a)) && truth(value(*e.b)));
    if (e.binary_op == BinaryOp::logical_or) return bool_value(truth(value(*e.a)) || truth(value(*e.b)));
    const Value left = value(*e.a);
    if (e.binary_op == BinaryOp::coalesce) return left.is_null() ? value(*e.b) : left;
    const Value right = value(*e.b);
    switch (e.binary_op) {
      case BinaryOp::eq:
        return bool_value(same(left, right));
      case BinaryOp::ne:
        return bool_value(!same(left, right));
      case BinaryOp::in:
        return bool_value(holds(right, left));
      case BinaryOp::lt:
      case BinaryOp::gt:
      case BinaryOp::le:
      case BinaryOp::ge:
        return bool_value(ordered(e.binary_op, left, right));
      default:
        return arithmetic(e.binary_op, left, right);
    }
  }

  bool same(const Value& left, const Value& right) const {
    if (is_number(left) && is_number(right) && kind(left) != kind(right)) return as_float(left) == as_float(right);
    return equal(program_, left, right);
  }

  bool holds(const Value& all, const Value& value) {
    if (is_text(program_, all) && is_text(program_, value)) return plain_text(all).find(plain_text(value)) != kNowhere;
    if (kind(all) == TypeKind::map) return entry(program_, all, value).has_value();
    const PartCount parts = part_count(program_, all);
    if (!parts.indexed) fail("`in` takes a list, a map, a set or a text, not a " + describe(all));
    for (std::int64_t start = 0; start < parts.count; start += kPage) {
      for (const NamedValue& item : debugger::parts(program_, all, start, kPage)) {
        if (same(item.value, value)) return true;
      }
    }
    return false;
  }

  bool ordered(BinaryOp op, const Value& left, const Value& right) const {
    const auto compare = [op](const auto& a, const auto& b) {
      return op == BinaryOp::lt ? a < b : op == BinaryOp::gt ? a > b : op == BinaryOp::le ? a <= b : a >= b;
    };
    if (is_text(program_, left) && is_text(program_, right)) return compare(plain_text(left), plain_text(right));
    const bool times = kind(left) == kind(right) && (kind(left) == TypeKind::duration || kind(left) == TypeKind::time);
    if ((is_int(left) && is_int(right)) || times) return compare(left.scalar.i, right.scalar.i);
    if (is_number(left) && is_number(right)) return compare(as_float(left), as_float(right));
    fail("a " + describe(left) + " and a " + describe(right) + " have no order");
  }

  Value arithmetic(BinaryOp op, const Value& left, const Value& right) {
    if (op == BinaryOp::add && (is_text(program_, left) || is_text(program_, right)))
      return text_value(joined(as_text(left), as_text(right)));
    if (is_int(left) && is_int(right)) return whole(op, left.scalar.i, right.scalar.i);
    if (is_number(left) && is_number(right)) return real(op, as_float(left), as_float(right));
    const bool durations = kind(left) == TypeKind::duration && kind(right) == TypeKind::duration;
    if (durations && (op == BinaryOp::add || op == BinaryOp::sub))
      return scalar_value(bytecode::kDuration, whole(op, left.scalar.i, right.scalar.i).scalar);
    fail("the operator does not take a " + describe(left) + " and a " + describe(right));
  }

  Value real(BinaryOp op, double a, double b) {
    switch (op) {
      case BinaryOp::add:
        return float_value(a + b);
      case BinaryOp::sub:
        return float_value(a - b);
      case BinaryOp::mul:
        return float_value(a * b);
      case BinaryOp::div:
        return float_value(a / b);
      case BinaryOp::mod:
        return float_value(std::fmod(a, b));
      default:
        fail("the operator does not take floats");
    }
  }

  Value whole(BinaryOp op, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    bool overflow = false;
    switch (op) {
      case BinaryOp::add:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
      case BinaryOp::sub:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
      case BinaryOp::mul:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
      case BinaryOp::div:
      case BinaryOp::mod:
        if (b == 0) fail("division by zero");
        if (b == -1) return op == BinaryOp::mod ? int_value(0) : whole(BinaryOp::sub, 0, a);
        result = op == BinaryOp::div ? a / b : a % b;
        break;
      case BinaryOp::bit_and:
        result = a & b;
        break;
      case BinaryOp::bit_or:
        result = a | b;
        break;
      case BinaryOp::bit_xor:
        result = a ^ b;
        break;
      case BinaryOp::shl:
      case BinaryOp::shr:
        if (b < 0 || b > 63) fail("a shift is by 0 to 63, not by " + std::to_string(b));
        result = op == BinaryOp::shr ? a >> b : static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << b);
        break;
      default:
        fail("a range is no value that can be shown");
    }
    if (overflow) fail("integer overflow");
    return int_value(result);
  }

  static constexpr std::size_t kNowhere = std::string::npos;
  const vm::Program& program_;
  const std::vector<NamedValue>& variables_;
};

}  // namespace

struct Expression::Parsed {
  explicit Parsed(std::string text) : source("expression", std::move(text)) {}
  lang::SourceFile source;
  lang::Ast ast;
  const Expr* expr = nullptr;
};

Expression::Expression(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

std::variant<Expression, Problem> Expression::parse(std::string_view text) {
  if (text.size() > kMaxText) return Problem{"the expression is longer than 64 KiB"};
  auto parsed = std::make_unique<Parsed>("(" + std::string(text) + "\n)");
  lang::Diagnostics diagnostics;
  lang::parse(parsed->source, parsed->ast, diagnostics);
  for (const lang::Diagnostic& found : diagnostics.all()) {
    if (found.severity == lang::Severity::error) return Problem{found.message};
  }
  const auto& decls = parsed->ast.decls;
  const bool statement = decls.size() == 1 && decls[0]->kind == lang::Decl::Kind::statement && decls[0]->stmt;
  if (!statement || decls[0]->stmt->kind != lang::Stmt::Kind::expr || !decls[0]->stmt->a)
    return Problem{"this is no expression"};
  parsed->expr = decls[0]->stmt->a;
  return Expression(std::move(parsed));
}

std::variant<Value, Problem> Expression::value(const vm::Program& program,
                                               const std::vector<NamedValue>& variables) const {
  try {
    return Evaluation(program, variables).value(*parsed_->expr);
  } catch (Problem& problem) {
    return std::move(problem);
  }
}

std::variant<Value, Problem> evaluate(std::string_view text, const vm::Program& program,
                                      const std::vector<NamedValue>& variables) {
  auto expression = Expression::parse(text);
  if (auto* problem = std::get_if<Problem>(&expression)) return std::move(*problem);
  return std::get<Expression>(expression).value(program, variables);
}

}  // namespace noodle::debugger
