// Line breaking for the formatter: a stream of texts, possible breaks and groups, laid out in a given width.
//
// A group is printed on one line if it fits together with the text behind it up to the next possible break; otherwise
// all breaks that belong directly to it become new lines. (After D. C. Oppen, Prettyprinting, TOPLAS 1980.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::lang {

class Layout {
 public:
  /// `text` must stay valid until render().
  void text(std::string_view text) { add(Kind::text, text); }
  void owned(std::string text) { add(Kind::text, owned_.emplace_back(std::move(text))); }
  /// Printed only when the group is on one line.
  void flat_text(std::string_view text) { add(Kind::flat_text, text); }
  void open() {
    open_.push_back(items_.size());
    add(Kind::open);
  }
  void close() {
    open_.pop_back();
    add(Kind::close);
  }
  void indent() { add(Kind::indent); }
  void dedent() { add(Kind::dedent); }
  /// The same, but only if the group is printed on several lines.
  void group_indent() { add(Kind::group_indent); }
  void group_dedent() { add(Kind::group_dedent); }
  /// A blank or a new line; `soft`: nothing or a new line.
  void line() { add(Kind::line); }
  void soft() { add(Kind::soft); }
  /// A blank; in a group on several lines a new line where the text up to the next break does not fit.
  void fill() { add(Kind::fill); }
  /// Always a new line.
  void hard() { add(Kind::hard); }
  /// A new line with an empty line before it.
  void blank() { add(Kind::blank); }
  /// The groups opened since the innermost begin_block() are printed on several lines.
  void break_groups() {
    for (std::size_t i = barriers_.empty() ? 0 : barriers_.back(); i < open_.size(); ++i)
      items_[open_[i]].broken = true;
  }
  void break_group() { items_[open_.back()].broken = true; }
  /// What is inside a block does not decide the layout of what is around it.
  void begin_block() { barriers_.push_back(open_.size()); }
  void end_block() { barriers_.pop_back(); }

  std::string render(int width) const;

 private:
  enum class Kind : std::uint8_t {
    text,
    flat_text,
    open,
    close,
    indent,
    dedent,
    group_indent,
    group_dedent,
    fill,
    line,
    soft,
    hard,
    blank
  };
  struct Item {
    Kind kind;
    bool broken = false;
    std::string_view text;
  };
  void add(Kind kind, std::string_view text = {}) { items_.push_back({kind, false, text}); }
  bool fits(std::size_t group, int room) const;
  bool piece_fits(std::size_t fill, int room) const;

  std::vector<Item> items_;
  std::vector<std::size_t> open_;
  std::vector<std::size_t> barriers_;
  std::deque<std::string> owned_;
};

}  // namespace noodle::lang
