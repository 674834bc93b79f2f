#include "runtime/lower/flow.hpp"

#include <algorithm>

namespace noodle::check {
namespace {

using lang::Expr;
using lang::Pattern;
using lang::Stmt;

/// Walks a tree in order, keeping the names declared inside the closures it is in.
class AssignmentWalker {
 public:
  explicit AssignmentWalker(AssignedNames& out) : out_(out) {}

  void stmt(const Stmt* s) {
    if (!s) return;
    const std::size_t mark = declared_.size();
    switch (s->kind) {
      case Stmt::Kind::block:
        for (const Stmt* child : s->body) stmt(child);
        break;
      case Stmt::Kind::local_func:
        if (s->decl) {
          declare(s->decl->name.text);
          closure(s->decl->params, s->decl->body, nullptr);
        }
        return;  // the name stays declared for the rest of the block
      case Stmt::Kind::let:
        expr(s->a);
        declare(s->name.text);
        return;
      case Stmt::Kind::for_in:
        expr(s->a);
        declare(s->name.text);
        declare(s->name2.text);
        stmt(s->then_);
        break;
      case Stmt::Kind::for_c:
        stmt(s->init);
        expr(s->a);
        expr(s->b);
        stmt(s->then_);
        break;
      case Stmt::Kind::try_:
        stmt(s->then_);
        declare(s->catch_name.text);
        stmt(s->catch_body);
        arms(s->arms);
        stmt(s->else_);
        break;
      default:
        expr(s->a);
        expr(s->b);
        stmt(s->then_);
        stmt(s->else_);
        arms(s->arms);
        break;
    }
    declared_.resize(mark);
  }

  void expr(const Expr* e) {
    if (!e) return;
    if (e->kind == Expr::Kind::assign || e->kind == Expr::Kind::inc_dec) target(e->a);
    if (e->kind == Expr::Kind::lambda) return closure(e->params, e->body, e->a);
    expr(e->a);
    expr(e->b);
    expr(e->c);
    for (const Expr* item : e->items) expr(item);
    for (const lang::Arg& arg : e->args) expr(arg.value);
    for (const lang::ObjectField& field : e->fields) expr(field.value);
    arms(e->arms);
  }

 private:
  void declare(std::string_view name) {
    if (!name.empty()) declared_.push_back(name);
  }

  void arms(const std::vector<lang::Arm>& list) {
    for (const lang::Arm& arm : list) {
      const std::size_t mark = declared_.size();
      pattern(arm.pattern);
      expr(arm.after);
      expr(arm.guard);
      expr(arm.value);
      stmt(arm.body);
      declared_.resize(mark);
    }
  }

  void pattern(const Pattern* p) {
    if (!p) return;
    declare(p->name.text);
    for (const Pattern* item : p->items) pattern(item);
  }

  void closure(const std::vector<lang::Param>& params, const Stmt* body, const Expr* value) {
    const std::size_t mark = declared_.size();
    const std::size_t outer = start_;
    const bool was_inside = inside_;
    if (!inside_) start_ = mark;  // names declared further out belong to the function
    inside_ = true;
    for (const lang::Param& param : params) declare(param.name.text);
    stmt(body);
    expr(value);
    inside_ = was_inside;
    start_ = outer;
    declared_.resize(mark);
  }

  void target(const Expr* e) {
    while (e && e->kind == Expr::Kind::paren) e = e->a;
    if (!e || e->kind != Expr::Kind::name) return;
    out_.all.push_back(e->text);
    if (!inside_) return;
    const auto from = declared_.begin() + static_cast<std::ptrdiff_t>(start_);
    if (std::find(from, declared_.end(), e->text) == declared_.end()) out_.in_closures.push_back(e->text);
  }

  AssignedNames& out_;
  std::vector<std::string_view> declared_;
  std::size_t start_ = 0;
  bool inside_ = false;
};

void sort_unique(std::vector<std::string_view>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

void AssignedNames::add(const Stmt* stmt) {
  AssignmentWalker(*this).stmt(stmt);
}
void AssignedNames::add(const Expr* expr) {
  AssignmentWalker(*this).expr(expr);
}

void AssignedNames::finish() {
  sort_unique(all);
  sort_unique(in_closures);
}

bool AssignedNames::has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

void add_fact(std::vector<Fact>& facts, const Fact& fact) {
  for (Fact& have : facts) {
    if (have.local != fact.local) continue;
    have = fact;
    return;
  }
  facts.push_back(fact);
}

std::vector<Fact> common_facts(const std::vector<Fact>& a, const std::vector<Fact>& b) {
  std::vector<Fact> both;
  for (const Fact& fact : a) {
    for (const Fact& other : b) {
      if (fact.local == other.local && fact.type == other.type) both.push_back(fact);
    }
  }
  return both;
}

Env merge(const Env& a, const Env& b) {
  if (!a.reachable) return b;
  if (!b.reachable) return a;
  Env out;
  for (const Fact& fact : a.facts) {
    for (const Fact& other : b.facts) {
      if (fact.local == other.local && fact.type == other.type) out.facts.push_back(fact);
    }
  }
  out.assigned_fields = a.assigned_fields;
  for (std::size_t i = 0; i < out.assigned_fields.size() && i < b.assigned_fields.size(); ++i) {
    out.assigned_fields[i] = a.assigned_fields[i] && b.assigned_fields[i];
  }
  out.tested = a.tested;
  return out;
}

}  // namespace noodle::check
