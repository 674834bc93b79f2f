// The standard library checks without errors, also the parts that no program uses.
#include <doctest/doctest.h>

#include "tests/check/check_source.hpp"

using namespace noodle;

TEST_CASE("every body of the standard library checks") {
  std::string imports;
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    const std::string_view name = file->name;
    if (name.substr(0, 4) == "std." && name.substr(name.size() - 3) == ".nc") {
      imports += "import " + std::string(name.substr(0, name.size() - 3)) + ";\n";
    }
  }
  check::CheckOptions options;
  options.all_bodies = true;
  const test::Checked checked = test::check_text(imports + "func main() { }", {}, options);
  CHECK(checked.errors() == "");
  for (const check::HFunc& func : checked.program->funcs) {
    INFO(func.name);
    if (func.has_body && func.kind != check::HFunc::Kind::lambda) CHECK(func.body != nullptr);
  }
}
