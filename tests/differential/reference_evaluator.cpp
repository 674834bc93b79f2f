#include "tests/differential/reference_evaluator.hpp"

#include "tests/differential/evaluator.hpp"

namespace noodle::reference {

Outcome Evaluator::run() {
  Outcome outcome;
  try {
    std::vector<Value> args;
    if (!program_.main->params.empty()) args.push_back(make_list(program_.main->params[0]->type, {}));
    const Value result = call(*program_.main, {}, nullptr, std::move(args));
    if (program_.main->result->kind == TypeKind::int_) outcome.exit_code = result.integer;
  } catch (const Thrown& thrown) {
    const std::vector<Value>& fields = thrown.error.thing->items;
    outcome.error_code = static_cast<int>(fields[0].integer);
    outcome.error_message = fields[1].thing->text;
    outcome.error_trace = fields[4].thing->text;
  } catch (const GaveUp& reason) {
    outcome.gave_up = true;
    outcome.why = reason.why;
  }
  outcome.output = output_;
  return outcome;
}

/// One `function (file:line:column)` a line, innermost first.
std::string Evaluator::trace() const {
  std::string out;
  for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
    if (!out.empty()) out += '\n';
    const lang::SourceFile& file = *frame->func->file;
    const lang::LineColumn place = file.position(frame->at->span.start);
    out +=
        frame->name + " (" + file.path() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ")";
  }
  return out;
}

/// Throws; an error that was thrown before keeps its trace.
void Evaluator::raise(const HNode& node, Value error) {
  stack_.back().at = &node;
  Value& place = error.thing->items[4];
  if (!place.thing || place.thing->text.empty()) place = make_string(trace());
  throw Thrown{std::move(error)};
}

void Evaluator::trap(const HNode& node, int code, std::string message) {
  raise(node, make_error(code, std::move(message)));
}

Outcome evaluate(check::Program& program, std::uint64_t max_steps) {
  return Evaluator(program, max_steps).run();
}

}  // namespace noodle::reference
