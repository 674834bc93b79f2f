#include "runtime/check/types.hpp"

#include "runtime/check/hir.hpp"

namespace noodle::check {
namespace {

std::size_t mix(std::size_t seed, std::size_t value) {
  return seed ^ (value * 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));
}

std::size_t hash_of(const Type& type) {
  std::size_t h = static_cast<std::size_t>(type.kind);
  for (const Type* arg : type.args) h = mix(h, arg->id + 1);
  if (type.result) h = mix(h, type.result->id + 7);
  return mix(h, reinterpret_cast<std::uintptr_t>(type.decl) >> 4);
}

bool same(const Type& a, const Type& b) {
  return a.kind == b.kind && a.decl == b.decl && a.result == b.result && a.args == b.args;
}

void append(std::string& out, const Type* type) {
  auto list = [&](const char* name) {
    out += name;
    out += '<';
    for (std::size_t i = 0; i < type->args.size(); ++i) {
      if (i) out += ", ";
      append(out, type->args[i]);
    }
    out += '>';
  };
  switch (type->kind) {
    case TypeKind::error:
      out += "?";
      return;
    case TypeKind::never:
      out += "never";
      return;
    case TypeKind::void_:
      out += "void";
      return;
    case TypeKind::null:
      out += "null";
      return;
    case TypeKind::int_:
      out += "int";
      return;
    case TypeKind::float_:
      out += "float";
      return;
    case TypeKind::bool_:
      out += "bool";
      return;
    case TypeKind::byte:
      out += "byte";
      return;
    case TypeKind::duration:
      out += "Duration";
      return;
    case TypeKind::time:
      out += "Time";
      return;
    case TypeKind::string:
      out += "String";
      return;
    case TypeKind::bytes:
      out += "Bytes";
      return;
    case TypeKind::any:
      out += "any";
      return;
    case TypeKind::json:
      out += "Json";
      return;
    case TypeKind::list:
      list("List");
      return;
    case TypeKind::map:
      list("Map");
      return;
    case TypeKind::set:
      list("Set");
      return;
    case TypeKind::actor_ref:
      list("ActorRef");
      return;
    case TypeKind::param:
      out += type->name;
      return;
    case TypeKind::nullable: {
      const bool parens = type->args[0]->is(TypeKind::func);
      if (parens) out += '(';
      append(out, type->args[0]);
      out += parens ? ")?" : "?";
      return;
    }
    case TypeKind::func:
      out += "func(";
      for (std::size_t i = 0; i < type->args.size(); ++i) {
        if (i) out += ", ";
        append(out, type->args[i]);
      }
      out += ')';
      if (!type->result->is(TypeKind::void_)) {
        out += ": ";
        append(out, type->result);
      }
      return;
    case TypeKind::object:
    case TypeKind::enum_:
      if (type->args.empty()) {
        out += type->decl->name;
      } else {
        list(type->decl->name.c_str());
      }
      return;
  }
}

}  // namespace

TypeTable::TypeTable() {
  for (int kind = 0; kind <= static_cast<int>(TypeKind::param); ++kind) {
    Type type;
    type.kind = static_cast<TypeKind>(kind);
    basic_.push_back(kind <= static_cast<int>(TypeKind::json) ? intern(std::move(type)) : nullptr);
  }
}

const Type* TypeTable::intern(Type type) {
  const std::size_t hash = hash_of(type);
  auto [from, to] = index_.equal_range(hash);
  for (auto it = from; it != to; ++it) {
    if (same(*it->second, type)) return it->second;
  }
  auto include = [&](const Type* part) {
    type.has_param |= part->has_param;
    type.has_error |= part->has_error;
    type.weight += part->weight;
  };
  type.has_error = type.is(TypeKind::error);
  for (const Type* arg : type.args) include(arg);
  if (type.result) include(type.result);
  if (type.weight > kMaxTypeWeight) {
    too_large_ = true;
    return basic(TypeKind::error);
  }
  type.id = static_cast<std::uint32_t>(types_.size());
  types_.push_back(std::make_unique<Type>(std::move(type)));
  index_.emplace(hash, types_.back().get());
  return types_.back().get();
}

const Type* TypeTable::nullable(const Type* inner) {
  switch (inner->kind) {
    case TypeKind::nullable:
    case TypeKind::any:
    case TypeKind::json:
    case TypeKind::null:
    case TypeKind::error:
    case TypeKind::never:
    case TypeKind::void_:
      return inner;
    default:
      break;
  }
  Type type;
  type.kind = TypeKind::nullable;
  type.args = {inner};
  return intern(std::move(type));
}

const Type* TypeTable::func(std::vector<const Type*> params, const Type* result) {
  Type type;
  type.kind = TypeKind::func;
  type.args = std::move(params);
  type.result = result ? result : basic(TypeKind::void_);
  return intern(std::move(type));
}

const Type* TypeTable::list(const Type* element) {
  Type type;
  type.kind = TypeKind::list;
  type.args = {element};
  return intern(std::move(type));
}

const Type* TypeTable::map(const Type* key, const Type* value) {
  Type type;
  type.kind = TypeKind::map;
  type.args = {key, value};
  return intern(std::move(type));
}

const Type* TypeTable::set(const Type* element) {
  Type type;
  type.kind = TypeKind::set;
  type.args = {element};
  return intern(std::move(type));
}

const Type* TypeTable::actor_ref(const Type* actor) {
  Type type;
  type.kind = TypeKind::actor_ref;
  type.args = {actor};
  return intern(std::move(type));
}

const Type* TypeTable::object(HClass* decl, std::vector<const Type*> args) {
  Type type;
  type.kind = decl->kind == HClass::Kind::enum_ ? TypeKind::enum_ : TypeKind::object;
  type.decl = decl;
  type.args = std::move(args);
  return intern(std::move(type));
}

const Type* TypeTable::param(const void* owner, std::uint32_t index, std::string name, const Type* bound) {
  auto type = std::make_unique<Type>();
  type->kind = TypeKind::param;
  type->has_param = true;
  type->owner = owner;
  type->param_index = index;
  type->name = std::move(name);
  type->bound = bound;
  type->id = static_cast<std::uint32_t>(types_.size());
  types_.push_back(std::move(type));
  return types_.back().get();
}

const Type* TypeTable::substitute(const Type* type, const Substitution& s) {
  if (!type->has_param || s.empty()) return type;
  if (type->is(TypeKind::param)) {
    const auto it = s.find(type);
    return it == s.end() ? type : it->second;
  }
  if (type->is(TypeKind::nullable)) return nullable(substitute(type->args[0], s));
  Type copy;
  copy.kind = type->kind;
  copy.decl = type->decl;
  copy.args.reserve(type->args.size());
  for (const Type* arg : type->args) copy.args.push_back(substitute(arg, s));
  if (type->result) copy.result = substitute(type->result, s);
  return intern(std::move(copy));
}

std::string to_string(const Type* type) {
  std::string out;
  append(out, type);
  return out;
}

bool is_scalar(const Type* type) {
  switch (type->kind) {
    case TypeKind::int_:
    case TypeKind::float_:
    case TypeKind::bool_:
    case TypeKind::byte:
    case TypeKind::duration:
    case TypeKind::time:
      return true;
    case TypeKind::enum_:
      return type->decl->scalar_enum;
    default:
      return false;
  }
}

Rep rep_of(const Type* type) {
  switch (type->kind) {
    case TypeKind::error:
    case TypeKind::never:
    case TypeKind::void_:
      return Rep::none;
    default:
      return is_scalar(type) ? Rep::s : Rep::p;
  }
}

}  // namespace noodle::check
