// A linked program: verified module, run-time classes and predecoded code. Shared, immutable, reference-counted.
//
// Threads: immutable after link(); shared by all processes that run it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"
#include "runtime/vm/machine_code.hpp"
#include "runtime/vm/object.hpp"

namespace noodle::vm {

struct Function;
struct Program;
struct NativeEntry;
class Debugger;

/// How elements of a list, keys or values of a map, are stored.
enum class Storage : std::uint8_t { scalar, byte, pointer };

/// Run-time class. One per type of the module, indexed by class id; ids 0-6 are internal storage classes.
struct Class {
  std::uint32_t id = 0;
  bytecode::TypeKind kind{};
  std::uint16_t slot_count = 0;       // plain objects
  std::uint16_t depth = 0;            // length of the parent chain
  std::uint32_t tag = 0;              // enum_case
  bool all_scalars = true;            // no pointer slots
  Storage element = Storage::scalar;  // list element, map key, set member
  Storage value = Storage::scalar;    // map value
  std::uint64_t pointer_map[4] = {};  // bit i: slot i is a pointer (plain objects have at most 255 slots)
  const Function* const* vtable = nullptr;
  const Function* function = nullptr;  // closure: code
  struct InterfaceEntry {
    std::uint32_t selector;
    const Function* function;
  };
  const InterfaceEntry* interface_table = nullptr;  // open addressing by selector & mask; selector kNone = empty
  std::uint32_t interface_mask = 0;
  const std::uint32_t* ancestors = nullptr;   // class ids from root to itself, depth + 1 entries
  const std::uint32_t* interfaces = nullptr;  // type indexes of the interfaces it implements, ascending
  std::uint32_t interface_count = 0;
  const std::uint8_t* scalar_slots = nullptr;   // physical slot of the n-th scalar field
  const std::uint8_t* pointer_slots = nullptr;  // physical slot of the n-th pointer field
  std::uint64_t layout_hash = 0;                // name, kinds, field names and types, recursively by name
  const bytecode::TypeDef* def = nullptr;
};

/// Predecoded code: 64-bit words [handler16 A16 B16 C16], register operands premultiplied by 8, extra words inline.
struct Function {
  const std::uint64_t* code = nullptr;
  /// Where calls start: `code`, or the word before it, which enters machine code.
  mutable const std::uint64_t* entry = nullptr;
  mutable MachineCode machine = &refuse_machine_call;
  mutable std::uint32_t heat = 0;  // how often it was found running; kCompiledHeat when it is in the compiler's hands
  std::uint32_t code_words = 0;
  std::uint16_t scalar_registers = 0, pointer_registers = 0;
  std::uint16_t scalar_args = 0, pointer_args = 0;
  char result = 'v';  // 'v', 's' or 'p'
  std::uint32_t index = 0;
  const bytecode::FunctionDef* def = nullptr;
  const Program* program = nullptr;
  std::vector<std::uint32_t> portable_word;  // predecoded word index -> portable word index
  struct Catch {
    std::uint32_t start, end, target;
    std::uint16_t error_register;
  };  // predecoded word indexes
  std::vector<Catch> catches;
};

/// Native import, resolved: the entry of the native table (or the host's) plus its concrete types here.
struct BoundNative {
  const NativeEntry* entry = nullptr;  // null: host module not present (1890)
  const bytecode::NativeImport* import = nullptr;
  std::uint16_t scalar_args = 0, pointer_args = 0;
  char result = 'v';
  std::uint64_t capability_bit = 0;  // 0: none needed
};

struct Program {
  bytecode::Module module;
  std::vector<Class> classes;
  std::vector<Function> functions;
  std::vector<BoundNative> natives;
  std::vector<Object*> strings;               // static String objects of module.strings
  std::vector<Object*> static_closures;       // by function index, or null
  std::vector<std::uint32_t> closure_class;   // function index -> closure class without captures, or kNone
  std::vector<std::uint32_t> actor_ref_type;  // by type index of an actor: class of its ActorRefs
  std::unordered_map<std::string, std::uint32_t> type_by_name;
  std::unordered_map<std::uint64_t, std::uint32_t> type_by_layout;
  std::vector<std::uint64_t> handler_hash;  // by handler index: hash of name and signature, same in every program
  std::uint64_t content_hash = 0;
  std::vector<std::unique_ptr<std::byte[]>> arenas;  // code, tables, static objects
  mutable std::shared_ptr<void> machine_code;        // what the functions' machine code lies in
  mutable Debugger* debugger = nullptr;              // that it is run under; set before it runs

  const Class& class_of(const Object* object) const { return classes[object->class_id()]; }
  /// Source position of a predecoded word of a function: file index, line, column (0 when unknown).
  bytecode::LineEntry position(const Function& function, std::uint32_t code_word) const;
  /// The inlined call that a predecoded word of a function belongs to, or null.
  const bytecode::InlinedCall* inlined_call(const Function& function, std::uint32_t code_word) const;
};

/// True if an object of class `id` is of type `target` (same class, subclass, implementer, any; func types of
/// closures).
bool is_instance(const Program& program, std::uint32_t id, bytecode::TypeIndex target);

/// Verifies (bytecode/verifier.hpp), links and predecodes. Errors: 15xx.
Result<std::shared_ptr<const Program>> link(bytecode::Module module);

}  // namespace noodle::vm
