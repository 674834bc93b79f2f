#include "tools/noodle/completion.hpp"

#include <CLI/CLI.hpp>

namespace noodle::tools {

namespace {

std::string options_of(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += (words.empty() ? "--" : " --") + name;
  }
  return words;
}

}  // namespace

std::string completion_script(const CLI::App& app, const std::string& shell) {
  std::string commands;
  std::string cases;
  std::string groups;       // commands that have commands
  std::string inner_cases;  // options of those
  for (const CLI::App* command : app.get_subcommands({})) {
    std::string names;
    commands += (commands.empty() ? "" : " ") + command->get_name();
    cases += "    " + command->get_name() + ") words=\"" + options_of(*command) + "\" ;;\n";
    for (const CLI::App* inner : command->get_subcommands({})) {
      names += (names.empty() ? "" : " ") + inner->get_name();
      inner_cases +=
          "    " + command->get_name() + "/" + inner->get_name() + ") words=\"" + options_of(*inner) + "\" ;;\n";
    }
    if (!names.empty()) groups += "    " + command->get_name() + ") names=\"" + names + "\" ;;\n";
  }
  std::string script;
  if (shell == "zsh") script += "autoload -U +X bashcompinit && bashcompinit\n";
  script +=
      "_noodle() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} words= names=\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W \"" +
      commands +
      " --help --version\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]} in\n" +
      cases +
      "  esac\n"
      "  case ${COMP_WORDS[1]} in\n" +
      groups +
      "  esac\n"
      "  if [[ $names ]] && ((COMP_CWORD == 2)); then\n"
      "    COMPREPLY=($(compgen -W \"$names\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]}/${COMP_WORDS[2]} in\n" +
      inner_cases +
      "  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  elif [[ ${COMP_WORDS[1]} == completion ]]; then\n"
      "    COMPREPLY=($(compgen -W \"bash zsh\" -- \"$current\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _noodle noodle\n";
  return script;
}

}  // namespace noodle::tools
