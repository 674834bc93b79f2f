// The host object `fs`: files under granted paths, read and written in pieces between slices.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <tuple>

#include "messages/utf8.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/fields.hpp"
#include "runtime/stdlib/file_access.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

using process::bytes_from_outside;
using process::from_outside;

constexpr std::size_t kPiece = 128 * 1024;
constexpr std::size_t kMostNames = 100'000;
constexpr KnownField kInfoFields[] = {{"path", bytecode::kString},
                                      {"size", bytecode::kInt},
                                      {"isDirectory", bytecode::kBool},
                                      {"modified", bytecode::kTime}};

NativeStatus failed(NativeContext& native, const std::string& path, int error) {
  return native.trap(Code::host_failed, path + ": " + std::generic_category().message(error));
}

/// The path in p[1], checked; false: trapped.
bool path_at(NativeContext& native, FileUse use, std::string& path) {
  const auto [code, text] = from_outside(native, [&]() -> std::tuple<std::uint16_t, std::string> {
    Result<std::string> checked = checked_path(native, native.p[1], use);
    return checked ? std::tuple{std::uint16_t{0}, std::move(checked).value()}
                   : std::tuple{checked.error().number(), checked.error().message};
  });
  path = text;
  if (code != 0) native.trap(static_cast<Code>(code), text);
  return code == 0;
}

/// A descriptor is -1 where a recorded run is replayed.
void close_file(int descriptor) {
  if (descriptor >= 0) ::close(descriptor);
}

// ---- reading

/// Opens a plain file: an errno or 0, and its size.
std::tuple<int, std::uint64_t> open_to_read(const std::string& path, int& descriptor) {
  descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return {errno, 0};
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) return {0, static_cast<std::uint64_t>(info.st_size)};
  close_file(std::exchange(descriptor, -1));
  return {S_ISDIR(info.st_mode) ? EISDIR : EINVAL, 0};
}

struct Reading final : vm::RootSource {
  Reading(std::string p, int d, std::uint64_t s) : path(std::move(p)), descriptor(d), size(s) {}
  ~Reading() override { close_file(descriptor); }
  void visit_roots(vm::RootVisitor&) override {}
  const std::string path;
  const int descriptor;
  const std::uint64_t size;
  std::uint64_t done = 0;     // bytes read
  std::uint64_t checked = 0;  // bytes found to be UTF-8
  std::uint64_t code_points = 0;
  bool complete = false;
};

/// Opens the file and makes the object it is read into, in native_scratch.
NativeStatus begin_reading(NativeContext& native, bool text) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  int descriptor = -1;
  const auto [error, size] = from_outside(native, [&] { return open_to_read(path, descriptor); });
  if (error != 0) return failed(native, path, error);
  auto reading = std::make_unique<Reading>(path, descriptor, size);
  if (size > vm::kLargestTextBytes) {
    return native.trap(Code::value_too_large, path + ": " + std::to_string(size) + " bytes; the limit is 256 MiB");
  }
  vm::Process& process = native.process;
  if (text) {
    process.native_scratch = vm::new_blank_string(process, size, 0);
    if (process.native_scratch) std::fill_n(static_cast<vm::StringObject*>(process.native_scratch)->data(), size, '\0');
  } else {
    const std::size_t bytes = (sizeof(vm::Object) + size + 7) & ~std::size_t{7};
    process.native_scratch = vm::allocate(process, bytecode::kBytes, static_cast<std::uint32_t>(size), bytes);
  }
  if (!process.native_scratch) return NativeStatus::trap;
  process.native_state = std::move(reading);
  return NativeStatus::ok;
}

char* content(vm::Process& process, bool text) {
  return text ? static_cast<vm::StringObject*>(process.native_scratch)->data()
              : reinterpret_cast<char*>(process.native_scratch->bytes());
}

