#include "runtime/language_server/uri.hpp"

#include <filesystem>

namespace noodle::language_server {
namespace {

constexpr std::string_view kFileScheme = "file://";
constexpr std::string_view kLibraryPath = "std:";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

std::string uri_of(std::string_view path) {
  if (path.starts_with(kLibraryPath))
    return std::string(kLibraryScheme) + "/" + std::string(path.substr(kLibraryPath.size()));
  if (!path.starts_with('/')) return std::string(path);
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri(kFileScheme);
  for (const char c : path) {
    if (is_plain(c)) {
      uri += c;
      continue;
    }
    uri += '%';
    uri += kDigits[static_cast<unsigned char>(c) >> 4];
    uri += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return uri;
}

std::string path_of(std::string_view uri) {
  if (uri.starts_with(kLibraryScheme)) {
    uri.remove_prefix(kLibraryScheme.size());
    if (uri.starts_with('/')) uri.remove_prefix(1);
    return std::string(kLibraryPath) + std::string(uri);
  }
  if (!uri.starts_with(kFileScheme)) return std::string(uri);
  const std::size_t start = uri.find('/', kFileScheme.size());  // behind the host
  if (start == std::string_view::npos) return std::string(uri);
  std::string path;
  for (std::size_t i = start; i < uri.size(); ++i) {
    const int high = uri[i] == '%' && i + 2 < uri.size() ? hex_digit(uri[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(uri[i + 2]) : -1;
    if (low < 0) {
      path += uri[i];
    } else {
      path += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (path.find('\0') != std::string::npos) return std::string(uri);
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace noodle::language_server
