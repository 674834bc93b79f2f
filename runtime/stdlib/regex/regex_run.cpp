// Running a compiled pattern.
#include <algorithm>
#include <cstring>

#include "runtime/stdlib/regex/regex.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::stdlib {
namespace {

using Op = RegexInstruction::Op;

constexpr std::uint32_t kRestore = 1u << 31;

bool is_word(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const auto c = static_cast<unsigned char>(text[at]);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

bool CharClass::has(std::uint32_t c) const {
  if (c < 128) return (ascii[c / 64] >> (c % 64)) & 1;
  std::size_t low = 0;
  std::size_t high = ranges.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (ranges[middle].high < c) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < ranges.size() && ranges[low].low <= c;
}

bool RegexRun::Threads::has(std::uint32_t pc) const {
  const std::uint32_t i = sparse[pc];
  return i < dense.size() && dense[i] == pc;
}

RegexRun::RegexRun(std::shared_ptr<const Regex> regex, std::size_t from, Mode mode)
    : regex_(std::move(regex)), mode_(mode), from_(from), at_(from), scratch_(regex_->slot_count(), -1) {
  for (Threads* threads : {&now_, &next_}) {
    threads->sparse.resize(regex_->program().size());
    threads->dense.reserve(regex_->program().size());
  }
}

void RegexRun::reset(Threads& threads) {
  threads.dense.clear();
  threads.slots.clear();
}

bool RegexRun::check(std::uint32_t kind, std::string_view text, std::size_t at) const {
  switch (kind) {
    case RegexInstruction::text_start:
      return at == 0;
    case RegexInstruction::text_end:
      return at == text.size();
    case RegexInstruction::line_start:
      return at == 0 || text[at - 1] == '\n';
    case RegexInstruction::line_end:
      return at == text.size() || text[at] == '\n';
    default:
      break;
  }
  const bool boundary = (at > 0 && is_word(text, at - 1)) != is_word(text, at);
  return boundary == (kind == RegexInstruction::word_boundary);
}

// Follows everything that takes no character, most wanted alternative first. The stack holds what is still to follow
// and which slots to set back on the way.
void RegexRun::add(Threads& threads, std::uint32_t start, std::string_view text, std::size_t at) {
  const auto& program = regex_->program();
  pending_.push_back({start, 0});
  while (!pending_.empty()) {
    const Pending todo = pending_.back();
    pending_.pop_back();
    if (todo.pc & kRestore) {
      scratch_[todo.pc & ~kRestore] = todo.old_value;
      continue;
    }
    if (threads.has(todo.pc)) continue;
    ++work_;
    threads.sparse[todo.pc] = static_cast<std::uint32_t>(threads.dense.size());
    threads.dense.push_back(todo.pc);
    threads.slots.insert(threads.slots.end(), scratch_.begin(), scratch_.end());
    const RegexInstruction& instruction = program[todo.pc];
    switch (instruction.op) {
      case Op::jump:
        pending_.push_back({instruction.x, 0});
        break;
      case Op::split:
        pending_.push_back({instruction.y, 0});
        pending_.push_back({instruction.x, 0});
        break;
      case Op::save:
        pending_.push_back({kRestore | instruction.x, scratch_[instruction.x]});
        scratch_[instruction.x] = static_cast<std::int32_t>(at);
        pending_.push_back({todo.pc + 1, 0});
        break;
      case Op::check:
        if (check(instruction.x, text, at)) pending_.push_back({todo.pc + 1, 0});
        break;
      default:
        break;
    }
  }
}

bool RegexRun::step(std::string_view text, std::uint64_t work) {
  const std::uint64_t limit = work_ + work;
  const auto& program = regex_->program();
  const std::size_t width = regex_->slot_count();
  while (work_ < limit) {
    const bool may_begin = best_.empty() && (mode_ == Mode::search || at_ == from_);
    if (now_.dense.empty()) {
      if (!may_begin) return true;
      // Nothing is under way: skip to where a match can begin.
      if (mode_ == Mode::search && regex_->first_byte() >= 0) {
        const std::size_t span = std::min<std::size_t>(text.size() - at_, work * 16);
        const void* hit = span ? std::memchr(text.data() + at_, regex_->first_byte(), span) : nullptr;
        work_ +=
            1 + (hit ? static_cast<const char*>(hit) - (text.data() + at_) : static_cast<std::ptrdiff_t>(span)) / 16;
        if (!hit) {
          at_ += span;
          if (at_ >= text.size()) return true;
          continue;
        }
        at_ = static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
      }
    }
    if (may_begin) {
      std::fill(scratch_.begin(), scratch_.end(), -1);
      add(now_, 0, text, at_);
    }
    const bool at_end = at_ >= text.size();
    const std::uint32_t c = at_end ? 0 : vm::decode_code_point(text, at_);
    const std::size_t next_at = at_end ? at_ + 1 : at_ + vm::utf8_size(static_cast<std::uint8_t>(text[at_]));
    for (std::size_t i = 0; i < now_.dense.size(); ++i) {
      ++work_;
      const RegexInstruction& instruction = program[now_.dense[i]];
      bool taken = false;
      switch (instruction.op) {
        case Op::character:
          taken = !at_end && c == instruction.x;
          break;
        case Op::any:
          taken = !at_end;
          break;
        case Op::char_class:
          taken = !at_end && regex_->classes()[instruction.x].has(c);
          break;
        case Op::match:
          if (mode_ == Mode::whole && !at_end) break;
          best_.assign(now_.slots.begin() + static_cast<std::ptrdiff_t>(i * width),
                       now_.slots.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
          now_.dense.resize(i);  // all later threads are less wanted
          break;
        default:
          break;
      }
      if (taken) {
        std::copy_n(now_.slots.begin() + static_cast<std::ptrdiff_t>(i * width), width, scratch_.begin());
        add(next_, now_.dense[i] + 1, text, next_at);
      }
    }
    reset(now_);
    std::swap(now_, next_);
    at_ = next_at;
    if (at_end) return true;
  }
  return false;
}

}  // namespace noodle::stdlib
