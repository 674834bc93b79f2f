#include "runtime/swap/plan.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace noodle::swap {
namespace {

using bytecode::ActorDef;
using bytecode::kNone;
using bytecode::Module;
using bytecode::TypeDef;
using bytecode::TypeIndex;
using bytecode::TypeKind;
using bytecode::TypeRef;

std::string type_text(const Module& module, TypeRef type) {
  return module.types[type.index].name + (type.nullable ? "?" : "");
}

bool is_scalar(const Module& module, TypeRef type) {
  return bytecode::is_scalar_kind(module.types[type.index].kind);
}

class Planner {
 public:
  Planner(const vm::Program& from, const vm::Program& to, bool back)
      : from_(from), to_(to), old_(from.module), new_(to.module), back_(back) {}

  Plan run() {
    std::unordered_map<std::string_view, std::uint32_t> by_name;
    for (std::uint32_t i = 0; i < new_.actors.size(); ++i) by_name.emplace(new_.actors[i].name, i);
    for (const ActorDef& actor : old_.actors) {
      const auto found = by_name.find(actor.name);
      plan_.actors.push_back(found == by_name.end() ? removed(actor) : moved(actor, found->second));
      if (found != by_name.end()) by_name.erase(found);
    }
    for (const ActorDef& actor : new_.actors) {
      if (by_name.contains(actor.name)) note(ChangeKind::actor_added, false, actor.name, "is new");
    }
    compare_exports();
    for (const std::string& capability : new_.capabilities) {
      if (std::find(old_.capabilities.begin(), old_.capabilities.end(), capability) != old_.capabilities.end())
        continue;
      note(ChangeKind::capability_added, false, capability, "is required now; processes keep the grants they have");
    }
    return std::move(plan_);
  }

 private:
  void note(ChangeKind kind, bool breaking, std::string subject, std::string text) {
    plan_.changes.push_back({kind, breaking, std::move(subject), std::move(text)});
  }

  ActorMove removed(const ActorDef& actor) {
    note(ChangeKind::actor_removed, true, actor.name, "is gone; its processes stay on the old version");
    ActorMove move;
    move.refusal = "the new version has no actor `" + actor.name + "`";
    return move;
  }

  ActorMove moved(const ActorDef& from, std::uint32_t index) {
    const ActorDef& to = new_.actors[index];
    ActorMove move;
    move.to = index;
    compare_handlers(from, to);
    if (from.is_supervisor != to.is_supervisor || from.children.size() != to.children.size()) {
      move.refusal = from.is_supervisor && to.is_supervisor
                         ? "supervisor `" + from.name + "` has another number of children: stop it and spawn it anew"
                         : "`" + from.name + "` is a supervisor in one version only";
      note(ChangeKind::actor_changed, true, from.name, move.refusal);
      return move;
    }
    match_fields(from, to, move);
    if (to.on_migrate != kNone && !back_) fill_record(from, to, move);
    if (!move.needed.empty() && move.record == kNone) {
      const std::string& field = new_.types[to.type].fields[move.needed.front()].name;
      move.refusal =
          "field `" + field + "` of `" + to.name + "` has no initial value: give it one, or write `on migrate`";
    }
    return move;
  }

  void match_fields(const ActorDef& from, const ActorDef& to, ActorMove& move) {
    const TypeDef& before = old_.types[from.type];
    const TypeDef& after = new_.types[to.type];
    const bool migrates = to.on_migrate != kNone && !back_;
    std::unordered_map<std::string_view, std::uint16_t> slots;
    for (std::uint16_t i = 0; i < before.fields.size(); ++i) slots.emplace(before.fields[i].name, i);
    for (std::uint16_t i = 0; i < after.fields.size(); ++i) {
      const bytecode::FieldDef& field = after.fields[i];
      const std::string subject = to.name + "." + field.name;
      const auto found = slots.find(field.name);
      if (found != slots.end()) {
        const std::uint16_t slot = found->second;
        slots.erase(found);
        if (fits(before.fields[slot].type, field.type)) {
          move.carried.push_back({slot, i, is_scalar(new_, field.type), field.type});
          continue;
        }
        const std::string was = type_text(old_, before.fields[slot].type);
        const std::string is = type_text(new_, field.type);
        note(ChangeKind::field_retyped, !migrates, subject,
             (was == is ? "is of a `" + is + "` that has changed" : "was `" + was + "` and is `" + is + "` now") +
                 ": its value is lost" + (migrates ? " unless `on migrate` takes it" : ""));
      } else {
        note(ChangeKind::field_added, false, subject, "is new");
      }
      const auto initial = std::find_if(to.initials.begin(), to.initials.end(),
                                        [i](const ActorDef::Initial& at) { return at.field == i; });
      if (initial != to.initials.end()) {
        move.initials.push_back(*initial);
      } else if (!is_scalar(new_, field.type) && !field.type.nullable) {
        move.needed.push_back(i);
        if (!migrates) plan_.changes.back().breaking = true;
      }
    }
    for (std::uint16_t i = 0; i < before.fields.size(); ++i) {
      const auto left = slots.find(before.fields[i].name);
      if (left == slots.end() || left->second != i) continue;
      note(ChangeKind::field_dropped, false, from.name + "." + before.fields[i].name, "is gone");
    }
  }

