// Packages: from a path to parsed modules. A path is a single .nc file or a folder with noodle.toml and src/.
//
// Errors: 7001-7006 as Results; parse errors go to the diagnostics.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/check/checker.hpp"
#include "runtime/package/sources.hpp"

namespace noodle::package {

/// noodle.toml. A single file has a manifest of its own name and version 0.0.0.
struct Manifest {
  std::string name, version = "0.0.0", type = "application", description, license;
  std::vector<std::string> authors;
  struct Dependency {
    std::string name, path, constraint;
  };
  std::vector<Dependency> dependencies;
  std::vector<std::string> requires_;       // [capabilities] requires
  std::map<std::string, std::string> bins;  // [[bin]] name -> module
  std::vector<std::string> agents;
};

Result<Manifest> parse_manifest(const std::string& path, std::string_view text);

/// What the checker needs: the entry package's modules, and a loader for the standard library and dependencies.
struct LoadedPackage {
  Manifest manifest;
  std::string root;                                           // folder of the package or of the file
  std::vector<std::shared_ptr<check::SourceModule>> modules;  // the entry module first
  check::ModuleLoader loader;
};

/// Loads FILE.nc or DIR (its `main` module is the entry; a library has none). Parse errors are added to `diagnostics`.
Result<LoadedPackage> load_package(const std::string& path, lang::Diagnostics& diagnostics);
/// The same with files from `sources`, which lives as long as the package.
Result<LoadedPackage> load_package(const std::string& path, const std::shared_ptr<Sources>& sources,
                                   lang::Diagnostics& diagnostics);
/// One module from text; it imports from the standard library and, unless that is empty, from `folder`.
LoadedPackage load_text(std::string path, std::string text, const std::string& folder, lang::Diagnostics& diagnostics);

}  // namespace noodle::package
