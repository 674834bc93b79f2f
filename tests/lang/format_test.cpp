#include "runtime/lang/format.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/lang/ast_text.hpp"
#include "tests/lang/random_program.hpp"

using namespace noodle::lang;

namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Formats, and checks what must hold for every program.
std::string checked_format(const std::string& text, const std::string& path = "test.nc") {
  const Parsed parsed(text, path);
  REQUIRE_MESSAGE(parsed.codes() == "", text);
  const std::string formatted = format(parsed.ast);
  const Parsed again(formatted, path);
  CHECK_MESSAGE(again.codes() == "", text << "\n----\n" << formatted);
  CHECK_MESSAGE(ast_text(again.ast) == ast_text(parsed.ast), text << "\n----\n" << formatted);
  CHECK_MESSAGE(again.ast.comments.size() == parsed.ast.comments.size(), text << "\n----\n" << formatted);
  const std::string twice = format(again.ast);
  CHECK_MESSAGE(twice == formatted, formatted << "\n----\n" << twice);
  return formatted;
}

std::string formatted_statement(const std::string& text) {
  const std::string result = checked_format("func f() {\n" + text + "\n}");
  return result.substr(11, result.size() - 13);
}

}  // namespace

TEST_CASE("the layout is what the golden file says") {
  const std::string folder = std::string(NOODLE_SOURCE_DIR) + "/tests/lang/";
  const std::string formatted = checked_format(read_text(folder + "format_input.nc"));
  const std::string path = folder + "format_output.nc";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << formatted;
  CHECK(formatted == read_text(path));
}

TEST_CASE("spacing and braces are canonical") {
  struct Row {
    std::string source;
    std::string expected;
  };
  const Row rows[] = {
      {"let   x:string=1+2*3", "  let x: String = 1 + 2 * 3;\n"},
      {"let x:Map<Int,Float?>?=null", "  let x: Map<int, float?>? = null;\n"},
      {"if(a){b()}else{c()}", "  if (a) {\n    b();\n  } else {\n    c();\n  }\n"},
      {"if (a) b; else if (c) d; else { }", "  if (a) b;\n  else if (c) d;\n  else {}\n"},
      {"f( 1 ,2,n :3 , )", "  f(1, 2, n: 3);\n"},
      {"let o={a:1,\"b\":[1,2]}", "  let o = { a: 1, \"b\": [1, 2] };\n"},
      {"let o={ }", "  let o = {};\n"},
      {"for(x in 0..<n)print(x)", "  for (x in 0..<n) print(x);\n"},
      {"for(;;){}", "  for (;;) {}\n"},
      {"while(a);", "  while (a);\n"},
      {";;a;;", "  a;\n"},
      {"x=-a- -b", "  x = -a - -b;\n"},
      {"x=a as(T?)", "  x = a as (T?);\n"},
      {"xs.map( (x)=>x+1 )", "  xs.map(x => x + 1);\n"},
      {"xs.map((a,b)=>{return a})", "  xs.map((a, b) => {\n    return a;\n  });\n"},
      {"let f=func(x:int):int{return x}", "  let f = func (x: int): int {\n    return x;\n  };\n"},
      {"let function=funcs=>1", "  let function = funcs => 1;\n"},
      {"send a<-b", "  send a <- b;\n"},
      {"receive{case 1=>a,after 1s=>b}", "  receive {\n    case 1 => a\n    after 1s => b\n  }\n"},
      {"let x=match(a){case 1=>b,case _=>c}", "  let x = match (a) { case 1 => b, case _ => c };\n"},
      {"try{a()}catch(e:Error){}finally{b()}", "  try {\n    a();\n  } catch (e: Error) {} finally {\n    b();\n  }\n"},
      {"let x=spawn A(1)with{memory:1MB}on n", "  let x = spawn A(1) with { memory: 1MB } on n;\n"},
      {"let x=f<int>(1)", "  let x = f<int>(1);\n"},
      {"a\n\n\n\nb", "  a;\n\n  b;\n"},
      {"return", "  return;\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CHECK(formatted_statement(row.source) == row.expected);
  }
}

TEST_CASE("what does not fit into 100 columns is broken") {
  CHECK(formatted_statement(
            "let someRatherLongVariableName = anotherRatherLongFunctionName(firstArgument, secondArgument, third);") ==
        "  let someRatherLongVariableName = anotherRatherLongFunctionName(\n    firstArgument,\n    secondArgument,\n  "
        "  third\n  );\n");
  CHECK(formatted_statement("while (someRatherLongCondition && anotherRatherLongCondition || aThirdCondition && "
                            "theFourthCondition1) { }") ==
        "  while (someRatherLongCondition && anotherRatherLongCondition ||\n    aThirdCondition && "
        "theFourthCondition1) {}\n");
  const std::string text = formatted_statement(
      "return aLongOperandNumberOne + aLongOperandNumberTwo + aLongOperandNumberThree + aLongOperandNumberFour + "
      "five;");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    CHECK(end - at <= 100);
    at = end + 1;
  }
}

TEST_CASE("an empty file, a file of comments and odd line ends are fine") {
  CHECK(checked_format("") == "");
  CHECK(checked_format(" \n\n") == "");
  CHECK(checked_format("// a\n\n\n// b\n/* c */") == "// a\n\n// b\n/* c */\n");
  CHECK(checked_format("a;\r\n\r\n// b\r\nc;\r\n") == "a;\n\n// b\nc;\n");
  CHECK(checked_format("#!/usr/bin/env noodle\nprint(1)") == "#!/usr/bin/env noodle\nprint(1);\n");
  CHECK(checked_format("class A { // c\n}") == "class A { // c\n}\n");
  CHECK(checked_format("class A {\n\n// c\n\n}") == "class A {\n  // c\n}\n");
  CHECK(checked_format("f(/* a */ /* b */)") == "f(/* a */ /* b */);\n");
}

TEST_CASE("type names of the file's own are left alone") {
  CHECK(checked_format("class Int { }\nlet x: Int;\nlet y: string;") ==
        "class Int {}\n\nlet x: Int;\nlet y: String;\n");
}

TEST_CASE("the snippets and all programs of the source tree keep their meaning") {
  std::size_t count = 0;
  for (const char* folder : {"tests/lang", "tests/golden", "runtime/stdlib/nc", "examples"}) {
    const std::filesystem::path root = std::filesystem::path(NOODLE_SOURCE_DIR) / folder;
    if (!std::filesystem::exists(root)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string path = entry.path().string();
      if (entry.path().extension() != ".nc" && entry.path().extension() != ".nci") continue;
      const std::string text = read_text(path);
      if (Parsed(text, path).diagnostics.has_errors()) continue;
      CAPTURE(path);
      checked_format(text, path);
      ++count;
    }
  }
  CHECK(count >= 3);
}

TEST_CASE("formatting random programs keeps their meaning and their comments, and is idempotent") {
  const char* given = std::getenv("NOODLE_SEED");
  const std::uint64_t start = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  CAPTURE(start);
  RandomProgram program(start);
  for (int i = 0; i < 400; ++i) {
    const std::string text = program.text();
    if (Parsed(text).diagnostics.has_errors()) MESSAGE(text);
    checked_format(text);
  }
}
