// Any bytes: the lexer ends, its tokens are in order and inside the text, brackets agree on their partners.
#include "runtime/lang/lexer.hpp"

#include <cstdlib>
#include <string>

#include "runtime/lang/parser.hpp"

using namespace noodle::lang;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const SourceFile source("fuzz.nc", text);
  Diagnostics diagnostics;
  TokenList list;
  lex(source, diagnostics, list);
  require(list.tokens.size() >= TokenList::kPadding);
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    require(token.start >= at && token.end >= token.start && token.end <= size);
    at = token.end;
    if (token.match != 0) require(list.tokens[token.match].match == i || token.match < i);
  }
  for (const Comment& comment : list.comments)
    require(comment.span.start < comment.span.end && comment.span.end <= size);
  for (const Diagnostic& item : diagnostics.all()) {
    require(!render(item, true).empty());
    require(!render_json(item).empty());
  }
  is_incomplete(text);
  return 0;
}
