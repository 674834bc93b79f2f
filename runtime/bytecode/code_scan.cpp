#include "runtime/bytecode/code_scan.hpp"

#include "runtime/bytecode/instruction.hpp"

namespace noodle::bytecode {

namespace {

/// Sizes of the tables an operand may index.
struct Limits {
  std::size_t scalar_registers, pointer_registers;
  std::size_t scalars, strings, types, functions, natives, selectors, handlers;
};

bool in_range(char letter, std::uint32_t value, const Limits& limits) {
  switch (letter) {
    case 'S':
    case 's':
    case 'x':
      return value < limits.scalar_registers;
    case 'P':
    case 'p':
      return value < limits.pointer_registers;
    case 'a':
      return value <= limits.scalar_registers;
    case 'b':
      return value <= limits.pointer_registers;
    case '-':
      return value == 0;
    case 'k':
      return value < limits.scalars;
    case 'l':
      return value < limits.strings;
    case 't':
      return value < limits.types;
    case 'f':
      return value < limits.functions;
    case 'n':
      return value < limits.natives;
    case 'c':
      return value < limits.selectors;
    case 'h':
      return value < limits.handlers;
    case 'v':
      return value < 255;
    default:
      return true;  // immediates; branches are checked when all starts are known
  }
}

/// Limits of immediates that the instruction itself relies on.
bool immediate_in_range(const Instruction& i) {
  switch (i.op) {
    case Op::shlk:
    case Op::shrk:
      return i.c < 64;
    case Op::divk:
    case Op::modk:
      return i.signed_c() != 0 && i.signed_c() != -1;
    case Op::scat:
      return i.c >= 1;
    default:
      return true;
  }
}

Result<void> check_handlers(const FunctionDef& f, CodeMap& map) {
  if (f.handlers.size() > kMaxHandlers) return code_error(Code::verify_limit, f, 0, "too many exception handlers");
  for (const HandlerRange& h : f.handlers) {
    const bool end_ok = h.end == f.code.size() || map.starts(h.end);
    if (!map.starts(h.start) || !end_ok || h.start >= h.end) {
      return code_error(Code::verify_handler, f, h.start, "range of an exception handler is not whole instructions");
    }
    // Only forward, so that a loop through handlers passes a back edge or a call, which burn fuel.
    if (!map.starts(h.target) || h.target < h.end) {
      return code_error(Code::verify_handler, f, h.start, "exception handler does not lie behind its range");
    }
    if (h.error_register >= f.pointer_registers) {
      return code_error(Code::verify_handler, f, h.start, "error register out of range");
    }
    map.words[h.target] |= CodeMap::kHandler;
  }
  return {};
}

}  // namespace

Error code_error(Code code, const FunctionDef& function, std::uint32_t word, const std::string& what) {
  std::string message = "function `" + function.name + "`, word " + std::to_string(word);
  if (word < function.code.size() && (function.code[word] & 255) < kOpCount) {
    message += std::string(" (") + op_name(static_cast<Op>(function.code[word] & 255)) + ")";
  }
  return {code, message + ": " + what, {}};
}

Result<void> scan_code(const Module& module, const FunctionDef& f, CodeMap& map) {
  if (f.code.empty()) return code_error(Code::verify_fallthrough, f, 0, "no code");
  if (f.code.size() > kMaxCodeWords) return code_error(Code::verify_limit, f, 0, "more than 32 000 words");
  if (f.scalar_registers > kMaxRegisters || f.pointer_registers > kMaxRegisters) {
    return code_error(Code::verify_limit, f, 0, "more than 250 registers");
  }
  const Limits limits{f.scalar_registers,    f.pointer_registers,     module.scalars.size(),
                      module.strings.size(), module.types.size(),     module.functions.size(),
                      module.natives.size(), module.selectors.size(), module.handlers.size()};
  const auto size = static_cast<std::uint32_t>(f.code.size());
  map.words.assign(size, 0);
  map.instructions = 0;
  bool branches = false;
  Op last = Op::mov;
  for (std::uint32_t word = 0; word < size;) {
    const Word w = f.code[word];
    if ((w & 255) >= kOpCount) return code_error(Code::verify_operand, f, word, "unknown instruction");
    const Operands& o = kOperands[w & 255];
    if (o.has_extra && word + 1 >= size) return code_error(Code::verify_fallthrough, f, word, "extra word is missing");
    const Instruction i = decode(f.code.data(), word);
    const bool low = o.d != '-' ? in_range(o.d, i.d, limits) : in_range(o.b, i.b, limits) && in_range(o.c, i.c, limits);
    if (!in_range(o.a, i.a, limits) || !low || (o.has_extra && !in_range(o.extra, i.extra, limits)) ||
        !immediate_in_range(i)) {
      return code_error(Code::verify_operand, f, word, "operand out of range");
    }
    map.words[word] |= CodeMap::kStart;
    ++map.instructions;
    branches |= o.extra == 'j';
    last = i.op;
    word = i.next;
  }
  if (!ends_block(last)) return code_error(Code::verify_fallthrough, f, size - 1, "the last instruction falls through");
  for (std::uint32_t word = 0; branches && word < size;) {
    const Instruction i = decode(f.code.data(), word);
    if (kOperands[static_cast<std::size_t>(i.op)].extra == 'j') {
      const std::int64_t target = i.target();
      if (target < 0 || target >= size || !map.starts(static_cast<std::uint32_t>(target))) {
        return code_error(Code::verify_branch, f, word, "branches to word " + std::to_string(target));
      }
      map.words[static_cast<std::size_t>(target)] |= CodeMap::kTarget;
    }
    word = i.next;
  }
  return check_handlers(f, map);
}

}  // namespace noodle::bytecode
