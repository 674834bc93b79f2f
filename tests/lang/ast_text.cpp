#include "tests/lang/ast_text.hpp"

#include <array>

#include "runtime/lang/parser.hpp"

namespace noodle::lang {
namespace {

constexpr std::array<const char*, 22> kBinary = {{"??", "||", "&&", "|",   "^",  "&",  "==", "!=", "<", ">", "<=",
                                                  ">=", "in", "..", "..<", "<<", ">>", "+",  "-",  "*", "/", "%"}};
constexpr std::array<const char*, 3> kUnary = {{"-", "!", "~"}};
constexpr std::array<const char*, 5> kAssign = {{"=", "+=", "-=", "*=", "/="}};

class Text {
 public:
  std::string out;

  void decl(const Decl& d);
  void stmt(const Stmt& s);
  void expr(const Expr& e);
  void type(const TypeExpr& t);
  void pattern(const Pattern& p);

 private:
  void word(std::string_view text) {
    if (!out.empty() && out.back() != '(' && out.back() != '\n' && out.back() != '[') out += ' ';
    out += text;
  }
  void quoted(std::string_view text) {
    word("'");
    out += text;
    out += "'";
  }
  void begin(std::string_view kind) {
    word("(");
    out += kind;
  }
  void end() { out += ")"; }
  void path(const std::vector<Name>& names) {
    std::string text;
    for (const Name& name : names) text += (text.empty() ? "" : ".") + std::string(name.text);
    word(text);
  }
  void maybe(const Expr* e) { e != nullptr ? expr(*e) : word("-"); }
  void maybe(const TypeExpr* t) { t != nullptr ? type(*t) : word("-"); }
  void maybe(const Stmt* s) { s != nullptr ? stmt(*s) : word("-"); }
  void args(const std::vector<Arg>& list) {
    for (const Arg& arg : list) {
      if (!arg.name.text.empty()) word(std::string(arg.name.text) + ":");
      expr(*arg.value);
    }
  }
  void params(const std::vector<Param>& list) {
    word("[");
    for (const Param& param : list) {
      word(param.name.text);
      if (param.type != nullptr) out += ":", type(*param.type);
      if (param.init != nullptr) word("="), expr(*param.init);
    }
    out += "]";
  }
  void type_params(const std::vector<TypeParam>& list) {
    if (list.empty()) return;
    begin("<>");
    for (const TypeParam& param : list) {
      word(param.name.text);
      if (param.bound != nullptr) out += ":", type(*param.bound);
    }
    end();
  }
  void arms(const std::vector<Arm>& list) {
    for (const Arm& arm : list) {
      begin(arm.after != nullptr ? "after" : "case");
      if (arm.after != nullptr) expr(*arm.after);
      if (arm.pattern != nullptr) pattern(*arm.pattern);
      if (arm.guard != nullptr) word("if"), expr(*arm.guard);
      word("=>");
      if (arm.value != nullptr) expr(*arm.value);
      if (arm.body != nullptr) stmt(*arm.body);
      end();
    }
  }
};

void Text::type(const TypeExpr& t) {
  switch (t.kind) {
    case TypeExpr::Kind::error:
      return word("<error>");
    case TypeExpr::Kind::nullable:
      type(*t.inner);
      out += '?';
      return;
    case TypeExpr::Kind::func:
      begin("func");
      for (const TypeExpr* arg : t.args) type(*arg);
      word(":");
      maybe(t.inner);
      return end();
    case TypeExpr::Kind::named:
      break;
  }
  if (t.path.size() == 1) {
    const std::string_view name = t.path[0].text;
    word(name == "string" ? "String" : name == "Int" ? "int" : name == "Float" ? "float" : name);
  } else {
    path(t.path);
  }
  if (t.args.empty()) return;
  out += "<";
  for (const TypeExpr* arg : t.args) type(*arg);
  out += ">";
}

void Text::pattern(const Pattern& p) {
  switch (p.kind) {
    case Pattern::Kind::error:
      return word("<error>");
    case Pattern::Kind::wildcard:
      return word("_");
    case Pattern::Kind::literal:
      return expr(*p.value);
    case Pattern::Kind::bind:
      return word(p.name.text);
    case Pattern::Kind::typed:
      word(p.name.text);
      out += ":";
      return type(*p.type);
    case Pattern::Kind::construct:
      begin("is");
      path(p.path);
      if (p.has_parens) word("()");
      break;
    case Pattern::Kind::alternatives:
      begin("|");
      break;
  }
  for (const Pattern* item : p.items) pattern(*item);
  end();
}

void Text::expr(const Expr& e) {
  switch (e.kind) {
    case Expr::Kind::error:
      return word("<error>");
    case Expr::Kind::int_lit:
      return word(std::to_string(e.int_value));
    case Expr::Kind::float_lit:
      return word(std::to_string(e.float_value));
    case Expr::Kind::bool_lit:
      return word(e.int_value != 0 ? "true" : "false");
    case Expr::Kind::null_lit:
      return word("null");
    case Expr::Kind::string_lit:
      return quoted(e.text);
    case Expr::Kind::duration_lit:
      return word(std::to_string(e.int_value) + "ns");
    case Expr::Kind::name:
      return word(e.text);
    case Expr::Kind::self:
      return word("self");
    case Expr::Kind::super:
      return word("super");
    case Expr::Kind::paren:
      begin("paren");
      break;
    case Expr::Kind::interp:
      begin("interp");
      break;
    case Expr::Kind::member:
      begin(".");
      break;
    case Expr::Kind::safe_member:
      begin("?.");
      break;
    case Expr::Kind::call:
      begin("call");
      break;
    case Expr::Kind::index:
      begin("index");
      break;
    case Expr::Kind::unary:
      begin(kUnary[static_cast<std::size_t>(e.unary_op)]);
      break;
    case Expr::Kind::binary:
      begin(kBinary[static_cast<std::size_t>(e.binary_op)]);
      break;
    case Expr::Kind::assign:
      begin(kAssign[static_cast<std::size_t>(e.assign_op)]);
      break;
    case Expr::Kind::inc_dec:
      begin(std::string(e.flag ? "pre" : "post") + (e.int_value == 1 ? "++" : "--"));
      break;
    case Expr::Kind::cond:
      begin("?:");
      break;
    case Expr::Kind::is:
      begin("is");
      break;
    case Expr::Kind::as:
      begin("as");
      break;
    case Expr::Kind::lambda:
      begin("lambda");
      params(e.params);
      maybe(e.result_type);
      maybe(e.body);
      break;
    case Expr::Kind::list:
      begin("list");
      break;
    case Expr::Kind::object:
      begin("object");
      break;
    case Expr::Kind::match:
      begin("match");
      break;
    case Expr::Kind::spawn:
      begin(e.c == nullptr ? "spawn" : e.flag ? "spawn-where" : "spawn-on");
      break;
    case Expr::Kind::ask:
      begin("ask");
      break;
    case Expr::Kind::new_:
      begin("new");
      break;
  }
  if (e.a != nullptr) expr(*e.a);
  if (!e.name.text.empty()) word(e.name.text);
  if (e.type != nullptr) type(*e.type);
  if (!e.type_args.empty()) {
    begin("<>");
    for (const TypeExpr* arg : e.type_args) type(*arg);
    end();
  }
  if (e.b != nullptr) expr(*e.b);
  if (e.c != nullptr) expr(*e.c);
  for (const Expr* item : e.items) expr(*item);
  args(e.args);
  for (const ObjectField& field : e.fields) {
    word(std::string(field.name.text) + (field.quoted ? "':" : ":"));
    expr(*field.value);
  }
  arms(e.arms);
  end();
}

void Text::stmt(const Stmt& s) {
  switch (s.kind) {
    case Stmt::Kind::error:
      return word("<error>");
    case Stmt::Kind::empty:
      return word(";");
    case Stmt::Kind::expr:
      return expr(*s.a);
    case Stmt::Kind::local_func:
      return decl(*s.decl);
    case Stmt::Kind::block:
      begin("{}");
      break;
    case Stmt::Kind::let:
      begin(s.flag ? "const" : "let");
      break;
    case Stmt::Kind::if_:
      begin("if");
      break;
    case Stmt::Kind::while_:
      begin("while");
      break;
    case Stmt::Kind::for_in:
      begin("for-in");
      break;
    case Stmt::Kind::for_c:
      begin("for");
      maybe(s.init);
      maybe(s.a);
      maybe(s.b);
      stmt(*s.then_);
      return end();
    case Stmt::Kind::return_:
      begin("return");
      break;
    case Stmt::Kind::break_:
      begin("break");
      break;
    case Stmt::Kind::continue_:
      begin("continue");
      break;
    case Stmt::Kind::throw_:
      begin("throw");
      break;
    case Stmt::Kind::try_:
      begin("try");
      break;
    case Stmt::Kind::send:
      begin(s.flag ? "send-raw" : "send");
      break;
    case Stmt::Kind::stop:
      begin("stop");
      break;
    case Stmt::Kind::receive:
      begin("receive");
      break;
  }
  if (!s.name.text.empty()) word(s.name.text);
  if (!s.name2.text.empty()) word(s.name2.text);
  if (s.type != nullptr) out += ":", type(*s.type);
  if (s.a != nullptr) expr(*s.a);
  if (s.b != nullptr) expr(*s.b);
  if (s.then_ != nullptr) stmt(*s.then_);
  if (s.has_catch) {
    begin("catch");
    word(s.catch_name.text);
    if (s.catch_type != nullptr) out += ":", type(*s.catch_type);
    if (s.catch_body != nullptr) stmt(*s.catch_body);
    arms(s.arms);
    end();
  } else {
    arms(s.arms);
  }
  if (s.else_ != nullptr) word(s.kind == Stmt::Kind::try_ ? "finally" : "else"), stmt(*s.else_);
  for (const Stmt* item : s.body) {
    if (item->kind != Stmt::Kind::empty) stmt(*item);
  }
  end();
}

void Text::decl(const Decl& d) {
  static constexpr std::array<const char*, 23> kKinds = {
      {"error",    "module", "import", "requires",    "func",  "class",     "interface", "actor",
       "agent",    "record", "enum",   "super",       "alias", "const",     "test",      "field",
       "metadata", "on",     "every",  "constructor", "child", "statement", ""}};
  if (d.kind == Decl::Kind::statement) return stmt(*d.stmt);
  begin(kKinds[static_cast<std::size_t>(d.kind)]);
  for (const Attribute& attribute : d.attributes) {
    begin("@");
    word(attribute.name.text);
    args(attribute.args);
    end();
  }
  if (d.is_export) word("export");
  if (d.is_private) word("private");
  if (d.is_static) word("static");
  if (d.type_first) word("type-first");
  if (d.kind == Decl::Kind::test || (d.kind == Decl::Kind::import && d.path.empty())) quoted(d.text);
  if (!d.name.text.empty()) word(d.name.text);
  if (!d.path.empty()) path(d.path);
  if (!d.alias.text.empty()) word("as"), word(d.alias.text);
  for (const CapabilityUse& use : d.capabilities) {
    word(use.name);
    for (const Expr* arg : use.args) expr(*arg);
  }
  type_params(d.type_params);
  if (d.has_header || !d.params.empty()) params(d.params);
  if (d.type != nullptr) word(":"), type(*d.type);
  if (d.base != nullptr) word("extends"), type(*d.base);
  for (const TypeExpr* interface : d.interfaces) word("implements"), type(*interface);
  if (d.init != nullptr) word("="), expr(*d.init);
  if (d.object != nullptr) word("with"), expr(*d.object);
  if (d.body != nullptr) stmt(*d.body);
  for (const Decl::Case& item : d.cases) {
    begin("case");
    word(item.name.text);
    if (item.has_parens) params(item.params);
    end();
  }
  if (d.has_body && d.body == nullptr) word("{}");
  for (const Decl* member : d.members) decl(*member);
  end();
}

}  // namespace

std::string ast_text(const Ast& ast) {
  Text text;
  for (const Decl* decl : ast.decls) {
    if (decl->kind == Decl::Kind::statement && decl->stmt->kind == Stmt::Kind::empty) continue;
    text.decl(*decl);
    text.out += '\n';
  }
  return text.out;
}

std::string ast_text(const Expr& expr) {
  Text text;
  text.expr(expr);
  return text.out;
}

std::string ast_text(const TypeExpr& type) {
  Text text;
  text.type(type);
  return text.out;
}

std::string ast_text(const Pattern& pattern) {
  Text text;
  text.pattern(pattern);
  return text.out;
}

Parsed::Parsed(std::string text, std::string path) : source(std::move(path), std::move(text)) {
  parse(source, ast, diagnostics);
}

std::string Parsed::codes() const {
  std::string result;
  for (const Diagnostic& item : diagnostics.all()) {
    const LineColumn place = item.file->position(item.span.start);
    if (!result.empty()) result += ' ';
    result += std::to_string(static_cast<int>(item.code)) + " " + std::to_string(place.line) + ":" +
              std::to_string(place.column);
  }
  return result;
}

std::string expr_text(std::string_view text) {
  const Parsed parsed("func f() {\nlet x = " + std::string(text) + "\n}");
  if (parsed.diagnostics.has_errors()) return parsed.codes() + " " + parsed.diagnostics.all().front().message;
  const std::vector<Stmt*>& body = parsed.ast.decls.front()->body->body;
  return body.size() == 1 ? ast_text(*body[0]->a) : "several statements";
}

std::string stmt_text(std::string_view text) {
  const Parsed parsed("func f() {\n" + std::string(text) + "\n}");
  if (parsed.diagnostics.has_errors()) return parsed.codes() + " " + parsed.diagnostics.all().front().message;
  std::string result = ast_text(parsed.ast);
  constexpr std::string_view kBefore = "(func f ({} ";
  constexpr std::string_view kBehind = "))\n";
  return result.size() < kBefore.size() + kBehind.size()
             ? ""
             : result.substr(kBefore.size(), result.size() - kBefore.size() - kBehind.size());
}

}  // namespace noodle::lang
