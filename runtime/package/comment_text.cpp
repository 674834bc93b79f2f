#include "runtime/package/comment_text.hpp"

#include <algorithm>

#include "runtime/base/lines.hpp"

namespace noodle::documentation {

namespace {

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_item(std::string_view line) {
  return line.starts_with("- ") || line.starts_with("* ");
}

class Reader {
 public:
  explicit Reader(std::string_view comment) : lines_(lines_of(comment)) {}

  std::vector<Block> read() {
    while (at_ < lines_.size()) {
      const std::string_view line = lines_[at_];
      if (is_blank(line)) {
        ++at_;
      } else if (line.starts_with("```")) {
        fenced();
      } else if (indent_of(line) >= 2) {
        indented();
      } else if (is_item(line)) {
        list();
      } else {
        paragraph();
      }
    }
    return std::move(blocks_);
  }

 private:
  Block& open(Block::Kind kind) {
    Block& block = blocks_.emplace_back();
    block.kind = kind;
    block.line = static_cast<std::uint32_t>(at_);
    return block;
  }

  /// To the closing fence, or to the end.
  void fenced() {
    Block& block = open(Block::Kind::code);
    block.info = std::string(lines_[at_++].substr(3));
    block.line = static_cast<std::uint32_t>(at_);
    for (; at_ < lines_.size() && !lines_[at_].starts_with("```"); ++at_) block.text += std::string(lines_[at_]) + "\n";
    ++at_;
  }

  void indented() {
    const std::size_t indent = std::min<std::size_t>(indent_of(lines_[at_]), 4);
    Block& block = open(indent >= 4 ? Block::Kind::code : Block::Kind::verbatim);
    if (indent >= 4) block.info = "nc";
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = lines_[at_];
      if (!is_blank(line) && indent_of(line) < indent) break;
      block.text += std::string(line.substr(std::min(indent, line.size()))) + "\n";
    }
    while (block.text.ends_with("\n\n")) block.text.pop_back();
  }

  void list() {
    Block& block = open(Block::Kind::list);
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = lines_[at_];
      if (is_item(line)) {
        block.items.emplace_back(line.substr(2));
      } else if (!is_blank(line) && indent_of(line) >= 2) {
        block.items.back() += "\n" + std::string(line.substr(indent_of(line)));
      } else {
        break;
      }
    }
  }

  void paragraph() {
    Block& block = open(Block::Kind::paragraph);
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = lines_[at_];
      if (is_blank(line) || line.starts_with("```") || is_item(line)) break;
      block.text += (block.text.empty() ? "" : "\n") + std::string(line);
    }
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::vector<Block> blocks_;
};

/// Text between `open` at `at` and the next `close`; empty: not closed.
std::string_view between(std::string_view text, std::size_t at, std::string_view open, std::string_view close) {
  if (text.substr(at, open.size()) != open) return {};
  const std::size_t start = at + open.size();
  const std::size_t end = text.find(close, start);
  return end == std::string_view::npos ? std::string_view() : text.substr(start, end - start);
}

bool is_safe_address(std::string_view address) {
  return address.starts_with("https://") || address.starts_with("http://") || address.starts_with("#");
}

}  // namespace

std::vector<Block> blocks_of(std::string_view comment) {
  return Reader(comment).read();
}

std::string first_sentence(std::string_view comment) {
  for (const Block& block : blocks_of(comment)) {
    if (block.kind != Block::Kind::paragraph) continue;
    std::string text = block.text;
    std::replace(text.begin(), text.end(), '\n', ' ');
    const std::size_t stop = text.find(". ");
    return stop == std::string::npos ? text : text.substr(0, stop + 1);
  }
  return {};
}

std::vector<Span> spans_of(std::string_view text) {
  std::vector<Span> spans;
  const auto add = [&spans](Span::Kind kind, std::string_view part, std::string_view address = {}) {
    if (kind == Span::Kind::text && !spans.empty() && spans.back().kind == kind) {
      spans.back().text += part;
    } else {
      spans.push_back({kind, std::string(part), std::string(address)});
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const std::string_view code = between(text, at, "`", "`"); !code.empty()) {
      add(Span::Kind::code, code);
      at += code.size() + 2;
      continue;
    }
    if (const std::string_view bold = between(text, at, "**", "**"); !bold.empty()) {
      add(Span::Kind::bold, bold);
      at += bold.size() + 4;
      continue;
    }
    if (const std::string_view label = between(text, at, "[", "]"); !label.empty()) {
      const std::size_t behind = at + label.size() + 2;
      const std::string_view address = behind < text.size() ? between(text, behind, "(", ")") : std::string_view();
      if (is_safe_address(address)) {
        add(Span::Kind::link, label, address);
        at = behind + address.size() + 2;
        continue;
      }
    }
    const std::size_t next = std::min(text.find_first_of("`*[", at + 1), text.size());
    add(Span::Kind::text, text.substr(at, next - at));
    at = next;
  }
  return spans;
}

}  // namespace noodle::documentation
