// The packages of the open documents and what is known of them. A package is checked anew when something changed; trees
// of unchanged files are kept, and of a large package the bodies of other files can be left for later.
//
// Threads: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "runtime/language_server/analysis.hpp"

namespace noodle::language_server {

using Cancelled = std::function<bool()>;

class Workspace {
 public:
  struct Package {
    std::string path;               // folder or file
    AnalysisPtr complete, partial;  // the latest of each kind
    std::uint64_t complete_revision = 0, partial_revision = 0;
    std::set<std::string> partial_files;
    std::set<std::string> edited;                              // files edited since `complete`
    std::uint64_t published_revision = 0, quick_revision = 0;  // findings of all files, of the edited ones
  };

  Documents& documents() { return *documents_; }
  const Documents& documents() const { return *documents_; }

  /// Texts changed: of this document, or (empty) anywhere.
  void changed(const std::string& path);
  std::uint64_t revision() const { return revision_; }

  /// The package a file belongs to: the folder with the nearest noodle.toml above its src, else the file itself.
  std::string package_of(const std::string& path);
  /// Packages with open documents.
  std::vector<Package*> open_packages();

  /// A check of now in which the bodies of `path` (with `complete`: of all files) were checked. Null when cancelled.
  Result<AnalysisPtr> analysis(const std::string& path, bool complete, const Cancelled& cancelled);
  Result<AnalysisPtr> complete_analysis(Package& package, const Cancelled& cancelled);
  Result<AnalysisPtr> partial_analysis(Package& package, std::set<std::string> files, const Cancelled& cancelled);
  /// A check of the package of `path` that is not kept, for texts that are only tried.
  Result<AnalysisPtr> trial(const std::string& path, const Analysis::Options& options);
  /// Checking all bodies takes long enough to be noticed.
  static bool is_large(const Package& package);

  /// The editor can show files of the standard library (kLibraryScheme).
  bool shows_library = false;

  /// `analysis` went out of use: freeing a large one takes time, so somebody else may do it.
  std::function<void(AnalysisPtr)> dispose = [](AnalysisPtr) {};

 private:
  Package& package(const std::string& file);
  void keep(AnalysisPtr& place, AnalysisPtr made);

  std::shared_ptr<Documents> documents_ = std::make_shared<Documents>();
  std::map<std::string, Package> packages_;  // by path
  std::uint64_t revision_ = 1;
};

}  // namespace noodle::language_server
