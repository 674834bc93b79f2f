#include "runtime/language_server/workspace.hpp"

#include <algorithm>
#include <filesystem>

namespace noodle::language_server {

namespace fs = std::filesystem;

namespace {

/// About 5000 lines: checked in some ten milliseconds.
constexpr std::size_t kLargePackageBytes = std::size_t{192} << 10;

}  // namespace

void Workspace::changed(const std::string& path) {
  ++revision_;
  if (!path.empty()) package(path).edited.insert(path);
}

std::string Workspace::package_of(const std::string& path) {
  const fs::path file(path);
  if (!file.is_absolute()) return path;
  for (fs::path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (!documents_->is_file(folder / "noodle.toml")) continue;
    const std::string sources = (folder / "src").string() + "/";
    return path.starts_with(sources) ? folder.string() : path;
  }
  return path;
}

Workspace::Package& Workspace::package(const std::string& file) {
  const std::string path = package_of(file);
  Package& found = packages_[path];
  found.path = path;
  return found;
}

std::vector<Workspace::Package*> Workspace::open_packages() {
  std::set<std::string> wanted;
  for (const auto& [path, document] : documents_->open_documents()) {
    if (document.is_source) wanted.insert(package_of(path));
  }
  for (auto at = packages_.begin(); at != packages_.end();) {
    at = wanted.count(at->first) == 0 ? packages_.erase(at) : std::next(at);
  }
  std::vector<Package*> found;
  for (const std::string& path : wanted) {
    Package& package = packages_[path];
    package.path = path;
    found.push_back(&package);
  }
  return found;
}

bool Workspace::is_large(const Package& package) {
  const AnalysisPtr& known = package.complete ? package.complete : package.partial;
  if (!known) return false;
  std::size_t bytes = 0;
  for (const auto& module : known->loaded().modules) bytes += module->source->text().size();
  return bytes > kLargePackageBytes;
}

void Workspace::keep(AnalysisPtr& place, AnalysisPtr made) {
  AnalysisPtr old = std::exchange(place, std::move(made));
  if (old) dispose(std::move(old));
}

Result<AnalysisPtr> Workspace::complete_analysis(Package& package, const Cancelled& cancelled) {
  if (package.complete && package.complete_revision == revision_) return package.complete;
  auto made = Analysis::make(documents_, package.path, {{}, {}, cancelled});
  if (!made || !*made) return made;
  package.complete_revision = revision_;
  package.edited.clear();
  keep(package.complete, *made);
  return made;
}

Result<AnalysisPtr> Workspace::partial_analysis(Package& package, std::set<std::string> files,
                                                const Cancelled& cancelled) {
  const bool known =
      package.partial && package.partial_revision == revision_ &&
      std::includes(package.partial_files.begin(), package.partial_files.end(), files.begin(), files.end());
  if (known) return package.partial;
  auto made = Analysis::make(documents_, package.path, {files, {}, cancelled});
  if (!made || !*made) return made;
  package.partial_revision = revision_;
  package.partial_files = std::move(files);
  keep(package.partial, *made);
  return made;
}

Result<AnalysisPtr> Workspace::trial(const std::string& path, const Analysis::Options& options) {
  auto made = Analysis::make(documents_, package_of(path), options);
  if (!made || !*made) return made;
  const Analysis* analysis = made->get();
  return AnalysisPtr(analysis, [this, kept = *made](const Analysis*) mutable { dispose(std::move(kept)); });
}

Result<AnalysisPtr> Workspace::analysis(const std::string& path, bool complete, const Cancelled& cancelled) {
  Package& at = package(path);
  if (at.complete && at.complete_revision == revision_) return at.complete;
  if (!complete && is_large(at)) return partial_analysis(at, {path}, cancelled);
  return complete_analysis(at, cancelled);
}

}  // namespace noodle::language_server
