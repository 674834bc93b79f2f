// Names that could come next, from a program that was checked (with or without errors).
#include <algorithm>

#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

Checker& checker_of(const Program& program) {
  return *static_cast<Checker*>(program.owner.get());
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::erase_if(names, [](const std::string& name) { return name.empty() || name[0] == '$'; });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> sorted(const std::vector<std::string_view>& names) {
  return sorted(std::vector<std::string>(names.begin(), names.end()));
}

}  // namespace

std::vector<MemberName> members(const Program& program, const Type* type, bool of_type, bool with_private) {
  Checker& checker = checker_of(program);
  const bool address = !of_type && type->is(TypeKind::actor_ref);  // only what can be sent or asked
  const Type* plain = type->is(TypeKind::nullable) || address ? type->args[0] : type;
  std::vector<MemberName> found;
  for (const std::string_view name : checker.member_names(plain, with_private)) {
    const MemberRef ref = checker.find_member(plain, name);
    if (!ref || name.empty() || name[0] == '$') continue;
    const Member& member = *ref.member;
    const bool is_static = member.kind == Member::Kind::enum_case || member.kind == Member::Kind::constant ||
                           (member.func && member.func->decl && member.func->decl->is_static);
    const bool is_message = member.kind == Member::Kind::handler || member.kind == Member::Kind::method;
    if (is_static == of_type && (!address || is_message)) found.push_back({std::string(name), checker.place_of(ref)});
  }
  std::sort(found.begin(), found.end(), [](const MemberName& a, const MemberName& b) { return a.name < b.name; });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const MemberName& a, const MemberName& b) { return a.name == b.name; }),
              found.end());
  return found;
}

std::vector<std::string> member_names(const Program& program, const Type* type) {
  std::vector<std::string> names;
  for (MemberName& member : members(program, type, false, false)) names.push_back(std::move(member.name));
  return names;
}

std::vector<std::string> names_within(const Program& program, std::string_view name) {
  Checker& checker = checker_of(program);
  ModuleInfo* entry = checker.load("");
  Symbol* symbol = entry ? checker.find_symbol(*entry, name) : nullptr;
  if (!symbol) return {};
  if (symbol->kind == Symbol::Kind::import) {
    return symbol->target ? sorted(Checker::visible_exports(*symbol->target)) : std::vector<std::string>{};
  }
  std::vector<std::string> names;
  if (symbol->kind != Symbol::Kind::class_) return names;
  for (MemberName& member : members(program, symbol->cls->self_type, true, false)) {
    names.push_back(std::move(member.name));
  }
  return names;
}

std::vector<std::string> visible_names(const Program& program) {
  Checker& checker = checker_of(program);
  ModuleInfo* entry = checker.load("");
  return entry ? sorted(checker.visible_names(*entry, false)) : std::vector<std::string>{};
}

}  // namespace noodle::check
