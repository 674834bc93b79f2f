#include "runtime/bytecode/disasm.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "runtime/base/json_text.hpp"
#include "runtime/bytecode/instruction.hpp"
#include "runtime/bytecode/module_view.hpp"

namespace noodle::bytecode {

namespace {

constexpr std::size_t kCommentColumn = 44;
constexpr std::size_t kMaxLiteralShown = 60;

std::string type_of(const Module& m, TypeRef type) {
  return type_text(m, to_cell(type));
}

/// A literal as it would be written, cut to a line.
std::string quoted(const std::string& literal) {
  std::size_t end = std::min(literal.size(), kMaxLiteralShown);
  while (end > 0 && end < literal.size() && (literal[end] & 0xc0) == 0x80) --end;
  return json_string(literal.substr(0, end)) + (end < literal.size() ? "..." : "");
}

/// Constants are untyped: the int, and also the float where the int is not a likely one.
std::string constant_text(std::uint64_t bits) {
  const auto number = static_cast<std::int64_t>(bits);
  constexpr std::int64_t kLikely = std::int64_t{1} << 52;
  if (number > -kLikely && number < kLikely) return std::to_string(number);
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", std::bit_cast<double>(bits));
  return std::string(text) + " or " + std::to_string(number);
}

/// What the operand with this letter refers to.
std::string reference(const Module& m, const Instruction& i, char letter) {
  switch (letter) {
    case 'k':
      return constant_text(m.scalars[i.d]);
    case 'l':
      return quoted(m.strings[i.d]);
    case 't':
      return m.types[kOperands[static_cast<std::size_t>(i.op)].has_extra ? i.extra : i.d].name;
    case 'f':
      return m.functions[i.extra].name + signature_text(m, m.functions[i.extra].signature);
    case 'n':
      return m.natives[i.extra].name + signature_text(m, m.natives[i.extra].signature);
    case 'c': {
      const Selector& s = m.selectors[i.extra];
      return m.types[s.interface].name + "." + s.name + signature_text(m, s.signature);
    }
    case 'h': {
      const HandlerDef& h = m.handlers[i.extra];
      return m.types[h.owner].name + "." + h.name + signature_text(m, h.signature);
    }
    default:
      return {};
  }
}

std::string operand_text(char letter, const Instruction& i, std::uint32_t value) {
  switch (letter) {
    case 'S':
    case 's':
    case 'x':
    case 'a':
      return "S" + std::to_string(value);
    case 'P':
    case 'p':
    case 'b':
      return "P" + std::to_string(value);
    case 'i':
      return std::to_string(static_cast<std::int8_t>(value));
    case 'I':
      return std::to_string(i.signed_d());
    case 'j':
      return "-> " + std::to_string(i.target());
    case 'k':
      return "scalar " + std::to_string(value);
    case 'l':
      return "string " + std::to_string(value);
    case 't':
      return "type " + std::to_string(value);
    case 'f':
      return "function " + std::to_string(value);
    case 'n':
      return "native " + std::to_string(value);
    case 'c':
      return "selector " + std::to_string(value);
    case 'h':
      return "handler " + std::to_string(value);
    case 'v':
      return "slot " + std::to_string(value);
    default:
      return std::to_string(value);
  }
}

/// Text form of a module.
class TextWriter {
 public:
  TextWriter(const Module& module, const DisasmOptions& options) : m_(module), options_(options) {}

  std::string run() {
    if (options_.function.empty()) tables();
    for (std::size_t i = 0; i < m_.functions.size(); ++i) {
      if (options_.function.empty() || m_.functions[i].name == options_.function) function(i);
    }
    return std::move(out_);
  }

