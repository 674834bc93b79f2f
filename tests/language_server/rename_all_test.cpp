// Every name that the example programs declare can be renamed: then no use of it was missed.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/language_server/editor.hpp"

using namespace noodle;
using namespace noodle::language_server;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Renames every declaration of one file; returns how many there were.
std::size_t rename_all(const std::filesystem::path& path) {
  Workspace workspace;
  const std::string file = path.string();
  REQUIRE(workspace.documents().open(uri_of(file), 1, read(path)).ok());
  workspace.changed(file);
  const auto analysis = workspace.analysis(file, true, test::never);
  REQUIRE(analysis.ok());
  if ((*analysis)->has_errors()) return 0;
  const check::SourceModule* module = (*analysis)->module_at(file);
  REQUIRE(module);
  std::size_t count = 0;
  for (const Occurrence& item : (*analysis)->occurrences(*module->source)) {
    if (!(item.target == Place{module->source.get(), item.span})) continue;
    const Query query{workspace, *analysis, *module, item.span.start};
    if (!prepare_rename(query)) continue;
    const auto edits = rename(query, "renamed_here", test::never);
    const lang::LineColumn at = module->source->position(item.span.start);
    CHECK_MESSAGE(edits.ok(),
                  file << ":" << at.line << ":" << at.column << ": " << (edits ? "" : edits.error().message));
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("every declaration of the example and golden programs can be renamed without a use being missed") {
  std::size_t count = 0;
  for (const char* folder : {"/examples", "/tests/golden"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(NOODLE_SOURCE_DIR) + folder)) {
      if (entry.path().extension() == ".nc") count += rename_all(entry.path());
    }
  }
  CHECK(count > 1000);
}
