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

std::vector<std::string> member_names(const Program& program, const Type* type) {
  Checker& checker = checker_of(program);
  const bool address = type->is(TypeKind::actor_ref);  // only what can be sent or asked
  const Type* plain = type->is(TypeKind::nullable) || address ? type->args[0] : type;
  std::vector<std::string> names;
  for (const std::string_view name : checker.member_names(plain)) {
    const MemberRef member = checker.find_member(plain, name);
    if (!member || member.member->kind == Member::Kind::enum_case || member.member->kind == Member::Kind::constant) {
      continue;
    }
    const HFunc* func = member.member->func;
    if (address && member.member->kind != Member::Kind::handler && member.member->kind != Member::Kind::method)
      continue;
    if (!func || !func->decl || !func->decl->is_static) names.emplace_back(name);
  }
  return sorted(std::move(names));
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
  ClassInfo& cls = checker.info(symbol->cls);
  checker.complete_members(cls);
  for (const auto& [member_name, member] : cls.by_name) {
    const bool is_static = member.kind == Member::Kind::method && member.func->decl && member.func->decl->is_static;
    const bool fixed = member.kind == Member::Kind::enum_case || member.kind == Member::Kind::constant;
    if ((is_static || fixed) && !member.is_private) names.emplace_back(member_name);
  }
  return sorted(std::move(names));
}

std::vector<std::string> visible_names(const Program& program) {
  Checker& checker = checker_of(program);
  ModuleInfo* entry = checker.load("");
  return entry ? sorted(checker.visible_names(*entry, false)) : std::vector<std::string>{};
}

}  // namespace noodle::check
