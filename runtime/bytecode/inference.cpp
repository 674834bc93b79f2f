#include "runtime/bytecode/inference.hpp"

#include <map>
#include <set>

#include "runtime/bytecode/code_scan.hpp"
#include "runtime/bytecode/type_checks.hpp"
#include "runtime/bytecode/typing.hpp"

namespace noodle::bytecode {

namespace {

/// The fixpoint of one function.
class Inference {
 public:
  Inference(const ModuleView& view, FunctionDef& function)
      : view_(view), f_(function), shape_(shape_of(view.module(), function.signature)), typing_(view) {}

  Result<void> run() {
    Result<void> scanned = scan_code(view_.module(), f_, map_);
    if (!scanned) return scanned;
    if (shape_.scalars > f_.scalar_registers || shape_.pointers.size() > f_.pointer_registers) {
      return code_error(Code::verify_limit, f_, 0, "the arguments do not fit into the registers");
    }
    RegisterState entry;
    typing_.begin(f_, shape_, entry);
    if (is_join(0)) {
      merge_into(0, entry);
    } else {
      Result<void> walked = walk(0, std::move(entry));
      if (!walked) return walked;
    }
    while (!pending_.empty()) {
      const std::uint32_t word = *pending_.begin();
      pending_.erase(pending_.begin());
      Result<void> walked = walk(word, states_.at(word));
      if (!walked) return walked;
    }
    store();
    return {};
  }

 private:
  bool is_join(std::uint32_t word) const { return map_.words[word] & (CodeMap::kTarget | CodeMap::kHandler); }

  void merge_into(std::uint32_t word, const RegisterState& state) {
    const auto [it, fresh] = states_.try_emplace(word, state);
    if (fresh) {
      pending_.insert(word);
      return;
    }
    RegisterState& joined = it->second;
    bool changed = false;
    for (std::size_t i = 0; i < joined.scalars.size(); ++i) {
      const std::uint64_t both = joined.scalars[i] & state.scalars[i];
      changed |= both != joined.scalars[i];
      joined.scalars[i] = both;
    }
    for (std::size_t p = 0; p < joined.pointers.size(); ++p) {
      const Cell cell = view_.merge(joined.pointers[p], state.pointers[p]);
      changed |= cell != joined.pointers[p];
      joined.pointers[p] = cell;
    }
    if (changed) pending_.insert(word);
  }

  /// What the handlers around `word` see when its instruction throws in `state`.
  void merge_into_handlers(std::uint32_t word, const RegisterState& state) {
    for (const HandlerRange& h : f_.handlers) {
      if (word < h.start || word >= h.end) continue;
      RegisterState caught = state;
      caught.pointers[h.error_register] = not_null(kError);
      merge_into(h.target, caught);
    }
  }

  /// Follows the code from `word` until control ends or reaches a join.
  Result<void> walk(std::uint32_t word, RegisterState state) {
    const std::uint32_t first = word;
    for (;;) {
      if (word != first && is_join(word)) {
        merge_into(word, state);
        return {};
      }
      const Instruction i = decode(f_.code.data(), word);
      merge_into_handlers(word, state);
      StepEffect effect;
      if (!typing_.step(i, state, effect)) return code_error(typing_.failure_code(), f_, word, typing_.failure());
      if (effect.clobbered_scalar != kNoRegister && !f_.handlers.empty()) {
        RegisterState during = state;
        during.clobber(effect.clobbered_scalar, effect.clobbered_pointer);
        merge_into_handlers(word, during);
      }
      if (effect.branches) {
        RegisterState taken = state;
        if (effect.refined != kNoRegister) taken.pointers[effect.refined] = effect.refined_cell;
        merge_into(effect.target, taken);
      }
      if (!effect.falls_through) return {};
      word = i.next;
    }
  }

  void store() {
    f_.joins.clear();
    for (const auto& [word, state] : states_) {
      JoinState join;
      join.word = word;
      for (std::uint32_t s = 0; s < f_.scalar_registers; ++s) join.scalars.push_back(state.has_scalar(s));
      for (const Cell cell : state.pointers) join.pointers.push_back(to_type(cell));
      f_.joins.push_back(std::move(join));
    }
  }

  const ModuleView& view_;
  FunctionDef& f_;
  CallShape shape_;
  Typing typing_;
  CodeMap map_;
  std::map<std::uint32_t, RegisterState> states_;
  std::set<std::uint32_t> pending_;  // in code order, which is close to the order of control
};

}  // namespace

Result<void> infer_joins(Module& module) {
  Result<void> types = check_types(module);
  if (!types) return types;
  const ModuleView view(module);
  for (FunctionDef& function : module.functions) {
    if (function.code.empty()) continue;
    Result<void> inferred = Inference(view, function).run();
    if (!inferred) return inferred;
  }
  return {};
}

Result<void> infer_joins(const Module& module, FunctionDef& function) {
  Result<void> types = check_types(module);
  if (!types) return types;
  Result<void> signature = check_signature(module, function.signature, "function", function.name);
  if (!signature) return signature;
  const ModuleView view(module);
  return Inference(view, function).run();
}

}  // namespace noodle::bytecode
