#include "runtime/lang/lint.hpp"

#include <algorithm>

#include "runtime/base/suggest.hpp"
#include "runtime/lang/lint_walk.hpp"
#include "runtime/lang/unicode.hpp"

namespace noodle::lang {
namespace {

bool leaves(const Stmt& stmt) {
  switch (stmt.kind) {
    case Stmt::Kind::return_:
    case Stmt::Kind::throw_:
    case Stmt::Kind::break_:
    case Stmt::Kind::continue_:
      return true;
    case Stmt::Kind::block:
      return std::any_of(stmt.body.begin(), stmt.body.end(), [](auto* s) { return leaves(*s); });
    case Stmt::Kind::if_:
      return stmt.else_ != nullptr && leaves(*stmt.then_) && leaves(*stmt.else_);
    default:
      return false;
  }
}

std::string upper_camel(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

}  // namespace

Diagnostic& Linter::warn(Code code, Span span, std::string message, std::string suggestion) {
  Diagnostic& result = found_.emplace_back();
  result.severity = Severity::warning;
  result.code = code;
  result.file = ast_.source;
  result.span = span;
  result.message = std::move(message);
  result.suggestion = std::move(suggestion);
  return result;
}

std::vector<Diagnostic> Linter::run() {
  open();
  std::vector<Stmt*> top;
  for (const Decl* item : ast_.decls) {
    if (item->kind == Decl::Kind::statement) {
      top.push_back(item->stmt);
    } else {
      statements(top, false);
      top.clear();
      const std::vector<Scope> outside = std::move(scopes_);  // functions do not see the locals of the top level
      scopes_ = {};
      decl(*item);
      scopes_ = outside;
    }
  }
  statements(top, false);
  close();
  imports();
  directions();
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.start < b.span.start; });
  return std::move(found_);
}

// ---- declarations

void Linter::decl(const Decl& item) {
  type_name(item);
  if (item.kind == Decl::Kind::requires_) capabilities(item);
  for (const TypeParam& param : item.type_params) type(param.bound);
  type(item.type);
  type(item.base);
  for (const TypeExpr* interface : item.interfaces) type(interface);
  for (const Attribute& attribute : item.attributes) {
    for (const Arg& arg : attribute.args) expr(arg.value);
  }
  expr(item.init);
  expr(item.object);
  for (const Decl::Case& part : item.cases) {
    for (const Param& param : part.params) type(param.type);
  }
  function(item.params, item.body, nullptr);
  for (const Decl* member : item.members) decl(*member);
}

void Linter::type_name(const Decl& item) {
  if (!declares_type(item.kind)) return;
  const std::string_view name = item.name.text;
  const bool lower = name.front() >= 'a' && name.front() <= 'z';
  if (!lower && name.find('_') == std::string_view::npos) return;
  const std::string better = upper_camel(name);
  warn(Code::type_naming, item.name.span, "type " + quoted(name) + " is not UpperCamel", "name it " + quoted(better));
}

void Linter::capabilities(const Decl& item) {
  if (capabilities_.empty()) return;
  const std::vector<std::string_view> names(capabilities_.begin(), capabilities_.end());
  for (const CapabilityUse& part : item.capabilities) {
    if (part.name.starts_with("agents.")) continue;
    if (std::find(names.begin(), names.end(), part.name) != names.end()) continue;
    const std::string_view near = nearest_name(part.name, names);
    warn(Code::unknown_capability_name, part.span, "there is no capability " + quoted(part.name),
         near.empty() ? "see docs/capabilities.md for the names" : "did you mean " + quoted(near) + "?");
  }
}

void Linter::function(const std::vector<Param>& params, const Stmt* body, const Expr* value) {
  for (const Param& param : params) {
    type(param.type);
    expr(param.init);
  }
  if (body == nullptr && value == nullptr) return;
  open();
  for (const Param& param : params) declare(param.name, false);
  if (body != nullptr) statements(body->body, false);
  expr(value);
  close();
}

// ---- statements

