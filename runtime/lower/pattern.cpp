// Patterns: what they name (rule 4), and tests and bindings for them.
#include "runtime/lower/pattern.hpp"

#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

using Kind = CheckedPattern::Kind;

constexpr int kMaxPatternParts = 300;

std::string path_text(const Pattern& p) {
  std::string out;
  for (const lang::Name& part : p.path) out += (out.empty() ? "" : ".") + std::string(part.text);
  return out;
}

bool is_open(const Type* type) {
  return type->is(TypeKind::any) || type->is(TypeKind::json) || type->is(TypeKind::param);
}

}  // namespace

CheckedPattern* Body::new_pattern(Kind kind, const Type* type, Span span) {
  CheckedPattern& p = patterns_.emplace_back();
  p.kind = kind;
  p.type = type;
  p.span = for_coverage() ? Span{span.start, span.start} : span;  // an arm's line counts when the arm is taken
  return &p;
}

CheckedPattern* Body::bad_pattern(Span span) {
  return new_pattern(Kind::error, basic(TypeKind::error), span);
}

CheckedPattern* Body::pattern(const Pattern& p, const Type* subject, PatternScope& scope) {
  if (++scope.parts > kMaxPatternParts) {
    if (scope.parts == kMaxPatternParts + 1) {
      report(Code::nesting_too_deep, p.span, "pattern has more than " + std::to_string(kMaxPatternParts) + " parts");
    }
    return bad_pattern(p.span);
  }
  auto no_binding = [&](const lang::Name& name) {
    if (scope.binds) return true;
    report(Code::pattern_mismatch, name.span, "`" + std::string(name.text) + "` would be bound in one alternative only",
           "write `_`, or one arm for each alternative");
    return false;
  };
  switch (p.kind) {
    case Pattern::Kind::error:
      return bad_pattern(p.span);
    case Pattern::Kind::wildcard:
      return new_pattern(Kind::any, subject, p.span);
    case Pattern::Kind::bind: {
      if (!no_binding(p.name)) return bad_pattern(p.span);
      const Type* plain = subject->is(TypeKind::nullable) ? subject->args[0] : subject;
      if (plain->is(TypeKind::enum_)) {
        for (const HCase& c : plain->decl->cases) {
          if (c.name != p.name.text) continue;
          const std::string full = to_string(plain) + "." + std::string(c.name);
          checker_
              .warn(Code::pattern_mismatch, module_->file, p.span,
                    "`" + std::string(c.name) + "` binds a new variable here and matches everything",
                    "the case is written `" + full + "`")
              .fixes.push_back({p.span, full});
        }
      }
      CheckedPattern* made = new_pattern(Kind::any, subject, p.span);
      made->local = declare_new(p.name, subject, false);
      return made;
    }
    case Pattern::Kind::typed: {
      if (p.name.text != "_" && !no_binding(p.name)) return bad_pattern(p.span);
      return typed_pattern(p, subject, scope);
    }
    case Pattern::Kind::literal:
      return literal_pattern(p, subject);
    case Pattern::Kind::construct:
      return construct_pattern(p, subject, scope);
    case Pattern::Kind::alternatives: {
      CheckedPattern* made = new_pattern(Kind::alternatives, subject, p.span);
      const bool binds = scope.binds;
      scope.binds = false;
      for (const Pattern* item : p.items) made->items.push_back(pattern(*item, subject, scope));
      scope.binds = binds;
      return made;
    }
  }
  return bad_pattern(p.span);
}

/// The wrapper that brings a subject to type `target`: nothing, `present`, or a type test. `fits` false: cannot be.
CheckedPattern* Body::tested(const Type* subject, const Type* target, Span span, bool& fits) {
  fits = true;
  if (subject == target || subject->has_error || target->has_error) return nullptr;
  if (subject->is(TypeKind::nullable)) {
    CheckedPattern* present = new_pattern(Kind::present, subject, span);
    if (CheckedPattern* inner = tested(subject->args[0], target, span, fits)) present->items.push_back(inner);
    return present;
  }
  if (checker_.is_subtype(subject, target)) return nullptr;
  const bool related =
      is_open(subject) || (castable(subject, target) && !is_scalar(subject) && subject->kind == target->kind);
  if (!related) {
    fits = false;
    return nullptr;
  }
  CheckedPattern* test = new_pattern(Kind::type_test, subject, span);
  test->target = target;
  return test;
}

