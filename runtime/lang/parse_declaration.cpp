// Declarations of the top level.
#include <algorithm>
#include <iterator>

#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {
namespace {

// Written like a type: UpperCamel, or one of the built-in ones.
bool is_type_like(std::string_view word) {
  constexpr std::string_view kBuiltIn[] = {"int", "float", "bool", "byte", "string", "any"};
  return (word[0] >= 'A' && word[0] <= 'Z') ||
         std::find(std::begin(kBuiltIn), std::end(kBuiltIn), word) != std::end(kBuiltIn);
}

}  // namespace

// A name, or a reserved word in its place, stands behind `token` on the same line.
bool Parser::name_follows(const Token* token) const {
  const Tok next = token[1].kind;
  return is_word(next) && !token[1].newline() && next != Tok::kw_in && next != Tok::kw_is && next != Tok::kw_as;
}

// The token begins a declaration, and nothing else can be meant.
bool Parser::starts_declaration(const Token* token) const {
  switch (token->kind) {
    case Tok::kw_import:
    case Tok::kw_export:
    case Tok::kw_class:
    case Tok::kw_interface:
    case Tok::kw_enum:
    case Tok::kw_actor:
    case Tok::kw_supervisor:
      return token[1].kind != Tok::dot;
    case Tok::kw_func:
      return is_word(token[1].kind);
    case Tok::cx_module:
    case Tok::cx_requires:
    case Tok::cx_agent:
      return name_follows(token);
    case Tok::cx_record:
      return name_follows(token) &&
             (token[2].kind == Tok::l_paren || token[2].kind == Tok::lt || token[2].kind == Tok::l_brace);
    case Tok::cx_type:
      return name_follows(token) && (token[2].kind == Tok::assign || token[2].kind == Tok::lt);
    case Tok::cx_test:
      return token[1].kind == Tok::string_lit && !token[1].newline();
    default:
      return false;
  }
}

std::string_view Parser::doc_of(const Token& token) const {
  if ((token.flags & Token::kDoc) == 0) return {};
  const auto wanted = static_cast<std::uint32_t>(&token - list_.tokens.data());
  const auto found = std::lower_bound(list_.docs.begin(), list_.docs.end(), wanted,
                                      [](const DocComment& doc, std::uint32_t index) { return doc.token < index; });
  return source_.text(found->span);
}

Decl* Parser::top_level() {
  Decl* decl = ast_.make<Decl>();
  const std::uint32_t start = t_->start;
  decl->doc = doc_of(*t_);
  attributes(*decl);
  if (!panic_) {
    while (at(Tok::kw_export) || ((at(Tok::cx_private) || at(Tok::cx_static)) && starts_declaration(t_ + 1))) {
      if (!at(Tok::kw_export)) {
        soft(Code::duplicate_modifier, t_->span(), found(*t_) + " is for members of classes",
             "remove it: what is not exported is visible in its module only");
      } else if (decl->is_export) {
        soft(Code::duplicate_modifier, t_->span(), "`export` is given twice", "remove one");
      }
      decl->is_export = decl->is_export || at(Tok::kw_export);
      next();
    }
    declaration(*decl);
  }
  decl->span = from(start);
  return decl;
}

void Parser::attributes(Decl& decl) {
  while (!panic_ && at(Tok::at)) {
    Attribute& attribute = decl.attributes.emplace_back();
    const std::uint32_t start = next().start;
    attribute.name = any_word("a name after `@`");
    if (!panic_ && at(Tok::l_paren) && t_->adjacent()) {
      Expr call;
      call_arguments(call);
      attribute.args = std::move(call.args);
    }
    attribute.span = from(start);
  }
}

