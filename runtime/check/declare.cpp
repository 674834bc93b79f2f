// Creation of classes and functions, the built-in types, and the order of work of a whole program.
#include "runtime/check/checker_impl.hpp"
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

struct BuiltinName {
  std::string_view name;   // in @builtin("...") and in source
  std::string_view other;  // second spelling
  TypeKind kind;
};

constexpr BuiltinName kBuiltinNames[] = {
    {"int", "Int", TypeKind::int_},
    {"float", "Float", TypeKind::float_},
    {"bool", "Bool", TypeKind::bool_},
    {"byte", "Byte", TypeKind::byte},
    {"string", "String", TypeKind::string},
    {"bytes", "Bytes", TypeKind::bytes},
    {"duration", "Duration", TypeKind::duration},
    {"time", "Time", TypeKind::time},
    {"any", "any", TypeKind::any},
    {"json", "Json", TypeKind::json},
    {"list", "List", TypeKind::list},
    {"map", "Map", TypeKind::map},
    {"set", "Set", TypeKind::set},
    {"actor_ref", "ActorRef", TypeKind::actor_ref},
    {"null", "null", TypeKind::null},
    {"func", "func", TypeKind::func},
    {"void", "void", TypeKind::void_},
};

std::string_view attribute_text(const Decl& decl, std::string_view name) {
  for (const lang::Attribute& attribute : decl.attributes) {
    if (attribute.name.text != name) continue;
    if (!attribute.args.empty() && attribute.args[0].value && attribute.args[0].value->kind == Expr::Kind::string_lit) {
      return attribute.args[0].value->text;
    }
    return {};
  }
  return {};
}

bool has_attribute(const Decl& decl, std::string_view name) {
  for (const lang::Attribute& attribute : decl.attributes) {
    if (attribute.name.text == name) return true;
  }
  return false;
}

}  // namespace

Checker::Checker(Program& p, const ModuleLoader& loader, const CheckOptions& o, lang::Diagnostics& diagnostics)
    : program(p), options(o), loader_(loader), diagnostics_(&diagnostics) {
  builtin_classes_.resize(static_cast<std::size_t>(TypeKind::param) + 1);
  // Only names that need no arguments and are not ordinary words as values stay types everywhere.
  for (std::string_view name : {"int", "float", "bool", "byte", "string", "any", "void"}) {
    for (const BuiltinName& row : kBuiltinNames) {
      if (row.name == name) builtin_names_[name] = basic(row.kind);
    }
  }
  for (const BuiltinName& row : kBuiltinNames) {
    const bool plain = row.kind < TypeKind::nullable && row.kind != TypeKind::null;
    if (plain) builtin_names_[row.other] = basic(row.kind);
  }
}

const Type* Checker::builtin_type(std::string_view name) const {
  const auto it = builtin_names_.find(name);
  return it == builtin_names_.end() ? nullptr : it->second;
}

lang::Diagnostic& Checker::report(Code code, const lang::SourceFile* file, Span span, std::string message,
                                  std::string suggestion) {
  return diagnostics_->add(code, *file, span, std::move(message), std::move(suggestion));
}

bool Checker::has_syntax_errors(const lang::SourceFile* file) const {
  const auto& all = diagnostics_->all();
  return std::any_of(all.begin(), all.end(), [file](const lang::Diagnostic& item) {
    return item.file == file && static_cast<int>(item.code) < 1100;
  });
}

lang::Diagnostic& Checker::warn(Code code, const lang::SourceFile* file, Span span, std::string message,
                                std::string suggestion) {
  return diagnostics_->warn(code, *file, span, std::move(message), std::move(suggestion));
}

HClass* Checker::new_class(HClass::Kind kind, std::string name, const Decl* decl, ModuleInfo& module) {
  HClass& cls = program.classes.emplace_back();
  cls.kind = kind;
  cls.id = static_cast<std::uint32_t>(program.classes.size() - 1);
  cls.name = std::move(name);
  cls.file = module.file;
  cls.decl = decl;
  cls.is_final = true;
  ClassInfo& side = class_infos_.emplace_back();
  side.cls = &cls;
  side.module = &module;
  TypeScope scope{&module, {}, nullptr};
  if (decl) cls.tparams = make_tparams(decl->type_params, &cls, 0, scope);
  if (kind == HClass::Kind::enum_ && decl) {
    cls.scalar_enum = true;
    for (const Decl::Case& c : decl->cases) cls.scalar_enum &= c.params.empty();
  }
  cls.self_type = program.types.object(&cls, cls.tparams);
  return &cls;
}

