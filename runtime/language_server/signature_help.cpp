// Which parameter of which function is being written: from the tokens before the cursor, as the call is not whole yet.
#include <algorithm>

#include "runtime/check/hir.hpp"
#include "runtime/lang/lexer.hpp"
#include "runtime/language_server/features.hpp"

namespace noodle::language_server {
namespace {

using lang::Tok;

/// The innermost call around the cursor: its callee's name and the arguments before the cursor.
struct OpenCall {
  lang::Span callee;
  std::uint32_t commas = 0;
  std::string_view argument;  // name of the argument being written, `name: ...`
};

std::optional<OpenCall> open_call(const lang::SourceFile& source, std::uint32_t offset) {
  lang::Diagnostics diagnostics;
  lang::TokenList list;
  lang::lex(source, diagnostics, list);
  const auto& tokens = list.tokens;
  std::size_t at = 0;
  while (at < tokens.size() && tokens[at].kind != Tok::eof && tokens[at].end <= offset) ++at;
  OpenCall call;
  int depth = 0;
  while (at-- > 0) {
    const lang::Token& token = tokens[at];
    switch (token.kind) {
      case Tok::r_paren:
      case Tok::r_bracket:
      case Tok::r_brace:
      case Tok::template_close:
        ++depth;
        break;
      case Tok::l_bracket:
        if (depth-- == 0) return std::nullopt;
        break;
      case Tok::l_brace:
      case Tok::template_open:
        if (depth-- == 0) return std::nullopt;
        break;
      case Tok::semicolon:
        if (depth == 0) return std::nullopt;
        break;
      case Tok::comma:
        if (depth == 0) ++call.commas;
        break;
      case Tok::colon:
        if (depth == 0 && call.commas == 0 && at > 0 && lang::is_word(tokens[at - 1].kind))
          call.argument = source.text(tokens[at - 1].span());
        break;
      case Tok::l_paren: {
        if (depth-- > 0) break;
        std::size_t name = at;
        if (name > 0 && tokens[name - 1].kind == Tok::gt) {  // f<T>(
          int angles = 0;
          while (name-- > 0) {
            if (tokens[name].kind == Tok::gt) ++angles;
            if (tokens[name].kind == Tok::lt && --angles == 0) break;
          }
        }
        if (name == 0 || name >= tokens.size() || !lang::is_word(tokens[name - 1].kind)) return std::nullopt;
        call.callee = tokens[name - 1].span();
        return call;
      }
      default:
        break;
    }
  }
  return std::nullopt;
}

std::string without_breaks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
  }
  return out;
}

}  // namespace

std::optional<Signature> signature_help(const Query& query) {
  const auto call = open_call(query.file(), query.offset);
  if (!call) return std::nullopt;
  const Occurrence* callee = query.analysis->occurrence_at(query.file(), call->callee.start);
  if (callee == nullptr) return std::nullopt;
  const Description described = query.analysis->describe(callee->target);
  Signature signature;
  signature.documentation = described.doc;
  signature.active = call->commas;
  std::vector<std::string_view> names;
  if (described.params != nullptr) {
    for (const lang::Param& param : *described.params) {
      std::string text(param.name.text);
      if (param.type) text += ": " + without_breaks(callee->target.file->text(param.type->span));
      if (param.init) text += " = " + without_breaks(callee->target.file->text(param.init->span));
      signature.parameters.push_back(std::move(text));
      names.push_back(param.name.text);
    }
    const std::string name(callee->target.file->text(callee->target.span));
    for (const std::string& parameter : signature.parameters) {
      signature.label += (signature.label.empty() ? "" : ", ") + parameter;
    }
    signature.label = name + "(" + signature.label + ")";
    const lang::Decl* decl = described.decl;
    const bool function = decl && (decl->kind == lang::Decl::Kind::func || decl->kind == lang::Decl::Kind::handler);
    if (function && decl->type) signature.label += ": " + without_breaks(callee->target.file->text(decl->type->span));
  } else if (const auto* local = query.analysis->local_at(callee->target);
             local && local->type->is(check::TypeKind::func)) {
    signature.label = check::to_string(local->type);
    for (const check::Type* param : local->type->args) signature.parameters.push_back(check::to_string(param));
  } else {
    return std::nullopt;
  }
  const auto named = std::find(names.begin(), names.end(), call->argument);
  if (!call->argument.empty() && named != names.end())
    signature.active = static_cast<std::uint32_t>(named - names.begin());
  return signature;
}

}  // namespace noodle::language_server
