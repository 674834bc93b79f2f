#include "runtime/base/config_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "messages/limits.hpp"

using namespace noodle;

namespace {

/// "key@line:column=value" for each entry.
std::string text_of(const std::vector<ConfigEntry>& entries) {
  std::string out;
  for (const ConfigEntry& entry : entries) {
    out += entry.key + "@" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + "=";
    if (const auto* v = std::get_if<std::int64_t>(&entry.value)) out += std::to_string(*v);
    if (const auto* v = std::get_if<double>(&entry.value)) out += "~" + std::to_string(*v).substr(0, 3);
    if (const auto* v = std::get_if<bool>(&entry.value)) out += *v ? "true" : "false";
    if (const auto* v = std::get_if<std::string>(&entry.value)) out += "'" + *v + "'";
    if (const auto* v = std::get_if<std::vector<std::string>>(&entry.value)) {
      for (const auto& item : *v) out += item + ";";
    }
    if (std::holds_alternative<ConfigSection>(entry.value)) out += "section";
    if (const auto* v = std::get_if<ConfigOther>(&entry.value)) out += v->what;
    out += "\n";
  }
  return out;
}

std::string toml(std::string_view text) {
  const auto entries = parse_toml_config(text, "f.toml");
  return entries ? text_of(*entries) : entries.error().to_string();
}

std::string json(std::string_view text) {
  const auto entries = parse_json_config(text, "f.json");
  return entries ? text_of(*entries) : entries.error().to_string();
}

}  // namespace

TEST_CASE("TOML becomes keys with values and positions") {
  CHECK(toml("") == "");
  CHECK(toml("top = 1\n\n[vm]\nworkers = 4\n  share = 0.5\n[vm.deep]\non = true\nlist = [\"a\", \"b\"]\nname = 'x'\n"
             "empty = []\nwhen = 2026-01-31\nmixed = [1, \"a\"]\n") ==
        "top@1:1=1\n"
        "vm@3:2=section\n"
        "vm.deep@6:5=section\n"
        "vm.deep.empty@10:1=\n"
        "vm.deep.list@8:1=a;b;\n"
        "vm.deep.mixed@12:1=a list with something else than texts\n"
        "vm.deep.name@9:1='x'\n"
        "vm.deep.on@7:1=true\n"
        "vm.deep.when@11:1=a date or time\n"
        "vm.share@5:3=~0.5\n"
        "vm.workers@4:1=4\n");
}

TEST_CASE("JSON becomes the same entries in its own order") {
  CHECK(json("{}") == "");
  CHECK(
      json("{\n  \"top\": 1,\n  \"vm\": {\"workers\": 4, \"share\": 0.5,\n \"deep\": {\"on\": true, \"list\": "
           "[\"a\", \"b\"], \"na\\\"me\": \"x\"}},\n \"empty\": [], \"none\": null, \"minus\": -3, \"off\": false}") ==
      "top@2:3=1\n"
      "vm@3:3=section\n"
      "vm.workers@3:10=4\n"
      "vm.share@3:24=~0.5\n"
      "vm.deep@4:2=section\n"
      "vm.deep.on@4:11=true\n"
      "vm.deep.list@4:23=a;b;\n"
      "vm.deep.na\"me@4:43='x'\n"
      "empty@5:2=\n"
      "none@5:15=null\n"
      "minus@5:29=-3\n"
      "off@5:42=false\n");
}

TEST_CASE("JSON values that no option takes are named") {
  CHECK(json("{\"a\": 18446744073709551615}") == "a@1:2=a number that is too large\n");
  CHECK(json("{\"a\": [1, \"x\"], \"b\": 2}") == "a@1:2=a list with something else than texts\nb@1:17=2\n");
  CHECK(json("{\"a\": [{\"x\": [\"y\", {}]}, [\"z\"], \"w\"], \"b\": 2}") ==
        "a@1:2=a list with something else than texts\nb@1:39=2\n");
}

