#include "tests/support/shadow.hpp"

#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/module_view.hpp"
#include "runtime/bytecode/typing.hpp"
#include "runtime/vm/interpreter.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::test {

namespace {

using namespace bytecode;

/// What P registers hold before an instruction; kUnsetCell: nothing is known.
using Promise = std::vector<Cell>;

struct Shadow {
  const vm::Program* program = nullptr;
  std::vector<std::unordered_map<std::uint32_t, Promise>> functions;  // by portable word
  std::uint64_t looked_at = 0;
};
Shadow shadow;

std::unordered_map<std::uint32_t, Promise> promises_of(const ModuleView& view, std::uint32_t index) {
  std::unordered_map<std::uint32_t, Promise> promises;
  const FunctionDef& f = view.module().functions[index];
  std::unordered_map<std::uint32_t, const JoinState*> joins;
  for (const JoinState& join : f.joins) joins[join.word] = &join;
  Typing typing(view);
  RegisterState state;
  typing.begin(f, view.function(index), state);
  bool live = true;
  for (std::uint32_t word = 0; word < f.code.size();) {
    if (const auto join = joins.find(word); join != joins.end()) {
      state.scalars = {};
      for (std::uint32_t s = 0; s < f.scalar_registers; ++s) {
        if (join->second->scalars[s]) state.set_scalar(s);
      }
      for (std::uint32_t p = 0; p < f.pointer_registers; ++p) state.pointers[p] = to_cell(join->second->pointers[p]);
      live = true;
    }
    const Instruction instruction = decode(f.code.data(), word);
    if (live) {
      promises[word] = state.pointers;
      StepEffect effect;
      if (!typing.step(instruction, state, effect)) std::abort();  // the verifier accepted it
      live = effect.falls_through;
    }
    word = instruction.next;
  }
  return promises;
}

[[noreturn]] void broken(const vm::Function& function, std::uint32_t word, std::size_t p, Cell promise,
                         const vm::Object* found) {
  const Module& module = shadow.program->module;
  std::fprintf(stderr, "function `%s`, word %u: P%zu should be %s and is %s\n", function.def->name.c_str(), word, p,
               type_text(module, promise).c_str(),
               found ? type_text(module, not_null(found->class_id())).c_str() : "null");
  std::abort();
}

bool keeps(const vm::Object* object, Cell promise) {
  if (promise == kUnsetCell) return true;
  const TypeRef type = to_type(promise);
  if (!object) return type.nullable || promise == kNullCell;
  if (promise == kNullCell) return false;
  const std::uint32_t id = object->class_id() == vm::kRope ? std::uint32_t{kString} : object->class_id();
  return vm::is_instance(*shadow.program, id, type.index);
}

}  // namespace

void watch(const vm::Program& program) {
  shadow.program = &program;
  shadow.functions.clear();
  const ModuleView view(program.module);
  for (std::uint32_t f = 0; f < program.functions.size(); ++f) shadow.functions.push_back(promises_of(view, f));
}

std::uint64_t watched_instructions() {
  return shadow.looked_at;
}

}  // namespace noodle::test

namespace noodle::vm {

void watch_instruction(const Function* function, const std::uint64_t* pc, Object* const* p) {
  using test::shadow;
  if (!function || function->program != shadow.program) return;
  const std::ptrdiff_t word = pc - function->code;
  if (word < 0 || word >= static_cast<std::ptrdiff_t>(function->portable_word.size())) return;  // on the way in or out
  const std::uint32_t portable = function->portable_word[static_cast<std::size_t>(word)];
  const auto& promises = shadow.functions[function->index];
  const auto promise = promises.find(portable);
  if (promise == promises.end()) {
    std::fprintf(stderr, "function `%s`, word %u runs, but nothing comes to it\n", function->def->name.c_str(),
                 portable);
    std::abort();
  }
  ++shadow.looked_at;
  for (std::size_t k = 0; k < promise->second.size(); ++k) {
    if (!test::keeps(p[k], promise->second[k])) test::broken(*function, portable, k, promise->second[k], p[k]);
  }
}

}  // namespace noodle::vm
