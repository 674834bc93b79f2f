// Flow facts: what is known of local variables at a point of a function (rule 12), and whether the point is reached.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "runtime/check/hir.hpp"

namespace noodle::check {

struct FuncContext;

/// A local variable or parameter as the checker sees it.
struct Local {
  std::string_view name;
  HVar* var = nullptr;
  FuncContext* context = nullptr;  // function it belongs to
  Local* shadowed = nullptr;       // outer local of the same name
  std::uint32_t scope = 0;
  bool is_const = false;
  bool captured = false;
  bool assigned = false;      // after its initialiser
  std::uint32_t version = 0;  // counts assignments: older facts do not hold
};

/// `local` has type `type` here, which is narrower than its declared one.
struct Fact {
  Local* local = nullptr;
  const Type* type = nullptr;
  std::uint32_t version = 0;  // of the local when the fact was found
};

/// What a condition tells where it is true and where it is false.
struct Facts {
  std::vector<Fact> when_true, when_false;
};

/// What is known at one point.
struct Env {
  bool reachable = true;
  std::vector<Fact> facts;
  std::vector<bool> assigned_fields;     // constructors: required fields that are set
  std::vector<std::string_view> tested;  // texts of fields and captured variables tested for null: no narrowing
};

/// State where both paths meet.
Env merge(const Env& a, const Env& b);
void add_fact(std::vector<Fact>& facts, const Fact& fact);
/// Facts in both lists.
std::vector<Fact> common_facts(const std::vector<Fact>& a, const std::vector<Fact>& b);

/// Names that statements assign to: all of them, and those assigned inside closures but declared outside.
struct AssignedNames {
  std::vector<std::string_view> all, in_closures;
  void add(const lang::Stmt* stmt);
  void add(const lang::Expr* expr);
  void finish();  // sorts, so that has() works
  static bool has(const std::vector<std::string_view>& names, std::string_view name);
};

}  // namespace noodle::check
