// The files a package is made of: documents that an editor holds, over the files of the disk. A file is parsed once for
// each text it has.
//
// Threads: one.
// Limits: a document has at most 16 MiB, as every source.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/language_server/line_index.hpp"
#include "runtime/package/sources.hpp"

namespace noodle::language_server {

struct Document {
  std::string uri, path;
  std::int64_t version = 0;
  package::ParsedSourcePtr parsed;
  bool is_source = true;  // else a manifest or the like, which an editor may hold too
  std::string_view text() const { return parsed->source->text(); }
};

/// Replaces `range`, or everything, by `text`.
struct Change {
  std::optional<Range> range;
  std::string text;
};

class Documents final : public package::Sources {
 public:
  // What the editor says. Errors: 7020 for what does not fit the documents; they stay as they were.
  Result<void> open(const std::string& uri, std::int64_t version, std::string text,
                    const std::string& language = "noodle");
  Result<void> change(const std::string& uri, std::int64_t version, const std::vector<Change>& changes);
  Result<void> close(const std::string& uri);
  const Document* find(const std::string& path) const;
  const std::map<std::string, Document>& open_documents() const { return open_; }  // by path

  /// While it lives, the file at `path` has another text.
  class Override {
   public:
    Override(Documents& documents, std::string path, std::string text);
    ~Override();
    Override(const Override&) = delete;
    Override& operator=(const Override&) = delete;
    const package::ParsedSource& parsed() const { return *parsed_; }

   private:
    Documents& documents_;
    std::string path_;
    package::ParsedSourcePtr parsed_;
  };

  /// The tree of a source that a check used; null when the file has changed since.
  package::ParsedSourcePtr tree_of(const lang::SourceFile& source) const;

  bool is_file(const std::filesystem::path& path) override;
  bool is_folder(const std::filesystem::path& path) override;
  Result<std::string> text(const std::filesystem::path& path) override;
  Result<package::ParsedSourcePtr> parsed(const std::filesystem::path& path) override;
  package::ParsedSourcePtr embedded(const std::string& path, std::string_view text) override;
  std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) override;

 private:
  struct OnDisk {
    std::filesystem::file_time_type written;
    std::uintmax_t size = 0;
    package::ParsedSourcePtr parsed;
  };
  package::ParsedSourcePtr current(const std::string& path) const;

  std::map<std::string, Document> open_;
  std::unordered_map<std::string, OnDisk> disk_;
  std::unordered_map<std::string, package::ParsedSourcePtr> embedded_;
  std::map<std::string, package::ParsedSourcePtr> overrides_;
};

}  // namespace noodle::language_server
