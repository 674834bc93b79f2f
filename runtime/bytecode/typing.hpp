// Abstract interpretation of code: how each instruction changes the types of the registers.
//
// One transfer function for both users: inference.hpp finds the states at joins with it, function_checks.hpp checks
// them. State: S registers are set or not. P registers have a type, hold the null constant or are not set. At entry
// arguments have their declared types, other P registers are null (calls clear them), other S registers are not set.
// Calls read their window and clobber: behind one, S registers >= A and P registers >= B are not set, except for the
// result, because the callee's registers overlap them. (The VM leaves valid objects there, so the collector may still
// scan them.) They are clobbered for exception handlers too.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/instruction.hpp"
#include "runtime/bytecode/module_view.hpp"

namespace noodle::bytecode {

/// Set of S registers.
using ScalarSet = std::array<std::uint64_t, 4>;

struct RegisterState {
  ScalarSet scalars{};
  std::vector<Cell> pointers;

  bool has_scalar(std::uint32_t r) const { return scalars[r >> 6] >> (r & 63) & 1; }
  void set_scalar(std::uint32_t r) { scalars[r >> 6] |= std::uint64_t{1} << (r & 63); }
  void clobber(std::uint32_t first_scalar, std::uint32_t first_pointer);
};

constexpr std::uint32_t kNoRegister = 0xffffffff;

/// What a step did besides changing the state.
struct StepEffect {
  bool falls_through = true;  // control can continue at the next instruction
  bool branches = false;      // control can go to `target`
  std::uint32_t target = 0;
  std::uint32_t refined = kNoRegister;  // P register whose type is `refined_cell` on the taken edge
  Cell refined_cell = kUnsetCell;
  std::uint32_t written_scalar = kNoRegister;
  std::uint32_t written_pointer = kNoRegister;
  std::uint32_t clobbered_scalar = kNoRegister;  // first of the registers a call clobbers
  std::uint32_t clobbered_pointer = kNoRegister;
  TypeIndex object_type = kNone;  // gets, sets, getp, setp, vcall: static type of the object
};

class Typing {
 public:
  explicit Typing(const ModuleView& view) : view_(view), module_(view.module()) {}

  /// Starts with a function and sets the state at its entry. Precondition: its arguments fit into its registers.
  void begin(const FunctionDef& function, const CallShape& shape, RegisterState& state);
  /// Runs one instruction that scan_code accepted. False: it is not well typed; failure() tells why.
  bool step(const Instruction& i, RegisterState& state, StepEffect& effect);
  /// Code and reason of the last failed step.
  Code failure_code() const { return code_; }
  const std::string& failure() const { return reason_; }

 private:
  bool fail(Code code, std::string reason);
  bool read(std::uint32_t s);
  bool read_pointer(std::uint32_t p);
  bool expect(std::uint32_t p, Cell type);
  bool expect_box(std::uint32_t p);
  bool expect_enum(std::uint32_t p);
  bool write(std::uint32_t s);
  bool write_pointer(std::uint32_t p, Cell type);
  bool list_element(std::uint32_t p, char storage, Cell& element);
  const FieldLayout* object_fields(std::uint32_t p);
  bool arguments(const CallShape& shape, std::size_t first, std::uint32_t scalar, std::uint32_t pointer);
  bool finish_call(const Instruction& i, char result, Cell type);
  bool step_scalar(const Instruction& i);
  bool step_branch(const Instruction& i);
  bool refine(const Instruction& i, bool jump_if_null);
  bool step_object(const Instruction& i);
  bool step_cast(const Instruction& i);
  bool step_list(const Instruction& i);
  bool step_string(const Instruction& i);
  bool step_call(const Instruction& i);
  bool step_virtual_call(const Instruction& i);
  bool step_actor(const Instruction& i);

  const ModuleView& view_;
  const Module& module_;
  std::uint32_t scalar_registers_ = 0, pointer_registers_ = 0;
  const CallShape* shape_ = nullptr;
  RegisterState* state_ = nullptr;
  StepEffect* effect_ = nullptr;
  Code code_ = Code::verify_type;
  std::string reason_;
};

}  // namespace noodle::bytecode