void Linter::statements(const std::vector<Stmt*>& body, bool has_value) {
  for (const Stmt* item : body) {  // functions may be called above their place
    if (item->kind == Stmt::Kind::local_func) declare(item->decl->name, true);
  }
  const Stmt* left = nullptr;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const Stmt& item = *body[i];
    if (left != nullptr && item.kind != Stmt::Kind::empty && item.kind != Stmt::Kind::local_func) {
      const std::string_view word = ast_.source->text(left->span);
      warn(Code::unreachable_code, item.span, "this is never reached",
           "remove it, or move it before " + quoted(word.substr(0, word.find_first_of(" ;({\n"))));
      left = nullptr;
    }
    const bool last_value = has_value && i + 1 == body.size();
    if (item.kind == Stmt::Kind::expr && !last_value && !has_effect(*item.a)) {
      warn(Code::no_effect, item.span, "this expression has no effect", "use its value, or remove it");
    }
    stmt(item);
    if (leaves(item)) left = &item;
  }
}

void Linter::scoped(const Stmt* item) {
  if (item == nullptr) return;
  open();
  stmt(*item);
  close();
}

void Linter::body_of(const Stmt& item, std::string_view word) {
  if (item.kind == Stmt::Kind::empty) {
    warn(Code::empty_body, item.span, "the body of " + quoted(word) + " is a single `;`",
         "remove the `;`, or write `{ }`");
  }
  scoped(&item);
}

void Linter::stmt(const Stmt& item) {
  switch (item.kind) {
    case Stmt::Kind::error:
    case Stmt::Kind::empty:
    case Stmt::Kind::break_:
    case Stmt::Kind::continue_:
      return;
    case Stmt::Kind::block:
      open();
      statements(item.body, false);
      return close();
    case Stmt::Kind::local_func:
      return decl(*item.decl);
    case Stmt::Kind::let:
      type(item.type);
      expr(item.a);
      // Starting an actor is use enough.
      return declare(item.name, item.a == nullptr || item.a->kind != Expr::Kind::spawn);
    case Stmt::Kind::if_:
      condition(item.a, false);
      body_of(*item.then_, "if");
      if (item.else_ != nullptr) body_of(*item.else_, "else");
      return;
    case Stmt::Kind::while_:
      condition(item.a, true);
      return body_of(*item.then_, "while");
    case Stmt::Kind::for_in:
      expr(item.a);
      open();
      declare(item.name, false);
      if (!item.name2.text.empty()) declare(item.name2, false);
      body_of(*item.then_, "for");
      return close();
    case Stmt::Kind::for_c:
      open();
      if (item.init != nullptr) stmt(*item.init);
      if (item.a != nullptr) condition(item.a, true);
      expr(item.b);
      body_of(*item.then_, "for");
      return close();
    case Stmt::Kind::try_:
      return try_catch(item);
    case Stmt::Kind::receive:
      return arms(item.arms, false);
    case Stmt::Kind::expr:
      if (item.a->kind == Expr::Kind::match) {
        expr(item.a->a);
        return arms(item.a->arms, true);
      }
      return expr(item.a);
    case Stmt::Kind::return_:
    case Stmt::Kind::throw_:
    case Stmt::Kind::send:
    case Stmt::Kind::stop:
      expr(item.a);
      return expr(item.b);
  }
}

void Linter::try_catch(const Stmt& item) {
  scoped(item.then_);
  if (item.has_catch) {
    type(item.catch_type);
    open();
    if (!item.catch_name.text.empty()) declare(item.catch_name, false);
    if (item.catch_body != nullptr) {
      const Span span = item.catch_body->span;
      const bool comment = std::any_of(ast_.comments.begin(), ast_.comments.end(), [&](const Comment& c) {
        return c.span.start >= span.start && c.span.end <= span.end;
      });
      if (item.catch_body->body.empty() && !comment) {
        warn(Code::empty_catch, span, "this `catch` ignores every error",
             "handle or log the error, or say in a comment why it does not matter");
      }
      stmt(*item.catch_body);
    }
    arms(item.arms, false);
    close();
  }
  scoped(item.else_);
}

