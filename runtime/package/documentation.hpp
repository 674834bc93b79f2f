// Documentation of a package: what its modules export, with the comments that stand above it.
//
// The walk: modules as trees -> Documentation (documentation.cpp) -> pages (html_pages.cpp, markdown_pages.cpp); the
// examples in comments are programs that can be run (examples.hpp). Comments are Markdown (comment_text.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/check/checker.hpp"

namespace noodle::documentation {

/// Part of a signature; `target` is what it names: "MODULE#ANCHOR", or empty.
struct Piece {
  std::string text;
  std::string target;
};

/// A declaration, or a member of one.
struct Entry {
  std::string kind;    // "function", "class", "handler" ...
  std::string name;    // "map"
  std::string anchor;  // "List.map"; unique in its module
  std::vector<Piece> signature;
  std::string comment;             // Markdown, without the slashes
  std::vector<std::string> notes;  // "property", "needs the capability `log`"
  bool is_export = false;          // itself, or the declaration it is a member of
  std::uint32_t line = 0, comment_line = 0;
  std::vector<Entry> members;
};

struct ModulePage {
  std::string name;  // as it is imported
  std::string path;  // of its file
  std::string slug;  // name of its page without ending; unique in any file system
  std::string comment;
  std::vector<std::string> requires_;
  std::vector<Entry> entries;
};

struct Documentation {
  std::string title, version, description;
  std::vector<ModulePage> modules;
};

/// Modules show what they export; those that export nothing, such as programs, show everything. `title` names the
/// module without a name. Modules whose name is in `everywhere` are seen by all (the prelude).
Documentation document(const std::vector<std::shared_ptr<check::SourceModule>>& modules, const std::string& title,
                       const std::vector<std::string>& everywhere = {});

/// Exported declarations, their methods and handlers without a comment.
struct Undocumented {
  std::string path, name, kind;
  std::uint32_t line = 0;
};
std::vector<Undocumented> undocumented(const Documentation& documentation);

struct Page {
  std::string file;  // "std.text.html"
  std::string text;
};
std::vector<Page> html_pages(const Documentation& documentation);
std::vector<Page> markdown_pages(const Documentation& documentation);

}  // namespace noodle::documentation
