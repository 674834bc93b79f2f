#include "tests/differential/program_generator.hpp"

#include <array>
#include <vector>

namespace noodle::reference {

namespace {

enum class Kind : std::uint8_t {
  integer,
  real,
  truth,
  text,
  integers,
  texts,
  table,
  point,
  shape,
  color,
  optional,
  chooser,
  pile,
  numbers
};
constexpr std::array<const char*, 14> kTypeText = {
    "int",   "float", "bool",  "String", "List<int>",      "List<String>", "Map<String, int>",
    "Point", "Shape", "Color", "int?",   "func(int): int", "Pile<int>",    "Set<int>"};
constexpr int kKinds = 14;

struct Variable {
  std::string name;
  Kind kind;
  bool assignable;
};
struct Function {
  std::string name;
  std::vector<Kind> params;
  Kind result;
};

/// Fixed declarations that the generated functions use.
constexpr const char* kDeclarations = R"(record Point(x: int, y: int = 7) {
  func sum(): int { return x + y; }
}
enum Shape { empty, circle(radius: int), box(width: int, label: String) }
enum Color { red, green, blue }
interface Sized { func size(): int }
class Animal(name: String) implements Sized {
  legs: int = 4;
  func size(): int { return legs; }
  func noise(n: int): int { return n + legs; }
}
class Bird extends Animal {
  step: int;
  constructor(step: int) {
    super("bird");
    self.step = step;
  }
  func noise(n: int): int { return n * 2 - step; }
}
class Pile<T> {
  items: List<T> = [];
  func add(item: T): Pile<T> { items.push(item); return self; }
  func size(): int { return items.length; }
  func top(other: T): T { return items.last() ?? other; }
}
func noNumbers(): Set<int> { let s: Set<int>; s.add(3); return s; }
func table(a: String, x: int, b: String, y: int): Map<String, int> {
  let m: Map<String, int> = {};
  m[a] = x;
  m[b] = y;
  return m;
}
func some(n: int): int? { return n; }
func none(): int? { return null; }
func twice<T>(value: T, f: func(T): T): T { return f(f(value)); }
)";

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567) {}

  std::string program() {
    std::string text = kDeclarations;
    const int count = 2 + pick(4);
    for (int i = 0; i < count; ++i) text += function(i);
    text += main();
    return text;
  }

 private:
  // ---- randomness: splitmix64, so that the text does not depend on the standard library
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  int pick(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return pick(100) < percent; }
  Kind any_kind() { return static_cast<Kind>(pick(kKinds)); }

  std::string indent() const { return std::string(static_cast<std::size_t>(level_) * 2, ' '); }
  std::string fresh(const char* prefix) { return prefix + std::to_string(names_++); }

  const Variable* variable(Kind kind, bool assignable = false) {
    std::vector<const Variable*> found;
    for (const Variable& v : scope_) {
      if (v.kind == kind && (!assignable || v.assignable)) found.push_back(&v);
    }
    return found.empty() ? nullptr : found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
  }

  // ---- expressions
  std::string literal(Kind kind);
  std::string expression(Kind kind, int depth);
  std::string integer(int depth);
  std::string real(int depth);
  std::string truth(int depth);
  std::string text(int depth);
  std::string call(Kind kind, int depth) {
    std::vector<const Function*> found;
    for (const Function& f : functions_) {
      if (f.result == kind) found.push_back(&f);
    }
    if (found.empty() || calls_ > 6) return {};
    ++calls_;
    const Function& f = *found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
    std::string out = f.name + "(";
    for (std::size_t i = 0; i < f.params.size(); ++i) out += (i > 0 ? ", " : "") + expression(f.params[i], depth - 1);
    return out + ")";
  }

  // ---- statements
  std::string block(int statements, int depth) {
    const std::size_t outer = scope_.size();
    ++level_;
    std::string out = "{\n";
    for (int i = 0; i < statements; ++i) out += statement(depth);
    --level_;
    scope_.resize(outer);
    return out + indent() + "}";
  }
  std::string statement(int depth);
  std::string loop(int depth);

  std::string function(int index) {
    Function f{"f" + std::to_string(index), {}, any_kind()};
    const int params = pick(4);
    std::string out = "func " + f.name + "(";
    scope_.clear();
    for (int i = 0; i < params; ++i) {
      f.params.push_back(any_kind());
      const std::string name = "p" + std::to_string(i);
      scope_.push_back({name, f.params.back(), chance(30)});
      out += (i > 0 ? ", " : "") + name + ": " + kTypeText[static_cast<std::size_t>(f.params.back())];
    }
    out += std::string("): ") + kTypeText[static_cast<std::size_t>(f.result)] + " {\n";
    level_ = 1;
    calls_ = 0;
    result_ = f.result;
    const int statements = 1 + pick(5);
    for (int i = 0; i < statements; ++i) out += statement(3);
    out += indent() + "return " + expression(f.result, 3) + ";\n}\n";
    functions_.push_back(f);
    return out;
  }

  std::string main() {
    std::string out = "func main(): int {\n";
    scope_.clear();
    level_ = 1;
    in_main_ = true;
    for (const Function& f : functions_) {
      calls_ = 0;
      std::string call_text = f.name + "(";
      for (std::size_t i = 0; i < f.params.size(); ++i) call_text += (i > 0 ? ", " : "") + expression(f.params[i], 2);
      call_text += ")";
      std::string shown = f.result == Kind::chooser ? call_text + "(3)"
                          : f.result == Kind::pile  ? call_text + ".items"
                                                    : call_text;
      if (chance(60)) {
        out += indent() + "try { print(" + shown + "); } catch (e) { print(\"caught\", e.code); }\n";
      } else {
        out += indent() + "print(" + shown + ");\n";
      }
    }
    calls_ = 0;
    for (int i = 0; i < 3; ++i) out += statement(3);
    out += indent() + "return " + std::to_string(pick(100)) + ";\n}\n";
    return out;
  }

  std::uint64_t state_;
  int names_ = 0;
  int level_ = 0;
  int calls_ = 0;
  int loops_ = 0;
  bool in_main_ = false;
  Kind result_ = Kind::integer;
  std::vector<Variable> scope_;
  std::vector<Function> functions_;
};

