// Types as written, and the look-ahead that tells type arguments from a comparison.
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {
namespace {

constexpr std::uint32_t kMaxTypeTokens = 4096;  // bound of the look-ahead
constexpr int kMaxTypeNesting = 64;

}  // namespace

TypeExpr* Parser::error_type() {
  TypeExpr* result = ast_.make<TypeExpr>();
  result->span = {t_->start, t_->start};
  return result;
}

TypeExpr* Parser::type() {
  TypeExpr* inner = type_without_null(true);
  if (!at(Tok::question) && !at(Tok::coalesce)) return inner;
  if (t_->newline()) return inner;  // begins a ternary or `??` that goes on from the line before
  TypeExpr* result = ast_.make<TypeExpr>();
  result->kind = TypeExpr::Kind::nullable;
  result->inner = inner;
  while ((at(Tok::question) || at(Tok::coalesce)) && !t_->newline()) next();  // T?? is T?
  result->span = from(inner->span.start);
  return result;
}

// After `is` and `as` a `?` is always the ternary, also behind the result of a function type.
TypeExpr* Parser::type_without_null(bool null_in_result) {
  const std::uint32_t start = t_->start;
  const Nest nest(*this);
  if (!nest) return error_type();
  if (at(Tok::kw_func)) return func_type(null_in_result);
  if (at(Tok::l_paren)) {
    const std::uint32_t opener = index();
    next();
    TypeExpr* result = type();
    close(opener, Tok::r_paren, "to close the type");
    result->span = from(start);
    return result;
  }
  if (is_name(kind())) return named_type();
  fail_expected("a type", Code::expected_type);
  return error_type();
}

TypeExpr* Parser::named_type() {
  TypeExpr* result = ast_.make<TypeExpr>();
  const std::uint32_t start = t_->start;
  result->kind = TypeExpr::Kind::named;
  result->path = path("a type");
  if (at(Tok::lt) && !t_->newline()) type_args(result->args);
  result->span = from(start);
  if (at(Tok::l_bracket) && t_[1].kind == Tok::r_bracket && t_->adjacent()) {
    const std::string element(source_.text(result->span));
    const Span brackets{t_->start, t_[1].end};
    soft(Code::expected_type, brackets, "there is no type `" + element + "[]`", "write `List<" + element + ">`")
        .fixes.push_back({{start, brackets.end}, "List<" + element + ">"});
    next();
    next();
  }
  return result;
}

TypeExpr* Parser::func_type(bool null_in_result) {
  TypeExpr* result = ast_.make<TypeExpr>();
  const std::uint32_t start = next().start;
  result->kind = TypeExpr::Kind::func;
  const std::uint32_t opener = index();
  if (expect(Tok::l_paren, "after `func` in a type")) {
    while (!at(Tok::r_paren)) {
      if (is_name(kind()) && t_[1].kind == Tok::colon) {
        soft(Code::unexpected_token, {t_->start, t_[1].end}, "parameters of a function type have no names",
             "write the type only, as in `func(int): bool`");
        next();
        next();
      }
      result->args.push_back(type());
      if (!comma_or_close(Tok::r_paren, "parameter types")) break;
    }
    close(opener, Tok::r_paren, "after the parameter types");
    if (!panic_ && at(Tok::colon) && !t_->newline()) {
      next();
      result->inner = null_in_result ? type() : type_without_null(false);
    }
  }
  result->span = from(start);
  return result;
}

void Parser::type_args(std::vector<TypeExpr*>& out) {
  next();
  while (true) {
    out.push_back(type());
    if (panic_ || !accept(Tok::comma)) break;
    if (at(Tok::gt)) break;
  }
  if (!panic_) expect(Tok::gt, "after the type arguments");
}

// Index behind the type that can be read at token `at`, or 0.
std::uint32_t Parser::skip_type(std::uint32_t at, int depth) const {
  const auto kind_at = [&](std::uint32_t i) { return list_.tokens[i].kind; };
  if (depth > kMaxTypeNesting || at > index() + kMaxTypeTokens) return 0;
  if (kind_at(at) == Tok::l_paren) {
    at = skip_type(at + 1, depth + 1);
    if (at == 0 || kind_at(at) != Tok::r_paren) return 0;
    ++at;
  } else if (kind_at(at) == Tok::kw_func) {
    if (kind_at(++at) != Tok::l_paren) return 0;
    ++at;
    while (kind_at(at) != Tok::r_paren) {
      at = skip_type(at, depth + 1);
      if (at == 0 || (kind_at(at) != Tok::comma && kind_at(at) != Tok::r_paren)) return 0;
      if (kind_at(at) == Tok::comma) ++at;
    }
    ++at;
    if (kind_at(at) == Tok::colon) {
      at = skip_type(at + 1, depth + 1);
      if (at == 0) return 0;
    }
  } else {
    if (!is_name(kind_at(at))) return 0;
    ++at;
    while (kind_at(at) == Tok::dot && is_word(kind_at(at + 1))) at += 2;
    if (kind_at(at) == Tok::lt) {
      at = skip_type_args(at, depth + 1);
      if (at == 0) return 0;
    }
  }
  while (kind_at(at) == Tok::question || kind_at(at) == Tok::coalesce) ++at;
  return at;
}

// Index behind the `>` of the type arguments whose `<` is token `at`, or 0.
std::uint32_t Parser::skip_type_args(std::uint32_t at, int depth) const {
  const auto kind_at = [&](std::uint32_t i) { return list_.tokens[i].kind; };
  do {
    at = skip_type(at + 1, depth);
    if (at == 0) return 0;
  } while (kind_at(at) == Tok::comma && kind_at(at + 1) != Tok::gt);
  if (kind_at(at) == Tok::comma) ++at;
  return kind_at(at) == Tok::gt ? at + 1 : 0;
}

// `<` here begins type arguments exactly if `< types > (` can be read.
bool Parser::type_args_ahead() const {
  const std::uint32_t end = skip_type_args(index(), 0);
  return end != 0 && list_.tokens[end].kind == Tok::l_paren && !list_.tokens[end].newline();
}

}  // namespace noodle::lang
