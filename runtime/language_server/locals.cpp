// The locals that are in scope at a place, from the tree alone: it also works in a body that does not check.
#include "runtime/language_server/features.hpp"

namespace noodle::language_server {
namespace {

using lang::Decl;
using lang::Expr;
using lang::Pattern;
using lang::Span;
using lang::Stmt;

class Scopes {
 public:
  explicit Scopes(std::uint32_t offset) : offset_(offset) {}
  std::vector<lang::Name> take() { return std::move(names_); }

  void decl(const Decl& item) {
    if (!holds(item.span)) return;
    if (item.stmt) stmt(item.stmt);
    for (const Decl* member : item.members) decl(*member);
    expr(item.init);
    expr(item.object);
    if (!item.body || !holds(item.body->span)) return;
    params(item.params);
    stmt(item.body);
  }

  /// A statement that may hold the place; else what it declares for those behind it.
  void stmt(const Stmt* item) {
    if (!item) return;
    if (!holds(item->span)) return after(*item);
    expr(item->a);
    expr(item->b);
    for (const Stmt* inner : item->body) {
      if (inner->span.start >= offset_) break;
      stmt(inner);
    }
    if (item->decl) {
      add(item->decl->name);
      decl(*item->decl);
    }
    stmt(item->init);
    if (item->kind == Stmt::Kind::for_in && item->then_ && holds(item->then_->span)) {
      add(item->name);
      add(item->name2);
    }
    inside(item->then_);
    inside(item->else_);
    if (item->catch_body && holds(item->catch_body->span)) add(item->catch_name);
    inside(item->catch_body);
    arms(item->arms);
  }

 private:
  bool holds(Span span) const { return span.start <= offset_ && offset_ <= span.end; }
  void add(const lang::Name& name) {
    if (!name.text.empty() && name.text != "_") names_.push_back(name);
  }
  void after(const Stmt& item) {
    if (item.span.end > offset_) return;
    if (item.kind == Stmt::Kind::let) add(item.name);
    if (item.kind == Stmt::Kind::local_func && item.decl) add(item.decl->name);
  }
  void inside(const Stmt* item) {
    if (item && holds(item->span)) stmt(item);
  }
  void params(const std::vector<lang::Param>& list) {
    for (const lang::Param& param : list) add(param.name);
  }
  void pattern(const Pattern* item) {
    if (!item) return;
    if (item->kind == Pattern::Kind::bind || item->kind == Pattern::Kind::typed) add(item->name);
    for (const Pattern* inner : item->items) pattern(inner);
  }
  void arms(const std::vector<lang::Arm>& list) {
    for (const lang::Arm& arm : list) {
      if (!holds(arm.span)) continue;
      pattern(arm.pattern);
      expr(arm.after);
      expr(arm.guard);
      expr(arm.value);
      inside(arm.body);
    }
  }
  void expr(const Expr* item) {
    if (!item || !holds(item->span)) return;
    if (item->kind == Expr::Kind::lambda) params(item->params);
    expr(item->a);
    expr(item->b);
    expr(item->c);
    for (const Expr* inner : item->items) expr(inner);
    for (const lang::Arg& arg : item->args) expr(arg.value);
    for (const lang::ObjectField& field : item->fields) expr(field.value);
    arms(item->arms);
    inside(item->body);
  }

  std::uint32_t offset_;
  std::vector<lang::Name> names_;
};

}  // namespace

std::vector<lang::Name> locals_at(const lang::Ast& ast, std::uint32_t offset) {
  Scopes scopes(offset);
  for (const Decl* decl : ast.decls) {
    if (decl->span.start > offset) break;
    if (decl->kind == Decl::Kind::statement) {
      scopes.stmt(decl->stmt);
    } else {
      scopes.decl(*decl);
    }
  }
  return scopes.take();
}

}  // namespace noodle::language_server
