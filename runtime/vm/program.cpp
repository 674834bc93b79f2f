#include "runtime/vm/program.hpp"

#include <algorithm>

namespace noodle::vm {

using bytecode::TypeKind;

bytecode::LineEntry Program::position(const Function& function, std::uint32_t code_word) const {
  const std::vector<bytecode::LineEntry>& lines = function.def->lines;
  if (code_word >= function.portable_word.size()) return {function.def->file, 0, 0};
  const std::uint32_t word = function.portable_word[code_word];
  const auto after = std::upper_bound(lines.begin(), lines.end(), word,
                                      [](std::uint32_t w, const bytecode::LineEntry& line) { return w < line.word; });
  if (after == lines.begin()) return {function.def->file, 0, 0};
  return {function.def->file, after[-1].line, after[-1].column};
}

const bytecode::InlinedCall* Program::inlined_call(const Function& function, std::uint32_t code_word) const {
  if (code_word >= function.portable_word.size()) return nullptr;
  const std::uint32_t word = function.portable_word[code_word];
  const std::vector<bytecode::InlinedCall>& calls = function.def->inlined;
  const auto call = std::find_if(calls.begin(), calls.end(), [word](const bytecode::InlinedCall& inlined) {
    return word >= inlined.start && word < inlined.end;
  });
  return call == calls.end() ? nullptr : &*call;
}

bool is_instance(const Program& program, std::uint32_t id, bytecode::TypeIndex target) {
  if (id == kRope) id = bytecode::kString;
  if (id < bytecode::kAny) return false;  // other storage is never a value
  if (id == target || target == bytecode::kAny) return true;
  const Class& cls = program.classes[id];
  const bytecode::TypeDef& def = program.module.types[target];
  switch (def.kind) {
    case TypeKind::object:
    case TypeKind::enum_: {
      const std::uint16_t depth = program.classes[target].depth;
      return cls.ancestors && cls.depth > depth && cls.ancestors[depth] == target;
    }
    case TypeKind::interface:
      return std::binary_search(cls.interfaces, cls.interfaces + cls.interface_count, target);
    case TypeKind::func:
      return cls.kind == TypeKind::closure && cls.def->result.index == target;
    case TypeKind::actor_ref:
      return target == bytecode::kActorRefAny && cls.kind == TypeKind::actor_ref;
    default:
      return false;
  }
}

}  // namespace noodle::vm