std::string Generator::literal(Kind kind) {
  static constexpr std::array<const char*, 10> kInts = {
      "0", "1", "2", "-1", "7", "63", "64", "1000003", "9223372036854775807", "-9223372036854775807"};
  static constexpr std::array<const char*, 7> kFloats = {"0.0", "1.5", "-2.25", "1e300", "0.1", "3.0", "1e-7"};
  static constexpr std::array<const char*, 6> kTexts = {"\"\"",   "\"a\"",    "\"noodle\"",
                                                        "\"17\"", "\"käse\"", "'x \"y\" \\n'"};
  switch (kind) {
    case Kind::integer:
      return chance(85) ? std::to_string(pick(20)) : kInts[static_cast<std::size_t>(pick(10))];
    case Kind::real:
      return kFloats[static_cast<std::size_t>(pick(7))];
    case Kind::truth:
      return chance(50) ? "true" : "false";
    case Kind::text:
      return kTexts[static_cast<std::size_t>(pick(6))];
    case Kind::integers:
      return "[" + std::to_string(pick(9)) + ", " + std::to_string(pick(9)) + ", 5]";
    case Kind::texts:
      return "[\"p\", \"q\"]";
    case Kind::table:
      return "table(\"a\", " + std::to_string(pick(9)) + ", \"b\", 2)";
    case Kind::point:
      return "Point(" + std::to_string(pick(9)) + ", " + std::to_string(pick(9)) + ")";
    case Kind::shape:
      return chance(50) ? "Shape.circle(" + std::to_string(pick(9)) + ")" : "Shape.empty";
    case Kind::color:
      return chance(50) ? "Color.red" : "Color.blue";
    case Kind::optional:
      return chance(50) ? "none()" : "some(" + std::to_string(pick(9)) + ")";
    case Kind::chooser:
      return "(n: int) => n + " + std::to_string(pick(9));
    case Kind::pile:
      return "Pile<int>().add(" + std::to_string(pick(9)) + ")";
    case Kind::numbers:
      return "noNumbers()";
  }
  return "0";
}

