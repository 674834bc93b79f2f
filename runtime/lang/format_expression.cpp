// Expressions in the canonical layout.
#include <algorithm>
#include <array>
#include <cctype>

#include "runtime/lang/format_printer.hpp"

namespace noodle::lang {
namespace {

struct Operator {
  std::string_view text;
  int precedence;
};

// In the order of BinaryOp.
constexpr std::array<Operator, 22> kBinary = {{{"??", 1}, {"||", 2}, {"&&", 3},  {"|", 4},   {"^", 5},   {"&", 6},
                                               {"==", 7}, {"!=", 7}, {"<", 8},   {">", 8},   {"<=", 8},  {">=", 8},
                                               {"in", 8}, {"..", 9}, {"..<", 9}, {"<<", 10}, {">>", 10}, {"+", 11},
                                               {"-", 11}, {"*", 12}, {"/", 12},  {"%", 12}}};

constexpr std::array<std::string_view, 5> kAssign = {{" =", " +=", " -=", " *=", " /="}};

const Operator& operator_of(const Expr& expr) {
  return kBinary[static_cast<std::size_t>(expr.binary_op)];
}

bool is_link(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::member:
    case Expr::Kind::safe_member:
    case Expr::Kind::call:
    case Expr::Kind::index:
      return true;
    case Expr::Kind::inc_dec:
      return !expr.flag;
    default:
      return false;
  }
}

bool is_member(const Expr& expr) {
  return expr.kind == Expr::Kind::member || expr.kind == Expr::Kind::safe_member;
}

// May stand behind `(` on the same line when it is the last argument, and end on the line of `)`.
bool is_braced(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::lambda:
      return expr.body != nullptr || (expr.a != nullptr && is_braced(*expr.a));
    case Expr::Kind::object:
    case Expr::Kind::match:
      return true;
    case Expr::Kind::list:
      return !expr.items.empty();
    default:
      return false;
  }
}

// A call that is not the last of the chain (`links` begins with it) takes a function with a block.
bool block_before_last_call(const std::vector<const Expr*>& links) {
  for (std::size_t i = 1; i < links.size(); ++i) {
    for (const Arg& arg : links[i]->args) {
      if (arg.value->kind == Expr::Kind::lambda && arg.value->body != nullptr) return true;
    }
  }
  return false;
}

// The keyword, not a parameter such as `function`.
bool begins_with_func(std::string_view text) {
  if (text.substr(0, 4) != "func") return false;
  const auto next = static_cast<unsigned char>(text[4]);
  return next < 0x80 && std::isalnum(next) == 0 && next != '_';
}

}  // namespace

// The right side of `=`, `:` or `=>`, with the blank before it: on the next line if it fits there only.
void Printer::value(const Expr& item) {
  const bool next_line = item.kind == Expr::Kind::binary || item.kind == Expr::Kind::is ||
                         item.kind == Expr::Kind::as || item.kind == Expr::Kind::cond ||
                         item.kind == Expr::Kind::string_lit || item.kind == Expr::Kind::name;
  if (!next_line) {
    out_.text(" ");
    return expr(item);
  }
  out_.open();
  out_.group_indent();
  out_.line();
  expr(item);
  out_.group_dedent();
  out_.close();
}

void Printer::expr(const Expr& item) {
  inline_comments(item.span.start);
  switch (item.kind) {
    case Expr::Kind::error:
      return;
    case Expr::Kind::int_lit:
    case Expr::Kind::float_lit:
    case Expr::Kind::bool_lit:
    case Expr::Kind::null_lit:
    case Expr::Kind::string_lit:
    case Expr::Kind::interp:
    case Expr::Kind::duration_lit:
    case Expr::Kind::name:
    case Expr::Kind::self:
    case Expr::Kind::super:
      return raw(item.span);
    case Expr::Kind::member:
    case Expr::Kind::safe_member:
    case Expr::Kind::call:
    case Expr::Kind::index:
      return chain(item);
    case Expr::Kind::unary:
      out_.text(item.unary_op == UnaryOp::neg ? "-" : item.unary_op == UnaryOp::logical_not ? "!" : "~");
      // `- -x` must not become `--x`.
      if (item.unary_op == UnaryOp::neg && source_[item.a->span.start] == '-') out_.text(" ");
      return expr(*item.a);
    case Expr::Kind::inc_dec:
      if (!item.flag) return chain(item);
      out_.text(item.int_value == 1 ? "++" : "--");
      return expr(*item.a);
    case Expr::Kind::binary:
      return binary(item);
    case Expr::Kind::assign:
      expr(*item.a);
      out_.text(kAssign[static_cast<std::size_t>(item.assign_op)]);
      return value(*item.b);
    case Expr::Kind::cond:
      return conditional(item);
    case Expr::Kind::is:
    case Expr::Kind::as:
      expr(*item.a);
      out_.text(item.kind == Expr::Kind::is ? " is " : " as ");
      return bare_type(*item.type);
    case Expr::Kind::lambda:
      return lambda(item);
    case Expr::Kind::list:
      return list(item);
    case Expr::Kind::object:
      return object(item);
    case Expr::Kind::match:
      return match(item);
    case Expr::Kind::spawn:
      out_.text("spawn ");
      expr(*item.a);
      if (item.b != nullptr) {
        out_.text(" with ");
        expr(*item.b);
      }
      if (item.c == nullptr) return;
      out_.text(item.flag ? " where " : " on ");
      return expr(*item.c);
    case Expr::Kind::ask:
      out_.text("ask ");
      expr(*item.a);
      if (item.b == nullptr) return;
      out_.text(" within ");
      return expr(*item.b);
    case Expr::Kind::new_:
      out_.text("new ");
      type(*item.type);
      return arguments(item.args, item.span.end);
    case Expr::Kind::paren:
      out_.open();
      out_.text("(");
      out_.group_indent();
      out_.soft();
      expr(*item.a);
      closing_comments(item.span.end - 1);
      out_.group_dedent();
      out_.soft();
      out_.text(")");
      return out_.close();
  }
}