/// One piece more; false: nothing is left to read.
NativeStatus read_piece(NativeContext& native, Reading& reading, bool text) {
  const std::size_t wanted = std::min<std::uint64_t>(kPiece, reading.size - reading.done);
  const std::span<char> target(content(native.process, text) + reading.done, wanted);
  const std::int64_t got = bytes_from_outside(native, target, [&]() -> std::int64_t {
    const ssize_t result = wanted == 0 ? 0 : ::read(reading.descriptor, target.data(), wanted);
    return result < 0 ? -errno : result;
  });
  if (got < 0 && got != -EINTR) return failed(native, reading.path, static_cast<int>(-got));
  native.charge(1 + wanted / 128);
  if (got > 0) reading.done += static_cast<std::uint64_t>(got);
  reading.complete = got == 0 || reading.done == reading.size;
  return NativeStatus::ok;
}

/// Checks what was read for UTF-8, up to a border between code points.
bool check_piece(NativeContext& native, Reading& reading) {
  const char* data = content(native.process, true);
  std::uint64_t end = reading.done;
  if (!reading.complete) {
    while (end > reading.checked && vm::is_continuation(data[end - 1])) --end;
    if (end > reading.checked) --end;  // the lead byte of what may go on
  }
  const std::string_view piece(data + reading.checked, end - reading.checked);
  if (!is_valid_utf8(piece)) return false;
  reading.code_points += vm::count_code_points(piece);
  reading.checked = end;
  return true;
}

/// Reads the file to its end into native_scratch; ok: it is there and may be shorter than expected.
NativeStatus read_all(NativeContext& native, bool text) {
  vm::Process& process = native.process;
  if (!process.native_state) {
    const NativeStatus status = begin_reading(native, text);
    if (status != NativeStatus::ok) return status;
  }
  auto& reading = static_cast<Reading&>(*process.native_state);
  while (!reading.complete) {
    const NativeStatus status = read_piece(native, reading, text);
    if (status != NativeStatus::ok) return status;
    if (text && !check_piece(native, reading))
      return native.trap(Code::invalid_text, reading.path + " is not UTF-8 text");
    if (!reading.complete && vm::out_of_slice(native)) return NativeStatus::again;
  }
  return NativeStatus::ok;
}

NativeStatus finish(NativeContext& native, NativeStatus status) {
  if (status != NativeStatus::again) vm::end_steps(native.process);
  return status;
}

NativeStatus read_text(NativeContext& native) {
  const NativeStatus status = read_all(native, true);
  if (status != NativeStatus::ok) return finish(native, status);
  const auto& reading = static_cast<Reading&>(*native.process.native_state);
  auto* text = static_cast<vm::StringObject*>(native.process.native_scratch);
  if (reading.done == reading.size) {
    text->code_points = static_cast<std::uint32_t>(reading.code_points);
    native.p[0] = text;
    return finish(native, NativeStatus::ok);
  }
  const std::string shorter(text->data(), reading.done);  // the file was cut while it was read
  return finish(native, vm::give_text(native, shorter));
}

NativeStatus read_bytes(NativeContext& native) {
  const NativeStatus status = read_all(native, false);
  if (status != NativeStatus::ok) return finish(native, status);
  const auto& reading = static_cast<Reading&>(*native.process.native_state);
  vm::Object* bytes = native.process.native_scratch;
  if (reading.done == reading.size) {
    native.p[0] = bytes;
    return finish(native, NativeStatus::ok);
  }
  const std::string shorter(reinterpret_cast<const char*>(bytes->bytes()), reading.done);
  return finish(native, vm::give(native, vm::new_bytes(native.process, shorter)));
}

/// Reads the text into p[0], where the host object was, then is string.lines.
NativeStatus read_lines(NativeContext& native) {
  if (native.p[0]->class_id() != bytecode::kString) {
    const NativeStatus status = read_text(native);
    if (status != NativeStatus::ok) return status;
  }
  static const vm::NativeEntry* lines = vm::find_native("string.lines");
  return lines->function(native);
}

