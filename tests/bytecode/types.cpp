#include <doctest/doctest.h>

#include <functional>

#include "runtime/bytecode/builtins.hpp"
#include "runtime/bytecode/module_view.hpp"
#include "runtime/bytecode/type_checks.hpp"
#include "runtime/bytecode/verifier.hpp"
#include "tests/bytecode/sample_module.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

TypeIndex named(const Module& m, const std::string& name) {
  for (TypeIndex i = 0; i < m.types.size(); ++i) {
    if (m.types[i].name == name) return i;
  }
  FAIL("no type " << name);
  return kNone;
}

}  // namespace

TEST_CASE("the built-in types are in their fixed places") {
  const std::vector<TypeDef> types = builtin_types();
  REQUIRE(types.size() == kBuiltinTypeCount);
  CHECK(types[kDuration].name == "Duration");
  CHECK(types[kBoxTime].kind == TypeKind::box);
  CHECK(types[kBoxTime].args[0].index == kTime);
  CHECK(types[kError].fields.size() == 5);
  CHECK(types[kSpawnOptions].fields[9].type == TypeRef{kListString, true});
  Module m;
  m.types = types;
  CHECK(check_types(m));
}

TEST_CASE("broken type tables are refused") {
  struct Row {
    std::uint16_t code;
    const char* what;
    std::function<void(Module&)> change;
  };
  const auto at = [](Module& m, const char* name) -> TypeDef& { return m.types[named(m, name)]; };
  const Row rows[] = {
      {1518, "built-ins missing", [](Module& m) { m.types.resize(3); }},
      {1518, "built-in renamed", [](Module& m) { m.types[kInt].name = "Int"; }},
      {1518, "Error with another field",
       [](Module& m) {
         m.types[kError].fields[1].type = {kBytes, false};
       }},
      {1518, "second int", [at](Module& m) { at(m, "Color").kind = TypeKind::int_; }},
      {1518, "unused kind", [at](Module& m) { at(m, "Color").kind = TypeKind::error_unused; }},
      {1518, "kind out of range", [at](Module& m) { at(m, "Color").kind = static_cast<TypeKind>(200); }},
      {1516, "name too long", [at](Module& m) { at(m, "Color").name.assign(20'000, 'x'); }},
      {1516, "too many fields",
       [at](Module& m) {
         at(m, "Counter.add").fields.resize(256, {"x", {kInt, false}});
       }},
      {1518, "fields on a list",
       [at](Module& m) {
         at(m, "List<int>").fields = {{"x", {kInt, false}}};
       }},
      {1518, "virtual methods on an enum", [at](Module& m) { at(m, "Reply").vtable = {0}; }},
      {1518, "methods on a list",
       [at](Module& m) {
         at(m, "List<int>").methods = {{0, 0}};
       }},
      {1518, "interfaces on a list", [at](Module& m) { at(m, "List<int>").interfaces = {named(m, "Greeter")}; }},
      {1518, "abstract list", [at](Module& m) { at(m, "List<int>").is_abstract = true; }},
      {1518, "field of type void",
       [at](Module& m) {
         at(m, "Shape").fields[0].type = {kVoid, false};
       }},
      {1518, "field of type null",
       [at](Module& m) {
         at(m, "Shape").fields[0].type = {kNull, true};
       }},
      {1518, "nullable scalar field",
       [at](Module& m) {
         at(m, "Shape").fields[1].type = {kFloat, true};
       }},
      {1518, "field of no type",
       [at](Module& m) {
         at(m, "Shape").fields[0].type = {9999, false};
       }},
      {1518, "implements a class", [at](Module& m) { at(m, "Square").interfaces = {named(m, "Shape")}; }},
      {1518, "virtual method without function", [at](Module& m) { at(m, "Shape").vtable = {kNone}; }},
      {1518, "virtual method of no function", [at](Module& m) { at(m, "Shape").vtable = {9999}; }},
      {1518, "method of no selector", [at](Module& m) { at(m, "Square").methods[0].selector = 7; }},
      {1518, "actor without definition", [at](Module& m) { at(m, "Counter").actor = 1; }},
      {1518, "actor of another type", [](Module& m) { m.actors[0].type = named(m, "Shape"); }},
      {1518, "actor type is no actor", [at](Module& m) { at(m, "Counter").is_actor = false; }},
      {1518, "enum without cases", [at](Module& m) { at(m, "Color").cases.clear(); }},
      {1518, "cases on a class", [at](Module& m) { at(m, "Shape").cases = {"a"}; }},
      {1518, "parent of an interface", [at](Module& m) { at(m, "Greeter").parent = named(m, "Shape"); }},
      {1518, "parent is no class", [at](Module& m) { at(m, "Square").parent = kString; }},
      {1518, "own parent", [at](Module& m) { at(m, "Shape").parent = named(m, "Shape"); }},
      {1518, "box of a pointer",
       [at](Module& m) {
         m.types.push_back(m.types[kBoxInt]);
         m.types.back().args = {{kString, false}};
       }},
      {1518, "list without element", [at](Module& m) { at(m, "List<int>").args.clear(); }},
      {1518, "map with a key that can be null",
       [at](Module& m) { at(m, "Map<String, List<int>?>").args[0].nullable = true; }},
      {1518, "map with a list as key",
       [at](Module& m) {
         at(m, "Map<String, List<int>?>").args[0] = {kListString, false};
       }},
      {1518, "set of classes",
       [](Module& m) {
         TypeDef set;
         set.kind = TypeKind::set;
         set.args = {{named(m, "Shape"), false}};
         m.types.push_back(set);
       }},
      {1518, "func with a void parameter",
       [at](Module& m) {
         at(m, "func(int): int").args[0] = {kVoid, false};
       }},
      {1518, "func with a bad result",
       [at](Module& m) {
         at(m, "func(int): int").result = {kNull, false};
       }},
      {1518, "reference to a class",
       [at](Module& m) {
         at(m, "ActorRef<Counter>").args[0] = {named(m, "Shape"), false};
       }},
      {1518, "second reference to any",
       [at](Module& m) {
         at(m, "ActorRef<Counter>").args[0] = {kAny, true};
       }},
      {1518, "reference to nothing", [at](Module& m) { at(m, "ActorRef<Counter>").args.clear(); }},
      {1518, "enum with a case too few", [at](Module& m) { at(m, "Reply").case_types.pop_back(); }},
      {1518, "enum with a case of another tag", [at](Module& m) { at(m, "Reply.ok").tag = 1; }},
      {1518, "case outside its enum", [at](Module& m) { m.types.push_back(at(m, "Reply.ok")); }},
      {1518, "case of a class", [at](Module& m) { at(m, "Reply.ok").parent = named(m, "Shape"); }},
      {1518, "closure without function", [at](Module& m) { m.types[named(m, "func(int): int") + 1].function = kNone; }},
      {1518, "closure of a class",
       [at](Module& m) {
         m.types[named(m, "func(int): int") + 1].result = {kError, false};
       }},
      {1517, "closure of another signature", [at](Module& m) { m.types[named(m, "func(int): int") + 1].function = 0; }},
      {1518, "inherited field missing", [at](Module& m) { at(m, "Square").fields.clear(); }},
      {1518, "inherited field of another type",
       [at](Module& m) {
         at(m, "Square").fields[0].type = {kBytes, false};
       }},
      {1518, "inherited method missing", [at](Module& m) { at(m, "Square").vtable.clear(); }},
      {1518, "inherited method made abstract",
       [at](Module& m) {
         at(m, "Square").vtable = {kNone};
         at(m, "Square").is_abstract = true;
       }},
      {1517, "override with another signature", [at](Module& m) { at(m, "Square").vtable = {1}; }},
      {1517, "virtual method of another class",
       [at](Module& m) {
         at(m, "Shape").vtable = {1};
         at(m, "Square").vtable = {1};
       }},
      {1517, "interface method of another signature", [at](Module& m) { at(m, "Square").methods[0].function = 0; }},
      {1518, "interface method missing", [at](Module& m) { at(m, "Square").methods.clear(); }},
      {1518, "interface extends itself", [at](Module& m) { at(m, "Greeter").interfaces = {named(m, "Greeter")}; }},
      {1518, "inherited interface missing",
       [at](Module& m) {
         at(m, "Shape").interfaces = {named(m, "Greeter")};
         at(m, "Shape").is_abstract = true;
         at(m, "Square").interfaces.clear();
       }},
      {1518, "interface of an interface missing",
       [at](Module& m) {
         TypeDef wider;
         wider.kind = TypeKind::interface;
         wider.name = "Wider";
         m.types.push_back(wider);
         at(m, "Greeter").interfaces = {named(m, "Wider")};
       }},
      {1517, "function with a null parameter",
       [](Module& m) {
         m.functions[0].signature.params[0] = {kNull, true};
       }},
      {1517, "function with a nullable scalar result",
       [](Module& m) {
         m.functions[0].signature.result = {kFloat, true};
       }},
      {1516, "too many parameters",
       [](Module& m) {
         m.natives[0].signature.params.resize(300, {kInt, false});
       }},
      {1518, "method of no interface", [](Module& m) { m.selectors[0].interface = kString; }},
      {1518, "handler of a class", [](Module& m) { m.handlers[0].owner = named(m, "Shape"); }},
      {1517, "actor with bad arguments",
       [](Module& m) {
         m.actors[0].constructor_args.params[0] = {kVoid, false};
       }},
      // tables
      {1517, "handler of another signature", [](Module& m) { m.handlers[0].function = 0; }},
      {1517, "handler of no function", [](Module& m) { m.handlers[0].function = kNone; }},
      {1517, "message of another shape", [](Module& m) { m.handlers[0].message_type = named(m, "Shape"); }},
      {1517, "message of no type", [](Module& m) { m.handlers[0].message_type = 9999; }},
      {1517, "constructor missing", [](Module& m) { m.actors[0].constructor = kNone; }},
      {1517, "actor handler missing", [](Module& m) { m.actors[0].handlers[0] = 9; }},
      {1517, "on started of another signature", [](Module& m) { m.actors[0].on_started = 0; }},
      {1517, "on stopping of another signature", [](Module& m) { m.actors[0].on_stopping = 6; }},
      {1517, "on down of another signature", [](Module& m) { m.actors[0].on_down = 6; }},
      {1517, "on other of another signature", [](Module& m) { m.actors[0].on_other = 6; }},
      {1517, "every of another signature", [](Module& m) { m.actors[0].everys[0].interval = 6; }},
      {1517, "child of another signature", [](Module& m) { m.actors[0].children = {6}; }},
      {1517, "unknown strategy", [](Module& m) { m.actors[0].strategy = 3; }},
      {1517, "test with parameters", [](Module& m) { m.tests[0].function = 0; }},
      {1517, "export of nothing", [](Module& m) { m.exports[0].function = 99; }},
      {1517, "main of another signature", [](Module& m) { m.main = 0; }},
      {1517, "declared function of nothing",
       [](Module& m) {
         m.unresolved = {{"f", {}, 99}};
       }},
      {1518, "file out of range", [](Module& m) { m.functions[0].file = 4; }},
      {1518, "lines out of order", [](Module& m) { m.functions[0].lines = {{1, 1, 1}, {0, 2, 1}}; }},
      {1518, "inlined call behind the code", [](Module& m) { m.functions[0].inlined = {{0, 1000, "f", 1, 1}}; }},
      {1518, "inlined calls that overlap",
       [](Module& m) { m.functions[0].inlined = {{0, 1, "f", 1, 1}, {0, 1, "f", 1, 1}}; }},
      {1516, "inlined call with a long name",
       [](Module& m) { m.functions[0].inlined = {{0, 1, std::string(20'000, 'f'), 1, 1}}; }},
      {1518, "sources without files", [](Module& m) { m.sources.push_back(""); }},
      {1518, "literal that is not UTF-8", [](Module& m) { m.strings[0] = "\xc0"; }},
      {1514, "function without code", [](Module& m) { m.functions[0].code.clear(); }},
      {1516, "function with a long name", [](Module& m) { m.functions[0].name.assign(20'000, 'f'); }},
  };
  const Module good = sample_module();
  REQUIRE(verify(good));
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Module m = good;
    row.change(m);
    const Result<void> r = verify(m);
    CAPTURE((r ? std::string() : r.error().message));
    CHECK((r ? 0 : r.error().number()) == row.code);
  }
}

TEST_CASE("what the rules allow is accepted") {
  const auto at = [](Module& m, const char* name) -> TypeDef& { return m.types[named(m, name)]; };
  const std::function<void(Module&)> changes[] = {
      [](Module& m) {
        m.functions[0].code.clear();
        m.unresolved = {{"f", {}, 0}};
      },
      [at](Module& m) {
        at(m, "Shape").is_abstract = true;
        at(m, "Shape").vtable = {kNone};
      },
      [](Module& m) { m.actors[0].on_started = m.actors[0].everys[0].body; },
      [](Module& m) { m.main = kNone; },
      [](Module& m) { m.main = m.tests[0].function; },
      [](Module& m) {
        m.files.clear();
        m.sources.clear();
      },
      [at](Module& m) { at(m, "Counter").interfaces = {named(m, "Greeter")}; },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    CAPTURE(i);
    Module m = sample_module();
    changes[i](m);
    const Result<void> r = verify(m);
    CAPTURE((r ? std::string() : r.error().message));
    CHECK(r.ok());
  }
}

TEST_CASE("all implementations of an abstract method have one signature") {
  ModuleBuilder b;
  const TypeIndex base = b.object("Base", {});
  b.type(base).is_abstract = true;
  b.type(base).vtable = {kNone};
  const TypeIndex x = b.object("X", {}, base), y = b.object("Y", {}, base);
  const std::uint32_t fx = b.function("X.m", {b.of(x), b.int_()}, b.none()).op(Op::ret).index();
  const std::uint32_t fy = b.function("Y.m", {b.of(y), b.string()}, b.none()).op(Op::ret).index();
  b.type(x).vtable = {fx};
  b.type(y).vtable = {fy};
  const Result<Module> m = b.try_build();
  REQUIRE(!m);
  CHECK(m.error().number() == 1517);
}

TEST_CASE("deep and wide type tables are bounded") {
  ModuleBuilder b;
  TypeIndex parent = kNone;
  for (int i = 0; i < 300; ++i) parent = b.object("C" + std::to_string(i), {}, parent);
  CHECK(b.try_build().error().number() == 1518);

  ModuleBuilder wide;
  std::vector<TypeIndex> interfaces;
  for (int i = 0; i < 250; ++i) interfaces.push_back(wide.interface("I" + std::to_string(i)));
  for (int i = 0; i < 250; ++i)
    wide.type(interfaces[static_cast<std::size_t>(i)]).interfaces.assign(interfaces.begin(), interfaces.begin() + i);
  for (int i = 0; i < 2'000; ++i) {
    const TypeIndex t = wide.object("T" + std::to_string(i), {});
    wide.type(t).interfaces = interfaces;
  }
  CHECK(wide.try_build().error().number() == 1516);
}

TEST_CASE("assignability follows classes, interfaces, enums, closures and references") {
  Module m = sample_module();
  const ModuleView view(m);
  const auto cell = [&](const char* name, bool nullable = false) { return to_cell({named(m, name), nullable}); };
  const Cell closure = not_null(named(m, "func(int): int") + 1);
  struct Row {
    Cell from, to;
    bool ok;
  };
  const Row rows[] = {
      {cell("Square"), cell("Shape"), true},
      {cell("Shape"), cell("Square"), false},
      {cell("Square"), cell("Greeter"), true},
      {cell("Shape"), cell("Greeter"), false},
      {cell("Square"), cell("Shape", true), true},
      {cell("Square", true), cell("Shape"), false},
      {kNullCell, cell("Shape", true), true},
      {kNullCell, cell("Shape"), false},
      {kUnsetCell, to_cell({kAny, true}), false},
      {kNullCell, to_cell({kAny, true}), true},
      {cell("Reply.ok"), cell("Reply"), true},
      {cell("Reply"), cell("Reply.ok"), false},
      {closure, cell("func(int): int"), true},
      {cell("func(int): int"), closure, false},
      {cell("ActorRef<Counter>"), not_null(kActorRefAny), true},
      {not_null(kActorRefAny), cell("ActorRef<Counter>"), false},
      {cell("List<int>"), not_null(kListString), false},
      {cell("List<int>"), not_null(kAny), true},
      {not_null(kBoxInt), not_null(kBoxByte), false},
      {cell("Greeter"), cell("Square"), false},
      {cell("Counter"), cell("Shape"), false},
  };
  for (const Row& row : rows) {
    CAPTURE(type_text(m, row.from));
    CAPTURE(type_text(m, row.to));
    CHECK(view.assignable(row.from, row.to) == row.ok);
    if (row.ok) CHECK(view.merge(row.from, row.to) == (row.to | (row.from == kNullCell ? 1u : 0u)));
    CHECK(view.merge(row.from, row.to) == view.merge(row.to, row.from));
  }
}