std::string Generator::integer(int depth) {
  const auto i = [&] { return expression(Kind::integer, depth - 1); };
  switch (pick(20)) {
    case 0:
    case 1:
      return "(" + i() + " + " + i() + ")";
    case 2:
      return "(" + i() + " - " + i() + ")";
    case 3:
      return "(" + i() + " * " + i() + ")";
    case 4:
      return "(" + i() + " / " + i() + ")";
    case 5:
      return "(" + i() + " % " + i() + ")";
    case 6:
      return "(" + i() + (chance(50) ? " & " : " ^ ") + i() + ")";
    case 7:
      return "(" + i() + (chance(50) ? " << " : " >> ") + std::to_string(pick(66)) + ")";
    case 8:
      return "(" + expression(Kind::truth, depth - 1) + " ? " + i() + " : " + i() + ")";
    case 9:
      return expression(Kind::integers, depth - 1) + "[" + i() + " % 3]";
    case 10:
      return expression(Kind::point, depth - 1) + (chance(50) ? ".x" : ".sum()");
    case 11:
      return "match (" + expression(Kind::shape, depth - 1) +
             ") { case Shape.circle(r) if r > 3 => r * 2, case Shape.circle(r) => r, "
             "case Shape.box(w, l) => w + l.length, case Shape.empty => " +
             i() + " }";
    case 12:
      return "match (" + expression(Kind::color, depth - 1) +
             ") { case Color.red => 1, case Color.green | Color.blue => " + i() + " }";
    case 13:
      return "(" + expression(Kind::optional, depth - 1) + " ?? " + i() + ")";
    case 14:
      return "(" + expression(Kind::chooser, depth - 1) + ")(" + i() + ")";
    case 15:
      return expression(Kind::table, depth - 1) + "[" + (chance(70) ? "\"a\"" : expression(Kind::text, depth - 1)) +
             "]";
    case 16:
      return expression(Kind::integers, depth - 1) + (chance(50) ? ".sum()" : ".length");
    case 17:
      return "twice(" + i() + ", n => n " + (chance(50) ? "+ " : "* ") + std::to_string(pick(5)) + ")";
    case 18:
      return (chance(50) ? "min(" : "max(") + i() + ", " + i() + ")";
    default:
      return expression(Kind::pile, depth - 1) + ".top(" + i() + ")";
  }
}

std::string Generator::real(int depth) {
  const auto r = [&] { return expression(Kind::real, depth - 1); };
  switch (pick(6)) {
    case 0:
      return "(" + r() + " + " + r() + ")";
    case 1:
      return "(" + r() + " - " + r() + ")";
    case 2:
      return "(" + r() + " * " + r() + ")";
    case 3:
      return "(" + r() + " / " + r() + ")";
    case 4:
      return "(" + r() + " + " + expression(Kind::integer, depth - 1) + ")";
    default:
      return "(" + expression(Kind::truth, depth - 1) + " ? " + r() + " : " + r() + ")";
  }
}

std::string Generator::truth(int depth) {
  static constexpr std::array<const char*, 6> kCompare = {" < ", " <= ", " > ", " >= ", " == ", " != "};
  const auto e = [&](Kind kind) { return expression(kind, depth - 1); };
  switch (pick(11)) {
    case 0:
    case 1:
      return "(" + e(Kind::integer) + kCompare[static_cast<std::size_t>(pick(6))] + e(Kind::integer) + ")";
    case 2:
      return "(" + e(Kind::real) + kCompare[static_cast<std::size_t>(pick(6))] + e(Kind::real) + ")";
    case 3:
      return "(" + e(Kind::text) + kCompare[static_cast<std::size_t>(pick(6))] + e(Kind::text) + ")";
    case 4:
      return "(" + e(Kind::truth) + " && " + e(Kind::truth) + ")";
    case 5:
      return "(" + e(Kind::truth) + " || " + e(Kind::truth) + ")";
    case 6:
      return "!(" + e(Kind::truth) + ")";
    case 7:
      return "(" + e(Kind::shape) + (chance(50) ? " == " : " != ") + e(Kind::shape) + ")";
    case 8:
      return "(" + e(Kind::optional) + (chance(50) ? " == null)" : " != null)");
    case 9:
      return "(" + e(Kind::point) + " == " + e(Kind::point) + ")";
    default:
      return "(" + e(Kind::integers) + " == " + e(Kind::integers) + ")";
  }
}

