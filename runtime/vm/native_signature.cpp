#include "runtime/vm/native_signature.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace noodle::vm {

namespace {

using bytecode::Module;
using bytecode::Signature;
using bytecode::TypeDef;
using bytecode::TypeIndex;
using bytecode::TypeKind;
using bytecode::TypeRef;

/// One type of a pattern.
struct Pattern {
  std::string_view name;  // "List", "T", "int", "func"
  std::vector<Pattern> args;
  std::unique_ptr<Pattern> result;  // func with a result
  bool nullable = false;

  bool is_variable() const { return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z'; }
};

/// Recursive descent; the depth is that of patterns written in this program or by its host.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : rest_(text) {}

  bool signature(std::vector<Pattern>& params, std::optional<Pattern>& result) {
    if (!list(params, '(', ')')) return false;
    skip_spaces();
    if (rest_.empty()) return true;
    result.emplace();
    if (!type(*result)) return false;
    skip_spaces();
    return rest_.empty();
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(char c) {
    skip_spaces();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool list(std::vector<Pattern>& types, char open, char close) {
    if (!take(open)) return false;
    if (take(close)) return true;
    do {
      if (!type(types.emplace_back())) return false;
    } while (take(','));
    return take(close);
  }
  bool type(Pattern& pattern) {
    skip_spaces();
    const std::size_t end = rest_.find_first_of(" <>(),:?");
    pattern.name = rest_.substr(0, end);
    rest_.remove_prefix(pattern.name.size());
    if (pattern.name.empty()) return false;
    if (pattern.name == "func") {
      if (!list(pattern.args, '(', ')')) return false;
      if (take(':')) {
        pattern.result = std::make_unique<Pattern>();
        return type(*pattern.result);
      }
      return true;
    }
    if (!rest_.empty() && rest_.front() == '<' && !list(pattern.args, '<', '>')) return false;
    pattern.nullable = take('?');
    return true;
  }

  std::string_view rest_;
};

/// Unifies patterns with types.
class Matcher {
 public:
  explicit Matcher(const Module& module) : m_(module) {}

  bool matches(const Pattern& p, TypeRef actual) {
    if (!p.nullable) return p.is_variable() ? matches_variable(p.name[0], actual) : matches_name(p, actual);
    if (!actual.nullable) return false;
    const TypeDef& def = m_.types[actual.index];
    const bool boxed = def.kind == TypeKind::box;
    const TypeRef inner = boxed ? def.args[0] : TypeRef{actual.index, false};
    if (!p.is_variable()) return matches_name(p, inner);
    const std::optional<TypeRef>& bound = bound_[static_cast<std::size_t>(p.name[0] - 'A')];
    // T? is T again when T itself is nullable.
    return (bound && *bound == actual) || matches_variable(p.name[0], inner);
  }

  bool matches_all(const std::vector<Pattern>& patterns, const std::vector<TypeRef>& actual) {
    if (patterns.size() != actual.size()) return false;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (!matches(patterns[i], actual[i])) return false;
    }
    return true;
  }

 private:
  bool matches_variable(char letter, TypeRef actual) {
    std::optional<TypeRef>& bound = bound_[static_cast<std::size_t>(letter - 'A')];
    if (bound) return *bound == actual;
    const TypeDef& def = m_.types[actual.index];
    if (letter == 'N' && !is_scalar_kind(def.kind)) return false;
    if (letter == 'I' && def.kind != TypeKind::host) return false;
    if (letter == 'A' && actual.index != bytecode::kAny && def.kind != TypeKind::interface && !def.is_actor)
      return false;
    bound = actual;
    return true;
  }

  bool matches_name(const Pattern& p, TypeRef actual) {
    if (p.name == "any" || p.name == "Json") return actual.index == bytecode::kAny;
    if (actual.nullable) return false;
    const TypeDef& def = m_.types[actual.index];
    const auto of_kind = [&](TypeKind kind) { return def.kind == kind && matches_all(p.args, def.args); };
    if (p.name == "List") return of_kind(TypeKind::list);
    if (p.name == "Map") return of_kind(TypeKind::map);
    if (p.name == "Set") return of_kind(TypeKind::set);
    if (p.name == "ActorRef") return of_kind(TypeKind::actor_ref);
    if (p.name == "func") {
      if (!of_kind(TypeKind::func)) return false;
      if (!p.result) return def.result.index == bytecode::kVoid;
      return def.result.index != bytecode::kVoid && matches(*p.result, def.result);
    }
    // The box of a scalar has the scalar's name; only the scalar is meant.
    return def.kind != TypeKind::box && def.name == p.name && p.args.empty();
  }

  const Module& m_;
  std::array<std::optional<TypeRef>, 26> bound_;
};

}  // namespace

bool matches_native(const Module& module, const Signature& signature, std::string_view pattern) {
  std::vector<Pattern> params;
  std::optional<Pattern> result;
  if (!PatternParser(pattern).signature(params, result)) return false;
  Matcher matcher(module);
  if (!matcher.matches_all(params, signature.params)) return false;
  if (!result || result->name == "void") return signature.result.index == bytecode::kVoid;
  return signature.result.index != bytecode::kVoid && matcher.matches(*result, signature.result);
}

}  // namespace noodle::vm
