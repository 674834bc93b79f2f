#include <doctest/doctest.h>

#include "runtime/package/package.hpp"
#include "runtime/package/version.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::package;

namespace {

Version version(const char* text) {
  auto parsed = parse_version(text);
  REQUIRE(parsed.ok());
  return *parsed;
}

}  // namespace

TEST_CASE("versions are ordered as semver.org says") {
  const std::vector<const char*> ascending = {
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
      "1.0.0",       "1.0.1",         "1.10.0",           "2.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      const int order = compare(version(ascending[i]), version(ascending[j]));
      CHECK((order < 0) == (i < j));
      CHECK((order == 0) == (i == j));
    }
  }
}

TEST_CASE("text that is no version is refused") {
  for (const char* text : {"", "1", "1.2", "a.b.c", "1.2.3.4", "1.2.3-", "99999999999.0.0", "1..3"}) {
    CAPTURE(text);
    CHECK(!parse_version(text).ok());
  }
}

TEST_CASE("constraints accept what they promise") {
  struct Case {
    const char* constraint;
    const char* version;
    bool accepted;
  };
  for (const Case& c : {Case{"*", "9.9.9", true},
                        {"^1.2", "1.2.0", true},
                        {"^1.2", "1.9.7", true},
                        {"^1.2", "2.0.0", false},
                        {"^1.2", "1.1.9", false},
                        {"^0.2.3", "0.2.9", true},
                        {"^0.2.3", "0.3.0", false},
                        {"^0.0.3", "0.0.3", true},
                        {"^0.0.3", "0.0.4", false},
                        {"~1.2", "1.2.9", true},
                        {"~1.2", "1.3.0", false},
                        {"~1", "1.9.0", true},
                        {">=1.2", "7.0.0", true},
                        {"1.2.3", "1.2.3", true},
                        {"=1.2.3", "1.2.4", false},
                        {"^1.2", "1.3.0-rc.1", false},
                        {">=1.3.0-rc.1", "1.3.0-rc.2", true}}) {
    CAPTURE(c.constraint);
    CAPTURE(c.version);
    const auto result = satisfies(version(c.version), c.constraint);
    REQUIRE(result.ok());
    CHECK(*result == c.accepted);
  }
  CHECK(!satisfies(version("1.0.0"), "^x").ok());
}

TEST_CASE("a manifest is read whole") {
  const auto manifest = parse_manifest("noodle.toml", R"(
[package]
name = "shop"
version = "1.2.3"
type = "application"
description = "sells things"
authors = ["Ada"]
license = "MIT"
[dependencies]
tables = { path = "../tables", version = "^1.2" }
plain = "^2.0"
[capabilities]
requires = ["fs.read:/data"]
[[bin]]
name = "shop"
module = "main"
[[bin]]
name = "admin"
module = "tools.admin"
)");
  REQUIRE_MESSAGE(manifest.ok(), manifest.error().to_string());
  CHECK(manifest->name == "shop");
  CHECK(manifest->version == "1.2.3");
  CHECK(manifest->authors == std::vector<std::string>{"Ada"});
  REQUIRE(manifest->dependencies.size() == 2);
  CHECK(manifest->dependencies[0].path == "../tables");
  CHECK(manifest->dependencies[0].constraint == "^1.2");
  CHECK(manifest->dependencies[1].constraint == "^2.0");
  CHECK(manifest->requires_ == std::vector<std::string>{"fs.read:/data"});
  CHECK(manifest->bins.at("admin") == "tools.admin");
}

