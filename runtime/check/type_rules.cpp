// What types allow: keys, equality, messages, zero values; and the same for type arguments of generic code.
#include <algorithm>
#include <set>

#include "runtime/check/checker_impl.hpp"

namespace noodle::check {
namespace {

/// The first part of a type for which `bad` holds, looking into element types, record fields and enum payloads.
class PartFinder {
 public:
  PartFinder(Checker& checker, bool into_classes) : checker_(checker), into_classes_(into_classes) {}

  template <class Bad>
  const Type* find(const Type* type, const Bad& bad) {
    if (type->has_error) return nullptr;
    if (bad(type)) return type;
    if (type->is(TypeKind::func) || type->is(TypeKind::actor_ref)) return nullptr;
    if (!seen_.insert(type).second || seen_.size() > kMaxParts) return nullptr;
    if (type->is(TypeKind::object) || type->is(TypeKind::enum_)) {
      HClass& cls = *type->decl;
      const bool plain = cls.kind == HClass::Kind::record || cls.kind == HClass::Kind::enum_ ||
                         (into_classes_ && cls.kind == HClass::Kind::class_);
      if (!plain) return nullptr;
      checker_.complete_members(checker_.info(&cls));
      const Substitution s = checker_.substitution(type);
      auto fields = [&](const std::deque<HField>& list) -> const Type* {
        for (const HField& field : list) {
          if (const Type* part = find(checker_.subst(field.type, s), bad)) return part;
        }
        return nullptr;
      };
      if (const Type* part = fields(cls.fields)) return part;
      for (const HCase& c : cls.cases) {
        for (const HField& field : c.fields) {
          if (const Type* part = find(checker_.subst(field.type, s), bad)) return part;
        }
      }
      return nullptr;
    }
    for (const Type* arg : type->args) {
      if (const Type* part = find(arg, bad)) return part;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kMaxParts = 2000;
  Checker& checker_;
  bool into_classes_;
  std::set<const Type*> seen_;
};

bool is_plain_key(const Type* type) {
  return is_scalar(type) || type->is(TypeKind::string) || type->is(TypeKind::bytes) || type->is(TypeKind::actor_ref) ||
         type->has_error;
}

}  // namespace

void Checker::require_key(const Type* type, const lang::SourceFile* file, Span span) {
  if (is_plain_key(type)) return;
  if (type->is(TypeKind::param)) {
    if (key_params_.insert(type).second) key_order_.push_back(type);
    return;
  }
  if (checked_keys_.insert(type).second) pending_keys_.push_back({nullptr, type, file, span});
}

void Checker::require_equality(const Type* type, const lang::SourceFile* file, Span span) {
  if (is_plain_key(type)) return;
  if (type->is(TypeKind::param)) {
    if (equality_params_.insert(type).second) equality_order_.push_back(type);
    return;
  }
  PartFinder finder(*this, false);
  const Type* part = finder.find(type, [](const Type* t) { return t->is(TypeKind::func); });
  if (!part) return;
  report(Code::not_comparable, file, span,
         part == type ? "functions cannot be compared, this is a `" + to_string(type) + "`"
                      : "`" + to_string(type) + "` holds functions, which cannot be compared");
}

void Checker::note_instantiation(const Type* param, const Type* arg, const lang::SourceFile* file, Span span) {
  if (is_plain_key(arg)) return;
  instantiations_.push_back({param, arg, file, span});
}

void Checker::check_instantiations() {
  // A type parameter passed on to one that is a key is a key itself.
  std::unordered_map<const Type*, std::vector<const Instantiation*>> by_param;
  for (const Instantiation& i : instantiations_) by_param[i.param].push_back(&i);
  auto check_keys = [&](const Type* type, const lang::SourceFile* file, Span span) {
    PartFinder finder(*this, false);
    const Type* part = finder.find(type, [](const Type* t) {
      if (is_plain_key(t) || t->is(TypeKind::param)) return false;
      if (t->is(TypeKind::enum_)) return false;
      return !(t->is(TypeKind::object) && t->decl->kind == HClass::Kind::record);
    });
    if (!part) return;
    report(Code::invalid_key_type, file, span,
           "`" + to_string(type) + "` cannot be a map key or set member" +
               (part == type ? std::string() : ": it holds `" + to_string(part) + "`"));
  };
  for (std::size_t i = 0; i < key_order_.size(); ++i) {
    for (const Instantiation* use : by_param[key_order_[i]]) {
      if (use->arg->is(TypeKind::param)) {
        if (key_params_.insert(use->arg).second) key_order_.push_back(use->arg);
      } else {
        check_keys(use->arg, use->file, use->span);
      }
    }
  }
  for (std::size_t i = 0; i < equality_order_.size(); ++i) {
    for (const Instantiation* use : by_param[equality_order_[i]]) {
      require_equality(use->arg, use->file, use->span);
    }
  }
  for (const Instantiation& key : pending_keys_) check_keys(key.arg, key.file, key.span);
  pending_keys_.clear();
  instantiations_.clear();
}

const Type* Checker::unsendable_part(const Type* type) {
  if (is_plain_key(type)) return nullptr;
  PartFinder finder(*this, true);
  // Null can be sent, so a nullable function is left to the run-time check.
  std::set<const Type*> nullable_parts;
  return finder.find(type, [&](const Type* t) {
    if (t->is(TypeKind::nullable) && t->args[0]->is(TypeKind::func)) nullable_parts.insert(t->args[0]);
    if (t->is(TypeKind::func)) return nullable_parts.count(t) == 0;
    return t->is(TypeKind::object) && t->decl->kind == HClass::Kind::host;
  });
}

bool Checker::has_zero(const Type* type) const {
  switch (type->kind) {
    case TypeKind::func:
    case TypeKind::actor_ref:
    case TypeKind::object:
    case TypeKind::enum_:
    case TypeKind::param:
    case TypeKind::never:
    case TypeKind::void_:
      return false;
    default:
      return true;
  }
}

}  // namespace noodle::check
