#include "runtime/codegen/code_buffer.hpp"

#include <algorithm>

namespace noodle::codegen {

using bytecode::Op;

bool needs_position(Op op) {
  switch (op) {
    case Op::mov:
    case Op::mvp:
    case Op::ldi:
    case Op::ldk:
    case Op::ldn:
    case Op::lds:
    case Op::ldf:
    case Op::upc:
    case Op::jmp:
    case Op::ret:
    case Op::rets:
    case Op::retp:
      return false;
    default:
      return !is_branch(op) || op == Op::jstreq || op == Op::jstrne;
  }
}

Label CodeBuffer::new_label() {
  places_.push_back(kNoLabel);
  uses_.push_back(0);
  return static_cast<Label>(places_.size() - 1);
}

void CodeBuffer::bind(Label label) {
  marked_line_ = 0;
  places_[label] = static_cast<std::uint32_t>(code_.size());
  if (uses_[label] > 0) reachable_ = true;
}

void CodeBuffer::push(Instruction instruction) {
  if (!reachable_) return;
  if (needs_position(instruction.op)) instruction.offset = offset_;
  if (instruction.target != kNoLabel) ++uses_[instruction.target];
  if (ends_flow(instruction.op)) reachable_ = false;
  code_.push_back(instruction);
}

void CodeBuffer::emit(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  push({op, a, b, c});
}

void CodeBuffer::emit_d(Op op, std::uint32_t a, std::uint32_t d) {
  push({op, a, 0, 0, d});
}

void CodeBuffer::emit_extra(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t extra) {
  push({op, a, b, c, extra});
}

void CodeBuffer::jump(Op op, std::uint32_t a, std::uint32_t b, Label target) {
  push({op, a, b, 0, 0, target});
}

void CodeBuffer::mark(const bytecode::CoveragePoint& point) {
  const bool is_line = point.kind == bytecode::CoveragePoint::Kind::line;
  if (!reachable_ || (is_line && point.line == marked_line_)) return;
  const std::uint32_t line = is_line ? point.line : marked_line_;
  const Label next = new_label();
  Instruction instruction{Op::jmp, 0, 0, 0, 0, next};
  instruction.mark = static_cast<std::uint32_t>(points_.size());
  push(instruction);
  bind(next);
  marked_line_ = line;
  points_.push_back(point);
}

void CodeBuffer::remove(const std::vector<bool>& dead) {
  std::vector<std::uint32_t> moved(code_.size() + 1);
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < code_.size(); ++i) {
    moved[i] = kept;
    if (!dead[i]) code_[kept++] = code_[i];
  }
  moved[code_.size()] = kept;
  code_.resize(kept);
  for (std::uint32_t& place : places_) {
    if (place != kNoLabel) place = moved[place];
  }
  std::erase_if(catches_, [this](const CatchRange& range) { return places_[range.start] >= places_[range.end]; });
}

bool CodeBuffer::remove_unreachable() {
  std::vector<bool> dead(code_.size(), true);
  std::vector<std::uint32_t> work;
  auto visit = [&](std::uint32_t start) {
    work.push_back(start);
    while (!work.empty()) {
      std::uint32_t at = work.back();
      work.pop_back();
      while (at < code_.size() && dead[at]) {
        dead[at] = false;
        if (code_[at].target != kNoLabel) work.push_back(places_[code_[at].target]);
        if (ends_flow(code_[at].op)) break;
        ++at;
      }
    }
  };
  visit(0);
  for (bool again = true; again;) {  // a handler is reached when something in its range is
    again = false;
    for (const CatchRange& range : catches_) {
      const std::uint32_t target = places_[range.target];
      if (target >= dead.size() || !dead[target]) continue;
      for (std::uint32_t i = places_[range.start]; i < places_[range.end]; ++i) {
        if (dead[i]) continue;
        visit(target);
        again = true;
        break;
      }
    }
  }
  if (std::find(dead.begin(), dead.end(), true) == dead.end()) return false;
  remove(dead);
  return true;
}

/// A field read right after it was written: the value is still in the register that was stored.
void CodeBuffer::forward_stores() {
  std::vector<bool> targets(code_.size() + 1, false);
  for (std::size_t label = 0; label < places_.size(); ++label) {
    if (uses_[label] > 0 && places_[label] != kNoLabel) targets[places_[label]] = true;
  }
  for (std::size_t i = 0; i + 1 < code_.size(); ++i) {
    const Instruction& store = code_[i];
    Instruction& load = code_[i + 1];
    const bool scalar = store.op == Op::sets && load.op == Op::gets;
    const bool pointer = store.op == Op::setp && load.op == Op::getp;
    if (!(scalar || pointer) || targets[i + 1] || load.b != store.a || load.c != store.b) continue;
    load = {scalar ? Op::mov : Op::mvp, load.a, store.c};
  }
}

