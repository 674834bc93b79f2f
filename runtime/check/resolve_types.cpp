// From types as written to semantic types.
#include <algorithm>

#include "runtime/base/suggest.hpp"
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

struct GenericBuiltin {
  std::string_view name;
  TypeKind kind;
  std::size_t arity;
};

constexpr GenericBuiltin kGenericBuiltins[] = {{"List", TypeKind::list, 1},
                                               {"Map", TypeKind::map, 2},
                                               {"Set", TypeKind::set, 1},
                                               {"ActorRef", TypeKind::actor_ref, 1}};

std::string path_text(const TypeExpr& type) {
  std::string text;
  for (const lang::Name& part : type.path) {
    if (!text.empty()) text += '.';
    text += part.text;
  }
  return text;
}

bool is_actor_kind(const Type* type) {
  if (!type->is(TypeKind::object)) return false;
  const HClass::Kind kind = type->decl->kind;
  return kind == HClass::Kind::actor || kind == HClass::Kind::agent || kind == HClass::Kind::supervisor;
}

}  // namespace

const Type* Checker::resolve(const TypeExpr* type, const TypeScope& scope) {
  const Type* resolved = resolve_any(type, scope);
  if (is_actor_kind(resolved)) {
    const std::string name = to_string(resolved);
    report(Code::not_a_type, scope.module->file, type->span, "`" + name + "` is an actor, not a type of values",
           "actors are held as `ActorRef<" + name + ">`");
    return basic(TypeKind::error);
  }
  if (resolved->is(TypeKind::void_)) {
    report(Code::not_a_type, scope.module->file, type->span, "`void` is not a type of values");
    return basic(TypeKind::error);
  }
  return resolved;
}

const Type* Checker::resolve_result(const TypeExpr* type, const TypeScope& scope) {
  if (!type) return basic(TypeKind::void_);
  if (type->kind == TypeExpr::Kind::named && type->path.size() == 1 && type->path[0].text == "void") {
    return basic(TypeKind::void_);
  }
  return resolve(type, scope);
}

const Type* Checker::resolve_any(const TypeExpr* type, const TypeScope& scope) {
  const Type* error = basic(TypeKind::error);
  if (!type) return error;
  switch (type->kind) {
    case TypeExpr::Kind::error:
      return error;
    case TypeExpr::Kind::nullable:
      return program.types.nullable(resolve(type->inner, scope));
    case TypeExpr::Kind::func: {
      std::vector<const Type*> params;
      for (const TypeExpr* param : type->args) params.push_back(resolve(param, scope));
      return program.types.func(std::move(params), resolve_result(type->inner, scope));
    }
    case TypeExpr::Kind::named:
      return resolve_named(*type, scope);
  }
  return error;
}

