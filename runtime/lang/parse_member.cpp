// Classes and their like: headers, members, records, enums, supervisors.
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {

void Parser::class_decl(Decl& decl, Decl::Kind decl_kind) {
  decl.kind = decl_kind;
  const std::string word(text(next()));
  decl.name = name(("the " + word).c_str());
  if (panic_) return;
  type_params(decl.type_params);
  if (panic_) return;
  if (at(Tok::l_paren) && !t_->newline()) {
    decl.has_header = true;
    params(decl.params, false);
  }
  if (!panic_) class_tail(decl);
}

void Parser::class_tail(Decl& decl) {
  if (at(Tok::colon)) {
    replace_word(*t_, "expected `extends` before the base, found `:`", "extends");
    next();
    decl.base = type();
  } else if (accept(Tok::kw_extends)) {
    decl.base = type();
    if (decl.kind == Decl::Kind::interface) {
      while (!panic_ && accept(Tok::comma)) decl.interfaces.push_back(type());
    } else if (!panic_ && at(Tok::comma)) {
      fail(Code::unexpected_token, t_->span(), "a class has one base", "use `implements` for interfaces");
    }
  }
  if (!panic_ && accept(Tok::kw_implements)) {
    do {
      decl.interfaces.push_back(type());
    } while (!panic_ && accept(Tok::comma));
  }
  if (panic_) return;
  if (at(Tok::l_brace)) {
    members(decl);
  } else {
    end_bodyless("`{` with the members");
  }
}

// The braces of a class, actor, agent, interface, record or supervisor.
void Parser::members(Decl& decl) {
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (!nest) return;
  decl.has_body = true;
  next();
  while (!at(Tok::r_brace) && !at(Tok::eof) && !unwinding_) {
    if (accept(Tok::semicolon)) continue;
    if (brace_missing_here(opener)) break;
    const Token* const before = t_;
    Decl* child = ast_.make<Decl>();
    child->span = {t_->start, t_->start};
    child->doc = doc_of(*t_);
    decl.members.push_back(child);
    attributes(*child);
    if (!panic_) {
      if (decl.kind == Decl::Kind::supervisor) {
        supervisor_member(*child);
      } else {
        member(decl, *child);
      }
    }
    child->span = from(child->span.start);
    if (unwinding_) break;
    if (t_ == before) next();
    if (panic_) synchronise();
  }
  close(opener, Tok::r_brace, "after the members");
}

void Parser::modifiers(Decl& member) {
  while (true) {
    const Tok after = t_[1].kind;
    const bool modifies = is_word(after) || after == Tok::l_paren;
    if ((at(Tok::cx_private) || at(Tok::cx_static)) && modifies && after != Tok::l_paren) {
      bool& given = at(Tok::cx_private) ? member.is_private : member.is_static;
      if (given) soft(Code::duplicate_modifier, t_->span(), found(*t_) + " is given twice", "remove one");
      given = true;
    } else if (at(Tok::kw_export) && is_word(after)) {
      soft(Code::duplicate_modifier, t_->span(), "members are not exported one by one",
           "export the declaration that holds them");
    } else if ((at_word("public") || at_word("protected") || at_word("override") || at_word("abstract") ||
                at_word("virtual") || at_word("async")) &&
               (is_reserved(after) || t_[2].kind == Tok::colon || after == Tok::cx_static)) {
      soft(Code::duplicate_modifier, t_->span(), "there is no modifier " + found(*t_),
           "remove it: members are public and can be overridden, unless they are `private`");
    } else {
      return;
    }
    next();
  }
}

void Parser::member(Decl& owner, Decl& member) {
  modifiers(member);
  const bool named_field = t_[1].kind == Tok::colon;
  const bool functions_only = owner.kind == Decl::Kind::interface || owner.kind == Decl::Kind::record;
  if (at(Tok::kw_func) && !named_field) {
    func_decl(member);
    if (owner.kind == Decl::Kind::interface && member.has_body) {
      soft(Code::unexpected_token, member.name.span, "a function of an interface has no body",
           "remove the body; classes implement it");
    }
    return;
  }
  if (functions_only && !panic_) {
    fail_expected(owner.kind == Decl::Kind::interface ? "`func`: an interface holds functions without bodies"
                                                      : "`func`: the fields of a record stand in its ( )",
                  Code::expected_declaration);
    return;
  }
  if (at(Tok::cx_on) && is_word(t_[1].kind) && t_[2].kind == Tok::l_paren) return handler(owner, member);
  if (at(Tok::cx_every) && !named_field) {
    const bool field_of_type_every =
        is_name(t_[1].kind) && (t_[2].kind == Tok::semicolon || t_[2].kind == Tok::assign || t_[2].newline());
    if (!field_of_type_every) return every(owner, member);
  }
  if (at(Tok::cx_requires) && is_word(t_[1].kind)) return requires_decl(member);
  if (at_word("constructor") && t_[1].kind == Tok::l_paren) {
    member.kind = Decl::Kind::constructor;
    member.name = take_name();
    params(member.params, false);
    if (!panic_ && ast_.interface_file) return end_bodyless("the end of the constructor");
    if (panic_) return;
    member.body = block("of the constructor");
    member.has_body = true;
    return;
  }
  field(owner, member);
}

void Parser::handler(Decl& owner, Decl& member) {
  member.kind = Decl::Kind::handler;
  if (owner.kind == Decl::Kind::class_) {
    soft(Code::outside_actor, t_->span(), "`on` handlers belong to actors and agents",
         "write `func`, or make the class an actor");
  }
  next();
  member.name = take_name();
  signature(member);
  if (!panic_) func_body(member);
}

void Parser::every(Decl& owner, Decl& member) {
  member.kind = Decl::Kind::every;
  if (owner.kind == Decl::Kind::class_) {
    soft(Code::outside_actor, t_->span(), "`every` belongs to actors and agents", "make the class an actor");
  }
  next();
  member.init = expr();
  if (panic_) return;
  member.body = block("of `every`");
  member.has_body = true;
}

void Parser::field(Decl& owner, Decl& member) {
  member.kind = Decl::Kind::field;
  if ((at(Tok::kw_let) || at(Tok::kw_const) || at_word("var")) && is_name(t_[1].kind)) {
    soft(Code::unexpected_token, t_->span(), "fields are declared without " + found(*t_),
         "write `" + std::string(text(t_[1])) + ": T`");
    next();
  }
  if (t_[1].kind != Tok::colon || !is_word(kind())) return typed_first_field(member);
  member.name = take_name();
  next();
  if (is_literal(kind()) || at(Tok::l_bracket) || at(Tok::l_brace) || at(Tok::minus) || at(Tok::kw_true) ||
      at(Tok::kw_false) || at(Tok::kw_null)) {
    if (owner.kind != Decl::Kind::agent) {
      soft(Code::expected_type, t_->span(), "expected the type of the field, found " + found(*t_),
           "write `" + std::string(member.name.text) + ": T = value`; `name: value` is for agents");
    }
    member.kind = Decl::Kind::metadata;
    member.init = expr();
  } else {
    member.type = type();
    if (!panic_ && accept(Tok::assign)) member.init = expr();
  }
  if (!panic_) end_statement("the field");
}

// `int x;` and everything else that is none of the other members.
void Parser::typed_first_field(Decl& member) {
  const std::uint32_t behind = skip_type(index(), 0);
  const Token& word = list_.tokens[behind];
  if (behind == 0 || !is_word(word.kind) || word.newline()) {
    if (is_name(kind()) && t_[1].kind == Tok::assign) {
      fail(Code::expected_type, t_->span(), "field `" + std::string(text(*t_)) + "` needs a type",
           "write `" + std::string(text(*t_)) + ": T = ...`");
    } else if (is_name(kind()) && t_[1].kind == Tok::l_paren) {
      fail(Code::expected_declaration, t_->span(), "a method begins with `func`, found " + found(*t_),
           "write `func " + std::string(text(*t_)) + "(...)`");
    } else {
      fail_expected("a member", Code::expected_declaration);
    }
    return;
  }
  if (list_.tokens[behind + 1].kind == Tok::l_paren) {
    const std::string_view type_text = source_.text({t_->start, list_.tokens[behind - 1].end});
    const std::string result = type_text == "void" ? "" : ": " + std::string(type_text);
    fail(Code::expected_declaration, t_->span(), "a method begins with `func`, found " + found(*t_),
         "write `func " + std::string(text(word)) + "(...)" + result + "`");
    return;
  }
  member.type_first = true;
  member.type = type();
  member.name = name("a field");
  if (!panic_ && accept(Tok::assign)) member.init = expr();
  if (!panic_) end_statement("the field");
}

void Parser::record_decl(Decl& decl) {
  decl.kind = Decl::Kind::record;
  next();
  decl.name = name("the record");
  if (panic_) return;
  type_params(decl.type_params);
  if (panic_) return;
  if (at(Tok::l_brace)) {
    fail(Code::expected_token, t_->span(), "expected `(` with the fields of the record, found `{`",
         "write `record " + std::string(decl.name.text) + "(x: int, y: int)`");
    return;
  }
  decl.has_header = true;
  params(decl.params, false);
  if (panic_) return;
  if (at(Tok::l_brace)) {
    members(decl);
  } else {
    end_bodyless("`;` or `{` after the record");
  }
}

void Parser::enum_decl(Decl& decl) {
  decl.kind = Decl::Kind::enum_;
  next();
  decl.name = name("the enum");
  if (panic_) return;
  type_params(decl.type_params);
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (panic_ || !nest || !expect(Tok::l_brace, "with the cases of the enum")) return;
  decl.has_body = true;
  while (!at(Tok::r_brace) && !at(Tok::eof) && !unwinding_) {
    if (brace_missing_here(opener)) break;
    const Token* const before = t_;
    const Token* ahead = t_;
    while (ahead->kind == Tok::cx_private || ahead->kind == Tok::cx_static) ++ahead;
    if (at(Tok::at) || (ahead->kind == Tok::kw_func && is_word(ahead[1].kind))) {
      Decl* method = ast_.make<Decl>();
      method->span = {t_->start, t_->start};
      method->doc = doc_of(*t_);
      decl.members.push_back(method);
      attributes(*method);
      if (!panic_) modifiers(*method);
      if (!panic_ && at(Tok::kw_func)) {
        func_decl(*method);
      } else if (!panic_) {
        fail_expected("`func`", Code::expected_declaration);
      }
      method->span = from(method->span.start);
      if (!panic_ && !accept(Tok::comma)) accept(Tok::semicolon);
    } else {
      enum_case(decl);
    }
    if (t_ == before) next();
    if (panic_ && !unwinding_) synchronise();
  }
  close(opener, Tok::r_brace, "after the cases");
}

void Parser::enum_case(Decl& decl) {
  Decl::Case& result = decl.cases.emplace_back();
  result.doc = doc_of(*t_);
  result.name = name("a case");
  if (panic_) return;
  if (at(Tok::l_paren)) {
    result.has_parens = true;
    params(result.params, false);
  }
  if (panic_ || accept(Tok::comma) || at(Tok::r_brace) || at(Tok::kw_func) || at(Tok::at)) return;
  if (at(Tok::cx_private) || at(Tok::cx_static)) return;
  if (at(Tok::assign)) {
    fail(Code::unexpected_token, t_->span(), "a case of an enum has no value",
         "give it fields, as in `" + std::string(result.name.text) + "(code: int)`");
  } else if (at(Tok::semicolon) || is_name(kind())) {
    const bool semicolon = at(Tok::semicolon);
    soft(Code::expected_token, missing_place(), "expected `,` between cases, found " + found(*t_),
         "separate the cases by `,`");
    if (semicolon) next();
  } else {
    fail_expected("`,` between cases");
  }
}

void Parser::supervisor_decl(Decl& decl) {
  decl.kind = Decl::Kind::supervisor;
  next();
  decl.name = name("the supervisor");
  if (!panic_ && at(Tok::l_paren)) {
    decl.has_header = true;
    params(decl.params, false);
  }
  if (panic_) return;
  if (at(Tok::l_brace)) {
    members(decl);
  } else {
    fail_expected("`{` with the children");
  }
}

void Parser::supervisor_member(Decl& member) {
  if (is_word(kind()) && t_[1].kind == Tok::colon) {
    member.kind = Decl::Kind::field;
    member.name = take_name();
    next();
    member.init = expr();
    if (!panic_) end_statement("the option");
    return;
  }
  if (!at(Tok::cx_child)) {
    fail_expected("`child` or an option such as `strategy: one_for_one`", Code::expected_declaration);
    return;
  }
  member.kind = Decl::Kind::child;
  next();
  member.init = expr();
  if (!panic_ && accept(Tok::cx_with)) {
    if (at(Tok::l_brace)) {
      member.object = object();
    } else {
      fail_expected("`{` with the options after `with`");
    }
  }
  if (panic_ || at(Tok::cx_child)) return;
  end_statement("the child");
}

}  // namespace noodle::lang