// ---- writing

struct Writing final : vm::RootSource {
  Writing(std::string p, std::string t, int d) : path(std::move(p)), temporary(std::move(t)), descriptor(d) {}
  ~Writing() override {
    close_file(descriptor);
    if (descriptor >= 0 && !temporary.empty()) ::unlink(temporary.c_str());
  }
  void visit_roots(vm::RootVisitor&) override {}
  const std::string path;
  std::string temporary;  // empty: written in place, or renamed
  const int descriptor;
  std::uint64_t done = 0;
};

/// Opens a file, or one that takes its place in the end: an errno or 0.
int open_to_write(const std::string& path, bool append, std::string& temporary, int& descriptor) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
  if (append) {
    descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  } else {
    temporary = path + ".noodle-XXXXXX";
    descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    const mode_t mode = info.st_mode ? info.st_mode & 07777 : 0644;
    if (descriptor >= 0) ::fchmod(descriptor, mode);
  }
  return descriptor < 0 ? errno : 0;
}

NativeStatus begin_writing(NativeContext& native, bool append) {
  std::string path;
  if (!path_at(native, FileUse::write, path)) return NativeStatus::trap;
  std::string temporary;
  int descriptor = -1;
  const int error = from_outside(native, [&] { return open_to_write(path, append, temporary, descriptor); });
  if (error != 0) return failed(native, path, error);
  native.process.native_state = std::make_unique<Writing>(path, temporary, descriptor);
  return NativeStatus::ok;
}

/// Writes the String or Bytes in p[2].
NativeStatus write_all(NativeContext& native, bool append) {
  vm::Process& process = native.process;
  const bool text = native.p[2]->class_id() != bytecode::kBytes;
  if (text && !vm::flat_string(process, native.p[2])) return NativeStatus::trap;
  if (!process.native_state) {
    const NativeStatus status = begin_writing(native, append);
    if (status != NativeStatus::ok) return status;
  }
  auto& writing = static_cast<Writing&>(*process.native_state);
  const char* data =
      text ? static_cast<vm::StringObject*>(native.p[2])->data() : reinterpret_cast<const char*>(native.p[2]->bytes());
  const std::size_t size = native.p[2]->length();
  while (writing.done < size) {
    const std::size_t piece = std::min<std::uint64_t>(kPiece, size - writing.done);
    const std::int64_t put = from_outside(native, [&]() -> std::int64_t {
      const ssize_t result = ::write(writing.descriptor, data + writing.done, piece);
      return result < 0 ? -errno : result;
    });
    if (put < 0 && put != -EINTR) return failed(native, writing.path, static_cast<int>(-put));
    if (put > 0) writing.done += static_cast<std::uint64_t>(put);
    native.charge(1 + piece / 64);
    if (writing.done < size && vm::out_of_slice(native)) return NativeStatus::again;
  }
  if (append) return NativeStatus::ok;
  const int error = from_outside(native, [&writing] {
    if (::rename(writing.temporary.c_str(), writing.path.c_str()) != 0) return errno;
    writing.temporary.clear();
    return 0;
  });
  return error == 0 ? NativeStatus::ok : failed(native, writing.path, error);
}

NativeStatus write_file(NativeContext& native) {
  return finish(native, write_all(native, false));
}
NativeStatus append_file(NativeContext& native) {
  return finish(native, write_all(native, true));
}

// ---- directories and facts

NativeStatus exists(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  return vm::give_bool(native, from_outside(native, [&path] {
                         struct stat info {};
                         return ::stat(path.c_str(), &info) == 0;
                       }));
}

/// The names in a directory, in order: an errno or 0, and at most one name too many.
std::tuple<int, std::vector<std::string>> names_in(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (!directory) return {errno, {}};
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != ".." && is_valid_utf8(name)) names.emplace_back(name);
    if (names.size() > kMostNames) break;
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return {0, std::move(names)};
}

