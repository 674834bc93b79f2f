// The colours of editors/vscode know the words of the language.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "runtime/lang/token.hpp"

using namespace noodle::lang;
using nlohmann::json;

namespace {

json read_json(const std::string& name) {
  std::ifstream file(std::string(NOODLE_SOURCE_DIR) + "/editors/vscode/" + name);
  return json::parse(file);
}

void collect_words(const json& value, std::set<std::string>& words) {
  if (value.is_object() || value.is_array()) {
    for (const json& inner : value) collect_words(inner, words);
    return;
  }
  if (!value.is_string()) return;
  const std::string text = value.get<std::string>();
  static const std::regex kWord("[a-z]{2,}");
  for (std::sregex_iterator at(text.begin(), text.end(), kWord), end; at != end; ++at) words.insert(at->str());
}

}  // namespace

TEST_CASE("the grammar of the editor extension has every word of the language") {
  std::set<std::string> words;
  collect_words(read_json("syntaxes/noodle.tmLanguage.json")["repository"], words);
  for (auto kind = static_cast<int>(Tok::kw_import); kind < static_cast<int>(Tok::l_paren); ++kind) {
    const std::string word(spelling(static_cast<Tok>(kind)));
    if (word.empty()) continue;
    CAPTURE(word);
    CHECK(words.count(word) == 1);
  }
}

TEST_CASE("the files of the editor extension fit together") {
  const json package = read_json("package.json");
  const json& contributes = package["contributes"];
  CHECK(contributes["grammars"][0]["scopeName"] == read_json("syntaxes/noodle.tmLanguage.json")["scopeName"]);
  CHECK(contributes["languages"][0]["id"] == contributes["grammars"][0]["language"]);
  CHECK(read_json("language-configuration.json")["comments"]["lineComment"] == "//");
}