HFunc* Checker::new_func(HFunc::Kind kind, std::string name, const Decl* decl, ModuleInfo& module, ClassInfo* owner) {
  HFunc& func = program.funcs.emplace_back();
  func.kind = kind;
  func.id = static_cast<std::uint32_t>(program.funcs.size() - 1);
  func.name = std::move(name);
  func.file = module.file;
  func.decl = decl;
  func.owner = owner ? owner->cls : nullptr;
  if (decl) {
    func.span = decl->name.span.end ? decl->name.span : decl->span;
    func.has_body = decl->body != nullptr;
    // Only the standard library is written in C++ too.
    const bool standard = module.is_prelude || module.is_host || module.source->name.rfind("std.", 0) == 0;
    if (standard) func.native = attribute_text(*decl, "native");
    func.capability = attribute_text(*decl, "cap");
  }
  FuncInfo& side = func_infos_.emplace_back();
  side.func = &func;
  side.module = &module;
  side.owner = owner;
  if (decl) {
    side.params = &decl->params;
    side.is_private = decl->is_private;
    side.is_property = has_attribute(*decl, "property");
    side.is_varargs = has_attribute(*decl, "varargs");
    side.is_never = has_attribute(*decl, "never");
    side.needs = attribute_text(*decl, "needs");
  }
  if (module.is_host && decl && !func.has_body && func.native.empty()) {
    func.native =
        keep(owner ? owner->cls->name + "." + std::string(decl->name.text) : "host." + std::string(decl->name.text));
  }
  return &func;
}

HVar* Checker::add_param(HFunc& func, std::string_view name, const Type* type, Span span) {
  HVar& var = func.vars.emplace_back();
  var.name = name;
  var.type = type;
  var.is_param = true;
  var.id = static_cast<std::uint32_t>(func.vars.size() - 1);
  var.span = span;
  return &var;
}

void Checker::bind_builtin(ModuleInfo& module, const Decl& decl, HClass* cls) {
  const std::string_view word = attribute_text(decl, "builtin");
  if (word.empty()) return;
  for (const BuiltinName& row : kBuiltinNames) {
    if (row.name != word) continue;
    info(cls).builtin = row.kind;
    builtin_classes_[static_cast<std::size_t>(row.kind)] = cls;
    const std::vector<const Type*>& args = cls->tparams;
    if (row.kind == TypeKind::list && args.size() == 1) {
      cls->self_type = program.types.list(args[0]);
    } else if (row.kind == TypeKind::set && args.size() == 1) {
      cls->self_type = program.types.set(args[0]);
    } else if (row.kind == TypeKind::map && args.size() == 2) {
      cls->self_type = program.types.map(args[0], args[1]);
    } else if (row.kind == TypeKind::actor_ref && args.size() == 1) {
      cls->self_type = program.types.actor_ref(args[0]);
    } else if (row.kind != TypeKind::func) {
      cls->self_type = basic(row.kind);
    }
    return;
  }
  if (word == "error") return;
  report(Code::unknown_type, module.file, decl.name.span, "no built-in type `" + std::string(word) + "`");
}

void Checker::well_known() {
  auto find = [&](std::string_view name) -> HClass* {
    const auto it = prelude->names.find(name);
    return it == prelude->names.end() ? nullptr : it->second->cls;
  };
  program.error_class = find("Error");
  program.down_class = find("Down");
  program.range_class = find("Range");
  program.spawn_options_class = find("SpawnOptions");
  program.entry_class = find("Entry");
}

void Checker::load_prelude() {
  prelude = load("prelude");
  if (!prelude) {  // without one there is nothing to resolve names against; an empty module stands in for it
    auto empty = std::make_shared<SourceModule>();
    empty->name = "prelude";
    empty->source = std::make_shared<lang::SourceFile>("prelude.nc", "");
    empty->ast = std::make_shared<lang::Ast>();
    empty->ast->source = empty->source.get();
    empty->is_library = true;
    prelude = by_path_["prelude"] = add_module(std::move(empty), false);
  }
  load("prelude-collections");
  load("prelude-processes");
}

void Checker::run(std::vector<std::shared_ptr<SourceModule>> sources) {
  load_prelude();
  well_known();
  host = load("host");
  if (host) host->is_library = true;
  std::vector<ModuleInfo*> own;
  for (auto& source : sources) own.push_back(add_module(source, false));
  for (ModuleInfo* module : own) declare(*module);

  // Headers of all classes first: which methods are virtual depends on all subclasses.
  for (std::size_t i = 0; i < class_infos_.size(); ++i) {
    if (!class_infos_[i].module->is_prelude && !class_infos_[i].module->is_host) complete_header(class_infos_[i]);
  }
  headers_done_ = true;
  check_pending_bounds();
  const std::size_t class_count = class_infos_.size();
  for (std::size_t i = 0; i < class_count; ++i) {
    ClassInfo& cls = class_infos_[i];
    if (cls.is_extended || cls.cls->base || !cls.cls->interfaces.empty() || !cls.module->is_library) {
      complete_members(cls);
      check_class(cls);
    }
  }
  if (options.all_bodies) {
    for (ModuleInfo& module : modules_) {
      if (module.is_library) check_module(module);
    }
  }
  for (ModuleInfo* module : own) {
    if (wants_bodies(*module)) check_module(*module);
  }
  if (stopped()) return;
  check_main();
  // Code is generated for the fields of every class that a type mentions, whether or not a body touched its members.
  for (std::size_t i = 0; i < class_infos_.size(); ++i) {
    complete_members(class_infos_[i]);
  }
  drain();
  resolve_declared();
  check_instantiations();
}

