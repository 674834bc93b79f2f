// Command line: one table of commands and options, which parsing, --help and shell completion all read.
#pragma once

namespace noodle::tools {

/// Parses and runs. Exit code 64 for wrong usage.
int run_cli(int argc, char** argv);

}  // namespace noodle::tools
