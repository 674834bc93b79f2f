// Classes: bases, interfaces, lookup of members and the subtype relation.
#include <algorithm>

#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

bool has_decl(const Decl& decl, Decl::Kind kind) {
  return std::any_of(decl.members.begin(), decl.members.end(),
                     [&](const Decl* member) { return member->kind == kind; });
}

}  // namespace

void Checker::resolve_base(ClassInfo& cls, const TypeExpr& written) {
  const Type* type = resolve_any(&written, scope_of(cls));
  if (type->is(TypeKind::error)) return;
  const bool is_class = type->is(TypeKind::object) && type->decl->kind == HClass::Kind::class_;
  if (cls.cls->kind != HClass::Kind::class_ || !is_class || info(type->decl).module->is_prelude) {
    const bool interface = type->is(TypeKind::object) && type->decl->kind == HClass::Kind::interface;
    report(Code::invalid_base, cls.module->file, written.span,
           "`" + cls.cls->name + "` cannot extend `" + to_string(type) + "`",
           interface ? "interfaces are implemented: write `implements`" : "only classes extend classes");
    return;
  }
  ClassInfo& base = info(type->decl);
  complete_header(base);
  for (const Type* t = type; t; t = t->decl->base) {
    if (t->decl != cls.cls) continue;
    report(Code::cyclic_type, cls.module->file, written.span, "class `" + cls.cls->name + "` extends itself");
    return;
  }
  base.is_extended = true;
  base.cls->is_final = false;
  cls.cls->base = type;
}

void Checker::resolve_interface(ClassInfo& cls, const TypeExpr& written) {
  const Type* type = resolve_any(&written, scope_of(cls));
  if (type->is(TypeKind::error)) return;
  if (!type->is(TypeKind::object) || type->decl->kind != HClass::Kind::interface) {
    report(Code::invalid_base, cls.module->file, written.span,
           "`" + cls.cls->name + "` cannot implement `" + to_string(type) + "`, which is not an interface",
           type->is(TypeKind::object) && type->decl->kind == HClass::Kind::class_
               ? "classes are extended: write `extends`"
               : "");
    return;
  }
  ClassInfo& other = info(type->decl);
  if (other.header == Stage::busy || type->decl == cls.cls) {
    report(Code::cyclic_type, cls.module->file, written.span, "interface `" + to_string(type) + "` extends itself");
    return;
  }
  complete_header(other);
  cls.cls->interfaces.push_back(type);
}

void Checker::complete_header(ClassInfo& cls) {
  if (cls.header != Stage::todo) return;
  const Decl* decl = cls.cls->decl;
  DepthGuard guard(depth_);
  if (guard.too_deep()) {
    report(Code::nesting_too_deep, cls.module->file, decl->name.span, "chain of base classes is too long");
    cls.header = Stage::done;
    return;
  }
  cls.header = Stage::busy;
  if (decl) {
    if (!decl->type_params.empty()) resolve_bounds(decl->type_params, cls.cls->tparams, 0, scope_of(cls));
    if (decl->base) {
      if (cls.cls->kind == HClass::Kind::interface) {
        resolve_interface(cls, *decl->base);
      } else {
        resolve_base(cls, *decl->base);
      }
    }
    for (const TypeExpr* interface : decl->interfaces) resolve_interface(cls, *interface);
    const HClass::Kind kind = cls.cls->kind;
    const bool process = kind == HClass::Kind::actor || kind == HClass::Kind::agent || kind == HClass::Kind::supervisor;
    if (kind == HClass::Kind::class_) {
      const bool own = decl->has_header || has_decl(*decl, Decl::Kind::constructor);
      cls.inherits_constructor = !own && cls.cls->base && info(cls.cls->base->decl).has_constructor;
      cls.has_constructor = own || cls.inherits_constructor;
    } else {
      cls.has_constructor = process;
    }
  }
  cls.header = Stage::done;
}

HClass* Checker::class_of(const Type* type) const {
  return type->decl ? type->decl : builtin_classes_[static_cast<std::size_t>(type->kind)];
}

