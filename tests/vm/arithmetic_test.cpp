#include <cmath>
#include <limits>

#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

std::uint64_t bits_of(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void load_constants(ModuleBuilder& b, FunctionBuilder& f, std::uint64_t left, std::uint64_t right) {
  f.wide(Op::ldk, 0, static_cast<std::int32_t>(b.constant(left)));
  f.wide(Op::ldk, 1, static_cast<std::int32_t>(b.constant(right)));
}

Outcome int_op(Op op, std::int64_t left, std::int64_t right) {
  return run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
    load_constants(b, f, static_cast<std::uint64_t>(left), static_cast<std::uint64_t>(right));
    f.line(7, 3).op(op, 2, 0, 1).line(8).op(Op::rets, 2);
  });
}

Outcome immediate_op(Op op, std::int64_t left, std::int32_t right) {
  return run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
    load_constants(b, f, static_cast<std::uint64_t>(left), 0);
    f.line(7, 3).op(op, 2, 0, right).line(8).op(Op::rets, 2);
  });
}

Outcome float_op(Op op, double left, double right, TypeRef result) {
  return run_code(result, [&](ModuleBuilder& b, FunctionBuilder& f) {
    load_constants(b, f, bits_of(left), bits_of(right));
    f.op(op, 2, 0, 1).op(Op::rets, 2);
  });
}

Outcome unary_op(Op op, std::uint64_t value, TypeRef result) {
  return run_code(result, [&](ModuleBuilder& b, FunctionBuilder& f) {
    load_constants(b, f, value, 0);
    f.line(7, 3).op(op, 2, 0).op(Op::rets, 2);
  });
}

}  // namespace

