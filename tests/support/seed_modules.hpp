// Modules that fuzzers start from: between them they use every kind of instruction and table.
#pragma once

#include <cstdio>
#include <vector>

#include "runtime/package/compile.hpp"
#include "tests/bytecode/sample_module.hpp"

namespace noodle::test {

/// Lists, strings, boxes and numbers in a loop; main takes nothing.
inline Module values_module() {
  ModuleBuilder b;
  const TypeIndex bytes = b.list({kByte, false}), ints = b.list(b.int_()), anys = b.list(b.any());
  const TypeIndex color = b.scalar_enum("Color", {"red", "green"});
  const TypeIndex boxed = b.box(color);
  const auto text = [&](const char* s) { return static_cast<int>(b.text(s)); };
  FunctionBuilder& f = b.function("main", {}, b.int_());
  f.ldi(0, 0).ldi(1, 4).ldi(2, 1);
  f.ext(Op::newl, 0, 1, 0, bytes).ext(Op::newl, 1, 1, 0, ints).ext(Op::newl, 2, 0, 0, anys);
  f.wide(Op::lds, 3, text("x")).wide(Op::lds, 4, text("\u00e4b"));
  const Label head = f.here(), done = f.label(), odd = f.label(), next = f.label();
  f.jump(Op::jgek, 0, 20, done);
  f.op(Op::lpb, 0, 0).op(Op::lps, 1, 0).ext(Op::box, 5, 0, 0, kBoxInt).op(Op::lpp, 2, 5);
  f.op(Op::bandk, 3, 0, 1).jump(Op::jt, 3, 0, odd);
  f.op(Op::mvp, 5, 3).op(Op::mvp, 6, 4).op(Op::scat, 3, 5, 2).op(Op::slen, 3, 3).jmp(next);
  f.bind(odd).op(Op::ldn, 5).op(Op::lpp, 2, 5).ldi(3, 0).op(Op::lgb, 4, 0, 3).op(Op::lgs, 5, 1, 0);
  f.op(Op::add, 4, 4, 5).op(Op::lss, 1, 3, 4).op(Op::lsb, 0, 3, 4);
  f.bind(next).op(Op::lgp, 5, 2, 0).ext(Op::isa, 3, 5, 0, kBoxInt).op(Op::lsp, 2, 0, 5);
  f.op(Op::addk, 0, 0, 1).op(Op::llen, 4, 1).op(Op::lres, 1, 4).jump(Op::jlt, 0, 1, head).jmp(head);
  f.bind(done).op(Op::streq, 3, 3, 4).op(Op::strcmp, 4, 3, 4).op(Op::sbyte, 5, 3, 2).ext(Op::box, 6, 2, 0, boxed);
  f.op(Op::i2f, 6, 1).op(Op::fsqrt, 6, 6).op(Op::f2i, 6, 6).op(Op::shlk, 6, 6, 3).op(Op::shl, 6, 6, 2);
  f.ext(Op::castn, 6, 6, 0, boxed).op(Op::nnul, 6, 6).op(Op::unbox, 7, 6).op(Op::divk, 6, 6, 3).op(Op::mod, 6, 6, 1);
  const Label equal = f.label();
  f.jump(Op::jstrne, 3, 4, equal).op(Op::neg, 6, 6).bind(equal).op(Op::peq, 7, 3, 4).op(Op::pnul, 7, 3).op(Op::rets, 6);
  Module& m = b.module();
  m.main = f.index();
  return b.build();
}

/// Classes, interfaces, enums, closures with captures, natives and exceptions in all kinds of calls.
inline Module calls_module() {
  ModuleBuilder b;
  const TypeIndex face = b.interface("Face");
  const std::uint32_t size = b.selector(face, "size", {b.int_()}, b.int_());
  const TypeIndex base = b.object("Base", {{"name", b.string()}, {"n", b.int_()}});
  b.type(base).is_abstract = true;
  b.type(base).vtable = {kNone};
  const TypeIndex leaf = b.object("Leaf", {{"next", b.maybe(base)}}, base);
  b.type(leaf).interfaces = {face};
  const TypeIndex tree = b.enumeration("Tree", {{"empty", {}}, {"node", {{"value", b.int_()}, {"left", b.any()}}}});
  const TypeIndex adder = b.func({b.int_()}, b.int_());
  const TypeIndex capture = b.closure(adder, {{"by", b.int_()}, {"who", b.of(leaf)}});
  const TypeIndex map = b.map(b.string(), b.int_());
  const std::uint32_t map_new = b.native("map.new", {}, b.of(map));
  const std::uint32_t map_put = b.native("map.put", {b.of(map), b.string(), b.int_()}, b.none());
  const std::uint32_t map_length = b.native("map.length", {b.of(map)}, b.int_());
  const auto text = [&](const char* s) { return static_cast<int>(b.text(s)); };

  FunctionBuilder& method = b.function("Leaf.m", {b.of(leaf), b.int_()}, b.int_());
  method.op(Op::gets, 1, 0, 0).op(Op::add, 0, 0, 1).op(Op::rets, 0);
  FunctionBuilder& sized = b.function("Leaf.size", {b.of(leaf), b.int_()}, b.int_());
  const Label small = sized.label();
  sized.jump(Op::jltk, 0, 10, small).op(Op::getp, 1, 0, 0).op(Op::slen, 0, 1).bind(small).op(Op::rets, 0);
  b.type(leaf).vtable = {method.index()};
  b.type(leaf).methods = {{size, sized.index()}};
  FunctionBuilder& add = b.function("lambda", {b.of(capture), b.int_()}, b.int_());
  add.op(Op::gets, 1, 0, 0).op(Op::add, 0, 0, 1).op(Op::getp, 1, 0, 0).op(Op::sets, 1, 0, 0).op(Op::rets, 0);
  b.type(capture).function = add.index();
  FunctionBuilder& fail = b.function("fail", {b.int_()}, b.string());
  const Label fine = fail.label();
  fail.jump(Op::jgtk, 0, 2, fine).wide(Op::new_, 0, kError).op(Op::sets, 0, 0, 0).wide(Op::lds, 1, text("no"));
  fail.op(Op::setp, 0, 0, 1)
      .op(Op::setp, 0, 3, 1)
      .op(Op::throw_, 0)
      .bind(fine)
      .wide(Op::lds, 0, text("yes"))
      .op(Op::retp, 0);
  FunctionBuilder& make = b.function("make", {b.int_(), b.maybe(base)}, b.of(leaf));
  make.wide(Op::new_, 1, static_cast<int>(leaf)).op(Op::sets, 1, 0, 0).wide(Op::lds, 2, text("leaf"));
  make.op(Op::setp, 1, 0, 2).op(Op::setp, 1, 1, 0).op(Op::retp, 1);

  FunctionBuilder& f = b.function("main", {}, b.int_());
  f.ldi(0, 0).ldi(1, 0).op(Op::ldn, 0).call(Op::ncall, 2, 1, map_new);
  const Label head = f.here();
  f.op(Op::mov, 2, 1).op(Op::mvp, 2, 0).call(Op::call, 2, 2, make.index()).ext(Op::upc, 0, 2, 0, base);
  const Label start = f.here(), end = f.label(), caught = f.label(), after = f.label();
  f.op(Op::mov, 2, 1).call(Op::call, 2, 2, fail.index()).op(Op::mvp, 4, 2).op(Op::mvp, 3, 1).op(Op::mov, 2, 1);
  f.op(Op::mvp, 2, 3).op(Op::mvp, 3, 4).call(Op::ncall, 2, 2, map_put).bind(end).jmp(after);
  f.bind(caught).op(Op::gets, 2, 2, 0).op(Op::add, 0, 0, 2);
  f.handler(start, end, caught, 2).bind(after);
  const Label none = f.label();
  f.jump(Op::jnul, 0, 0, none).op(Op::mvp, 2, 0).op(Op::mov, 2, 1).call(Op::vcall, 2, 2, 0).op(Op::add, 0, 0, 2);
  f.ext(Op::castn, 2, 0, 0, leaf).op(Op::nnul, 3, 2).op(Op::mov, 2, 1).call(Op::icall, 2, 3, size).op(Op::add, 0, 0, 2);
  f.wide(Op::new_, 3, static_cast<int>(capture))
      .op(Op::sets, 3, 0, 1)
      .ext(Op::cast, 4, 0, 0, leaf)
      .op(Op::setp, 3, 0, 4);
  f.op(Op::mov, 2, 1).call(Op::ccall, 2, 3, adder).op(Op::add, 0, 0, 2).bind(none);
  f.wide(Op::new_, 2, static_cast<int>(b.type(tree).case_types[1])).op(Op::setp, 2, 0, 0).op(Op::etag, 2, 2);
  f.op(Op::addk, 1, 1, 1).jump(Op::jltk, 1, 30, head).op(Op::mvp, 2, 1).call(Op::ncall, 2, 2, map_length);
  f.op(Op::add, 0, 0, 2).op(Op::rets, 0);
  Module& m = b.module();
  m.main = f.index();
  return b.build();
}

/// What the compiler makes of a program with a little of everything.
inline Module compiled_module(const codegen::Optimisations& optimise) {
  static constexpr const char* kText = R"(
interface Shape { func area(): float; }
class Square implements Shape { side: float; func area(): float { return side * side; } }
class Node { value: int; next: Node?; }
enum Found { nothing, at(index: int), many(all: List<int>) }
record Pair(key: String, count: int)
func chain(n: int): Node? {
  let first: Node? = null;
  for (i in 0..<n) { first = Node(value: i, next: first); }
  return first;
}
func sum(node: Node?): int {
  let total = 0;
  let at = node;
  while (at != null) { total += at.value; at = at.next; }
  return total;
}
func find(all: List<int>, wanted: int): Found {
  let where: List<int> = [];
  for (i in 0..<all.length) { if (all[i] == wanted) { where.push(i); } }
  return match (where.length) { case 0 => Found.nothing, case 1 => Found.at(where[0]), case _ => Found.many(where) };
}
func words(text: String): Map<String, int> {
  let counts: Map<String, int> = {};
  for (word in text.split(" ")) { counts[word] = (counts.get(word) ?? 0) + 1; }
  return counts;
}
func risky(n: int): int { return 100 / (n - 3) + [1, 2, 3][n]; }
func guarded(n: int): String {
  try { return `fine ${risky(n)}`; } catch (e) { return `${e.code} ${e.message}`; } finally { chain(n); }
}
func shapes(n: int): float {
  let all: List<Shape> = [];
  for (i in 0..<n) { all.push(Square(side: i * 0.5)); }
  let total = 0.0;
  for (shape in all) { total += shape.area(); }
  return total;
}
func pairs(counts: Map<String, int>): List<Pair> {
  let out: List<Pair> = [];
  for (key in counts.keys()) { out.push(Pair(key: key, count: counts.get(key) ?? 0)); }
  out.sort((a, b) => a.count - b.count);
  return out;
}
func bits(seed: int): int {
  let x = seed;
  for (i in 0..<40) { x = (x ^ (x << 3) ^ (x >> 5)) & 1048575; if (x % 7 == 0) { x += i; } }
  return x;
}
func main(): int {
  let total = sum(chain(9)) + bits(77);
  for (i in 0..<5) { total += guarded(i).length; }
  let found = find([4, 5, 4], 4);
  match (found) { case Found.nothing => { total += 1; } case Found.at(i) => { total += i; } case Found.many(all) => { total += all.length; } }
  total += pairs(words("a b a c b a")).length;
  let add: func(int): int = x => x + total;
  return add(1) + int(shapes(8));
}
)";
  package::CompileOptions options;
  options.optimise = optimise;
  auto compilation = package::compile_text("seed.nc", kText, options);
  for (const auto& diagnostic : compilation->diagnostics.all()) {
    std::fputs(lang::render(diagnostic, false).c_str(), stderr);
  }
  return compilation->module.value();
}

/// A number of kWaysToCompile: bit k leaves the k-th optimisation in.
constexpr std::size_t kWaysToCompile = 32;
inline codegen::Optimisations way_to_compile(std::size_t number) {
  codegen::Optimisations optimise;
  for (std::size_t k = 0; k < 5; ++k) optimise.*codegen::Optimisations::kParts[k].member = number >> k & 1;
  return optimise;
}

inline std::vector<Module> seed_modules() {
  return {sample_module(), values_module(), calls_module()};
}

}  // namespace noodle::test