MemberRef Checker::find_member(const Type* type, std::string_view name) {
  if (type->is(TypeKind::param)) return type->bound ? find_member(type->bound, name) : MemberRef{};
  for (const Type* t = type; t;) {
    HClass* cls = class_of(t);
    if (!cls) return {};
    ClassInfo& side = info(cls);
    complete_members(side);
    if (const auto it = side.by_name.find(name); it != side.by_name.end()) return {&it->second, t};
    t = cls->base ? (t->args.empty() ? cls->base : subst(cls->base, substitution(t))) : nullptr;
  }
  const HClass* cls = class_of(type);
  if (cls->interfaces.empty() && !cls->base) return {};
  for (const Type* interface : all_interfaces(type)) {
    ClassInfo& side = info(interface->decl);
    complete_members(side);
    if (const auto it = side.by_name.find(name); it != side.by_name.end()) return {&it->second, interface};
  }
  return {};
}

std::vector<const Type*> Checker::all_interfaces(const Type* type) {
  std::vector<const Type*> found;
  auto add = [&](const Type* interface) {
    if (std::find(found.begin(), found.end(), interface) == found.end()) found.push_back(interface);
  };
  for (const Type* t = type; t && t->decl;) {
    complete_header(info(t->decl));
    const Substitution s = substitution(t);
    for (const Type* interface : t->decl->interfaces) add(subst(interface, s));
    t = t->decl->base ? subst(t->decl->base, s) : nullptr;
  }
  for (std::size_t i = 0; i < found.size() && i < 1000; ++i) {
    complete_header(info(found[i]->decl));
    const Substitution s = substitution(found[i]);
    for (const Type* interface : found[i]->decl->interfaces) add(subst(interface, s));
  }
  return found;
}

std::vector<std::string_view> Checker::member_names(const Type* type, bool with_private) {
  std::vector<std::string_view> names;
  if (type->is(TypeKind::param)) return type->bound ? member_names(type->bound) : names;
  auto add = [&](HClass* cls) {
    ClassInfo& side = info(cls);
    complete_members(side);
    const std::size_t start = names.size();
    for (const auto& [name, member] : side.by_name) {
      if (!member.is_private || with_private) names.push_back(name);
    }
    std::sort(names.begin() + static_cast<std::ptrdiff_t>(start), names.end());
  };
  for (const HClass* cls = class_of(type); cls; cls = cls->base ? cls->base->decl : nullptr)
    add(const_cast<HClass*>(cls));
  if (type->decl) {
    for (const Type* interface : all_interfaces(type)) add(interface->decl);
  }
  return names;
}

bool Checker::is_subtype(const Type* from, const Type* to) {
  if (from == to) return true;
  if (!to->is(TypeKind::object)) return false;
  if (from->is(TypeKind::param)) return from->bound && is_subtype(from->bound, to);
  if (!from->decl) return false;
  if (to->decl->kind == HClass::Kind::interface) {
    const std::vector<const Type*> all = all_interfaces(from);
    return std::find(all.begin(), all.end(), to) != all.end();
  }
  for (const Type* t = from; t;) {
    complete_header(info(t->decl));
    if (!t->decl->base) return false;
    t = t->args.empty() ? t->decl->base : subst(t->decl->base, substitution(t));
    if (t == to) return true;
  }
  return false;
}

std::vector<FieldRef> all_fields(TypeTable& types, const Type* object_type) {
  std::vector<const Type*> chain;
  for (const Type* t = object_type; t && t->decl;) {
    chain.push_back(t);
    const HClass& cls = *t->decl;
    if (!cls.base) break;
    Substitution s;
    for (std::size_t i = 0; i < cls.tparams.size(); ++i) s[cls.tparams[i]] = t->args[i];
    t = types.substitute(cls.base, s);
  }
  std::vector<FieldRef> fields;
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
    const HClass& cls = *(*it)->decl;
    Substitution s;
    for (std::size_t i = 0; i < cls.tparams.size(); ++i) s[cls.tparams[i]] = (*it)->args[i];
    for (const HField& field : cls.fields) fields.push_back({&field, types.substitute(field.type, s)});
  }
  return fields;
}

}  // namespace noodle::check