  /// The record of `on migrate` takes what it names from the old state.
  void fill_record(const ActorDef& from, const ActorDef& to, ActorMove& move) {
    const TypeDef& before = old_.types[from.type];
    move.record = new_.functions[to.on_migrate].signature.params[1].index;
    const TypeDef& record = new_.types[move.record];
    for (std::uint16_t i = 0; i < record.fields.size(); ++i) {
      const bytecode::FieldDef& field = record.fields[i];
      const auto found = std::find_if(before.fields.begin(), before.fields.end(),
                                      [&](const bytecode::FieldDef& at) { return at.name == field.name; });
      if (found != before.fields.end() && fits(found->type, field.type)) {
        move.old_fields.push_back(
            {static_cast<std::uint16_t>(found - before.fields.begin()), i, is_scalar(new_, field.type), field.type});
      } else if (!field.type.nullable && move.refusal.empty()) {
        move.refusal = "`on migrate` of `" + to.name + "` wants `" + field.name + ": " + type_text(new_, field.type) +
                       "`, which the version before does not have";
        note(ChangeKind::field_dropped, true, from.name + "." + field.name, move.refusal);
      }
    }
  }

  void compare_handlers(const ActorDef& from, const ActorDef& to) {
    std::unordered_map<std::uint64_t, std::uint32_t> after;
    for (const std::uint32_t h : to.handlers) after.emplace(to_.handler_hash[h], h);
    for (const std::uint32_t h : from.handlers) {
      const std::string subject = from.name + "." + old_.handlers[h].name;
      const auto found = after.find(from_.handler_hash[h]);
      if (found == after.end()) {
        note(ChangeKind::handler_removed, true, subject,
             "is gone, or has another signature: messages for it would be refused");
        continue;
      }
      if (!same_signature(old_.handlers[h].signature, new_.handlers[found->second].signature)) {
        note(ChangeKind::handler_removed, true, subject,
             "takes or gives a type that has changed: messages on their way would be refused");
      }
      after.erase(found);
    }
    for (const std::uint32_t h : to.handlers) {
      if (after.contains(to_.handler_hash[h])) {
        note(ChangeKind::handler_added, false, to.name + "." + new_.handlers[h].name, "is new");
      }
    }
  }

  /// Of handlers with types of equal names.
  bool same_signature(const bytecode::Signature& before, const bytecode::Signature& after) {
    for (std::size_t i = 0; i < before.params.size(); ++i) {
      if (!same_ref(before.params[i], after.params[i])) return false;
    }
    return same_ref(before.result, after.result);
  }

  static std::string signature_of(const Module& module, const bytecode::ExportDef& function) {
    std::string text;
    if (function.function >= module.functions.size()) return text;
    const bytecode::Signature& signature = module.functions[function.function].signature;
    for (const TypeRef& param : signature.params) text += type_text(module, param) + ",";
    return text + ":" + type_text(module, signature.result);
  }

  void compare_exports() {
    std::map<std::string_view, std::string> before, after;
    for (const auto& function : old_.exports) before.emplace(function.name, signature_of(old_, function));
    for (const auto& function : new_.exports) after.emplace(function.name, signature_of(new_, function));
    for (const auto& [name, signature] : before) {
      const auto found = after.find(name);
      if (found != after.end() && found->second == signature) continue;
      note(ChangeKind::export_removed, false, std::string(name), "is gone, or has another signature");
    }
    for (const auto& [name, signature] : after) {
      if (!before.contains(name)) note(ChangeKind::export_added, false, std::string(name), "is new");
    }
  }

  /// A value of the old type can stand where the new one is wanted.
  bool fits(TypeRef before, TypeRef after) {
    if (before.nullable && !after.nullable) return false;
    return same(before.index, after.index);
  }

  bool same_ref(TypeRef before, TypeRef after) {
    return before.nullable == after.nullable && same(before.index, after.index);
  }

  bool same(TypeIndex before, TypeIndex after) {
    const auto [entry, fresh] = same_.try_emplace({before, after}, true);  // a cycle holds until something differs
    if (!fresh) return entry->second;
    const bool equal = same_parts(old_.types[before], new_.types[after], before, after);
    return same_[{before, after}] = equal;
  }

  bool same_parts(const TypeDef& before, const TypeDef& after, TypeIndex from, TypeIndex to) {
    if (before.kind != after.kind || from_.classes[from].layout_hash != to_.classes[to].layout_hash) return false;
    // Functions do not outlive their code; processes are told apart by their address alone.
    if (before.kind == TypeKind::func || before.kind == TypeKind::closure) return false;
    if (before.kind == TypeKind::actor_ref) return true;
    if (before.args.size() != after.args.size() || before.case_types.size() != after.case_types.size()) return false;
    for (std::size_t i = 0; i < before.args.size(); ++i) {
      if (!same_ref(before.args[i], after.args[i])) return false;
    }
    for (std::size_t i = 0; i < before.fields.size(); ++i) {
      if (!same_ref(before.fields[i].type, after.fields[i].type)) return false;
    }
    for (std::size_t i = 0; i < before.case_types.size(); ++i) {
      if (!same(before.case_types[i], after.case_types[i])) return false;
    }
    return true;
  }

  const vm::Program& from_;
  const vm::Program& to_;
  const Module& old_;
  const Module& new_;
  const bool back_;
  std::map<std::pair<TypeIndex, TypeIndex>, bool> same_;
  Plan plan_;
};

}  // namespace

Plan plan(const vm::Program& from, const vm::Program& to, bool back) {
  return Planner(from, to, back).run();
}

std::string breaking_text(const Plan& plan) {
  std::string text;
  for (const Change& change : plan.changes) {
    if (change.breaking) text += (text.empty() ? "" : "\n") + change.subject + ": " + change.text;
  }
  return text;
}

}  // namespace noodle::swap
