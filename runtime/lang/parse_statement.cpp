// Statements and blocks.
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {

Stmt* Parser::make_stmt(Stmt::Kind kind) {
  Stmt* result = ast_.make<Stmt>();
  result->kind = kind;
  result->span = {t_->start, t_->start};
  return result;
}

Stmt* Parser::statement() {
  Stmt* stmt = make_stmt(Stmt::Kind::error);
  switch (kind()) {
    case Tok::l_brace:
      return block("of the block");
    case Tok::semicolon:
      stmt->kind = Stmt::Kind::empty;
      next();
      break;
    case Tok::kw_func:
      if (!is_word(t_[1].kind)) {
        expression_statement(*stmt);
        break;
      }
      stmt->kind = Stmt::Kind::local_func;
      stmt->decl = ast_.make<Decl>();
      stmt->decl->span = stmt->span;
      stmt->decl->doc = doc_of(*t_);
      func_decl(*stmt->decl);
      stmt->decl->span = from(stmt->span.start);
      break;
    case Tok::kw_let:
    case Tok::kw_const:
      let_statement(*stmt);
      end_statement("the declaration");
      break;
    case Tok::kw_if:
      if_statement(*stmt);
      break;
    case Tok::kw_while:
      while_statement(*stmt);
      break;
    case Tok::kw_for:
      for_statement(*stmt);
      break;
    case Tok::kw_try:
      try_statement(*stmt);
      break;
    case Tok::kw_class:
    case Tok::kw_interface:
    case Tok::kw_enum:
    case Tok::kw_actor:
    case Tok::kw_supervisor:
    case Tok::kw_import:
    case Tok::kw_export:
      if (module_name()) {
        expression_statement(*stmt);
      } else {
        misplaced(*stmt);
      }
      break;
    case Tok::cx_receive:
      if (t_[1].kind != Tok::l_brace) {
        expression_statement(*stmt);
        break;
      }
      stmt->kind = Stmt::Kind::receive;
      next();
      arms(stmt->arms, true);
      break;
    default:
      if (simple_statement(*stmt)) {
        end_statement("the statement");
      } else if (mistaken_let()) {
        let_statement(*stmt);
        end_statement("the declaration");
      } else if (!mistaken_statement(*stmt)) {
        expression_statement(*stmt);
      }
  }
  stmt->span = from(stmt->span.start);
  return stmt;
}

// A statement that is the body of another one.
Stmt* Parser::branch() {
  const Nest nest(*this);
  if (!nest) return make_stmt(Stmt::Kind::error);
  return statement();
}

Stmt* Parser::block(const char* where) {
  Stmt* result = make_stmt(Stmt::Kind::block);
  const std::uint32_t opener = index();
  if (!at(Tok::l_brace)) {
    fail_expected("`{` with the body " + std::string(where));
    return result;
  }
  const Nest nest(*this);
  if (!nest) return result;
  const Scoped scope(no_lambda_, false);
  next();
  while (!at(Tok::r_brace) && !at(Tok::eof) && !unwinding_) {
    if (brace_missing_here(opener)) break;
    const Token* const before = t_;
    result->body.push_back(statement());
    if (unwinding_) break;
    if (t_ == before) next();
    if (panic_) synchronise();
  }
  close(opener, Tok::r_brace, "at the end of the block");
  result->span = from(result->span.start);
  return result;
}

// Statements that may also stand alone in an arm; the end of the statement is left to the caller.
bool Parser::simple_statement(Stmt& stmt) {
  const auto has_operand = [this] { return !ends_statement() && !at(Tok::comma) && !at(Tok::kw_case); };
  switch (kind()) {
    case Tok::kw_return:
      stmt.kind = Stmt::Kind::return_;
      next();
      if (has_operand()) stmt.a = expr();
      break;
    case Tok::kw_break:
    case Tok::kw_continue:
      stmt.kind = at(Tok::kw_break) ? Stmt::Kind::break_ : Stmt::Kind::continue_;
      next();
      break;
    case Tok::kw_throw:
      stmt.kind = Stmt::Kind::throw_;
      next();
      stmt.a = expr();
      break;
    case Tok::kw_send:
      send_statement(stmt);
      break;
    case Tok::cx_stop:
      if (!starts_stop()) return false;
      stmt.kind = Stmt::Kind::stop;
      next();
      stmt.a = expr();
      break;
    default:
      return false;
  }
  stmt.span = from(stmt.span.start);
  return true;
}

// `stop` is a statement when an operand follows that could not continue an expression `stop`.
bool Parser::starts_stop() const {
  const Token& operand = t_[1];
  if (operand.newline() || operand.kind == Tok::l_paren || operand.kind == Tok::l_bracket) return false;
  return starts_operand(operand) && operand.kind != Tok::minus;
}

void Parser::let_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::let;
  stmt.flag = at(Tok::kw_const);
  next();
  stmt.name = name(stmt.flag ? "a constant" : "a variable");
  if (panic_) return;
  if (accept(Tok::colon)) stmt.type = type();
  if (!panic_ && accept(Tok::assign)) stmt.a = expr();
  stmt.span = from(stmt.span.start);
}