TEST_CASE("mistakes in a manifest are told with place and suggestion") {
  struct Case {
    const char* text;
    const char* part;
  };
  for (const Case& c : {Case{"[package]\nname = \"a\"\nverson = \"1.0.0\"\n",
                             "noodle.toml:3:1: unknown key `package.verson`; did you mean `version`?"},
                        {"[package]\nname = 5\n", "noodle.toml:2:1: `package.name` must be a text"},
                        {"[package]\nname = \"a\"\nversion = \"1\"\n", "noodle.toml:3:1: `1` is not a version"},
                        {"[package]\nname = \"a\"\ntype = \"lib\"\n", "no package type"},
                        {"[package]\n", "name is missing"},
                        {"[pakage]\nname = \"a\"\n", "did you mean `package`?"},
                        {"[dependencies]\nx = { paht = \"..\" }\n", "did you mean `path`?"},
                        {"[capabilities]\nrequires = \"log\"\n", "list of texts"},
                        {"[[bin]]\nmodule = \"m\"\n", "starts with its name"},
                        {"name = ", "noodle.toml:1:"}}) {
    CAPTURE(c.text);
    const auto manifest = parse_manifest("noodle.toml", c.text);
    REQUIRE(!manifest.ok());
    CHECK(manifest.error().code == Code::manifest_invalid);
    CHECK(manifest.error().message.find(c.part) != std::string::npos);
  }
}

TEST_CASE("a package folder is loaded with all its modules, the entry first") {
  const test::TemporaryFolder folder;
  folder.write("app/noodle.toml", "[package]\nname = \"app\"\n[dependencies]\nlib = { path = \"../lib\" }\n");
  folder.write("app/src/main.nc", "import a.b;\nfunc main() { }\n");
  folder.write("app/src/a/b.nc", "export func f() { }\n");
  folder.write("lib/noodle.toml", "[package]\nname = \"lib\"\ntype = \"library\"\n");
  folder.write("lib/src/lib.nc", "export func g() { }\n");
  folder.write("lib/src/inner.nc", "export func h() { }\n");
  lang::Diagnostics diagnostics;
  auto loaded = load_package(folder.path() + "/app", diagnostics);
  REQUIRE_MESSAGE(loaded.ok(), loaded.error().to_string());
  REQUIRE(loaded->modules.size() == 2);
  CHECK(loaded->modules[0]->is_entry);
  CHECK(loaded->modules[1]->name == "a.b");
  CHECK(loaded->loader("a.b") == loaded->modules[1]);
  REQUIRE(loaded->loader("lib") != nullptr);
  CHECK(loaded->loader("lib")->is_library);
  CHECK(loaded->loader("lib.inner") != nullptr);
  CHECK(loaded->loader("prelude") != nullptr);
  CHECK(loaded->loader("lib.nothing") == nullptr);
  CHECK(loaded->loader("../../etc/passwd") == nullptr);
}

TEST_CASE("what is wrong with a path or a dependency is said") {
  const test::TemporaryFolder folder;
  lang::Diagnostics diagnostics;
  const auto code = [&](const std::string& path) {
    auto loaded = load_package(folder.path() + path, diagnostics);
    return loaded.ok() ? 0 : static_cast<int>(loaded.error().number());
  };
  CHECK(code("/nothing.nc") == 7001);
  folder.write("empty/readme", "");
  CHECK(code("/empty") == 7001);
  folder.write("a/noodle.toml", "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\n");
  folder.write("a/src/main.nc", "");
  CHECK(code("/a") == 7004);
  folder.write("b/noodle.toml",
               "[package]\nname = \"b\"\nversion = \"2.0.0\"\n[dependencies]\na = { path = \"../a\" }\n");
  CHECK(code("/a") == 7006);
  folder.write("c/noodle.toml",
               "[package]\nname = \"c\"\n[dependencies]\nd = { path = \"../d\", version = \"^1.2\" }\n");
  folder.write("d/noodle.toml", "[package]\nname = \"d\"\nversion = \"2.0.0\"\n");
  CHECK(code("/c") == 7005);
  folder.write("e/noodle.toml", "[package]\nname = \"e\"\n[dependencies]\nd = \"^1.2\"\n");
  CHECK(code("/e") == 7004);
  folder.write("f/noodle.toml", "[package]\nname = \"f\"\n");
  CHECK(code("/f") == 7001);
}
