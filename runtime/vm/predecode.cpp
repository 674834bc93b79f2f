#include "runtime/vm/predecode.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "runtime/bytecode/code_scan.hpp"
#include "runtime/bytecode/instruction.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/interpreter.hpp"

namespace noodle::vm {

namespace {

using bytecode::Instruction;
using bytecode::kNone;
using bytecode::ModuleView;
using bytecode::Op;
using bytecode::TypeDef;
using bytecode::TypeIndex;
using bytecode::TypeKind;

/// Handler of the same name for the instructions that keep theirs.
constexpr Handler plain_handler(Op op) {
  switch (op) {
    // clang-format off
#define SAME(name) \
  case Op::name:   \
    return Handler::name;
    SAME(mov)
    SAME(mvp) SAME(ldi) SAME(ldk) SAME(ldn) SAME(add) SAME(sub) SAME(mul) SAME(div) SAME(mod) SAME(addk) SAME(mulk)
        SAME(divk) SAME(modk) SAME(neg) SAME(band) SAME(bor) SAME(bxor) SAME(bandk) SAME(bnot) SAME(shl) SAME(shr)
            SAME(shlk) SAME(shrk) SAME(wadd) SAME(wsub) SAME(wmul) SAME(fadd) SAME(fsub) SAME(fmul) SAME(fdiv)
                SAME(fmod) SAME(fneg) SAME(fabs) SAME(fsqrt) SAME(i2f) SAME(f2i) SAME(i2b) SAME(seq) SAME(sne) SAME(slt)
                    SAME(sle) SAME(fseq) SAME(fsne) SAME(fslt) SAME(fsle) SAME(not_) SAME(pnul) SAME(peq) SAME(gets)
                        SAME(sets) SAME(getp) SAME(setp) SAME(nnul) SAME(box) SAME(unbox) SAME(etag) SAME(newl)
                            SAME(llen) SAME(lgs) SAME(lgb) SAME(lgp) SAME(lss) SAME(lsb) SAME(lsp) SAME(lps) SAME(lpb)
                                SAME(lpp) SAME(lres) SAME(slen) SAME(sbyte) SAME(scat) SAME(streq) SAME(strcmp)
                                    SAME(call) SAME(vcall) SAME(icall) SAME(ccall) SAME(ncall) SAME(ret) SAME(rets)
                                        SAME(retp) SAME(throw_) SAME(spawn) SAME(spawnf) SAME(send) SAME(ask)
                                            SAME(sendv) SAME(new_)
#undef SAME
        // clang-format on
        case Op::lds : case Op::ldf : return Handler::ldo;
    case Op::upc:
      return Handler::mvp;
    case Op::isa:
      return Handler::isa;
    case Op::cast:
      return Handler::cast;
    case Op::castn:
      return Handler::castn;
    default:
      break;
  }
  const auto branch = static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::jmp);
  return static_cast<Handler>(static_cast<std::size_t>(Handler::jmp) + branch);
}

// Branches stand in one order in opcodes.def, handlers.def and among the back edges there.
constexpr std::size_t kBackEdge = static_cast<std::size_t>(Handler::ljmp) - static_cast<std::size_t>(Handler::jmp);
static_assert(static_cast<std::size_t>(Handler::jstrne) - static_cast<std::size_t>(Handler::jmp) ==
              static_cast<std::size_t>(Op::jstrne) - static_cast<std::size_t>(Op::jmp));
static_assert(static_cast<std::size_t>(Handler::ljstrne) == static_cast<std::size_t>(Handler::jstrne) + kBackEdge);

constexpr std::uint8_t kWords[] = {
#define NOODLE_HANDLER(name, words, layout) words,
#define NOODLE_FUSED(name, first, second) 0,
#include "runtime/vm/handlers.def"
#undef NOODLE_FUSED
#undef NOODLE_HANDLER
};

struct Fusion {
  Handler fused, first, second;
};
constexpr std::array kFusions = {
#define NOODLE_HANDLER(name, words, layout)
#define NOODLE_FUSED(name, first, second) Fusion{Handler::name, Handler::first, Handler::second},
#include "runtime/vm/handlers.def"
#undef NOODLE_FUSED
#undef NOODLE_HANDLER
    Fusion{Handler::mov, Handler::mov, Handler::mov}  // end mark, never looked at
};

/// Offset of a physical slot from the start of its object.
constexpr std::uint64_t slot_offset(std::uint8_t slot) {
  return 8 + std::uint64_t{slot} * 8;
}

class Predecoder {
 public:
  Predecoder(Program& program, std::uint32_t index, const ModuleView& view, const std::vector<TypeIndex>& field_objects)
      : program_(program),
        m_(program.module),
        view_(view),
        field_objects_(field_objects),
        f_(program.functions[index]),
        code_(f_.def->code) {}

