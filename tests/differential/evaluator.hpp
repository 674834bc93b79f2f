// The evaluator behind evaluate(): walks HIR, one C++ call for each node.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tests/differential/reference_evaluator.hpp"
#include "tests/differential/reference_natives.hpp"
#include "tests/differential/reference_value.hpp"

namespace noodle::reference {

using check::HClass;
using check::HFunc;
using check::HNode;
using check::HOp;
using check::HVar;
using check::Substitution;

/// How a statement or expression ended.
enum class Flow : std::uint8_t { normal, leave, break_, continue_, return_ };

struct Frame {
  const HFunc* func = nullptr;
  Substitution substitution;
  std::string type_arguments;  // as in the name of the function: "<int>"
  std::unordered_map<const HVar*, Variable> variables;
  Flow flow = Flow::normal;
  std::uint32_t label = 0;
  Value result;  // of return and leave
};

/// A function that runs, for traces.
struct Activation {
  const HFunc* func;
  std::string name;
  const HNode* at = nullptr;  // what it does now
};

class Evaluator {
 public:
  Evaluator(check::Program& program, std::uint64_t max_steps) : program_(program), steps_(max_steps) {}
  Outcome run();

 private:
  // ---- types and values (evaluate_values.cpp)
  const Type* concrete(const Frame& frame, const Type* type) {
    return type->has_param ? program_.types.substitute(type, frame.substitution) : type;
  }
  Value make(const Type* type);
  Value make_list(const Type* type, std::vector<Value> items);
  Value make_string(std::string text);
  Value make_error(int code, std::string message);
  Value zero(const Type* type);
  bool is_instance(const Type* type, const Type* target);
  Substitution arguments_of(const Type* type);
  static std::size_t field_position(const check::HField* field);
  Value arithmetic(const HNode& node, const Type* type, const Value& a, const Value& b);
  Value construction(Frame& frame, const HNode& node);
  Value index(Frame& frame, const HNode& node);
  Value conversion(Frame& frame, const HNode& node);

  // ---- errors (reference_evaluator.cpp)
  std::string trace() const;
  [[noreturn]] void raise(const HNode& node, Value error);
  [[noreturn]] void trap(const HNode& node, int code, std::string message);

  // ---- calls (evaluate_calls.cpp)
  Value call(HFunc& func, Substitution substitution, const std::vector<Variable>& captured, const Value* self,
             std::vector<Value> args, const std::string& type_arguments);
  Value call(HFunc& func, Substitution substitution, const Value* self, std::vector<Value> args);
  Value call_closure(const Value& closure, std::vector<Value> args);
  Value call_method(HFunc& method, const Value& self, std::vector<Value> args);
  Value call_native(Frame& frame, const HNode& node, std::vector<Value>& args);
  Substitution call_substitution(Frame& frame, const HNode& node);
  bool kids(Frame& frame, const HNode& node, std::vector<Value>& out, std::size_t from = 0);
  Value call_node(Frame& frame, const HNode& node);

  // ---- statements (evaluate_statements.cpp)
  Value eval(Frame& frame, const HNode* node);
  Value loop(Frame& frame, const HNode& node);
  Value for_loop(Frame& frame, const HNode& node);
  Value try_statement(Frame& frame, const HNode& node);
  static bool next_round(Frame& frame, std::uint32_t label);

  // ---- actors (evaluate_actors.cpp)
  Value spawn(Frame& frame, const HNode& node);
  Value message(Frame& frame, const HNode& node);
  Value run_handler(Actor& actor, HFunc& handler, std::vector<Value> args);

  check::Program& program_;
  std::uint64_t steps_;
  std::vector<Activation> stack_;
  std::size_t depth_ = 0;  // of the C++ stack
  std::string output_;
};

}  // namespace noodle::reference
