// Verifies the code of functions: one linear pass that checks every instruction and every stored join state.
//
// Threads: one checker per thread; its buffers are reused from function to function.
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/code_scan.hpp"
#include "runtime/bytecode/typing.hpp"

namespace noodle::bytecode {

class FunctionChecks {
 public:
  explicit FunctionChecks(const ModuleView& view) : view_(view), typing_(view) {}

  /// Checks function `index` of the module. `field_objects` (may be null) as in verifier.hpp.
  Result<void> check(std::uint32_t index, std::vector<TypeIndex>* field_objects);

 private:
  static constexpr std::uint32_t kNoJoin = 0xffffffff;

  Result<void> load_joins();
  Result<void> walk(std::vector<TypeIndex>* field_objects);
  bool enter_handlers(std::uint32_t word, bool live);
  bool check_handlers(bool all_registers);
  bool check_clobbered(const StepEffect& effect);
  bool check_branch(const StepEffect& effect);
  bool fits(std::uint32_t join, std::uint32_t except = kNoRegister);
  bool register_fits(std::uint32_t join, Cell cell, std::uint32_t p);
  bool handler_fits(const HandlerRange& handler);
  const Cell* cells(std::uint32_t join) const { return join_cells_.data() + std::size_t{join} * f_->pointer_registers; }
  bool fail(Code code, std::string reason);
  Error error(std::uint32_t word) const { return code_error(code_, *f_, word, reason_); }

  const ModuleView& view_;
  Typing typing_;
  const FunctionDef* f_ = nullptr;
  CodeMap map_;
  RegisterState state_;
  std::vector<std::uint32_t> join_at_;  // word -> index of its join, or kNoJoin
  std::vector<Cell> join_cells_;        // pointer registers of all joins, one row each
  std::vector<ScalarSet> join_scalars_;
  std::vector<const HandlerRange*> by_start_;
  std::size_t next_handler_ = 0;
  std::vector<const HandlerRange*> active_;
  std::uint32_t written_scalar_ = kNoRegister, written_pointer_ = kNoRegister;  // by the instruction before
  Code code_{};
  std::string reason_;
};

}  // namespace noodle::bytecode
