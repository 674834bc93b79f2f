// Linking: verifies a module and builds everything its processes share.
#include <xxhash.h>

#include "runtime/bytecode/verifier.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/capability.hpp"
#include "runtime/vm/link_classes.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/native_signature.hpp"
#include "runtime/vm/predecode.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

namespace {

using bytecode::kNone;
using bytecode::Module;
using bytecode::ModuleView;

class Linker {
 public:
  Linker(Program& program, const bytecode::FieldObjects& field_objects)
      : program_(program), m_(program.module), view_(m_), field_objects_(field_objects), arena_(program) {}

  Result<void> run() {
    Result<void> natives = link_natives();
    if (!natives) return natives;
    link_functions();
    link_classes(program_, view_, arena_);
    link_literals();
    Result<void> handlers = link_handlers();
    if (!handlers) return handlers;
    for (std::uint32_t i = 0; i < m_.functions.size(); ++i) {
      Result<void> code = predecode(program_, i, view_, field_objects_[i], arena_);
      if (!code) return code;
    }
    hash_content();
    return {};
  }

 private:
  /// Host functions belong to a host object ("Logger.warning") or to the host itself, or need a capability.
  static bool is_host(const bytecode::NativeImport& import) {
    const char first = import.name.empty() ? '\0' : import.name[0];
    return !import.capability.empty() || (first >= 'A' && first <= 'Z') || import.name.starts_with("host.");
  }

  Result<void> link_natives() {
    program_.natives.reserve(m_.natives.size());
    for (std::uint32_t i = 0; i < m_.natives.size(); ++i) {
      const bytecode::NativeImport& import = m_.natives[i];
      const bytecode::CallShape& shape = view_.native(i);
      const NativeEntry* entry = find_native(import.name);
      if (!entry && !is_host(import)) {
        return Error{Code::link_unknown_native, "native function `" + import.name + "` is not known here", {}};
      }
      if (entry && !matches_native(m_, import.signature, entry->signature)) {
        return Error{Code::verify_signature,
                     "native function `" + import.name + "` is imported as " +
                         bytecode::signature_text(m_, import.signature) + ", here it is " +
                         std::string(entry->signature),
                     {}};
      }
      program_.natives.push_back({entry, &import, static_cast<std::uint16_t>(shape.scalars),
                                  static_cast<std::uint16_t>(shape.pointers.size()), shape.result,
                                  capability_bit(import.capability)});
    }
    return {};
  }

  void link_functions() {
    program_.functions.resize(m_.functions.size());
    for (std::uint32_t i = 0; i < m_.functions.size(); ++i) {
      const bytecode::FunctionDef& def = m_.functions[i];
      const bytecode::CallShape& shape = view_.function(i);
      Function& f = program_.functions[i];
      f.index = i;
      f.def = &def;
      f.program = &program_;
      f.scalar_registers = static_cast<std::uint16_t>(def.scalar_registers);
      f.pointer_registers = static_cast<std::uint16_t>(def.pointer_registers);
      f.scalar_args = static_cast<std::uint16_t>(shape.scalars);
      f.pointer_args = static_cast<std::uint16_t>(shape.pointers.size());
      f.result = shape.result;
    }
  }

  /// Static objects: literals and closures without captures. They are complete before any process sees them.
  void link_literals() {
    for (const std::string& text : m_.strings) {
      auto* string = reinterpret_cast<StringObject*>(arena_.array<std::byte>(sizeof(StringObject) + text.size()));
      string->header = make_header(bytecode::kString, static_cast<std::uint32_t>(text.size()), kFlagStatic);
      std::copy(text.begin(), text.end(), string->data());
      for (const char c : text) string->code_points += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      string->hash = hash_bytes(text);
      program_.strings.push_back(string);
    }
    program_.static_closures.resize(m_.functions.size());
    program_.closure_class.resize(m_.functions.size(), kNone);
    for (std::uint32_t i = 0; i < m_.functions.size(); ++i) {
      const bytecode::TypeIndex type = view_.static_closure(i);
      if (type == kNone) continue;
      auto* closure = arena_.array<Object>(1);
      closure->header = make_header(type, 0, kFlagStatic);
      program_.static_closures[i] = closure;
      program_.closure_class[i] = type;
    }
  }

  /// Messages find their handler by this hash, so handlers that look alike must be alike.
  Result<void> link_handlers() {
    std::unordered_map<std::uint64_t, std::size_t> first;
    for (std::size_t i = 0; i < m_.handlers.size(); ++i) {
      const bytecode::HandlerDef& handler = m_.handlers[i];
      const std::string text = handler.name + bytecode::signature_text(m_, handler.signature);
      const std::uint64_t hash = XXH64(text.data(), text.size(), 0);
      program_.handler_hash.push_back(hash);
      const auto [same, fresh] = first.emplace(hash, i);
      if (!fresh && m_.handlers[same->second].signature != handler.signature) {
        return Error{Code::verify_layout, "two handlers `" + text + "` have different types of one name", {}};
      }
    }
    return {};
  }

  /// Tells versions of a program apart: what runs, not file names and lines.
  void hash_content() {
    std::uint64_t hash = 0;
    const auto add = [&](const void* data, std::size_t size) { hash = XXH64(data, size, hash); };
    for (const Class& cls : program_.classes) add(&cls.layout_hash, sizeof cls.layout_hash);
    for (const bytecode::FunctionDef& f : m_.functions) {
      const std::string signature = f.name + bytecode::signature_text(m_, f.signature);
      add(signature.data(), signature.size());
      add(f.code.data(), f.code.size() * sizeof(bytecode::Word));
    }
    for (const std::string& text : m_.strings) add(text.data(), text.size());
    add(m_.scalars.data(), m_.scalars.size() * sizeof(std::uint64_t));
    program_.content_hash = hash;
  }

  Program& program_;
  const Module& m_;
  const ModuleView view_;
  const bytecode::FieldObjects& field_objects_;
  LinkArena arena_;
};

}  // namespace

Result<std::shared_ptr<const Program>> link(Module module) {
  bytecode::FieldObjects field_objects;
  Result<void> verified = bytecode::verify(module, &field_objects);
  if (!verified) return verified.error();
  if (!module.unresolved.empty()) {
    return Error{Code::link_unresolved, "function `" + module.unresolved.front().name + "` has no body", {}};
  }
  const auto program = std::make_shared<Program>();
  program->module = std::move(module);
  Result<void> linked = Linker(*program, field_objects).run();
  if (!linked) return linked.error();
  return std::shared_ptr<const Program>(program);
}

}  // namespace noodle::vm
