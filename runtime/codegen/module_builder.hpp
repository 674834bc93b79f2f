// The module under construction: pools of constants, requested functions, natives, selectors, handlers; the work list.
//
// Owns: nothing of the Program; lives during one generate() call.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/check/hir.hpp"
#include "runtime/codegen/code_buffer.hpp"
#include "runtime/codegen/codegen.hpp"
#include "runtime/codegen/type_map.hpp"

namespace noodle::codegen {

/// One function to compile: a body of HIR with concrete types for its parameters.
struct Instance {
  HFunc* func = nullptr;
  check::Substitution types;
  std::vector<const Type*> targs;
  std::uint32_t index = 0;
  TypeIndex closure_type = bytecode::kNone;  // lambdas: class of the closure object
};

class ModuleBuilder {
 public:
  ModuleBuilder(check::Program& program, lang::Diagnostics& diagnostics, const CodegenOptions& options);
  Result<void> build();
  /// Keeps the instructions of a function for passes over the finished module.
  void keep_code(std::uint32_t function, const lang::SourceFile* file, CodeBuffer code);
  struct KeptCode {
    std::uint32_t function;
    const lang::SourceFile* file;
    CodeBuffer code;
  };
  std::vector<KeptCode>& kept_code() { return kept_code_; }

  // ---- requested entities; each is made once
  /// Function index of `func` with concrete type arguments (owner's first). Not for natives and interface methods.
  std::uint32_t function(HFunc* func, const std::vector<const Type*>& targs);
  struct Lambda {
    TypeIndex type;
    std::uint32_t function;
  };
  /// Code and closure class of a lambda inside `outer`.
  Lambda lambda(HFunc* func, const Instance& outer, const Type* func_type);
  /// Closure over a function or method as a value: an adapter that takes the closure first.
  Lambda adapter(HFunc* func, const std::vector<const Type*>& targs, const Type* func_type, const Type* self_type);
  std::uint32_t native(HFunc* func, const std::vector<const Type*>& targs);
  std::uint32_t native(const std::string& name, bytecode::Signature signature, const std::string& capability = {});
  std::uint32_t string(std::string_view text);
  std::uint32_t scalar(std::uint64_t bits);
  std::uint32_t selector(const Type* interface, const HFunc* method);
  /// Message `func` (handler, or method of an interface) of actor or interface type `owner`.
  std::uint32_t handler(const Type* owner, HFunc* func);
  std::uint32_t file(const lang::SourceFile* source);

  bytecode::Signature signature(const HFunc& func, const check::Substitution& types);
  check::Substitution substitution(const HFunc& func, const std::vector<const Type*>& targs);
  const Type* concrete(const Type* type, const check::Substitution& types);
  /// `method` if no class of the program overrides it (then a virtual call is a static one), else null.
  HFunc* only_target(HFunc* method);
  /// True if a library class completed later overrides a method that only_target promised to be the only one.
  bool devirtualised_wrongly();
  void forbid_devirtualisation() { no_devirtualisation_ = true; }
  bool failed() const { return failed_; }

  void report(Code code, const lang::SourceFile* file, lang::Span span, std::string message,
              std::string suggestion = {});
  /// Position of what is being generated, for errors found while types and functions are requested.
  void set_place(const lang::SourceFile* file, lang::Span span) { place_file_ = file, place_ = span; }

  check::Program& program;
  lang::Diagnostics& diagnostics;
  const CodegenOptions& options;
  bytecode::Module module;
  TypeMap types;

 private:
  friend class TypeMap;
  void roots();
  void drain();
  void add_actor(const Type* type);
  void add_supervision(bytecode::ActorDef& actor, const HClass& cls, const Type* type);
  void finish();
  std::uint32_t new_function(const std::string& name, bytecode::Signature signature, const HFunc& func);
  bool too_deep(const HFunc& func, const std::vector<const Type*>& targs);
  bool is_overridden(const HFunc* method);

  using FunctionKey = std::pair<const HFunc*, std::vector<const Type*>>;
  std::map<FunctionKey, std::uint32_t> functions_;
  std::map<std::pair<const HFunc*, std::uint32_t>, Lambda> lambdas_;  // by lambda and enclosing function
  std::map<std::pair<FunctionKey, const Type*>, Lambda> adapters_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> natives_;
  std::unordered_map<std::string, std::uint32_t> strings_;
  std::unordered_map<std::uint64_t, std::uint32_t> scalars_;
  std::map<std::pair<const Type*, const HFunc*>, std::uint32_t> selectors_;
  std::map<std::pair<const Type*, const HFunc*>, std::uint32_t> handlers_;
  std::unordered_map<const lang::SourceFile*, std::uint32_t> files_;
  std::unordered_map<const HFunc*, std::uint32_t> instance_counts_;
  std::unordered_set<const HFunc*> overridden_, devirtualised_;
  std::size_t funcs_seen_ = 0;
  bool no_devirtualisation_ = false;
  std::vector<std::pair<std::uint32_t, const HFunc*>> handler_funcs_;  // handlers whose message record may be known
  std::deque<Instance> work_;
  std::vector<KeptCode> kept_code_;
  std::size_t actors_done_ = 0;
  const lang::SourceFile* place_file_ = nullptr;
  lang::Span place_;
  bool failed_ = false;
};

/// "add" of "Counter.add".
std::string_view local_name(const HFunc& func);
/// Name in traces, with type arguments: "List.map<int, String>".
std::string instance_name(const HFunc& func, const std::vector<const Type*>& targs);

}  // namespace noodle::codegen