void CodeBuffer::tidy() {
  forward_stores();
  for (int round = 0; round < 4; ++round) {
    bool changed = false;
    std::vector<bool> dead(code_.size(), false);
    for (std::size_t i = 0; i < code_.size(); ++i) {
      Instruction& instruction = code_[i];
      if ((instruction.op == Op::mov || instruction.op == Op::mvp) && instruction.a == instruction.b) {
        dead[i] = changed = true;
      }
      if (instruction.target == kNoLabel || instruction.mark != kNoMark) continue;
      for (int hops = 0; hops < 8; ++hops) {
        const std::uint32_t place = places_[instruction.target];
        if (place >= code_.size() || code_[place].op != Op::jmp || code_[place].mark != kNoMark || place == i) break;
        // A jump must not lose or gain a back edge: fuel is burnt once per round of a loop.
        const bool was_back = place <= i;
        const bool hop_back = places_[code_[place].target] <= place;
        const bool is_back = places_[code_[place].target] <= i;
        if (was_back || hop_back != is_back) break;
        instruction.target = code_[place].target;
        changed = true;
      }
      if (places_[instruction.target] == i + 1) {
        dead[i] = true;
        changed = true;
      }
    }
    if (!changed) break;
    remove(dead);
    remove_unreachable();
  }
  remove_unreachable();
}

std::vector<std::uint32_t> CodeBuffer::word_starts() const {
  std::vector<std::uint32_t> starts(code_.size() + 1);
  for (std::size_t i = 0; i < code_.size(); ++i) {
    starts[i + 1] = starts[i] + (bytecode::has_extra_word(code_[i].op) ? 2 : 1);
  }
  return starts;
}

void CodeBuffer::assemble(bytecode::FunctionDef& function, const lang::SourceFile* file) const {
  const std::vector<std::uint32_t> starts = word_starts();
  function.code.clear();
  function.code.reserve(starts.back());
  for (const Instruction& i : code_) {
    const char* format = bytecode::op_format(i.op);
    if (format[2] == 0) {
      function.code.push_back(bytecode::make_ad(i.op, i.a, i.value));
      continue;
    }
    function.code.push_back(bytecode::make_abc(i.op, i.a, i.b, i.c));
    if (format[3] != '+') continue;
    const std::uint32_t next = static_cast<std::uint32_t>(function.code.size()) + 1;
    function.code.push_back(i.target == kNoLabel ? i.value : starts[places_[i.target]] - next);
  }
  function.handlers.clear();
  for (const CatchRange& range : catches_) {
    if (places_[range.start] >= places_[range.end]) continue;
    function.handlers.push_back({starts[places_[range.start]], starts[places_[range.end]],
                                 starts[places_[range.target]], range.error_register});
  }
  function.lines.clear();
  std::uint32_t last = kNoOffset;
  for (std::size_t i = 0; file && i < code_.size(); ++i) {
    const std::uint32_t offset = code_[i].offset;
    if (offset == kNoOffset || offset == last) continue;
    last = offset;
    const lang::LineColumn position = file->position(offset);
    function.lines.push_back({starts[i], position.line, position.column});
  }
  if (file) function.inlined = inlined_calls(starts, *file);
  function.marks.clear();
  for (std::size_t i = 0; i < code_.size(); ++i) {
    if (code_[i].mark != kNoMark) function.marks.push_back({starts[i], points_[code_[i].mark]});
  }
}

std::vector<bytecode::InlinedCall> CodeBuffer::inlined_calls(const std::vector<std::uint32_t>& first,
                                                             const lang::SourceFile& file) const {
  std::vector<bytecode::InlinedCall> calls;
  for (const InlinedRange& range : inlined_) {
    const std::uint32_t start = places_[range.start], end = places_[range.end];
    const bool traced = std::any_of(code_.begin() + start, code_.begin() + end,
                                    [](const Instruction& i) { return i.offset != kNoOffset; });
    if (!traced) continue;
    const lang::LineColumn position = file.position(range.offset);
    calls.push_back({first[start], first[end], range.name, position.line, position.column});
  }
  return calls;
}

}  // namespace noodle::codegen