std::string Generator::text(int depth) {
  const auto e = [&](Kind kind) { return expression(kind, depth - 1); };
  switch (pick(8)) {
    case 0:
      return "(" + e(Kind::text) + " + " + e(Kind::text) + ")";
    case 1:
      return "(" + e(Kind::text) + " + " + e(Kind::integer) + ")";
    case 2:
      return "`<${" + e(Kind::real) + "}|${" + e(Kind::shape) + "}>`";
    case 3:
      return "`${" + e(Kind::integers) + "} ${" + e(Kind::table) + "} ${" + e(Kind::point) + "}`";
    case 4:
      return e(Kind::text) + ".slice(" + e(Kind::integer) + ", " + e(Kind::integer) + ")";
    case 5:
      return e(Kind::texts) + ".join(\"-\")";
    case 6:
      return "(" + e(Kind::truth) + " ? " + e(Kind::text) + " : " + e(Kind::text) + ")";
    default:
      return "`${" + e(Kind::color) + "}${" + e(Kind::optional) + "}`";
  }
}

std::string Generator::expression(Kind kind, int depth) {
  if (const Variable* v = variable(kind); v != nullptr && chance(depth <= 0 ? 90 : 35)) return v->name;
  if (depth <= 0) {
    const std::string out = literal(kind);
    return kind == Kind::chooser ? "(" + out + ")" : out;
  }
  if (chance(15)) {
    if (std::string called = call(kind, depth); !called.empty()) return called;
  }
  const auto e = [&](Kind k) { return expression(k, depth - 1); };
  switch (kind) {
    case Kind::integer:
      return integer(depth);
    case Kind::real:
      return real(depth);
    case Kind::truth:
      return truth(depth);
    case Kind::text:
      return text(depth);
    case Kind::integers:
      switch (pick(6)) {
        case 0:
          return "[" + e(Kind::integer) + ", " + e(Kind::integer) + ", " + e(Kind::integer) + "]";
        case 1:
          return e(Kind::integers) + ".map(n => n " + (chance(50) ? "+ 1)" : "* 2)");
        case 2:
          return e(Kind::integers) + ".filter(n => n % 2 == " + std::to_string(pick(2)) + ").concat([1, 2, 3])";
        case 3:
          return "(0..<" + std::to_string(pick(6)) + ").map(n => n + " + e(Kind::integer) + ").concat([4, 5, 6])";
        case 4:
          return e(Kind::integers) + ".copy().sort()";
        default:
          return e(Kind::pile) + ".items.concat([7, 8, 9])";
      }
    case Kind::texts:
      return "[" + e(Kind::text) + ", " + e(Kind::text) + "]";
    case Kind::table:
      return "table(\"a\", " + e(Kind::integer) + ", \"c\", " + e(Kind::integer) + ")";
    case Kind::point:
      return chance(50) ? "Point(" + e(Kind::integer) + ", " + e(Kind::integer) + ")"
                        : "Point(x: " + e(Kind::integer) + ")";
    case Kind::shape:
      return chance(50) ? "Shape.box(" + e(Kind::integer) + ", " + e(Kind::text) + ")"
                        : "Shape.circle(" + e(Kind::integer) + ")";
    case Kind::color:
      return "(" + e(Kind::truth) + " ? Color.green : Color.blue)";
    case Kind::optional:
      return chance(50) ? "some(" + e(Kind::integer) + ")"
                        : "(" + e(Kind::truth) + " ? " + e(Kind::optional) + " : none())";
    case Kind::chooser:
      return "((n: int) => n + " + e(Kind::integer) + ")";
    case Kind::pile:
      return "Pile<int>().add(" + e(Kind::integer) + ").add(" + e(Kind::integer) + ")";
    case Kind::numbers:
      return "noNumbers().union(" + e(Kind::numbers) + ")";
  }
  return "0";
}

