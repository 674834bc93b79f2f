#include <nlohmann/json.hpp>

#include "tests/language_server/editor.hpp"

using namespace noodle;
using json = nlohmann::json;
using Editor = test::EditorOf<json>;

namespace {

constexpr const char* kManifest = "[package]\nname = \"shop\"\nversion = \"1.0.0\"\ntype = \"application\"\n";

struct Package : Editor {
  Package() {
    start();
    folder.write("noodle.toml", kManifest);
  }
  json actions(const std::string& name, const std::string& marked) {
    json params = at(name, marked);
    params["range"] = {{"start", params["position"]}, {"end", params["position"]}};
    params["context"] = {{"diagnostics", json::array()}};
    return request("textDocument/codeAction", params)["result"];
  }
  json action(const std::string& name, const std::string& marked, const std::string& title) {
    for (const json& item : actions(name, marked)) {
      if (item["title"] == title) return item;
    }
    FAIL("no action " << title << " in " << actions(name, marked).dump());
    return nullptr;
  }
};

}  // namespace

TEST_CASE("findings have place, code, link and remedy, and go when they are mended") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "func main() {\n  let total = 1;\n  print(totl);\n}\n");
  const json found = editor.findings("a.nc");
  REQUIRE(found.size() >= 1);
  CHECK(found[0]["code"] == 1100);
  CHECK(found[0]["severity"] == 1);
  CHECK(found[0]["source"] == "noodle");
  CHECK(found[0]["codeDescription"]["href"] == "noodle-explain:/1100");
  CHECK(found[0]["range"]["start"] == json{{"line", 2}, {"character", 8}});
  CHECK(found[0]["message"] == "no such name `totl`\nhelp: did you mean `total`?");
  editor.edit("a.nc", "totl", "total");
  CHECK(editor.findings("a.nc").empty());
}

TEST_CASE("a second place is related information") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "func f() {}\nfunc f() {}\n");
  const json found = editor.findings("a.nc");
  REQUIRE(found.size() == 1);
  CHECK(found[0]["relatedInformation"][0]["message"] == "first declared here");
  CHECK(found[0]["relatedInformation"][0]["location"]["range"]["start"]["line"] == 0);
}

TEST_CASE("warnings of lint are shown for open documents; unused names are marked as unnecessary") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "func main() {\n  let unused = 1;\n}\n");
  const json found = editor.findings("a.nc");
  REQUIRE(found.size() == 1);
  CHECK(found[0]["severity"] == 2);
  CHECK(found[0]["tags"] == json::array({1}));
}

TEST_CASE("an edit of one module shows and clears findings of another") {
  Package editor;
  editor.open("src/main.nc", "import model;\nfunc main() { print(model.price(2)); }\n");
  editor.open("src/model.nc", "export func price(n: int): int { return n; }\n");
  CHECK(editor.findings("src/main.nc").empty());
  editor.edit("src/model.nc", "price(n: int)", "price(n: String)");
  CHECK(editor.findings("src/main.nc").size() == 1);
  CHECK(editor.findings("src/model.nc").size() == 1);
  editor.edit("src/model.nc", "price(n: String): int { return n; }", "price(n: int): int { return n; }");
  CHECK(editor.findings("src/main.nc").empty());
  CHECK(editor.findings("src/model.nc").empty());
}

TEST_CASE("files of the package that are not open have findings too, and what happens to them on disk counts") {
  Package editor;
  editor.folder.write("src/model.nc", "export func price(): int { return nothing; }\n");
  editor.open("src/main.nc", "import model;\nfunc main() { print(model.price()); }\n");
  CHECK(editor.findings("src/model.nc").size() == 1);
  editor.folder.write("src/model.nc", "export func price(): int { return 17; }\n");
  editor.notify("workspace/didChangeWatchedFiles", {{"changes", json::array()}});
  CHECK(editor.findings("src/model.nc").empty());
  std::filesystem::remove(editor.path("src/model.nc"));
  editor.notify("workspace/didChangeWatchedFiles", {{"changes", json::array()}});
  CHECK(editor.findings("src/main.nc")[0]["code"] == 1104);
}

TEST_CASE("closing the last document of a package clears what was shown") {
  Package editor;
  editor.folder.write("src/model.nc", "export func price(): int { return nothing; }\n");
  editor.open("src/main.nc", "func main() { print(nothing); }\n");
  CHECK(editor.findings("src/model.nc").size() == 1);
  editor.notify("textDocument/didClose", {{"textDocument", {{"uri", editor.uri("src/main.nc")}}}});
  CHECK(editor.findings("src/model.nc").empty());
  CHECK(editor.findings("src/main.nc").empty());
}

TEST_CASE("a package whose manifest is broken says so on its documents") {
  Package editor;
  editor.folder.write("noodle.toml", "[package]\nname = 7\n");
  editor.open("src/main.nc", "func main() {}\n");
  const json found = editor.findings("src/main.nc");
  REQUIRE(found.size() == 1);
  CHECK(found[0]["code"] == 7003);
  CHECK(editor.ask("hover", "src/main.nc", "ma|in").contains("error"));
}

