// Declarations and types in the canonical layout.
#include "runtime/lang/format.hpp"

#include <algorithm>

#include "runtime/lang/format_printer.hpp"

namespace noodle::lang {
namespace {

constexpr int kWidth = 100;

struct Canonical {
  std::string_view written;
  std::string_view name;
};

constexpr Canonical kTypeNames[] = {{"string", "String"}, {"Int", "int"},   {"Float", "float"},
                                    {"Bool", "bool"},     {"Byte", "byte"}, {"bytes", "Bytes"}};

bool has_braces(const Decl& decl) {
  return decl.body != nullptr || decl.has_body;
}

std::uint32_t start_of(const Decl* decl) {
  return decl->span.start;
}

}  // namespace

std::string format(const Ast& ast) {
  return Printer(ast).file();
}

Printer::Printer(const Ast& ast) : ast_(ast), source_(ast.source->text()) {
  for (const Decl* decl : ast.decls) own_types_.push_back(decl->name.text);
}

std::string Printer::file() {
  const auto end = static_cast<std::uint32_t>(source_.size());
  const Decl* before = nullptr;
  for (const Decl* decl : ast_.decls) {
    const bool empty = decl->kind == Decl::Kind::statement && decl->stmt->kind == Stmt::Kind::empty;
    if (empty) continue;
    const std::uint32_t position = decl->span.start;
    if (before != nullptr) {
      trailing_comments(position);
      const bool apart = has_braces(*before) || has_braces(*decl);
      const bool statements = before->kind == Decl::Kind::statement && decl->kind == Decl::Kind::statement;
      if (apart && !statements) {
        out_.blank();
      } else {
        separate(position);
      }
    }
    leading_comments(position);
    declaration(*decl);
    before = decl;
  }
  if (before == nullptr) {
    leading_comments(end);
  } else {
    closing_comments(end);
  }
  std::string result = out_.render(kWidth);
  while (!result.empty() && result.back() == '\n') result.pop_back();
  if (!result.empty()) result += '\n';
  return result;
}

void Printer::word(const Name& name) {
  inline_comments(name.span.start);
  out_.text(name.text);
}

// Text as written: literals and everything inside a template.
void Printer::raw(Span span) {
  inline_comments(span.start);
  out_.text(source_.substr(span.start, span.end - span.start));
  while (comment_before(span.end)) ++next_comment_;
}

void Printer::attributes(const Decl& decl) {
  for (const Attribute& attribute : decl.attributes) {
    inline_comments(attribute.span.start);
    out_.text("@");
    word(attribute.name);
    if (source_[attribute.span.end - 1] == ')') arguments(attribute.args, attribute.span.end);
    out_.hard();
  }
}

void Printer::declaration(const Decl& decl) {
  attributes(decl);
  if (decl.is_export) out_.text("export ");
  if (decl.is_private) out_.text("private ");
  if (decl.is_static) out_.text("static ");
  declaration_body(decl);
}

void Printer::declaration_body(const Decl& decl) {
  switch (decl.kind) {
    case Decl::Kind::module:
      out_.text("module ");
      path(decl.path);
      out_.text(";");
      return;
    case Decl::Kind::import:
      out_.text("import ");
      if (decl.path.empty()) {
        raw(decl.name.span);
      } else {
        path(decl.path);
      }
      if (!decl.alias.text.empty()) {
        out_.text(" as ");
        word(decl.alias);
      }
      out_.text(";");
      return;
    case Decl::Kind::requires_:
      return capabilities(decl);
    case Decl::Kind::func:
    case Decl::Kind::handler:
    case Decl::Kind::constructor:
      return function(decl);
    case Decl::Kind::class_:
    case Decl::Kind::interface:
    case Decl::Kind::actor:
    case Decl::Kind::agent:
    case Decl::Kind::record:
    case Decl::Kind::supervisor:
      return class_like(decl);
    case Decl::Kind::enum_:
      return enumeration(decl);
    case Decl::Kind::alias:
      out_.text("type ");
      word(decl.name);
      type_params(decl.type_params);
      out_.text(" = ");
      type(*decl.type);
      out_.text(";");
      return;
    case Decl::Kind::test:
      out_.text("test ");
      raw(decl.name.span);
      out_.text(" ");
      return block(*decl.body);
    case Decl::Kind::every:
      out_.text("every ");
      expr(*decl.init);
      out_.text(" ");
      return block(*decl.body);
    case Decl::Kind::child:
      return supervised_child(decl);
    case Decl::Kind::statement:
      return statement(*decl.stmt);
    case Decl::Kind::constant:
      out_.text("const ");
      break;
    case Decl::Kind::field:
    case Decl::Kind::metadata:
    case Decl::Kind::error:
      break;
  }
  if (decl.type_first) {
    type(*decl.type);
    out_.text(" ");
  }
  word(decl.name);
  if (decl.type != nullptr && !decl.type_first) {
    out_.text(": ");
    type(*decl.type);
  }
  if (decl.init != nullptr) {
    const bool option = decl.type == nullptr && decl.kind != Decl::Kind::constant;  // metadata, supervisor option
    out_.text(option ? ":" : " =");
    value(*decl.init);
  }
  out_.text(";");
}

void Printer::capabilities(const Decl& decl) {
  out_.open();
  out_.text("requires ");
  out_.group_indent();
  for (std::size_t i = 0; i < decl.capabilities.size(); ++i) {
    const CapabilityUse& use = decl.capabilities[i];
    if (i > 0) {
      out_.text(",");
      out_.line();
    }
    inline_comments(use.span.start);
    out_.text(use.name);
    if (use.args.empty()) continue;
    out_.text("(");
    for (std::size_t k = 0; k < use.args.size(); ++k) {
      if (k > 0) out_.text(", ");
      expr(*use.args[k]);
    }
    out_.text(")");
  }
  out_.group_dedent();
  out_.close();
  out_.text(";");
}

void Printer::supervised_child(const Decl& decl) {
  out_.text("child ");
  expr(*decl.init);
  if (decl.object != nullptr) {
    out_.text(" with ");
    expr(*decl.object);
  }
  out_.text(";");
}

void Printer::function(const Decl& decl) {
  out_.text(decl.kind == Decl::Kind::func ? "func " : decl.kind == Decl::Kind::handler ? "on " : "");
  word(decl.name);
  signature(decl);
  if (decl.body == nullptr) return out_.text(";");
  out_.text(" ");
  block(*decl.body);
}

void Printer::header(const Decl& decl) {
  type_params(decl.type_params);
  params(decl.params, decl.type_params.empty()                   ? decl.name.span.end
                      : decl.type_params.back().bound != nullptr ? decl.type_params.back().bound->span.end
                                                                 : decl.type_params.back().name.span.end);
}

void Printer::signature(const Decl& decl) {
  header(decl);
  if (decl.type == nullptr) return;
  out_.text(": ");
  type(*decl.type);
}

void Printer::class_like(const Decl& decl) {
  switch (decl.kind) {
    case Decl::Kind::class_:
      out_.text("class ");
      break;
    case Decl::Kind::interface:
      out_.text("interface ");
      break;
    case Decl::Kind::actor:
      out_.text("actor ");
      break;
    case Decl::Kind::agent:
      out_.text("agent ");
      break;
    case Decl::Kind::record:
      out_.text("record ");
      break;
    default:
      out_.text("supervisor ");
      break;
  }
  word(decl.name);
  if (decl.has_header) {
    header(decl);
  } else {
    type_params(decl.type_params);
  }
  out_.open();
  out_.group_indent();
  out_.group_indent();
  const auto list = [&](const char* keyword, const std::vector<TypeExpr*>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) {
        out_.text(", ");
      } else {
        out_.line();
        out_.text(keyword);
      }
      type(*items[i]);
    }
  };
  if (decl.base != nullptr) list("extends ", {decl.base});
  if (decl.kind == Decl::Kind::interface) {
    for (const TypeExpr* more : decl.interfaces) {
      out_.text(", ");
      type(*more);
    }
  } else {
    list("implements ", decl.interfaces);
  }
  out_.group_dedent();
  out_.group_dedent();
  out_.close();
  if (!decl.has_body) return out_.text(";");
  out_.text(" ");
  members(decl);
}

