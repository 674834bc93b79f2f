let n = 3;
match (n) { case _ => print(1), case 3 => print(2) }
// ---- instead
let n = 3;
match (n) { case 3 => print(2), case _ => print(1) }
