// Comments as Markdown: paragraphs, lists, code blocks; `code`, **bold**, [links](https://...).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::documentation {

struct Block {
  enum class Kind : std::uint8_t {
    paragraph,
    list,     // items
    code,     // fenced, or indented by four blanks: info is then "nc"
    verbatim  // indented by two or three
  };
  Kind kind = Kind::paragraph;
  std::string text;
  std::string info;  // code: what follows the fence
  std::vector<std::string> items;
  std::uint32_t line = 0;  // of the comment, from 0, where its text begins
};
std::vector<Block> blocks_of(std::string_view comment);

/// Up to the first full stop.
std::string first_sentence(std::string_view comment);

struct Span {
  enum class Kind : std::uint8_t { text, code, bold, link };
  Kind kind = Kind::text;
  std::string text;
  std::string address;  // links: http, https or an anchor
};
std::vector<Span> spans_of(std::string_view text);

}  // namespace noodle::documentation
