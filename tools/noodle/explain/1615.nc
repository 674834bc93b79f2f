let code = 7;
throw Error(code, "bad");
// ---- instead
let code = 5007;
try { throw Error(code, "bad"); } catch (e) { print(e.code); }
