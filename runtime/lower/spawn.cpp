// spawn: what is started, with which options, and where.
#include <algorithm>

#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

struct OptionWords {
  std::string_view option;
  std::vector<std::string_view> words;
};

const std::vector<OptionWords>& option_words() {
  static const std::vector<OptionWords> table = {{"restart", {"permanent", "transient", "temporary"}},
                                                 {"policy", {"block", "drop_oldest", "error"}},
                                                 {"priority", {"low", "normal", "high"}}};
  return table;
}

bool is_actor(const HClass& cls) {
  return cls.kind == HClass::Kind::actor || cls.kind == HClass::Kind::agent || cls.kind == HClass::Kind::supervisor;
}

const Expr* strip(const Expr* e) {
  while (e && e->kind == Expr::Kind::paren) e = e->a;
  return e;
}

/// Conditions on nodes are data for the scheduler: calls of known names with literals, and && || ! between them.
const Expr* bad_condition(const Expr* e) {
  e = strip(e);
  if (!e) return nullptr;
  switch (e->kind) {
    case Expr::Kind::error:
      return nullptr;
    case Expr::Kind::unary:
      return e->unary_op == lang::UnaryOp::logical_not ? bad_condition(e->a) : e;
    case Expr::Kind::binary:
      if (e->binary_op != lang::BinaryOp::logical_and && e->binary_op != lang::BinaryOp::logical_or) return e;
      if (const Expr* bad = bad_condition(e->a)) return bad;
      return bad_condition(e->b);
    case Expr::Kind::call: {
      const Expr* callee = strip(e->a);
      if (!callee || callee->kind != Expr::Kind::name || (callee->text != "label" && callee->text != "free")) return e;
      for (const lang::Arg& arg : e->args) {
        const Expr* value = strip(arg.value);
        const bool literal = value && (value->kind == Expr::Kind::string_lit || value->kind == Expr::Kind::int_lit ||
                                       value->kind == Expr::Kind::float_lit);
        const bool fits = callee->text == "label"
                              ? literal && value->kind == Expr::Kind::string_lit && arg.name.text.empty()
                              : literal && !arg.name.text.empty();
        if (!fits) return value ? value : e;
      }
      return e->args.empty() ? e : nullptr;
    }
    default:
      return e;
  }
}

}  // namespace

void Body::check_sendable(const HNode& sent, std::string_view what) {
  const Type* part = checker_.unsendable_part(sent.type);
  if (!part) return;
  report(Code::not_sendable, sent.span,
         std::string(what) + (part == sent.type ? " is" : " holds") + " a `" + to_string(part) +
             "`, which cannot be sent to another process");
}

HNode* Body::spawn(const Expr& e) {
  if (!e.a) return error_node(e.span);
  HNode* n = spawn_call(*e.a, e.b, e.span);
  if (!e.c) return n;
  HNode* place = nullptr;
  if (e.flag) {
    if (const Expr* bad = bad_condition(e.c)) {
      report(Code::invalid_spawn, bad->span, "this is no condition on a node",
             "conditions are label(\"name\") and free(memory: 1GB), joined by && || !");
    }
    place = const_string(checker_.keep("where " + std::string(text(e.c->span))), e.c->span);
  } else {
    place = value(*e.c);
    if (!place->type->is(TypeKind::any)) place = coerce(place, basic(TypeKind::string), {"node to spawn on"});
  }
  if (n->op == HOp::spawn || n->op == HOp::spawn_func) {
    n->place = place;
  } else if (n->op == HOp::seq) {
    n->kids.back()->place = place;
  }
  return n;
}

