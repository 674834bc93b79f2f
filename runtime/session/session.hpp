// A session: inputs that are compiled and run one after another and see what the earlier ones have made.
//
// Each input becomes a program of its own (unit.hpp): the declarations kept so far, and a function with what was
// entered. One process (process/evaluator.hpp) runs these functions, so `self`, its mailbox, monitors and links last
// as long as the session; actors that an input spawns live on. Values pass from input to input as one image, so two
// variables that share a list go on sharing it; functions have no image, so lambdas are kept as text.
//
// Threads: one, except interrupted() and the callbacks of SessionOptions, which may come from any.
// Limits: those of a process for each input; kMaxValues variables.
// Errors: 1xxx of the compiler as diagnostics; what the input throws; 1702, 1802 when it is ended.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/package/compile.hpp"
#include "runtime/run/heap_census.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/run/swap.hpp"
#include "runtime/run/tracer.hpp"
#include "runtime/session/input.hpp"
#include "runtime/session/unit.hpp"

namespace noodle::session {

struct SessionOptions {
  std::vector<std::string> grants;  // "fs.read:/data"
  process::SystemOptions system;
  vm::ProcessLimits limits;           // of the session's process, and defaults of what it spawns
  std::size_t shown_bytes = 4096;     // of the text of a value
  std::string folder;                 // where imports are looked for besides the standard library
  process::Output* output = nullptr;  // of print; outlives the session
  process::WorkerDriver driver;       // null: threads
  std::function<void(const process::Exit&)> on_process_end;  // a process has ended with an error; from any thread
  process::Tracer::Tell on_trace;                            // what a traced process does; from any thread
  std::function<bool()> interrupted;                         // polled while an input runs; true kills it
};

/// What an input has shown: the value of its last expression, or of the variable it has set.
struct Shown {
  std::string name;  // variable, or empty
  std::string type;
  std::string text;
  bool cut = false;
};

struct Change {
  std::string kind;  // "func", "record"
  std::string name;
  bool replaced = false;
};

struct Reply {
  enum class Status : std::uint8_t {
    done,
    refused,  // it does not compile; nothing has changed
    failed,   // an error was not caught; what happened before it stays
    killed    // it was interrupted, or ran out of fuel; variables are as before
  };
  Status status = Status::done;
  std::vector<lang::Diagnostic> diagnostics;
  std::vector<SourcePtr> sources;  // that the diagnostics point to
  std::optional<Shown> shown;
  std::vector<Change> changes;
  std::vector<std::string> notes;
  std::uint16_t error_code = 0;
  std::string error_message;
  std::string error_trace;  // one `function (place)` a line
  Unit::Place error_place;  // where it was thrown, as far as the inputs know
  std::uint64_t fuel = 0;
  std::uint64_t heap_bytes = 0;
};

/// The type of an expression, or why it has none.
struct TypeReply {
  std::string type;
  std::vector<lang::Diagnostic> diagnostics;
  std::vector<SourcePtr> sources;
};

struct Memory {
  std::uint64_t values_bytes = 0;                                // of all variables between inputs
  std::uint64_t last_heap_bytes = 0;                             // at the end of the last input
  std::uint64_t limit_bytes = 0;                                 // of the session's process
  std::uint64_t node_bytes = 0;                                  // of all processes
  std::vector<std::pair<std::string, std::uint64_t>> variables;  // alone
};

class Session {
 public:
  static constexpr std::size_t kMaxValues = 10'000;

