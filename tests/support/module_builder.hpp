// Builds byte code modules by hand for tests: an assembler with labels, and the usual types on demand.
//
//   ModuleBuilder b;
//   FunctionBuilder& f = b.function("abs", {b.int_()}, b.int_());
//   const Label done = f.label();
//   f.jump(Op::jgek, 0, 0, done).op(Op::neg, 0, 0).bind(done).op(Op::rets, 0);
//   Module m = b.build();
#pragma once

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/bytecode/builtins.hpp"
#include "runtime/bytecode/inference.hpp"
#include "runtime/bytecode/instruction.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::test {

using namespace bytecode;  // NOLINT: this header is for tests only

struct Label {
  std::size_t index = 0;
};

class FunctionBuilder {
 public:
  FunctionBuilder(std::uint32_t index, std::string name, Signature signature, const std::vector<TypeDef>& types)
      : index_(index) {
    def_.name = std::move(name);
    for (const TypeRef& p : signature.params) {
      ++(is_scalar_kind(types[p.index].kind) ? def_.scalar_registers : def_.pointer_registers);
    }
    def_.signature = std::move(signature);
  }

  std::uint32_t index() const { return index_; }
  FunctionDef& def() { return def_; }

  /// Instruction without extra word; operands as in its format, `A B C`.
  FunctionBuilder& op(Op o, std::uint32_t a = 0, std::int32_t b = 0, std::int32_t c = 0) {
    const Operands& f = kOperands[static_cast<std::size_t>(o)];
    grow(f, a, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(c));
    def_.code.push_back(make_abc(o, a, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(c)));
    return *this;
  }
  /// Instruction with a 16-bit operand: ldi, ldk, lds, new_.
  FunctionBuilder& wide(Op o, std::uint32_t a, std::int32_t d) {
    grow(kOperands[static_cast<std::size_t>(o)], a, 0, 0);
    def_.code.push_back(make_ad(o, a, static_cast<std::uint32_t>(d)));
    return *this;
  }
  /// Instruction with an extra word.
  FunctionBuilder& ext(Op o, std::uint32_t a, std::int32_t b, std::int32_t c, std::uint32_t extra) {
    op(o, a, b, c);
    def_.code.push_back(extra);
    return *this;
  }
  /// Call-like instruction: window at S[a], P[b].
  FunctionBuilder& call(Op o, std::uint32_t a, std::int32_t b, std::uint32_t extra) { return ext(o, a, b, 0, extra); }
  FunctionBuilder& jump(Op o, std::uint32_t a, std::int32_t b, Label target) {
    op(o, a, b, 0);
    fixups_.push_back({static_cast<std::uint32_t>(def_.code.size()), target.index});
    def_.code.push_back(0);
    return *this;
  }
  FunctionBuilder& jmp(Label target) { return jump(Op::jmp, 0, 0, target); }
  FunctionBuilder& ldi(std::uint32_t a, std::int32_t value) { return wide(Op::ldi, a, value); }

  Label label() {
    labels_.push_back(kNone);
    return {labels_.size() - 1};
  }
  FunctionBuilder& bind(Label label) {
    labels_[label.index] = static_cast<std::uint32_t>(def_.code.size());
    return *this;
  }
  Label here() {
    const Label l = label();
    bind(l);
    return l;
  }
  /// Errors thrown in [start, end) continue at `target` with the Error in P[error_register]. Inner ranges first.
  FunctionBuilder& handler(Label start, Label end, Label target, std::uint32_t error_register) {
    handlers_.push_back({start.index, end.index, target.index, error_register});
    reserve(0, error_register + 1);
    return *this;
  }
  /// At least so many registers; operands raise the counts on their own.
  FunctionBuilder& reserve(std::uint32_t scalars, std::uint32_t pointers) {
    if (def_.scalar_registers < scalars) def_.scalar_registers = scalars;
    if (def_.pointer_registers < pointers) def_.pointer_registers = pointers;
    return *this;
  }
  FunctionBuilder& line(std::uint32_t line, std::uint32_t column = 1) {
    def_.lines.push_back({static_cast<std::uint32_t>(def_.code.size()), line, column});
    return *this;
  }

