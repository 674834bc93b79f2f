throw Error(7, "bad");
// ---- instead
try { throw Error(5007, "bad"); } catch (e) { print(e.code); }
