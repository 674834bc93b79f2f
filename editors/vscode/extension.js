// Starts `noodle lsp` and `noodle dap`, and shows what is not on disk: files of the standard library and explanations of error codes.
"use strict";

const { execFile } = require("child_process");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function program() {
  return vscode.workspace.getConfiguration("noodle").get("path") || "noodle";
}

async function start() {
  const server = { command: program(), args: ["lsp"] };
  client = new LanguageClient("noodle", "Noodle", server, {
    documentSelector: [
      { scheme: "file", language: "noodle" },
      { scheme: "untitled", language: "noodle" },
    ],
    initializationOptions: { libraryText: true },
  });
  try {
    await client.start();
  } catch (problem) {
    client = undefined;
    vscode.window.showErrorMessage(`Cannot start \`${program()} lsp\`: ${problem.message}. Set noodle.path.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running) await running.stop();
}

function libraryText(uri) {
  if (!client) return "";
  return client.sendRequest("noodle/libraryText", { uri: uri.toString() }).then((answer) => answer.text);
}

function explanation(uri) {
  const code = uri.path.replace(/^\//, "");
  return new Promise((resolve) => {
    execFile(program(), ["explain", code], (problem, text) => resolve(problem ? problem.message : text));
  });
}

const debuggers = {
  createDebugAdapterDescriptor: () => new vscode.DebugAdapterExecutable(program(), ["dap"]),
};

const debugConfigurations = {
  // F5 without a launch.json debugs the file in the editor.
  resolveDebugConfiguration(folder, configuration) {
    if (configuration.type || configuration.request || configuration.name) return configuration;
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.document.languageId !== "noodle") return undefined;
    return { type: "noodle", request: "launch", name: "Debug this file", program: editor.document.fileName };
  },
};

function activate(context) {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory("noodle", debuggers),
    vscode.debug.registerDebugConfigurationProvider("noodle", debugConfigurations),
    vscode.workspace.registerTextDocumentContentProvider("noodle-std", { provideTextDocumentContent: libraryText }),
    vscode.workspace.registerTextDocumentContentProvider("noodle-explain", { provideTextDocumentContent: explanation }),
    vscode.commands.registerCommand("noodle.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration("noodle.path")) return;
      await stop();
      await start();
    }),
  );
  return start();
}

module.exports = { activate, deactivate: stop };