const Type* Checker::resolve_named(const TypeExpr& type, const TypeScope& scope) {
  const Type* error = basic(TypeKind::error);
  ModuleInfo& module = *scope.module;
  if (type.path.empty()) return error;
  const std::string_view name = type.path[0].text;
  auto no_arguments = [&](const Type* plain) -> const Type* {
    if (type.args.empty()) return plain;
    report(Code::wrong_type_argument_count, module.file, type.span,
           "`" + path_text(type) + "` takes no type arguments, " + std::to_string(type.args.size()) + " given");
    return error;
  };
  Symbol* symbol = nullptr;
  if (type.path.size() == 1) {
    for (auto it = scope.params.rbegin(); it != scope.params.rend(); ++it) {
      if (it->first != name) continue;
      if (const auto at = param_places_.find(it->second); at != param_places_.end())
        note_use(module, type.path[0].span, at->second);
      return no_arguments(it->second);
    }
    if (scope.self && name == "Self") return no_arguments(scope.self);
    if (scope.self && name == "Old" && type.args.size() == 1) return resolve_any(type.args[0], scope);
    if (const auto it = module.names.find(name); it != module.names.end()) symbol = it->second;
    if (!symbol || module.is_prelude) {
      if (const Type* plain = builtin_type(name)) {
        note_type_use(module, type.path[0].span, plain);
        return no_arguments(plain);
      }
      for (const GenericBuiltin& row : kGenericBuiltins) {
        if (row.name != name) continue;
        const Type* built = resolve_builtin(type, row.kind, row.arity, scope);
        note_type_use(module, type.path[0].span, built);
        return built;
      }
    }
    if (!symbol) symbol = find_symbol(module, name);
  } else {
    const auto it = module.names.find(name);
    if (it == module.names.end() || it->second->kind != Symbol::Kind::import) {
      report(Code::unknown_type, module.file, type.path[0].span,
             "no module `" + std::string(name) + "` is imported here");
      return error;
    }
    ModuleInfo* target = it->second->target;
    note_use(module, type.path[0].span, place_of(*it->second));
    if (!target) return error;
    const lang::Name& last = type.path[1];
    note_receiver(module, last.span, *target);
    const auto found = target->names.find(last.text);
    if (type.path.size() > 2 || found == target->names.end() || found->second->kind == Symbol::Kind::import) {
      const std::string_view near = nearest_name(last.text, visible_exports(*target));
      report(Code::unknown_type, module.file, last.span, "no type `" + path_text(type) + "`",
             near.empty() ? "" : "did you mean `" + std::string(name) + "." + std::string(near) + "`?");
      return error;
    }
    symbol = found->second;
    if (!symbol->is_export) {
      report(Code::not_exported, module.file, last.span, "`" + path_text(type) + "` is not exported by its module",
             "write `export` before its declaration");
      return error;
    }
  }
  if (!symbol) {
    std::vector<std::string_view> names = visible_names(module, true);
    for (const auto& [param, unused] : scope.params) names.push_back(param);
    for (const GenericBuiltin& row : kGenericBuiltins) names.push_back(row.name);
    const std::string_view near = nearest_name(name, names);
    auto& diagnostic = report(Code::unknown_type, module.file, type.path[0].span, "no type `" + std::string(name) + "`",
                              near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
    if (!near.empty()) diagnostic.fixes.push_back({type.path[0].span, std::string(near)});
    return error;
  }
  note_use(module, type.path.back().span, place_of(*symbol));
  std::vector<const Type*> args;
  for (const TypeExpr* arg : type.args) args.push_back(resolve(arg, scope));
  switch (symbol->kind) {
    case Symbol::Kind::class_:
      return instantiate(symbol->cls, std::move(args), module.file, type.span);
    case Symbol::Kind::alias: {
      const Type* target = resolve_alias(*symbol);
      if (target->is(TypeKind::error)) return target;
      if (args.size() != symbol->tparams.size()) {
        report(Code::wrong_type_argument_count, module.file, type.span,
               "`" + path_text(type) + "` takes " + std::to_string(symbol->tparams.size()) + " type arguments, " +
                   std::to_string(args.size()) + " given");
        return error;
      }
      Substitution s;
      for (std::size_t i = 0; i < args.size(); ++i) s[symbol->tparams[i]] = args[i];
      return subst(target, s);
    }
    default:
      report(Code::not_a_type, module.file, type.span, "`" + path_text(type) + "` is not a type");
      return error;
  }
}

const Type* Checker::resolve_builtin(const TypeExpr& type, TypeKind kind, std::size_t arity, const TypeScope& scope) {
  if (type.args.size() != arity) {
    report(Code::wrong_type_argument_count, scope.module->file, type.span,
           "`" + path_text(type) + "` takes " + std::to_string(arity) +
               (arity == 1 ? " type argument, " : " type arguments, ") + std::to_string(type.args.size()) + " given",
           kind == TypeKind::actor_ref ? "write `ActorRef<any>` for any actor" : "");
    return basic(TypeKind::error);
  }
  if (kind == TypeKind::actor_ref) {
    const Type* actor = resolve_any(type.args[0], scope);
    const bool fits = actor->is(TypeKind::error) || actor->is(TypeKind::any) || actor->is(TypeKind::param) ||
                      is_actor_kind(actor) ||
                      (actor->is(TypeKind::object) && actor->decl->kind == HClass::Kind::interface);
    if (fits) return program.types.actor_ref(actor);
    report(Code::not_a_type, scope.module->file, type.args[0]->span, "`" + to_string(actor) + "` is not an actor",
           "ActorRef takes an actor, an agent, a supervisor, an interface or `any`");
    return basic(TypeKind::error);
  }
  const Type* first = resolve(type.args[0], scope);
  if (kind == TypeKind::list) return program.types.list(first);
  require_key(first, scope.module->file, type.args[0]->span);
  if (kind == TypeKind::set) return program.types.set(first);
  return program.types.map(first, resolve(type.args[1], scope));
}

const Type* Checker::resolve_alias(Symbol& symbol) {
  if (symbol.stage == Stage::done) return symbol.type;
  const Decl& decl = *symbol.decl;
  DepthGuard guard(depth_);
  if (symbol.stage == Stage::busy || guard.too_deep()) {
    report(symbol.stage == Stage::busy ? Code::cyclic_type : Code::nesting_too_deep, symbol.module->file, symbol.span,
           symbol.stage == Stage::busy ? "type `" + std::string(symbol.name) + "` refers to itself"
                                       : "chain of type aliases is too long");
    symbol.type = basic(TypeKind::error);
    return symbol.type;
  }
  symbol.stage = Stage::busy;
  TypeScope scope{symbol.module, {}, nullptr};
  symbol.tparams = make_tparams(decl.type_params, &symbol, 0, scope);
  resolve_bounds(decl.type_params, symbol.tparams, 0, scope);
  const Type* type = resolve_any(decl.type, scope);
  if (!symbol.type) symbol.type = type;
  symbol.stage = Stage::done;
  return symbol.type;
}

std::vector<const Type*> Checker::make_tparams(const std::vector<lang::TypeParam>& decls, const void* owner,
                                               std::uint32_t first, TypeScope& scope) {
  std::vector<const Type*> params;
  for (const lang::TypeParam& decl : decls) {
    for (const auto& [name, other] : scope.params) {
      if (name == decl.name.text) {
        report(Code::duplicate_name, scope.module->file, decl.name.span,
               "type parameter `" + std::string(name) + "` is declared twice");
      }
    }
    const Type* param = program.types.param(owner, first + static_cast<std::uint32_t>(params.size()),
                                            std::string(decl.name.text), nullptr);
    params.push_back(param);
    if (options.references) param_places_[param] = {scope.module->file, decl.name.span};
    scope.params.emplace_back(decl.name.text, param);
  }
  return params;
}

void Checker::resolve_bounds(const std::vector<lang::TypeParam>& decls, const std::vector<const Type*>& tparams,
                             std::size_t from, const TypeScope& scope) {
  for (std::size_t i = 0; i < decls.size(); ++i) {
    if (!decls[i].bound) continue;
    const Type* bound = resolve(decls[i].bound, scope);
    if (bound->is(TypeKind::error)) continue;
    if (!bound->is(TypeKind::object) || bound->decl->kind != HClass::Kind::interface) {
      report(Code::not_a_type, scope.module->file, decls[i].bound->span,
             "`" + to_string(bound) + "` is not an interface", "the bound of a type parameter is an interface");
      continue;
    }
    // The table hands out parameters before their bounds are known, because a bound may mention the parameter.
    const_cast<Type*>(tparams[from + i])->bound = bound;
  }
}

const Type* Checker::instantiate(HClass* cls, std::vector<const Type*> args, const lang::SourceFile* file, Span span) {
  if (args.size() != cls->tparams.size()) {
    report(Code::wrong_type_argument_count, file, span,
           "`" + cls->name + "` takes " + std::to_string(cls->tparams.size()) +
               (cls->tparams.size() == 1 ? " type argument, " : " type arguments, ") + std::to_string(args.size()) +
               " given");
    return basic(TypeKind::error);
  }
  if (args.empty()) return cls->self_type;
  const TypeKind builtin = info(cls).builtin;
  if (builtin != TypeKind::object) {
    switch (builtin) {
      case TypeKind::list:
        return program.types.list(args[0]);
      case TypeKind::set:
        require_key(args[0], file, span);
        return program.types.set(args[0]);
      case TypeKind::map:
        require_key(args[0], file, span);
        return program.types.map(args[0], args[1]);
      case TypeKind::actor_ref:
        return program.types.actor_ref(args[0]);
      default:
        return cls->self_type;
    }
  }
  for (std::size_t i = 0; i < args.size(); ++i) note_instantiation(cls->tparams[i], args[i], file, span);
  pending_bounds_.push_back({cls, args, file, span});
  if (headers_done_) check_pending_bounds();
  return program.types.object(cls, std::move(args));
}

void Checker::check_pending_bounds() {
  while (!pending_bounds_.empty()) {
    const PendingBounds pending = std::move(pending_bounds_.back());
    pending_bounds_.pop_back();
    complete_header(info(pending.cls));
    Substitution s;
    for (std::size_t i = 0; i < pending.args.size(); ++i) s[pending.cls->tparams[i]] = pending.args[i];
    for (std::size_t i = 0; i < pending.args.size(); ++i) {
      check_bound(pending.cls->tparams[i], pending.args[i], s, pending.file, pending.span);
    }
  }
}

bool Checker::check_bound(const Type* param, const Type* arg, const Substitution& s, const lang::SourceFile* file,
                          Span span) {
  if (!param->bound || arg->has_error) return true;
  const Type* bound = subst(param->bound, s);
  if (is_subtype(arg, bound)) return true;
  report(Code::bound_not_satisfied, file, span,
         "`" + to_string(arg) + "` does not implement `" + to_string(bound) + "`, which type parameter `" +
             param->name + "` needs");
  return false;
}

TypeScope Checker::scope_of(ClassInfo& owner) {
  TypeScope scope{owner.module, {}, owner.cls->self_type};
  for (const Type* param : owner.cls->tparams) scope.params.emplace_back(param->name, param);
  return scope;
}

TypeScope Checker::scope_of(HFunc& func) {
  FuncInfo& side = info(func);
  TypeScope scope{side.module, {}, func.owner ? func.owner->self_type : nullptr};
  for (const Type* param : func.tparams) scope.params.emplace_back(param->name, param);
  return scope;
}

Substitution Checker::substitution(const Type* type) {
  Substitution s;
  const HClass* cls = class_of(type);
  if (!cls) return s;
  const std::size_t count = std::min(cls->tparams.size(), type->args.size());
  for (std::size_t i = 0; i < count; ++i) s[cls->tparams[i]] = type->args[i];
  return s;
}

}  // namespace noodle::check
