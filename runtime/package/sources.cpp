#include "runtime/package/sources.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "messages/limits.hpp"
#include "runtime/lang/parser.hpp"

namespace noodle::package {

namespace fs = std::filesystem;

ParsedSourcePtr parse_source(std::string path, std::string text, std::size_t max_errors) {
  auto parsed = std::make_shared<ParsedSource>();
  parsed->source = std::make_shared<lang::SourceFile>(std::move(path), std::move(text));
  parsed->ast = std::make_shared<lang::Ast>();
  lang::Diagnostics diagnostics(max_errors);
  lang::parse(*parsed->source, *parsed->ast, diagnostics);
  parsed->diagnostics = diagnostics.all();
  return parsed;
}

bool Sources::is_file(const fs::path& path) {
  std::error_code problem;
  return fs::is_regular_file(path, problem);
}

bool Sources::is_folder(const fs::path& path) {
  std::error_code problem;
  return fs::is_directory(path, problem);
}

Result<std::string> Sources::text(const fs::path& path) {
  std::error_code problem;
  if (!fs::exists(path, problem))
    return Error{Code::file_not_found, "no such file or folder: `" + path.string() + "`", {}};
  const auto size = fs::file_size(path, problem);
  if (!problem && size > kMaxSourceBytes) {
    return Error{Code::source_too_large,
                 "`" + path.string() + "` has " + std::to_string(size) + " bytes; the limit is 16 MiB",
                 {}};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{Code::file_unreadable, "cannot read `" + path.string() + "`: " + std::strerror(errno), {}};
  return std::move(text).str();
}

Result<ParsedSourcePtr> Sources::parsed(const fs::path& path) {
  auto read = text(path);
  if (!read) return read.error();
  return parse_source(path.string(), std::move(*read));
}

ParsedSourcePtr Sources::embedded(const std::string& path, std::string_view text) {
  return parse_source(path, std::string(text));
}

std::vector<fs::path> Sources::files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, problem);
  for (const fs::recursive_directory_iterator end; !problem && at != end; at.increment(problem)) {
    const fs::path& file = at->path();
    if (at->is_regular_file(problem) && (file.extension() == ".nc" || file.extension() == ".nci"))
      files.push_back(file);
  }
  return files;
}

}  // namespace noodle::package