namespace {

/// Puts `inner` into the innermost wrapper.
CheckedPattern* wrap(CheckedPattern* outer, CheckedPattern* inner) {
  if (!outer) return inner;
  CheckedPattern* last = outer;
  while (!last->items.empty()) last = last->items[0];
  last->items.push_back(inner);
  return outer;
}

}  // namespace

CheckedPattern* Body::typed_pattern(const Pattern& p, const Type* subject, PatternScope&) {
  const Type* target = resolve(p.type);
  if (target->is(TypeKind::error) || subject->is(TypeKind::error)) {
    if (p.name.text != "_") declare_new(p.name, target, false);
    return bad_pattern(p.span);
  }
  bool fits = true;
  CheckedPattern* outer = nullptr;
  if (!(target->is(TypeKind::any))) {
    if (target->is(TypeKind::nullable) && subject != target) {
      report(Code::pattern_mismatch, p.type->span, "a pattern tests for a type that is never null",
             "`case null` stands for itself");
      return bad_pattern(p.span);
    }
    outer = tested(subject, target, p.span, fits);
  }
  if (!fits) {
    report(Code::pattern_mismatch, p.span, "a `" + to_string(subject) + "` is never a `" + to_string(target) + "`");
    if (p.name.text != "_") declare_new(p.name, target, false);
    return bad_pattern(p.span);
  }
  CheckedPattern* bind = new_pattern(Kind::any, target, p.span);
  if (p.name.text != "_") bind->local = declare_new(p.name, target, false);
  return wrap(outer, bind);
}

CheckedPattern* Body::literal_pattern(const Pattern& p, const Type* subject) {
  if (!p.value) return bad_pattern(p.span);
  const Type* plain = subject->is(TypeKind::nullable) ? subject->args[0] : subject;
  HNode* literal = value(*p.value, plain);
  if (literal->type->is(TypeKind::error) || subject->is(TypeKind::error)) return bad_pattern(p.span);
  if (literal->type->is(TypeKind::null)) {
    if (!subject->is(TypeKind::nullable) && !is_open(subject)) {
      report(Code::pattern_mismatch, p.span, "a `" + to_string(subject) + "` is never null");
      return bad_pattern(p.span);
    }
    return new_pattern(Kind::null, subject, p.span);
  }
  bool fits = true;
  if (!is_open(plain)) {
    if (HNode* converted = convert(literal, plain)) {
      literal = converted;
    } else if (plain->is(TypeKind::byte) && literal->op == HOp::const_int && literal->type->is(TypeKind::int_) &&
               literal->ival >= 0 && literal->ival <= 255) {
      literal = const_int(literal->ival, plain, p.span);
    }
  }
  CheckedPattern* outer = tested(subject, literal->type, p.span, fits);
  if (!fits) {
    report(Code::pattern_mismatch, p.span,
           "a `" + to_string(subject) + "` is never " + std::string(text(p.span)) + ", which is a `" +
               to_string(literal->type) + "`");
    return bad_pattern(p.span);
  }
  CheckedPattern* made = new_pattern(Kind::literal, literal->type, p.span);
  made->value = literal;
  return wrap(outer, made);
}