void Printer::members(const Decl& decl) {
  braces(decl.members, decl.span.end - 1, start_of, [this](const Decl* member) { declaration(*member); });
}

void Printer::enum_case(const Decl::Case& item) {
  word(item.name);
  if (item.has_parens) params(item.params, item.name.span.end);
}

// Cases without methods stay on one line where they fit.
void Printer::enumeration(const Decl& decl) {
  out_.text("enum ");
  word(decl.name);
  type_params(decl.type_params);
  out_.text(" ");
  const std::uint32_t end = decl.span.end - 1;
  if (decl.cases.empty()) return members(decl);
  const std::uint32_t cases_end = decl.members.empty() ? end : decl.members.front()->span.start;
  if (!decl.members.empty()) out_.begin_block();
  out_.open();
  out_.text("{");
  if (!decl.members.empty()) out_.break_group();
  trailing_comments(decl.cases.front().name.span.start);
  out_.group_indent();
  out_.line();
  for (std::size_t i = 0; i < decl.cases.size(); ++i) {
    const std::uint32_t position = decl.cases[i].name.span.start;
    if (i > 0) {
      out_.text(",");
      trailing_comments(position);
      out_.line();
    }
    leading_comments(position);
    enum_case(decl.cases[i]);
  }
  if (decl.members.empty()) {
    closing_comments(end);
  } else {
    out_.text(",");
    trailing_comments(cases_end);
    separate(cases_end);
    lines(decl.members, end, start_of, [this](const Decl* member) { declaration(*member); });
  }
  out_.group_dedent();
  out_.line();
  out_.text("}");
  out_.close();
  if (!decl.members.empty()) out_.end_block();
}

