// The generator behind generate_program(): a small grammar of NoodleCore walked at random.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace noodle::reference {

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
  numbers,
  ledger
};
constexpr std::array<const char*, 15> kTypeText = {
    "int",   "float", "bool", "String",         "List<int>", "List<String>", "Map<String, int>", "Point",
    "Shape", "Color", "int?", "func(int): int", "Pile<int>", "Set<int>",     "ActorRef<Ledger>"};
constexpr int kKinds = 15;

struct GeneratedVariable {
  std::string name;
  Kind kind;
  bool assignable;
  bool hidden = false;  // an optional that is narrowed here stands in as an int
};
struct GeneratedFunction {
  std::string name;
  std::vector<Kind> params;
  Kind result;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567) {}

  std::string program() {
    std::string text = declarations();
    const int count = 2 + pick(4);
    for (int i = 0; i < count; ++i) text += function(i);
    text += main();
    return text;
  }

 private:
  static const char* declarations();

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

  /// Name of a variable in scope, "" if there is none.
  std::string variable(Kind kind, bool assignable = false) {
    std::vector<std::string> found;
    for (const GeneratedVariable& v : scope_) {
      if (v.kind == kind && !v.hidden && (!assignable || v.assignable)) found.push_back(v.name);
    }
    return found.empty() ? "" : found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
  }
  /// Index of an optional that is never assigned, so a test narrows it everywhere; -1 if there is none.
  int narrowable() {
    std::vector<int> found;
    for (std::size_t i = 0; i < scope_.size(); ++i) {
      if (scope_[i].kind == Kind::optional && !scope_[i].assignable && !scope_[i].hidden)
        found.push_back(static_cast<int>(i));
    }
    return found.empty() ? -1 : found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
  }
  /// An optional whose static type is int? even where its variable is narrowed.
  std::string optional(int depth) {
    const std::string text = expression(Kind::optional, depth);
    return text[0] == '(' || text.find('(') != std::string::npos ? text : "same(" + text + ")";
  }

  // ---- expressions
  std::string literal(Kind kind);
  std::string expression(Kind kind, int depth);
  std::string integer(int depth);
  std::string real(int depth);
  std::string truth(int depth);
  std::string text(int depth);
  std::string question(int depth);
  std::string narrowed(int depth);
  std::string dynamic(int depth);
  std::string folded(int depth);
  std::string call(Kind kind, int depth) {
    std::vector<const GeneratedFunction*> found;
    for (const GeneratedFunction& f : functions_) {
      if (f.result == kind) found.push_back(&f);
    }
    if (found.empty() || calls_ > 6) return {};
    ++calls_;
    const GeneratedFunction& f = *found[static_cast<std::size_t>(pick(static_cast<int>(found.size())))];
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
  std::string narrowing(int depth);
  std::string actor_statement(int depth);
  std::string closure(int depth);
  std::string while_loop(int depth);
  std::string leaving(int depth);
  std::string cell(int depth);
  const char* shown_error() {
    return chance(30) ? "e.code, e.message, e.cause?.message, e.trace" : "e.code, e.message, e.cause?.code";
  }

  std::string function(int index) {
    GeneratedFunction f{"f" + std::to_string(index), {}, any_kind()};
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
    for (const GeneratedFunction& f : functions_) {
      calls_ = 0;
      std::string call_text = f.name + "(";
      for (std::size_t i = 0; i < f.params.size(); ++i) call_text += (i > 0 ? ", " : "") + expression(f.params[i], 2);
      call_text += ")";
      std::string shown = f.result == Kind::chooser  ? call_text + "(3)"
                          : f.result == Kind::pile   ? call_text + ".items"
                          : f.result == Kind::ledger ? "ask " + call_text + ".sum() within 60s"
                                                     : call_text;
      if (chance(60)) {
        out += indent() + "try { print(" + shown + "); } catch (e) { print(\"caught\", " + shown_error() + "); }\n";
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
  std::vector<GeneratedVariable> scope_;
  std::vector<GeneratedFunction> functions_;
};

}  // namespace noodle::reference
