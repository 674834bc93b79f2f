// Fuzzes verification and machine code: changes a good module a little; what verify() still accepts is linked and run
// with small limits, by the interpreter under the eyes of the shadow (tests/support/shadow.hpp), then as machine code,
// which has to do the same. A crash, a sanitizer report or a hang means that the verifier lets something unsafe
// through, a difference that one of the engines is wrong.
//
// Input: seed number (from 224 on compiled ones), flags (bit 0: new states; bits 1 to 4: slices of 1 to 7 and 100
// fuel, calm or with a collection at every allocation), then changes: kind, place, value.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "runtime/bytecode/disasm.hpp"
#include "runtime/bytecode/inference.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "runtime/jit/compiler.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/run_functions.hpp"
#include "tests/support/seed_modules.hpp"
#include "tests/support/shadow.hpp"

using namespace noodle;
using namespace noodle::bytecode;

namespace {

/// Numbers out of the fuzzer's bytes; zeros at the end.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool done() const { return at_ >= size_; }
  std::uint8_t byte() { return at_ < size_ ? data_[at_++] : 0; }
  std::uint32_t number() { return byte() | static_cast<std::uint32_t>(byte()) << 8; }
  std::uint32_t below(std::size_t count) { return count ? number() % static_cast<std::uint32_t>(count) : 0; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

/// An element of a table by the input's choice; null when the table is empty.
template <class Table>
auto* pick(Bytes& in, Table& table) {
  const std::uint32_t index = in.below(table.size());
  return table.empty() ? nullptr : &table[index];
}

TypeRef any_type(Bytes& in, const Module& m) {
  const std::uint32_t n = in.number();
  return {static_cast<TypeIndex>((n >> 1) % (m.types.size() + 1)), (n & 1) != 0};
}

void change_signature(Bytes& in, const Module& m, Signature& s) {
  if (TypeRef* p = in.byte() % 4 ? pick(in, s.params) : nullptr) {
    *p = any_type(in, m);
  } else if (in.byte() % 2) {
    s.result = any_type(in, m);
  } else {
    s.params.push_back(any_type(in, m));
  }
}

void change_code(Bytes& in, FunctionDef& f) {
  Word* word = pick(in, f.code);
  if (!word) return;
  switch (in.byte() % 5) {
    case 0:
      *word = (*word & ~Word{255}) | in.byte() % (kOpCount + 1);
      break;
    case 1:
      *word = (*word & ~Word{0xff00}) | static_cast<Word>(in.byte()) << 8;
      break;
    case 2:
      *word = (*word & ~Word{0xff0000}) | static_cast<Word>(in.byte()) << 16;
      break;
    case 3:
      *word = (*word & ~Word{0xff000000}) | static_cast<Word>(in.byte()) << 24;
      break;
    default: {
      Word* other = pick(in, f.code);
      std::swap(*word, *other);
    }
  }
}

void change_function(Bytes& in, const Module& m, FunctionDef& f) {
  switch (in.byte() % 8) {
    case 0:
      f.scalar_registers = in.byte();
      break;
    case 1:
      f.pointer_registers = in.byte();
      break;
    case 2:
      change_signature(in, m, f.signature);
      break;
    case 3:
      if (JoinState* join = pick(in, f.joins)) {
        if (TypeRef* type = pick(in, join->pointers)) *type = any_type(in, m);
      }
      break;
    case 4:
      if (JoinState* join = pick(in, f.joins)) {
        if (!join->scalars.empty()) join->scalars[in.below(join->scalars.size())].flip();
      }
      break;
    case 5:
      if (HandlerRange* h = pick(in, f.handlers)) {
        std::uint32_t* const fields[] = {&h->start, &h->end, &h->target, &h->error_register};
        *fields[in.byte() % 4] = in.byte();
      }
      break;
    default:
      change_code(in, f);
  }
}

void change_type(Bytes& in, Module& m, TypeDef& t) {
  switch (in.byte() % 12) {
    case 0:
      t.kind = static_cast<TypeKind>(in.byte() % 26);
      break;
    case 1:
      t.parent = in.byte() % 4 ? in.below(m.types.size()) : kNone;
      break;
    case 2:
      if (TypeRef* a = pick(in, t.args)) *a = any_type(in, m);
      break;
    case 3:
      t.result = any_type(in, m);
      break;
    case 4:
      t.interfaces.push_back(in.below(m.types.size()));
      break;
    case 5:
      if (FieldDef* f = pick(in, t.fields)) f->type = any_type(in, m);
      break;
    case 6:
      t.fields.push_back({"f", any_type(in, m)});
      break;
    case 7:
      t.vtable.push_back(in.below(m.functions.size()));
      break;
    case 8:
      if (std::uint32_t* f = pick(in, t.vtable)) *f = in.byte() % 4 ? in.below(m.functions.size()) : kNone;
      break;
    case 9:
      t.methods.push_back({in.below(m.selectors.size()), in.below(m.functions.size())});
      break;
    case 10:
      t.function = in.below(m.functions.size());
      break;
    default:
      t.is_abstract = !t.is_abstract;
  }
}

void change_tables(Bytes& in, Module& m) {
  static constexpr const char* kNatives[] = {
      "map.get",     "map.at",       "map.put",      "map.new",     "list.push",   "list.slice",   "list.concat",
      "list.sort",   "string.slice", "string.split", "value.text",  "text.of",     "value.equals", "map.keys",
      "list.filled", "host.object",  "map.remove",   "list.insert", "bytes.slice", "string.format"};
  switch (in.byte() % 6) {
    case 0:
      if (NativeImport* n = pick(in, m.natives)) n->name = kNatives[in.byte() % std::size(kNatives)];
      break;
    case 1:
      if (NativeImport* n = pick(in, m.natives)) change_signature(in, m, n->signature);
      break;
    case 2:
      if (Selector* s = pick(in, m.selectors)) change_signature(in, m, s->signature);
      break;
    case 3:
      if (HandlerDef* h = pick(in, m.handlers)) change_signature(in, m, h->signature);
      break;
    case 4:
      if (Selector* s = pick(in, m.selectors)) s->interface = in.below(m.types.size());
      break;
    default:
      m.main = in.below(m.functions.size());
  }
}

void print(const char* engine, const test::FunctionRun& run) {
  std::fprintf(stderr, "  %s: status %d, fuel %llu, result %llx, heap %llx, error `%s`\n", engine,
               static_cast<int>(run.status), static_cast<unsigned long long>(run.fuel),
               static_cast<unsigned long long>(run.result), static_cast<unsigned long long>(run.heap),
               run.error.c_str());
}

[[noreturn]] void differ(const vm::Program& program, const test::FunctionRun& interpreted,
                         const test::FunctionRun& compiled) {
  std::fprintf(stderr, "function %u `%s` differs\n", interpreted.function,
               program.functions[interpreted.function].def->name.c_str());
  print("interpreter", interpreted);
  print("machine code", compiled);
  bytecode::DisasmOptions options;
  options.function = program.functions[interpreted.function].def->name;
  std::fputs(bytecode::disassemble(program.module, options).c_str(), stderr);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Module> seeds = test::seed_modules();
  Bytes in(data, size);
  static const std::vector<Module> from_source = [] {
    std::vector<Module> ways;
    for (std::size_t k = 0; k < test::kWaysToCompile; ++k)
      ways.push_back(test::compiled_module(test::way_to_compile(k)));
    return ways;
  }();
  const std::uint8_t seed = in.byte();
  Module m = seed < 0xe0 ? seeds[seed % 3] : from_source[seed % test::kWaysToCompile];
  const std::uint8_t flags = in.byte();
  const bool infer = flags & 1;
  for (int changes = 0; changes < 12 && !in.done(); ++changes) {
    switch (in.byte() % 8) {
      case 0:
        if (TypeDef* t = pick(in, m.types)) change_type(in, m, *t);
        break;
      case 1:
        change_tables(in, m);
        break;
      default:
        if (FunctionDef* f = pick(in, m.functions)) change_function(in, m, *f);
    }
  }
  // New states make more of the changed modules valid; otherwise the stored ones have to be refused.
  if (infer && !infer_joins(m)) return 0;
  if (!verify(m)) return 0;
  Result<std::shared_ptr<const vm::Program>> program = vm::link(std::move(m));
  if (!program) return 0;
  const int fuel = flags >> 1 & 7;
  const test::Slices slices{.count = fuel ? 400 / fuel : 4, .fuel = fuel ? fuel : 100, .collect_always = !(flags & 16)};
  test::watch(**program);
  const std::vector<test::FunctionRun> interpreted = test::run_functions(**program, slices);
  if (!interpreted.empty() && test::watched_instructions() == 0) std::abort();  // linked with another interpreter
  jit::compile_all(**program);
  const std::vector<test::FunctionRun> compiled = test::run_functions(**program, slices);
  for (std::size_t k = 0; k < interpreted.size(); ++k) {
    if (interpreted[k].ended() && compiled[k].ended() && compiled[k] != interpreted[k])
      differ(**program, interpreted[k], compiled[k]);
  }
  return 0;
}
