#include "runtime/message/main_arguments.hpp"

#include <cstring>

#include "messages/utf8.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::process {

Result<Message*> main_arguments(const vm::Program& program, const vm::Function& function,
                                const std::vector<std::string>& arguments) {
  const bytecode::TypeIndex type = function.def->signature.params[0].index;
  const bytecode::TypeDef& def = program.module.types[type];
  if (def.kind != bytecode::TypeKind::list || def.args[0].index != bytecode::kString) {
    return Error{Code::invalid_main, "`" + function.def->name + "` takes a " + def.name + ", not a List<String>", {}};
  }
  std::vector<std::uint64_t> image;  // words of the objects
  const auto count = static_cast<std::uint32_t>(arguments.size());
  image.push_back(vm::make_header(type, 2));
  image.push_back(count ? image_ref(24) : 0);  // storage
  image.push_back(count);
  if (count) {
    image.push_back(vm::make_header(vm::kPointerArray, count));
    const std::size_t elements = image.size();
    image.resize(elements + count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string& text = arguments[i];
      if (!is_valid_utf8(text)) return Error{Code::invalid_text, "a program argument is not valid UTF-8", {}};
      image[elements + i] = image_ref(image.size() * 8);
      image.push_back(vm::make_header(bytecode::kString, static_cast<std::uint32_t>(text.size())));
      image.push_back(vm::count_code_points(text));  // hash 0 in the upper half: not computed
      const std::size_t start = image.size();
      image.resize(start + (text.size() + 7) / 8);
      if (!text.empty()) std::memcpy(&image[start], text.data(), text.size());
    }
  }
  const ImageRef root = image_ref(0);
  Message* message = new_message(MessageKind::start, {}, std::span(&root, 1),
                                 {reinterpret_cast<const char*>(image.data()), image.size() * 8});
  if (!message) return Error{Code::node_out_of_memory, "the node has no memory for the arguments", {}};
  return message;
}

}  // namespace noodle::process
