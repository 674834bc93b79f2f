#include "runtime/package/documentation.hpp"

#include <doctest/doctest.h>

#include "runtime/package/comment_text.hpp"
#include "runtime/package/examples.hpp"
#include "runtime/package/package.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/embedded.hpp"
#include "runtime/stdlib/register.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::documentation;

namespace {

std::shared_ptr<check::SourceModule> module(const std::string& name, const std::string& text,
                                            const char* ending = ".nc") {
  const auto parsed = package::parse_source(name + ending, text);
  CHECK(parsed->diagnostics.empty());
  auto made = std::make_shared<check::SourceModule>();
  made->name = name;
  made->source = parsed->source;
  made->ast = parsed->ast;
  return made;
}

Documentation document_text(const std::string& text) {
  return document({module("a", text)}, "title");
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string page(const std::vector<Page>& pages, const std::string& file) {
  for (const Page& one : pages) {
    if (one.file == file) return one.text;
  }
  return "no page " + file;
}

std::string signature(const Entry& entry) {
  std::string text;
  for (const Piece& piece : entry.signature) text += piece.target.empty() ? piece.text : "<" + piece.text + ">";
  return text;
}

std::string problem(const std::string& example) {
  process::install();
  stdlib::register_stdlib_natives();
  const auto examples = examples_of(document_text(example));
  REQUIRE(examples.size() == 1);
  return problem_of(examples.front(), {});
}

}  // namespace

TEST_CASE("a module shows what it exports, a program everything, and nobody what is private") {
  const Documentation library = document_text(R"(
export func shown(): int { return 1; }
func hidden() { }
export class Box {
  size: int;
  private secret: int;
  func open() { }
  private func close() { }
}
test "t" { }
)");
  REQUIRE(library.modules.size() == 1);
  const auto& entries = library.modules[0].entries;
  REQUIRE(entries.size() == 2);
  CHECK(signature(entries[0]) == "func shown(): int");
  REQUIRE(entries[1].members.size() == 2);
  CHECK(entries[1].members[0].anchor == "Box.size");
  CHECK(entries[1].members[1].anchor == "Box.open");
  CHECK(document_text("func one() { }\nfunc main() { one(); }\n").modules[0].entries.size() == 2);
}

TEST_CASE("signatures link the types they name to their pages, through imports too") {
  const Documentation both = document({module("", R"(import geo.shapes as s;
/// Areas.
export func area(shape: s.Shape, sizes: List<Size?>, other: s.Unknown): Size;
export record Size(width: float)
)"),
                                       module("geo.shapes", "export enum Shape { circle(r: float), nothing }\n")},
                                      "app");
  CHECK(both.modules[0].name == "app");
  const Entry& area = both.modules[0].entries[0];
  CHECK(signature(area) == "func area(shape: <s.Shape>, sizes: List<<Size>?>, other: s.Unknown): <Size>");
  CHECK(area.signature[1].target == "geo.shapes#Shape");
  CHECK(area.signature.back().target == "app#Size");
  const auto pages = html_pages(both);
  CHECK(contains(page(pages, "app.html"), "<a href=\"geo.shapes.html#Shape\">s.Shape</a>"));
  CHECK(contains(page(pages, "geo.shapes.html"), "<section id=\"Shape.circle\">"));
}

TEST_CASE("comments, capabilities, handlers and the comment of the file are on the page") {
  const Documentation made = document_text(R"(// Counting things.

requires log;
/// Counts. See `Counter.add`.
export actor Counter {
  requires fs.read;
  /// Adds to the total.
  on add(n: int): int { return n; }
}
)");
  const ModulePage& counting = made.modules[0];
  CHECK(counting.comment == "Counting things.\n");
  CHECK(counting.requires_ == std::vector<std::string>{"log"});
  const Entry& counter = counting.entries[0];
  CHECK(counter.kind == "actor");
  CHECK(counter.notes == std::vector<std::string>{"needs the capability `fs.read`"});
  CHECK(counter.members[0].kind == "handler");
  CHECK(counter.members[0].comment == "Adds to the total.");
  const std::string html = page(html_pages(made), "a.html");
  CHECK(contains(html, "<a href=\"a.html#Counter.add\"><code>Counter.add</code></a>"));
  CHECK(contains(html, "needs the capability <code>fs.read</code>"));
  const std::string markdown = page(markdown_pages(made), "a.md");
  CHECK(contains(markdown, "### handler `Counter.add`\n\n```nc\non add(n: int): int\n```\n\nAdds to the total.\n"));
}

TEST_CASE("every text of a source is escaped, and names of pages are harmless file names") {
  Documentation made = document({module("../x/<b>", R"nc(// <script>alert(1)</script>
/// <img src=x onerror="alert('a')"> & `<i>` [click](javascript:alert(1)) [ok](https://example.org/?a=1&b=2)
///
///   <pre> text
export func f(a: String = "<script>"): int { return 1; }
)nc"),
                                 module("index", "func g() { }\n"), module("INDEX", "func h() { }\n")},
                                "<title>");
  made.description = "<u>";
  const auto pages = html_pages(made);
  REQUIRE(pages.size() == 5);
  CHECK(pages[1].file == "module.._x__b_.html");
  CHECK(pages[2].file == "index-2.html");
  CHECK(pages[3].file == "INDEX-3.html");
  for (const Page& one : pages) {
    CAPTURE(one.file);
    for (const char* hostile : {"<script>alert", "<img", "<i>", "<pre> text", "<u>", "<b>", "href=\"javascript"}) {
      CAPTURE(std::string(hostile));
      if (one.file != "search.js") CHECK(!contains(one.text, hostile));
    }
  }
  CHECK(contains(pages[1].text, "<a href=\"https://example.org/?a=1&amp;b=2\">ok</a>"));
}

TEST_CASE("comments are paragraphs, lists, code and verbatim text") {
  const auto blocks = blocks_of(
      "One\ntwo.\n\n- a\n  more\n- b\n\n```nc fails 1600\nx\n\ny\n```\n    let a = 1;\n\n      b\nEnd\n  kept as is");
  REQUIRE(blocks.size() == 5);
  CHECK(blocks[0].text == "One\ntwo.");
  CHECK(blocks[1].items == std::vector<std::string>{"a\nmore", "b"});
  CHECK(blocks[2].info == "nc fails 1600");
  CHECK(blocks[2].text == "x\n\ny\n");
  CHECK(blocks[2].line == 8);
  CHECK(blocks[3].text == "let a = 1;\n\n  b\n");
  CHECK(blocks[4].text == "End\n  kept as is");
  CHECK(first_sentence("One\ntwo. Three.") == "One two.");
  for (const char* unclosed : {"```nc\nx", "`a", "**", "[a](", "- ", "```"}) {
    CHECK(!blocks_of(unclosed).empty());
    CHECK(!spans_of(unclosed).empty());
  }
}

TEST_CASE("exports without a comment are told, with their methods") {
  const auto missing = undocumented(document_text(R"(
/// Fine.
export func fine() { }
export func bare() { }
/// Fine.
export class Box {
  size: int;
  func open() { }
}
func own() { }
)"));
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].name == "bare");
  CHECK(missing[0].line == 4);
  CHECK(missing[1].name == "Box.open");
}

