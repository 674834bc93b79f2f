#include "tools/noodle/cli.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "runtime/base/suggest.hpp"
#include "runtime/codegen/optimisations.hpp"
#include "tools/noodle/cluster/commands.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/completion.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/security/commands.hpp"
#include "tools/noodle/shell/commands.hpp"

namespace noodle::tools {

namespace {

constexpr const char* kFooter = R"(
Examples:
  noodle run hello.nc                 compile and run a file
  noodle run app -- --verbose         run the package in folder app, with arguments
  noodle run app.nc --allow fs.read:/data,env
  noodle repl                         try the language out
  noodle up cluster.toml              a cluster of processes on this machine
  noodle shell                        look at a running cluster; :help tells what to do there
  noodle test app --filter parser     run the tests whose name holds "parser"
  noodle explain 1127                 what an error code means and how to mend it

Exit codes: 0-125 result of main, 1 uncaught error, 2 compile error, 64 wrong usage, 124 time limit, 137 killed.
`noodle COMMAND --help` tells the options of a command.)";

constexpr const char* kAllowHelp =
    "Grant capabilities: NAME or NAME:RESOURCE, separated by commas (fs.read:/data,env). See docs/capabilities.md";

const CLI::AsSizeValue kSize(false);

/// Reads 500, 500ms, 2s, 1m into milliseconds.
std::string duration_to_ms(std::string& text) {
  static const std::map<std::string, std::int64_t> kUnits = {
      {"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  const auto unit = kUnits.find(text.substr(digits));
  if (digits == 0 || digits > 9 || unit == kUnits.end()) return "`" + text + "` is not a duration; write 500ms, 2s, 1m";
  text = std::to_string(std::stoll(text.substr(0, digits)) * unit->second);
  return {};
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App app{"noodle: one program that compiles, runs and inspects NoodleCore actors", "noodle"};
  app.footer(kFooter);
  app.set_version_flag("--version", "noodle 0.1.0 (NBC format 1)");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  CommonOptions common;
  int exit_code = kExitOk;
  const auto add_common = [&common](CLI::App* command) {
    command->add_flag("--json", common.json, "Machine-readable output, one JSON object a line");
  };

  RunCommand run;
  auto* run_app = app.add_subcommand("run", "Compile and run a file, a package folder or an .nbc module");
  run_app->add_option("path", run.path, "FILE.nc, DIR or FILE.nbc")->required();
  run_app->add_option("arguments", run.arguments, "Arguments of main (after --)");
  run_app->add_option("--allow", run.allow, kAllowHelp)->delimiter(',')->allow_extra_args(false);
  run_app->add_option("--workers", run.workers, "VM workers (default: one per core)")->check(CLI::Range(1, 1024));
  run_app->add_option("--memory", run.memory_bytes, "Memory limit of the main process, such as 256MB")
      ->transform(kSize);
  run_app->add_option("--fuel", run.fuel, "Fuel budget of the main process (calls and loop rounds)");
  run_app->add_option("--jit", run.jit, "Machine code: on (default), off or eager")
      ->check(CLI::IsMember({"on", "off", "eager"}));
  run_app->add_option("--time-limit", run.time_limit_ms, "Stop after this time, such as 10s (exit code 124)")
      ->transform(CLI::Validator(duration_to_ms, "DURATION"));
  run_app->add_flag("--profile", run.profile, "Print where the program burned its fuel, by function, line and actor");
  run_app->add_option("--profile-out", run.profile_out, "The same, and write a flame graph as SVG");
  run_app->add_flag("--stats", run.stats, "Print processes, messages, fuel and memory at the end");
  run_app->add_option("--record", run.record, "Record the run to this file, for `noodle replay`; it has one worker")
      ->excludes("--workers")
      ->excludes("--profile")
      ->excludes("--profile-out");
  run_app->add_option("--config", common.config, "Configuration file (TOML or JSON); see docs/configuration.md");
  run_app->add_flag("--perf-map", run.perf_map, "Tell Linux perf where the machine code of which function lies");
  run_app->add_option("--name", run.name, "Let `noodle swap NAME` upgrade it while it runs")->excludes("--record");
  add_common(run_app);
  run_app->callback([&] { exit_code = run_command(run, common); });

  SwapCommand swap;
  auto* swap_app =
      app.add_subcommand("swap", "Upgrade a running program: its actors move to a new version with their state");
  swap_app->add_option("name", swap.name, "Name given to `noodle run --name`; none: list what runs");
  swap_app->add_option("path", swap.path, "The new version: FILE.nc, DIR or FILE.nbc");
  swap_app->add_flag("--check", swap.check, "Only tell what would change (exit code 1: something breaks)");
  swap_app->add_option("--canary", swap.canary_percent, "Percent of the actors that move first (default 100)")
      ->check(CLI::Range(0.0, 100.0));
  swap_app->add_option("--watch", swap.watch_ms, "Watch those that moved for crashes so long, such as 10s (default 0)")
      ->transform(CLI::Validator(duration_to_ms, "DURATION"));
  swap_app
      ->add_option("--max-failures", swap.failure_percent,
                   "Take it back when more percent of the moved actors crash (default 5)")
      ->check(CLI::Range(0.0, 100.0));
  swap_app->add_flag("--strict", swap.strict, "Take it back when one actor cannot move");
  swap_app->add_option("--wait", swap.patience_ms, "Wait so long for busy actors (default 5s)")
      ->transform(CLI::Validator(duration_to_ms, "DURATION"));
  swap_app->add_option("--drain", swap.drain_ms, "Kill actors that run old code longer than this")
      ->transform(CLI::Validator(duration_to_ms, "DURATION"));
  swap_app->add_flag("--force", swap.force, "Swap in spite of breaking changes");
  add_common(swap_app);
  swap_app->callback([&] { exit_code = swap_command(swap, common); });

  ReplayCommand replay;
  auto* replay_app = app.add_subcommand("replay", "Run a recorded run again: same output, errors, fuel and messages");
  replay_app->add_option("file", replay.path, "What `noodle run --record FILE` has written")->required();
  replay_app->add_option("--jit", replay.jit, "Machine code: on (default), off or eager")
      ->check(CLI::IsMember({"on", "off", "eager"}));
  replay_app->add_flag("--step", replay.step,
                       "Show each message before its process takes it, and wait for a key or line");
  replay_app
      ->add_option("--until", replay.until,
                   "Run to this line, LINE or FILE:LINE, and show what is there; with --step, begin there")
      ->type_name("LINE");
  replay_app->add_flag("--stats", replay.stats, "Print processes, messages, fuel and memory at the end");
  add_common(replay_app);
  replay_app->callback([&] { exit_code = replay_command(replay, common); });

  SimCommand sim;
  auto* sim_app = app.add_subcommand("sim", "Simulate a cluster in virtual time, by a scenario (docs/mesh.md)");
  sim_app->add_option("scenario", sim.scenario, "TOML file: the cluster, its network, faults, what must hold")
      ->required();
  auto* sim_seed = sim_app->add_option("--seed", sim.seed, "All chance comes from it (default: that of the scenario)");
  sim_app->add_option("--runs", sim.runs, "So many runs, with one seed after another")->check(CLI::Range(1, 1'000'000));
  sim_app->add_option("--nodes", sim.nodes, "Another number of nodes")->check(CLI::Range(1, 10'000));
  sim_app->add_flag("--events", sim.events, "Tell what nodes notice and do");
  add_common(sim_app);
  sim_app->callback([&] {
    sim.has_seed = sim_seed->count() != 0;
    exit_code = sim_command(sim, common);
  });

  ReplCommand repl;
  auto* repl_app = app.add_subcommand("repl", "Try the language out, input by input");
  repl_app->add_option("files", repl.files, "Files to enter first");
  repl_app->add_option("--allow", repl.allow, kAllowHelp)->delimiter(',')->allow_extra_args(false);
  repl_app->add_option("--workers", repl.workers, "VM workers (default: one per core)")->check(CLI::Range(1, 1024));
  repl_app->add_option("--memory", repl.memory_bytes, "Memory limit of the session, such as 256MB")->transform(kSize);
  repl_app->add_option("--fuel", repl.fuel, "Fuel budget of each input (calls and loop rounds)");
  repl_app->add_option("--config", common.config, "Configuration file (TOML or JSON); see docs/configuration.md");
  add_common(repl_app);
  repl_app->callback([&] { exit_code = repl_command(repl, common); });

  BuildCommand build;
  auto* build_app = app.add_subcommand("build", "Compile to an .nbc module");
  build_app->add_option("path", build.path, "FILE.nc or DIR")->required();
  build_app->add_option("-o,--output", build.output, "Where to write (default: NAME.nbc)");
  build_app->add_flag("--strip", build.strip, "Leave out the source texts");
  std::vector<std::string> optimisations;
  for (const auto& part : codegen::Optimisations::kParts) optimisations.emplace_back(part.name);
  build_app->add_option("--without", build.without, "Optimisations to leave out, to compare or to look for a fault")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(optimisations));
  add_common(build_app);
  build_app->callback([&] { exit_code = build_command(build, common); });

  TestCommand test;
  auto* test_app = app.add_subcommand("test", "Run the test blocks of files or packages, in parallel");
  test_app->add_option("paths", test.paths, "Files or package folders (default: .)");
  test_app->add_option("--filter", test.filter, "Only tests whose name contains this");
  test_app->add_option("--allow", test.allow, kAllowHelp)->delimiter(',')->allow_extra_args(false);
  test_app->add_option("--workers", test.workers, "VM workers (default: one per core)")->check(CLI::Range(1, 1024));
  test_app->add_option("--time-limit", test.time_limit_ms, "Of one test (default 60s)")
      ->transform(CLI::Validator(duration_to_ms, "DURATION"));
  test_app->add_flag("--coverage{true}", test.coverage,
                     "Tell which lines and branches of the sources ran; --coverage=FILE writes them as lcov");
  test_app->add_flag("--list", test.list, "Only list the names");
  add_common(test_app);
  test_app->callback([&] { exit_code = test_command(test, common); });

  FormatCommand format;
  auto* format_app = app.add_subcommand("fmt", "Format source files in place");
  format_app->add_option("paths", format.paths, "Files or folders; - reads standard input (default: .)");
  format_app->add_flag("--check", format.check, "Change nothing; exit 1 when something would change");
  format_app->add_flag("--stdout", format.stdout_only, "Print the result instead of writing it");
  add_common(format_app);
  format_app->callback([&] { exit_code = format_command(format, common); });

  DocCommand doc;
  auto* doc_app = app.add_subcommand("doc", "Write pages about what a package exports, from its doc comments");
  doc_app->add_option("path", doc.path, "FILE.nc or DIR (default: .)");
  doc_app->add_option("-o,--output", doc.output, "Folder for the pages (default: doc)");
  doc_app->add_option("--format", doc.format, "html (default) or markdown")->check(CLI::IsMember({"html", "markdown"}));
  doc_app->add_flag("--std", doc.standard_library, "Document the standard library");
  doc_app->add_flag("--verify", doc.verify, "Write nothing; compile and run the examples, exit 1 when one fails");
  doc_app->add_flag("--check", doc.check, "The same, and list what is exported without a comment");
  add_common(doc_app);
  doc_app->callback([&] { exit_code = doc_command(doc, common); });

  std::vector<std::string> lint_paths;
  auto* lint_app = app.add_subcommand("lint", "Point out suspicious code");
  lint_app->add_option("paths", lint_paths, "Files or folders (default: .)");
  add_common(lint_app);
  lint_app->callback([&] { exit_code = lint_command(lint_paths, common); });

  auto* lsp_app = app.add_subcommand("lsp", "Speak the Language Server Protocol on stdin and stdout; editors start it");
  bool stdio = true;
  lsp_app->add_flag("--stdio", stdio, "The default; some editors add it");
  lsp_app->callback([&] { exit_code = lsp_command(); });

  auto* dap_app = app.add_subcommand("dap", "Speak the Debug Adapter Protocol on stdin and stdout; editors start it");
  dap_app->add_flag("--stdio", stdio, "The default; some editors add it");
  dap_app->callback([&] { exit_code = dap_command(); });

  std::string disasm_path;
  std::string disasm_function;
  auto* disasm_app = app.add_subcommand("disasm", "Show the byte code of a file or module");
  disasm_app->add_option("path", disasm_path, "FILE.nc, DIR or FILE.nbc")->required();
  disasm_app->add_option("--function", disasm_function, "Only the function of this name");
  add_common(disasm_app);
  disasm_app->callback([&] { exit_code = disasm_command(disasm_path, disasm_function, common); });

  std::vector<std::string> verify_paths;
  auto* verify_app = app.add_subcommand("verify", "Check that .nbc modules are safe to run");
  verify_app->add_option("paths", verify_paths, "FILE.nbc ...")->required();
  add_common(verify_app);
  verify_app->callback([&] { exit_code = verify_command(verify_paths, common); });

  ClusterCommands clusters;
  add_cluster_commands(app, clusters, common, exit_code);
  ShellCommand shell_of_cluster;
  add_shell_commands(app, shell_of_cluster, common, exit_code);

  SecurityCommands security;
  add_security_commands(app, security, common, exit_code);

  ExplainCommand explain;
  auto* explain_app = app.add_subcommand("explain", "Tell what an error code means, with an example");
  explain_app->add_option("code", explain.code, "4-digit code, such as 1127");
  explain_app->add_flag("--all", explain.all, "All codes");
  explain_app->add_flag("--markdown", explain.markdown, "As docs/errors.md");
  add_common(explain_app);
  explain_app->callback([&] { exit_code = explain_command(explain, common); });

  std::string shell;
  auto* completion_app =
      app.add_subcommand("completion", "Print a completion script: source <(noodle completion bash)");
  completion_app->add_option("shell", shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  completion_app->callback([&] { std::cout << completion_script(app, shell); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& problem) {
    std::string message = problem.what();
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::find(names.begin(), names.end(), argv[1]) == names.end()) {
      message = "no such command: `" + std::string(argv[1]) + "`";
      const std::string_view nearest = nearest_name(argv[1], names);
      if (!nearest.empty()) message += "; did you mean `noodle " + std::string(nearest) + "`?";
    }
    std::cerr << "error 7020: " << message
              << "\nhelp: noodle --help lists the commands, noodle COMMAND --help their options\n";
    return kExitUsage;
  }
  return exit_code;
}

}  // namespace noodle::tools
