#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

namespace {

constexpr const char* kFormats[] = {
#define NOODLE_OP(name, format, effect) format,
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
};

// Names as people write them: the trailing underscore only avoids C++ keywords.
constexpr const char* kNames[] = {
#define NOODLE_OP(name, format, effect) #name,
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
};

constexpr const char* kEffects[] = {
#define NOODLE_OP(name, format, effect) effect,
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
};

}  // namespace

const char* op_format(Op op) {
  return kFormats[static_cast<std::size_t>(op)];
}

const char* op_name(Op op) {
  switch (op) {
    case Op::not_:
      return "not";
    case Op::new_:
      return "new";
    case Op::throw_:
      return "throw";
    default:
      return kNames[static_cast<std::size_t>(op)];
  }
}

const char* op_effect(Op op) {
  return kEffects[static_cast<std::size_t>(op)];
}

}  // namespace noodle::bytecode
