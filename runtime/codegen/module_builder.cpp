#include "runtime/codegen/module_builder.hpp"

#include <algorithm>

#include "runtime/bytecode/builtins.hpp"
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using bytecode::kNone;

namespace {

constexpr std::uint32_t kMaxInstances = 2'000;  // of one generic function
constexpr std::size_t kMaxFunctions = 200'000;

std::string text_of(const std::vector<const Type*>& types) {
  std::string text;
  for (const Type* type : types) text += (text.empty() ? "" : ", ") + check::to_string(type);
  return text;
}

}  // namespace

std::string_view local_name(const HFunc& func) {
  const std::size_t dot = func.name.rfind('.');
  return std::string_view(func.name).substr(dot == std::string::npos ? 0 : dot + 1);
}

std::string instance_name(const HFunc& func, const std::vector<const Type*>& targs) {
  return targs.empty() ? func.name : func.name + "<" + text_of(targs) + ">";
}

ModuleBuilder::ModuleBuilder(check::Program& p, lang::Diagnostics& d, const CodegenOptions& o)
    : program(p), diagnostics(d), options(o), types((module.types = bytecode::builtin_types(), *this)) {}

void ModuleBuilder::report(Code code, const lang::SourceFile* file, lang::Span span, std::string message,
                           std::string suggestion) {
  failed_ = true;
  if (!file) file = place_file_, span = place_;
  if (!file && !program.files.empty()) file = program.files.front();
  if (file) diagnostics.add(code, *file, span, std::move(message), std::move(suggestion));
}

check::Substitution ModuleBuilder::substitution(const HFunc& func, const std::vector<const Type*>& targs) {
  check::Substitution s;
  for (std::size_t i = 0; i < func.tparams.size() && i < targs.size(); ++i) s[func.tparams[i]] = targs[i];
  return s;
}

const Type* ModuleBuilder::concrete(const Type* type, const check::Substitution& s) {
  return type->has_param ? program.types.substitute(type, s) : type;
}

bytecode::Signature ModuleBuilder::signature(const HFunc& func, const check::Substitution& s) {
  bytecode::Signature out;
  if (func.self) out.params.push_back(types.ref(concrete(func.self->type, s)));
  for (const check::HVar* param : func.params) out.params.push_back(types.ref(concrete(param->type, s)));
  if (func.result) out.result = types.ref(concrete(func.result, s));
  return out;
}

bool ModuleBuilder::too_deep(const HFunc& func, const std::vector<const Type*>& targs) {
  const bool grown = std::any_of(targs.begin(), targs.end(), [](const Type* t) { return t->has_error; });
  if (!grown && instance_counts_[&func] < kMaxInstances && module.functions.size() < kMaxFunctions) return false;
  report(Code::instantiation_too_deep, nullptr, {}, "`" + func.name + "` is instantiated without end");
  return true;
}

std::uint32_t ModuleBuilder::new_function(const std::string& name, bytecode::Signature signature, const HFunc& func) {
  bytecode::FunctionDef def;
  def.name = name;
  def.signature = std::move(signature);
  def.file = file(func.file);
  module.functions.push_back(std::move(def));
  return static_cast<std::uint32_t>(module.functions.size() - 1);
}

std::uint32_t ModuleBuilder::function(HFunc* func, const std::vector<const Type*>& targs) {
  const FunctionKey key{func, targs};
  if (auto found = functions_.find(key); found != functions_.end()) return found->second;
  if (too_deep(*func, targs)) return functions_[key] = 0;
  if (!func->has_body && func->resolved) return functions_[key] = function(func->resolved, targs);
  if (program.ensure_body) program.ensure_body(*func);
  ++instance_counts_[func];
  Instance instance;
  instance.func = func;
  instance.types = substitution(*func, targs);
  instance.targs = targs;
  instance.index = functions_[key] = new_function(instance_name(*func, targs), {}, *func);
  bytecode::Signature s = signature(*func, instance.types);
  module.functions[instance.index].signature = std::move(s);
  const std::uint32_t index = instance.index;
  if (!func->has_body && func->native.empty()) {
    module.unresolved.push_back({func->name, module.functions[index].signature, index});
  }
  work_.push_back(std::move(instance));
  return index;
}

