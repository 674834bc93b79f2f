#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// Builds a list of ints 0..n-1 in P0 with S0 as counter, S1 as limit; falls through.
void push_ints(ModuleBuilder&, FunctionBuilder& f, TypeIndex list, std::int32_t n) {
  const Label loop = f.label(), done = f.label();
  f.ldi(0, 0).ldi(1, n).ext(Op::newl, 0, 0, 0, list);
  f.bind(loop).jump(Op::jeq, 0, 1, done).op(Op::lps, 0, 0).op(Op::addk, 0, 0, 1).jmp(loop).bind(done);
}

}  // namespace

TEST_CASE("pushed scalars, bytes and pointers are read back") {
  const Outcome ints = run_code(ModuleBuilder::int_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    push_ints(b, f, b.list(b.int_()), 1000);
    f.ldi(2, 999).op(Op::lgs, 3, 0, 2).op(Op::llen, 4, 0).op(Op::mul, 3, 3, 4);
    f.ldi(5, -1).op(Op::lss, 0, 2, 5).op(Op::lgs, 5, 0, 2).op(Op::add, 3, 3, 5).op(Op::rets, 3);
  });
  CHECK(ints.value == "998999");

  const Outcome bools = run_code(ModuleBuilder::bool_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    const Label loop = f.label(), done = f.label();
    f.ldi(0, 0).ldi(1, 500).op(Op::seq, 2, 0, 0).ext(Op::newl, 0, 0, 0, b.list(b.bool_()));
    f.bind(loop)
        .jump(Op::jeq, 0, 1, done)
        .op(Op::slt, 2, 0, 1)
        .op(Op::lpb, 0, 2)
        .op(Op::addk, 0, 0, 1)
        .jmp(loop)
        .bind(done);
    f.ldi(0, 499).op(Op::not_, 2, 2).op(Op::lsb, 0, 0, 2).ldi(1, 498).op(Op::lgb, 3, 0, 0).op(Op::lgb, 4, 0, 1);
    f.op(Op::sne, 3, 3, 4).op(Op::rets, 3);
  });
  CHECK(bools.value == "true");

  const Outcome texts = run_code(ModuleBuilder::string(), [](ModuleBuilder& b, FunctionBuilder& f) {
    const Label loop = f.label(), done = f.label();
    const auto literal = static_cast<std::int32_t>(b.text("ab"));
    f.ldi(0, 0).ldi(1, 50).ext(Op::newl, 0, 0, 0, b.list(b.string()));
    f.bind(loop).jump(Op::jeq, 0, 1, done).wide(Op::lds, 1, literal).wide(Op::lds, 2, literal).op(Op::scat, 1, 1, 2);
    f.op(Op::lpp, 0, 1).op(Op::addk, 0, 0, 1).jmp(loop).bind(done);
    f.ldi(0, 7).wide(Op::lds, 1, static_cast<std::int32_t>(b.text("z"))).op(Op::lsp, 0, 0, 1);
    f.op(Op::lgp, 1, 0, 0).ldi(0, 49).op(Op::lgp, 2, 0, 0).op(Op::scat, 1, 1, 2).op(Op::retp, 1);
  });
  CHECK(texts.value == "zabab");
}

TEST_CASE("indexes outside a list or text trap with index and length") {
  struct Row {
    Op op;
    std::int32_t index;
    const char* message;
  };
  const Row rows[] = {{Op::lgs, 3, "index 3 is out of range: length is 3"},
                      {Op::lgs, -1, "index -1 is out of range: length is 3"},
                      {Op::lss, 3, "index 3 is out of range: length is 3"}};
  for (const Row& row : rows) {
    const Outcome out = run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
      push_ints(b, f, b.list(b.int_()), 3);
      f.ldi(2, row.index).ldi(3, 0);
      if (row.op == Op::lss) {
        f.op(row.op, 0, 2, 3);
      } else {
        f.op(row.op, 3, 0, 2);
      }
      f.op(Op::rets, 3);
    });
    CHECK(out.code == 1602);
    CHECK(out.message == row.message);
  }
  const Outcome text = run_code(ModuleBuilder::int_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    f.wide(Op::lds, 0, static_cast<std::int32_t>(b.text("abc"))).ldi(0, 3).op(Op::sbyte, 0, 0, 0).op(Op::rets, 0);
  });
  CHECK(text.code == 1602);
  CHECK(text.message == "index 3 is out of range: length is 3");
}

TEST_CASE("a negative capacity and a changed length trap") {
  const Outcome negative = run_code(ModuleBuilder::int_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    f.ldi(0, -5).ext(Op::newl, 0, 0, 0, b.list(b.int_())).op(Op::llen, 0, 0).op(Op::rets, 0);
  });
  CHECK(negative.code == 1610);
  CHECK(negative.message == "size -5 is negative");
  const Outcome changed = run_code(ModuleBuilder::int_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    push_ints(b, f, b.list(b.int_()), 3);
    f.op(Op::lres, 0, 0).op(Op::lps, 0, 0).op(Op::lres, 0, 0).op(Op::rets, 0);
  });
  CHECK(changed.code == 1608);
}
