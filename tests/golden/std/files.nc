// The host object fs, within granted paths.
// grants: fs.read:$TMP fs.write:$TMP env:HOME
// args: $TMP
func code(f: func()): int {
  try { f(); } catch (e) { return e.code; }
  return 0;
}
func main(args: List<String>) {
  let dir = args[0];
  let file = dir + "/a.txt";
  fs.write(file, "one\ntwo\r\nthrée");
  print(fs.read(file).length, fs.readLines(file), fs.exists(file), fs.exists(dir + "/none"));
  // expect: 14 ["one", "two", "thrée"] true false
  fs.append(file, "\nfour");
  print(fs.readLines(file).length, fs.readBytes(file).length, fs.stat(file).size, fs.stat(file).isDirectory);
  // expect: 4 20 20 false
  fs.write(file, "new");
  print(fs.read(file), fs.stat(dir).isDirectory, fs.stat(file).modified > time.now().minus(1h));
  // expect: new true true
  fs.mkdir(dir + "/b/c/d");
  fs.writeBytes(dir + "/b/x.bin", "é".bytes());
  print(fs.list(dir), fs.list(dir + "/b"), fs.readBytes(dir + "/b/../b/x.bin").toList());
  // expect: ["a.txt", "b"] ["c", "x.bin"] [195, 169]
  let large = "0123456789abcdef".repeat(40000) + "é";
  fs.write(dir + "/large", large);
  print(fs.read(dir + "/large") == large, fs.read(dir + "/large").length, fs.readBytes(dir + "/large").length);
  // expect: true 640001 640002
  print(fs.remove(file), fs.remove(file), fs.remove(dir + "/b/c/d"), fs.exists(dir + "/b/c/d"));
  // expect: true false true false
  print(code(() => { fs.read("/etc/passwd"); }), code(() => { fs.write("/tmp/noodle-x", ""); }), code(() => { fs.read(dir + "/../x"); }));
  // expect: 8001 8001 8001
  print(code(() => { fs.read(dir + "/none"); }), code(() => { fs.read(dir); }), code(() => { fs.list(dir + "/large"); }), code(() => { fs.remove(dir + "/b"); }));
  // expect: 1891 1891 1891 1891
  fs.writeBytes(dir + "/bad", "éé".bytes().slice(1));
  print(code(() => { fs.read(dir + "/bad"); }), code(() => { fs.read(""); }));
  // expect: 1617 1613
  print(env.get("HOME") != null, code(() => { env.get("PATH"); }), env.names());
  // expect: true 8001 ["HOME"]
  let less = spawn reader(self, dir) with { caps: ["fs.read:" + dir + "/b"] };
  receive { case s: String => print(s) }
  // expect: 8001 2
  print(code(() => { spawn reader(self, dir) with { caps: ["fs.read:/"] }; }), code(() => { spawn reader(self, dir) with { caps: ["nothing"] }; }));
  // expect: 8003 8002
}
func reader(to: ActorRef<any>, dir: String) {
  send to <- (code(() => { fs.read(dir + "/large"); }) + " " + fs.readBytes(dir + "/b/x.bin").length);
}
