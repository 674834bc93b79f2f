#include <nlohmann/json.hpp>

#include "tests/language_server/editor.hpp"

using namespace noodle;
using json = nlohmann::json;
using Editor = test::EditorOf<json>;

namespace {

constexpr const char* kProgram = R"(import std.math;

/// Area of a rectangle.
func area(width: float, height: float = 1.0): float { return width * height; }

record Point(x: int, y: int) {
  /// Both together.
  func sum(): int { return x + y; }
}
enum Shape { circle(radius: float), dot }
interface Named { func title(): String }
class Book implements Named {
  private words: int = 0;
  func title(): String { return "book"; }
  func count(): int { return words; }
}
actor Shelf {
  books: int = 0;
  on put(amount: int): int { books += amount; return books; }
}
func main() {
  let p = Point(1, y: 2);
  let shape = Shape.circle(2.0);
  let size = match (shape) { case Shape.circle(r) => r  case Shape.dot => 0.0 };
  print(area(2.0, height: 3.0), p.sum(), math.sqrt(size), p.x);
  let shelf = spawn Shelf();
  print(ask shelf.put(amount: 2), Book().title());
  for (n in [1, 2]) { print([3].map(q => q + n)); }
}
)";

struct Program : Editor {
  Program() {
    start();
    open("a.nc", kProgram);
  }
  std::string hover(const std::string& marked) {
    const json result = ask("hover", "a.nc", marked)["result"];
    return result.is_null() ? "" : result["contents"]["value"].get<std::string>();
  }
  bool hovers(const std::string& marked, const std::string& text) {
    return hover(marked).find(text) != std::string::npos;
  }
  std::vector<std::string> labels(const std::string& marked) {
    std::vector<std::string> names;
    const json result = ask("completion", "a.nc", marked)["result"];
    for (const json& item : result) names.push_back(item["label"]);
    return names;
  }
  bool offers(const std::string& marked, const std::string& name) {
    const auto names = labels(marked);
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  std::size_t uses(const std::string& marked, bool with_declaration) {
    return ask("references", "a.nc", marked, {{"context", {{"includeDeclaration", with_declaration}}}})["result"]
        .size();
  }
  std::string renamed(const std::string& marked, const std::string& name) {
    const json answer = ask("rename", "a.nc", marked, {{"newName", name}});
    if (answer.contains("error")) return answer["error"]["message"];
    return applied(answer["result"], "a.nc");
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("hover shows the declaration and its documentation") {
  Program editor;
  CHECK(editor.hover("print(are|a(") ==
        "```nc\nfunc area(width: float, height: float = 1.0): float\n```\n\nArea of a rectangle.");
  CHECK(editor.hovers("p.su|m()", "func sum(): int\n```\n\nin `Point`\n\nBoth together."));
  CHECK(editor.hovers("math.sq|rt", "func sqrt(x: float): float"));
  CHECK(editor.hovers("std.ma|th", "module std.math"));
  CHECK(editor.hovers("Shape.cir|cle(2", "circle(radius: float)"));
  CHECK(editor.hovers("shelf.pu|t(", "on put(amount: int): int"));
  CHECK(editor.hovers("spawn Sh|elf", "actor Shelf"));
}

TEST_CASE("hover shows the types of locals, found by inference") {
  Program editor;
  CHECK(editor.hover("let |p =") == "```nc\nlet p: Point\n```");
  CHECK(editor.hovers("=> r|", "let r: float"));
  CHECK(editor.hovers("q => |q", "(parameter) q: int"));
  CHECK(editor.hovers("q + |n", "let n: int"));
  CHECK(editor.hovers("|shelf.put", "let shelf: ActorRef<Shelf>"));
  CHECK(editor.hover("= |1.0").empty());
}

TEST_CASE("definition leads to the declaration, over modules and into the library") {
  Program editor;
  const json sum = editor.ask("definition", "a.nc", "p.su|m()")["result"];
  CHECK(sum["uri"] == editor.uri("a.nc"));
  CHECK(sum["range"]["start"] == test::position_in<json>(kProgram, "func |sum"));
  const json named = editor.ask("definition", "a.nc", "hei|ght: 3.0")["result"];
  CHECK(named["range"]["start"] == test::position_in<json>(kProgram, "|height: float"));
  CHECK(editor.ask("definition", "a.nc", "math.sq|rt")["result"]["uri"] == "noodle-std:/std.math.nc");
  CHECK(editor.ask("definition", "a.nc", "|math.sqrt")["result"]["uri"] == "noodle-std:/std.math.nc");
  const json text = editor.request("noodle/libraryText", {{"uri", "noodle-std:/std.math.nc"}});
  CHECK(contains(text["result"]["text"], "export func sqrt"));
  CHECK(editor.request("noodle/libraryText", {{"uri", "noodle-std:/none.nc"}}).contains("error"));
  CHECK(editor.ask("definition", "a.nc", "= |1.0)", {})["result"].is_null());
}

TEST_CASE("references are all uses in the package, with or without the declaration") {
  Program editor;
  CHECK(editor.uses("enum Sh|ape", false) == 3);
  CHECK(editor.uses("enum Sh|ape", true) == 4);
  CHECK(editor.uses("|x: int", true) == 3);
  // A method and the interface method it implements are one.
  CHECK(editor.uses("interface Named { func ti|tle", true) == 3);
  CHECK(editor.ask("documentHighlight", "a.nc", "let |p =")["result"].size() == 3);
}

TEST_CASE("rename changes every use: fields, named arguments, implementations, handlers, imports") {
  Program editor;
  const std::string left = editor.renamed("record Point(|x", "left");
  CHECK(contains(left, "record Point(left: int"));
  CHECK(contains(left, "return left + y"));
  CHECK(contains(left, "p.left);"));
  const std::string high = editor.renamed("height: 3", "high");
  CHECK(contains(high, "high: float = 1.0"));
  CHECK(contains(high, "area(2.0, high: 3.0)"));
  const std::string label = editor.renamed("Book().ti|tle", "label");
  CHECK(contains(label, "interface Named { func label(): String }"));
  CHECK(contains(label, "  func label(): String { return"));
  const std::string add = editor.renamed("on p|ut", "add");
  CHECK(contains(add, "ask shelf.add(amount: 2)"));
  const std::string import = editor.renamed("|math.sqrt", "m");
  CHECK(contains(import, "import std.math as m;"));
  CHECK(contains(import, "m.sqrt(size)"));
}

TEST_CASE("rename refuses names that are none, keywords and what would change a meaning") {
  Program editor;
  CHECK(contains(editor.renamed("|p.sum()", "if"), "`if` is a keyword"));
  CHECK(contains(editor.renamed("|p.sum()", "1a"), "is no name"));
  CHECK(contains(editor.renamed("|p.sum()", "a b"), "is no name"));
  CHECK(contains(editor.renamed("|p.sum()", ""), "is no name"));
  CHECK(contains(editor.renamed("|p.sum()", "shape"), "declared twice"));
  CHECK(contains(editor.renamed("(|width", "height"), "declared twice"));
  CHECK(contains(editor.renamed("q => |q", "n"), "would mean something else"));
  CHECK(contains(editor.renamed("func |main", "start"), "`main` is where the program starts"));
  CHECK(contains(editor.renamed("math.sq|rt", "root"), "declared outside this package"));
  CHECK(contains(editor.renamed("= |1.0", "x"), "no name here"));
  const json prepared = editor.ask("prepareRename", "a.nc", "p.su|m()")["result"];
  CHECK(prepared["placeholder"] == "sum");
  CHECK(editor.ask("prepareRename", "a.nc", "math.sq|rt").contains("error"));
}

TEST_CASE("rename waits until the package has no errors") {
  Program editor;
  editor.edit("a.nc", "p.x)", "p.z)");
  CHECK(contains(editor.renamed("|p.sum()", "other"), "mend the errors of the package first"));
}

TEST_CASE("completion offers members behind a dot and names in scope elsewhere") {
  Program editor;
  CHECK(editor.labels("p.|sum()") == std::vector<std::string>{"sum", "x", "y"});
  CHECK(editor.labels("Shape.|dot") == std::vector<std::string>{"circle", "dot"});
  CHECK(editor.labels("shelf.|put") == std::vector<std::string>{"put"});
  CHECK(editor.offers("math.|sqrt", "floor"));
  CHECK(!editor.offers("math.|sqrt", "print"));
  for (const char* name : {"n", "shape", "area", "Point", "math", "print", "while", "logger"}) {
    CAPTURE(name);
    CHECK(editor.offers("print([|3]", name));
  }
  CHECK(!editor.offers("print([|3]", "r"));        // bound in another arm
  CHECK(editor.offers("return |words", "words"));  // private, but its own
  CHECK(editor.offers("import std.|math", "text"));
  CHECK(editor.labels("\"bo|ok\"").empty());
  CHECK(editor.labels("/// Bo|th").empty());
}

TEST_CASE("completion works in a text that does not parse yet") {
  Program editor;
  editor.edit("a.nc", "print(area(2.0", "p.\n  print(area(2.0");
  CHECK(editor.labels("  p.|\n") == std::vector<std::string>{"sum", "x", "y"});
  editor.edit("a.nc", "  p.\n", "  let twice = p.su\n");
  CHECK(editor.offers("twice = p.su|", "sum"));
  editor.edit("a.nc", "  let twice = p.su\n", "  if (sha\n");
  CHECK(editor.offers("if (sha|", "shape"));
}

TEST_CASE("signature help follows the arguments, also of a call that is not closed") {
  Program editor;
  json help = editor.ask("signatureHelp", "a.nc", "area(2.0, |height")["result"];
  CHECK(help["signatures"][0]["label"] == "area(width: float, height: float = 1.0): float");
  CHECK(help["activeParameter"] == 1);
  editor.edit("a.nc", "let p = Point(1, y: 2);", "let p = Point(1, y: 2);\n  area(1.0, ");
  help = editor.ask("signatureHelp", "a.nc", "area(1.0, |")["result"];
  REQUIRE(help.is_object());
  CHECK(help["activeParameter"] == 1);
  CHECK(editor.ask("signatureHelp", "a.nc", "let |p =")["result"].is_null());
}

TEST_CASE("document symbols are a tree of what the file declares") {
  Program editor;
  const json symbols = editor.request("textDocument/documentSymbol", {{"textDocument", {{"uri", editor.uri("a.nc")}}}});
  std::vector<std::string> names;
  for (const json& symbol : symbols["result"]) names.push_back(symbol["name"]);
  CHECK(names == std::vector<std::string>{"area", "Point", "Shape", "Named", "Book", "Shelf", "main"});
  CHECK(symbols["result"][1]["children"][2]["name"] == "sum");
}

TEST_CASE("semantic tokens tell parameters, fields and cases apart") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "enum E { one }\nfunc f(n: int): int { return n; }\n");
  const json data = editor.request("textDocument/semanticTokens/full",
                                   {{"textDocument", {{"uri", editor.uri("a.nc")}}}})["result"]["data"];
  // line, column, length, type, modifiers: E, one, f, n, int, int, n
  const std::vector<int> expected = {0, 5, 1, 3, 1, 0, 4, 3, 10, 1, 1, 5, 1, 11, 1, 0, 2, 1,
                                     7, 1, 0, 3, 3, 2, 4, 0, 6,  3, 2, 4, 0, 13, 1, 7, 0};
  CHECK(data.get<std::vector<int>>() == expected);
}

TEST_CASE("formatting gives one edit of the lines that differ") {
  Editor editor;
  editor.start();
  const std::string text = "// first\nfunc f(): int {\n  return  1;\n}\n\nfunc g() {}\n";
  editor.open("a.nc", text);
  const json params{{"textDocument", {{"uri", editor.uri("a.nc")}}}, {"options", json::object()}};
  const json edits = editor.request("textDocument/formatting", params)["result"];
  REQUIRE(edits.size() == 1);
  CHECK(edits[0]["range"]["start"]["line"] == 2);
  const std::string made = Editor::with_edits(text, edits);
  CHECK(contains(made, "  return 1;\n"));
  editor.edit("a.nc", "return  1", "return 1");
  editor.edit("a.nc", "func f", "func (f");
  CHECK(contains(editor.request("textDocument/formatting", params)["error"]["message"], "line 2"));
}
