// Programs changed at random are compiled or refused with errors: no crash, no refusal without a reason, no module that
// the linker does not accept. NOODLE_SEED sets the first seed, NOODLE_PROGRAMS the number of programs.
#include <doctest/doctest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tests/codegen/compiled.hpp"

namespace {

using namespace noodle;
namespace fs = std::filesystem;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<std::string> programs() {
  std::set<fs::path> paths;  // sorted: the same seed makes the same program everywhere
  for (const char* folder : {"tests/golden", "examples", "tools/bench/kernels", "tools/noodle/explain"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(NOODLE_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".nc") paths.insert(entry.path());
    }
  }
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

/// Words, runs of white space, single signs.
std::vector<std::string> pieces_of(const std::string& text) {
  const auto kind = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) || c == '_' ? 1 : std::isspace(byte) ? 2 : 0;
  };
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (kind(text[i]) != 0 && end < text.size() && kind(text[end]) == kind(text[i])) ++end;
    pieces.push_back(text.substr(i, end - i));
    i = end;
  }
  return pieces;
}

constexpr const char* kWords[] = {
    "null",    "self",       "(",      ")",       "{",       "}",      "<",         ">",     "?",        "T",
    "int",     "any",        "String", "func",    "=>",      "match",  "case",      "[",     "]",        ",",
    "spawn",   "ask",        "send",   "on",      "class",   "record", "enum",      "=",     "==",       "+",
    "extends", "implements", "return", "throw",   "try",     "catch",  "finally",   "break", "continue", "const",
    "let",     "??",         "?.",     "..",      "0",       "\"a\"",  "`${",       "is",    "as",       "super",
    "import",  "export",     "static", "private", "receive", "after",  "every",     "stop",  "with",     "main",
    "void",    "byte",       "5s",     ";",       ":",       "test",   "interface", "x",     "child",    "supervisor"};

std::string mutated(const std::vector<std::string>& texts, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::vector<std::string> pieces = pieces_of(texts[pick(texts.size())]);
  for (std::size_t changes = 1 + pick(4); changes > 0 && !pieces.empty(); --changes) {
    const std::size_t i = pick(pieces.size());
    const std::size_t j = pick(pieces.size());
    const auto at = pieces.begin() + static_cast<std::ptrdiff_t>(i);
    const std::string& other = texts[pick(texts.size())];
    switch (pick(6)) {
      case 0:
        pieces.erase(at);
        break;
      case 1:
        pieces.insert(at, std::string(pieces[j]));
        break;
      case 2:
        std::swap(pieces[i], pieces[j]);
        break;
      case 3:
        pieces[i] = kWords[pick(std::size(kWords))];
        break;
      case 4:
        pieces.insert(at, kWords[pick(std::size(kWords))]);
        break;
      default:
        pieces.insert(at, other.substr(pick(other.size()), 5 + pick(60)));
    }
  }
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

}  // namespace

TEST_CASE("programs changed at random are compiled or refused with errors") {
  stdlib::register_stdlib_natives();
  process::install();
  const std::vector<std::string> texts = programs();
  const std::uint64_t first = number_from("NOODLE_SEED", 1);
  const std::uint64_t count = number_from("NOODLE_PROGRAMS", 1500);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string text = mutated(texts, seed);
    INFO("NOODLE_SEED=" << seed << "\n" << text);
    const auto compilation = test::compiled(text);
    for (const lang::Diagnostic& item : compilation->diagnostics.all()) {
      CHECK(!lang::render(item, false).empty());
      CHECK(!lang::render_json(item).empty());
    }
    CHECK(compilation->module.has_value() != compilation->diagnostics.has_errors());
    if (!compilation->module) continue;
    const auto program = vm::link(*compilation->module);
    const int code = program ? 0 : program.error().number();
    CHECK((code == 0 || (code >= 1530 && code <= 1533)));  // a declared function that nothing satisfies
  }
}

TEST_CASE("declarations without what belongs to them are errors of the syntax only") {
  CHECK(test::errors_of(*test::compiled("class A {\n  constructor(y: intx { x = y; }\n}\nprint(1);")) != "");
  CHECK(test::errors_of(*test::compiled("test noodle $ app\n3 passed")) != "");
  CHECK(test::errors_of(*test::compiled("class A { func g()92: no cluster\n: int { return 1; } }\nprint(A());")) != "");
}
