#include "storage/store_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/base/write_all.hpp"
#include "storage/store.hpp"

namespace noodle::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeading = "noodle store ";

Error cannot_open(const std::string& path, int problem) {
  if (problem == EROFS) return {Code::store_read_only, "the store " + path + " is on a read-only file system", {}};
  if (problem == ENOSPC) return {Code::store_full, "no space left for the store " + path + "; nothing was written", {}};
  return {Code::store_unavailable, "cannot open the store " + path + ": " + std::strerror(problem), {}};
}

Result<void> write_format(const std::string& path) {
  const std::string text = std::string(kHeading) + std::to_string(kStoreFormat) + "\n";
  const std::string temporary = path + "/FORMAT.new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot_open(path, errno);
  int problem = 0;
  if (!write_all(file, text)) problem = errno;
  if (fsync(file) != 0 && problem == 0) problem = errno;
  if (close(file) != 0 && problem == 0) problem = errno;
  if (problem == 0 && rename(temporary.c_str(), (path + "/FORMAT").c_str()) != 0) problem = errno;
  if (problem != 0) return cannot_open(path, problem);
  return {};
}

Result<void> check_format(const std::string& path, const std::string& text) {
  std::uint32_t format = 0;
  if (text.starts_with(kHeading)) {
    std::from_chars(text.data() + kHeading.size(), text.data() + text.size(), format);
  }
  if (format == 0) {
    return Error{Code::store_corrupt, "the store " + path + " is damaged: FORMAT does not hold a version", {}};
  }
  if (format > kStoreFormat) {
    return Error{Code::store_newer,
                 "the store " + path + " has format " + std::to_string(format) +
                     "; this version of noodle reads up to format " + std::to_string(kStoreFormat),
                 {}};
  }
  return {};
}

}  // namespace

Result<void> prepare_store_folder(const std::string& path, bool create) {
  std::error_code problem;
  if (create) {
    fs::create_directories(path, problem);
    if (problem) return cannot_open(path, problem.value());
    // Tasks and audit records are nobody else's business.
    chmod(path.c_str(), 0700);
  }
  if (!fs::is_directory(path, problem)) {
    return cannot_open(path, fs::exists(path, problem) ? ENOTDIR : problem ? problem.value() : ENOENT);
  }
  std::ifstream file(path + "/FORMAT", std::ios::binary);
  if (file) {
    char text[64] = {};
    file.read(text, sizeof text - 1);
    return check_format(path, text);
  }
  if (fs::exists(path + "/CURRENT", problem)) {
    return Error{Code::store_not_ours, path + " is a RocksDB database, but not one of noodle", {}};
  }
  if (!create) return cannot_open(path, ENOENT);
  return write_format(path);
}

}  // namespace noodle::storage