  Result<void> run(LinkArena& arena) {
    place();
    if (words_.size() > INT16_MAX) {
      return bytecode::code_error(Code::verify_limit, *f_.def, 0, "the function is too large to run");
    }
    const auto size = static_cast<std::uint32_t>(code_.size());
    for (std::uint32_t word = 0; word < size;) {
      const Instruction i = bytecode::decode(code_.data(), word);
      emit(i, place_[word]);
      word = i.next;
    }
    fuse();
    for (const bytecode::CoverageMark& mark : f_.def->marks) {
      std::uint64_t& word = words_[place_[mark.word]];
      word = (word & ~std::uint64_t{0xffff}) | static_cast<std::uint16_t>(Handler::mark);
    }
    const std::uint16_t* offsets = handler_offsets();
    std::uint64_t* code = arena.array<std::uint64_t>(words_.size() + 1);
    *code++ = offsets[static_cast<std::size_t>(Handler::enter_machine)];
    for (std::size_t k = 0; k < words_.size(); ++k) {
      const bool second = k > 0 && f_.portable_word[k] == f_.portable_word[k - 1];
      code[k] = second ? words_[k] : (words_[k] & ~std::uint64_t{0xffff}) | offsets[words_[k] & 0xffff];
    }
    f_.code = f_.entry = code;
    f_.code_words = static_cast<std::uint32_t>(words_.size());
    for (const bytecode::HandlerRange& h : f_.def->handlers) {
      const std::uint32_t end = h.end == size ? f_.code_words : place_[h.end];
      f_.catches.push_back({place_[h.start], end, place_[h.target], static_cast<std::uint16_t>(h.error_register)});
    }
    return {};
  }

 private:
  /// Where each instruction goes.
  void place() {
    place_.resize(code_.size());
    for (std::uint32_t word = 0; word < code_.size();) {
      const Instruction i = bytecode::decode(code_.data(), word);
      place_[word] = static_cast<std::uint32_t>(f_.portable_word.size());
      for (std::uint32_t k = 0; k < word_count(i); ++k) f_.portable_word.push_back(word);
      word = i.next;
    }
    words_.resize(f_.portable_word.size());
  }

  std::uint32_t word_count(const Instruction& i) const {
    if (i.op == Op::upc && i.a == i.b) return 0;
    if (i.op == Op::ldk && is_small(m_.scalars[i.d])) return 1;
    return kWords[static_cast<std::size_t>(plain_handler(i.op))];
  }

  static bool is_small(std::uint64_t bits) {
    return static_cast<std::int64_t>(bits) == static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
  }

  void put(std::uint32_t at, Handler handler, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    words_[at] = make_running(static_cast<std::uint16_t>(handler), a, b, c);
  }
  template <class T>
  void put_second(std::uint32_t at, const T* pointer) {
    words_[at + 1] = reinterpret_cast<std::uintptr_t>(pointer);
  }