CheckedPattern* Body::construct_pattern(const Pattern& p, const Type* subject, PatternScope& scope) {
  const Type* plain = subject->is(TypeKind::nullable) ? subject->args[0] : subject;
  if (p.path.empty()) return bad_pattern(p.span);
  // The bindings of a pattern that names nothing are declared, so that its arm makes no further errors.
  auto give_up = [&] {
    for (const Pattern* item : p.items) pattern(*item, basic(TypeKind::error), scope);
    return bad_pattern(p.span);
  };
  if (p.path.size() == 1) {
    const lang::Name& name = p.path[0];
    Symbol* symbol = checker_.find_symbol(*module_, name.text);
    if (symbol && symbol->kind == Symbol::Kind::class_ &&
        (symbol->cls->kind == HClass::Kind::record || symbol->cls == checker_.program.error_class)) {
      note_use(name.span, Checker::place_of(*symbol));
      return record_pattern(p, *symbol->cls, subject, scope);
    }
    std::vector<std::string_view> names;
    if (plain->is(TypeKind::enum_)) {
      checker_.complete_members(checker_.info(plain->decl));
      for (std::uint32_t i = 0; i < plain->decl->cases.size(); ++i) {
        if (plain->decl->cases[i].name == name.text) {
          note_use(name.span, checker_.place_of(checker_.find_member(plain, name.text)));
          return case_pattern(p, *plain->decl, i, subject, scope);
        }
        names.push_back(plain->decl->cases[i].name);
      }
    }
    if (scope.receive) {
      if (name.text == "down" && checker_.program.down_class)
        return record_pattern(p, *checker_.program.down_class, subject, scope);
      if (func_.owner) {
        const MemberRef found = self_member(name.text);
        if (found && found.member->kind == Member::Kind::handler) {
          note_use(name.span, checker_.place_of(found));
          return record_pattern(p, *checker_.message_class(*found.member->func), subject, scope);
        }
        for (const HFunc* handler : func_.owner->handlers) names.push_back(handler->decl->name.text);
      }
    }
    for (const std::string_view visible : checker_.visible_names(*module_, true)) {
      const Symbol* s = checker_.find_symbol(*module_, visible);
      if (s && s->kind == Symbol::Kind::class_ && s->cls->kind == HClass::Kind::record) names.push_back(visible);
    }
    const std::string_view near = nearest_name(name.text, names);
    report(plain->is(TypeKind::enum_) ? Code::unknown_enum_case : Code::unknown_name, name.span,
           "no record" +
               std::string(plain->is(TypeKind::enum_) ? " or case"
                           : scope.receive            ? " or handler"
                                                      : "") +
               " `" + std::string(name.text) + "`",
           near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
    return give_up();
  }
  // The same lookup as in expressions, on a path of names.
  std::deque<Expr> path;
  for (const lang::Name& name : p.path) {
    Expr& e = path.emplace_back();
    e.kind = path.size() == 1 ? Expr::Kind::name : Expr::Kind::member;
    e.span = {p.path[0].span.start, name.span.end};
    e.text = name.text;
    e.name = name;
    if (path.size() > 1) e.a = &path[path.size() - 2];
  }
  const Ref ref = resolve_ref(path.back());
  if (ref.kind == Ref::Kind::error) return give_up();
  if (ref.kind == Ref::Kind::enum_case)
    return case_pattern(p, *ref.type->decl, ref.member.member->case_index, subject, scope);
  if (ref.kind == Ref::Kind::symbol && ref.symbol->kind == Symbol::Kind::class_ &&
      ref.symbol->cls->kind == HClass::Kind::record) {
    return record_pattern(p, *ref.symbol->cls, subject, scope);
  }
  report(Code::pattern_mismatch, p.span, "`" + path_text(p) + "` is not an enum case or record");
  return give_up();
}

CheckedPattern* Body::record_pattern(const Pattern& p, HClass& cls, const Type* subject, PatternScope& scope) {
  ClassInfo& side = checker_.info(&cls);
  checker_.complete_members(side);
  const Type* plain = subject->is(TypeKind::nullable) ? subject->args[0] : subject;
  const Type* target = plain->decl == &cls ? plain : cls.self_type;
  const std::string name = path_text(p);
  const bool error = &cls == checker_.program.error_class;
  const std::size_t least = error ? 2 : cls.fields.size();
  const std::size_t most = error ? 4 : cls.fields.size();
  bool fits = true;
  CheckedPattern* outer = nullptr;
  if (!cls.tparams.empty() && plain->decl != &cls && !subject->has_error) {
    report(Code::pattern_mismatch, p.span, "the type arguments of `" + cls.name + "` are not known here",
           "write `x: " + cls.name + "<...>` and match its fields");
  } else if (outer = tested(subject, target, p.span, fits); !fits) {
    report(Code::pattern_mismatch, p.span, "a `" + to_string(subject) + "` is never a `" + cls.name + "`");
  } else if (p.items.size() < least || p.items.size() > most) {
    report(Code::pattern_mismatch, p.span,
           "`" + name + "` has " + std::to_string(least) + (least == 1 ? " field, " : " fields, ") +
               std::to_string(p.items.size()) + " given",
           "use `_` for what does not matter");
  } else if (!subject->has_error) {
    CheckedPattern* made = new_pattern(Kind::record, target, p.span);
    const Substitution s = checker_.substitution(target);
    for (std::size_t i = 0; i < cls.fields.size(); ++i) {
      const Type* type = checker_.subst(cls.fields[i].type, s);
      made->items.push_back(i < p.items.size() ? pattern(*p.items[i], type, scope)
                                               : new_pattern(Kind::any, type, p.span));
    }
    return wrap(outer, made);
  }
  for (const Pattern* item : p.items) pattern(*item, basic(TypeKind::error), scope);
  return bad_pattern(p.span);
}

CheckedPattern* Body::case_pattern(const Pattern& p, HClass& cls, std::uint32_t index, const Type* subject,
                                   PatternScope& scope) {
  const Type* plain = subject->is(TypeKind::nullable) ? subject->args[0] : subject;
  const Type* target = plain->decl == &cls ? plain : cls.self_type;
  const HCase& c = cls.cases[index];
  const std::string name = path_text(p);
  bool fits = true;
  CheckedPattern* outer = nullptr;
  if (!cls.tparams.empty() && plain->decl != &cls && !subject->has_error) {
    report(Code::pattern_mismatch, p.span, "the type arguments of `" + cls.name + "` are not known here",
           "write `x: " + cls.name + "<...>` and match it");
  } else if (outer = tested(subject, target, p.span, fits); !fits) {
    report(Code::pattern_mismatch, p.span, "a `" + to_string(subject) + "` is never a `" + name + "`");
  } else if (p.items.size() != c.fields.size()) {
    report(Code::pattern_mismatch, p.span,
           "case `" + name + "` carries " + std::to_string(c.fields.size()) +
               (c.fields.size() == 1 ? " value, " : " values, ") + std::to_string(p.items.size()) + " given",
           p.items.size() < c.fields.size() ? "use `_` for what does not matter" : "");
  } else if (!subject->has_error) {
    CheckedPattern* made = new_pattern(Kind::enum_case, target, p.span);
    made->case_index = index;
    const Substitution s = checker_.substitution(target);
    for (std::size_t i = 0; i < c.fields.size(); ++i) {
      made->items.push_back(pattern(*p.items[i], checker_.subst(c.fields[i].type, s), scope));
    }
    return wrap(outer, made);
  }
  for (const Pattern* item : p.items) pattern(*item, basic(TypeKind::error), scope);
  return bad_pattern(p.span);
}

// ---------------------------------------------------------------- lowering

/// The value that item `index` of a pattern is matched against.
HNode* Body::part(const CheckedPattern& p, std::size_t index, HNode* subject) {
  const Type* type = p.items[index]->type;
  switch (p.kind) {
    case Kind::present:
      return non_null(subject);
    case Kind::type_test:
      return node(HOp::assume_type, p.target, p.span, {p.type->is(TypeKind::param) ? to_any(subject) : subject});
    case Kind::enum_case: {
      HNode* n = node(HOp::enum_field, type, p.span, {subject});
      n->case_index = p.case_index;
      n->ival = static_cast<std::int64_t>(index);
      return n;
    }
    default: {
      HNode* n = node(HOp::get_field, type, p.span, {subject});
      n->field = &p.type->decl->fields[index];
      return n;
    }
  }
}

namespace {

/// True if nothing is tested or bound in it.
bool is_blank(const CheckedPattern& p) {
  return (p.kind == Kind::any || p.kind == Kind::error) && !p.local;
}

}  // namespace

HNode* Body::pattern_test(const CheckedPattern& p, HNode* subject) {
  const Type* boolean = basic(TypeKind::bool_);
  HNode* test = nullptr;
  switch (p.kind) {
    case Kind::any:
    case Kind::error:
      return nullptr;
    case Kind::literal:
      return node(HOp::eq, boolean, p.span, {subject, p.value});
    case Kind::null:
      return is_null(p.type->is(TypeKind::param) ? to_any(subject) : subject);
    case Kind::present:
      test = not_(is_null(subject));
      break;
    case Kind::type_test:
      test = node(HOp::is_type, boolean, p.span, {p.type->is(TypeKind::param) ? to_any(subject) : subject});
      test->target = p.target;
      break;
    case Kind::enum_case:
      if (p.type->decl->cases.size() > 1) {
        const Type* integer = basic(TypeKind::int_);
        test = node(HOp::eq, boolean, p.span,
                    {node(HOp::enum_tag, integer, p.span, {subject}), const_int(p.case_index, integer, p.span)});
      }
      break;
    case Kind::record:
      break;
    case Kind::alternatives:
      for (const CheckedPattern* item : p.items) {
        HNode* one = pattern_test(*item, subject);
        if (!one) return nullptr;
        test = test ? node(HOp::logical_or, boolean, p.span, {test, one}) : one;
      }
      return test;
  }
  for (std::size_t i = 0; i < p.items.size(); ++i) {
    if (is_blank(*p.items[i])) continue;
    HNode* one = pattern_test(*p.items[i], part(p, i, subject));
    if (one) test = test ? node(HOp::logical_and, boolean, p.span, {test, one}) : one;
  }
  return test;
}

/// Adds tests and bindings to `out`; afterwards `out` is where the arm goes. `total`: the pattern is known to match.
void Body::lower(const CheckedPattern& root, HVar* subject, bool total, std::vector<HNode*>*& out) {
  struct Work {
    const CheckedPattern* pattern;
    HVar* var;
  };
  std::vector<Work> work{{&root, subject}};
  auto guard = [&](HNode* test, Span span) {
    HNode* inner = block({}, span);
    out->push_back(node(HOp::if_, void_type(), span, {test, inner}));
    out = &inner->kids;
  };
  while (!work.empty()) {
    const auto [p, var] = work.back();
    work.pop_back();
    if (p->kind == Kind::error) continue;
    if (p->kind == Kind::any) {
      if (p->local) {
        HNode* whole = read(var, p->span);
        // After `case null` the rest of a T? is a T.
        if (whole->type->is(TypeKind::nullable) && whole->type->args[0] == p->type) whole = non_null(whole);
        out->push_back(let(p->local->var, whole, p->span));
      }
      continue;
    }
    const bool plain = p->kind == Kind::literal || p->kind == Kind::null || p->kind == Kind::alternatives;
    if (plain) {
      if (!total) {
        if (HNode* test = pattern_test(*p, read(var, p->span))) guard(test, p->span);
      }
      continue;
    }
    if (!total) {
      // The test of this level alone: its parts follow below.
      CheckedPattern level = *p;
      level.items.clear();
      if (HNode* test = pattern_test(level, read(var, p->span))) guard(test, p->span);
    }
    for (std::size_t i = p->items.size(); i-- > 0;) {
      const CheckedPattern* item = p->items[i];
      if (is_blank(*item)) continue;
      // A binding takes the part itself.
      HVar* held = item->local ? item->local->var : temp(item->type, item->span);
      work.push_back({item->local ? nullptr : item, held});
      if (item->local) work.pop_back();
      out->push_back(let(held, part(*p, i, read(var, p->span)), item->span));
    }
  }
}

}  // namespace noodle::check
