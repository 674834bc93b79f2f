#include "tools/up/layout.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace noodle::up {

namespace fs = std::filesystem;

namespace {

Error failed(const std::string& what, int problem) {
  return {Code::file_unreadable, what + ": " + std::strerror(problem), {}};
}

}  // namespace

Layout layout_of(const std::string& cluster_file) {
  std::error_code ignored;
  const fs::path file = fs::absolute(cluster_file, ignored).lexically_normal();
  return {(file.parent_path() / ".noodle").string()};
}

Result<Descriptor> take_folder(const Layout& layout) {
  std::error_code problem;
  fs::create_directories(layout.root, problem);
  if (problem) return failed("cannot make `" + layout.root + "`", problem.value());
  if (chmod(layout.root.c_str(), 0700) != 0) return failed("cannot make `" + layout.root + "` private", errno);
  Descriptor lock(open(layout.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return failed("cannot write `" + layout.lock() + "`", errno);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Code::cluster_runs, "the cluster of " + layout.root + " is running", {}};
  }
  std::ofstream(layout.root + "/.gitignore") << "*\n";
  return lock;
}

Result<void> clear_folder(const Layout& layout) {
  for (const std::string& path :
       {layout.ports(), layout.authority(), layout.client(), layout.root + "/nodes", layout.logs(), layout.own_log()}) {
    std::error_code problem;
    fs::remove_all(path, problem);
    if (problem) return failed("cannot remove `" + path + "`", problem.value());
  }
  return {};
}

}  // namespace noodle::up
