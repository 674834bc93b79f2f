// `noodle doc`: pages about what a package exports, from its declarations and comments; and whether the comments are
// complete and their examples true.
#include <filesystem>
#include <iostream>
#include <optional>

#include "runtime/package/examples.hpp"
#include "runtime/package/package.hpp"
#include "runtime/stdlib/embedded.hpp"
#include "runtime/stdlib/register.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"

namespace noodle::tools {

namespace {

using documentation::Documentation;

struct Subject {
  Documentation documentation;
  std::string folder;  // where examples import from
};

Subject standard_library() {
  std::vector<std::shared_ptr<check::SourceModule>> modules;
  std::vector<std::string> everywhere;
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    const package::ParsedSourcePtr parsed =
        package::parse_source("std:" + std::string(file->name), std::string(file->text));
    auto module = std::make_shared<check::SourceModule>();
    module->name = file->name.substr(0, file->name.rfind('.'));
    module->source = parsed->source;
    module->ast = parsed->ast;
    if (!module->name.starts_with("std.")) everywhere.push_back(module->name);
    modules.push_back(std::move(module));
  }
  return {documentation::document(modules, "Standard library", everywhere), {}};
}

/// Nothing when it cannot be read or parsed, which was printed.
std::optional<Subject> package_at(const std::string& path, bool json) {
  lang::Diagnostics diagnostics;
  auto loaded = package::load_package(path, diagnostics);
  if (!loaded) {
    print_error(loaded.error(), json);
    return std::nullopt;
  }
  if (print_diagnostics(diagnostics, json)) return std::nullopt;
  Subject subject{documentation::document(loaded->modules, loaded->manifest.name), loaded->root};
  subject.documentation.version = loaded->manifest.version;
  subject.documentation.description = loaded->manifest.description;
  const std::filesystem::path sources = std::filesystem::path(path) / "src";
  if (std::filesystem::is_directory(path)) subject.folder = sources.string();
  return subject;
}

/// True if nothing exported lacks a comment.
bool check_comments(const Documentation& documentation, bool json) {
  const auto missing = undocumented(documentation);
  for (const documentation::Undocumented& one : missing) {
    if (json) {
      std::cout << "{\"undocumented\":" << json_string(one.name) << ",\"kind\":" << json_string(one.kind)
                << ",\"file\":" << json_string(one.path) << ",\"line\":" << one.line << "}\n";
    } else {
      std::cout << one.path << ":" << one.line << ": " << one.kind << " " << one.name << " has no comment\n";
    }
  }
  return missing.empty();
}

/// True if every example does what it says.
bool check_examples(const Subject& subject, bool json) {
  stdlib::register_stdlib_natives();
  std::size_t failed = 0;
  const auto examples = examples_of(subject.documentation);
  for (const documentation::Example& example : examples) {
    const std::string problem = problem_of(example, subject.folder);
    if (!problem.empty()) ++failed;
    if (json) {
      std::cout << "{\"example\":" << json_string(example.owner) << ",\"file\":" << json_string(example.path)
                << ",\"line\":" << example.line << ",\"passed\":" << (problem.empty() ? "true" : "false")
                << ",\"message\":" << json_string(problem) << "}\n";
    } else if (!problem.empty()) {
      std::cout << example.path << ":" << example.line << ": the example of " << example.owner << " fails\n"
                << problem << (problem.ends_with('\n') ? "" : "\n");
    }
  }
  if (!json) std::cout << examples.size() - failed << " examples passed, " << failed << " failed\n";
  return failed == 0;
}

Result<void> write_pages(const std::vector<documentation::Page>& pages, const std::string& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return Error{Code::file_unreadable, "cannot make the folder `" + folder + "`: " + problem.message(), {}};
  for (const documentation::Page& page : pages) {
    if (auto written = write_file((std::filesystem::path(folder) / page.file).string(), page.text); !written)
      return written;
  }
  return {};
}

}  // namespace

int doc_command(const DocCommand& command, const CommonOptions& common) {
  const std::optional<Subject> subject =
      command.standard_library ? standard_library() : package_at(command.path, common.json);
  if (!subject) return kExitCompile;
  if (command.check || command.verify) {
    bool good = !command.check || check_comments(subject->documentation, common.json);
    good = check_examples(*subject, common.json) && good;
    return good ? kExitOk : kExitUncaught;
  }
  const auto pages =
      command.format == "markdown" ? markdown_pages(subject->documentation) : html_pages(subject->documentation);
  if (const auto written = write_pages(pages, command.output); !written) {
    print_error(written.error(), common.json);
    return kExitCompile;
  }
  if (common.json) {
    std::cout << "{\"output\":" << json_string(command.output) << ",\"pages\":" << pages.size() << "}\n";
  } else if (stdout_is_terminal()) {
    std::cout << command.output << "/" << pages.front().file << ": " << pages.size() << " pages\n";
  }
  return kExitOk;
}

}  // namespace noodle::tools
