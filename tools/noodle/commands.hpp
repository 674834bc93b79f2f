// The commands of `noodle`, one function each; arguments are parsed by cli.cpp. Each returns the exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace noodle::tools {

/// Options that every command has.
struct CommonOptions {
  bool json = false;
  std::string config;  // file
};

struct RunCommand {
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> allow;
  std::uint32_t workers = 0;       // 0: one per core
  std::uint64_t memory_bytes = 0;  // limit of the main process; 0: default
  std::uint64_t fuel = 0;          // budget of the main process; 0: unlimited
  std::int64_t time_limit_ms = 0;  // 0: none
  std::string jit;                 // empty: as configured
  bool profile = false;            // print where fuel was burned
  std::string profile_out;         // SVG file for the flame graph; with profile
  bool stats = false;              // print processes, messages, fuel, memory at the end
  bool perf_map = false;           // tell Linux perf the names of machine code
  std::string name;                // under which `noodle swap` finds it; empty: it does not listen
  std::string record;              // file to record the run to; empty: it is not recorded
};
int run_command(const RunCommand& command, const CommonOptions& common);

struct SwapCommand {
  std::string name;  // of the running program; empty: list what runs
  std::string path;  // of the new version
  double canary_percent = 100;
  double failure_percent = 5;
  std::int64_t watch_ms = 0;
  std::int64_t patience_ms = 5'000;
  std::int64_t drain_ms = -1;  // -1: nothing is killed
  bool strict = false, force = false, check = false;
};
int swap_command(const SwapCommand& command, const CommonOptions& common);

struct ReplayCommand {
  std::string path;
  std::string jit;     // empty: as configured
  bool stats = false;  // as in RunCommand
  bool step = false;   // message by message
  std::string until;   // a line: show what is there when the run comes to it; with `step`, begin there
};
int replay_command(const ReplayCommand& command, const CommonOptions& common);

struct SimCommand {
  std::string scenario;  // a TOML file
  std::uint64_t seed = 0;
  bool has_seed = false;    // else that of the scenario
  std::uint32_t runs = 1;   // with seeds one after another
  std::uint32_t nodes = 0;  // 0: those of the scenario
  bool events = false;      // tell what happens
};
int sim_command(const SimCommand& command, const CommonOptions& common);

struct ReplCommand {
  std::vector<std::string> files;  // entered first
  std::vector<std::string> allow;
  std::uint32_t workers = 0;       // 0: one per core
  std::uint64_t memory_bytes = 0;  // limit of the session's process; 0: default
  std::uint64_t fuel = 0;          // budget of each input; 0: unlimited
};
int repl_command(const ReplCommand& command, const CommonOptions& common);

struct BuildCommand {
  std::string path;
  std::string output;                // default: name of the package or file + .nbc
  bool strip = false;                // without source texts
  std::vector<std::string> without;  // names of codegen::Optimisations
};
int build_command(const BuildCommand& command, const CommonOptions& common);

struct TestCommand {
  std::vector<std::string> paths;
  std::string filter;  // substring of the test name
  std::vector<std::string> allow;
  std::uint32_t workers = 0;
  bool list = false;
  std::string coverage;                 // empty: not wanted; "true": the table only; else where to write lcov
  std::int64_t time_limit_ms = 60'000;  // of one test
};
int test_command(const TestCommand& command, const CommonOptions& common);

struct FormatCommand {
  std::vector<std::string> paths;  // files, folders, "-"
  bool check = false;              // report only; exit 1 when something would change
  bool stdout_only = false;
};
int format_command(const FormatCommand& command, const CommonOptions& common);

struct DocCommand {
  std::string path = ".";         // file or package folder
  std::string output = "doc";     // folder
  std::string format = "html";    // or "markdown"
  bool standard_library = false;  // in place of the path
  bool check = false;             // write nothing; exit 1 when exports lack comments or examples fail
  bool verify = false;            // write nothing; exit 1 when examples fail
};
int doc_command(const DocCommand& command, const CommonOptions& common);

/// The language server on stdin and stdout.
int lsp_command();
/// The debug adapter on stdin and stdout.
int dap_command();

int lint_command(const std::vector<std::string>& paths, const CommonOptions& common);
int disasm_command(const std::string& path, const std::string& function, const CommonOptions& common);
int verify_command(const std::vector<std::string>& paths, const CommonOptions& common);

struct ExplainCommand {
  std::string code;  // "1203", or "" with all
  bool all = false;
  bool markdown = false;  // docs/errors.md
};
int explain_command(const ExplainCommand& command, const CommonOptions& common);

/// All .nc files of the given files and folders, sorted; folders are searched recursively, build folders skipped.
std::vector<std::string> source_files(const std::vector<std::string>& paths);

}  // namespace noodle::tools
