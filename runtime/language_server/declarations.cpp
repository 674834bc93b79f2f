#include "runtime/language_server/declarations.hpp"

#include <algorithm>

#include "runtime/base/lines.hpp"

namespace noodle::language_server {
namespace {

using lang::Decl;
using lang::Span;

constexpr std::size_t kMaxHeaderBytes = 400;

SymbolKind kind_of(const Decl& decl, bool member) {
  switch (decl.kind) {
    case Decl::Kind::import:
      return SymbolKind::module;
    case Decl::Kind::interface:
      return SymbolKind::interface;
    case Decl::Kind::record:
      return SymbolKind::record;
    case Decl::Kind::enum_:
      return SymbolKind::enum_;
    case Decl::Kind::constant:
      return SymbolKind::constant;
    case Decl::Kind::func:
      return member ? SymbolKind::method : SymbolKind::function;
    case Decl::Kind::test:
      return SymbolKind::function;
    case Decl::Kind::field:
      return decl.is_static ? SymbolKind::constant : SymbolKind::field;
    case Decl::Kind::metadata:
      return SymbolKind::property;
    case Decl::Kind::handler:
      return SymbolKind::handler;
    case Decl::Kind::constructor:
      return SymbolKind::constructor;
    default:
      return SymbolKind::class_;
  }
}

bool has_name(const Decl& decl) {
  switch (decl.kind) {
    case Decl::Kind::error:
    case Decl::Kind::module:
    case Decl::Kind::requires_:
    case Decl::Kind::statement:
    case Decl::Kind::every:
    case Decl::Kind::child:
      return false;
    default:
      return true;
  }
}

Span param_span(const lang::Param& param) {
  Span span = param.name.span;
  if (param.type) span.end = std::max(span.end, param.type->span.end);
  if (param.init) span.end = std::max(span.end, param.init->span.end);
  return span;
}

class Collector {
 public:
  explicit Collector(const lang::Ast& ast) : text_(ast.source->text()) {
    for (const Decl* decl : ast.decls) add(*decl, Declaration::kNone);
  }
  std::vector<Declaration> take() { return std::move(found_); }

 private:
  void add(const Decl& decl, std::size_t parent) {
    if (!has_name(decl)) return;
    Declaration made;
    made.kind = kind_of(decl, parent != Declaration::kNone);
    if (parent != Declaration::kNone && found_[parent].decl->kind == Decl::Kind::supervisor)
      made.kind = SymbolKind::property;  // an option
    made.name = decl.name.text;
    made.name_span = decl.name.span;
    if (decl.kind == Decl::Kind::import) import_name(decl, made);
    if (decl.kind == Decl::Kind::test) {
      made.name = decl.text;
    } else if (decl.kind == Decl::Kind::constructor) {
      made.name = "constructor";
    }
    if (made.name_span.end == 0) {
      const auto start = static_cast<std::uint32_t>(first(decl));
      made.name_span = {start, std::min(start, decl.span.end)};
    }
    made.span = decl.span;
    made.header = header(decl);
    made.doc = decl.doc;
    made.parent = parent;
    made.decl = &decl;
    if (!decl.params.empty() || decl.has_header || decl.kind == Decl::Kind::func || decl.kind == Decl::Kind::handler)
      made.params = &decl.params;
    if (decl.kind == Decl::Kind::class_) {
      for (const Decl* member : decl.members) {
        if (member->kind == Decl::Kind::constructor) made.params = &member->params;
      }
    }
    const std::size_t self = found_.size();
    found_.push_back(made);
    type_params(decl, self);
    const bool fields =
        decl.kind != Decl::Kind::func && decl.kind != Decl::Kind::handler && decl.kind != Decl::Kind::constructor;
    params(decl.params, decl, self, fields);
    for (const Decl::Case& c : decl.cases) add_case(c, decl, self);
    for (const Decl* member : decl.members) add(*member, self);
  }

  static void import_name(const Decl& decl, Declaration& made) {
    made.is_import = true;
    if (!decl.alias.text.empty()) {
      made.name = decl.alias.text;
      made.name_span = decl.alias.span;
    } else if (!decl.path.empty()) {
      made.name = decl.path.back().text;
      made.name_span = decl.path.back().span;
    } else {
      const std::size_t cut = decl.text.find_last_of(":./");
      made.name = cut == std::string_view::npos ? decl.text : decl.text.substr(cut + 1);
      made.name_span = decl.span;
    }
  }

