#include "cluster/security/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/base/write_all.hpp"

namespace noodle::security {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  int close() {
    const int result = ::close(descriptor_);
    descriptor_ = -1;
    return result;
  }

 private:
  int descriptor_;
};

Error file_error(const char* what, const std::string& path, int problem) {
  return {problem == ENOENT ? Code::file_not_found : Code::file_unreadable,
          std::string("cannot ") + what + " " + path + ": " + std::strerror(problem),
          {}};
}

Result<void> write_file(const std::string& path, std::string_view content, Existing existing, mode_t mode) {
  namespace fs = std::filesystem;
  const std::string folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path().string() : ".";
  std::error_code problem;
  if (fs::create_directories(folder, problem)) chmod(folder.c_str(), 0700);
  if (existing == Existing::refuse && fs::exists(path, problem)) {
    return Error{Code::key_exists, path + " exists already", {}};
  }
  std::string temporary = path + ".XXXXXX";
  File file(mkostemp(temporary.data(), O_CLOEXEC));  // made with 0600: nobody reads it before it is complete
  if (file.get() < 0) return file_error("write", path, errno);
  int error = 0;
  if (!write_all(file.get(), content) || fchmod(file.get(), mode) != 0 || fsync(file.get()) != 0) error = errno;
  if (file.close() != 0 && error == 0) error = errno;
  // link() fails where rename() would replace, so two writers cannot both have made the key.
  if (error == 0 && existing == Existing::refuse && link(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0 && existing == Existing::replace && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0 || existing == Existing::refuse) unlink(temporary.c_str());
  if (error == EEXIST) return Error{Code::key_exists, path + " exists already", {}};
  if (error != 0) return file_error("write", path, error);
  const File directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) fsync(directory.get());
  return {};
}

Result<std::string> read_file(const std::string& path, bool secret) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return file_error("read", path, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return file_error("read", path, errno);
  if (!S_ISREG(status.st_mode)) return file_error("read", path, EINVAL);
  if (secret && (status.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%03o", static_cast<unsigned>(status.st_mode & 0777));
    return Error{Code::key_exposed, path + " can be read by others (mode " + mode + "); chmod 600 it", {}};
  }
  if (static_cast<std::size_t>(status.st_size) > kMaxKeyFileBytes) return file_error("read", path, EFBIG);
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count = read(file.get(), content.data() + filled, content.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("read", path, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return content;
}

}  // namespace

Result<void> write_secret_file(const std::string& path, const Secret& content, Existing existing) {
  return write_file(path, content.reveal(), existing, 0600);
}

Result<void> write_public_file(const std::string& path, std::string_view content, Existing existing) {
  return write_file(path, content, existing, 0644);
}

Result<Secret> read_secret_file(const std::string& path) {
  auto content = read_file(path, true);
  if (!content) return content.error();
  return Secret(std::move(content).value());
}

Result<std::string> read_public_file(const std::string& path) {
  return read_file(path, false);
}

}  // namespace noodle::security