ModuleBuilder::Lambda ModuleBuilder::lambda(HFunc* func, const Instance& outer, const Type* func_type) {
  const std::pair<const HFunc*, std::uint32_t> key{func, outer.index};
  if (auto found = lambdas_.find(key); found != lambdas_.end()) return found->second;
  if (program.ensure_body) program.ensure_body(*func);
  Instance instance;
  instance.func = func;
  instance.types = outer.types;
  instance.targs = outer.targs;
  const std::string name = instance_name(*func, outer.targs);
  instance.index = new_function(name, {}, *func);
  std::vector<TypeRef> captures;
  for (const HFunc::Capture& capture : func->captures) {
    const Type* type = concrete(capture.inner->type, outer.types);
    captures.push_back(capture.outer->in_cell ? TypeRef{types.cell(type), false} : types.ref(type));
  }
  instance.closure_type = types.closure(func_type, instance.index, name, std::move(captures));
  bytecode::Signature s = signature(*func, instance.types);
  s.params.insert(s.params.begin(), TypeRef{instance.closure_type, false});
  module.functions[instance.index].signature = std::move(s);
  const Lambda result{instance.closure_type, instance.index};
  work_.push_back(std::move(instance));
  return lambdas_[key] = result;
}

std::uint32_t ModuleBuilder::native(HFunc* func, const std::vector<const Type*>& targs) {
  return native(std::string(func->native), signature(*func, substitution(*func, targs)), std::string(func->capability));
}

std::uint32_t ModuleBuilder::native(const std::string& name, bytecode::Signature signature,
                                    const std::string& capability) {
  std::vector<std::uint32_t>& same_name = natives_[name];
  for (std::uint32_t index : same_name) {
    if (module.natives[index].signature == signature) return index;
  }
  module.natives.push_back({name, std::move(signature), capability});
  same_name.push_back(static_cast<std::uint32_t>(module.natives.size() - 1));
  return same_name.back();
}

std::uint32_t ModuleBuilder::string(std::string_view text) {
  auto [found, fresh] = strings_.try_emplace(std::string(text), static_cast<std::uint32_t>(module.strings.size()));
  if (fresh) module.strings.emplace_back(text);
  if (found->second > 0xffff) {
    report(Code::function_too_large, nullptr, {}, "the program has more than 65536 string literals");
  }
  return found->second;
}

std::uint32_t ModuleBuilder::scalar(std::uint64_t bits) {
  auto [found, fresh] = scalars_.try_emplace(bits, static_cast<std::uint32_t>(module.scalars.size()));
  if (fresh) module.scalars.push_back(bits);
  if (found->second > 0xffff) {
    report(Code::function_too_large, nullptr, {}, "the program has more than 65536 number literals");
  }
  return found->second;
}

std::uint32_t ModuleBuilder::selector(const Type* interface, const HFunc* method) {
  auto [found, fresh] = selectors_.try_emplace({interface, method});
  if (!fresh) return found->second;
  bytecode::Selector s;
  s.interface = types.index(interface);
  s.name = local_name(*method);
  check::Substitution subst = substitution(*method, interface->args);
  s.signature = signature(*method, subst);
  if (method->self) s.signature.params.erase(s.signature.params.begin());
  module.selectors.push_back(std::move(s));
  return selectors_[{interface, method}] = static_cast<std::uint32_t>(module.selectors.size() - 1);
}

std::uint32_t ModuleBuilder::handler(const Type* owner, HFunc* func) {
  const std::pair<const Type*, const HFunc*> key{owner, func};
  if (auto found = handlers_.find(key); found != handlers_.end()) return found->second;
  const bool is_interface = owner->decl->kind == HClass::Kind::interface;
  bytecode::HandlerDef def;
  def.owner = types.index(owner);
  def.name = local_name(*func);
  if (!is_interface) def.function = function(func, owner->args);
  def.signature = signature(*func, substitution(*func, owner->args));
  if (func->self && !def.signature.params.empty()) def.signature.params.erase(def.signature.params.begin());
  const auto index = static_cast<std::uint32_t>(module.handlers.size());
  module.handlers.push_back(std::move(def));
  handlers_[key] = index;
  if (func->message_class) handler_funcs_.emplace_back(index, func);
  return index;
}

