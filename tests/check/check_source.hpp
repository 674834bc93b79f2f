// Checks texts with the embedded standard library, for tests of the checker.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/check/checker.hpp"
#include "runtime/lang/parser.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::test {

/// What checking a program gave. `codes` are "1100@3" (code and line) in order of report, errors only.
struct Checked {
  lang::Diagnostics diagnostics;
  std::unique_ptr<check::Program> program;
  std::vector<std::string> codes;

  std::string errors() const {
    std::string out;
    for (const lang::Diagnostic& d : diagnostics.all()) out += lang::render(d, false) + "\n";
    return out;
  }
  std::string code_list() const {
    std::string out;
    for (const std::string& code : codes) out += (out.empty() ? "" : " ") + code;
    return out;
  }
  check::HFunc* func(std::string_view name) const {
    for (check::HFunc& f : program->funcs) {
      if (f.name == name && (f.body || !f.has_body)) return &f;
    }
    return nullptr;
  }
};

inline std::shared_ptr<check::SourceModule> parse_module(std::string name, std::string path, std::string text,
                                                         lang::Diagnostics& diagnostics) {
  auto module = std::make_shared<check::SourceModule>();
  module->name = std::move(name);
  auto source = std::make_shared<lang::SourceFile>(std::move(path), std::move(text));
  module->ast = std::make_shared<lang::Ast>();
  lang::parse(*source, *module->ast, diagnostics);
  module->source = std::move(source);
  return module;
}

/// A module of the standard library, or null.
inline std::shared_ptr<check::SourceModule> load_standard(const std::string& path, lang::Diagnostics& diagnostics) {
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    if (file->name != path + ".nc" && file->name != path + ".nci") continue;
    auto module = parse_module(path, std::string(file->name), std::string(file->text), diagnostics);
    module->is_library = true;
    return module;
  }
  return nullptr;
}

/// Checks `text` as a single entry file; `others` are further modules of the package, by name.
inline Checked check_text(std::string text, const std::map<std::string, std::string>& others = {},
                          check::CheckOptions options = {}) {
  Checked checked;
  std::vector<std::shared_ptr<check::SourceModule>> modules;
  modules.push_back(parse_module("", "test.nc", std::move(text), checked.diagnostics));
  modules.back()->is_entry = true;
  for (const auto& [name, source] : others) {
    modules.push_back(parse_module(name, name + ".nc", source, checked.diagnostics));
  }
  const auto loader = [&](const std::string& path) { return load_standard(path, checked.diagnostics); };
  checked.program = check::check(modules, loader, options, checked.diagnostics);
  for (const lang::Diagnostic& d : checked.diagnostics.all()) {
    if (d.severity != lang::Severity::error) continue;
    checked.codes.push_back(std::to_string(static_cast<int>(d.code)) + "@" +
                            std::to_string(d.file->position(d.span.start).line));
  }
  return checked;
}

struct Case {
  const char* source;
  const char* codes;
};

/// Each source gives exactly these errors.
inline void check_cases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO("source:\n" << c.source);
    const Checked checked = check_text(c.source);
    INFO(checked.errors());
    CHECK(checked.code_list() == std::string(c.codes));
  }
}

}  // namespace noodle::test