TEST_CASE("examples compile, run, print what they say and fail where they say") {
  CHECK(problem("/// ```nc\n/// print(1 + 1);  // prints: 2\n/// ```\nfunc f() { }\n").empty());
  CHECK(problem("///     assert_eq(1 + 1, 2);\nfunc f() { }\n").empty());
  CHECK(problem("/// ```nc fails 1601\n/// print(1 / int(0.0));\n/// ```\nfunc f() { }\n").empty());
  CHECK(problem("/// ```nc fails 1126\n/// if (1) { }\n/// ```\nfunc f() { }\n").empty());
  CHECK(contains(problem("/// ```nc\n/// print(1 + 1);  // prints: 3\n/// ```\nfunc f() { }\n"), "and prints\n2"));
  CHECK(contains(problem("/// ```nc\n/// assert(false);\n/// ```\nfunc f() { }\n"), "error 1611"));
  CHECK(contains(problem("/// ```nc\n/// test \"t\" { assert_eq(1, 2); }\n/// ```\nfunc f() { }\n"), "error 1611"));
  CHECK(contains(problem("/// ```nc\n/// let a: int = \"\";\n/// ```\nfunc f() { }\n"), "error"));
  CHECK(contains(problem("/// ```nc fails 1601\n/// print(1);\n/// ```\nfunc f() { }\n"), "does not fail"));
  CHECK(contains(problem("/// ```nc\n/// print(fs.read(\"/etc/hostname\"));\n/// ```\nfunc f() { }\n"), "error 8"));
}

TEST_CASE("examples import the modules beside them, and know their line") {
  process::install();
  stdlib::register_stdlib_natives();
  const test::TemporaryFolder folder;
  folder.write("shapes.nc", "export func twice(n: int): int { return n * 2; }\n");
  const auto examples =
      examples_of(document_text("\n/// Doubles.\n///\n/// ```nc\n/// import shapes;\n/// assert_eq(shapes.twice(2), "
                                "4);\n/// ```\nfunc f() { }\n"));
  REQUIRE(examples.size() == 1);
  CHECK(examples[0].line == 5);
  CHECK(examples[0].owner == "f");
  CHECK(problem_of(examples[0], folder.path()).empty());
  CHECK(!problem_of(examples[0], {}).empty());
}

TEST_CASE("the standard library has pages whose links and examples are good") {
  std::vector<std::shared_ptr<check::SourceModule>> modules;
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file)
    modules.push_back(module(std::string(file->name.substr(0, file->name.rfind('.'))), std::string(file->text),
                             file->name.ends_with(".nci") ? ".nci" : ".nc"));
  const Documentation made = document(modules, "std", {"prelude", "prelude-collections", "prelude-processes", "host"});
  const auto pages = html_pages(made);
  std::size_t links = 0;
  for (const Page& one : pages) {
    for (std::size_t at = 0; (at = one.text.find("href=\"", at)) != std::string::npos; ++at) {
      const std::string address = one.text.substr(at + 6, one.text.find('"', at + 6) - at - 6);
      const std::size_t hash = address.find('#');
      const std::string target = hash == 0 ? one.file : address.substr(0, hash);
      const std::string text = page(pages, target);
      CAPTURE(address);
      CHECK(!text.starts_with("no page"));
      if (hash != std::string::npos) CHECK(contains(text, "id=\"" + address.substr(hash + 1) + "\""));
      ++links;
    }
  }
  CHECK(links > 1000);
  stdlib::register_stdlib_natives();
  for (const Example& example : examples_of(made)) CHECK(problem_of(example, {}) == "");
}