// Operands of one precedence side by side, or one on each line with the operator at the line end.
void Printer::binary(const Expr& item) {
  std::vector<const Expr*> spine;
  const Expr* left = &item;
  const int precedence = operator_of(item).precedence;
  for (; left->kind == Expr::Kind::binary && operator_of(*left).precedence == precedence; left = left->a) {
    spine.push_back(left);
  }
  out_.open();
  expr(*left);
  out_.group_indent();
  const bool range = item.binary_op == BinaryOp::range_incl || item.binary_op == BinaryOp::range_excl;
  for (auto step = spine.rbegin(); step != spine.rend(); ++step) {
    if (range) {
      out_.text(operator_of(**step).text);
    } else {
      out_.text(" ");
      out_.text(operator_of(**step).text);
      out_.line();
    }
    expr(*(*step)->b);
  }
  out_.group_dedent();
  out_.close();
}

void Printer::conditional(const Expr& item) {
  out_.open();
  expr(*item.a);
  out_.group_indent();
  out_.line();
  out_.text("? ");
  expr(*item.b);
  out_.line();
  out_.text(": ");
  expr(*item.c);
  out_.group_dedent();
  out_.close();
}

// a.b(c)[d].e(): from three calls of members on, each may begin a line of its own.
void Printer::chain(const Expr& item) {
  std::vector<const Expr*> links;
  const Expr* head = &item;
  for (; is_link(*head); head = head->a) links.push_back(head);
  std::size_t calls = 0;
  for (const Expr* step : links) calls += step->kind == Expr::Kind::call && is_member(*step->a) ? 1 : 0;
  const bool commented = comment_before(item.span.end) && ast_.comments[next_comment_].span.start >= head->span.end;
  const bool breaks = calls >= 3 || (calls > 0 && commented);
  expr(*head);
  if (breaks) {
    out_.open();
    out_.group_indent();
    if (calls >= 3 && block_before_last_call(links)) out_.break_group();
  }
  bool called = false;
  for (std::size_t i = links.size(); i > 0; --i) {
    const Expr& step = *links[i - 1];
    const bool call_of_member = is_member(step) && i > 1 && links[i - 2]->kind == Expr::Kind::call;
    if (breaks && call_of_member) {
      const std::uint32_t position = step.name.span.start;
      trailing_comments(position);
      if (called || head->kind != Expr::Kind::name || comment_before(position)) out_.soft();
      leading_comments(position);
    }
    called = called || call_of_member;
    link(step);
  }
  if (breaks) {
    out_.group_dedent();
    out_.close();
  }
}

void Printer::link(const Expr& step) {
  switch (step.kind) {
    case Expr::Kind::member:
    case Expr::Kind::safe_member:
      if (comment_before(step.name.span.start)) {
        out_.text(" ");
        inline_comments(step.name.span.start);
      }
      out_.text(step.kind == Expr::Kind::member ? "." : "?.");
      return word(step.name);
    case Expr::Kind::call:
      if (!step.type_args.empty()) {
        out_.text("<");
        types(step.type_args);
        out_.text(">");
      }
      return arguments(step.args, step.span.end);
    case Expr::Kind::index:
      out_.text("[");
      expr(*step.b);
      inline_comments(step.span.end - 1);
      return out_.text("]");
    default:
      return out_.text(step.int_value == 1 ? "++" : "--");
  }
}

void Printer::argument(const Arg& arg) {
  if (!arg.name.text.empty()) {
    word(arg.name);
    out_.text(": ");
  }
  expr(*arg.value);
}

