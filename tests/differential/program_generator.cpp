#include "tests/differential/program_generator.hpp"

#include "tests/differential/generator.hpp"

namespace noodle::reference {

/// Fixed declarations that the generated functions use.
const char* Generator::declarations() {
  return R"(record Point(x: int, y: int = 7) {
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
func same(n: int?): int? { return n; }
func noisy(n: int): int { print("noisy", n); return n; }
func area(w: int, h: int = 3, k: int = noisy(2)): int { return w * h + k; }
func boxed(x: any): any { return x; }
func weigh(x: any): int {
  return match (x) {
    case 0 | 1 => 100
    case n: int if n < 0 => -1
    case n: int => n
    case f: float => f < 0.0 ? 1 : 2
    case Point(0, y) => y
    case p: Point => p.sum()
    case s: String => s.length
    case xs: List<int> => xs.length
    case s: Shape => 8
    case null => 9
    case _ => 10
  };
}
class Cell {
  n: int = 1;
  list: List<int> = [1, 2];
  func bump(by: int): int { n += by; return n; }
}
actor Ledger(start: int) {
  total: int = 0;
  items: List<int> = [start, 2];
  on put(n: int) {
    items.push(n);
    total = (total + n % 1000) % 100000;
  }
  on get(at: int): int { return items[at]; }
  on share(n: int): int { return total / n; }
  on sum(): int { return items.sum(); }
  on keep(list: List<int>): List<int> {
    list.push(total);
    items = list;
    return items;
  }
  on swap(p: Point, s: Shape): Shape {
    return p.x > total ? s : Shape.box(p.sum(), `${s}`);
  }
  on relay(other: ActorRef<Ledger>, at: int): int { return ask other.get(at) within 60s; }
  on fail(code: int) { throw Error(code, `failed with ${items}`, items); }
}
)";
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

/// `if (v != null)` with v as an int inside; a branch that leaves narrows what follows, so v is not used again.
std::string Generator::narrowing(int depth) {
  const int at = narrowable();
  if (at < 0) return statement(depth - 1);
  const auto index = static_cast<std::size_t>(at);
  const std::string name = scope_[index].name;
  scope_[index].hidden = true;
  scope_.push_back({name, Kind::integer, false});
  const std::string then = block(1 + pick(2), depth - 1);
  scope_.pop_back();
  std::string out = indent() + "if (" + name + " != null) " + then;
  if (chance(50)) out += " else " + block(1 + pick(2), depth - 1);
  return out + "\n";
}

std::string Generator::actor_statement(int depth) {
  const std::string who = expression(Kind::ledger, 0);
  const std::string number = expression(Kind::integer, depth - 1);
  switch (pick(4)) {
    case 0:
    case 1:
      return indent() + "send " + who + ".put(" + number + ");\n";
    case 2:
      return indent() + "print(ask " + who + ".swap(" + expression(Kind::point, depth - 1) + ", " +
             expression(Kind::shape, depth - 1) + ") within 60s);\n";
    default:
      return indent() + "try { ask " + who + ".fail(" + std::to_string(5000 + pick(9)) +
             ") within 60s; } catch (e) { print(\"failed\", " + shown_error() + "); }\n";
  }
}

/// A closure that assigns a captured variable.
std::string Generator::closure(int depth) {
  const std::string n = fresh("c");
  const std::string f = fresh("g");
  std::string out = indent() + "let " + n + " = " + expression(Kind::integer, depth - 1) + ";\n";
  const std::string step = expression(Kind::integer, 1);
  out += indent() + "let " + f + " = () => { " + n + " += " + step + "; return " + n + "; };\n";
  return out + indent() + "print(" + f + "(), " + f + "() + " + n + ", " + n + ");\n";
}

std::string Generator::while_loop(int depth) {
  if (loops_ >= 2) return statement(depth - 1);
  ++loops_;
  const std::string n = fresh("w");
  std::string out =
      indent() + "let " + n + " = 0;\n" + indent() + "while (" + n + " < " + std::to_string(1 + pick(4)) + ") {\n";
  ++level_;
  out += indent() + n + " += 1;\n";
  const std::size_t outer = scope_.size();
  scope_.push_back({n, Kind::integer, false});
  for (int i = 0; i < 2; ++i) out += statement(depth - 1);
  scope_.resize(outer);
  --level_;
  --loops_;
  return out + indent() + "}\n";
}

/// break, continue or return out of try statements and loops.
std::string Generator::leaving(int depth) {
  std::string way = loops_ == 0 ? "" : chance(50) ? "break;" : "continue;";
  if (!in_main_ && (way.empty() || chance(30))) way = "return " + expression(result_, depth - 1) + ";";
  if (way.empty()) return statement(depth - 1);
  const std::string test = "if (" + expression(Kind::truth, depth - 1) + ") { " + way + " }";
  if (chance(50)) return indent() + test + "\n";
  std::string out = indent() + "try { " + test + " print(" + expression(Kind::integer, depth - 1) + "); }";
  if (chance(40)) out += " catch (e) { print(\"left\", " + std::string(shown_error()) + "); }";
  return out + " finally { print(\"on the way\"); }\n";
}

/// Compound assignments to fields and elements.
std::string Generator::cell(int depth) {
  const std::string c = fresh("o");
  const auto i = [&] { return expression(Kind::integer, depth - 1); };
  std::string out = indent() + "let " + c + " = Cell(n: " + i() + ");\n";
  out += indent() + c + ".n " + (chance(50) ? "+" : "*") + "= " + i() + ";\n";
  out += indent() + c + ".list[noisy(" + std::to_string(pick(3)) + ")] -= noisy(" + i() + ");\n";
  return out + indent() + "print(" + c + ".bump(" + i() + "), " + c + ");\n";
}

std::string Generator::statement(int depth) {
  if (depth <= 0) return indent() + "print(" + expression(Kind::integer, 1) + ");\n";
  switch (pick(22)) {
    case 0:
    case 1:
    case 2: {
      const Kind kind = any_kind();
      const std::string name = fresh("v");
      std::string out = indent() + "let " + name + ": " + kTypeText[static_cast<std::size_t>(kind)] + " = " +
                        expression(kind, depth) + ";\n";
      scope_.push_back({name, kind, chance(75)});
      return out;
    }
    case 3:
    case 4: {
      const Kind kind = any_kind();
      const std::string v = variable(kind, true);
      if (v.empty()) return statement(depth - 1);
      if (kind == Kind::integer && chance(40))
        return indent() + v + (chance(50) ? " += " : " -= ") + expression(kind, depth - 1) + ";\n";
      return indent() + v + " = " + expression(kind, depth) + ";\n";
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
      std::string out =
          indent() + "try " + block(1 + pick(3), depth - 1) + " catch (e) { print(\"error\", " + shown_error() + "); }";
      if (chance(40)) out += " finally { print(\"finally\"); }";
      return out + "\n";
    }
    case 9: {
      const std::string v = variable(Kind::integers);
      if (v.empty() || loops_ > 0) return statement(depth - 1);
      return indent() + v +
             (chance(60) ? ".push(" + expression(Kind::integer, depth - 1) + ");\n"
                         : "[0] = " + expression(Kind::integer, depth - 1) + ";\n");
    }
    case 10: {
      const std::string v = variable(Kind::table);
      if (v.empty() || loops_ > 0) return statement(depth - 1);
      return indent() + v + "[" + expression(Kind::text, depth - 1) + "] = " + expression(Kind::integer, depth - 1) +
             ";\n";
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
    case 12:
      return narrowing(depth);
    case 13:
    case 14:
      return actor_statement(depth);
    case 15:
      return closure(depth);
    case 16:
      return while_loop(depth);
    case 17:
      return leaving(depth);
    case 18:
      return cell(depth);
    default:
      if (in_main_) return indent() + "print(" + expression(Kind::integer, depth) + ");\n";
      return indent() + "if (" + expression(Kind::truth, depth) + ") { return " + expression(result_, depth - 1) +
             "; }\n";
  }
}

std::string generate_program(std::uint64_t seed) {
  return Generator(seed).program();
}

}  // namespace noodle::reference