  /// Errors: 8002 for a grant.
  static Result<std::unique_ptr<Session>> open(SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Compiles and runs an input. `path`: of a file; empty: the input is named by its number.
  Reply enter(const std::string& text, const std::string& path = {});
  std::uint32_t next_number() const { return inputs_ + 1; }

  TypeReply type_of(const std::string& expression);
  /// Byte code of a function, a method (`Point.plus`) or an expression; else diagnostics.
  Result<std::string> disassemble(const std::string& what, std::vector<lang::Diagnostic>& diagnostics,
                                  std::vector<SourcePtr>& sources);
  const std::vector<Declaration>& declarations() const { return declarations_; }
  const std::vector<Variable>& variables() const { return variables_; }
  /// Forgets a declaration or variable. False: there is none.
  bool drop(const std::string& name);
  /// Ends all processes and forgets everything.
  void reset();

  /// Processes in the order of spawning; the session's own among them.
  std::vector<process::ProcessFacts> processes() const;
  process::Pid pid() const { return pid_.load(); }
  /// False: no such process.
  bool kill(process::Pid pid);
  /// Moves the actors that live to their declarations as they are now. Errors: 1550.
  Result<process::SwapReport> swap(std::vector<lang::Diagnostic>& diagnostics, std::vector<SourcePtr>& sources);
  /// Begins to tell what a process does (SessionOptions::on_trace), or stops it: true when it is told from now on.
  /// Errors: 1810, 7020 when too many are traced.
  Result<bool> trace(process::Pid pid);
  Result<std::vector<process::ClassCensus>> heap_of(process::Pid pid) const {
    return process::heap_by_class(*system_, pid);
  }
  Memory memory();
  std::uint64_t fuel_last() const { return fuel_last_; }
  std::uint64_t fuel_total() const { return fuel_total_; }
  std::uint64_t fuel_budget() const { return fuel_budget_; }
  /// Of each further input; ~0: none.
  void set_fuel_budget(std::uint64_t fuel) { fuel_budget_ = fuel; }

  /// What can stand in place of the word that ends at the end of `text`; `start`: where the word begins.
  std::vector<std::string> complete(const std::string& text, std::size_t& start);

 private:
  struct Compiled;
  struct Waiting;
  enum class Form : std::uint8_t { value, statement };  // of the last expression

  explicit Session(SessionOptions options);
  void open_run();
  void close_run();

  // ---- compiling (compile.cpp)
  Compiled compile(const Input& input, Form form, bool generate, const std::vector<std::string>& without) const;
  Compiled compile_with_kept(const Input& input, bool generate, std::vector<std::string>& broken) const;
  void write_imports(Unit& unit) const;
  void write_types(Unit& unit, const std::vector<std::string>& without) const;
  void write_declarations(Unit& unit, const Input& input, const std::vector<std::string>& without) const;
  void write_input(Compiled& compiled, const Input& input, Form form, const std::vector<std::string>& without) const;
  void write_loads(Compiled& compiled, const Input& input, const std::vector<std::string>& without) const;
  void add_diagnostics(const Compiled& compiled, const Input& input, std::vector<lang::Diagnostic>& diagnostics) const;
  std::vector<SourcePtr> all_sources(const Input& input) const;
  Compiled compile_unit(Unit unit, bool generate, bool actors = false) const;
  Compiled compile_actors() const;
  Compiled compile_exported(const Declaration& wanted, const std::string& member) const;
  Compiled compile_shown(const Input& input, const std::string& type) const;

  // ---- running (session.cpp)
  bool prepare(Compiled& compiled, process::Evaluation& evaluation, Reply& reply);
  void run(Compiled& compiled, process::Evaluation evaluation, Reply& reply);
  void start(process::Evaluation evaluation, Reply& reply);
  std::optional<process::Evaluated> await(Reply& reply);
  void keep_values(const Compiled& compiled, process::Evaluated& result, Reply& reply);
  void keep_declarations(const Input& input, Reply& reply);
  void drop_broken(const std::vector<std::string>& broken, Reply& reply);
  void note_types(const vm::Program& program);
  void forget_variable(const std::string& name);
  const Variable* variable_at(std::size_t slot) const;
  std::uint32_t free_slot() const;
  void drop_unused_programs();

  SessionOptions options_;
  process::GrantsPtr grants_;
  std::unique_ptr<process::Tracer> tracer_;  // outlives the system's workers
  std::unique_ptr<process::System> system_;
  std::unique_ptr<process::WorkerDrive> drive_;
  std::shared_ptr<process::Run> run_;
  std::shared_ptr<Waiting> waiting_;
  std::atomic<process::Pid> pid_{0};

  std::vector<Declaration> declarations_;
  std::vector<Variable> variables_;
  process::PortableImage image_;  // values of the variables, by slot
  std::size_t slots_ = 0;         // roots of the image
  std::shared_ptr<const process::LoadedProgram> image_program_;
  // A program has only the types it mentions, but must be able to read all values and messages: every unit mentions
  // what earlier ones had.
  std::set<std::string> types_, type_modules_;
  std::set<std::string> unknown_types_;  // that units cannot mention

  std::uint32_t inputs_ = 0;
  std::uint16_t stamp_ = 0;
  std::size_t programs_ = 0;  // made since the last clean-up
  std::uint64_t fuel_last_ = 0, fuel_total_ = 0, fuel_budget_ = ~std::uint64_t{0}, heap_last_ = 0;
};

}  // namespace noodle::session
