#include "runtime/bytecode/type_checks.hpp"

#include <algorithm>

#include "runtime/bytecode/builtins.hpp"
#include "runtime/bytecode/module_view.hpp"

namespace noodle::bytecode {

namespace {

Error layout_error(const TypeDef& def, const std::string& what) {
  return {Code::verify_layout, "type `" + def.name.substr(0, 200) + "`: " + what, {}};
}

/// May a value have this type?
bool is_value(const Module& m, TypeRef type) {
  if (type.index >= m.types.size()) return false;
  const TypeKind kind = m.types[type.index].kind;
  if (kind == TypeKind::void_ || kind == TypeKind::null) return false;
  return !(type.nullable && is_scalar_kind(kind));
}

bool is_result(const Module& m, TypeRef type) {
  return type == TypeRef{kVoid, false} || is_value(m, type);
}

bool is_kind(const Module& m, TypeIndex index, TypeKind kind) {
  return index < m.types.size() && m.types[index].kind == kind;
}

/// Kinds that occur once, at their fixed index.
bool is_singleton(TypeKind kind) {
  return kind <= TypeKind::time || kind == TypeKind::any || kind == TypeKind::null || kind == TypeKind::string ||
         kind == TypeKind::bytes || kind == TypeKind::error_unused;
}

/// Keys need an equality and a hash that do not change.
bool is_key(const Module& m, TypeRef type) {
  if (!is_value(m, type)) return false;
  const TypeDef& def = m.types[type.index];
  if (is_scalar_kind(def.kind)) return true;
  if (type.nullable) return false;
  return def.kind == TypeKind::string || def.kind == TypeKind::bytes || def.kind == TypeKind::actor_ref ||
         def.kind == TypeKind::enum_ || (def.kind == TypeKind::object && def.is_record);
}

/// One pass over the table for each group of rules; later groups rely on earlier ones.
class TypeChecks {
 public:
  explicit TypeChecks(const Module& module) : m_(module) {}

  Result<void> run() {
    if (m_.types.size() > kMaxTypes) return Error{Code::verify_limit, "the module has too many types", {}};
    Result<void> r = builtins();
    for (TypeIndex i = 0; r && i < m_.types.size(); ++i) r = references(i);
    for (TypeIndex i = 0; r && i < m_.types.size(); ++i) r = chain(i);
    if (r) r = signatures();
    if (!r) return r;
    for (std::uint32_t s = 0; s < m_.selectors.size(); ++s) by_interface_[m_.selectors[s].interface].push_back(s);
    for (TypeIndex i = 0; r && i < m_.types.size(); ++i) r = inheritance(i);
    for (TypeIndex i = 0; r && i < m_.types.size(); ++i) r = implementation(i);
    if (r) r = abstract_slots();
    return r;
  }

 private:
  Result<void> builtins() const {
    const std::vector<TypeDef> expected = builtin_types();
    if (m_.types.size() < expected.size()) return Error{Code::verify_layout, "the built-in types are missing", {}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const TypeDef &e = expected[i], &t = m_.types[i];
      const bool fields =
          std::equal(e.fields.begin(), e.fields.end(), t.fields.begin(), t.fields.end(),
                     [](const FieldDef& a, const FieldDef& b) { return a.name == b.name && a.type == b.type; });
      if (t.kind != e.kind || t.name != e.name || t.args != e.args || t.parent != kNone || !fields ||
          t.is_record != e.is_record || t.is_abstract || t.is_actor) {
        return layout_error(t, "not the built-in `" + e.name + "`");
      }
    }
    return {};
  }

