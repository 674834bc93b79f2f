// Expressions of generated programs.
#include "tests/differential/generator.hpp"

namespace noodle::reference {

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
    case Kind::ledger:
      return "(spawn Ledger(" + std::to_string(pick(9)) + "))";
  }
  return "0";
}

std::string Generator::integer(int depth) {
  const auto i = [&] { return expression(Kind::integer, depth - 1); };
  switch (pick(28)) {
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
      return "(" + optional(depth - 1) + " ?? " + i() + ")";
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
    case 19:
      return question(depth);
    case 20:
      return narrowed(depth);
    case 21:
      return dynamic(depth);
    case 22:
      return folded(depth);
    case 23:
      return "noisy(" + i() + ")";
    case 24:
      return chance(50) ? "area(h: " + i() + ", w: noisy(" + i() + "))" : "area(" + i() + ", k: " + i() + ")";
    case 25:
      return chance(50) ? "int(" + expression(Kind::real, depth - 1) + ")" : "int(byte(" + i() + "))";
    case 26:
      return "(" + expression(Kind::text, depth - 1) + ".parseInt() ?? " + i() + ")";
    default:
      return expression(Kind::pile, depth - 1) + ".top(" + i() + ")";
  }
}

/// Values whose type is known at run time only.
std::string Generator::dynamic(int depth) {
  constexpr std::array<Kind, 7> kKept = {Kind::integer, Kind::real,     Kind::text,    Kind::point,
                                         Kind::shape,   Kind::integers, Kind::optional};
  const std::string value = "boxed(" + expression(kKept[static_cast<std::size_t>(pick(7))], depth - 1) + ")";
  switch (pick(3)) {
    case 0:
      return "(" + value + " is int ? 1 : 2)";
    case 1:
      return "(" + value + " as int)";
    default:
      return "weigh(" + value + ")";
  }
}

/// Library functions that call back.
std::string Generator::folded(int depth) {
  const std::string list = expression(Kind::integers, depth - 1);
  const std::string n = expression(Kind::integer, depth - 1);
  switch (pick(6)) {
    case 0:
      return list + ".fold(" + n + ", (a, b) => a + b * 2)";
    case 1:
      return "(" + list + ".find(x => x > 3) ?? " + n + ")";
    case 2:
      return list + ".count(x => x < " + n + ")";
    case 3:
      return list + ".zip([" + n + ", 2]).map(p => p.key - p.value).sum()";
    case 4:
      return "(" + list + ".reduce((a, b) => a - b) ?? " + n + ")";
    default:
      return "(" + list + ".any(x => x == " + n + ") ? 1 : 0)";
  }
}

/// Asks an actor.
std::string Generator::question(int depth) {
  const auto i = [&] { return expression(Kind::integer, depth - 1); };
  const std::string who = expression(Kind::ledger, 0);
  switch (pick(5)) {
    case 0:
      return "(ask " + who + ".get(" + i() + " % 4) within 60s)";
    case 1:
      return "(ask " + who + ".share(" + i() + ") within 60s)";
    case 2:
      return "(ask " + who + ".keep(" + expression(Kind::integers, depth - 1) + ") within 60s)[0]";
    case 3:
      return "(ask " + who + ".relay(" + expression(Kind::ledger, 0) + ", " + i() + " % 4) within 60s)";
    default:
      return "(ask " + who + ".sum() within 60s)";
  }
}

/// Tests a variable for null and uses it as what it then is.
std::string Generator::narrowed(int depth) {
  const int at = narrowable();
  if (at < 0) return expression(Kind::integer, depth - 1);
  const auto index = static_cast<std::size_t>(at);
  const std::string name = scope_[index].name;
  scope_[index].hidden = true;
  const std::string otherwise = expression(Kind::integer, depth - 1);
  scope_.push_back({name, Kind::integer, false});
  const std::string then = expression(Kind::integer, depth - 1);
  scope_.pop_back();
  scope_[index].hidden = false;
  return chance(50) ? "(" + name + " == null ? " + otherwise + " : " + then + ")"
                    : "(" + name + " != null ? " + then + " : " + otherwise + ")";
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
      return "(" + optional(depth - 1) + (chance(50) ? " == null)" : " != null)");
    case 9:
      return "(" + e(Kind::point) + " == " + e(Kind::point) + ")";
    default:
      return "(" + e(Kind::integers) + " == " + e(Kind::integers) + ")";
  }
}

std::string Generator::text(int depth) {
  const auto e = [&](Kind kind) { return expression(kind, depth - 1); };
  switch (pick(10)) {
    case 8:
      return e(Kind::text) + ".repeat(" + e(Kind::integer) + " % 4)";
    case 9:
      return e(Kind::text) + "[" + e(Kind::integer) + " % 5]";
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
  if (const std::string v = variable(kind); !v.empty() && chance(depth <= 0 ? 90 : 35)) return v;
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
      switch (pick(7)) {
        case 6:
          return e(Kind::integers) + ".copy().sort((a, b) => b - a)";
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
    case Kind::ledger:
      return "(spawn Ledger(" + e(Kind::integer) + "))";
  }
  return "0";
}

}  // namespace noodle::reference
