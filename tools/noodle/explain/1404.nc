try { print(1); } catch (e) { }
// ---- instead
try { print(1); } catch (e) { print(e.message); }