  /// Everything a definition points to exists and is of the right kind.
  Result<void> references(TypeIndex index) const {
    const TypeDef& t = m_.types[index];
    const auto bad = [&](const char* what) { return layout_error(t, what); };
    if (t.kind > TypeKind::host || (index >= kBuiltinTypeCount && is_singleton(t.kind)))
      return bad("kind is not allowed");
    if (t.name.size() > kMaxNameBytes) return Error{Code::verify_limit, "a type's name is too long", {}};
    const bool object = t.kind == TypeKind::object;
    const bool has_fields = object || t.kind == TypeKind::enum_case || t.kind == TypeKind::closure;
    const bool has_methods = has_fields || t.kind == TypeKind::enum_;
    if (t.fields.size() > kMaxSlots || t.vtable.size() > kMaxSlots || t.interfaces.size() > kMaxSlots ||
        t.methods.size() > kMaxSlots * kMaxSlots || t.cases.size() > kMaxCases) {
      return Error{Code::verify_limit, "type `" + t.name + "` has too many fields, methods, interfaces or cases", {}};
    }
    if ((!has_fields && !t.fields.empty()) || (!object && !t.vtable.empty()) || (!has_methods && !t.methods.empty()) ||
        (!has_methods && t.kind != TypeKind::interface && !t.interfaces.empty())) {
      return bad("members are not allowed for its kind");
    }
    if (!object && (t.is_abstract || t.is_actor || t.is_record)) return bad("flags are not allowed for its kind");
    for (const FieldDef& f : t.fields) {
      if (!is_value(m_, f.type)) return bad("type of a field");
    }
    for (const TypeIndex i : t.interfaces) {
      if (!is_kind(m_, i, TypeKind::interface)) return bad("implements what is no interface");
    }
    for (const std::uint32_t f : t.vtable) {
      if (f >= m_.functions.size() && !(f == kNone && t.is_abstract)) return bad("virtual method without function");
    }
    for (const TypeDef::InterfaceMethod& method : t.methods) {
      if (method.selector >= m_.selectors.size() || method.function >= m_.functions.size()) return bad("methods");
    }
    if (t.is_actor && (t.actor >= m_.actors.size() || m_.actors[t.actor].type != index)) return bad("not its actor");
    return kind_specific(index);
  }

  Result<void> kind_specific(TypeIndex index) const {
    const TypeDef& t = m_.types[index];
    const auto bad = [&](const char* what) { return layout_error(t, what); };
    const auto args = [&](std::size_t count) { return t.args.size() == count; };
    const bool enumeration = t.kind == TypeKind::enum_ || t.kind == TypeKind::scalar_enum;
    if (enumeration ? t.cases.empty() : !t.cases.empty()) return bad("cases");
    if (t.parent != kNone && t.kind != TypeKind::object && t.kind != TypeKind::enum_case) return bad("parent");
    switch (t.kind) {
      case TypeKind::box:
        if (!args(1) || !is_value(m_, t.args[0]) || !is_scalar_kind(m_.types[t.args[0].index].kind))
          return bad("boxes");
        return {};
      case TypeKind::list:
        if (!args(1) || !is_value(m_, t.args[0])) return bad("type of the elements");
        return {};
      case TypeKind::map:
        if (!args(2) || !is_key(m_, t.args[0]) || !is_value(m_, t.args[1])) return bad("types of keys or values");
        return {};
      case TypeKind::set:
        if (!args(1) || !is_key(m_, t.args[0])) return bad("type of the members");
        return {};
      case TypeKind::func:
        if (t.args.size() > kMaxParameters || !is_result(m_, t.result)) return bad("parameters or result");
        for (const TypeRef& a : t.args) {
          if (!is_value(m_, a)) return bad("type of a parameter");
        }
        return {};
      case TypeKind::actor_ref: {
        if (!args(1) || !is_value(m_, t.args[0])) return bad("no actor");
        const TypeDef& actor = m_.types[t.args[0].index];
        if (t.args[0].index == kAny ? index != kActorRefAny : !actor.is_actor && actor.kind != TypeKind::interface) {
          return bad("no actor");
        }
        return {};
      }
      case TypeKind::object:
        if (t.parent != kNone && !is_kind(m_, t.parent, TypeKind::object)) return bad("parent");
        return {};
      case TypeKind::enum_:
        if (t.case_types.size() != t.cases.size()) return bad("cases");
        for (std::size_t i = 0; i < t.case_types.size(); ++i) {
          const TypeIndex c = t.case_types[i];
          if (!is_kind(m_, c, TypeKind::enum_case) || m_.types[c].parent != index || m_.types[c].tag != i) {
            return bad("cases");
          }
        }
        return {};
      case TypeKind::enum_case:
        if (!is_kind(m_, t.parent, TypeKind::enum_) || t.tag >= m_.types[t.parent].case_types.size() ||
            m_.types[t.parent].case_types[t.tag] != index) {
          return bad("not a case of its enum");
        }
        return {};
      case TypeKind::closure:
        if (t.function >= m_.functions.size() || t.result.nullable || !is_kind(m_, t.result.index, TypeKind::func)) {
          return bad("function of a closure");
        }
        return {};
      default:
        return {};
    }
  }

  Result<void> chain(TypeIndex index) const {
    std::size_t depth = 0;
    for (TypeIndex up = m_.types[index].parent; up != kNone; up = m_.types[up].parent) {
      if (++depth > kMaxSlots) return layout_error(m_.types[index], "its parents form a cycle or are too many");
    }
    return {};
  }

