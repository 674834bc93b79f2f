// Actors of the reference evaluator: messages are handled at once, so only programs whose output does not depend on
// the order of messages of different senders can be compared.
#include <unordered_map>

#include "tests/differential/evaluator.hpp"

namespace noodle::reference {

namespace {

/// Deep copies of what a message holds; what is shared stays shared, references to actors stay the same.
class Copier {
 public:
  Value copy(const Value& value) {
    if (!value.thing || value.thing->actor) return value;
    Value out = value;
    auto& known = copies_[value.thing.get()];
    if (known) {
      out.thing = known;
      return out;
    }
    out.thing = known = std::make_shared<Thing>(*value.thing);
    for (Value& item : out.thing->items) item = copy(item);
    for (auto& [key, item] : out.thing->entries) {
      key = copy(key);
      item = copy(item);
    }
    return out;
  }
  std::vector<Value> copy_all(const std::vector<Value>& values) {
    std::vector<Value> out;
    out.reserve(values.size());
    for (const Value& value : values) out.push_back(copy(value));
    return out;
  }

 private:
  std::unordered_map<const Thing*, std::shared_ptr<Thing>> copies_;
};

}  // namespace

Value Evaluator::spawn(Frame& frame, const HNode& node) {
  std::vector<Value> args;
  if (node.opt != nullptr || node.place != nullptr) throw GaveUp{"options of spawn"};
  if (!kids(frame, node, args)) return {};
  const Type* type = concrete(frame, node.target);
  Value ref = make(concrete(frame, node.type));
  ref.thing->actor = std::make_shared<Actor>();
  Actor& actor = *ref.thing->actor;
  actor.state = make(type);
  for (const auto& field : check::all_fields(program_.types, type)) {
    actor.state.thing->items.push_back(zero(field.type));
  }
  std::vector<Activation> own;
  std::swap(stack_, own);
  try {
    call(*node.func, arguments_of(type), &actor.state, Copier().copy_all(args));
  } catch (const Thrown&) {
    actor.alive = false;
  }
  std::swap(stack_, own);
  return ref;
}

/// Runs a handler with a stack of its own.
Value Evaluator::run_handler(Actor& actor, HFunc& handler, std::vector<Value> args) {
  std::vector<Activation> own;
  std::swap(stack_, own);
  const std::size_t depth = depth_;
  actor.running = true;
  try {
    const Value result = call(handler, arguments_of(actor.state.thing->type), &actor.state, std::move(args));
    std::swap(stack_, own);
    actor.running = false;
    return result;
  } catch (const Thrown&) {
    std::swap(stack_, own);
    depth_ = depth;
    actor.running = actor.alive = false;
    throw;
  }
}

Value Evaluator::message(Frame& frame, const HNode& node) {
  const bool asks = node.op == HOp::ask;
  std::vector<Value> args;
  if (!kids(frame, node, args)) return {};
  const std::shared_ptr<Actor> kept = args[0].thing->actor;
  Actor& actor = *kept;
  args.erase(args.begin(), args.begin() + (asks ? 2 : 1));
  args = Copier().copy_all(args);
  stack_.back().at = &node;
  if (actor.running) trap(node, 1813, "the process asks itself");
  if (!actor.alive) {
    if (!asks) return {};
    trap(node, 1810, "the process has ended");
  }
  try {
    return Copier().copy(run_handler(actor, *node.func, std::move(args)));
  } catch (const Thrown& thrown) {
    if (!asks) return {};
    const Thing& cause = *thrown.error.thing;
    Value error = make_error(1812, "the asked process ended with error " + std::to_string(cause.items[0].integer) +
                                       ": " + cause.items[1].thing->text);
    error.thing->items[3] = Copier().copy(thrown.error);
    raise(node, error);
  }
}

}  // namespace noodle::reference
