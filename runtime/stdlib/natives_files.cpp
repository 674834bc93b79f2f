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

#include "messages/utf8.hpp"
#include "runtime/natives/native_call.hpp"
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
  const Result<std::string> checked = checked_path(native, native.p[1], use);
  if (!checked) {
    native.trap(checked.error().code, checked.error().message);
    return false;
  }
  path = *checked;
  return true;
}

// ---- reading

struct Reading final : vm::RootSource {
  Reading(std::string p, int d, std::uint64_t s) : path(std::move(p)), descriptor(d), size(s) {}
  ~Reading() override { ::close(descriptor); }
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
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return failed(native, path, errno);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    const int error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    ::close(descriptor);
    return failed(native, path, error);
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
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
  const ssize_t got =
      wanted == 0 ? 0 : ::read(reading.descriptor, content(native.process, text) + reading.done, wanted);
  if (got < 0 && errno != EINTR) return failed(native, reading.path, errno);
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
    ::close(descriptor);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }
  void visit_roots(vm::RootVisitor&) override {}
  const std::string path;
  std::string temporary;  // empty: written in place, or renamed
  const int descriptor;
  std::uint64_t done = 0;
};

NativeStatus begin_writing(NativeContext& native, bool append) {
  std::string path;
  if (!path_at(native, FileUse::write, path)) return NativeStatus::trap;
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    return failed(native, path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL);
  }
  std::string temporary;
  int descriptor = -1;
  if (append) {
    descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  } else {
    temporary = path + ".noodle-XXXXXX";
    descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    const mode_t mode = info.st_mode ? info.st_mode & 07777 : 0644;
    if (descriptor >= 0) ::fchmod(descriptor, mode);
  }
  if (descriptor < 0) return failed(native, path, errno);
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
    const ssize_t put = ::write(writing.descriptor, data + writing.done, piece);
    if (put < 0 && errno != EINTR) return failed(native, writing.path, errno);
    if (put > 0) writing.done += static_cast<std::uint64_t>(put);
    native.charge(1 + piece / 64);
    if (writing.done < size && vm::out_of_slice(native)) return NativeStatus::again;
  }
  if (!writing.temporary.empty()) {
    if (::rename(writing.temporary.c_str(), writing.path.c_str()) != 0) return failed(native, writing.path, errno);
    writing.temporary.clear();
  }
  return NativeStatus::ok;
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
  struct stat info {};
  return vm::give_bool(native, ::stat(path.c_str(), &info) == 0);
}

NativeStatus list(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  DIR* directory = ::opendir(path.c_str());
  if (!directory) return failed(native, path, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != ".." && is_valid_utf8(name)) names.emplace_back(name);
    if (names.size() > kMostNames) break;
  }
  ::closedir(directory);
  if (names.size() > kMostNames) return native.trap(Code::value_too_large, path + ": more than 100000 names");
  std::sort(names.begin(), names.end());
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

NativeStatus stat_file(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::read, path)) return NativeStatus::trap;
  const vm::Class& cls = native.program.classes[vm::result_type(native)];
  if (!has_fields(cls, kInfoFields)) {
    return native.trap(Code::link_signature, "record FileInfo has other fields than this node's");
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return failed(native, path, errno);
  vm::Object* result = vm::new_object(native.process, cls);
  if (!result) return NativeStatus::trap;
  result->pointers()[field_slot(native.program, cls, 0)] = native.p[1];
  result->slots()[field_slot(native.program, cls, 1)].i = S_ISDIR(info.st_mode) ? 0 : info.st_size;
  result->slots()[field_slot(native.program, cls, 2)].i = S_ISDIR(info.st_mode);
  result->slots()[field_slot(native.program, cls, 3)].i =
      info.st_mtim.tv_sec * std::int64_t{1'000'000'000} + info.st_mtim.tv_nsec;
  return vm::give(native, result);
}

NativeStatus remove_file(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::write, path)) return NativeStatus::trap;
  if (std::remove(path.c_str()) == 0) return vm::give_bool(native, true);
  if (errno == ENOENT) return vm::give_bool(native, false);
  return failed(native, path, errno);
}

NativeStatus mkdir(NativeContext& native) {
  std::string path;
  if (!path_at(native, FileUse::make_directories, path)) return NativeStatus::trap;
  std::size_t end = 0;
  while (end != path.size()) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    struct stat info {};
    if (::mkdir(part.c_str(), 0777) == 0 || (::stat(part.c_str(), &info) == 0 && S_ISDIR(info.st_mode))) continue;
    return failed(native, part, errno == EEXIST ? ENOTDIR : errno);
  }
  return NativeStatus::ok;
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