std::uint32_t ModuleBuilder::file(const lang::SourceFile* source) {
  auto [found, fresh] = files_.try_emplace(source, static_cast<std::uint32_t>(module.files.size()));
  if (fresh) {
    module.files.push_back(source ? source->path() : "");
    if (options.sources) module.sources.emplace_back(source ? source->text() : std::string_view());
  }
  return found->second;
}

bool ModuleBuilder::is_overridden(const HFunc* method) {
  for (; funcs_seen_ < program.funcs.size(); ++funcs_seen_) {
    if (program.funcs[funcs_seen_].overrides) overridden_.insert(program.funcs[funcs_seen_].overrides);
  }
  return overridden_.contains(method);
}

HFunc* ModuleBuilder::only_target(HFunc* method) {
  if (!options.optimise.devirtualisation || no_devirtualisation_ || method->is_abstract || is_overridden(method))
    return nullptr;
  devirtualised_.insert(method);
  return method;
}

bool ModuleBuilder::devirtualised_wrongly() {
  for (const HFunc& func : program.funcs) {
    if (func.overrides && devirtualised_.contains(func.overrides)) return true;
  }
  return false;
}

void ModuleBuilder::keep_code(std::uint32_t function, const lang::SourceFile* source, CodeBuffer code) {
  if (!options.optimise.checks) return;
  for (const Instruction& i : code.code()) {
    if (i.op != bytecode::Op::nnul && i.op != bytecode::Op::cast && i.op != bytecode::Op::castn) continue;
    kept_code_.push_back({function, source, std::move(code)});
    return;
  }
}

void ModuleBuilder::roots() {
  file(program.main ? program.main->file : program.files.empty() ? nullptr : program.files.front());
  if (program.main) module.main = function(program.main, {});
  if (options.tests) {
    for (HFunc* test : program.tests) {
      const std::uint32_t index = function(test, {});
      const lang::LineColumn at = test->file->position(test->span.start);
      module.tests.push_back({test->name, index, at.line, file(test->file)});
    }
  }
  for (HFunc* func : program.exports) {
    if (func->tparams.empty() && func->native.empty() && (func->has_body || func->resolved)) {
      module.exports.push_back({func->name, function(func, {})});
    }
  }
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    HClass& cls = program.classes[i];
    const bool is_actor = cls.kind == HClass::Kind::actor || cls.kind == HClass::Kind::supervisor;
    const bool kept = cls.is_export || (options.actors && cls.constructor && cls.constructor->checked);
    if (!cls.tparams.empty() || !(cls.kind == HClass::Kind::agent || (is_actor && kept))) continue;
    types.index(program.types.object(&cls, {}));
  }
}

void ModuleBuilder::drain() {
  while (!diagnostics.full()) {
    if (types.complete_next()) continue;
    if (actors_done_ < types.actors().size()) {
      add_actor(types.actors()[actors_done_++]);
      continue;
    }
    if (work_.empty()) return;
    const Instance instance = std::move(work_.front());
    work_.pop_front();
    set_place(instance.func->file, instance.func->span);
    FunctionGen(*this, instance).run();
  }
}

void ModuleBuilder::finish() {
  for (auto [index, func] : handler_funcs_) {
    const bytecode::HandlerDef& def = module.handlers[index];
    const HClass* cls = func->message_class;
    std::vector<const Type*> args;
    for (const Type* actor : types.actors()) {
      if (types.index(actor) == def.owner && cls->tparams.size() == actor->args.size()) args = actor->args;
    }
    const Type* message = program.types.object(func->message_class, args);
    if (types.has(message)) module.handlers[index].message_type = types.index(message);
  }
  module.name = program.name;
  module.version = program.version;
  module.capabilities = program.requires_;
}

Result<void> ModuleBuilder::build() {
  roots();
  drain();
  if (!failed_) finish();
  if (failed_) {
    for (const lang::Diagnostic& d : diagnostics.all()) {
      if (d.severity == lang::Severity::error) return Error{d.code, d.message, {}};
    }
    return Error{Code::instantiation_too_deep, "the program is too large", {}};
  }
  return {};
}

}  // namespace noodle::codegen
