// The entry of a program: main, top-level statements, declared functions and their bodies elsewhere.
#include "runtime/lower/body.hpp"

namespace noodle::check {

void Checker::check_main() {
  ModuleInfo* entry = nullptr;
  for (ModuleInfo& module : modules_) {
    if (module.is_library || module.is_host || module.is_prelude) continue;
    if (module.source->is_entry) entry = &module;
  }
  HFunc* main = nullptr;
  if (entry) {
    const auto it = entry->names.find(options.entry);
    if (it != entry->names.end() && it->second->kind == Symbol::Kind::func) main = it->second->func;
  }
  for (ModuleInfo& module : modules_) {
    if (module.statements.empty() || (&module == entry && !main)) continue;
    report(Code::misplaced_statement, module.file, module.statements.front()->span, "statement outside a function",
           main ? "put it into `main`" : "only the entry file may have statements outside functions");
  }
  if (main) {
    ensure_signature(*main);
    const Type* args = program.types.list(basic(TypeKind::string));
    const bool params = main->params.empty() || (main->params.size() == 1 &&
                                                 (main->params[0]->type == args || main->params[0]->type->has_error));
    const bool result =
        main->result->is(TypeKind::void_) || main->result->is(TypeKind::int_) || main->result->is(TypeKind::error);
    if (!params || !result || !main->tparams.empty() || !main->has_body) {
      report(Code::invalid_main, main->file, main->span, "`main` has another signature",
             "write `func main()` or `func main(args: List<String>)`, with or without `: int`");
      return;
    }
    program.main = main;
  } else if (entry && !entry->statements.empty()) {
    if (wants_bodies(*entry)) synthesise_main(*entry);
  } else if (options.need_main && entry && !diagnostics_->has_errors()) {
    report(Code::no_main, entry->file, {}, "`" + entry->file->path() + "` has neither `main` nor statements to run");
  }
}

void Checker::synthesise_main(ModuleInfo& module) {
  HFunc* main = new_func(HFunc::Kind::function, "main", nullptr, module, nullptr);
  main->has_body = true;
  main->checked = true;
  ensure_signature(*main);
  program.main = main;
  Body(*this, *main).check_statements(module.statements);
}

void Checker::resolve_declared() {
  for (std::size_t i = 0; i < program.funcs.size(); ++i) {
    HFunc& declared = program.funcs[i];
    FuncInfo& side = info(declared);
    if (declared.kind != HFunc::Kind::function || declared.has_body || !declared.native.empty() || !declared.decl ||
        declared.owner)
      continue;
    if (side.module->is_library) continue;
    ensure_signature(declared);
    const std::string_view name = declared.decl->name.text;
    HFunc* found = nullptr;
    for (ModuleInfo& module : modules_) {
      if (module.is_library && &module != host) continue;
      const auto it = module.names.find(name);
      if (it == module.names.end() || it->second->kind != Symbol::Kind::func || !it->second->is_export) continue;
      HFunc* candidate = it->second->func;
      if (candidate == &declared || (!candidate->has_body && candidate->native.empty())) continue;
      ensure_signature(*candidate);
      bool same = candidate->params.size() == declared.params.size() && candidate->result == declared.result &&
                  candidate->tparams.empty() && declared.tparams.empty();
      for (std::size_t j = 0; same && j < declared.params.size(); ++j) {
        same = candidate->params[j]->type == declared.params[j]->type;
      }
      if (same && !found) found = candidate;
    }
    declared.resolved = found;
    if (found) note_related(place_of(declared), place_of(*found));
  }
}

}  // namespace noodle::check