  Result<void> signatures() {
    const auto all = [&](const auto& table, const char* what) -> Result<void> {
      for (const auto& entry : table) {
        Result<void> r = check_signature(m_, entry.signature, what, entry.name);
        if (!r) return r;
      }
      return {};
    };
    Result<void> r = all(m_.functions, "function");
    if (r) r = all(m_.natives, "native");
    if (r) r = all(m_.selectors, "method");
    if (r) r = all(m_.handlers, "handler");
    if (r) r = all(m_.unresolved, "function");
    for (std::size_t i = 0; r && i < m_.selectors.size(); ++i) {
      if (!is_kind(m_, m_.selectors[i].interface, TypeKind::interface)) {
        return Error{Code::verify_layout, "method `" + m_.selectors[i].name + "` has no interface", {}};
      }
    }
    for (std::size_t i = 0; r && i < m_.handlers.size(); ++i) {
      const TypeIndex owner = m_.handlers[i].owner;
      if (!is_kind(m_, owner, TypeKind::interface) &&
          !(is_kind(m_, owner, TypeKind::object) && m_.types[owner].is_actor)) {
        return Error{Code::verify_layout, "handler `" + m_.handlers[i].name + "` has no actor or interface", {}};
      }
    }
    for (std::size_t i = 0; r && i < m_.actors.size(); ++i) {
      const ActorDef& actor = m_.actors[i];
      r = check_signature(m_, actor.constructor_args, "actor", actor.name);
      if (r && (!is_kind(m_, actor.type, TypeKind::object) || !m_.types[actor.type].is_actor ||
                m_.types[actor.type].actor != i)) {
        return Error{Code::verify_layout, "actor `" + actor.name + "` has no state type", {}};
      }
    }
    return r;
  }

  /// Inherited interfaces, fields and virtual methods come first and unchanged.
  Result<void> inheritance(TypeIndex index) {
    const TypeDef& t = m_.types[index];
    const auto bad = [&](const char* what) { return layout_error(t, what); };
    mark_.resize(m_.types.size(), kNone);
    for (const TypeIndex i : t.interfaces) mark_[i] = index;
    const auto has_all = [&](const TypeDef& from) {
      return std::all_of(from.interfaces.begin(), from.interfaces.end(),
                         [&](TypeIndex i) { return mark_[i] == index; });
    };
    for (const TypeIndex i : t.interfaces) {
      if (t.kind == TypeKind::interface && i == index) return bad("extends itself");
      if (!has_all(m_.types[i])) return bad("inherited interfaces are missing");
      if (!spend(m_.types[i].interfaces.size())) return too_complex();
    }
    if (t.parent == kNone) return {};
    const TypeDef& parent = m_.types[t.parent];
    if (!has_all(parent)) return bad("inherited interfaces are missing");
    if (t.kind != TypeKind::object) return {};
    if (t.fields.size() < parent.fields.size() || t.vtable.size() < parent.vtable.size())
      return bad("inherited members");
    for (std::size_t i = 0; i < parent.fields.size(); ++i) {
      if (t.fields[i].name != parent.fields[i].name || t.fields[i].type != parent.fields[i].type) {
        return bad("inherited fields differ");
      }
    }
    for (std::size_t i = 0; i < parent.vtable.size(); ++i) {
      if (parent.vtable[i] == kNone) continue;
      if (t.vtable[i] == kNone) return bad("an inherited method has no function");
      if (!same_method(parent.vtable[i], t.vtable[i])) return signature_error(t, t.vtable[i]);
    }
    return {};
  }

  /// Functions fit the methods they stand for, and no interface method is missing.
  Result<void> implementation(TypeIndex index) {
    const TypeDef& t = m_.types[index];
    for (const std::uint32_t f : t.vtable) {
      if (f != kNone && !takes_self(f, index)) return signature_error(t, f);
    }
    for (const TypeDef::InterfaceMethod& method : t.methods) {
      if (!is_method(m_, method.function, index, m_.selectors[method.selector].signature)) {
        return signature_error(t, method.function);
      }
    }
    if (t.kind == TypeKind::closure) {
      const TypeDef& func = m_.types[t.result.index];
      if (!is_method(m_, t.function, index, {func.args, func.result})) return signature_error(t, t.function);
    }
    const bool concrete =
        (t.kind == TypeKind::object && !t.is_abstract) || t.kind == TypeKind::enum_case || t.kind == TypeKind::closure;
    // Actors implement interfaces by handlers: their methods are never called through an object.
    if (!concrete || t.is_actor || t.interfaces.empty()) return {};
    implemented_.resize(m_.selectors.size(), kNone);
    for (TypeIndex up = index; up != kNone; up = m_.types[up].parent) {
      if (!spend(1 + m_.types[up].methods.size())) return too_complex();
      for (const TypeDef::InterfaceMethod& method : m_.types[up].methods) implemented_[method.selector] = index;
    }
    for (const TypeIndex i : t.interfaces) {
      if (!spend(by_interface_[i].size())) return too_complex();
      for (const std::uint32_t selector : by_interface_[i]) {
        if (implemented_[selector] != index) {
          return layout_error(t, "method `" + m_.selectors[selector].name + "` of an interface is missing");
        }
      }
    }
    return {};
  }

