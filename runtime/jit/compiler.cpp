#include "runtime/jit/compiler.hpp"

#include <asmjit/asmjit.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <vector>

#include "runtime/jit/emitter.hpp"
#include "runtime/jit/flow.hpp"

// Debian builds asmjit with its assertions on, and one of them has the register allocator check itself at every change:
// half of all compilation. The symbol is weak there, so this definition stands for it. Another version of asmjit has
// another name for it, and keeps the check.
extern "C" [[gnu::used]] bool noodle_trust_register_allocator(void*) asm("_ZN6asmjit8_abi_1_912RAAssignment6verifyEv");
bool noodle_trust_register_allocator(void*) {
  return true;
}

namespace noodle::jit {

namespace {

constexpr std::size_t kMostCallees = 64;

std::atomic<std::uint64_t> functions, words, code_bytes, nanoseconds;
std::atomic<std::FILE*> perf_map{nullptr};

#if defined(__x86_64__)

asmjit::JitRuntime& runtime() {
  static asmjit::JitRuntime* const shared = [] {
    asmjit::JitAllocator::CreateParams parameters;
    parameters.options = asmjit::JitAllocatorOptions::kUseDualMapping;
    return new asmjit::JitRuntime(&parameters);  // lives as long as any code
  }();
  return *shared;
}

/// The machine code of a program.
struct CodeMemory {
  struct Piece {
    void* code;
    std::size_t bytes;
  };
  std::vector<Piece> pieces;

  ~CodeMemory() {
    for (const Piece& piece : pieces) {
      runtime().release(piece.code);
      code_bytes -= piece.bytes;
    }
  }
};

CodeMemory& memory_of(const vm::Program& program) {
  if (!program.machine_code) program.machine_code = std::make_shared<CodeMemory>();
  return *static_cast<CodeMemory*>(program.machine_code.get());
}

bool translate(const vm::Function& function) {
  asmjit::CodeHolder holder;
  if (holder.init(runtime().environment()) != asmjit::kErrorOk) return false;
  const Flow flow(function);
  Emitter emitter(holder, flow);
  if (emitter.run() != asmjit::kErrorOk) return false;
  vm::MachineCode code = nullptr;
  if (runtime().add(&code, &holder) != asmjit::kErrorOk) return false;
  memory_of(*function.program).pieces.push_back({reinterpret_cast<void*>(code), holder.codeSize()});
  code_bytes += holder.codeSize();
  if (std::FILE* map = perf_map.load(std::memory_order_acquire)) {
    std::fprintf(map, "%zx %zx %s\n", reinterpret_cast<std::size_t>(code), holder.codeSize(),
                 function.def->name.c_str());
    std::fflush(map);
  }
  vm::publish(function, code, emitter.back_edges().data(), static_cast<std::uint32_t>(emitter.back_edges().size()));
  return true;
}

#else

bool translate(const vm::Function&) {
  return false;
}

#endif

}  // namespace

bool compile(const vm::Function& function) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  if (function.entry != function.code || function.code_words == 0) return false;
  if (function.code_words > kLargestFunctionWords || code_bytes >= kCodeLimitBytes) return false;
  const auto start = std::chrono::steady_clock::now();
  if (!translate(function)) return false;
  const auto spent = std::chrono::steady_clock::now() - start;
  nanoseconds += static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count());
  functions += 1;
  words += function.code_words;
  return true;
}

void compile_with_callees(const vm::Function& function) {
  std::vector<const vm::Function*> wanted{&function};
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    if (wanted[k]->code_words > kLargestFunctionWords) continue;
    std::vector<const vm::Function*> callees = callees_of(*wanted[k]);
    compile(*wanted[k]);
    for (const vm::Function* callee : callees) {
      if (wanted.size() >= kMostCallees) break;
      if (callee->entry == callee->code && std::find(wanted.begin(), wanted.end(), callee) == wanted.end()) {
        wanted.push_back(callee);
      }
    }
  }
}

void compile_all(const vm::Program& program) {
  for (const vm::Function& function : program.functions) compile(function);
}

Result<std::string> open_perf_map() {
  const std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  unlink(path.c_str());  // of an earlier process of this number
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Error{Code::file_unreadable, "cannot write `" + path + "`: " + std::strerror(errno), {}};
  perf_map.store(fdopen(file, "w"), std::memory_order_release);
  return path;
}

Statistics statistics() {
  return {functions, words, code_bytes, nanoseconds};
}

}  // namespace noodle::jit
