throw "it broke";
// ---- instead
try { throw Error(5001, "it broke"); } catch (e) { print(e.message); }
