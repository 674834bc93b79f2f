// Calls of the reference evaluator.
#include "tests/differential/evaluator.hpp"

namespace noodle::reference {

Value Evaluator::call(HFunc& func, Substitution substitution, const std::vector<Variable>& captured, const Value* self,
                      std::vector<Value> args, const std::string& type_arguments) {
  if (++depth_ > 2000) throw GaveUp{"call depth"};
  program_.ensure_body(func);
  if (func.body == nullptr) throw GaveUp{"no body: " + func.name};
  Frame frame;
  frame.func = &func;
  frame.substitution = std::move(substitution);
  frame.type_arguments = type_arguments;
  if (func.self != nullptr && self != nullptr) frame.variables[func.self] = std::make_shared<Value>(*self);
  for (std::size_t i = 0; i < func.params.size(); ++i)
    frame.variables[func.params[i]] = std::make_shared<Value>(args[i]);
  for (std::size_t i = 0; i < func.captures.size(); ++i) frame.variables[func.captures[i].inner] = captured[i];
  stack_.push_back({&func, func.name + type_arguments});
  const Value last = eval(frame, func.body);
  stack_.pop_back();
  --depth_;
  return frame.flow == Flow::return_ ? frame.result : last;
}

Value Evaluator::call(HFunc& func, Substitution substitution, const Value* self, std::vector<Value> args) {
  std::string names;
  for (const Type* param : func.tparams) {
    const auto bound = substitution.find(param);
    if (bound != substitution.end()) names += (names.empty() ? "" : ", ") + check::to_string(bound->second);
  }
  if (!names.empty()) names = "<" + names + ">";
  return call(func, std::move(substitution), {}, self, std::move(args), names);
}

Value Evaluator::call_closure(const Value& closure, std::vector<Value> args) {
  const Thing& thing = *closure.thing;
  if (thing.bound) {
    Value self;
    self.thing = thing.bound;
    return call_method(*thing.func, self, std::move(args));
  }
  return call(*thing.func, thing.substitution, thing.captured, nullptr, std::move(args), thing.text);
}

/// Finds the implementation of a method by name in the run-time class of `self`.
Value Evaluator::call_method(HFunc& method, const Value& self, std::vector<Value> args) {
  const std::size_t dot = method.name.rfind('.');
  const std::string name = method.name.substr(dot + 1);
  const Type* type = self.thing ? self.thing->type : nullptr;
  while (type != nullptr && type->decl != nullptr) {
    for (HFunc* candidate : type->decl->methods) {
      if (candidate->name.substr(candidate->name.rfind('.') + 1) == name && candidate->has_body) {
        return call(*candidate, arguments_of(type), &self, std::move(args));
      }
    }
    type = type->decl->base == nullptr ? nullptr : program_.types.substitute(type->decl->base, arguments_of(type));
  }
  throw GaveUp{"no method " + method.name};
}

Value Evaluator::call_native(Frame& frame, const HNode& node, std::vector<Value>& args) {
  const NativeRequest request{node.func->native, concrete(frame, node.type), node.kids, args};
  NativeReply reply = call_reference_native(request, program_.types, output_);
  if (reply.trap_code != 0) trap(node, reply.trap_code, reply.trap_message);
  return reply.value;
}

Substitution Evaluator::call_substitution(Frame& frame, const HNode& node) {
  Substitution out;
  for (std::size_t i = 0; i < node.targs.size() && i < node.func->tparams.size(); ++i) {
    out[node.func->tparams[i]] = concrete(frame, node.targs[i]);
  }
  return out;
}

/// Evaluates kids[from..]; false when control left.
bool Evaluator::kids(Frame& frame, const HNode& node, std::vector<Value>& out, std::size_t from) {
  for (std::size_t i = from; i < node.kids.size(); ++i) {
    out.push_back(eval(frame, node.kids[i]));
    if (frame.flow != Flow::normal) return false;
  }
  return true;
}

Value Evaluator::call_node(Frame& frame, const HNode& node) {
  std::vector<Value> args;
  if (!kids(frame, node, args)) return {};
  stack_.back().at = &node;
  if (node.op == HOp::call_closure) {
    const Value closure = args[0];
    args.erase(args.begin());
    return call_closure(closure, std::move(args));
  }
  if (node.op == HOp::call_native) return call_native(frame, node, args);
  const bool method = node.func->self != nullptr;
  Value self;
  if (method) {
    self = args[0];
    args.erase(args.begin());
  }
  if (node.op != HOp::call) return call_method(*node.func, self, std::move(args));
  return call(*node.func, call_substitution(frame, node), method ? &self : nullptr, std::move(args));
}

}  // namespace noodle::reference
