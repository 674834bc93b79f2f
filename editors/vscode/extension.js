// Starts `noodle lsp`, and shows what is not on disk: files of the standard library and explanations of error codes.
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

function activate(context) {
  context.subscriptions.push(
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
