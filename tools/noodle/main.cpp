// The one program: `noodle COMMAND ...`.
#include "tools/noodle/cli.hpp"

int main(int argc, char** argv) {
  return noodle::tools::run_cli(argc, argv);
}