void Parser::declaration(Decl& decl) {
  const Tok meant = is_name(kind()) ? mistaken_declaration() : module_name() ? Tok::ident : kind();
  const bool plain = decl.attributes.empty() && !decl.is_export;
  switch (meant) {
    case Tok::kw_import:
      return import_decl(decl);
    case Tok::kw_func:
      if (is_word(t_[1].kind)) return func_decl(decl);
      break;
    case Tok::kw_class:
      return class_decl(decl, Decl::Kind::class_);
    case Tok::kw_interface:
      return class_decl(decl, Decl::Kind::interface);
    case Tok::kw_actor:
      return class_decl(decl, Decl::Kind::actor);
    case Tok::kw_enum:
      return enum_decl(decl);
    case Tok::kw_supervisor:
      return supervisor_decl(decl);
    case Tok::kw_const:
      return constant_decl(decl);
    case Tok::cx_agent:
      return class_decl(decl, Decl::Kind::agent);
    case Tok::cx_record:
      return record_decl(decl);
    case Tok::cx_type:
      return alias_decl(decl);
    case Tok::cx_requires:
      return requires_decl(decl);
    case Tok::cx_test:
      return test_decl(decl);
    case Tok::cx_module:
      decl.kind = Decl::Kind::module;
      next();
      decl.path = path("the module");
      return end_statement("the module name");
    case Tok::r_brace:
      fail(Code::unexpected_token, t_->span(), "unexpected `}`: no brace is open here",
           "remove it, or find the `{` that is missing above");
      next();
      return;
    default:
      break;
  }
  if (!plain) return fail_expected("a declaration", Code::expected_declaration);
  decl.kind = Decl::Kind::statement;
  const Span place = t_->span();
  decl.stmt = statement();
  if (ast_.interface_file) {
    soft(Code::expected_declaration, place, "an interface file holds declarations without bodies only",
         "move the statement into a .nc file");
  }
}

void Parser::import_decl(Decl& decl) {
  decl.kind = Decl::Kind::import;
  next();
  if (at(Tok::string_lit)) {
    decl.name.span = t_->span();
    decl.text = string_text(*t_, 1);
    next();
  } else if (at(Tok::l_brace) || at(Tok::star)) {
    fail(Code::unexpected_token, t_->span(), "expected a module after `import`, found " + found(*t_),
         "write `import a.b` and use its members as `b.member`");
  } else {
    decl.path = path("the module");
  }
  if (!panic_ && accept(Tok::kw_as)) decl.alias = name("the import");
  if (!panic_) end_statement("the import");
}

void Parser::requires_decl(Decl& decl) {
  decl.kind = Decl::Kind::requires_;
  next();
  do {
    CapabilityUse& use = decl.capabilities.emplace_back();
    const std::uint32_t start = t_->start;
    for (const Name& part : path("the capability")) {
      if (!use.name.empty()) use.name += '.';
      use.name += part.text;
    }
    if (!panic_ && at(Tok::dot) && t_[1].kind == Tok::star) {
      use.name += ".*";
      next();
      next();
    }
    if (!panic_ && at(Tok::l_paren)) {
      Expr call;
      call_arguments(call);
      for (const Arg& arg : call.args) use.args.push_back(arg.value);
    }
    use.span = from(start);
  } while (!panic_ && accept(Tok::comma));
  if (!panic_) end_statement("the capabilities");
}

void Parser::alias_decl(Decl& decl) {
  decl.kind = Decl::Kind::alias;
  next();
  decl.name = name("the type");
  type_params(decl.type_params);
  if (panic_ || !expect(Tok::assign, "after the name of the type")) return;
  decl.type = type();
  if (!panic_) end_statement("the type");
}

void Parser::constant_decl(Decl& decl) {
  decl.kind = Decl::Kind::constant;
  next();
  decl.name = name("the constant");
  if (panic_) return;
  if (accept(Tok::colon)) decl.type = type();
  if (panic_) return;
  if (!ast_.interface_file) {
    if (!expect(Tok::assign, "with the value of the constant")) return;
    decl.init = expr();
  } else if (at(Tok::assign)) {
    soft(Code::unexpected_token, t_->span(), "a constant of an interface file has no value", "remove the value");
    next();
    decl.init = expr();
  }
  if (!panic_) end_statement("the constant");
}

void Parser::test_decl(Decl& decl) {
  decl.kind = Decl::Kind::test;
  next();
  decl.name.span = t_->span();
  if (!at(Tok::string_lit)) {
    fail(Code::expected_token, t_->span(), "expected the name of the test, found " + found(*t_),
         "quote the name: `test \"" + std::string(text(*t_)) + "\" { ... }`");
    return;
  }
  decl.text = string_text(*t_, 1);
  next();
  decl.body = block("of the test");
}

// ---- functions

void Parser::func_decl(Decl& decl) {
  decl.kind = Decl::Kind::func;
  next();
  decl.name = any_word("the name of the function");
  if (panic_) return;
  signature(decl);
  if (!panic_) func_body(decl);
}