TEST_CASE("integer instructions compute, and trap with the values in the message") {
  struct Row {
    Op op;
    std::int64_t left, right;
    const char* value;
    int code;
    const char* message;
  };
  const Row rows[] = {
      {Op::add, 40, 2, "42", 0, ""},
      {Op::add, kMax, 1, "", 1600, "integer overflow: 9223372036854775807 + 1"},
      {Op::add, kMin, -1, "", 1600, "integer overflow: -9223372036854775808 + -1"},
      {Op::sub, 40, 2, "38", 0, ""},
      {Op::sub, kMin, 1, "", 1600, "integer overflow: -9223372036854775808 - 1"},
      {Op::mul, -6, 7, "-42", 0, ""},
      {Op::mul, kMax, 2, "", 1600, "integer overflow: 9223372036854775807 * 2"},
      {Op::div, -7, 2, "-3", 0, ""},
      {Op::div, 7, -1, "-7", 0, ""},
      {Op::div, kMin, -1, "", 1600, "integer overflow: -9223372036854775808 / -1"},
      {Op::div, 1, 0, "", 1601, "division by zero: 1 / 0"},
      {Op::mod, -7, 2, "-1", 0, ""},
      {Op::mod, 7, -2, "1", 0, ""},
      {Op::mod, kMin, -1, "0", 0, ""},
      {Op::mod, 5, 0, "", 1601, "division by zero: 5 % 0"},
      {Op::band, 12, 10, "8", 0, ""},
      {Op::bor, 12, 10, "14", 0, ""},
      {Op::bxor, 12, 10, "6", 0, ""},
      {Op::shl, 1, 63, "-9223372036854775808", 0, ""},
      {Op::shl, 1, 64, "", 1606, "shift by 64; possible are 0 to 63"},
      {Op::shr, -8, 1, "-4", 0, ""},
      {Op::shr, -8, -1, "", 1606, "shift by -1; possible are 0 to 63"},
      {Op::wadd, kMax, 1, "-9223372036854775808", 0, ""},
      {Op::wsub, kMin, 1, "9223372036854775807", 0, ""},
      {Op::wmul, kMax, 2, "-2", 0, ""},
      {Op::seq, 1, 1, "1", 0, ""},
      {Op::sne, 1, 1, "0", 0, ""},
      {Op::slt, -1, 1, "1", 0, ""},
      {Op::sle, 1, 1, "1", 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(op_name(row.op));
    CAPTURE(row.left);
    CAPTURE(row.right);
    // Comparisons give bool; the module must say so.
    const bool comparison = row.op >= Op::seq && row.op <= Op::sle;
    const Outcome out = comparison ? run_code(ModuleBuilder::bool_(),
                                              [&](ModuleBuilder& b, FunctionBuilder& f) {
                                                load_constants(b, f, static_cast<std::uint64_t>(row.left),
                                                               static_cast<std::uint64_t>(row.right));
                                                f.op(row.op, 2, 0, 1).op(Op::rets, 2);
                                              })
                                   : int_op(row.op, row.left, row.right);
    CHECK(out.code == row.code);
    CHECK(out.message == row.message);
    if (comparison) {
      CHECK(out.value == (row.value[0] == '1' ? "true" : "false"));
    } else {
      CHECK(out.value == row.value);
    }
    if (row.code) CHECK(out.trace == "main (test.nc:7:3)");
  }
}

TEST_CASE("immediate forms compute, and trap with the values in the message") {
  struct Row {
    Op op;
    std::int64_t left;
    std::int32_t right;
    const char* value;
    int code;
    const char* message;
  };
  const Row rows[] = {
      {Op::addk, 40, -2, "38", 0, ""},
      {Op::addk, kMax, 127, "", 1600, "integer overflow: 9223372036854775807 + 127"},
      {Op::mulk, -6, -7, "42", 0, ""},
      {Op::mulk, kMin, -1, "", 1600, "integer overflow: -9223372036854775808 * -1"},
      {Op::divk, -7, 2, "-3", 0, ""},
      {Op::modk, -7, 4, "-3", 0, ""},
      {Op::bandk, -1, -128, "-128", 0, ""},
      {Op::shlk, 3, 2, "12", 0, ""},
      {Op::shrk, -9, 1, "-5", 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(op_name(row.op));
    const Outcome out = immediate_op(row.op, row.left, row.right);
    CHECK(out.code == row.code);
    CHECK(out.message == row.message);
    CHECK(out.value == row.value);
  }
}

TEST_CASE("float instructions follow IEEE 754") {
  struct Row {
    Op op;
    double left, right;
    const char* value;
  };
  const Row rows[] = {
      {Op::fadd, 0.1, 0.2, "0.30000000000000004"},
      {Op::fsub, 1.5, 0.5, "1.0"},
      {Op::fmul, 1e200, 1e200, "inf"},
      {Op::fdiv, 1, 0, "inf"},
      {Op::fdiv, -1, 0, "-inf"},
      {Op::fdiv, 0, 0, "nan"},
      {Op::fmod, 7.5, 2, "1.5"},
      {Op::fmod, -7.5, 2, "-1.5"},
      {Op::fmod, 1, 0, "nan"},
  };
  for (const Row& row : rows) {
    CAPTURE(op_name(row.op));
    CHECK(float_op(row.op, row.left, row.right, ModuleBuilder::float_()).value == row.value);
  }
  const Row comparisons[] = {
      {Op::fseq, 1, 1, "true"},     {Op::fseq, kNan, kNan, "false"}, {Op::fsne, kNan, kNan, "true"},
      {Op::fslt, 1, 2, "true"},     {Op::fslt, kNan, 2, "false"},    {Op::fsle, 2, 2, "true"},
      {Op::fsle, kNan, 2, "false"}, {Op::fseq, 0.0, -0.0, "true"},
  };
  for (const Row& row : comparisons) {
    CAPTURE(op_name(row.op));
    CHECK(float_op(row.op, row.left, row.right, ModuleBuilder::bool_()).value == row.value);
  }
}

TEST_CASE("unary instructions convert, and trap when the value does not fit") {
  const auto f = [](double value) { return bits_of(value); };
  const auto i = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  struct Row {
    Op op;
    std::uint64_t value;
    TypeRef type;
    const char* text;
    int code;
    const char* message;
  };
  const Row rows[] = {
      {Op::neg, i(5), ModuleBuilder::int_(), "-5", 0, ""},
      {Op::neg, i(kMin), ModuleBuilder::int_(), "", 1600, "integer overflow: -(-9223372036854775808)"},
      {Op::bnot, i(0), ModuleBuilder::int_(), "-1", 0, ""},
      {Op::fneg, f(2.5), ModuleBuilder::float_(), "-2.5", 0, ""},
      {Op::fabs, f(-2.5), ModuleBuilder::float_(), "2.5", 0, ""},
      {Op::fsqrt, f(2.25), ModuleBuilder::float_(), "1.5", 0, ""},
      {Op::i2f, i(-3), ModuleBuilder::float_(), "-3.0", 0, ""},
      {Op::f2i, f(-3.99), ModuleBuilder::int_(), "-3", 0, ""},
      {Op::f2i, f(9223372036854774784.0), ModuleBuilder::int_(), "9223372036854774784", 0, ""},
      {Op::f2i, f(9223372036854775808.0), ModuleBuilder::int_(), "", 1607,
       "float 9223372036854775808.0 does not fit an int"},
      {Op::f2i, f(-9223372036854775808.0), ModuleBuilder::int_(), "-9223372036854775808", 0, ""},
      {Op::f2i, f(kNan), ModuleBuilder::int_(), "", 1607, "float nan does not fit an int"},
      {Op::f2i, f(-kInf), ModuleBuilder::int_(), "", 1607, "float -inf does not fit an int"},
      {Op::i2b, i(255), {kByte, false}, "255", 0, ""},
      {Op::i2b, i(256), {kByte, false}, "", 1600, "256 does not fit a byte: 0 to 255"},
      {Op::i2b, i(-1), {kByte, false}, "", 1600, "-1 does not fit a byte: 0 to 255"},
      {Op::not_, i(0), ModuleBuilder::bool_(), "true", 0, ""},
      {Op::mov, i(9), ModuleBuilder::int_(), "9", 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(op_name(row.op));
    const Outcome out = unary_op(row.op, row.value, row.type);
    CHECK(out.code == row.code);
    CHECK(out.message == row.message);
    CHECK(out.value == row.text);
  }
}

TEST_CASE("every branch goes where its condition says, forward and back") {
  struct Row {
    Op op;
    std::int64_t left, right;  // right is the immediate of k forms
    bool taken;
  };
  const Row rows[] = {
      {Op::jeq, 1, 1, true},    {Op::jeq, 1, 2, false},   {Op::jne, 1, 2, true},   {Op::jne, 1, 1, false},
      {Op::jlt, -1, 0, true},   {Op::jlt, 0, 0, false},   {Op::jle, 0, 0, true},   {Op::jle, 1, 0, false},
      {Op::jeqk, -3, -3, true}, {Op::jeqk, 3, -3, false}, {Op::jnek, 3, -3, true}, {Op::jnek, -3, -3, false},
      {Op::jltk, 1, 2, true},   {Op::jltk, 2, 2, false},  {Op::jlek, 2, 2, true},  {Op::jlek, 3, 2, false},
      {Op::jgtk, 3, 2, true},   {Op::jgtk, 2, 2, false},  {Op::jgek, 2, 2, true},  {Op::jgek, 1, 2, false},
      {Op::jt, 1, 0, true},     {Op::jt, 0, 0, false},    {Op::jf, 0, 0, true},    {Op::jf, 2, 0, false},
  };
  const auto is_immediate = [](Op op) { return op >= Op::jeqk && op <= Op::jgek; };
  const auto is_single = [](Op op) { return op == Op::jt || op == Op::jf; };
  for (const Row& row : rows) {
    for (const bool back : {false, true}) {
      CAPTURE(op_name(row.op));
      CAPTURE(row.left);
      CAPTURE(back);
      const Outcome out = run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
        load_constants(b, f, static_cast<std::uint64_t>(row.left), static_cast<std::uint64_t>(row.right));
        const Label taken = f.label();
        const Label start = f.label();
        f.ldi(2, 0);
        if (back) {
          f.jmp(start).bind(taken).ldi(2, 1).op(Op::rets, 2).bind(start);
        }
        const std::int32_t second = is_immediate(row.op) ? static_cast<std::int32_t>(row.right)
                                    : is_single(row.op)  ? 0
                                                         : 1;
        f.jump(row.op, 0, second, taken).op(Op::rets, 2);
        if (!back) f.bind(taken).ldi(2, 1).op(Op::rets, 2);
      });
      CHECK(out.value == (row.taken ? "1" : "0"));
      CHECK(out.fuel == (back ? 1 : 0));  // a back edge burns fuel before it compares
    }
  }
}

TEST_CASE("float branches and their negations differ for nan") {
  struct Row {
    Op op;
    double left, right;
    bool taken;
  };
  const Row rows[] = {
      {Op::jfeq, 1, 1, true},   {Op::jfeq, kNan, 1, false}, {Op::jfne, 1, 2, true},     {Op::jfne, kNan, kNan, true},
      {Op::jflt, 1, 2, true},   {Op::jflt, kNan, 2, false}, {Op::jfle, 2, 2, true},     {Op::jfle, kNan, 2, false},
      {Op::jfnlt, 2, 1, true},  {Op::jfnlt, 1, 2, false},   {Op::jfnlt, kNan, 1, true}, {Op::jfnle, kNan, 1, true},
      {Op::jfnle, 1, 1, false},
  };
  for (const Row& row : rows) {
    CAPTURE(op_name(row.op));
    const Outcome out = run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
      load_constants(b, f, bits_of(row.left), bits_of(row.right));
      const Label taken = f.label();
      f.jump(row.op, 0, 1, taken).ldi(2, 0).op(Op::rets, 2).bind(taken).ldi(2, 1).op(Op::rets, 2);
    });
    CHECK(out.value == (row.taken ? "1" : "0"));
  }
}