void Linter::condition(const Expr* item, bool loop) {
  const Expr* inner = &bare(*item);
  bool negated = false;
  while (inner->kind == Expr::Kind::unary && inner->unary_op == UnaryOp::logical_not) {
    negated = !negated;
    inner = &bare(*inner->a);
  }
  if (inner->kind == Expr::Kind::bool_lit) {
    const bool value = (inner->int_value != 0) != negated;
    if (!(loop && value)) {
      warn(Code::constant_condition, item->span, std::string("this condition is always ") + (value ? "true" : "false"),
           "remove the test, or the branch that never runs");
    }
  }
  expr(item);
}

void Linter::arms(const std::vector<Arm>& list, bool has_value) {
  for (const Arm& arm : list) {
    open();
    expr(arm.after);
    if (arm.pattern != nullptr) pattern(*arm.pattern);
    expr(arm.guard);
    expr(arm.value);
    if (arm.body != nullptr && arm.body->kind == Stmt::Kind::block) {
      open();
      statements(arm.body->body, has_value);
      close();
    } else if (arm.body != nullptr) {
      stmt(*arm.body);
    }
    close();
  }
}

void Linter::pattern(const Pattern& item) {
  if (item.kind == Pattern::Kind::bind || (item.kind == Pattern::Kind::typed && item.name.text != "_")) {
    declare(item.name, false);
  }
  type(item.type);
  if (!item.path.empty()) used_names_.insert(item.path.front().text);
  for (const Pattern* part : item.items) pattern(*part);
}

// ---- names

void Linter::declare(const Name& name, bool reported) {
  if (name.text == "_") return;
  for (std::size_t i = 0; i + 1 < scopes_.size(); ++i) {
    for (const Local& local : scopes_[i]) {
      if (local.name.text != name.text) continue;
      Diagnostic& result = warn(Code::shadowed_name, name.span, quoted(name.text) + " hides another local of that name",
                                "rename one of them");
      result.note = "the hidden one is declared here";
      result.note_file = ast_.source;
      result.note_span = local.name.span;
    }
  }
  scopes_.back().push_back({name, false, reported && name.text.front() != '_'});
}

void Linter::use(std::string_view name) {
  used_names_.insert(name);
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    for (auto local = scope->rbegin(); local != scope->rend(); ++local) {
      if (local->name.text != name) continue;
      local->used = true;
      return;
    }
  }
}

void Linter::close() {
  for (const Local& local : scopes_.back()) {
    if (local.used || !local.reported) continue;
    warn(Code::unused_local, local.name.span, quoted(local.name.text) + " is never used",
         "remove it, or name it " + quoted("_" + std::string(local.name.text)));
  }
  scopes_.pop_back();
}

void Linter::imports() {
  for (const Decl* item : ast_.decls) {
    if (item->kind != Decl::Kind::import || item->is_export) continue;
    std::string_view name = item->alias.text;
    if (name.empty())
      name = item->path.empty() ? item->text.substr(item->text.find_last_of("/:") + 1) : item->path.back().text;
    if (used_names_.contains(name)) continue;
    warn(Code::unused_import, item->span, "import " + quoted(name) + " is never used", "remove it");
  }
}

// Bidirectional controls make text look other than it is ("Trojan Source", CVE-2021-42574).
void Linter::directions() {
  const std::string_view text = ast_.source->text();
  for (std::size_t at = text.find('\xE2'); at < text.size(); at = text.find('\xE2', at + 1)) {
    const CodePoint point = decode_utf8(text, at);
    const bool control =
        (point.value >= 0x202A && point.value <= 0x202E) || (point.value >= 0x2066 && point.value <= 0x2069);
    if (!control) continue;
    const auto start = static_cast<std::uint32_t>(at);
    warn(Code::hidden_direction, {start, start + point.size},
         "an invisible character changes the direction of text here", "remove it, or write it as \\u{...} in a string");
  }
}

std::vector<Diagnostic> lint(const Ast& ast, std::span<const std::string_view> capabilities) {
  return Linter(ast, capabilities).run();
}

}  // namespace noodle::lang
