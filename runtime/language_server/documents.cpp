#include "runtime/language_server/documents.hpp"

#include "messages/limits.hpp"
#include "runtime/language_server/uri.hpp"

namespace noodle::language_server {

namespace fs = std::filesystem;

namespace {

/// More than a command prints: an editor shows them all.
constexpr std::size_t kMaxSyntaxErrors = 200;

Error refused(std::string message) {
  return {Code::usage, std::move(message), {}};
}

/// Paths of dependencies lead over `..`.
std::string key_of(const fs::path& path) {
  return path.lexically_normal().string();
}

bool is_source_name(const std::string& path) {
  return path.ends_with(".nc") || path.ends_with(".nci");
}

std::string text_of(Position at) {
  return std::to_string(at.line) + ":" + std::to_string(at.character);
}

}  // namespace

Result<void> Documents::open(const std::string& uri, std::int64_t version, std::string text,
                             const std::string& language) {
  if (text.size() > kMaxSourceBytes) return refused("`" + uri + "` has more than 16 MiB");
  Document document{uri, path_of(uri), version, nullptr, true};
  document.is_source = language == "noodle" || is_source_name(document.path);
  document.parsed = package::parse_source(document.path, std::move(text), kMaxSyntaxErrors);
  open_[document.path] = document;
  return {};
}

Result<void> Documents::change(const std::string& uri, std::int64_t version, const std::vector<Change>& changes) {
  const auto found = open_.find(path_of(uri));
  if (found == open_.end()) return refused("`" + uri + "` is not open");
  std::string text(found->second.text());
  for (const Change& change : changes) {
    if (!change.range) {
      text = change.text;
    } else {
      const LineIndex lines(text);
      const auto start = lines.offset(change.range->start);
      const auto end = lines.offset(change.range->end);
      if (!start || !end || *start > *end) {
        return refused("change of " + text_of(change.range->start) + " to " + text_of(change.range->end) +
                       " is outside `" + uri + "`, which has " + std::to_string(lines.line_count()) +
                       " lines; close the document and open it again");
      }
      text.replace(*start, *end - *start, change.text);
    }
    if (text.size() > kMaxSourceBytes) return refused("`" + uri + "` would have more than 16 MiB");
  }
  found->second.parsed = package::parse_source(found->first, std::move(text), kMaxSyntaxErrors);
  found->second.version = version;
  return {};
}

Result<void> Documents::close(const std::string& uri) {
  if (open_.erase(path_of(uri)) == 0) return refused("`" + uri + "` is not open");
  return {};
}

const Document* Documents::find(const std::string& path) const {
  const auto found = open_.find(path);
  return found == open_.end() ? nullptr : &found->second;
}

Documents::Override::Override(Documents& documents, std::string path, std::string text)
    : documents_(documents), path_(std::move(path)) {
  parsed_ = package::parse_source(path_, std::move(text), kMaxSyntaxErrors);
  documents_.overrides_[path_] = parsed_;
}

Documents::Override::~Override() {
  documents_.overrides_.erase(path_);
}

package::ParsedSourcePtr Documents::current(const std::string& path) const {
  if (const auto found = overrides_.find(path); found != overrides_.end()) return found->second;
  if (const Document* document = find(path)) return document->parsed;
  return nullptr;
}

package::ParsedSourcePtr Documents::tree_of(const lang::SourceFile& source) const {
  package::ParsedSourcePtr parsed = current(source.path());
  if (!parsed) {
    if (const auto on_disk = disk_.find(source.path()); on_disk != disk_.end()) parsed = on_disk->second.parsed;
  }
  if (!parsed) {
    if (const auto library = embedded_.find(source.path()); library != embedded_.end()) parsed = library->second;
  }
  return parsed && parsed->source.get() == &source ? parsed : nullptr;
}

bool Documents::is_file(const fs::path& path) {
  // Beside a document that is on no disk there are no files.
  return current(key_of(path)) != nullptr || (path.is_absolute() && Sources::is_file(path));
}

bool Documents::is_folder(const fs::path& path) {
  return path.is_absolute() && Sources::is_folder(path);
}

Result<std::string> Documents::text(const fs::path& path) {
  if (const auto parsed = current(key_of(path))) return std::string(parsed->source->text());
  return Sources::text(path);
}

Result<package::ParsedSourcePtr> Documents::parsed(const fs::path& path) {
  const std::string key = key_of(path);
  if (auto parsed = current(key)) return parsed;
  std::error_code problem;
  const auto written = fs::last_write_time(path, problem);
  const auto size = fs::file_size(path, problem);
  if (const auto known = disk_.find(key); known != disk_.end()) {
    if (!problem && known->second.written == written && known->second.size == size) return known->second.parsed;
    disk_.erase(known);
  }
  auto text = Sources::text(path);
  if (!text) return text.error();
  auto parsed = package::parse_source(key, std::move(*text), kMaxSyntaxErrors);
  disk_[key] = {written, size, parsed};
  return parsed;
}

package::ParsedSourcePtr Documents::embedded(const std::string& path, std::string_view text) {
  package::ParsedSourcePtr& known = embedded_[path];
  if (!known) known = package::parse_source(path, std::string(text));
  return known;
}

std::vector<fs::path> Documents::files_below(const fs::path& folder) {
  std::vector<fs::path> files = Sources::files_below(folder);
  const std::string prefix = folder.string() + "/";
  for (const auto& [path, document] : open_) {
    if (!path.starts_with(prefix) || Sources::is_file(path)) continue;
    if (is_source_name(path)) files.emplace_back(path);
  }
  return files;
}

}  // namespace noodle::language_server
