// Construction of objects, records and enum values.
#include "runtime/lower/body.hpp"

namespace noodle::check {

HNode* Body::with_setup(std::vector<HNode*> setup, HNode* made) {
  if (setup.empty()) return made;
  setup.push_back(made);
  return seq(std::move(setup), made->type, made->span);
}

HNode* Body::new_expr(const Expr& e, const Type* hint) {
  if (!e.type || e.type->kind != TypeExpr::Kind::named) return error_node(e.span);
  // `new C(...)` is `C(...)`: the arguments may tell the type arguments.
  Expr path;
  path.kind = Expr::Kind::name;
  path.span = e.type->path.size() == 1 ? e.type->path[0].span : e.type->span;
  Expr module;
  if (e.type->path.size() == 2) {
    module.kind = Expr::Kind::name;
    module.text = e.type->path[0].text;
    module.span = e.type->path[0].span;
    path.kind = Expr::Kind::member;
    path.a = &module;
    path.name = e.type->path[1];
  } else if (e.type->path.size() == 1) {
    path.text = e.type->path[0].text;
  } else {
    resolve(e.type);
    return error_node(e.span);
  }
  const Ref ref = resolve_ref(path);
  if (ref.kind == Ref::Kind::error) return error_node(e.span);
  if (ref.kind == Ref::Kind::symbol && ref.symbol->kind == Symbol::Kind::class_) {
    return construct(*ref.symbol->cls, e.args, e.type->args, e.span, hint);
  }
  const Type* type = resolve(e.type);
  if (type->is(TypeKind::object)) return construct(*type->decl, e.args, {}, e.span, type, true);
  if (!type->is(TypeKind::error)) {
    report(Code::not_callable, e.type->span, "`" + to_string(type) + "` cannot be constructed");
  }
  return error_node(e.span);
}

HNode* Body::construct_builtin(HClass& cls, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args,
                               Span span, const Type* hint) {
  const TypeKind kind = checker_.info(&cls).builtin;
  const Type* type = nullptr;
  if (kind == TypeKind::list || kind == TypeKind::map || kind == TypeKind::set) {
    if (!type_args.empty()) {
      std::vector<const Type*> types;
      for (const TypeExpr* arg : type_args) types.push_back(resolve(arg));
      type = checker_.instantiate(&cls, std::move(types), module_->file, span);
    } else if (hint && hint->is(kind) && is_known(hint)) {
      type = hint;
    } else {
      report(Code::cannot_infer, span, "the type arguments of `" + cls.name + "` cannot be told from here",
             "write them: `" + cls.name + (kind == TypeKind::map ? "<String, int>()`" : "<int>()`"));
      return error_node(span);
    }
    if (args.empty()) return type->is(TypeKind::error) ? error_node(span) : zero(type, span);
    report(Code::wrong_argument_count, span, "`" + cls.name + "` takes no arguments",
           kind == TypeKind::list ? "use `[...]` or `list(n, value)`" : "start empty and add values");
    return error_node(span);
  }
  report(Code::not_callable, span, "`" + cls.name + "` cannot be constructed",
         kind == TypeKind::duration ? "write a literal such as `5s`, or multiply one" : "");
  return error_node(span);
}

HNode* Body::construct(HClass& cls, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args,
                       Span span, const Type* hint, bool exact) {
  ClassInfo& side = checker_.info(&cls);
  if (side.builtin != TypeKind::object) return construct_builtin(cls, args, type_args, span, hint);
  switch (cls.kind) {
    case HClass::Kind::class_:
    case HClass::Kind::record:
      break;
    case HClass::Kind::enum_:
      report(Code::not_callable, span, "enum `" + cls.name + "` is not called: its values are its cases",
             cls.decl && !cls.decl->cases.empty()
                 ? "write `" + cls.name + "." + std::string(cls.decl->cases[0].name.text) + "`"
                 : "");
      return error_node(span);
    case HClass::Kind::interface:
    case HClass::Kind::host:
      report(Code::not_callable, span, "interface `" + cls.name + "` cannot be constructed",
             "construct a class that implements it");
      return error_node(span);
    default:
      report(Code::not_callable, span, "actor `" + cls.name + "` is not called",
             "start it with `spawn " + cls.name + "(...)`");
      return error_node(span);
  }
  checker_.complete_members(side);
  checker_.check_class(side);
  if (cls.is_abstract) {
    std::string names;
    for (const Type* t = cls.self_type; t; t = t->decl->base) {
      for (const HFunc* method : t->decl->methods) {
        if (!method->is_abstract) continue;
        const MemberRef found = checker_.find_member(cls.self_type, method->decl->name.text);
        if (!found.member || found.member->func != method) continue;  // none: its declaration is broken
        names += (names.empty() ? "`" : ", `") + std::string(method->decl->name.text) + "`";
      }
    }
    report(Code::abstract_instance, span, "class `" + cls.name + "` is abstract: " + names + " has no body");
    return error_node(span);
  }
  checker_.ensure_constructor(side);
  Inference inference(checker_, cls.tparams);
  if (!type_args.empty() && !bind_type_args(inference, cls.tparams, type_args, cls.name, span)) return error_node(span);
  if (exact) {
    for (std::size_t i = 0; i < cls.tparams.size(); ++i) {
      if (!has_hole(hint->args[i])) inference.bind(cls.tparams[i], hint->args[i]);
    }
  }
  std::vector<Formal> formals;
  HFunc* constructor = cls.constructor;
  std::vector<FieldRef> fields;
  if (constructor) {
    const FuncInfo& made = checker_.info(constructor);
    for (std::size_t i = 0; i < constructor->params.size(); ++i) {
      const bool optional = made.params && i < made.params->size() && (*made.params)[i].init;
      formals.push_back(
          {constructor->params[i]->name, constructor->params[i]->type, optional, checker_.place_of(*constructor, i)});
    }
  } else {
    if (cls.base) {
      for (const Type* t = cls.base; t; t = t->decl->base) checker_.complete_members(checker_.info(t->decl));
    }
    fields = all_fields(checker_.program.types, cls.self_type);
    for (const FieldRef& ref : fields) {
      const HField& field = *ref.field;
      formals.push_back({field.name, ref.type, !field.required, {field.owner->file, field.span}});
    }
  }
  const std::string_view name = cls.decl ? cls.decl->name.text : std::string_view(cls.name);
  std::vector<HNode*> setup;
  bool failed = false;
  const bool positional = constructor || cls.kind == HClass::Kind::record;
  std::vector<HNode*> kids =
      arguments(formals, args, name, inference, cls.self_type, hint, span, positional, setup, failed);
  if (failed) return error_node(span);
  if (!inference.empty() && !finish_inference(inference, name, span)) return error_node(span);
  const Type* type = inference.apply(cls.self_type);
  checker_.use_class(type);
  HNode* n = node(constructor ? HOp::new_object : HOp::new_fields, type, span);
  n->targs = type->args;
  if (constructor) {
    fill_defaults(*constructor, kids, type->args, span);
    checker_.reference(constructor);
    n->func = constructor;
    const HNode* code = kids.empty() ? nullptr : kids[0];
    if (&cls == checker_.program.error_class && code && code->op == HOp::const_int &&
        (code->ival < 1001 || code->ival > 9999)) {
      report(Code::invalid_throw_code, code->span,
             "error code " + std::to_string(code->ival) + " is not in 1001 to 9999");
    }
  } else {
    for (const FieldRef& ref : fields) {
      if (ref.field->init) checker_.reference(ref.field->init);
    }
  }
  n->kids = std::move(kids);
  return with_setup(std::move(setup), n);
}

HNode* Body::construct_case(HClass& cls, std::uint32_t index, const std::vector<lang::Arg>& args, bool called,
                            Span span, const Type* hint) {
  const HCase& c = cls.cases[index];
  const std::string name = cls.name + "." + std::string(c.name);
  if (!called && !c.fields.empty()) {
    std::string fields;
    for (const HField& field : c.fields)
      fields += (fields.empty() ? "" : ", ") + std::string(field.name) + ": " + to_string(field.type);
    report(Code::missing_argument, span, "case `" + name + "` carries values", "write `" + name + "(" + fields + ")`");
    return error_node(span);
  }
  Inference inference(checker_, cls.tparams);
  std::vector<Formal> formals;
  for (const HField& field : c.fields) formals.push_back({field.name, field.type, false, {cls.file, field.span}});
  std::vector<HNode*> setup;
  bool failed = false;
  std::vector<HNode*> kids = arguments(formals, args, name, inference, cls.self_type, hint, span, true, setup, failed);
  if (failed) return error_node(span);
  if (!inference.empty() && !finish_inference(inference, name, span)) return error_node(span);
  const Type* type = inference.apply(cls.self_type);
  if (cls.scalar_enum) return const_int(index, type, span);
  HNode* n = node(HOp::new_enum, type, span);
  n->case_index = index;
  n->kids = std::move(kids);
  return with_setup(std::move(setup), n);
}

}  // namespace noodle::check