// The last argument has braces and the others are plain: no line break at the parentheses.
bool Printer::hugs(const std::vector<Arg>& args, std::uint32_t end) const {
  if (args.empty() || !is_braced(*args.back().value) || comment_before(args.back().value->span.start)) return false;
  if (args.size() > 1 && args.back().value->kind != Expr::Kind::lambda &&
      args.back().value->kind != Expr::Kind::object) {
    return false;
  }
  for (std::size_t i = 0; i + 1 < args.size(); ++i) {
    if (is_braced(*args[i].value) || args[i].value->kind == Expr::Kind::lambda) return false;
    if (line_break_between(args[i].value->span.start, args[i].value->span.end)) return false;
  }
  for (std::size_t i = next_comment_; i < ast_.comments.size() && ast_.comments[i].span.start < end; ++i) {
    if (ast_.comments[i].span.start >= args.back().value->span.end) return false;
  }
  return true;
}

void Printer::arguments(const std::vector<Arg>& args, std::uint32_t end) {
  const std::uint32_t close = end - 1;
  if (args.empty()) {
    return empty_brackets("()", close);
  }
  if (hugs(args, close)) {
    out_.text("(");
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (i > 0) out_.text(", ");
      argument(args[i]);
    }
    return out_.text(")");
  }
  out_.open();
  out_.text("(");
  elements(
      args, close, [](const Arg& arg) { return arg.name.text.empty() ? arg.value->span.start : arg.name.span.start; },
      [this](const Arg& arg) { argument(arg); });
  out_.text(")");
  out_.close();
}

void Printer::lambda(const Expr& item) {
  if (begins_with_func(source_.substr(item.span.start))) {
    out_.text("func ");
    params(item.params, item.span.start);
    if (item.result_type != nullptr) {
      out_.text(": ");
      type(*item.result_type);
    }
    out_.text(" ");
    return block(*item.body);
  }
  if (item.params.size() == 1 && item.params[0].type == nullptr && item.params[0].init == nullptr) {
    word(item.params[0].name);
  } else {
    params(item.params, item.span.start);
  }
  out_.text(" =>");
  if (item.body != nullptr) {
    out_.text(" ");
    return block(*item.body);
  }
  value(*item.a);
}

void Printer::list(const Expr& item) {
  if (item.items.empty()) {
    return empty_brackets("[]", item.span.end - 1);
  }
  const bool numbers =
      !comment_before(item.span.end) && std::all_of(item.items.begin(), item.items.end(), [](const Expr* element) {
        const Expr& value = element->kind == Expr::Kind::unary ? *element->a : *element;
        return value.kind >= Expr::Kind::int_lit && value.kind <= Expr::Kind::null_lit;
      });
  out_.open();
  out_.text("[");
  elements(
      item.items, item.span.end - 1, [](const Expr* element) { return element->span.start; },
      [this](const Expr* element) { expr(*element); }, numbers);
  out_.text("]");
  out_.close();
}

void Printer::object(const Expr& item) {
  const std::uint32_t end = item.span.end - 1;
  if (item.fields.empty()) {
    return empty_brackets("{}", end);
  }
  out_.open();
  out_.text("{");
  out_.group_indent();
  out_.line();
  for (std::size_t i = 0; i < item.fields.size(); ++i) {
    const ObjectField& field = item.fields[i];
    if (i > 0) {
      out_.text(",");
      trailing_comments(field.name.span.start);
      out_.line();
    }
    leading_comments(field.name.span.start);
    if (field.quoted) {
      raw(field.name.span);
    } else {
      word(field.name);
    }
    out_.text(":");
    value(*field.value);
  }
  closing_comments(end);
  out_.group_dedent();
  out_.line();
  out_.text("}");
  out_.close();
}

// A match inside an expression stays on one line if it has no blocks and fits.
void Printer::match(const Expr& item) {
  out_.text("match (");
  expr(*item.a);
  out_.text(") ");
  const std::uint32_t end = item.span.end - 1;
  bool blocks = item.arms.empty();
  for (const Arm& arm : item.arms) blocks = blocks || (arm.body != nullptr && arm.body->kind == Stmt::Kind::block);
  for (std::size_t i = next_comment_; i < ast_.comments.size() && ast_.comments[i].span.start < end; ++i) blocks = true;
  if (blocks) return arms(item.arms, end);
  out_.open();
  out_.text("{");
  out_.group_indent();
  out_.line();
  for (std::size_t i = 0; i < item.arms.size(); ++i) {
    if (i > 0) {
      out_.flat_text(",");
      out_.line();
    }
    arm(item.arms[i]);
  }
  out_.group_dedent();
  out_.line();
  out_.text("}");
  out_.close();
}

}  // namespace noodle::lang
