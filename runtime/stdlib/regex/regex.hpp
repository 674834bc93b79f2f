// Regular expressions that match in linear time: compiled to a small program that runs all alternatives side by side.
//
// Source: R. Cox, "Regular Expression Matching: the Virtual Machine Approach" (Pike's VM); leftmost-first like Perl.
// Limits: 10 000 instructions, 100 groups, nesting 100, repetition 1000. Errors: 1613 with the position in the pattern.
// Threads: a Regex is immutable; a RegexRun belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/stdlib/code_points.hpp"

namespace noodle::stdlib {

/// Set of code points.
struct CharClass {
  std::vector<CodeRange> ranges;  // ascending, not overlapping
  std::uint64_t ascii[2] = {0, 0};

  static constexpr std::uint32_t kLast = 0x10ffff;

  bool has(std::uint32_t c) const;
  /// Sorts and joins the ranges; to be called after the last change.
  void normalise();
  void invert();
  /// \d, \w, \s, and in upper case all but these.
  void add_named(char name);
  /// The other case of every letter of a range.
  void add_cases(std::uint32_t low, std::uint32_t high);
};

struct RegexInstruction {
  enum class Op : std::uint8_t { character, any, char_class, split, jump, save, check, match };
  enum Check : std::uint32_t { text_start, text_end, line_start, line_end, word_boundary, not_word_boundary };
  Op op{};
  std::uint32_t x = 0;  // character, class index, first target, slot, check
  std::uint32_t y = 0;  // second target
};

class Regex {
 public:
  static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern);

  const std::vector<RegexInstruction>& program() const { return program_; }
  const std::vector<CharClass>& classes() const { return classes_; }
  /// Two for each group, the whole match included.
  std::uint32_t slot_count() const { return slot_count_; }
  /// Names of the groups, "" for those without; the first is the whole match.
  const std::vector<std::string>& names() const { return names_; }
  /// A byte that every match begins with, or -1.
  int first_byte() const { return first_byte_; }

 private:
  friend class RegexCompiler;
  std::vector<RegexInstruction> program_;
  std::vector<CharClass> classes_;
  std::vector<std::string> names_{""};
  std::uint32_t slot_count_ = 2;
  int first_byte_ = -1;
};

/// One search, done in steps of bounded work.
class RegexRun {
 public:
  enum class Mode : std::uint8_t { search, whole };

  RegexRun(std::shared_ptr<const Regex> regex, std::size_t from, Mode mode);
  /// Goes on for about `work` units (one: a code point for one alternative); true when the search is over. `text` is
  /// the same valid UTF-8 in every step.
  bool step(std::string_view text, std::uint64_t work);
  /// Byte offsets of the groups, -1 where a group took no part; empty without a match.
  const std::vector<std::int32_t>& slots() const { return best_; }
  std::uint64_t work_done() const { return work_; }

 private:
  struct Threads {
    std::vector<std::uint32_t> dense, sparse;
    std::vector<std::int32_t> slots;  // slot_count for each thread, by position in dense
    bool has(std::uint32_t pc) const;
  };
  struct Pending {
    std::uint32_t pc;  // instruction, or kRestore + slot
    std::int32_t old_value;
  };

  void add(Threads& threads, std::uint32_t pc, std::string_view text, std::size_t at);
  bool check(std::uint32_t kind, std::string_view text, std::size_t at) const;
  void reset(Threads& threads);

  std::shared_ptr<const Regex> regex_;
  Mode mode_;
  std::size_t from_, at_;
  std::uint64_t work_ = 0;
  Threads now_, next_;
  std::vector<std::int32_t> scratch_, best_;
  std::vector<Pending> pending_;
};

}  // namespace noodle::stdlib