void Checker::check_module(ModuleInfo& module) {
  for (const Decl* decl : module.source->ast->decls) {
    if (stopped()) return;
    if (decl->kind == Decl::Kind::test || decl->kind == Decl::Kind::statement) continue;
    const auto& names = scope_of(module).names;
    const auto it = names.find(decl->name.text);
    if (it == names.end() || it->second->decl != decl) continue;
    Symbol& symbol = *it->second;
    switch (symbol.kind) {
      case Symbol::Kind::func:
        ensure_body(*symbol.func);
        if (symbol.is_export && symbol.func->has_body) program.exports.push_back(symbol.func);
        break;
      case Symbol::Kind::class_: {
        ClassInfo& cls = info(symbol.cls);
        complete_members(cls);
        ensure_constructor(cls);
        const HClass& h = *symbol.cls;
        for (std::size_t i = 0; i < h.fields.size(); ++i) {
          if (h.fields[i].init) ensure_body(*h.fields[i].init);
        }
        if (h.constructor) ensure_body(*h.constructor);
        for (std::size_t i = 0; i < h.methods.size(); ++i) ensure_body(*h.methods[i]);
        for (HFunc* made : cls.statics) ensure_body(*made);
        for (HFunc* handler : h.handlers) ensure_body(*handler);
        for (const HClass::Every& every : h.everys) {
          ensure_body(*every.interval);
          ensure_body(*every.body);
        }
        for (HFunc* child : h.children) ensure_body(*child);
        for (auto& [name, member] : cls.by_name) {
          if (member.kind == Member::Kind::constant) ensure_constant(*member.constant);
        }
        break;
      }
      case Symbol::Kind::alias:
        resolve_alias(symbol);
        break;
      case Symbol::Kind::constant:
        ensure_constant(*symbol.constant);
        break;
      default:
        break;
    }
  }
  for (const Decl* decl : module.tests) {
    HFunc* test = new_func(HFunc::Kind::test, std::string(decl->text), decl, module, nullptr);
    test->has_body = true;
    ensure_body(*test);
    program.tests.push_back(test);
  }
  for (const std::string& capability : module.requires_) {
    bool known = false;
    for (const std::string& have : program.requires_) known |= have == capability;
    if (!known) program.requires_.push_back(capability);
  }
}

void Checker::drain() {
  while (drained_ < queue_.size()) ensure_body(*queue_[drained_++]);
}

void Checker::reference(HFunc* func) {
  if (func->has_body && !func->checked && info(func).module->is_library) queue(func);
}

void Checker::queue(HFunc* func) {
  FuncInfo& side = info(func);
  if (side.queued || func->checked) return;
  side.queued = true;
  queue_.push_back(func);
}

void Checker::use_class(const Type* type) {
  for (const Type* t = type; t && t->decl; t = t->decl->base) {
    ClassInfo& cls = info(t->decl);
    if (!cls.module->is_library) continue;
    complete_members(cls);
    for (HFunc* method : t->decl->methods) {
      if (method->is_virtual || !t->decl->interfaces.empty()) reference(method);
    }
    for (HFunc* handler : t->decl->handlers) reference(handler);
    for (const HClass::Every& every : t->decl->everys) {
      reference(every.interval);
      reference(every.body);
    }
    for (HFunc* child : t->decl->children) reference(child);
    for (HField& field : t->decl->fields) {
      if (field.init) reference(field.init);
    }
  }
}

std::unique_ptr<Program> check(std::vector<std::shared_ptr<SourceModule>> modules, const ModuleLoader& loader,
                               const CheckOptions& options, lang::Diagnostics& diagnostics) {
  auto program = std::make_unique<Program>();
  auto checker = std::make_shared<Checker>(*program, loader, options, diagnostics);
  checker->run(std::move(modules));
  checker->detach_diagnostics();
  program->ensure_body = [c = checker.get()](HFunc& func) { c->ensure_body(func); };
  program->owner = checker;
  return program;
}

}  // namespace noodle::check
