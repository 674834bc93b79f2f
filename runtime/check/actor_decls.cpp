// Members that only actors, agents and supervisors have: handlers, every, metadata, options, children.
#include "runtime/base/suggest.hpp"
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

bool has_handlers(const HClass& cls) {
  return cls.kind == HClass::Kind::actor || cls.kind == HClass::Kind::agent;
}

std::string_view word_of(const Decl& decl) {
  if (decl.init) {
    return decl.init->kind == Expr::Kind::name || decl.init->kind == Expr::Kind::string_lit ? decl.init->text
                                                                                            : std::string_view{};
  }
  const TypeExpr* type = decl.type;
  return type && type->kind == TypeExpr::Kind::named && type->path.size() == 1 ? type->path[0].text
                                                                               : std::string_view{};
}

}  // namespace

void Checker::declare_handler(ClassInfo& cls, const Decl& decl) {
  if (!has_handlers(*cls.cls)) return;  // reported by the parser
  HFunc* func =
      new_func(HFunc::Kind::handler, cls.cls->name + "." + std::string(decl.name.text), &decl, *cls.module, &cls);
  cls.cls->handlers.push_back(func);
  add_member(cls, decl.name.text, {Member::Kind::handler, false, 0, nullptr, func, nullptr, decl.name.span});
}

void Checker::check_system_handler(HFunc& func) {
  const std::string_view name = func.decl->name.text;
  const Type* error = program.error_class ? program.error_class->self_type : basic(TypeKind::error);
  const Type* any_ref = program.types.actor_ref(basic(TypeKind::any));
  std::vector<const Type*> wanted;
  const char* text = nullptr;
  if (name == "migrate") {
    const Type* type = func.params.size() == 1 ? func.params[0]->type : nullptr;
    const bool record = type && (type->has_error || (type->is(TypeKind::object) &&
                                                     type->decl->kind == HClass::Kind::record && type->args.empty()));
    if (!record || !func.result->is(TypeKind::void_)) {
      report(Code::override_mismatch, func.file, func.span, "`on migrate` is a system handler with another signature",
             "write `on migrate(old: R)`, where R is a record of those fields of the version before that it needs");
    }
    return;
  }
  if (name == "started") {
    text = "on started()";
  } else if (name == "stopping") {
    text = "on stopping(reason: Error)";
    wanted = {error};
  } else if (name == "down") {
    text = "on down(ref: ActorRef<any>, reason: Error)";
    wanted = {any_ref, error};
  } else if (name == "other") {
    text = "on other(value: any)";
    wanted = {basic(TypeKind::any)};
  }
  if (text) {
    bool same = wanted.size() == func.params.size() && func.result->is(TypeKind::void_);
    for (std::size_t i = 0; same && i < wanted.size(); ++i) {
      same = func.params[i]->type == wanted[i] || func.params[i]->type->has_error;
    }
    if (!same) {
      report(Code::override_mismatch, func.file, func.span,
             "`on " + std::string(name) + "` is a system handler with another signature",
             std::string("write `") + text + "`");
    }
    return;
  }
  for (const HVar* param : func.params) {
    if (const Type* part = unsendable_part(param->type)) {
      report(Code::not_sendable, func.file, param->span,
             "parameter `" + std::string(param->name) + "` of handler `" + func.name + "` is a `" + to_string(part) +
                 "`, which cannot be sent");
    }
  }
  if (const Type* part = unsendable_part(func.result)) {
    report(Code::not_sendable, func.file, func.span,
           "handler `" + func.name + "` answers with a `" + to_string(part) + "`, which cannot be sent");
  }
}

void Checker::declare_every(ClassInfo& cls, const Decl& decl) {
  if (!has_handlers(*cls.cls)) return;  // reported by the parser
  const std::string name = cls.cls->name + ".every" + std::to_string(cls.cls->everys.size());
  HFunc* interval = new_func(HFunc::Kind::thunk, name + "$interval", nullptr, *cls.module, &cls);
  interval->has_body = true;
  interval->span = decl.init ? decl.init->span : decl.span;
  info(interval).init = decl.init;
  info(interval).result_type = basic(TypeKind::duration);
  HFunc* body = new_func(HFunc::Kind::every, name, &decl, *cls.module, &cls);
  cls.cls->everys.push_back({interval, body});
}

