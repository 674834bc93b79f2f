// Overrides, implementations of interfaces and which classes are abstract.
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

std::string signature_text(const HFunc& func, TypeTable& types, const Substitution& s) {
  std::string text = "func " + std::string(func.decl->name.text) + "(";
  for (std::size_t i = 0; i < func.params.size(); ++i) {
    if (i) text += ", ";
    text += std::string(func.params[i]->name) + ": " + to_string(types.substitute(func.params[i]->type, s));
  }
  text += ")";
  if (!func.result->is(TypeKind::void_)) text += ": " + to_string(types.substitute(func.result, s));
  return text;
}

bool same_signature(const HFunc& mine, const HFunc& other, TypeTable& types, const Substitution& s) {
  if (mine.params.size() != other.params.size()) return false;
  auto same = [&](const Type* a, const Type* b) {
    b = types.substitute(b, s);
    return a == b || a->has_error || b->has_error;
  };
  for (std::size_t i = 0; i < mine.params.size(); ++i) {
    if (!same(mine.params[i]->type, other.params[i]->type)) return false;
  }
  return same(mine.result, other.result);
}

}  // namespace

void Checker::check_override(ClassInfo& cls, HFunc& method) {
  const MemberRef inherited = find_member(cls.cls->base, method.decl->name.text);
  if (!inherited) return;
  const Member& member = *inherited.member;
  if (member.kind != Member::Kind::method || !member.func->owner) {
    report(Code::duplicate_name, cls.module->file, method.span,
           "`" + method.name + "` has the name of a member of base class `" + to_string(inherited.owner) + "`");
    return;
  }
  if (inherited.owner->decl->kind == HClass::Kind::interface || member.is_private) return;
  HFunc& base = *member.func;
  ensure_signature(base);
  if (info(base).own_tparams || info(method).own_tparams) {
    report(Code::generic_virtual, cls.module->file, method.span, "`" + method.name + "` overrides a generic method");
    return;
  }
  const Substitution s = substitution(inherited.owner);
  if (!same_signature(method, base, program.types, s)) {
    auto& diagnostic = report(Code::override_mismatch, cls.module->file, method.span,
                              "`" + method.name + "` overrides `" + base.name + "` with another signature",
                              "write `" + signature_text(base, program.types, s) + "`");
    diagnostic.note = "overridden here";
    diagnostic.note_file = base.file;
    diagnostic.note_span = base.span;
    return;
  }
  note_related(place_of(method), place_of(base));
  method.overrides = &base;
  method.is_virtual = true;
  for (HFunc* f = &base; f; f = f->overrides) f->is_virtual = true;
}

void Checker::check_interface(ClassInfo& cls, const Type* interface) {
  ClassInfo& side = info(interface->decl);
  complete_members(side);
  const Substitution s = substitution(interface);
  for (HFunc* wanted : interface->decl->methods) {
    ensure_signature(*wanted);
    const MemberRef found = find_member(cls.cls->self_type, wanted->decl->name.text);
    const bool is_method =
        found && (found.member->kind == Member::Kind::method || found.member->kind == Member::Kind::handler) &&
        found.member->func->owner;
    if (!is_method || found.owner->decl->kind == HClass::Kind::interface) {
      if (cls.cls->is_abstract) continue;
      report(Code::missing_implementation, cls.module->file, cls.cls->decl->name.span,
             "`" + cls.cls->name + "` does not implement `" + wanted->name + "`",
             "add `" + signature_text(*wanted, program.types, s) + " { ... }`");
      continue;
    }
    HFunc& method = *found.member->func;
    ensure_signature(method);
    if (info(method).own_tparams || info(*wanted).own_tparams) {
      report(Code::generic_virtual, cls.module->file, method.span,
             "`" + method.name + "` implements a method of interface `" + to_string(interface) + "` and is generic");
      continue;
    }
    if (found.member->is_private) {
      report(Code::missing_implementation, cls.module->file, method.span,
             "`" + method.name + "` implements `" + wanted->name + "` but is private", "remove `private`");
      continue;
    }
    Substitution in_owner = substitution(found.owner);
    in_owner.insert(s.begin(), s.end());
    std::vector<const Type*> params;
    bool same = method.params.size() == wanted->params.size();
    for (std::size_t i = 0; same && i < method.params.size(); ++i) {
      const Type* a = subst(method.params[i]->type, in_owner);
      const Type* b = subst(wanted->params[i]->type, s);
      same = a == b || a->has_error || b->has_error;
    }
    const Type* a = subst(method.result, in_owner);
    const Type* b = subst(wanted->result, s);
    note_related(place_of(method), place_of(*wanted));
    if (same && (a == b || a->has_error || b->has_error)) continue;
    report(Code::override_mismatch, cls.module->file, method.span,
           "`" + method.name + "` implements `" + wanted->name + "` with another signature",
           "write `" + signature_text(*wanted, program.types, s) + "`");
  }
}

void Checker::check_class(ClassInfo& cls) {
  if (cls.checked != Stage::todo) return;
  cls.checked = Stage::busy;
  HClass& h = *cls.cls;
  DepthGuard guard(depth_);
  if (h.base && !guard.too_deep()) {
    ClassInfo& base = info(h.base->decl);
    complete_members(base);
    check_class(base);
  }
  for (HFunc* method : h.methods) {
    if (h.base || !h.interfaces.empty() || cls.is_extended || !cls.module->is_library) ensure_signature(*method);
    if (h.base) check_override(cls, *method);
  }
  if (h.base) {
    for (const HField& field : h.fields) {
      const MemberRef inherited = find_member(h.base, field.name);
      if (!inherited) continue;
      report(Code::duplicate_name, cls.module->file, field.span,
             "field `" + h.name + "." + std::string(field.name) + "` has the name of a member of base class `" +
                 to_string(inherited.owner) + "`");
    }
    // Abstract methods that no class between overrides make this class abstract too.
    for (const Type* t = h.base; t && !h.is_abstract; t = t->decl->base) {
      if (!t->decl->is_abstract) continue;
      for (HFunc* method : t->decl->methods) {
        if (!method->is_abstract) continue;
        const MemberRef found = find_member(h.self_type, method->decl->name.text);
        if (found && found.member->func == method) h.is_abstract = true;
      }
    }
  }
  if (h.kind != HClass::Kind::interface && h.kind != HClass::Kind::host) {
    for (const Type* interface : all_interfaces(h.self_type)) check_interface(cls, interface);
  }
  cls.checked = Stage::done;
}

}  // namespace noodle::check
