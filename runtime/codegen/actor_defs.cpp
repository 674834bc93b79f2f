// Definitions of actors, agents and supervisors in the module.
#include <algorithm>

#include "runtime/codegen/module_builder.hpp"

namespace noodle::codegen {

namespace {

std::uint32_t* system_slot(bytecode::ActorDef& actor, std::string_view name) {
  std::uint32_t* slots[] = {&actor.on_started, &actor.on_stopping, &actor.on_down, &actor.on_other, &actor.on_migrate};
  static_assert(std::size(slots) == std::size(check::kSystemHandlers));
  for (std::size_t i = 0; i < std::size(slots); ++i) {
    if (check::kSystemHandlers[i] == name) return slots[i];
  }
  return nullptr;
}

}  // namespace

void ModuleBuilder::add_actor(const Type* type) {
  const HClass& cls = *type->decl;
  set_place(cls.file, cls.decl ? cls.decl->span : lang::Span{});
  bytecode::ActorDef actor;
  actor.type = types.index(type);
  actor.name = module.types[actor.type].name;
  actor.is_agent = cls.kind == HClass::Kind::agent;
  actor.is_supervisor = cls.kind == HClass::Kind::supervisor;
  if (cls.constructor) {
    actor.constructor = function(cls.constructor, type->args);
    actor.constructor_args = module.functions[actor.constructor].signature;
    actor.constructor_args.params.erase(actor.constructor_args.params.begin());
  }
  std::vector<std::string_view> names;
  const auto is_new = [&names](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) != names.end()) return false;
    names.push_back(name);
    return true;
  };
  std::vector<bytecode::ActorDef::Every> everys;
  for (const Type* at = type; at; at = types.base_of(at)) {
    for (HFunc* func : at->decl->handlers) {
      if (!is_new(local_name(*func))) continue;
      if (std::uint32_t* slot = system_slot(actor, local_name(*func))) {
        *slot = function(func, at->args);
      } else {
        actor.handlers.push_back(handler(at, func));
      }
    }
    for (const HClass::Every& every : at->decl->everys) {
      everys.push_back({function(every.interval, at->args), function(every.body, at->args)});
    }
  }
  actor.everys = std::move(everys);
  for (const Type* interface : types.interfaces(type)) {
    for (const HFunc* wanted : interface->decl->methods) {
      const TypeMap::Method found = types.find_method(type, local_name(*wanted));
      if (found.func && is_new(local_name(*wanted))) actor.handlers.push_back(handler(found.owner, found.func));
    }
  }
  std::uint32_t number = 0;
  for (const check::FieldRef& field : check::all_fields(program.types, type)) {
    const Type* owner = type;
    while (owner->decl != field.field->owner) owner = types.base_of(owner);
    if (field.field->init) actor.initials.push_back({number, function(field.field->init, owner->args)});
    ++number;
  }
  add_supervision(actor, cls, type);
  actor.metadata = cls.metadata;
  actor.requires_ = cls.requires_;
  module.types[actor.type].actor = static_cast<std::uint32_t>(module.actors.size());
  module.actors.push_back(std::move(actor));
}

void ModuleBuilder::add_supervision(bytecode::ActorDef& actor, const HClass& cls, const Type* type) {
  for (HFunc* child : cls.children) actor.children.push_back(function(child, type->args));
  for (const HClass::Option& option : cls.options) {
    if (option.name == "strategy") {
      actor.strategy = option.word == "one_for_all" ? 1 : option.word == "rest_for_one" ? 2 : 0;
    } else if (option.name == "intensity") {
      actor.intensity = option.value;
    } else if (option.name == "period") {
      actor.period_ns = option.value;
    }
  }
}

}  // namespace noodle::codegen