 private:
  void tables() {
    out_ += "module " + m_.name + " " + m_.version + "\n";
    for (const std::string& capability : m_.capabilities) out_ += "requires " + capability + "\n";
    for (std::size_t i = kBuiltinTypeCount; i < m_.types.size(); ++i) type(i);
    for (const NativeImport& n : m_.natives) {
      out_ += "native " + n.name + signature_text(m_, n.signature);
      out_ += n.capability.empty() ? "\n" : " needs " + n.capability + "\n";
    }
    for (const ActorDef& a : m_.actors) {
      out_ += "actor " + a.name + signature_text(m_, a.constructor_args) + "\n";
      for (const std::uint32_t h : a.handlers) {
        out_ += "  on " + m_.handlers[h].name + signature_text(m_, m_.handlers[h].signature) + "\n";
      }
    }
    for (const ExportDef& e : m_.exports) out_ += "export " + e.name + "\n";
    for (const TestDef& t : m_.tests) out_ += "test " + json_string(t.name) + "\n";
  }

  void type(std::size_t index) {
    static constexpr const char* kKinds[] = {
        "void",      "int",    "float",     "bool", "byte", "duration", "time", "scalar enum", "any",
        "null",      "string", "bytes",     "-",    "box",  "list",     "map",  "set",         "func",
        "actor ref", "object", "interface", "enum", "case", "closure",  "host"};
    const TypeDef& t = m_.types[index];
    out_ += "type " + std::to_string(index) + " " + kKinds[static_cast<std::size_t>(t.kind)] + " " + t.name;
    if (t.parent != kNone) out_ += " of " + m_.types[t.parent].name;
    for (std::size_t i = 0; i < t.fields.size(); ++i) {
      out_ += (i ? ", " : " { ") + t.fields[i].name + ": " + type_of(m_, t.fields[i].type);
    }
    out_ += t.fields.empty() ? "\n" : " }\n";
  }

  void function(std::size_t index) {
    const FunctionDef& f = m_.functions[index];
    out_ += "\nfunction " + std::to_string(index) + " " + f.name + signature_text(m_, f.signature) + "  // " +
            std::to_string(f.scalar_registers) + " S, " + std::to_string(f.pointer_registers) + " P, " +
            std::to_string(f.code.size()) + " words\n";
    std::size_t line = 0, join = 0;
    for (std::uint32_t word = 0; word < f.code.size();) {
      const Instruction i = decode(f.code.data(), word);
      for (; line < f.lines.size() && f.lines[line].word <= word; ++line) source_line(f, f.lines[line]);
      for (; join < f.joins.size() && f.joins[join].word <= word; ++join) state(f.joins[join]);
      instruction(f, word);
      word = i.next;
    }
    for (const InlinedCall& call : f.inlined) {
      out_ += "  inlined " + std::to_string(call.start) + ".." + std::to_string(call.end) + " " + call.name +
              ", called at " + std::to_string(call.line) + ":" + std::to_string(call.column) + "\n";
    }
    for (const HandlerRange& h : f.handlers) {
      out_ += "  catch " + std::to_string(h.start) + ".." + std::to_string(h.end) + " -> " + std::to_string(h.target) +
              ", error in P" + std::to_string(h.error_register) + "\n";
    }
  }

  void instruction(const FunctionDef& f, std::uint32_t word) {
    const InstructionText text = describe_instruction(m_, f, word);
    char head[32];
    std::snprintf(head, sizeof head, "%6u  %-7s", word, op_name(decode(f.code.data(), word).op));
    std::string row = head;
    for (std::size_t k = 0; k < text.operands.size(); ++k) row += (k ? ", " : " ") + text.operands[k];
    if (!text.comment.empty()) {
      row.resize(std::max(row.size() + 1, kCommentColumn), ' ');
      row += "; " + text.comment;
    }
    row.resize(row.find_last_not_of(' ') + 1);
    out_ += row + "\n";
  }

  void source_line(const FunctionDef& f, const LineEntry& entry) {
    if (!options_.sources) return;
    const std::string file = f.file < m_.files.size() ? m_.files[f.file] : "";
    out_ += "  // " + file + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column);
    if (f.file < m_.sources.size()) {
      const std::string text = line_of(m_.sources[f.file], entry.line);
      if (!text.empty()) out_ += "  " + text;
    }
    out_ += "\n";
  }