HNode* Body::spawn_call(const Expr& written, const Expr* options, Span span) {
  const Expr* e = strip(&written);
  auto invalid = [&](Span at, const std::string& what, std::string suggestion) {
    report(Code::invalid_spawn, at, what, std::move(suggestion));
    return error_node(span);
  };
  if (!e || e->kind == Expr::Kind::error) return error_node(span);
  if (e->kind != Expr::Kind::call || !e->a) {
    return invalid(e->span, "this cannot be spawned", "spawn an actor or a function: `spawn Name(args)`");
  }
  const Ref ref = resolve_ref(*strip(e->a));
  if (ref.kind == Ref::Kind::error) return error_node(span);
  HNode* n = nullptr;
  std::vector<HNode*> setup;
  std::string_view name;
  if (ref.kind == Ref::Kind::symbol && ref.symbol->kind == Symbol::Kind::class_ && is_actor(*ref.symbol->cls)) {
    HClass& cls = *ref.symbol->cls;
    ClassInfo& side = checker_.info(&cls);
    checker_.complete_members(side);
    checker_.ensure_constructor(side);
    name = cls.name;
    HFunc& constructor = *cls.constructor;
    Inference inference(checker_, cls.tparams);
    if (!e->type_args.empty() && !bind_type_args(inference, cls.tparams, e->type_args, name, span))
      return error_node(span);
    std::vector<Formal> formals;
    for (std::size_t i = 0; i < constructor.params.size(); ++i) {
      const bool optional = i < cls.decl->params.size() && cls.decl->params[i].init;
      formals.push_back(
          {constructor.params[i]->name, constructor.params[i]->type, optional, checker_.place_of(constructor, i)});
    }
    bool failed = false;
    std::vector<HNode*> kids =
        arguments(formals, e->args, name, inference, nullptr, nullptr, e->span, true, setup, failed);
    if (failed || (!inference.empty() && !finish_inference(inference, name, span))) return error_node(span);
    const Type* type = inference.apply(cls.self_type);
    fill_defaults(constructor, kids, type->args, span);
    n = node(HOp::spawn, checker_.program.types.actor_ref(type), span);
    n->func = &constructor;
    n->target = type;
    n->targs = type->args;
    n->kids = std::move(kids);
    checker_.use_class(type);
    checker_.reference(&constructor);
  } else if (ref.kind == Ref::Kind::symbol && ref.symbol->kind == Symbol::Kind::func) {
    HFunc& func = *ref.symbol->func;
    name = func.decl->name.text;
    if (!func.native.empty()) {
      return invalid(e->a->span, "`" + std::string(name) + "` is built in and cannot be spawned",
                     "spawn a function that calls it");
    }
    HNode* call = invoke({&func, nullptr, nullptr, false}, e->args, e->type_args, e->span, nullptr);
    if (call->type->is(TypeKind::error)) return call;
    if (call->op == HOp::seq) {
      setup.assign(call->kids.begin(), call->kids.end() - 1);
      call = call->kids.back();
    }
    n = node(HOp::spawn_func, checker_.program.types.actor_ref(basic(TypeKind::any)), span);
    n->func = &func;
    n->targs = call->targs;
    n->kids = call->kids;
  } else if (ref.kind == Ref::Kind::symbol && ref.symbol->kind == Symbol::Kind::class_) {
    return invalid(e->a->span, "`" + ref.symbol->cls->name + "` is not an actor",
                   "declare it with `actor`, or construct it without `spawn`");
  } else if (ref.kind == Ref::Kind::none && strip(e->a)->kind == Expr::Kind::name) {
    return unknown_name(*strip(e->a));
  } else {
    return invalid(e->a->span, "this cannot be spawned",
                   "spawn an actor, an agent, a supervisor or a top-level function");
  }
  for (const HNode* arg : n->kids) check_sendable(*arg, "argument of `" + std::string(name) + "`");
  if (options) n->opt = spawn_options(*options);
  return with_setup(std::move(setup), n);
}

HNode* Body::spawn_options(const Expr& written) {
  HClass* cls = checker_.program.spawn_options_class;
  const Expr& e = *strip(&written);
  if (!cls) return error_node(e.span);
  checker_.complete_members(checker_.info(cls));
  if (e.kind != Expr::Kind::object) {
    return coerce(value(e, cls->self_type), cls->self_type, {"`with`"});
  }
  HNode* n = node(HOp::new_fields, cls->self_type, e.span);
  n->kids.assign(cls->fields.size(), nullptr);
  for (const lang::ObjectField& option : e.fields) {
    const MemberRef found = checker_.find_member(cls->self_type, option.name.text);
    if (!found || found.member->kind != Member::Kind::field) {
      std::vector<std::string_view> names;
      std::string list;
      for (const HField& field : cls->fields) {
        names.push_back(field.name);
        list += (list.empty() ? "" : ", ") + std::string(field.name);
      }
      const std::string_view near = nearest_name(option.name.text, names);
      auto& diagnostic = report(Code::invalid_spawn_option, option.name.span,
                                "no spawn option `" + std::string(option.name.text) + "`",
                                near.empty() ? "options: " + list : "did you mean `" + std::string(near) + "`?");
      if (!near.empty()) diagnostic.fixes.push_back({option.name.span, std::string(near)});
      continue;
    }
    const HField& field = *found.member->field;
    note_use(option.name.span, checker_.place_of(found));
    if (n->kids[field.index]) {
      report(Code::duplicate_name, option.name.span,
             "spawn option `" + std::string(option.name.text) + "` is given twice");
      continue;
    }
    const Expr* given = strip(option.value);
    if (!given) continue;
    const std::vector<std::string_view>* words = nullptr;
    for (const OptionWords& row : option_words()) {
      if (row.option == field.name) words = &row.words;
    }
    HNode* set = nullptr;
    if (words &&
        (given->kind == Expr::Kind::string_lit || (given->kind == Expr::Kind::name && !find_local(given->text)))) {
      if (std::find(words->begin(), words->end(), given->text) == words->end()) {
        std::string list;
        for (const std::string_view word : *words) list += (list.empty() ? "" : ", ") + std::string(word);
        const std::string_view near = nearest_name(given->text, *words);
        report(Code::invalid_spawn_option, given->span,
               "`" + std::string(given->text) + "` is no value of spawn option `" + std::string(field.name) + "`",
               near.empty() ? "values: " + list : "did you mean `" + std::string(near) + "`?");
        continue;
      }
      set = const_string(given->text, given->span);
    } else {
      set = value(*given, field.type);
    }
    if (HNode* converted = convert(set, field.type)) {
      n->kids[field.index] = converted;
    } else {
      report(Code::invalid_spawn_option, given->span,
             "spawn option `" + std::string(field.name) + "` must be `" + to_string(field.type) + "`, found `" +
                 to_string(set->type) + "`");
    }
  }
  for (const HField& field : cls->fields) {
    if (field.init) checker_.reference(field.init);
  }
  return n;
}

}  // namespace noodle::check
