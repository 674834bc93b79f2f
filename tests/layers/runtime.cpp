// Links the runtime and what is below it: no CAF.
#include "runtime/lang/parser.hpp"

int main() {
  using namespace noodle::lang;
  const SourceFile source("layer.nc", "func main() { print(1) }\n");
  Ast ast;
  Diagnostics diagnostics;
  parse(source, ast, diagnostics);
  return diagnostics.has_errors() ? 1 : 0;
}
