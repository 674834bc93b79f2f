// Colours that need meaning: names by what they stand for. Words and punctuation are coloured by the grammar of the
// editor.
#include "runtime/language_server/features.hpp"

namespace noodle::language_server {
namespace {

enum Type : std::uint8_t {
  kNamespace,
  kType,
  kClass,
  kEnum,
  kInterface,
  kStruct,
  kTypeParameter,
  kParameter,
  kVariable,
  kProperty,
  kEnumMember,
  kFunction,
  kMethod
};

enum Modifier : std::uint8_t { kDeclaration = 1, kReadonly = 2, kDefaultLibrary = 4 };

std::uint32_t type_of(const Description& described) {
  if (described.is_param) return described.kind == SymbolKind::type_parameter ? kTypeParameter : kParameter;
  switch (described.kind) {
    case SymbolKind::module:
      return kNamespace;
    case SymbolKind::class_:
      return described.decl && described.decl->kind == lang::Decl::Kind::alias ? kType : kClass;
    case SymbolKind::method:
    case SymbolKind::handler:
    case SymbolKind::constructor:
      return kMethod;
    case SymbolKind::property:
    case SymbolKind::field:
      return kProperty;
    case SymbolKind::enum_:
      return kEnum;
    case SymbolKind::interface:
      return kInterface;
    case SymbolKind::function:
      return kFunction;
    case SymbolKind::enum_case:
      return kEnumMember;
    case SymbolKind::record:
      return kStruct;
    default:
      return kVariable;
  }
}

}  // namespace

const std::vector<std::string>& semantic_token_types() {
  static const std::vector<std::string> names = {"namespace",  "type",          "class",     "enum",     "interface",
                                                 "struct",     "typeParameter", "parameter", "variable", "property",
                                                 "enumMember", "function",      "method"};
  return names;
}

const std::vector<std::string>& semantic_token_modifiers() {
  static const std::vector<std::string> names = {"declaration", "readonly", "defaultLibrary"};
  return names;
}

std::vector<std::uint32_t> semantic_tokens(const Query& query) {
  std::vector<std::uint32_t> data;
  const LineIndex lines(query.file().text());
  Position last;
  std::uint32_t end = 0;
  std::unordered_map<const lang::SourceFile*, std::unordered_map<std::uint32_t, std::uint32_t>> known;
  for (const Occurrence& item : query.analysis->occurrences(query.file())) {
    if (item.span.start < end || item.target.span.end == 0) continue;  // a dotted path has no one colour
    const auto [kind, is_new] = known[item.target.file].try_emplace(item.target.span.start);
    if (is_new) {
      const Description described = query.analysis->describe(item.target);
      const bool own = query.analysis->module_at(item.target.file->path()) != nullptr;
      kind->second = type_of(described) | (described.is_const ? 0u + (kReadonly << 8) : 0u) |
                     (own ? 0u : 0u + (kDefaultLibrary << 8));
    }
    const Position start = lines.position(item.span.start);
    const Position stop = lines.position(item.span.end);
    if (start.line != stop.line) continue;
    end = item.span.end;
    const bool declares = item.target == Place{&query.file(), item.span};
    data.push_back(start.line - last.line);
    data.push_back(start.line == last.line ? start.character - last.character : start.character);
    data.push_back(stop.character - start.character);
    data.push_back(kind->second & 0xFF);
    data.push_back((kind->second >> 8) | (declares ? 0u + kDeclaration : 0u));
    last = start;
  }
  return data;
}

}  // namespace noodle::language_server