  static std::string line_of(const std::string& source, std::uint32_t line) {
    std::size_t start = 0;
    for (std::uint32_t k = 1; k < line; ++k) {
      start = source.find('\n', start);
      if (start == std::string::npos) return {};
      ++start;
    }
    const std::size_t text = source.find_first_not_of(" \t", start);
    if (text == std::string::npos) return {};
    const std::size_t end = source.find('\n', start);
    return end != std::string::npos && text >= end ? std::string() : source.substr(text, end - text);
  }

  void state(const JoinState& join) {
    if (!options_.states) return;
    out_ += "  state";
    for (std::size_t s = 0; s < join.scalars.size(); ++s) {
      if (join.scalars[s]) out_ += " S" + std::to_string(s);
    }
    for (std::size_t p = 0; p < join.pointers.size(); ++p) {
      if (to_cell(join.pointers[p]) != kUnsetCell)
        out_ += " P" + std::to_string(p) + "=" + type_of(m_, join.pointers[p]);
    }
    out_ += "\n";
  }

  const Module& m_;
  const DisasmOptions& options_;
  std::string out_;
};

std::string json_member(const char* name, const std::string& text) {
  return json_string(name) + ":" + json_string(text);
}
std::string json_member(const char* name, std::uint64_t number) {
  return json_string(name) + ":" + std::to_string(number);
}

std::string json_code(const Module& m, const FunctionDef& f) {
  std::string out = "[";
  std::size_t line = 0;
  for (std::uint32_t word = 0; word < f.code.size();) {
    const Instruction i = decode(f.code.data(), word);
    const InstructionText text = describe_instruction(m, f, word);
    out += (word ? ",{" : "{") + json_member("word", word) + "," + json_member("op", op_name(i.op)) + ",\"operands\":[";
    for (std::size_t k = 0; k < text.operands.size(); ++k) out += (k ? "," : "") + json_string(text.operands[k]);
    out += "]";
    if (!text.comment.empty()) out += "," + json_member("comment", text.comment);
    while (line + 1 < f.lines.size() && f.lines[line + 1].word <= word) ++line;
    if (line < f.lines.size() && f.lines[line].word <= word) out += "," + json_member("line", f.lines[line].line);
    out += "}";
    word = i.next;
  }
  return out + "]";
}

}  // namespace

InstructionText describe_instruction(const Module& module, const FunctionDef& function, std::uint32_t word) {
  const Instruction i = decode(function.code.data(), word);
  const Operands& o = kOperands[static_cast<std::size_t>(i.op)];
  InstructionText text;
  const auto add = [&](char letter, std::uint32_t value) {
    if (letter == '-') return;
    text.operands.push_back(operand_text(letter, i, value));
    const std::string what = reference(module, i, letter);
    if (!what.empty()) text.comment += (text.comment.empty() ? "" : ", ") + what;
  };
  add(o.a, i.a);
  add(o.b, i.b);
  add(o.c, i.c);
  add(o.d, i.d);
  if (o.has_extra) add(o.extra, i.extra);
  return text;
}

std::string disassemble(const Module& module, const DisasmOptions& options) {
  return TextWriter(module, options).run();
}

std::string disassemble_json(const Module& module, const DisasmOptions& options) {
  std::string out =
      "{" + json_member("name", module.name) + "," + json_member("version", module.version) + ",\"functions\":[";
  bool first = true;
  for (const FunctionDef& f : module.functions) {
    if (!options.function.empty() && f.name != options.function) continue;
    out += first ? "{" : ",{";
    first = false;
    out += json_member("name", f.name) + "," + json_member("signature", signature_text(module, f.signature)) + "," +
           json_member("scalarRegisters", f.scalar_registers) + "," +
           json_member("pointerRegisters", f.pointer_registers) + ",\"code\":" + json_code(module, f) + "}";
  }
  return out + "]}";
}

}  // namespace noodle::bytecode
