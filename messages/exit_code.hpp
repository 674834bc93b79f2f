// Exit codes of the program `noodle`: 0-125 is the result of main.
#pragma once

namespace noodle {

enum ExitCode : int {
  kExitOk = 0,
  kExitUncaught = 1,  // uncaught error, failed tests
  kExitCompile = 2,   // compile error, unusable file
  kExitUsage = 64,    // wrong command line
  kExitTimeLimit = 124,
  kExitLargest = 125,  // what larger results of main become
  kExitKilled = 137
};

}  // namespace noodle