  FunctionDef finish() const {
    FunctionDef def = def_;
    for (const auto& [word, label] : fixups_) def.code[word] = labels_[label] - (word + 1);
    for (const LabelRange& h : handlers_) {
      def.handlers.push_back({labels_[h.start], labels_[h.end], labels_[h.target], h.error_register});
    }
    return def;
  }

 private:
  struct Fixup {
    std::uint32_t word;
    std::size_t label;
  };
  struct LabelRange {
    std::size_t start, end, target;
    std::uint32_t error_register;
  };

  void grow(const Operands& f, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    const auto operand = [&](char letter, std::uint32_t value) {
      if (letter == 'S' || letter == 's' || letter == 'x' || letter == 'a') reserve(value + 1, 0);
      if (letter == 'P' || letter == 'p' || letter == 'b') reserve(0, value + 1);
    };
    operand(f.a, a);
    operand(f.b, b);
    operand(f.c, c);
  }

  std::uint32_t index_;
  FunctionDef def_;
  std::vector<std::uint32_t> labels_;
  std::vector<Fixup> fixups_;
  std::vector<LabelRange> handlers_;
};

class ModuleBuilder {
 public:
  ModuleBuilder() {
    module_.name = "test";
    module_.version = "1.0.0";
    module_.files = {"test.nc"};
    module_.types = builtin_types();
  }

  Module& module() { return module_; }

  static constexpr TypeRef int_() { return {kInt, false}; }
  static constexpr TypeRef float_() { return {kFloat, false}; }
  static constexpr TypeRef bool_() { return {kBool, false}; }
  static constexpr TypeRef string() { return {kString, false}; }
  static constexpr TypeRef any() { return {kAny, true}; }
  static constexpr TypeRef error() { return {kError, false}; }
  static constexpr TypeRef none() { return {kVoid, false}; }
  static constexpr TypeRef of(TypeIndex type) { return {type, false}; }
  static constexpr TypeRef maybe(TypeIndex type) { return {type, true}; }

  TypeIndex add(TypeDef def) {
    module_.types.push_back(std::move(def));
    return static_cast<TypeIndex>(module_.types.size() - 1);
  }
  TypeDef& type(TypeIndex index) { return module_.types[index]; }
  std::string name_of(TypeRef t) const { return module_.types[t.index].name + (t.nullable ? "?" : ""); }

  TypeIndex list(TypeRef element) { return parametric(TypeKind::list, "List<" + name_of(element) + ">", {element}); }
  TypeIndex set(TypeRef member) { return parametric(TypeKind::set, "Set<" + name_of(member) + ">", {member}); }
  TypeIndex map(TypeRef key, TypeRef value) {
    return parametric(TypeKind::map, "Map<" + name_of(key) + ", " + name_of(value) + ">", {key, value});
  }
  TypeIndex actor_ref(TypeIndex actor) {
    return parametric(TypeKind::actor_ref, "ActorRef<" + module_.types[actor].name + ">", {of(actor)});
  }
  TypeIndex func(std::vector<TypeRef> params, TypeRef result) {
    std::string name = "func(";
    for (std::size_t i = 0; i < params.size(); ++i) name += (i ? ", " : "") + name_of(params[i]);
    name += ")";
    if (result.index != kVoid) name += ": " + name_of(result);
    TypeDef def;
    def.kind = TypeKind::func;
    def.name = name;
    def.args = std::move(params);
    def.result = result;
    return add(std::move(def));
  }
  /// Class or record. Fields, virtual methods and interfaces of the parent are put in front.
  TypeIndex object(const std::string& name, std::vector<FieldDef> fields, TypeIndex parent = kNone,
                   bool record = false) {
    TypeDef def;
    def.kind = TypeKind::object;
    def.name = name;
    def.parent = parent;
    def.is_record = record;
    if (parent != kNone) {
      def.fields = module_.types[parent].fields;
      def.vtable = module_.types[parent].vtable;
      def.interfaces = module_.types[parent].interfaces;
    }
    def.fields.insert(def.fields.end(), fields.begin(), fields.end());
    return add(std::move(def));
  }
  TypeIndex record(const std::string& name, std::vector<FieldDef> fields) {
    return object(name, std::move(fields), kNone, true);
  }
  TypeIndex interface(const std::string& name) { return parametric(TypeKind::interface, name, {}); }
  /// Payload enum; the index of case i is type(enum).case_types[i].
  TypeIndex enumeration(const std::string& name,
                        const std::vector<std::pair<std::string, std::vector<FieldDef>>>& cases) {
    const TypeIndex index = parametric(TypeKind::enum_, name, {});
    for (std::uint32_t tag = 0; tag < cases.size(); ++tag) {
      TypeDef def;
      def.kind = TypeKind::enum_case;
      def.name = name + "." + cases[tag].first;
      def.parent = index;
      def.tag = tag;
      def.fields = cases[tag].second;
      const TypeIndex c = add(std::move(def));
      module_.types[index].cases.push_back(cases[tag].first);
      module_.types[index].case_types.push_back(c);
    }
    return index;
  }
  TypeIndex scalar_enum(const std::string& name, std::vector<std::string> cases) {
    const TypeIndex index = parametric(TypeKind::scalar_enum, name, {});
    module_.types[index].cases = std::move(cases);
    return index;
  }
  TypeIndex box(TypeIndex scalar) { return parametric(TypeKind::box, module_.types[scalar].name, {of(scalar)}); }
  /// Class of a lambda. `function` is set when its code is known: the function takes the closure object first.
  TypeIndex closure(TypeIndex func_type, std::vector<FieldDef> captures = {}) {
    TypeDef def;
    def.kind = TypeKind::closure;
    def.name = "closure " + std::to_string(module_.types.size());
    def.result = of(func_type);
    def.fields = std::move(captures);
    return add(std::move(def));
  }
  /// State type and definition of an actor; the constructor is set by the caller.
  TypeIndex actor(const std::string& name, std::vector<FieldDef> state) {
    const TypeIndex index = object(name, std::move(state));
    module_.types[index].is_actor = true;
    module_.types[index].actor = static_cast<std::uint32_t>(module_.actors.size());
    ActorDef def;
    def.type = index;
    def.name = name;
    module_.actors.push_back(std::move(def));
    return index;
  }