void Printer::path(const std::vector<Name>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out_.text(".");
    word(names[i]);
  }
}

// ---- parameters and types

void Printer::type_params(const std::vector<TypeParam>& list) {
  if (list.empty()) return;
  out_.text("<");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out_.text(", ");
    word(list[i].name);
    if (list[i].bound == nullptr) continue;
    out_.text(": ");
    type(*list[i].bound);
  }
  out_.text(">");
}

// `from`: an offset behind what precedes the parenthesis, for an empty list.
void Printer::params(const std::vector<Param>& list, std::uint32_t from) {
  if (!list.empty()) {
    const Param& last = list.back();
    from = last.init != nullptr ? last.init->span.end : last.type != nullptr ? last.type->span.end : last.name.span.end;
  }
  const std::uint32_t end = closing_paren(from);
  out_.open();
  out_.text("(");
  if (list.empty()) {
    inline_comments(end);
  } else {
    elements(
        list, end, [](const Param& item) { return item.name.span.start; }, [this](const Param& item) { param(item); });
  }
  out_.text(")");
  out_.close();
}

void Printer::param(const Param& item) {
  word(item.name);
  if (item.type != nullptr) {
    out_.text(": ");
    type(*item.type);
  }
  if (item.init == nullptr) return;
  out_.text(" = ");
  expr(*item.init);
}

std::string_view Printer::canonical(std::string_view type_name) const {
  for (const Canonical& known : kTypeNames) {
    if (known.written != type_name) continue;
    const bool own = std::find(own_types_.begin(), own_types_.end(), type_name) != own_types_.end();
    return own ? type_name : known.name;
  }
  return type_name;
}

void Printer::types(const std::vector<TypeExpr*>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out_.text(", ");
    type(*list[i]);
  }
}

void Printer::type(const TypeExpr& item) {
  switch (item.kind) {
    case TypeExpr::Kind::named:
      if (item.path.size() == 1) {
        inline_comments(item.path[0].span.start);
        out_.text(canonical(item.path[0].text));
      } else {
        path(item.path);
      }
      if (item.args.empty()) return;
      out_.text("<");
      types(item.args);
      out_.text(">");
      return;
    case TypeExpr::Kind::func:
      inline_comments(item.span.start);
      out_.text("func(");
      types(item.args);
      out_.text(")");
      if (item.inner == nullptr) return;
      out_.text(": ");
      return type(*item.inner);
    case TypeExpr::Kind::nullable:
      if (item.inner->kind == TypeExpr::Kind::func) {
        bare_type(*item.inner);
      } else {
        type(*item.inner);
      }
      return out_.text("?");
    case TypeExpr::Kind::error:
      return;
  }
}

// A type where a `?` or `:` behind it would belong to something else.
void Printer::bare_type(const TypeExpr& item) {
  if (item.kind == TypeExpr::Kind::named) return type(item);
  inline_comments(item.span.start);
  out_.text("(");
  type(item);
  out_.text(")");
}

}  // namespace noodle::lang