  void add_case(const Decl::Case& c, const Decl& decl, std::size_t parent) {
    Declaration made;
    made.kind = SymbolKind::enum_case;
    made.name = c.name.text;
    made.name_span = c.name.span;
    made.span = c.name.span;
    if (!c.params.empty()) {
      made.span.end = param_span(c.params.back()).end;
      if (made.span.end < text_.size() && text_[made.span.end] == ')') ++made.span.end;
    }
    made.header = made.span;
    made.doc = c.doc;
    made.parent = parent;
    made.decl = &decl;
    made.params = &c.params;
    const std::size_t self = found_.size();
    found_.push_back(made);
    params(c.params, decl, self, false);
  }

  void params(const std::vector<lang::Param>& list, const Decl& decl, std::size_t parent, bool fields) {
    for (const lang::Param& param : list) {
      Declaration made;
      made.kind = fields ? SymbolKind::field : SymbolKind::variable;
      made.name = param.name.text;
      made.name_span = param.name.span;
      made.span = made.header = param_span(param);
      made.parent = parent;
      made.decl = &decl;
      made.is_param = !fields;
      found_.push_back(made);
    }
  }

  void type_params(const Decl& decl, std::size_t parent) {
    for (const lang::TypeParam& param : decl.type_params) {
      Declaration made;
      made.kind = SymbolKind::type_parameter;
      made.name = param.name.text;
      made.name_span = made.span = param.name.span;
      if (param.bound) made.span.end = std::max(made.span.end, param.bound->span.end);
      made.header = made.span;
      made.parent = parent;
      made.decl = &decl;
      made.is_param = true;
      found_.push_back(made);
    }
  }

  /// Behind the attributes.
  std::size_t first(const Decl& decl) const {
    std::size_t start = decl.attributes.empty() ? decl.span.start : decl.attributes.back().span.end;
    while (start < decl.span.end && (text_[start] == ' ' || text_[start] == '\n' || text_[start] == '\r')) ++start;
    return start;
  }

  Span header(const Decl& decl) const {
    Span span{static_cast<std::uint32_t>(first(decl)), decl.span.end};
    if (decl.body) {
      span.end = std::min(span.end, decl.body->span.start);
      return span;
    }
    const bool has_braces = !decl.members.empty() || !decl.cases.empty() || decl.kind == Decl::Kind::class_ ||
                            decl.kind == Decl::Kind::interface || decl.kind == Decl::Kind::actor ||
                            decl.kind == Decl::Kind::agent || decl.kind == Decl::Kind::supervisor;
    if (!has_braces) return span;
    int depth = 0;
    for (std::uint32_t at = std::max(span.start, decl.name.span.end); at < span.end; ++at) {
      if (text_[at] == '(') ++depth;
      if (text_[at] == ')') --depth;
      if (text_[at] == '{' && depth <= 0) span.end = at;
    }
    return span;
  }

  std::string_view text_;
  std::vector<Declaration> found_;
};

/// With single blanks between the words, cut to a length that a person reads.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c;
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == ';')) out.pop_back();
  if (out.size() > kMaxHeaderBytes) {
    std::size_t end = kMaxHeaderBytes;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out = out.substr(0, end) + " ...";
  }
  return out;
}

}  // namespace

std::vector<Declaration> declarations_of(const lang::Ast& ast) {
  return Collector(ast).take();
}

std::string header_text(const lang::SourceFile& source, const Declaration& declaration) {
  std::string text = one_line(source.text(declaration.header));
  if (declaration.kind != SymbolKind::enum_ || !declaration.decl || declaration.decl->cases.empty()) return text;
  std::string cases;
  for (const Decl::Case& c : declaration.decl->cases) {
    cases += (cases.empty() ? "" : ", ") + std::string(c.name.text) + (c.params.empty() ? "" : "(...)");
  }
  return one_line(text + " { " + cases + " }");
}

std::string doc_text(std::string_view doc) {
  std::string out;
  for (std::string_view line : lines_of(doc)) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("///")) line.remove_prefix(3);
    if (line.starts_with(' ')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    out += std::string(line) + "\n";
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

}  // namespace noodle::language_server
