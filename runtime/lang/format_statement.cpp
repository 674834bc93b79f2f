// Statements, arms and patterns in the canonical layout.
#include "runtime/lang/format_printer.hpp"

namespace noodle::lang {

void Printer::statement(const Stmt& stmt) {
  switch (stmt.kind) {
    case Stmt::Kind::block:
      return block(stmt);
    case Stmt::Kind::local_func:
      return declaration(*stmt.decl);
    case Stmt::Kind::if_:
      return if_else(stmt);
    case Stmt::Kind::while_:
      out_.open();
      out_.text("while (");
      expr(*stmt.a);
      out_.text(")");
      branch(*stmt.then_);
      return out_.close();
    case Stmt::Kind::for_in:
    case Stmt::Kind::for_c:
      out_.open();
      for_header(stmt);
      branch(*stmt.then_);
      return out_.close();
    case Stmt::Kind::try_:
      return try_catch(stmt);
    case Stmt::Kind::receive:
      out_.text("receive ");
      return arms(stmt.arms, stmt.span.end - 1);
    case Stmt::Kind::expr:
      if (stmt.a->kind == Expr::Kind::match) {
        out_.text("match (");
        expr(*stmt.a->a);
        out_.text(") ");
        return arms(stmt.a->arms, stmt.a->span.end - 1);
      }
      break;
    default:
      break;
  }
  simple(stmt);
  out_.text(";");
}

// Statements that fit into an arm, without the `;`.
void Printer::simple(const Stmt& stmt) {
  inline_comments(stmt.span.start);
  const auto operand = [&](const char* keyword) {
    out_.text(keyword);
    if (stmt.a == nullptr) return;
    out_.text(" ");
    expr(*stmt.a);
  };
  switch (stmt.kind) {
    case Stmt::Kind::let:
      return let(stmt);
    case Stmt::Kind::return_:
      return operand("return");
    case Stmt::Kind::throw_:
      return operand("throw");
    case Stmt::Kind::stop:
      return operand("stop");
    case Stmt::Kind::break_:
      return out_.text("break");
    case Stmt::Kind::continue_:
      return out_.text("continue");
    case Stmt::Kind::send:
      operand("send");
      if (!stmt.flag) return;
      out_.text(" <- ");
      return expr(*stmt.b);
    case Stmt::Kind::expr:
      return expr(*stmt.a);
    default:
      return;
  }
}

void Printer::let(const Stmt& stmt) {
  out_.text(stmt.flag ? "const " : "let ");
  word(stmt.name);
  if (stmt.type != nullptr) {
    out_.text(": ");
    type(*stmt.type);
  }
  if (stmt.a == nullptr) return;
  out_.text(" =");
  value(*stmt.a);
}

void Printer::block(const Stmt& stmt) {
  std::vector<const Stmt*> body;
  for (const Stmt* item : stmt.body) {
    if (item->kind != Stmt::Kind::empty) body.push_back(item);
  }
  braces(
      body, stmt.span.end - 1, [](const Stmt* item) { return item->span.start; },
      [this](const Stmt* item) { statement(*item); });
}

// The body of `if`, `while`, `for`: a block on the same line, a single statement on the same or the next one.
void Printer::branch(const Stmt& stmt) {
  if (stmt.kind == Stmt::Kind::block) {
    out_.text(" ");
    return block(stmt);
  }
  if (stmt.kind == Stmt::Kind::empty) return out_.text(";");
  out_.group_indent();
  out_.line();
  leading_comments(stmt.span.start);
  statement(stmt);
  out_.group_dedent();
}

void Printer::if_else(const Stmt& stmt) {
  out_.open();
  out_.text("if (");
  expr(*stmt.a);
  out_.text(")");
  branch(*stmt.then_);
  out_.close();
  if (stmt.else_ == nullptr) return;
  const Stmt& other = *stmt.else_;
  // The comments between the branches stay there.
  const bool braced = stmt.then_->kind == Stmt::Kind::block;
  bool comments = false;
  bool line_ended = false;
  while (comment_before(other.span.start)) {
    const Comment& comment = ast_.comments[next_comment_++];
    if (comment.own_line || line_ended) {
      out_.hard();
    } else {
      out_.text(" ");
    }
    put_comment(comment);
    comments = true;
    line_ended = is_line_comment(comment);
  }
  if (braced && !comments) {
    out_.text(" ");
  } else {
    out_.hard();
  }
  out_.text("else");
  if (other.kind == Stmt::Kind::if_) {
    out_.text(" ");
    return if_else(other);
  }
  out_.open();
  branch(other);
  out_.close();
}

void Printer::for_header(const Stmt& stmt) {
  out_.text("for (");
  if (stmt.kind == Stmt::Kind::for_in) {
    word(stmt.name);
    if (!stmt.name2.text.empty()) {
      out_.text(", ");
      word(stmt.name2);
    }
    out_.text(" in ");
    expr(*stmt.a);
  } else {
    if (stmt.init != nullptr) simple(*stmt.init);
    out_.text(";");
    if (stmt.a != nullptr) {
      out_.text(" ");
      expr(*stmt.a);
    }
    out_.text(";");
    if (stmt.b != nullptr) {
      out_.text(" ");
      expr(*stmt.b);
    }
  }
  out_.text(")");
}

void Printer::try_catch(const Stmt& stmt) {
  out_.text("try ");
  block(*stmt.then_);
  if (stmt.has_catch) {
    out_.text(" catch ");
    if (!stmt.catch_name.text.empty()) {
      out_.text("(");
      word(stmt.catch_name);
      if (stmt.catch_type != nullptr) {
        out_.text(": ");
        type(*stmt.catch_type);
      }
      out_.text(") ");
    }
    if (stmt.catch_body != nullptr) {
      block(*stmt.catch_body);
    } else {
      arms(stmt.arms, arms_end(stmt));
    }
  }
  if (stmt.else_ == nullptr) return;
  out_.text(" finally ");
  block(*stmt.else_);
}

// The end of the arms of `catch`: the brace before `finally`, or the end of the statement.
std::uint32_t Printer::arms_end(const Stmt& stmt) const {
  if (stmt.else_ == nullptr) return stmt.span.end - 1;
  return stmt.arms.back().span.end;
}

void Printer::arms(const std::vector<Arm>& list, std::uint32_t end) {
  braces(
      list, end, [](const Arm& item) { return item.span.start; }, [this](const Arm& item) { arm(item); });
}

void Printer::arm(const Arm& item) {
  if (item.after != nullptr) {
    out_.text("after ");
    expr(*item.after);
  } else {
    out_.text("case ");
    pattern(*item.pattern);
    if (item.guard != nullptr) {
      out_.text(" if ");
      expr(*item.guard);
    }
  }
  out_.text(" =>");
  if (item.value != nullptr) return value(*item.value);
  out_.text(" ");
  if (item.body->kind == Stmt::Kind::block) {
    block(*item.body);
  } else {
    simple(*item.body);
  }
}

void Printer::pattern(const Pattern& item) {
  switch (item.kind) {
    case Pattern::Kind::wildcard:
    case Pattern::Kind::bind:
      return word(item.name);
    case Pattern::Kind::literal:
      return raw(item.span);
    case Pattern::Kind::typed:
      word(item.name);
      out_.text(": ");
      return type(*item.type);
    case Pattern::Kind::construct:
      path(item.path);
      if (!item.has_parens) return;
      out_.text("(");
      for (std::size_t i = 0; i < item.items.size(); ++i) {
        if (i > 0) out_.text(", ");
        pattern(*item.items[i]);
      }
      return out_.text(")");
    case Pattern::Kind::alternatives:
      for (std::size_t i = 0; i < item.items.size(); ++i) {
        if (i > 0) out_.text(" | ");
        pattern(*item.items[i]);
      }
      return;
    case Pattern::Kind::error:
      return;
  }
}

}  // namespace noodle::lang
