// Any text: the parser ends and reports at most its limit of errors. What parses is formatted without a change of
// meaning, and formatting again changes nothing.
#include "runtime/lang/parser.hpp"

#include <cstdio>
#include <cstdlib>

#include "runtime/lang/format.hpp"
#include "runtime/lang/lint.hpp"
// The tree as text is a tool of the language's tests; a fuzz target is one file.
#include "tests/lang/ast_text.cpp"

using namespace noodle::lang;

namespace {

void require(bool condition, const char* what, const std::string& detail) {
  if (condition) return;
  std::fprintf(stderr, "%s\n%s\n", what, detail.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 100'000) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const bool interface_file = size > 0 && data[0] == '@';
  const Parsed parsed(text, interface_file ? "fuzz.nci" : "fuzz.nc");
  for (const Diagnostic& item : parsed.diagnostics.all()) {
    require(!render(item, false).empty() && !render_json(item).empty(), "render", item.message);
  }
  if (parsed.diagnostics.has_errors()) return 0;
  lint(parsed.ast);
  const std::string formatted = format(parsed.ast);
  const Parsed again(formatted, parsed.source.path());
  require(!again.diagnostics.has_errors(), "formatted text does not parse", formatted);
  require(ast_text(again.ast) == ast_text(parsed.ast), "formatting changes the meaning", formatted);
  require(format(again.ast) == formatted, "formatting is not idempotent", formatted + "----\n" + format(again.ast));
  return 0;
}