  void emit(const Instruction& i, std::uint32_t at) {
    const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(i.op)];
    const Handler handler = plain_handler(i.op);
    if (o.extra == 'j') return emit_branch(i, at);
    switch (i.op) {
      case Op::upc:
        if (i.a != i.b) put(at, handler, i.a * 8, i.b * 8, 0);
        return;
      case Op::ldi:
        words_[at] = make_running_d(static_cast<std::uint16_t>(handler), i.a * 8, as_bits(i.signed_d()));
        return;
      case Op::ldk:
        return emit_constant(i, at);
      case Op::new_: {
        const Class& cls = program_.classes[i.d];
        words_[at] =
            make_running_d(static_cast<std::uint16_t>(handler), i.a * 8, 8 + std::uint64_t{cls.slot_count} * 8);
        words_[at + 1] = make_header(cls.id, cls.slot_count);
        return;
      }
      case Op::gets:
      case Op::sets:
      case Op::getp:
      case Op::setp:
        return emit_field(i, at);
      case Op::isa:
        return emit_type_test(i, at, Handler::isa, Handler::isa_exact, Handler::isa_class);
      case Op::cast:
        return emit_type_test(i, at, Handler::cast, Handler::cast_exact, Handler::cast_class);
      case Op::castn:
        return emit_type_test(i, at, Handler::castn, Handler::castn_exact, Handler::castn_class);
      default:
        break;
    }
    put(at, handler, operand(o.a, i.a), operand(o.b, i.b), operand(o.c, i.c));
    switch (i.op) {
      case Op::lds:
        put_second(at, program_.strings[i.d]);
        break;
      case Op::ldf:
        put_second(at, program_.static_closures[i.extra]);
        break;
      case Op::call:
      case Op::spawnf:
        put_second(at, &program_.functions[i.extra]);
        break;
      case Op::ncall:
        put_second(at, &program_.natives[i.extra]);
        break;
      case Op::vcall:
        emit_shape(at, virtual_shape(i));
        words_[at + 1] = std::uint64_t{i.extra} * 8;
        break;
      case Op::send:
        emit_shape(at, &view_.handler(i.extra));
        words_[at + 1] = i.extra;
        break;
      case Op::icall:
        emit_shape(at, &view_.selector(i.extra));
        words_[at + 1] = i.extra;
        break;
      case Op::ccall:
        emit_shape(at, m_.types[i.extra].kind == TypeKind::func ? &view_.func_type(i.extra) : nullptr);
        words_[at + 1] = i.extra;
        break;
      case Op::box:
        words_[at + 1] = make_header(i.extra, 1);
        break;
      case Op::spawn:
        words_[at + 1] = spawned_actor(m_.types[i.extra].actor);
        break;
      default:
        if (o.has_extra) words_[at + 1] = i.extra;
    }
  }

  const bytecode::CallShape* virtual_shape(const Instruction& i) {
    const TypeIndex type = field_objects_[next_field_++];
    const std::uint32_t function = type == kNone ? kNone : view_.slot_function(type, i.extra);
    return function == kNone ? nullptr : &view_.function(function);  // null: dead code
  }

  /// The actor, and above it the scalar arguments of its constructor; dead code may name no actor.
  std::uint64_t spawned_actor(std::uint32_t actor) const {
    return actor | (actor < m_.actors.size() ? std::uint64_t{view_.constructor_args(actor).scalars} << 32 : 0);
  }

  /// C of a call whose callee is not known: its scalar arguments, and whether it has a scalar result.
  void emit_shape(std::uint32_t at, const bytecode::CallShape* shape) {
    const std::uint64_t c = !shape ? 0x200u : shape->scalars | (shape->result == 's' ? 0x100u : 0u);
    words_[at] |= c << 48;
  }

  static std::uint64_t operand(char letter, std::uint32_t value) {
    switch (letter) {
      case 'i':
        return as_bits(static_cast<std::int8_t>(value));
      case 'u':
      case '-':
        return value;
      default:
        return value * 8;  // registers and windows
    }
  }
  static std::uint64_t as_bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

