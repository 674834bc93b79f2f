// Bodies of constructors: header parameters, base constructor, field initialisers, written body; in this order.
#include "runtime/lower/body.hpp"

namespace noodle::check {

HNode* Body::constructor_body() {
  HClass& cls = *func_.owner;
  ClassInfo& side = checker_.info(&cls);
  const Span span = func_.span;
  std::vector<HNode*> out;
  auto self = [&] { return read(func_.self, span); };
  if (side.inherits_constructor) {
    ClassInfo& base = checker_.info(cls.base->decl);
    if (HFunc* constructor = base.cls->constructor) {
      checker_.reference(constructor);
      HNode* call =
          node(HOp::call, void_type(), span,
               {checker_.is_subtype(cls.self_type, cls.base) ? node(HOp::upcast, cls.base, span, {self()}) : self()});
      for (HVar* param : func_.params) call->kids.push_back(read(param, span));
      call->func = constructor;
      call->targs = cls.base->args;
      out.push_back(node(HOp::expr, void_type(), span, {call}));
    }
    for (const HField& field : cls.fields) {
      if (!field.required) continue;
      report(Code::uninitialised, field.span,
             "field `" + std::string(field.name) + "` of type `" + to_string(field.type) + "` is never set",
             "give it an initialiser, or write a constructor");
    }
    initialise_fields(out);
    return block(std::move(out), span);
  }
  enter(func_);
  if (!side.constructor_decl) {
    // Header parameters are the first fields.
    for (std::size_t i = 0; i < func_.params.size() && i < cls.fields.size(); ++i) {
      HNode* set = node(HOp::set_field, void_type(), span, {self(), read(func_.params[i], span)});
      set->field = &cls.fields[i];
      out.push_back(statement(set));
    }
    if (HNode* super = implicit_super(span)) out.push_back(super);
    initialise_fields(out);
    for (std::size_t i = func_.params.size(); i < cls.fields.size(); ++i) {
      const HField& field = cls.fields[i];
      if (!field.required) continue;
      report(Code::uninitialised, field.span,
             "field `" + std::string(field.name) + "` of type `" + to_string(field.type) + "` is never set",
             "give it an initialiser, make it a header parameter, or make it nullable");
    }
    return block(std::move(out), span);
  }
  if (!side.constructor_decl->body) return error_node(span);  // a syntax error
  const Stmt& body = *side.constructor_decl->body;
  // `super(args)` runs before the initialisers; it can only be the first statement.
  std::size_t first = 0;
  open_scope();
  const Stmt* start = body.body.empty() ? nullptr : body.body.front();
  const bool calls_super = start && start->kind == Stmt::Kind::expr && start->a && start->a->kind == Expr::Kind::call &&
                           start->a->a && start->a->a->kind == Expr::Kind::super;
  if (calls_super) {
    first = 1;
    if (!cls.base) {
      report(Code::invalid_constructor, start->span, "`super(...)` in `" + cls.name + "`, which extends no class");
    } else {
      ClassInfo& base = checker_.info(cls.base->decl);
      checker_.ensure_constructor(base);
      if (base.cls->constructor) {
        HNode* object = node(HOp::upcast, cls.base, span, {self()});
        HNode* call =
            invoke({base.cls->constructor, object, cls.base, true}, start->a->args, {}, start->a->span, nullptr);
        out.push_back(node(HOp::expr, void_type(), start->span, {call}));
      } else if (!start->a->args.empty()) {
        report(Code::wrong_argument_count, start->span,
               "base class `" + to_string(cls.base) + "` has no constructor, so super() takes no arguments");
      }
    }
  } else if (HNode* super = implicit_super(span)) {
    out.push_back(super);
  }
  for (const FieldRef& field : all_fields(checker_.program.types, cls.self_type)) {
    const bool from_base_constructor = field.field->owner != &cls && checker_.info(field.field->owner).has_constructor;
    if (field.field->required && !from_base_constructor) required_.push_back(field.field);
  }
  env_.assigned_fields.assign(required_.size(), false);
  initialise_fields(out);
  const std::vector<Stmt*> rest(body.body.begin() + static_cast<std::ptrdiff_t>(first), body.body.end());
  statements(rest, out);
  close_scope();
  if (env_.reachable) require_fields(side.constructor_decl->span, env_);
  return block(std::move(out), body.span);
}

HNode* Body::implicit_super(Span span) {
  HClass& cls = *func_.owner;
  if (!cls.base) return nullptr;
  ClassInfo& base = checker_.info(cls.base->decl);
  checker_.ensure_constructor(base);
  HFunc* constructor = base.cls->constructor;
  if (!constructor) return nullptr;
  const FuncInfo& side = checker_.info(constructor);
  for (std::size_t i = 0; i < constructor->params.size(); ++i) {
    if (side.params && i < side.params->size() && (*side.params)[i].init) continue;
    report(Code::invalid_constructor, span, "base class `" + to_string(cls.base) + "` needs arguments",
           checker_.info(&cls).constructor_decl
               ? "begin the constructor with `super(" + std::string(constructor->params[i]->name) + ": ...)`"
               : "write a constructor that begins with `super(...)` instead of header parameters");
    return nullptr;
  }
  HNode* object = node(HOp::upcast, cls.base, span, {read(func_.self, span)});
  HNode* call = invoke({constructor, object, cls.base, true}, {}, {}, span, nullptr);
  return node(HOp::expr, void_type(), span, {call});
}

void Body::initialise_fields(std::vector<HNode*>& out) {
  HClass& cls = *func_.owner;
  ClassInfo& side = checker_.info(&cls);
  // Fields of bases without a constructor are initialised here: nobody else does it.
  for (const Type* t = cls.base; t;
       t = t->decl->base ? checker_.subst(t->decl->base, checker_.substitution(t)) : nullptr) {
    if (checker_.info(t->decl).has_constructor) break;
    for (const FieldRef& ref : all_fields(checker_.program.types, cls.self_type)) {
      if (ref.field->owner != t->decl) continue;
      HNode* initial = zero(ref.type, func_.span);
      if (ref.field->init) {
        checker_.ensure_signature(*ref.field->init);
        checker_.reference(ref.field->init);
        initial =
            node(HOp::call, ref.type, func_.span, {node(HOp::upcast, t, func_.span, {read(func_.self, func_.span)})});
        initial->func = ref.field->init;
        initial->targs = t->args;
      }
      if (!initial || initial->op == HOp::const_null || (initial->op == HOp::const_int && initial->ival == 0)) continue;
      HNode* set = node(HOp::set_field, void_type(), func_.span, {read(func_.self, func_.span), initial});
      set->field = ref.field;
      out.push_back(statement(set));
    }
  }
  const std::size_t header = side.constructor_decl || side.inherits_constructor ? 0 : func_.params.size();
  std::size_t next = 0;
  for (std::size_t i = header; i < cls.fields.size(); ++i) {
    HField& field = cls.fields[i];
    HNode* initial = nullptr;
    while (next < side.field_inits.size() && side.field_inits[next].first->index < field.index) ++next;
    if (field.init) {
      checker_.ensure_signature(*field.init);
      checker_.reference(field.init);
      initial = node(HOp::call, field.type, field.span, {read(func_.self, field.span)});
      initial->func = field.init;
      initial->targs = cls.self_type->args;
    } else if (next < side.field_inits.size() && side.field_inits[next].first == &field) {
      // Parameters of a written constructor are not in scope of the initialisers.
      std::unordered_map<std::string_view, Local*> hidden;
      if (side.constructor_decl) names_.swap(hidden);
      initial = value_as(*side.field_inits[next].second, field.type, {"field `%a`", field.name});
      if (side.constructor_decl) names_.swap(hidden);
    } else {
      initial = zero(field.type, field.span);
      // New objects are filled with zero bits, which is null, 0, 0.0 and false.
      if (!initial || (initial->op == HOp::const_int && initial->ival == 0) || initial->op == HOp::const_null ||
          initial->op == HOp::const_float) {
        continue;
      }
    }
    HNode* set = node(HOp::set_field, void_type(), initial->span, {read(func_.self, initial->span), initial});
    set->field = &field;
    out.push_back(statement(set));
  }
}

void Body::require_fields(Span span, const Env& env) {
  for (std::size_t i = 0; i < required_.size(); ++i) {
    if (i < env.assigned_fields.size() && env.assigned_fields[i]) continue;
    report(Code::uninitialised, span,
           "the constructor of `" + func_.owner->name + "` can end without setting field `" +
               std::string(required_[i]->name) + "` of type `" + to_string(required_[i]->type) + "`",
           "set it on every path, or make it nullable");
    return;
  }
}

}  // namespace noodle::check