  std::uint32_t text(const std::string& literal) { return push(module_.strings, literal); }
  std::uint32_t constant(std::uint64_t bits) { return push(module_.scalars, bits); }
  std::uint32_t native(const std::string& name, std::vector<TypeRef> params, TypeRef result,
                       const std::string& capability = "") {
    return push(module_.natives, NativeImport{name, {std::move(params), result}, capability});
  }
  std::uint32_t selector(TypeIndex interface, const std::string& name, std::vector<TypeRef> params, TypeRef result) {
    return push(module_.selectors, Selector{interface, name, {std::move(params), result}});
  }
  std::uint32_t handler(TypeIndex owner, const std::string& name, std::vector<TypeRef> params, TypeRef result,
                        std::uint32_t function = kNone) {
    const std::uint32_t index =
        push(module_.handlers, HandlerDef{owner, name, {std::move(params), result}, function, kNone});
    if (module_.types[owner].is_actor) module_.actors[module_.types[owner].actor].handlers.push_back(index);
    return index;
  }
  FunctionBuilder& function(const std::string& name, std::vector<TypeRef> params, TypeRef result) {
    functions_.emplace_back(static_cast<std::uint32_t>(functions_.size()), name, Signature{std::move(params), result},
                            module_.types);
    return functions_.back();
  }

  /// The module without join states.
  Module assemble() const {
    Module module = module_;
    module.functions.clear();
    for (const FunctionBuilder& f : functions_) module.functions.push_back(f.finish());
    return module;
  }
  /// The module with join states, or why its code is not well typed.
  Result<Module> try_build() const {
    Module module = assemble();
    Result<void> inferred = infer_joins(module);
    if (!inferred) return inferred.error();
    return module;
  }
  /// Throws std::runtime_error when the code is not well typed.
  Module build() const {
    Result<Module> module = try_build();
    if (!module) throw std::runtime_error(module.error().to_string());
    return std::move(module).value();
  }

 private:
  template <class T>
  static std::uint32_t push(std::vector<T>& table, T value) {
    table.push_back(std::move(value));
    return static_cast<std::uint32_t>(table.size() - 1);
  }
  TypeIndex parametric(TypeKind kind, std::string name, std::vector<TypeRef> args) {
    TypeDef def;
    def.kind = kind;
    def.name = std::move(name);
    def.args = std::move(args);
    return add(std::move(def));
  }

  Module module_;
  std::deque<FunctionBuilder> functions_;  // references to elements stay valid
};

}  // namespace noodle::test
