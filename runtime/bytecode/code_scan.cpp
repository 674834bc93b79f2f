#include "runtime/bytecode/code_scan.hpp"

#include <array>

#include "runtime/bytecode/instruction.hpp"

namespace noodle::bytecode {

namespace {

/// First value that is out of range, by operand letter. Immediates have no limit here; branches come later.
class Limits {
 public:
  Limits(const Module& m, const FunctionDef& f) {
    below_.fill(std::uint64_t{1} << 32);
    set("Ssx", f.scalar_registers);
    set("Pp", f.pointer_registers);
    set("a", f.scalar_registers + 1);
    set("b", f.pointer_registers + 1);
    set("-", 1);
    set("k", m.scalars.size());
    set("l", m.strings.size());
    set("t", m.types.size());
    set("f", m.functions.size());
    set("n", m.natives.size());
    set("c", m.selectors.size());
    set("h", m.handlers.size());
    set("v", 255);
  }
  bool allows(char letter, std::uint32_t value) const { return value < below_[static_cast<unsigned char>(letter)]; }

 private:
  void set(const char* letters, std::size_t limit) {
    for (; *letters; ++letters) below_[static_cast<unsigned char>(*letters)] = limit;
  }

  std::array<std::uint64_t, 128> below_;
};

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
  const Limits limits(module, f);
  const auto size = static_cast<std::uint32_t>(f.code.size());
  map.words.assign(size, 0);
  map.branches.clear();
  Op last = Op::mov;
  for (std::uint32_t word = 0; word < size;) {
    const Word w = f.code[word];
    if ((w & 255) >= kOpCount) return code_error(Code::verify_operand, f, word, "unknown instruction");
    const Operands& o = kOperands[w & 255];
    if (o.has_extra && word + 1 >= size) return code_error(Code::verify_fallthrough, f, word, "extra word is missing");
    const Instruction i = decode(f.code.data(), word);
    const bool low = o.d != '-' ? limits.allows(o.d, i.d) : limits.allows(o.b, i.b) && limits.allows(o.c, i.c);
    if (!low || !limits.allows(o.a, i.a) || !limits.allows(o.extra, i.extra) || !immediate_in_range(i)) {
      return code_error(Code::verify_operand, f, word, "operand out of range");
    }
    map.words[word] |= CodeMap::kStart;
    if (o.extra == 'j') map.branches.push_back(word);
    last = i.op;
    word = i.next;
  }
  if (!ends_block(last)) return code_error(Code::verify_fallthrough, f, size - 1, "the last instruction falls through");
  for (const std::uint32_t word : map.branches) {
    const std::int64_t target = decode(f.code.data(), word).target();
    if (target < 0 || target >= size || !map.starts(static_cast<std::uint32_t>(target))) {
      return code_error(Code::verify_branch, f, word, "branches to word " + std::to_string(target));
    }
    map.words[static_cast<std::size_t>(target)] |= CodeMap::kTarget;
  }
  return check_handlers(f, map);
}

}  // namespace noodle::bytecode