void Parser::signature(Decl& decl) {
  type_params(decl.type_params);
  if (panic_) return;
  params(decl.params, false);
  if (panic_) return;
  if (at(Tok::thin_arrow)) {
    replace_word(*t_, "expected `:` before the type of the result, found `->`", ":");
    next();
    decl.type = type();
  } else if (accept(Tok::colon)) {
    decl.type = type();
  }
}

void Parser::func_body(Decl& decl) {
  if (at(Tok::l_brace)) {
    if (ast_.interface_file) {
      soft(Code::unexpected_token, t_->span(), "a function of an interface file has no body", "remove the body");
    }
    decl.has_body = true;
    decl.body = block("of the function");
  } else if (at(Tok::arrow)) {
    fail(Code::unexpected_token, t_->span(), "expected `{` with the body of the function, found `=>`",
         "write `{ return ...; }`; `=>` is for functions without a name");
  } else {
    end_bodyless("`{` with the body of the function");
  }
}

// Behind a declaration without a body: `;`, a new line, or the next declaration or member on the same line.
void Parser::end_bodyless(const char* what) {
  if (accept(Tok::semicolon) || ends_statement() || starts_declaration(t_) || at(Tok::at)) return;
  const bool member = at(Tok::cx_private) || at(Tok::cx_static) || at(Tok::cx_on) || at(Tok::cx_every);
  if (member && is_word(t_[1].kind)) return;
  fail_expected(what);
}

void Parser::type_params(std::vector<TypeParam>& out) {
  if (!at(Tok::lt)) return;
  next();
  do {
    TypeParam& parameter = out.emplace_back();
    parameter.name = name("a type parameter");
    if (panic_) return;
    if (accept(Tok::colon)) parameter.bound = type();
  } while (!panic_ && accept(Tok::comma) && !at(Tok::gt));
  if (!panic_) expect(Tok::gt, "after the type parameters");
}

void Parser::params(std::vector<Param>& out, bool lambda) {
  const std::uint32_t opener = index();
  if (!expect(Tok::l_paren, "before the parameters")) return;
  const Nest nest(*this);
  if (!nest) return;
  const Scoped scope(no_lambda_, false);
  while (!panic_ && !at(Tok::r_paren) && !at(Tok::eof)) {
    param(out, lambda);
    if (!comma_or_close(opener, Tok::r_paren, "parameters")) break;
  }
  close(opener, Tok::r_paren, "after the parameters");
}

void Parser::param(std::vector<Param>& out, bool lambda) {
  Param& result = out.emplace_back();
  const Span place = t_->span();
  if (t_[1].kind != Tok::colon && is_name(kind())) {
    const std::uint32_t behind = skip_type(index(), 0);
    const Token& word = list_.tokens[behind];
    const bool type_first = is_type_like(text(*t_)) || !is_type_like(text(word));
    if (behind != 0 && is_name(word.kind) && !type_first) {
      const std::string meant = std::string(text(*t_)) + ": ";
      soft(Code::expected_token, word.span(), "expected `:` before the type of " + found(*t_),
           "write `" + meant + std::string(text(word)) + "`")
          .fixes.push_back({{place.start, word.start}, meant});
      result.name = take_name();
      result.type = type();
      return;
    }
    if (behind != 0 && is_name(word.kind)) {
      const std::string written(source_.text({place.start, list_.tokens[behind - 1].end}));
      const std::string meant = std::string(text(word)) + ": " + written;
      soft(Code::unexpected_token, {place.start, word.end}, "the name of a parameter comes before its type",
           "write `" + meant + "`")
          .fixes.push_back({{place.start, word.end}, meant});
      result.type = type();
      result.name = take_name();
      return;
    }
  }
  if (at(Tok::range_incl)) {
    return void(fail(Code::unexpected_token, place, "functions take a fixed number of arguments",
                     "take a list, as in `xs: List<int>`"));
  }
  result.name = name("a parameter");
  if (panic_) return;
  if (accept(Tok::colon)) {
    result.type = type();
  } else if (!lambda) {
    const std::string word(result.name.text);
    soft(Code::expected_type, result.name.span, "parameter `" + word + "` needs a type", "write `" + word + ": T`");
    result.type = error_type();
  }
  if (!panic_ && at(Tok::assign)) {
    if (lambda) {
      soft(Code::unexpected_token, t_->span(), "a parameter of a function without a name has no default value",
           "remove it");
    }
    next();
    result.init = expr();
  }
}

}  // namespace noodle::lang
