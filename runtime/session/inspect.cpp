// Questions about expressions and names: types, byte code, completion. Nothing of it runs.
#include <algorithm>

#include "runtime/bytecode/disasm.hpp"
#include "runtime/lang/token.hpp"
#include "runtime/session/compiled.hpp"

namespace noodle::session {
namespace {

using Owner = Unit::Part::Owner;

constexpr const char* kShown = "$shown";

constexpr const char* kKeywords[] = {
#define NOODLE_RESERVED(name, text) text,
#define NOODLE_CONTEXTUAL(name, text) text,
#define NOODLE_PUNCT(name, text)
#include "runtime/lang/tokens.def"
#undef NOODLE_RESERVED
#undef NOODLE_CONTEXTUAL
#undef NOODLE_PUNCT
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// Start of the postfix expression that ends at `end`: names, dots, calls, indexes and texts.
std::size_t expression_start(const std::string& text, std::size_t end) {
  std::size_t at = end;
  while (at > 0) {
    const char c = text[at - 1];
    if (is_word(c) || c == '.' || c == '?') {
      --at;
    } else if (c == ')' || c == ']') {
      const char open = c == ')' ? '(' : '[';
      int depth = 0;
      do {
        --at;
        depth += text[at] == c ? 1 : text[at] == open ? -1 : 0;
      } while (at > 0 && depth > 0);
      if (depth > 0) return end;
    } else if (c == '"' || c == '\'' || c == '`') {
      const std::size_t open = at >= 2 ? text.rfind(c, at - 2) : std::string::npos;
      if (open == std::string::npos) return end;
      at = open;
    } else {
      break;
    }
  }
  return at;
}

bool is_one_expression(const Input& input) {
  return !input.diagnostics.has_errors() && input.pieces.size() == 1 && input.pieces[0].kind == Piece::Kind::expression;
}

lang::Diagnostic not_an_expression(const Input& input, const char* command) {
  lang::Diagnostic diagnostic;
  diagnostic.code = Code::not_a_value;
  diagnostic.file = input.source.get();
  diagnostic.message = "this is no expression";
  diagnostic.suggestion = std::string(command) + " takes one expression, such as `[1, 2].map(x => x * 2)`";
  return diagnostic;
}

}  // namespace

TypeReply Session::type_of(const std::string& expression) {
  TypeReply reply;
  const Input input = parse_input(":type", expression);
  reply.sources = all_sources(input);
  reply.diagnostics = input.diagnostics.all();
  if (input.diagnostics.has_errors()) return reply;
  if (!is_one_expression(input)) {
    reply.diagnostics.push_back(not_an_expression(input, ":type"));
    return reply;
  }
  Compiled compiled = compile(input, Form::value, false, {});
  compiled.find_types();
  if (compiled.ok() && !compiled.declared.empty()) {
    reply.type = compiled.declared.front().variable.type;
    return reply;
  }
  Compiled statement = compile(input, Form::statement, false, {});
  if (statement.ok()) {
    reply.type = "void";
  } else {
    add_diagnostics(compiled, input, reply.diagnostics);
  }
  return reply;
}

Result<std::string> Session::disassemble(const std::string& what, std::vector<lang::Diagnostic>& diagnostics,
                                         std::vector<SourcePtr>& sources) {
  const Input input = parse_input(":dis", what);
  sources = all_sources(input);
  diagnostics = input.diagnostics.all();
  if (input.diagnostics.has_errors()) return std::string();
  if (!is_one_expression(input)) {
    diagnostics.push_back(not_an_expression(input, ":dis"));
    return std::string();
  }
  const auto kept = std::find_if(declarations_.begin(), declarations_.end(), [&what](const Declaration& declaration) {
    return declaration.name == what || what.starts_with(declaration.name + ".");
  });
  Compiled compiled;
  std::string function = kShown;
  if (kept != declarations_.end() && (kept->kind != "const" && kept->kind != "import")) {
    function = what;
    compiled = compile_exported(*kept, what.substr(std::min(kept->name.size() + 1, what.size())));
  } else {
    Compiled checked = compile(input, Form::value, false, {});
    checked.find_types();
    const bool has_value = checked.ok() && !checked.declared.empty();
    const std::string type = has_value ? checked.declared.front().variable.unit_type : std::string();
    compiled = compile_shown(input, type);
  }
  if (!compiled.ok() || !compiled.compilation->module) {
    add_diagnostics(compiled, input, diagnostics);
    return std::string();
  }
  const bytecode::Module& module = *compiled.compilation->module;
  std::string out;
  for (const bytecode::FunctionDef& def : module.functions) {
    const bool wanted = def.name == function || def.name.starts_with(function + ".") ||
                        def.name.starts_with(function + "$") || def.name.starts_with(function + "<");
    if (wanted) out += bytecode::disassemble(module, {.function = def.name, .sources = false});
  }
  if (!out.empty()) return out;
  return Error{Code::unknown_name,
               "`" + what +
                   "` has no code of its own here; generic functions and methods have it "
                   "where they are used: :dis " +
                   what + "(...)",
               {}};
}

/// The declarations, with the one that is asked for exported, so that it is compiled.
Session::Compiled Session::compile_exported(const Declaration& wanted, const std::string& member) const {
  Unit unit;
  for (const Declaration& kept : declarations_) {
    if (&kept == &wanted && !kept.source->text(kept.span).starts_with("export")) unit.write("export\n");
    unit.copy(Owner::declaration, kept.name, kept.source, kept.span);
  }
  const bool is_type = wanted.kind != "func";
  if (is_type) {
    const bool actor = wanted.kind == "actor" || wanted.kind == "agent" || wanted.kind == "supervisor";
    unit.write(std::string("export func ") + kShown +
               "(value: " + (actor ? "ActorRef<" + wanted.name + ">" : wanted.name) + ") { " +
               (actor || member.empty() ? "" : "let m = value." + member + "; ") + "}\n");
  }
  unit.write(std::string("func ") + Unit::kEntry + "() { }\n");
  return compile_unit(std::move(unit), true);
}

/// An expression as a function whose parameters are the variables it uses. `type` empty: it has no value.
Session::Compiled Session::compile_shown(const Input& input, const std::string& type) const {
  Unit unit;
  write_imports(unit);
  write_declarations(unit, input, {});
  unit.write(std::string("export func ") + kShown + "(");
  const auto names = names_in(input.source->text());
  std::string separator;
  for (const Variable& variable : variables_) {
    if (!names.contains(variable.name)) continue;
    unit.write_for(Owner::variable, variable.name, separator + variable.name + ": " + variable.unit_type);
    separator = ", ";
  }
  unit.write(type.empty() ? ") {\n" : "): " + type + " {\nreturn (");
  unit.copy(Owner::input, {}, input.source, input.pieces[0].span);
  unit.write(type.empty() ? "}\n" : ")\n}\n");
  unit.write(std::string("func ") + Unit::kEntry + "() { }\n");
  return compile_unit(std::move(unit), true);
}

std::vector<std::string> Session::complete(const std::string& text, std::size_t& start) {
  start = text.size();
  while (start > 0 && is_word(text[start - 1])) --start;
  const std::string word = text.substr(start);
  std::vector<std::string> names;
  const bool member = start > 0 && text[start - 1] == '.';
  if (member) {
    std::size_t end = start - 1;
    if (end > 0 && text[end - 1] == '?') --end;
    const std::string head = text.substr(expression_start(text, end), end - expression_start(text, end));
    if (head.empty()) return {};
    const Input input = parse_input(":complete", head);
    if (!is_one_expression(input)) return {};
    Compiled compiled = compile(input, Form::value, false, {});
    if (!compiled.compilation->program) return {};
    names = check::names_within(*compiled.compilation->program, head);
    if (compiled.ok() && !compiled.declared.empty()) {
      if (const check::Type* type = compiled.type_of(compiled.declared.front())) {
        const auto members = check::member_names(*compiled.compilation->program, type);
        names.insert(names.end(), members.begin(), members.end());
      }
    }
  } else {
    const Input input = parse_input(":complete", {});
    const Compiled compiled = compile(input, Form::statement, false, {});
    if (compiled.compilation->program) names = check::visible_names(*compiled.compilation->program);
    for (const Variable& variable : variables_) names.push_back(variable.name);
    names.insert(names.end(), std::begin(kKeywords), std::end(kKeywords));
  }
  std::erase_if(names, [&word](const std::string& name) { return !name.starts_with(word); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace noodle::session