TEST_CASE("syntax errors name file, line and column") {
  CHECK(toml("a = 1\nb = = 2\n").starts_with("error 7010: f.toml:2:5: "));
  CHECK(toml("a = 1\na = 2\n").starts_with("error 7010: f.toml:2:"));
  CHECK(toml("[vm\n").starts_with("error 7010: f.toml:1:"));
  CHECK(toml("a = \"\xff\"").starts_with("error 7010: f.toml:1:"));
  CHECK(json("{\n \"a\": ,\n}") == "error 7010: f.json:2:7: JSON is malformed here");
  CHECK(json("{\"a\": 1") == "error 7010: f.json:1:8: JSON ends too early or is malformed here");
  CHECK(json("").starts_with("error 7010: f.json:1:1: "));
  CHECK(json("{} x").starts_with("error 7010: f.json:1:4: "));
  CHECK(json("{\"a\": 1,\n  \"a\": 2}") == "error 7010: f.json:2:3: key `a` given twice");
  CHECK(json("{\"a\": \"\xff\"}").starts_with("error 7010: f.json:1:"));
  for (const char* text : {"1", "null", "\"text\"", "[1]", "[]", "[{}]", "true"}) {
    CAPTURE(text);
    CHECK(json(text).find("the file must hold one object") != std::string::npos);
  }
}

TEST_CASE("a malformed file's error does not quote its text") {
  CHECK(json("{\"secret\": \"hunter2\" x}").find("hunter2") == std::string::npos);
}

TEST_CASE("nesting is bounded in both formats") {
  const auto repeat = [](std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  CHECK(json(repeat("{\"a\":", kMaxConfigNesting - 1) + "{}" + repeat("}", kMaxConfigNesting - 1)).find("error") ==
        std::string::npos);
  CHECK(json(repeat("{\"a\":", 400'000)).find("nested too deep") != std::string::npos);
  CHECK(json("{\"a\":" + repeat("[", 400'000)).find("nested too deep") != std::string::npos);
  CHECK(toml("a" + repeat(".a", kMaxConfigNesting - 1) + " = 1").find("error") == std::string::npos);
  CHECK(toml("a" + repeat(".a", kMaxConfigNesting + 5) + " = 1").find("nested too deep") != std::string::npos);
  CHECK(toml("a = " + repeat("[", 5000)).starts_with("error 7010"));
}

TEST_CASE("damaged files never crash either reader") {
  const char* seed_text = std::getenv("NOODLE_SEED");
  const std::uint64_t seed = seed_text != nullptr ? std::strtoull(seed_text, nullptr, 10) : std::random_device()();
  INFO("NOODLE_SEED=" << seed);
  std::mt19937_64 random(seed);
  const std::string bases[] = {"[vm]\nworkers = 4\nlist = [\"a\", 'b']\nx.y = { z = 1.5, t = 2026-01-31T00:00:00Z }\n",
                               "{\"vm\": {\"workers\": 4, \"list\": [\"a\", {\"b\": []}]}, \"s\": \"\\u00e9\\\"\"}"};
  const std::string_view alphabet = "[]{}\",:='\\\n#.e-19tu\xc3\xff";
  for (int round = 0; round < 6000; ++round) {
    std::string text = bases[round % 2];
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = alphabet[random() % alphabet.size()];
      } else {
        text.insert(at, 1, alphabet[random() % alphabet.size()]);
      }
    }
    CHECK_FALSE(toml(text).starts_with("error 1"));
    CHECK_FALSE(json(text).starts_with("error 1"));
  }
}

TEST_CASE("a missing, unreadable or too large file is an error that names it") {
  CHECK(read_config_file("/no/such.toml").error().code == Code::file_not_found);
  CHECK(read_config_file("/no/such.toml").error().message.find("/no/such.toml") != std::string::npos);
  CHECK(read_config_file("/proc/self/mem").error().code == Code::file_unreadable);
  CHECK(read_config_file(std::string("/tmp/") + std::string(300, 'x')).error().code == Code::file_unreadable);
  CHECK(read_config_file("/dev/zero").error().code == Code::config_syntax);
}
