#include "tests/lang/random_program.hpp"

namespace noodle::lang {

std::string RandomProgram::gap() {
  if (chance(90)) return " ";
  if (chance(30)) return "  ";
  if (open_ > 0 && chance(50)) return chance(50) ? "\n  " : " // n" + std::to_string(++comments_) + "\n";
  return " /* c" + std::to_string(++comments_) + " */ ";
}

std::string RandomProgram::line_end() {
  switch (pick(8)) {
    case 0:
      return "\n\n";
    case 1:
      return "\n\n\n  ";
    case 2:
      return " // t" + std::to_string(++comments_) + "\n";
    case 3:
      return "\n    // own" + std::to_string(++comments_) + "\n";
    case 4:
      return "\n/* block" + std::to_string(++comments_) + "\n * more\n */\n";
    case 5:
      return "\n\n/// doc" + std::to_string(++comments_) + "\n";
    default:
      return "\n";
  }
}

std::string RandomProgram::name() {
  return one_of({"a", "b", "count", "someLongerName", "type", "on", "record", "x1", "größe",
                 "aRatherLongNameThatFillsTheLine", "with_score"});
}

std::string RandomProgram::type(int depth) {
  if (depth <= 0 || chance(50))
    return one_of({"int", "string", "String", "Int", "float", "T", "a.b.C"}) + (chance(20) ? "?" : "");
  switch (pick(4)) {
    case 0:
      return "List<" + gap() + type(depth - 1) + ">";
    case 1:
      return "Map<" + type(depth - 1) + "," + gap() + type(depth - 1) + ">?";
    case 2:
      return "func(" + type(depth - 1) + ")" + (chance(50) ? ": " + type(depth - 1) : "");
    default:
      return "(" + type(depth - 1) + ")?";
  }
}

std::string RandomProgram::literal() {
  return one_of({"1", "0xFF", "1_000", "2.5", "1e-9", "\"text\"", "'it'", "`t ${a + b} u`", "`two\nlines`", "200ms",
                 "16MB", "true", "null", "self", "\"a longer text that makes lines overflow sooner\""});
}

// kind 0: positional, 1: with names, 2: fields of an object
std::string RandomProgram::list(int depth, int kind) {
  std::string result;
  const int count = pick(4);
  ++open_;
  if (kind == 2) --open_;  // line ends count in braces
  for (int i = 0; i < count; ++i) {
    if (i > 0) result += "," + gap();
    if (kind == 1 && chance(30)) result += name() + ": ";
    if (kind == 2) result += (chance(80) ? name() : "\"k e y\"") + ":" + gap();
    result += expr(depth - 1);
  }
  if (count > 0 && chance(10)) result += ",";
  if (kind != 2) --open_;
  return result;
}

std::string RandomProgram::lambda(int depth) {
  std::string head = name();
  if (chance(40)) head = "(" + params(depth, chance(50)) + ")";
  if (chance(15)) {
    return "func (" + params(depth, true) + ")" + (chance(50) ? ": int" : "") + gap() + block(depth - 1);
  }
  return head + " =>" + gap() + (chance(50) ? block(depth - 1) : operand(depth - 1));
}

std::string RandomProgram::operand(int depth) {
  if (depth <= 0) return chance(50) ? name() : literal();
  switch (pick(16)) {
    case 0: {
      ++open_;
      const std::string inner = gap() + expr(depth - 1);
      --open_;
      return "(" + inner + ")";
    }
    case 1:
      return "[" + list(depth, 0) + "]";
    case 2:
      return "(" + lambda(depth) + ")";
    case 3:
      return "f({ " + list(depth, 2) + " })";
    case 4:
      return name() + "<" + type(1) + ">(" + list(depth, 1) + ")";
    case 5:
      return "new " + one_of({"A", "List<int>"}) + "(" + list(depth, 1) + ")";
    case 6:
      return one_of({"-", "!", "~", "++", "- -"}) + name();
    case 7:
      return name() + one_of({"++", "--", "[0]", "?.b", ".c[1]"});
    case 8:
      return "(match (" + expr(depth - 1) + ") {" + gap() + arms(depth - 1, false) + "})";
    case 9:
      return "(spawn A(" + list(depth, 1) + ")" + (chance(40) ? " with { name: 'x' }" : "") +
             (chance(30) ? " on n" : "") + ")";
    case 10:
      return "(ask r.m(" + list(depth, 1) + ")" + (chance(40) ? " within 1s" : "") + ")";
    case 11: {
      std::string chain = name();
      for (int i = pick(5); i >= 0; --i)
        chain += "." + name() + "(" + (chance(30) ? lambda(depth - 1) : list(depth - 1, 1)) + ")";
      return chain;
    }
    case 12:
      return name() + "(" + list(depth, 1) + ")";
    default:
      return chance(50) ? name() : literal();
  }
}

std::string RandomProgram::expr(int depth) {
  std::string result = operand(depth);
  for (int i = pick(4) - 1; i > 0 && depth > 0; --i) {
    static const std::vector<std::string> operators = {"+",  "-",  "*", "/", "%", "==", "!=", "<=", ">=",  "&&",
                                                       "||", "??", "&", "|", "^", "<<", ">>", "..", "..<", "in"};
    result += " " + one_of(operators) + gap() + operand(depth - 1);
  }
  if (depth > 0 && chance(8)) result = "(" + result + (chance(50) ? ") is (" : ") as (") + type(1) + ")";
  if (depth > 0 && chance(8)) result += " ?" + gap() + operand(depth - 1) + " : " + operand(depth - 1);
  return result;
}

std::string RandomProgram::pattern(int depth) {
  switch (pick(depth > 0 ? 7 : 4)) {
    case 0:
      return "_";
    case 1:
      return name();
    case 2:
      return one_of({"1", "-2.5", "\"s\"", "null", "5s"});
    case 3:
      return "n: " + type(1);
    case 4:
      return "Color.red";
    case 5:
      return "Reply.full(" + pattern(depth - 1) + "," + gap() + pattern(depth - 1) + ")";
    default:
      return "1 | 2 | Color.blue";
  }
}

std::string RandomProgram::arms(int depth, bool receive) {
  std::string result;
  const int open = open_;
  open_ = 0;
  for (int i = pick(3); i >= 0; --i) {
    result += "case " + pattern(2) + (chance(25) ? " if " + operand(0) : "") + " =>" + gap();
    switch (pick(4)) {
      case 0:
        result += block(depth - 1);
        break;
      case 1:
        result += simple(depth - 1);
        break;
      default:
        result += operand(depth - 1);
    }
    result += chance(50) ? "," + std::string(chance(50) ? "\n" : " ") : line_end();
  }
  if (receive && chance(50)) result += "after 1s => " + operand(0) + "\n";
  open_ = open;
  return result;
}

std::string RandomProgram::params(int depth, bool typed) {
  std::string result;
  ++open_;
  for (int i = pick(4); i > 0; --i) {
    result += (result.empty() ? "" : "," + gap()) + name();
    if (typed) result += ": " + type(depth > 1 ? 2 : 1);
  }
  --open_;
  return result;
}

std::string RandomProgram::block(int depth) {
  const int open = open_;
  open_ = 0;
  std::string result = "{" + std::string(chance(20)   ? " // b" + std::to_string(++comments_) + "\n"
                                         : chance(50) ? "\n"
                                                      : " ");
  for (int i = depth > 0 ? pick(4) : pick(2); i > 0; --i) result += stmt(depth - 1) + line_end();
  open_ = open;
  return result + "}";
}

std::string RandomProgram::simple(int depth) {
  switch (pick(7)) {
    case 0:
      return chance(70) ? "return " + expr(depth) : "return";
    case 1:
      return "throw Error(2000, \"x\")";
    case 2:
      return "break";
    case 3:
      return "continue";
    case 4:
      return "send r.m(" + list(depth, 1) + ")";
    case 5:
      return "send r <- " + operand(depth);
    default:
      return "stop self";
  }
}

std::string RandomProgram::stmt(int depth) {
  const std::string end = chance(60) ? ";" : "";
  switch (pick(depth > 0 ? 16 : 5)) {
    case 0:
      return "let " + name() + (chance(40) ? ": " + type(2) : "") + " = " + expr(depth) + end;
    case 1:
      return name() + one_of({" = ", " += ", " -= ", " *= ", " /= "}) + expr(depth) + end;
    case 2:
      return simple(depth) + end;
    case 3:
      return "f(" + list(depth, 1) + ")" + end;
    case 4:
      return name() + "." + name() + "(" + list(depth, 1) + ")" + end;
    case 5:
      return "if (" + expr(depth - 1) + ")" + gap() + block(depth - 1) +
             (chance(50) ? gap() + "else" + gap() + block(depth - 1) : "");
    case 6:
      return "if (" + expr(depth - 1) + ") f();" + (chance(50) ? line_end() + "else g();" : "");
    case 7:
      return "while (" + expr(depth - 1) + ") " + (chance(80) ? block(depth - 1) : "f();");
    case 8:
      return "for (" + name() + (chance(30) ? ", v" : "") + " in " + expr(depth - 1) + ")" + gap() + block(depth - 1);
    case 9:
      return "for (let i = 0; i < 3; i++) " + block(depth - 1);
    case 10:
      return "try " + block(depth - 1) + gap() + "catch (e" + (chance(30) ? ": Error" : "") + ") " + block(depth - 1) +
             (chance(30) ? " finally " + block(depth - 1) : "");
    case 11:
      return "try " + block(depth - 1) + " catch (e) {\n" + arms(depth - 1, false) + "}";
    case 12:
      return "match (" + expr(depth - 1) + ") {" + gap() + arms(depth - 1, false) + "}";
    case 13:
      return "receive {\n" + arms(depth - 1, true) + "}";
    case 14:
      return func(depth - 1, "func ");
    default:
      return block(depth - 1);
  }
}

std::string RandomProgram::func(int depth, const std::string& word) {
  return word + name() + (word == "func " && chance(20) ? "<T: I<int>, U>" : "") + "(" + params(depth, true) + ")" +
         (chance(60) ? ":" + gap() + type(2) : "") + gap() + block(depth);
}

std::string RandomProgram::member(int depth, bool actor) {
  switch (pick(actor ? 7 : 5)) {
    case 0:
      return one_of({"", "private ", "private static "}) + name() + ": " + type(2) +
             (chance(50) ? " = " + expr(1) : "") + ";";
    case 1:
      return "List<int> " + name() + ";";
    case 2:
      return std::string(chance(30) ? "@cost(3) @pure " : "") + func(depth, "func ");
    case 3:
      return "func " + name() + "(" + params(1, true) + "): int;";
    case 4:
      return "private " + func(depth, "func ");
    case 5:
      return func(depth, "on ");
    default:
      return "every 5s " + block(depth);
  }
}

std::string RandomProgram::decl(int depth) {
  std::string members;
  const int kind = pick(12);
  const bool actor = kind == 5 && chance(50);
  const auto body = [&] {
    members = "{" + std::string(chance(70) ? "\n" : "");
    for (int i = pick(4); i > 0; --i) members += member(depth - 1, actor) + line_end();
    return members + "}";
  };
  switch (kind) {
    case 0:
      return "import a." + name() + (chance(30) ? " as z" : "") + ";";
    case 1:
      return "record P(" + params(2, true) + ")" + (chance(30) ? " { " + func(depth - 1, "func ") + " }" : ";");
    case 2:
      return "enum E {" + gap() + "one," + gap() + "two(" + params(2, true) + ")," + line_end() + "three }";
    case 3:
      return "enum E { one, two\n" + func(depth - 1, "func ") + " }";
    case 4:
      return "export class A<T>(" + params(2, true) + ") extends Base<T> implements First, Second " + body();
    case 5:
      return std::string(actor ? "actor" : "class") + " A " + body();
    case 6:
      return "supervisor S { strategy: one_for_one; child A(" + list(1, 1) + ") with { name: 'x' }" + line_end() + "}";
    case 7:
      return "const LIMIT: int = " + expr(2) + ";";
    case 8:
      return "type T2 = " + type(3) + ";";
    case 9:
      return "test \"it works\" " + block(depth);
    case 10:
      return stmt(depth);
    default:
      return "@cap(\"x\", n: 2) export " + func(depth, "func ");
  }
}

std::string RandomProgram::text() {
  comments_ = 0;
  open_ = 0;
  std::string result = chance(30) ? "// head\n\n" : "";
  for (int i = 1 + pick(4); i > 0; --i) result += decl(4) + line_end();
  return result;
}

}  // namespace noodle::lang
