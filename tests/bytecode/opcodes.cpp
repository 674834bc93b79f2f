#include <doctest/doctest.h>

#include <set>
#include <string>

#include "runtime/bytecode/instruction.hpp"
#include "runtime/bytecode/module.hpp"

using namespace noodle::bytecode;

TEST_CASE("the numbers of the opcodes never change") {
  // Append new ones; a changed number breaks every stored module.
  const std::string expected =
      "mov mvp ldi ldk ldn lds ldf add sub mul div mod addk mulk divk modk neg band bor bxor bandk bnot shl shr shlk "
      "shrk "
      "wadd wsub wmul fadd fsub fmul fdiv fmod fneg fabs fsqrt i2f f2i i2b seq sne slt sle fseq fsne fslt fsle not "
      "pnul "
      "peq jmp jt jf jeq jne jlt jle jeqk jnek jltk jlek jgtk jgek jfeq jfne jflt jfle jfnlt jfnle jnul jnnul jstreq "
      "jstrne new gets sets getp setp isa cast castn upc nnul box unbox etag newl llen lgs lgb lgp lss lsb lsp lps lpb "
      "lpp lres slen sbyte scat streq strcmp call vcall icall ccall ncall ret rets retp throw spawn spawnf send ask "
      "sendv ";
  std::string actual;
  for (std::size_t i = 0; i < kOpCount; ++i) actual += std::string(op_name(static_cast<Op>(i))) + " ";
  CHECK(actual == expected);
}

TEST_CASE("every opcode has a format of known operand letters") {
  const std::string low = "SsxPpiuIklabt-", extra = "jtfnvchm";
  std::set<std::string> names;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    CAPTURE(op_name(op));
    const Operands& o = kOperands[i];
    for (const char letter : {o.a, o.b, o.c, o.d}) CHECK(low.find(letter) != std::string::npos);
    CHECK(o.has_extra == has_extra_word(op));
    if (o.has_extra) CHECK(extra.find(o.extra) != std::string::npos);
    CHECK(op_effect(op) != nullptr);
    CHECK(names.insert(op_name(op)).second);
  }
}

TEST_CASE("an instruction decodes to what was assembled") {
  const Word code[] = {make_abc(Op::addk, 1, 2, static_cast<std::uint32_t>(-3)),
                       make_ad(Op::ldi, 249, static_cast<std::uint32_t>(-32768)), make_abc(Op::jeqk, 7, 255, 0),
                       static_cast<Word>(-6)};
  const Instruction addk = decode(code, 0), ldi = decode(code, 1), jeqk = decode(code, 2);
  CHECK(addk.op == Op::addk);
  CHECK(addk.a == 1);
  CHECK(addk.b == 2);
  CHECK(addk.signed_c() == -3);
  CHECK(addk.next == 1);
  CHECK(ldi.a == 249);
  CHECK(ldi.signed_d() == -32768);
  CHECK(jeqk.signed_b() == -1);
  CHECK(jeqk.next == 4);
  CHECK(jeqk.target() == -2);
}
