// Writing down what names refer to; nothing happens unless somebody asked for it.
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {

Place Checker::place_of(const MemberRef& member) const {
  const HClass* cls = class_of(member.owner);
  return {cls ? cls->file : nullptr, member.member->span};
}

Place Checker::place_of(const HFunc& func, std::size_t param) {
  const HFunc* from = &func;
  while (const HFunc* base = info(*from).defaults_from) from = base;
  const auto* params = info(*from).params;
  if (!params || param >= params->size()) return {};
  return {from->file, (*params)[param].name.span};
}

void Checker::note_use(const ModuleInfo& module, Span at, const Place& target) {
  if (options.references && !module.is_library && target.file && at.end > at.start)
    options.references->uses.push_back({{module.file, at}, target});
}

void Checker::note_type_use(const ModuleInfo& module, Span at, const Type* type) {
  if (!options.references) return;
  const HClass* cls = class_of(type);
  if (cls && cls->decl) note_use(module, at, {cls->file, cls->decl->name.span});
}

void Checker::note_receiver(const ModuleInfo& module, Span at, const Type* type, bool is_type) {
  if (options.references && options.references->receivers_in == module.file)
    options.references->receivers.push_back({{module.file, at}, type, is_type, nullptr});
}

void Checker::note_receiver(const ModuleInfo& module, Span at, const ModuleInfo& receiver) {
  if (options.references && options.references->receivers_in == module.file)
    options.references->receivers.push_back({{module.file, at}, nullptr, false, receiver.file});
}

void Checker::note_local(const ModuleInfo& module, const HVar& var, bool is_const) {
  if (options.references && !module.is_library && var.span.end > var.span.start)
    options.references->locals.push_back({{module.file, var.span}, var.type, is_const, var.is_param});
}

void Checker::note_related(const Place& a, const Place& b) {
  if (options.references) options.references->related.push_back({a, b});
}

}  // namespace noodle::check
