#include "runtime/codegen/type_map.hpp"

#include <utility>

#include "runtime/codegen/module_builder.hpp"

namespace noodle::codegen {

using bytecode::TypeDef;
using BKind = bytecode::TypeKind;
using check::TypeKind;

namespace {

constexpr std::size_t kMaxTypes = 0xffff;  // D operand of new_

TypeDef make_def(BKind kind, std::string name) {
  TypeDef def;
  def.kind = kind;
  def.name = std::move(name);
  return def;
}

}  // namespace

TypeMap::TypeMap(ModuleBuilder& builder) : builder_(builder) {
  check::TypeTable& types = builder.program.types;
  const std::pair<TypeKind, TypeIndex> basics[] = {
      {TypeKind::void_, bytecode::kVoid},        {TypeKind::never, bytecode::kVoid},
      {TypeKind::int_, bytecode::kInt},          {TypeKind::float_, bytecode::kFloat},
      {TypeKind::bool_, bytecode::kBool},        {TypeKind::byte, bytecode::kByte},
      {TypeKind::duration, bytecode::kDuration}, {TypeKind::time, bytecode::kTime},
      {TypeKind::any, bytecode::kAny},           {TypeKind::json, bytecode::kAny},
      {TypeKind::null, bytecode::kNull},         {TypeKind::string, bytecode::kString},
      {TypeKind::bytes, bytecode::kBytes}};
  for (auto [kind, at] : basics) indexes_[types.basic(kind)] = at;
  const std::pair<TypeKind, TypeIndex> boxed[] = {
      {TypeKind::int_, bytecode::kBoxInt},          {TypeKind::float_, bytecode::kBoxFloat},
      {TypeKind::bool_, bytecode::kBoxBool},        {TypeKind::byte, bytecode::kBoxByte},
      {TypeKind::duration, bytecode::kBoxDuration}, {TypeKind::time, bytecode::kBoxTime}};
  for (auto [kind, at] : boxed) boxes_[types.basic(kind)] = at;
  indexes_[types.actor_ref(types.basic(TypeKind::any))] = bytecode::kActorRefAny;
  indexes_[types.list(types.basic(TypeKind::string))] = bytecode::kListString;
  const std::pair<HClass*, TypeIndex> classes[] = {{builder.program.error_class, bytecode::kError},
                                                   {builder.program.down_class, bytecode::kDown},
                                                   {builder.program.spawn_options_class, bytecode::kSpawnOptions}};
  for (auto [cls, at] : classes) {
    if (!cls) continue;
    const Type* type = types.object(cls, {});
    indexes_[type] = at;
    work_.emplace_back(type, at);
  }
}

TypeDef& TypeMap::def(TypeIndex at) {
  return builder_.module.types[at];
}

TypeIndex TypeMap::add_def(TypeDef def) {
  auto& types = builder_.module.types;
  if (types.size() == kMaxTypes) {
    builder_.report(Code::instantiation_too_deep, nullptr, {}, "the program needs more than 65535 types");
  }
  if (types.size() >= kMaxTypes) return bytecode::kAny;
  types.push_back(std::move(def));
  return static_cast<TypeIndex>(types.size() - 1);
}

TypeIndex TypeMap::index(const Type* type) {
  if (type->is(TypeKind::nullable)) {
    const Type* inner = type->args[0];
    return check::is_scalar(inner) ? box(inner) : index(inner);
  }
  if (auto found = indexes_.find(type); found != indexes_.end()) return found->second;
  return add(type);
}

TypeRef TypeMap::ref(const Type* type) {
  const bool nullable =
      type->is(TypeKind::nullable) || type->is(TypeKind::any) || type->is(TypeKind::json) || type->is(TypeKind::null);
  return {index(type), nullable};
}

TypeIndex TypeMap::object_index(const Type* type) {
  return check::is_scalar(type) ? box(type) : index(type);
}

TypeIndex TypeMap::box(const Type* scalar) {
  if (auto found = boxes_.find(scalar); found != boxes_.end()) return found->second;
  TypeDef def = make_def(BKind::box, check::to_string(scalar));
  def.args = {ref(scalar)};
  return boxes_[scalar] = add_def(std::move(def));
}

TypeIndex TypeMap::cell(const Type* content) {
  if (auto found = cells_.find(content); found != cells_.end()) return found->second;
  TypeDef def = make_def(BKind::object, "$cell<" + check::to_string(content) + ">");
  def.fields = {{"value", ref(content)}};
  return cells_[content] = add_def(std::move(def));
}

TypeIndex TypeMap::closure(const Type* func_type, std::uint32_t function, const std::string& name,
                           std::vector<TypeRef> captures) {
  TypeDef def = make_def(BKind::closure, name);
  def.result = ref(func_type);
  def.function = function;
  for (std::size_t i = 0; i < captures.size(); ++i) def.fields.push_back({"c" + std::to_string(i), captures[i]});
  return add_def(std::move(def));
}

TypeIndex TypeMap::add(const Type* type) {
  if (type->has_error || type->is(TypeKind::param) || type->is(TypeKind::error)) {
    builder_.report(Code::instantiation_too_deep, nullptr, {}, "this creates a type that grows without end");
    return indexes_[type] = bytecode::kAny;
  }
  BKind kind = BKind::object;
  switch (type->kind) {
    case TypeKind::list:
      kind = BKind::list;
      break;
    case TypeKind::map:
      kind = BKind::map;
      break;
    case TypeKind::set:
      kind = BKind::set;
      break;
    case TypeKind::func:
      kind = BKind::func;
      break;
    case TypeKind::actor_ref:
      kind = BKind::actor_ref;
      break;
    case TypeKind::enum_:
      kind = type->decl->scalar_enum ? BKind::scalar_enum : BKind::enum_;
      break;
    default:
      if (type->decl && type->decl->kind == HClass::Kind::interface) kind = BKind::interface;
      if (type->decl && type->decl->kind == HClass::Kind::host) kind = BKind::host;
  }
  const TypeIndex at = add_def(make_def(kind, check::to_string(type)));
  indexes_[type] = at;
  work_.emplace_back(type, at);
  if (type->is(TypeKind::object)) {
    const HClass::Kind cls = type->decl->kind;
    if (cls == HClass::Kind::actor || cls == HClass::Kind::agent || cls == HClass::Kind::supervisor) {
      def(at).is_actor = true;
      actors_.push_back(type);
    }
  }
  return at;
}

bool TypeMap::complete_next() {
  if (work_.empty()) return false;
  auto [type, at] = work_.front();
  work_.pop_front();
  complete(type, at);
  return true;
}

void TypeMap::complete(const Type* type, TypeIndex at) {
  if (type->decl) builder_.set_place(type->decl->file, type->decl->decl ? type->decl->decl->span : lang::Span{});
  switch (type->kind) {
    case TypeKind::list:
    case TypeKind::map:
    case TypeKind::set:
    case TypeKind::actor_ref:
    case TypeKind::func: {
      std::vector<TypeRef> args;
      for (const Type* arg : type->args) args.push_back(ref(arg));
      const TypeRef result = type->result ? ref(type->result) : TypeRef{};
      def(at).args = std::move(args);
      def(at).result = result;
      return;
    }
    case TypeKind::enum_:
      return complete_enum(type, at);
    default:
      break;
  }
  if (!type->decl || type->decl->kind == HClass::Kind::host) return;
  if (type->decl->kind == HClass::Kind::interface) return complete_interface(type, at);
  complete_object(type, at);
}

void TypeMap::complete_object(const Type* type, TypeIndex at) {
  const HClass& cls = *type->decl;
  std::vector<bytecode::FieldDef> fields;
  for (const check::FieldRef& field : check::all_fields(builder_.program.types, type)) {
    fields.push_back({std::string(field.field->name), ref(field.type)});
  }
  if (fields.size() > 250) {
    builder_.report(Code::class_too_large, nullptr, {},
                    "`" + cls.name + "` has " + std::to_string(fields.size()) + " fields; the limit is 250");
    return;
  }
  const Type* base = base_of(type);
  const TypeIndex parent = base ? index(base) : bytecode::kNone;
  std::vector<std::uint32_t> slots = vtable(type);
  TypeDef& d = def(at);
  d.parent = parent;
  d.fields = std::move(fields);
  d.vtable = std::move(slots);
  d.is_record = cls.kind == HClass::Kind::record;
  d.is_abstract = cls.is_abstract;
  fill_interfaces(type, at);
}

void TypeMap::complete_interface(const Type* type, TypeIndex at) {
  fill_interfaces(type, at);
  for (const HFunc* method : type->decl->methods) {
    if (method->native.empty()) builder_.selector(type, method);
  }
}

void TypeMap::complete_enum(const Type* type, TypeIndex at) {
  const HClass& cls = *type->decl;
  std::vector<std::string> names;
  for (const check::HCase& c : cls.cases) names.emplace_back(c.name);
  def(at).cases = std::move(names);
  if (cls.scalar_enum) return;
  std::vector<TypeIndex> cases;
  for (std::uint32_t i = 0; i < cls.cases.size(); ++i) cases.push_back(enum_case(type, i));
  def(at).case_types = cases;
  fill_interfaces(type, at);
  for (std::uint32_t i = 0; i < cls.cases.size(); ++i) {
    std::vector<bytecode::FieldDef> fields;
    for (const HField& field : cls.cases[i].fields) {
      fields.push_back({std::string(field.name), ref(in_class(field.type, type))});
    }
    const TypeDef& parent = def(at);
    TypeDef& d = def(cases[i]);
    d.fields = std::move(fields);
    d.interfaces = parent.interfaces;
    d.methods = parent.methods;
  }
}

TypeIndex TypeMap::enum_case(const Type* enum_type, std::uint32_t case_index) {
  const TypeIndex parent = index(enum_type);
  std::vector<TypeIndex>& cases = cases_[enum_type];
  while (cases.size() < enum_type->decl->cases.size()) {
    const auto tag = static_cast<std::uint32_t>(cases.size());
    TypeDef d =
        make_def(BKind::enum_case, check::to_string(enum_type) + "." + std::string(enum_type->decl->cases[tag].name));
    d.parent = parent;
    d.tag = tag;
    cases.push_back(add_def(std::move(d)));
  }
  return cases[case_index];
}

void TypeMap::fill_interfaces(const Type* type, TypeIndex at) {
  std::vector<TypeIndex> indexes;
  std::vector<TypeDef::InterfaceMethod> methods;
  const bool concrete = type->decl->kind != HClass::Kind::interface && !type->decl->is_abstract;
  for (const Type* interface : interfaces(type)) {
    indexes.push_back(index(interface));
    if (!concrete) continue;
    for (const HFunc* wanted : interface->decl->methods) {
      const Method found = find_method(type, local_name(*wanted));
      if (!found.func) continue;
      methods.push_back({builder_.selector(interface, wanted), builder_.function(found.func, found.owner->args)});
    }
  }
  def(at).interfaces = std::move(indexes);
  def(at).methods = std::move(methods);
}

}  // namespace noodle::codegen