// The parenthesised condition of `if` and `while`.
Expr* Parser::condition(const char* word) {
  const std::uint32_t opener = index();
  Expr* result = nullptr;
  if (at(Tok::l_paren)) {
    const Scoped scope(no_lambda_, false);
    next();
    result = expr();
    close(opener, Tok::r_paren, "after the condition");
  } else {
    if (!starts_operand(*t_)) {
      fail_expected("`(` after `" + std::string(word) + "`");
      return error_expr();
    }
    const Span place = t_->span();
    result = expr();
    if (!panic_) {
      const std::string written(source_.text(result->span));
      const bool one_line = written.find('\n') == std::string::npos && written.size() < 60;
      soft(Code::expected_token, place, "expected `(` after `" + std::string(word) + "`",
           one_line ? "put the condition in parentheses: `" + std::string(word) + " (" + written + ")`"
                    : "put the condition in parentheses");
    }
  }
  if (panic_) return result;
  if (at(Tok::amp_amp) || at(Tok::pipe_pipe) || at(Tok::eq) || at(Tok::ne)) {
    fail(Code::unexpected_token, t_->span(), "unexpected " + found(*t_) + " after the condition",
         "put the whole condition in one pair of parentheses");
  }
  if (result->kind == Expr::Kind::assign && result->assign_op == AssignOp::assign) {
    soft(Code::unexpected_token, result->op_span, "`=` assigns, it does not compare", "write `==`")
        .fixes.push_back({result->op_span, "=="});
    result->kind = Expr::Kind::binary;
    result->binary_op = BinaryOp::eq;
  }
  return result;
}

void Parser::if_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::if_;
  next();
  stmt.a = condition("if");
  if (panic_) return;
  if (at_word("then") && !t_->newline()) {
    soft(Code::unexpected_token, t_->span(), "there is no `then`", "remove it");
    next();
  }
  stmt.then_ = branch();
  if (panic_) return;
  const bool one_word = at_word("elif") || at_word("elsif") || at_word("elseif");
  if (one_word && t_[1].kind == Tok::l_paren) {
    replace_word(*t_, "there is no " + found(*t_), "else if");
    const Nest nest(*this);
    if (!nest) return;
    stmt.else_ = make_stmt(Stmt::Kind::error);
    if_statement(*stmt.else_);
    stmt.else_->span = from(stmt.else_->span.start);
  } else if (accept(Tok::kw_else)) {
    stmt.else_ = branch();
  }
}

void Parser::while_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::while_;
  next();
  stmt.a = condition("while");
  if (!panic_) stmt.then_ = branch();
}

// `x in` or `k, v in`; false when the header is of the other kind.
bool Parser::for_in_header(Stmt& stmt) {
  const bool declares = at(Tok::kw_let) || at(Tok::kw_const) || at_word("var");
  const Token* const first = declares ? t_ + 1 : t_;
  const bool one = is_name(first->kind) && first[1].kind == Tok::kw_in;
  const bool two = is_name(first->kind) && first[1].kind == Tok::comma && is_name(first[2].kind) &&
                   (first + 2)[1].kind == Tok::kw_in;
  const bool of = is_name(first->kind) && first[1].kind == Tok::ident && text(first[1]) == "of";
  if (!one && !two && !of) return false;
  stmt.kind = Stmt::Kind::for_in;
  if (declares) {
    soft(Code::unexpected_token, t_->span(), "the variable of `for ... in` is not declared by " + found(*t_),
         "write `for (" + std::string(text(*first)) + " in ...)`");
    next();
  }
  stmt.name = take_name();
  if (accept(Tok::comma)) stmt.name2 = take_name();
  if (of) replace_word(*t_, "there is no `of`", "in");
  next();
  stmt.a = expr();
  return true;
}

