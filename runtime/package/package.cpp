#include "runtime/package/package.hpp"

#include <algorithm>
#include <filesystem>

#include "runtime/package/version.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::package {

namespace fs = std::filesystem;

namespace {

std::shared_ptr<check::SourceModule> make_module(std::string name, const ParsedSource& parsed,
                                                 lang::Diagnostics& diagnostics) {
  auto module = std::make_shared<check::SourceModule>();
  module->name = std::move(name);
  module->source = parsed.source;
  module->ast = parsed.ast;
  for (const lang::Diagnostic& found : parsed.diagnostics) diagnostics.append(found);
  return module;
}

/// Where modules come from, in the order of the search: package, standard library, dependencies. Shared by the loader
/// function, which outlives load_package.
struct Search {
  struct Root {
    std::string prefix;  // "" for the entry package, else "name" of the dependency
    fs::path folder;     // with the .nc files
    bool is_library;
  };
  std::vector<Root> roots;
  std::map<std::string, std::shared_ptr<check::SourceModule>> loaded;
  std::shared_ptr<Sources> sources;
  lang::Diagnostics* diagnostics = nullptr;

  std::shared_ptr<check::SourceModule> find(const std::string& path) {
    if (const auto known = loaded.find(path); known != loaded.end()) return known->second;
    // A program's own host.nc or prelude.nc is a module of that name for imports of it, never in place of these.
    const bool own_scope = path == "prelude" || path.starts_with("prelude-") || path == "host";
    auto module = own_scope ? nullptr : find_file(path, false);
    if (module == nullptr) module = find_embedded(path);
    if (module == nullptr) module = find_file(path, true);
    loaded[path] = module;
    return module;
  }

 private:
  std::shared_ptr<check::SourceModule> find_embedded(const std::string& path) {
    for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
      const std::string_view stem = file->name.substr(0, file->name.rfind('.'));
      if (stem != path) continue;
      auto module = make_module(path, *sources->embedded("std:" + std::string(file->name), file->text), *diagnostics);
      module->is_library = true;
      return module;
    }
    return nullptr;
  }

  std::shared_ptr<check::SourceModule> find_file(const std::string& path, bool libraries) {
    if (path.find('/') != std::string::npos || path.find("..") != std::string::npos) return nullptr;
    for (const Root& root : roots) {
      if (root.is_library != libraries) continue;
      std::string relative = path;
      if (!root.prefix.empty()) {
        if (path != root.prefix && !path.starts_with(root.prefix + ".")) continue;
        relative = path == root.prefix ? "lib" : path.substr(root.prefix.size() + 1);
      }
      for (char& c : relative) {
        if (c == '.') c = '/';
      }
      for (const char* extension : {".nc", ".nci"}) {
        const fs::path file = root.folder / (relative + extension);
        if (!sources->is_file(file)) continue;
        const auto parsed = sources->parsed(file);
        if (!parsed) return nullptr;
        auto module = make_module(path, **parsed, *diagnostics);
        module->is_library = root.is_library;
        return module;
      }
    }
    return nullptr;
  }
};

/// Adds the dependencies of `manifest` and, depth first, theirs. `trail`: packages being added, to find cycles.
std::optional<Error> add_dependencies(Search& search, const Manifest& manifest, const fs::path& folder,
                                      std::vector<std::string>& trail) {
  for (const Manifest::Dependency& dependency : manifest.dependencies) {
    std::string chain;
    for (const std::string& name : trail) chain += name + " -> ";
    for (const std::string& name : trail) {
      if (name == dependency.name)
        return Error{Code::dependency_cycle, "packages depend on each other: " + chain + dependency.name, {}};
    }
    if (dependency.path.empty()) {
      return Error{Code::dependency_missing,
                   "dependency `" + dependency.name + "` has no path; write " + dependency.name + " = { path = \"../" +
                       dependency.name + "\" }",
                   {}};
    }
    const fs::path at = folder / dependency.path;
    auto text = search.sources->text(at / "noodle.toml");
    if (!text)
      return Error{Code::dependency_missing,
                   "dependency `" + dependency.name + "` not found at `" + at.lexically_normal().string() + "`",
                   {}};
    auto inner = parse_manifest((at / "noodle.toml").string(), *text);
    if (!inner) return inner.error();
    const auto version = parse_version(inner->version);
    if (!version) return version.error();
    const auto fits = satisfies(*version, dependency.constraint);
    if (!fits) return fits.error();
    if (!*fits) {
      return Error{Code::dependency_version,
                   "dependency `" + dependency.name + "` is version " + inner->version + ", `" + dependency.constraint +
                       "` is needed",
                   {}};
    }
    bool known = false;
    for (const Search::Root& root : search.roots) known = known || root.prefix == dependency.name;
    if (known) continue;
    search.roots.push_back({dependency.name, at / "src", true});
    trail.push_back(dependency.name);
    if (auto error = add_dependencies(search, *inner, at, trail)) return error;
    trail.pop_back();
  }
  return {};
}