  void emit_branch(const Instruction& i, std::uint32_t at) {
    const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(i.op)];
    const std::int64_t offset = std::int64_t{place_[static_cast<std::size_t>(i.target())]} - (std::int64_t{at} + 1);
    const std::size_t handler = static_cast<std::size_t>(plain_handler(i.op)) + (offset < 0 ? kBackEdge : 0);
    put(at, static_cast<Handler>(handler), operand(o.a, i.a), operand(o.b, i.b), as_bits(offset));
  }

  void emit_constant(const Instruction& i, std::uint32_t at) {
    const std::uint64_t bits = m_.scalars[i.d];
    if (is_small(bits)) {
      words_[at] = make_running_d(static_cast<std::uint16_t>(Handler::ldi), i.a * 8, bits);
    } else {
      put(at, Handler::ldk, i.a * 8, 0, 0);
      words_[at + 1] = bits;
    }
  }

  void emit_field(const Instruction& i, std::uint32_t at) {
    const TypeIndex type = field_objects_[next_field_++];
    const bool store = i.op == Op::sets || i.op == Op::setp;
    const bool scalar = i.op == Op::gets || i.op == Op::sets;
    const std::uint32_t field = store ? i.b : i.c;
    std::uint64_t offset = 8;  // dead code never runs
    Handler handler = plain_handler(i.op);
    if (type != kNone) {
      const bytecode::FieldLayout& layout = view_.fields(type);
      offset = slot_offset(scalar ? layout.scalar_slots[field] : layout.pointer_slots[field]);
      if (i.op == Op::getp && !(layout.pointers[field] & 1)) handler = Handler::getpc;
    }
    put(at, handler, i.a * 8, store ? offset : i.b * 8, store ? i.c * 8 : offset);
  }

  void emit_type_test(const Instruction& i, std::uint32_t at, Handler any, Handler exact, Handler by_class) {
    const TypeDef& target = m_.types[i.extra];
    std::uint64_t second = i.extra;
    Handler handler = exact;
    switch (target.kind) {
      case TypeKind::object:
        handler = by_class;
        break;
      case TypeKind::enum_:
        handler = by_class;
        break;
      case TypeKind::any:
      case TypeKind::func:
      case TypeKind::interface:
        handler = any;
        break;
      case TypeKind::actor_ref:
        handler = i.extra == bytecode::kActorRefAny ? any : exact;
        break;
      default:
        break;
    }
    if (handler == by_class) {
      std::uint64_t depth = 0;
      for (TypeIndex up = target.parent; up != kNone; up = m_.types[up].parent) ++depth;
      second |= depth << 32;
    }
    put(at, handler, i.a * 8, i.b * 8, 0);
    words_[at + 1] = second;
  }

  void fuse() {
    for (std::uint32_t at = 0; at < words_.size();) {
      std::uint32_t next = at + 1;
      while (next < words_.size() && f_.portable_word[next] == f_.portable_word[at]) ++next;
      const bool stops = next < words_.size() && begins_statement(f_.portable_word[next]);  // a debugger may, between
      for (std::size_t k = 0; next < words_.size() && !stops && k + 1 < kFusions.size(); ++k) {
        const Fusion& fusion = kFusions[k];
        if (handler_at(at) == fusion.first && handler_at(next) == fusion.second) {
          words_[at] = (words_[at] & ~std::uint64_t{0xffff}) | static_cast<std::uint16_t>(fusion.fused);
          break;
        }
      }
      at = next;
    }
  }
  bool begins_statement(std::uint32_t word) const {
    const auto& all = f_.def->statements;
    const auto at = std::lower_bound(all.begin(), all.end(), word,
                                     [](const bytecode::LineEntry& entry, std::uint32_t w) { return entry.word < w; });
    return at != all.end() && at->word == word;
  }
  Handler handler_at(std::uint32_t at) const { return static_cast<Handler>(words_[at] & 0xffff); }

  Program& program_;
  const bytecode::Module& m_;
  const ModuleView& view_;
  const std::vector<TypeIndex>& field_objects_;
  Function& f_;
  const std::vector<bytecode::Word>& code_;
  std::vector<std::uint32_t> place_;  // portable word -> running word
  std::vector<std::uint64_t> words_;
  std::size_t next_field_ = 0;
};

}  // namespace

Result<void> predecode(Program& program, std::uint32_t index, const ModuleView& view,
                       const std::vector<TypeIndex>& field_objects, LinkArena& arena) {
  return Predecoder(program, index, view, field_objects).run(arena);
}

void reach_mark(const std::uint64_t* word) {
  const std::uint64_t jump = handler_offsets()[static_cast<std::size_t>(Handler::jmp)];
  std::atomic_ref(const_cast<std::uint64_t&>(*word))
      .store((*word & ~std::uint64_t{0xffff}) | jump, std::memory_order_relaxed);
}

bool is_reached(const Function& function, std::uint32_t portable_word) {
  const auto at = std::lower_bound(function.portable_word.begin(), function.portable_word.end(), portable_word);
  const std::uint64_t word = function.code[at - function.portable_word.begin()];
  return (word & 0xffff) != handler_offsets()[static_cast<std::size_t>(Handler::mark)];
}

}  // namespace noodle::vm
