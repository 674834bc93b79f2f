#include "runtime/run/loaded_program.hpp"

namespace noodle::process {

using bytecode::kNone;

CallShape shape_of(const vm::Program& program, const bytecode::Signature& signature) {
  const auto is_scalar = [&program](const bytecode::TypeRef& type) {
    return bytecode::is_scalar_kind(program.module.types[type.index].kind);
  };
  CallShape shape;
  for (const bytecode::TypeRef& param : signature.params) ++(is_scalar(param) ? shape.scalars : shape.pointers);
  if (signature.result.index != bytecode::kVoid) shape.result = is_scalar(signature.result) ? 's' : 'p';
  return shape;
}

LoadedProgram::LoadedProgram(std::shared_ptr<const vm::Program> linked, std::uint16_t number)
    : program(std::move(linked)), stamp(number) {
  const bytecode::Module& module = program->module;
  for (std::uint32_t i = 0; i < module.handlers.size(); ++i) {
    handlers.push_back(shape_of(*program, module.handlers[i].signature));
    handler_by_hash.emplace(program->handler_hash[i], i);
  }
  for (const bytecode::ActorDef& def : module.actors) {
    ActorInfo actor;
    actor.def = &def;
    actor.state = &program->classes[def.type];
    actor.constructor_shape = shape_of(*program, def.constructor_args);
    actor.constructor = function(def.constructor);
    actor.on_started = function(def.on_started);
    actor.on_stopping = function(def.on_stopping);
    actor.on_down = function(def.on_down);
    actor.on_other = function(def.on_other);
    std::unordered_map<std::uint64_t, const vm::Function*> by_hash;
    actor.handlers.resize(module.handlers.size());
    for (const std::uint32_t index : def.handlers) {
      if (module.handlers[index].function == kNone) continue;
      actor.handlers[index] = function(module.handlers[index].function);
      by_hash.emplace(program->handler_hash[index], actor.handlers[index]);
    }
    // A sender that knows the actor by an interface names the interface's handler.
    for (std::uint32_t i = 0; i < module.handlers.size(); ++i) {
      if (actor.handlers[i]) continue;
      const auto same = by_hash.find(program->handler_hash[i]);
      if (same != by_hash.end()) actor.handlers[i] = same->second;
    }
    actor.reference_type = program->actor_ref_type[def.type];
    actors.push_back(std::move(actor));
  }
}

std::uint32_t LoadedProgram::handler_like(const LoadedProgram& other, std::uint32_t index) const {
  if (&other == this) return index;
  const auto found = handler_by_hash.find(other.program->handler_hash[index]);
  return found == handler_by_hash.end() ? kNone : found->second;
}

}  // namespace noodle::process
