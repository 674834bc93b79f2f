#include "storage/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace noodle::storage {
namespace {

namespace fs = std::filesystem;

// Files that hold a number: "noodle NAME N\n".
constexpr const char* kIncarnation = "incarnation";
constexpr const char* kRevocations = "revocations";
constexpr std::int64_t kMillisecond = 1'000'000;  // two starts are further apart than this

Error cannot(const char* what, const std::string& path, int problem) {
  const Code code = problem == ENOSPC  ? Code::store_full
                    : problem == EROFS ? Code::store_read_only
                                       : Code::store_unavailable;
  return {code, std::string("cannot ") + what + " " + path + ": " + std::strerror(problem), {}};
}

/// 0 when there is none yet. `remedy`: for who finds it damaged.
Result<std::uint64_t> read_number(const std::string& folder, const std::string& name, const char* remedy) {
  const std::string path = folder + "/" + name, heading = "noodle " + name + " ";
  std::error_code problem;
  if (!fs::exists(path, problem)) return std::uint64_t{0};
  char text[64] = {};
  std::ifstream(path, std::ios::binary).read(text, sizeof text - 1);
  const std::string_view content = text;
  std::uint64_t stored = 0;
  if (content.starts_with(heading) && content.ends_with('\n')) {
    const char* end = text + content.size() - 1;
    const auto read = std::from_chars(text + heading.size(), end, stored);
    if (read.ec == std::errc() && read.ptr == end && stored != 0 && stored < UINT64_MAX) return stored;
  }
  return Error{Code::store_corrupt, path + " is damaged; " + remedy, {}};
}

/// Written beside, synced, renamed, and the folder synced: the old number or the new one, never none.
Result<void> write_number(const std::string& folder, const std::string& name, std::uint64_t number) {
  const std::string path = folder + "/" + name;
  const std::string temporary = path + ".new";
  const std::string text = "noodle " + name + " " + std::to_string(number) + "\n";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot("write", temporary, errno);
  int problem = 0;
  if (write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) problem = errno == 0 ? EIO : errno;
  if (problem == 0 && fsync(file) != 0) problem = errno;
  if (close(file) != 0 && problem == 0) problem = errno;
  if (problem == 0 && rename(temporary.c_str(), path.c_str()) != 0) problem = errno;
  if (problem != 0) return cannot("write", path, problem);
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0 || fsync(directory) != 0) problem = errno;
  if (directory >= 0) close(directory);
  if (problem != 0) return cannot("sync", folder, problem);
  return {};
}

}  // namespace

std::uint64_t incarnation_after(std::uint64_t stored, std::int64_t wall_ns) {
  const auto clock = static_cast<std::uint64_t>(std::max<std::int64_t>(wall_ns, 0) / kMillisecond);
  return std::max(stored + 1, clock);
}

Result<DataFolder> DataFolder::open(const std::string& path) {
  std::error_code problem;
  if (fs::create_directories(path, problem)) chmod(path.c_str(), 0700);
  if (problem) return cannot("make the data folder", path, problem.value());
  const std::string lock = path + "/lock";
  const int file = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return cannot("use the data folder", path, errno);
  DataFolder folder(path, file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return cannot("lock", lock, errno);
    char owner[32] = {};
    const bool known = pread(file, owner, sizeof owner - 1, 0) > 0;
    return Error{
        Code::data_in_use, "the data folder " + path + " is in use" + (known ? " by process " : "") + owner, {}};
  }
  const std::string owner = std::to_string(getpid());
  if (ftruncate(file, 0) != 0 || pwrite(file, owner.data(), owner.size(), 0) < 0) return cannot("write", lock, errno);
  return folder;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}

Result<std::uint64_t> DataFolder::next_incarnation(std::int64_t wall_ns) {
  const auto stored = read_number(path_, kIncarnation,
                                  "when the clock of this machine is right, it may be removed: the next number is "
                                  "taken from the clock");
  if (!stored) return stored;
  const std::uint64_t next = incarnation_after(*stored, wall_ns);
  if (const auto written = write_number(path_, kIncarnation, next); !written) return written.error();
  return next;
}

Result<std::uint64_t> DataFolder::known_revocations() const {
  return read_number(path_, kRevocations,
                     "when the revocation list of the node is the newest one, it may be removed: it is made again");
}

Result<void> DataFolder::remember_revocations(std::uint64_t number) {
  return write_number(path_, kRevocations, number);
}

}  // namespace noodle::storage