  /// All implementations of an abstract method agree, since a call through the abstract class uses any of them.
  Result<void> abstract_slots() const {
    std::vector<std::vector<std::uint32_t>> slots;
    slots.reserve(m_.types.size());
    for (const TypeDef& t : m_.types) slots.push_back(t.vtable);
    for (const TypeIndex index : children_first(m_)) {
      const TypeDef& t = m_.types[index];
      if (t.kind != TypeKind::object || t.parent == kNone) continue;
      std::vector<std::uint32_t>& inherited = slots[t.parent];
      for (std::size_t slot = 0; slot < inherited.size(); ++slot) {
        const std::uint32_t own = slots[index][slot];
        if (own == kNone) continue;
        if (inherited[slot] == kNone) {
          inherited[slot] = own;
        } else if (!same_method(inherited[slot], own)) {
          return signature_error(t, own);
        }
      }
    }
    return {};
  }

  bool takes_self(std::uint32_t function, TypeIndex self) const {
    const std::vector<TypeRef>& params = m_.functions[function].signature.params;
    return !params.empty() && !is_scalar_kind(m_.types[params[0].index].kind) && is_subtype(m_, self, params[0].index);
  }

  bool same_method(std::uint32_t a, std::uint32_t b) const {
    const Signature &x = m_.functions[a].signature, &y = m_.functions[b].signature;
    return !x.params.empty() && x.result == y.result && x.params.size() == y.params.size() &&
           std::equal(x.params.begin() + 1, x.params.end(), y.params.begin() + 1);
  }

  Error signature_error(const TypeDef& t, std::uint32_t function) const {
    return {Code::verify_signature,
            "type `" + t.name.substr(0, 200) + "`: function `" + m_.functions[function].name.substr(0, 200) +
                "` does not have the signature of the method it stands for",
            {}};
  }

  /// Hostile type tables can make the rules about interfaces quadratic; this bounds their work.
  bool spend(std::size_t steps) {
    work_ += steps;
    return work_ <= 50'000'000;
  }
  static Error too_complex() { return {Code::verify_limit, "the type table is too complex", {}}; }

  const Module& m_;
  std::unordered_map<TypeIndex, std::vector<std::uint32_t>> by_interface_;
  std::vector<TypeIndex> mark_;         // interface -> last type found to implement it
  std::vector<TypeIndex> implemented_;  // selector -> last type found to have it
  std::size_t work_ = 0;
};

}  // namespace

Result<void> check_types(const Module& module) {
  return TypeChecks(module).run();
}

Result<void> check_signature(const Module& module, const Signature& signature, const char* kind,
                             std::string_view name) {
  const auto bad = [&](Code code, const char* what) {
    return Error{code, std::string(kind) + " `" + std::string(name.substr(0, 200)) + "` has " + what, {}};
  };
  if (signature.params.size() > kMaxParameters) return bad(Code::verify_limit, "too many parameters");
  for (const TypeRef& p : signature.params) {
    if (!is_value(module, p)) return bad(Code::verify_signature, "a parameter without valid type");
  }
  if (!is_result(module, signature.result)) return bad(Code::verify_signature, "a result without valid type");
  return {};
}

bool is_method(const Module& module, std::uint32_t function, TypeIndex self, const Signature& wanted) {
  const Signature& s = module.functions[function].signature;
  return s.result == wanted.result && s.params.size() == wanted.params.size() + 1 &&
         !is_scalar_kind(module.types[s.params[0].index].kind) && is_subtype(module, self, s.params[0].index) &&
         std::equal(wanted.params.begin(), wanted.params.end(), s.params.begin() + 1);
}

}  // namespace noodle::bytecode