NativeStatus list(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  const auto [error, names] = from_outside(native, [&path] { return names_in(path); });
  if (error != 0) return failed(native, path, error);
  if (names.size() > kMostNames) return native.trap(Code::value_too_large, path + ": more than 100000 names");
  native.charge(names.size());
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(names.size()));
  if (!native.p[0]) return NativeStatus::trap;
  for (const std::string& name : names) {
    vm::Object* text = vm::new_string(native.process, name);
    if (!text) return NativeStatus::trap;
    vm::ListObject* result = vm::list_at(native, 0);
    result->storage->pointers()[result->count++] = text;
  }
  return NativeStatus::ok;
}

/// An errno or 0, and of what is there: whether it is a directory, its size, when it was changed (ns since 1970).
std::tuple<int, bool, std::int64_t, std::int64_t> facts_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {errno, false, 0, 0};
  const bool directory = S_ISDIR(info.st_mode);
  return {0, directory, directory ? 0 : info.st_size,
          info.st_mtim.tv_sec * std::int64_t{1'000'000'000} + info.st_mtim.tv_nsec};
}

NativeStatus stat_file(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  const vm::Class& cls = native.program.classes[vm::result_type(native)];
  if (!has_fields(cls, kInfoFields)) {
    return native.trap(Code::link_signature, "record FileInfo has other fields than this node's");
  }
  const auto [error, directory, size, modified_ns] = from_outside(native, [&path] { return facts_of(path); });
  if (error != 0) return failed(native, path, error);
  vm::Object* result = vm::new_object(native.process, cls);
  if (!result) return NativeStatus::trap;
  result->pointers()[field_slot(native.program, cls, 0)] = native.p[1];
  result->slots()[field_slot(native.program, cls, 1)].i = size;
  result->slots()[field_slot(native.program, cls, 2)].i = directory;
  result->slots()[field_slot(native.program, cls, 3)].i = modified_ns;
  return vm::give(native, result);
}

NativeStatus remove_file(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::write, path)) return NativeStatus::trap;
  const int error = from_outside(native, [&path] { return std::remove(path.c_str()) == 0 ? 0 : errno; });
  if (error != 0 && error != ENOENT) return failed(native, path, error);
  return vm::give_bool(native, error == 0);
}

/// Makes a directory and its parents: an errno or 0, and the part of the path that is meant.
std::tuple<int, std::string> make_directories(const std::string& path) {
  std::size_t end = 0;
  while (end != path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    struct stat info {};
    if (::mkdir(part.c_str(), 0777) == 0 || (::stat(part.c_str(), &info) == 0 && S_ISDIR(info.st_mode))) continue;
    return {errno == EEXIST ? ENOTDIR : errno, part};
  }
  return {};
}

NativeStatus mkdir(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::make_directories, path)) return NativeStatus::trap;
  const auto [error, part] = from_outside(native, [&path] { return make_directories(path); });
  return error == 0 ? NativeStatus::ok : failed(native, part, error);
}

constexpr vm::NativeEntry kTable[] = {
    {"FileSystem.read", "(I, String)String", read_text},
    {"FileSystem.readBytes", "(I, String)Bytes", read_bytes},
    {"FileSystem.readLines", "(I, String)List<String>", read_lines},
    {"FileSystem.write", "(I, String, String)", write_file},
    {"FileSystem.writeBytes", "(I, String, Bytes)", write_file},
    {"FileSystem.append", "(I, String, String)", append_file},
    {"FileSystem.exists", "(I, String)bool", exists},
    {"FileSystem.list", "(I, String)List<String>", list},
    {"FileSystem.stat", "(I, String)FileInfo", stat_file},
    {"FileSystem.remove", "(I, String)bool", remove_file},
    {"FileSystem.mkdir", "(I, String)", mkdir},
};

}  // namespace

NativeTable file_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
