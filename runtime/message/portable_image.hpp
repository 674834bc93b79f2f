// Images that leave their program: to another program of the node, or to another node.
//
//     portable image = "NIM1" type_count:u32 root_count:u32 0:u32 layout_hash:u64 * type_count root:u64 * root_count
//     objects
//
// Little endian, 8-byte aligned. Class ids below 7 are the storage arrays of every program, class id 7 + i is the type
// with layout_hash[i]. Nothing in it is trusted: import_image checks every byte that the interpreter will rely on.
// Errors: 1540 malformed, 1541 unknown type, 1616, 1707.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/message/image.hpp"

namespace noodle::process {

/// Bytes of a portable image, 8-byte aligned.
using PortableImage = std::vector<char>;

/// A checked image in the class ids of one program.
struct ImportedImage {
  std::vector<ImageRef> refs;
  std::vector<char> objects;
};

/// With `references` ActorRefs hold places in that list, which gets the process ids.
Result<PortableImage> export_image(ImageWriter& writer, const vm::Program& program, std::span<vm::Object* const> roots,
                                   std::size_t limit_bytes, std::vector<std::uint64_t>* references = nullptr);

/// `expected`: types of the roots; empty: any value. `references`: as in export_image.
Result<ImportedImage> import_image(std::span<const char> bytes, const vm::Program& program,
                                   std::span<const bytecode::TypeRef> expected,
                                   const std::span<const std::uint64_t>* references = nullptr);

}  // namespace noodle::process
