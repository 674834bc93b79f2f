// What fs refuses: other kinds of files, links that lead out, paths that cannot be.
// grants: fs.read:$TMP fs.write:$TMP
// args: $TMP
func code(f: func()): int {
  try { f(); } catch (e) { return e.code; }
  return 0;
}
func main(args: List<String>) {
  let dir = args[0];
  let long = dir + "/" + "x".repeat(5000);
  print(code(() => { fs.read(long); }), code(() => { fs.write(dir + "/a\0b", ""); }), code(() => { fs.write(dir + "/" + "y".repeat(300), ""); }));
  print(code(() => { fs.write(dir, "x"); }), code(() => { fs.append(dir, "x"); }), code(() => { fs.append(dir + "/no/file", "x"); }));
  print(code(() => { fs.write(dir + "/no/file", "x"); }), code(() => { fs.list(dir + "/no"); }), code(() => { fs.stat(dir + "/no"); }));
  fs.write(dir + "/file", "text");
  print(code(() => { fs.mkdir(dir + "/file"); }), code(() => { fs.mkdir(dir + "/file/sub"); }), code(() => { fs.read(dir + "/file/sub"); }));
  fs.mkdir(dir + "/sub");
  fs.mkdir(dir + "/sub");
  fs.append(dir + "/new", "a");
  fs.append(dir + "/new", "b");
  print(fs.read(dir + "/new"), fs.readBytes(dir + "/new").length, fs.readLines(dir + "/new"), fs.stat(dir + "/sub").size);
  fs.write(dir + "/empty", "");
  print(fs.read(dir + "/empty") == "", fs.readBytes(dir + "/empty").length, fs.readLines(dir + "/empty"));
  for (f in [() => { fs.list("/"); }, () => { fs.stat("/etc"); }, () => { fs.remove("/etc/none"); }, () => { fs.mkdir("/etc/none"); },
             () => { fs.append("/etc/none", ""); }, () => { fs.exists("/etc/passwd"); }, () => { fs.readLines("/etc/passwd"); },
             () => { fs.readBytes("/etc/passwd"); }, () => { fs.writeBytes("/etc/none", "".bytes()); }]) {
    print(code(f));
  }
}
// expect: 1613 1613 1891
// expect: 1891 1891 1891
// expect: 1891 1891 1891
// expect: 1891 1891 1891
// expect: ab 2 ["ab"] 0
// expect: true 0 []
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
// expect: 8001
