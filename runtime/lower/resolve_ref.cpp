// What names and dotted paths in expressions mean (rule 7).
#include "runtime/base/suggest.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

bool is_type_symbol(const Symbol& symbol) {
  return symbol.kind == Symbol::Kind::class_ || symbol.kind == Symbol::Kind::alias;
}

}  // namespace

MemberRef Body::self_member(std::string_view name) {
  return owner_ ? checker_.find_member(owner_->cls->self_type, name) : MemberRef{};
}

/// The type a reference names, or null when it names no type.
const Type* Body::type_of_ref(const Ref& ref) {
  if (ref.kind == Ref::Kind::builtin_type) return ref.type;
  if (ref.kind != Ref::Kind::symbol || !is_type_symbol(*ref.symbol)) return nullptr;
  return ref.symbol->kind == Symbol::Kind::class_ ? ref.symbol->cls->self_type : checker_.resolve_alias(*ref.symbol);
}

Ref Body::resolve_ref(const Expr& e) {
  const Ref ref = find_ref(e);
  if (checker_.options.references) note_ref(e.kind == Expr::Kind::name ? e.span : e.name.span, ref);
  return ref;
}

void Body::note_ref(Span at, const Ref& ref) {
  switch (ref.kind) {
    case Ref::Kind::local:
      return note_use(at, {module_->file, ref.local->var->span});
    case Ref::Kind::member:
    case Ref::Kind::enum_case:
    case Ref::Kind::static_member:
      return note_use(at, checker_.place_of(ref.member));
    case Ref::Kind::symbol:
      return note_use(at, Checker::place_of(*ref.symbol));
    case Ref::Kind::builtin_type:
      return checker_.note_type_use(*module_, at, ref.type);
    default:
      return;
  }
}

Ref Body::find_ref(const Expr& e) {
  Ref ref;
  if (e.kind == Expr::Kind::name) {
    if (Local* local = find_local(e.text)) {
      ref.kind = Ref::Kind::local;
      ref.local = local;
      return ref;
    }
    if (owner_) {
      if (const MemberRef member = self_member(e.text); member && member.member->kind != Member::Kind::none) {
        const bool is_static = member.member->kind == Member::Kind::constant ||
                               member.member->kind == Member::Kind::enum_case ||
                               (member.member->func && !member.member->func->owner);
        ref.kind = is_static ? Ref::Kind::static_member : Ref::Kind::member;
        ref.member = member;
        ref.type = member.owner;
        // Cases need their enum's name.
        if (member.member->kind != Member::Kind::enum_case) return ref;
        ref = {};
      }
    }
    if (Symbol* symbol = checker_.find_symbol(*module_, e.text)) {
      // `int` and its like are declared by the prelude, but only as homes of their methods.
      const bool home = symbol->module->is_prelude && is_type_symbol(*symbol) && checker_.builtin_type(e.text);
      if (!home) {
        ref.kind = Ref::Kind::symbol;
        ref.symbol = symbol;
        return ref;
      }
    }
    if (const Type* type = checker_.builtin_type(e.text)) {
      ref.kind = Ref::Kind::builtin_type;
      ref.type = type;
    }
    return ref;
  }
  if (e.kind != Expr::Kind::member || !e.a) return ref;
  if (e.a->kind != Expr::Kind::name && e.a->kind != Expr::Kind::member) return ref;
  const Ref base = resolve_ref(*e.a);
  if (base.kind == Ref::Kind::error) return base;
  if (base.kind == Ref::Kind::symbol && base.symbol->kind == Symbol::Kind::import) {
    ModuleInfo* target = base.symbol->target;
    if (!target) {
      ref.kind = Ref::Kind::error;
      return ref;
    }
    checker_.note_receiver(*module_, e.name.span, *target);
    const auto it = target->names.find(e.name.text);
    const std::string path(text(e.span));
    if (it == target->names.end() || it->second->kind == Symbol::Kind::import) {
      const std::string_view near = nearest_name(e.name.text, Checker::visible_exports(*target));
      auto& diagnostic =
          report(Code::unknown_name, e.name.span,
                 "module `" + std::string(base.symbol->name) + "` has no `" + std::string(e.name.text) + "`",
                 near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
      if (!near.empty()) diagnostic.fixes.push_back({e.name.span, std::string(near)});
      ref.kind = Ref::Kind::error;
      return ref;
    }
    if (!it->second->is_export) {
      auto& diagnostic = report(Code::not_exported, e.name.span, "`" + path + "` is not exported by its module",
                                "write `export` before its declaration");
      diagnostic.note = "declared here";
      diagnostic.note_file = target->file;
      diagnostic.note_span = it->second->span;
      ref.kind = Ref::Kind::error;
      return ref;
    }
    ref.kind = Ref::Kind::symbol;
    ref.symbol = it->second;
    return ref;
  }
  const Type* type = type_of_ref(base);
  if (!type) return ref;
  if (type->is(TypeKind::error)) {
    ref.kind = Ref::Kind::error;
    return ref;
  }
  ref.type = type;
  checker_.note_receiver(*module_, e.name.span, type, true);
  const MemberRef member = checker_.find_member(type, e.name.text);
  if (member && member.member->kind == Member::Kind::enum_case) {
    ref.kind = Ref::Kind::enum_case;
    ref.member = member;
    return ref;
  }
  const bool is_static = member && (member.member->kind == Member::Kind::constant ||
                                    (member.member->kind == Member::Kind::method && !member.member->func->owner));
  if (is_static) {
    ref.kind = Ref::Kind::static_member;
    ref.member = member;
    if (!check_private(*member.member, member.owner, e.name)) ref.kind = Ref::Kind::error;
    return ref;
  }
  ref.kind = Ref::Kind::error;
  if (type->is(TypeKind::enum_)) {
    std::vector<std::string_view> names;
    for (const HCase& c : type->decl->cases) names.push_back(c.name);
    const std::string_view near = nearest_name(e.name.text, names);
    auto& diagnostic = report(Code::unknown_enum_case, e.name.span,
                              "enum `" + type->decl->name + "` has no case `" + std::string(e.name.text) + "`",
                              near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
    if (!near.empty()) diagnostic.fixes.push_back({e.name.span, std::string(near)});
  } else if (member) {
    report(Code::not_a_value, e.name.span,
           "`" + std::string(e.name.text) + "` is a member of the values of `" + to_string(type) + "`, not of the type",
           "use it on a value");
  } else {
    const std::string_view near = nearest_name(e.name.text, checker_.member_names(type));
    report(Code::unknown_member, e.name.span,
           "type `" + to_string(type) + "` has no static member `" + std::string(e.name.text) + "`",
           near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
  }
  return ref;
}

}  // namespace noodle::check