TEST_CASE("a manifest that is open counts as it is in the editor, and is no source") {
  Package editor;
  editor.open("src/main.nc", "func main() {}\n");
  editor.notify("textDocument/didOpen",
                {{"textDocument",
                  {{"uri", editor.uri("noodle.toml")},
                   {"languageId", "toml"},
                   {"version", 1},
                   {"text", "[package]\nname = \"other\"\nversion = \"x\"\n[dependencies]\na = 1\n"}}}});
  CHECK(editor.findings("src/main.nc").size() == 1);
  CHECK(editor.findings("noodle.toml").empty());
  CHECK(editor.request("textDocument/documentSymbol", {{"textDocument", {{"uri", editor.uri("noodle.toml")}}}})
            .contains("error"));
}

TEST_CASE("a document on no disk is checked by itself") {
  Editor editor;
  editor.start();
  editor.open_path("untitled:Untitled-1", "import std.math;\nimport elsewhere;\nprint(math.pi, wrong);\n");
  editor.server.publish(test::never, test::never);
  const json& last = editor.sent.back();
  CHECK(last["params"]["uri"] == "untitled:Untitled-1");
  CHECK(last["params"]["diagnostics"].size() == 3);  // the module, the name, the unused import
}

TEST_CASE("code actions apply what diagnostics propose") {
  Package editor;
  editor.open("src/main.nc", "func main() {\n  let total = 1;\n  print(totl);\n}\n");
  const json action = editor.action("src/main.nc", "tot|l)", "Replace `totl` by `total`");
  CHECK(action["isPreferred"] == true);
  CHECK(action["diagnostics"][0]["code"] == 1100);
  CHECK(editor.applied(action["edit"], "src/main.nc") == "func main() {\n  let total = 1;\n  print(total);\n}\n");
}

TEST_CASE("code actions import modules of the library and of the package") {
  Package editor;
  editor.folder.write("src/model.nc", "export record Order(id: int)\n");
  const std::string text = "import std.text;\n\nfunc main() {\n  print(math.pi, text.words(\"a\"), Order(1));\n}\n";
  editor.open("src/main.nc", text);
  json action = editor.action("src/main.nc", "ma|th", "Import `std.math`");
  CHECK(editor.applied(action["edit"], "src/main.nc").starts_with("import std.text;\nimport std.math;\n\nfunc"));
  action = editor.action("src/main.nc", "Or|der", "Use `model.Order` of `model`");
  const std::string used = editor.applied(action["edit"], "src/main.nc");
  CHECK(used.starts_with("import std.text;\nimport model;\n"));
  CHECK(used.find("model.Order(1)") != std::string::npos);
}

TEST_CASE("code actions export what another module needs and remove an import that nobody needs") {
  Package editor;
  editor.open("src/model.nc", "/// Says it.\nfunc price(): int { return 1; }\n");
  editor.open("src/main.nc", "import std.math;\nimport model;\nfunc main() { print(model.price()); }\n");
  json action = editor.action("src/main.nc", "pri|ce", "Export `price`");
  CHECK(editor.applied(action["edit"], "src/model.nc") == "/// Says it.\nexport func price(): int { return 1; }\n");
  action = editor.action("src/main.nc", "import std.ma|th", "Remove the import");
  CHECK(editor.applied(action["edit"], "src/main.nc") == "import model;\nfunc main() { print(model.price()); }\n");
}

TEST_CASE("rename goes over the files of a package, open or not") {
  Package editor;
  const std::string model = "export record Order(id: int)\nexport func make(): Order { return Order(1); }\n";
  editor.folder.write("src/model.nc", model);
  editor.open("src/main.nc", "import model;\nfunc main() { let o: model.Order = model.make(); print(o.id); }\n");
  editor.texts[editor.path("src/model.nc")] = model;
  const json edit = editor.ask("rename", "src/main.nc", "model.Or|der", {{"newName", "Purchase"}})["result"];
  CHECK(editor.applied(edit, "src/main.nc").find("let o: model.Purchase = model.make()") != std::string::npos);
  CHECK(editor.applied(edit, "src/model.nc") ==
        "export record Purchase(id: int)\nexport func make(): Purchase { return Purchase(1); }\n");
  for (const json& document : edit["documentChanges"]) {
    const bool open = document["textDocument"]["uri"] == editor.uri("src/main.nc");
    CHECK(document["textDocument"]["version"].is_number() == open);
  }
}

TEST_CASE("of a large package the edited document comes first, and a newer edit ends the rest") {
  Package editor;
  std::string large;
  for (int i = 0; i < 4000; ++i) {
    large += "export func f" + std::to_string(i) + "(n: int): int { let twice = n * 2; return twice + wrong; }\n";
  }
  editor.folder.write("src/large.nc", large);
  editor.open("src/main.nc", "func main() { print(1); }\n");
  CHECK(editor.findings("src/large.nc").size() >= 200);
  editor.edit("src/main.nc", "print(1)", "print(none)");
  editor.sent.clear();
  const auto always = [] { return true; };
  CHECK(!editor.server.publish(test::never, always));
  REQUIRE(editor.sent.size() == 1);
  CHECK(editor.sent[0]["params"]["uri"] == editor.uri("src/main.nc"));
  CHECK(editor.sent[0]["params"]["diagnostics"].size() == 1);
  editor.edit("src/main.nc", "print(none)", "print(2)");
  CHECK(!editor.server.publish(always, always));
  CHECK(editor.sent.size() == 1);
  CHECK(editor.findings("src/main.nc").empty());
}