void Checker::declare_metadata(ClassInfo& cls, const Decl& decl) {
  if (cls.cls->kind == HClass::Kind::supervisor) return declare_option(cls, decl);
  const std::string name(decl.name.text);
  if (cls.cls->kind != HClass::Kind::agent) return;  // reported by the parser
  add_member(cls, decl.name.text, {Member::Kind::none, true, 0, nullptr, nullptr, nullptr, decl.name.span});
  const Expr* init = decl.init;
  std::string text;
  bool literal = init != nullptr;
  auto add = [&](const Expr* e) {
    while (e && e->kind == Expr::Kind::paren) e = e->a;
    if (e && (e->kind == Expr::Kind::string_lit)) {
      text += e->text;
    } else if (e && (e->kind == Expr::Kind::int_lit || e->kind == Expr::Kind::float_lit ||
                     e->kind == Expr::Kind::bool_lit || e->kind == Expr::Kind::duration_lit)) {
      text += cls.module->file->text(e->span);
    } else {
      literal = false;
    }
  };
  if (init && init->kind == Expr::Kind::list) {
    for (std::size_t i = 0; i < init->items.size(); ++i) {
      if (i) text += ',';
      add(init->items[i]);
    }
  } else if (init) {
    add(init);
  }
  if (!literal) {
    report(Code::constant_required, cls.module->file, init ? init->span : decl.span,
           "metadata `" + name + "` is not a literal", "write a string, a number or a list of strings");
    return;
  }
  cls.cls->metadata.emplace_back(name, std::move(text));
}

void Checker::declare_option(ClassInfo& cls, const Decl& decl) {
  const std::string_view name = decl.name.text;
  const Span span = decl.init ? decl.init->span : decl.span;
  auto invalid = [&](const std::string& message, std::string suggestion = {}) {
    report(Code::invalid_supervisor, cls.module->file, span, message, std::move(suggestion));
  };
  for (const HClass::Option& option : cls.cls->options) {
    if (option.name == name) return invalid("option `" + std::string(name) + "` is given twice");
  }
  HClass::Option option{name, {}, 0};
  const Expr* value = decl.init;
  if (name == "strategy") {
    option.word = word_of(decl);
    const std::vector<std::string_view> words = {"one_for_one", "one_for_all", "rest_for_one"};
    bool known = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] != option.word) continue;
      known = true;
      option.value = static_cast<std::int64_t>(i);
    }
    if (!known) {
      return invalid("no strategy `" + std::string(cls.module->file->text(span)) + "`",
                     "strategies: one_for_one, one_for_all, rest_for_one");
    }
  } else if (name == "intensity") {
    if (!value || value->kind != Expr::Kind::int_lit || value->int_value > 1'000'000) {
      return invalid("`intensity` is not a number of restarts", "write, for example, `intensity: 5;`");
    }
    option.value = static_cast<std::int64_t>(value->int_value);
  } else if (name == "period") {
    if (!value || value->kind != Expr::Kind::duration_lit || value->int_value == 0) {
      return invalid("`period` is not a duration", "write, for example, `period: 10s;`");
    }
    option.value = static_cast<std::int64_t>(value->int_value);
  } else {
    const std::string_view near = nearest_name(name, std::vector<std::string_view>{"strategy", "intensity", "period"});
    report(Code::invalid_supervisor, cls.module->file, decl.name.span,
           "no supervisor option `" + std::string(name) + "`",
           near.empty() ? "options: strategy, intensity, period" : "did you mean `" + std::string(near) + "`?");
    return;
  }
  cls.cls->options.push_back(option);
}

void Checker::declare_child(ClassInfo& cls, const Decl& decl) {
  HFunc* thunk = new_func(HFunc::Kind::thunk, cls.cls->name + ".$child" + std::to_string(cls.cls->children.size()),
                          nullptr, *cls.module, &cls);
  thunk->has_body = true;
  thunk->span = decl.span;
  FuncInfo& side = info(thunk);
  side.init = decl.init;
  side.options = decl.object;
  side.is_child = true;
  side.result_type = program.types.actor_ref(basic(TypeKind::any));
  cls.cls->children.push_back(thunk);
}

HClass* Checker::message_class(HFunc& handler) {
  if (handler.message_class) return handler.message_class;
  ensure_signature(handler);
  FuncInfo& side = info(handler);
  HClass* cls = new_class(HClass::Kind::record, handler.name, nullptr, *side.module);
  cls->tparams = handler.tparams;
  cls->self_type = program.types.object(cls, cls->tparams);
  ClassInfo& message = info(cls);
  message.header = message.members = message.checked = Stage::done;
  for (const HVar* param : handler.params) add_field(message, param->name, param->type, param->span);
  return handler.message_class = cls;
}

}  // namespace noodle::check