void Parser::for_statement(Stmt& stmt) {
  next();
  const std::uint32_t opener = index();
  if (!at(Tok::l_paren)) {
    const Span place = missing_place();
    stmt.kind = Stmt::Kind::for_in;
    const std::string message = "expected `(` after `for`, found " + found(*t_);
    if (is_name(kind()) && for_in_header(stmt)) {
      soft(Code::expected_token, place, message, "write `for (" + std::string(stmt.name.text) + " in ...)`");
      if (!panic_) stmt.then_ = branch();
    } else {
      fail(Code::expected_token, place, message, "write `for (x in list)` or `for (let i = 0; i < n; i++)`");
      while (!at(Tok::l_brace) && !at(Tok::r_brace) && !at(Tok::eof) && !t_->newline()) next();
      panic_ = !at(Tok::l_brace);
      if (!panic_) stmt.then_ = branch();
    }
    return;
  }
  next();
  if (!for_in_header(stmt)) {
    stmt.kind = Stmt::Kind::for_c;
    if (!at(Tok::semicolon)) {
      stmt.init = make_stmt(Stmt::Kind::expr);
      if (at(Tok::kw_let) || at(Tok::kw_const) || mistaken_let()) {
        let_statement(*stmt.init);
      } else {
        stmt.init->a = expr();
      }
      stmt.init->span = from(stmt.init->span.start);
    }
    if (!panic_ && expect(Tok::semicolon, "after the first part of `for`")) {
      if (!at(Tok::semicolon)) stmt.a = expr();
      if (!panic_ && expect(Tok::semicolon, "after the condition of `for`") && !at(Tok::r_paren)) stmt.b = expr();
    }
  }
  close(opener, Tok::r_paren, "after the header of `for`");
  if (!panic_) stmt.then_ = branch();
}

void Parser::try_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::try_;
  const Span place = next().span();
  stmt.then_ = block("of `try`");
  if (!panic_ && accept(Tok::kw_catch)) {
    stmt.has_catch = true;
    if (at(Tok::l_paren)) {
      const std::uint32_t opener = index();
      next();
      stmt.catch_name = name("the caught error");
      if (!panic_ && accept(Tok::colon)) stmt.catch_type = type();
      close(opener, Tok::r_paren, "after the name of the caught error");
    } else if (is_name(kind())) {
      const std::string word(text(*t_));
      soft(Code::expected_token, t_->span(), "expected `(` after `catch`", "write `catch (" + word + ")`");
      stmt.catch_name = take_name();
    }
    if (!panic_ && at(Tok::l_brace) && t_[1].kind == Tok::kw_case) {
      arms(stmt.arms, false);
    } else if (!panic_) {
      stmt.catch_body = block("of `catch`");
    }
    if (!panic_ && at(Tok::kw_catch)) {
      fail(Code::unexpected_token, t_->span(), "a `try` has one `catch`",
           "write `catch (e) { case Error(code, message) if ... => ... }` to tell errors apart");
    }
  }
  if (!panic_ && accept(Tok::kw_finally)) stmt.else_ = block("of `finally`");
  if (!panic_ && !stmt.has_catch && stmt.else_ == nullptr) {
    soft(Code::expected_token, place, "`try` without `catch` or `finally`", "add `catch (e) { ... }`");
  }
}

void Parser::send_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::send;
  next();
  stmt.a = postfix();
  if (panic_) return;
  if (at(Tok::lt) && t_[1].kind == Tok::minus && t_[1].adjacent()) {
    stmt.flag = true;
    next();
    next();
    stmt.b = expr();
    return;
  }
  if (stmt.a->kind == Expr::Kind::error) return;
  if (stmt.a->kind != Expr::Kind::call || stmt.a->a->kind != Expr::Kind::member) {
    soft(Code::expected_token, stmt.a->span, "`send` needs a message",
         "write `send ref.handler(arguments)`, or `send ref <- value` for a raw value");
  }
}

void Parser::expression_statement(Stmt& stmt) {
  stmt.kind = Stmt::Kind::expr;
  stmt.a = expr();
  if (stmt.a->kind == Expr::Kind::match) {
    accept(Tok::semicolon);  // ends with its brace
  } else {
    end_statement("the expression");
  }
}

// A declaration that is legal at the top level only.
void Parser::misplaced(Stmt& stmt) {
  const std::string what = found(*t_);
  soft(Code::misplaced_statement, t_->span(), what + " is allowed at the top level of a file only",
       "move it out of the braces");
  stmt.decl = ast_.make<Decl>();
  const Nest nest(*this);
  if (!nest) return;
  stmt.decl->is_export = accept(Tok::kw_export);
  declaration(*stmt.decl);
}

}  // namespace noodle::lang
