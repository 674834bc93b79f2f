// Modules: loading, imports and the symbol tables.
#include <algorithm>

#include "runtime/base/suggest.hpp"
#include "runtime/check/checker_impl.hpp"

namespace noodle::check {

ModuleInfo* Checker::load(const std::string& path) {
  const auto it = by_path_.find(path);
  if (it != by_path_.end()) return it->second;
  std::shared_ptr<SourceModule> source = loader_ ? loader_(path) : nullptr;
  if (!source || !source->ast || !source->source) {
    by_path_[path] = nullptr;
    return nullptr;
  }
  // A loader may know one module under several paths.
  for (ModuleInfo& module : modules_) {
    if (module.source == source) return by_path_[path] = &module;
  }
  ModuleInfo* module = add_module(std::move(source), path == "host" || path.rfind("host:", 0) == 0);
  by_path_[path] = module;
  declare(*module);
  return module;
}

ModuleInfo* Checker::add_module(std::shared_ptr<SourceModule> source, bool is_host) {
  ModuleInfo& module = modules_.emplace_back();
  module.file = source->source.get();
  module.is_host = is_host || source->ast->interface_file;
  module.is_library = source->is_library;
  module.is_prelude = source->is_library && (source->name == "prelude" || source->name.starts_with("prelude-"));
  const bool plain = module.is_prelude || source->is_entry || source->name.empty() || source->name == "host";
  if (!plain) module.qualifier = source->name + ".";
  by_path_.emplace(source->name, &module);
  program.files.push_back(module.file);
  if (!module.is_library) program.own_files.push_back(module.file);
  module.source = std::move(source);
  return &module;
}

void Checker::declare(ModuleInfo& module) {
  module.names.reserve(module.source->ast->decls.size() * 2);
  for (const Decl* decl : module.source->ast->decls) declare(module, *decl);
}

Symbol* Checker::add_symbol(ModuleInfo& module, Symbol::Kind kind, const lang::Name& name, const Decl& decl) {
  Symbol& symbol = symbols_.emplace_back();
  symbol.kind = kind;
  symbol.name = name.text;
  symbol.span = name.span;
  symbol.declared = name.span;
  symbol.decl = &decl;
  symbol.module = &module;
  symbol.is_export = decl.is_export || module.is_prelude || module.is_host;
  if (name.text.empty()) return &symbol;
  const auto [it, is_new] = scope_of(module).names.emplace(name.text, &symbol);
  if (!is_new) {
    auto& diagnostic = report(Code::duplicate_name, module.file, name.span,
                              "`" + std::string(name.text) + "` is declared twice in this module");
    diagnostic.note = "first declared here";
    diagnostic.note_file = module.file;
    diagnostic.note_span = it->second->span;
  }
  return &symbol;
}

void Checker::declare(ModuleInfo& module, const Decl& decl) {
  using Kind = Decl::Kind;
  auto declare_class = [&](HClass::Kind kind) {
    Symbol* symbol = add_symbol(module, Symbol::Kind::class_, decl.name, decl);
    std::string name = module.qualifier + std::string(decl.name.text);
    const bool shadows = module.source->is_entry && module.qualifier.empty() &&
                         ((prelude && prelude->names.count(decl.name.text)) || builtin_names_.count(decl.name.text) ||
                          (host && host->names.count(decl.name.text)));
    symbol->cls = new_class(kind, shadows ? "main." + name : std::move(name), &decl, module);
    symbol->cls->is_export = symbol->is_export;
    if (module.is_prelude) bind_builtin(module, decl, symbol->cls);
  };
  switch (decl.kind) {
    case Kind::import:
      declare_import(module, decl);
      break;
    case Kind::requires_:
      module.has_requires = true;
      for (const lang::CapabilityUse& use : decl.capabilities) module.requires_.push_back(use.name);
      break;
    case Kind::func: {
      Symbol* symbol = add_symbol(module, Symbol::Kind::func, decl.name, decl);
      symbol->func =
          new_func(HFunc::Kind::function, module.qualifier + std::string(decl.name.text), &decl, module, nullptr);
      symbol->func->is_export = symbol->is_export;
      break;
    }
    case Kind::class_:
      declare_class(HClass::Kind::class_);
      break;
    case Kind::interface:
      declare_class(module.is_host ? HClass::Kind::host : HClass::Kind::interface);
      break;
    case Kind::actor:
      declare_class(HClass::Kind::actor);
      break;
    case Kind::agent:
      declare_class(HClass::Kind::agent);
      break;
    case Kind::record:
      declare_class(HClass::Kind::record);
      break;
    case Kind::enum_:
      declare_class(HClass::Kind::enum_);
      break;
    case Kind::supervisor:
      declare_class(HClass::Kind::supervisor);
      break;
    case Kind::alias:
      add_symbol(module, Symbol::Kind::alias, decl.name, decl);
      break;
    case Kind::constant: {
      Symbol* symbol = add_symbol(module, Symbol::Kind::constant, decl.name, decl);
      if (module.is_host && !decl.init) {
        symbol->kind = Symbol::Kind::host_object;
        break;
      }
      Constant& constant = constants_.emplace_back();
      constant.decl = &decl;
      constant.module = &module;
      constant.name = decl.name.text;
      symbol->constant = &constant;
      break;
    }
    case Kind::test:
      module.tests.push_back(&decl);
      break;
    case Kind::statement:
      module.statements.push_back(&decl);
      break;
    default:
      break;
  }
}

void Checker::declare_import(ModuleInfo& module, const Decl& decl) {
  std::string path;
  for (const lang::Name& part : decl.path) {
    if (!path.empty()) path += '.';
    path += part.text;
  }
  lang::Name name = decl.alias;
  Span span = decl.span;
  if (decl.path.empty()) {
    path = decl.text;
    if (name.text.empty()) {
      const std::size_t cut = decl.text.find_last_of(":./");
      name.text = cut == std::string_view::npos ? decl.text : decl.text.substr(cut + 1);
      name.span = decl.span;
    }
  } else {
    if (name.text.empty()) name = decl.path.back();
    span = {decl.path.front().span.start, decl.path.back().span.end};
  }
  Symbol* symbol = add_symbol(module, Symbol::Kind::import, name, decl);
  symbol->is_export = false;
  if (path.rfind("host:", 0) == 0) {
    // A second name of a host object.
    const auto it = host ? host->names.find(std::string_view(path).substr(5)) : decltype(host->names.end()){};
    if (host && it != host->names.end() && it->second->kind == Symbol::Kind::host_object) {
      symbol->kind = Symbol::Kind::host_object;
      symbol->decl = it->second->decl;
      symbol->module = host;
      symbol->declared = it->second->span;
      return;
    }
  } else {
    symbol->target = load(path);
    if (symbol->target) {
      note_use(module, span, {symbol->target->file, {}});
      return;
    }
  }
  report(Code::unknown_module, module.file, span, "no module `" + path + "`",
         path.rfind("host:", 0) == 0 ? "host modules: host:db, host:fs, host:net, ..." : "");
}

Symbol* Checker::find_symbol(ModuleInfo& module, std::string_view name) {
  const auto& own = scope_of(module).names;
  if (const auto it = own.find(name); it != own.end()) return it->second;
  for (ModuleInfo* outer : {host, prelude}) {
    if (!outer) continue;
    if (const auto it = outer->names.find(name); it != outer->names.end()) return it->second;
  }
  return nullptr;
}

std::vector<std::string_view> Checker::visible_exports(const ModuleInfo& module) {
  std::vector<std::string_view> names;
  for (const auto& [name, symbol] : module.names) {
    if (symbol->is_export) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string_view> Checker::visible_names(ModuleInfo& module, bool types) const {
  std::vector<std::string_view> names;
  for (const ModuleInfo* from : {static_cast<const ModuleInfo*>(&module), static_cast<const ModuleInfo*>(host),
                                 static_cast<const ModuleInfo*>(prelude)}) {
    if (!from) continue;
    const std::size_t start = names.size();
    for (const auto& [name, symbol] : from->names) {
      const bool is_type = symbol->kind == Symbol::Kind::class_ || symbol->kind == Symbol::Kind::alias;
      if ((!types || is_type) && !name.empty() && name[0] != '$') names.push_back(name);
    }
    std::sort(names.begin() + static_cast<std::ptrdiff_t>(start), names.end());
  }
  if (types) {
    const std::size_t start = names.size();
    for (const auto& [name, type] : builtin_names_) names.push_back(name);
    std::sort(names.begin() + static_cast<std::ptrdiff_t>(start), names.end());
  }
  return names;
}

}  // namespace noodle::check