std::string Generator::loop(int depth) {
  if (loops_ >= 2) return indent() + "print(" + expression(Kind::integer, 1) + ");\n";
  ++loops_;
  std::string out = indent();
  const std::string name = fresh("i");
  const std::size_t outer = scope_.size();
  switch (pick(5)) {
    case 0:
      scope_.push_back({name, Kind::integer, false});
      out += "for (" + name + " in 0..<" + std::to_string(1 + pick(5)) + ") ";
      break;
    case 1:
      out += "for (" + name + " in " + expression(Kind::integers, 1) + ".copy()) ";
      scope_.push_back({name, Kind::integer, false});
      break;
    case 2:
      out += "for (" + name + ", v" + name + " in " + expression(Kind::table, 1) + ") ";
      scope_.push_back({name, Kind::text, false});
      break;
    case 3:
      out += "for (let " + name + " = 0; " + name + " < " + std::to_string(1 + pick(5)) + "; " + name + "++) ";
      scope_.push_back({name, Kind::integer, false});
      break;
    default:
      out += "for (" + name + " in " + expression(Kind::text, 1) + ") ";
      scope_.push_back({name, Kind::text, false});
  }
  out += block(1 + pick(3), depth - 1) + "\n";
  scope_.resize(outer);
  --loops_;
  return out;
}

std::string Generator::statement(int depth) {
  if (depth <= 0) return indent() + "print(" + expression(Kind::integer, 1) + ");\n";
  switch (pick(13)) {
    case 0:
    case 1:
    case 2: {
      const Kind kind = any_kind();
      const std::string name = fresh("v");
      std::string out = indent() + "let " + name + ": " + kTypeText[static_cast<std::size_t>(kind)] + " = " +
                        expression(kind, depth) + ";\n";
      scope_.push_back({name, kind, true});
      return out;
    }
    case 3:
    case 4: {
      const Kind kind = any_kind();
      const Variable* v = variable(kind, true);
      if (v == nullptr) return statement(depth - 1);
      if (kind == Kind::integer && chance(40))
        return indent() + v->name + (chance(50) ? " += " : " -= ") + expression(kind, depth - 1) + ";\n";
      return indent() + v->name + " = " + expression(kind, depth) + ";\n";
    }
    case 5: {
      std::string out = indent() + "if (" + expression(Kind::truth, depth) + ") " + block(1 + pick(2), depth - 1);
      if (chance(50)) out += " else " + block(1 + pick(2), depth - 1);
      return out + "\n";
    }
    case 6:
    case 7:
      return loop(depth);
    case 8: {
      std::string out = indent() + "try " + block(1 + pick(3), depth - 1) + " catch (e) { print(\"error\", e.code); }";
      if (chance(40)) out += " finally { print(\"finally\"); }";
      return out + "\n";
    }
    case 9: {
      const Variable* v = variable(Kind::integers);
      if (v == nullptr || loops_ > 0) return statement(depth - 1);
      return indent() + v->name +
             (chance(60) ? ".push(" + expression(Kind::integer, depth - 1) + ");\n"
                         : "[0] = " + expression(Kind::integer, depth - 1) + ";\n");
    }
    case 10: {
      const Variable* v = variable(Kind::table);
      if (v == nullptr || loops_ > 0) return statement(depth - 1);
      return indent() + v->name + "[" + expression(Kind::text, depth - 1) +
             "] = " + expression(Kind::integer, depth - 1) + ";\n";
    }
    case 11: {
      if (chance(70))
        return indent() + "print(" + expression(Kind::text, depth) + ", " +
               expression(static_cast<Kind>(pick(static_cast<int>(Kind::chooser))), depth) + ");\n";
      if (chance(50))
        return indent() + "if (" + expression(Kind::truth, depth) + ") { throw Error(" +
               std::to_string(5000 + pick(9)) + ", \"thrown\"); }\n";
      const std::string name = fresh("a");
      return indent() + "let " + name +
             ": Animal = " + (chance(50) ? "Bird(" + expression(Kind::integer, depth - 1) + ")" : "Animal(\"cow\")") +
             ";\n" + indent() + "print(" + name + ".noise(" + expression(Kind::integer, depth - 1) + "), " + name +
             ".size());\n";
    }
    default:
      if (in_main_ || loops_ > 0) return indent() + "print(" + expression(Kind::integer, depth) + ");\n";
      return indent() + "if (" + expression(Kind::truth, depth) + ") { return " + expression(result_, depth - 1) +
             "; }\n";
  }
}

}  // namespace

std::string generate_program(std::uint64_t seed) {
  return Generator(seed).program();
}

}  // namespace noodle::reference
