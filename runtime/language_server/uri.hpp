// file: URIs and paths (RFC 8089, percent encoding of RFC 3986).
#pragma once

#include <string>
#include <string_view>

namespace noodle::language_server {

std::string uri_of(std::string_view path);
/// The normal form of the path of a file: URI; another URI as it is, for documents that are on no disk.
std::string path_of(std::string_view uri);

/// Files of the standard library are in the program itself; an editor asks for their text by this scheme.
inline constexpr std::string_view kLibraryScheme = "noodle-std:";

}  // namespace noodle::language_server