/// Import paths of all modules below `folder` but the entry, sorted.
std::vector<std::string> module_names(Sources& sources, const fs::path& folder, const std::string& entry) {
  std::vector<std::string> names;
  for (const fs::path& file : sources.files_below(folder)) {
    std::string name = file.lexically_relative(folder).replace_extension().generic_string();
    std::replace(name.begin(), name.end(), '/', '.');
    if (name != entry) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

LoadedPackage with_entry(std::shared_ptr<Search> search, Manifest manifest, std::string root,
                         std::shared_ptr<check::SourceModule> entry) {
  LoadedPackage package;
  package.manifest = std::move(manifest);
  package.root = std::move(root);
  entry->is_entry = true;
  package.modules.push_back(std::move(entry));
  package.loader = [search](const std::string& path) { return search->find(path); };
  return package;
}

}  // namespace

Result<LoadedPackage> load_package(const std::string& path, lang::Diagnostics& diagnostics) {
  return load_package(path, std::make_shared<Sources>(), diagnostics);
}

Result<LoadedPackage> load_package(const std::string& path, const std::shared_ptr<Sources>& sources,
                                   lang::Diagnostics& diagnostics) {
  auto search = std::make_shared<Search>();
  search->sources = sources;
  search->diagnostics = &diagnostics;
  if (!sources->is_folder(path)) {
    const auto parsed = sources->parsed(path);
    if (!parsed) return parsed.error();
    const fs::path file(path);
    search->roots.push_back({"", file.parent_path(), false});
    Manifest manifest;
    manifest.name = file.stem().string();
    return with_entry(search, std::move(manifest), file.parent_path().string(), make_module("", **parsed, diagnostics));
  }
  const fs::path folder(path);
  auto manifest_text = sources->text(folder / "noodle.toml");
  if (!manifest_text) {
    return Error{Code::file_not_found,
                 "`" + path + "` is a folder without noodle.toml; give a .nc file or a package folder",
                 {}};
  }
  auto manifest = parse_manifest((folder / "noodle.toml").string(), *manifest_text);
  if (!manifest) return manifest.error();
  search->roots.push_back({"", folder / "src", false});
  std::vector<std::string> trail{manifest->name};
  if (auto error = add_dependencies(*search, *manifest, folder, trail)) return *error;
  const std::string entry_name = manifest->type == "library" ? "lib" : "main";
  const fs::path file = folder / "src" / (entry_name + ".nc");
  if (!sources->is_file(file)) {
    return Error{
        Code::file_not_found, "package `" + manifest->name + "` has no `" + file.lexically_normal().string() + "`", {}};
  }
  const auto parsed = sources->parsed(file);
  if (!parsed) return parsed.error();
  LoadedPackage package = with_entry(search, std::move(*manifest), path, make_module("", **parsed, diagnostics));
  // The other modules belong to the package whether or not something imports them: their errors and tests count.
  for (const std::string& name : module_names(*sources, folder / "src", entry_name)) {
    if (auto module = search->find(name)) package.modules.push_back(std::move(module));
  }
  return package;
}

LoadedPackage load_text(std::string path, std::string text, const std::string& folder, lang::Diagnostics& diagnostics) {
  auto search = std::make_shared<Search>();
  search->sources = std::make_shared<Sources>();
  search->diagnostics = &diagnostics;
  if (!folder.empty()) search->roots.push_back({"", folder, false});
  Manifest manifest;
  manifest.name = fs::path(path).stem().string();
  const ParsedSourcePtr parsed = parse_source(std::move(path), std::move(text));
  return with_entry(search, std::move(manifest), "", make_module("", *parsed, diagnostics));
}

}  // namespace noodle::package
